"""Documents of an account's partition beside its balance: the payee, and the payouts."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from shared.domain.ledger import Account
from shared.domain.payouts import Payee, Payout
from shared.errors import NotFound
from shared.ports.store import Body, Create, Document, Operation, Replace, Store
from shared.services.ledger.accounts import LEDGER

T = TypeVar("T", Payee, Payout)
PAYEE, PAYOUT = "payee", "payout"


@dataclass(frozen=True, slots=True)
class Kept(Generic[T]):
    """A payee or a payout as read, with the etag that a change must still meet; None: not stored yet."""

    value: T
    etag: str | None

    def becomes(self, value: T) -> Operation:
        """Write it as `value`."""
        id, body = _document(value)
        return Create(id, body) if self.etag is None else Replace(id, body, if_match=self.etag)


async def read_payee(store: Store, account: Account) -> Kept[Payee]:
    """Read who is paid out of an account; someone about whom nothing is stored has the defaults."""
    document = await store.read(LEDGER, account.id, PAYEE)
    if document is None:
        return Kept(Payee.of(account), None)
    return Kept(Payee.model_validate(document.body[PAYEE]), document.etag)


async def read_payout(store: Store, account: Account, payout_id: str) -> Kept[Payout]:
    """Read a payout. Raises NotFound."""
    document = await store.read(LEDGER, account.id, f"{PAYOUT}:{payout_id}")
    if document is None:
        raise NotFound(PAYOUT, payout_id)
    return Kept(payout_of(document), document.etag)


def payout_of(document: Document) -> Payout:
    """The payout that a document holds."""
    return Payout.model_validate(document.body[PAYOUT])


def _document(value: Payee | Payout) -> tuple[str, Body]:
    body = value.model_dump(mode="json")
    if isinstance(value, Payee):
        return PAYEE, {"kind": PAYEE, PAYEE: body}
    about = {"kind": PAYOUT, "number": value.number, "status": value.status.value}
    return f"{PAYOUT}:{value.id}", {**about, PAYOUT: body}
