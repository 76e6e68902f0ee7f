"""Apology credits (M18, flow 5.2-4): given by an admin, spent on the next order, never more than there is."""

import hashlib
from enum import StrEnum

from shared.domain.ids import keyed
from shared.domain.ledger import Account, AccountKind, Entry, credit, debit
from shared.domain.model import Model
from shared.domain.money import Money
from shared.domain.orders import Order
from shared.errors import Conflict, InvalidInput
from shared.ports.events import EVENT_TTL
from shared.ports.store import AlreadyExists, Create, Store
from shared.services.kinds import ORDERS
from shared.services.ledger.accounts import LEDGER, VIEWS, OwnAccounts
from shared.services.ledger.projection import Projection
from shared.services.records import Records
from shared.services.results import DONE, StepResult
from shared.settings import Settings

_REQUESTS = "credit_requests"
"""Partition of VIEWS: what was asked for under which idempotency key."""


class Apology(StrEnum):
    """What the platform is sorry for; one credit per order and reason."""

    LATE = "late"
    DAMAGED = "damaged"
    WRONG_ITEM = "wrong_item"
    SYSTEM_FAILURE = "system_failure"
    BAD_SERVICE = "bad_service"


class Grant(Model):
    """One apology. `by` is the admin; `key` makes the request repeatable."""

    customer_id: str
    order_id: str
    apology: Apology
    by: str
    key: str | None = None


class CreditGranted(Model):
    """What the customer got."""

    id: str
    customer_id: str
    order_id: str
    apology: Apology
    amount: Money


class CreditService:
    """Grants credits, and sets them aside for orders (a `Pledge` of the checkout)."""

    def __init__(
        self,
        store: Store,
        records: Records,
        projection: Projection,
        accounts: OwnAccounts,
        settings: Settings,
    ) -> None:
        self._store = store
        self._records = records
        self._projection = projection
        self._accounts = accounts
        self._settings = settings

    async def grant(self, wanted: Grant) -> CreditGranted:
        """Give a customer the usual credit, once per order and reason.

        Raises NotFound for an unknown order, InvalidInput when it is someone else's, Conflict when the
        idempotency key was used for another request.
        """
        order = (await self._records.get(ORDERS, wanted.order_id)).value
        if order.customer_id != wanted.customer_id:
            raise InvalidInput("This order is not of this customer.", field="customer_id")
        await self._claim(wanted)
        amount = Money(minor=self._settings.apology_credit, currency=self._settings.currency)
        entry = Entry(
            key=f"credit:{wanted.order_id}:{wanted.apology}",
            at=self._records.now(),
            currency=amount.currency,
            postings=(
                debit(AccountKind.GOODWILL, "", amount),
                credit(AccountKind.CREDITS, wanted.customer_id, amount),
            ),
            reason=f"apology: {wanted.apology} (by {wanted.by})"[:500],
            order_id=wanted.order_id,
        )
        if not await self._accounts.post_own(entry):
            entry = await self._booked(wanted.customer_id, entry)
        given = Money(minor=entry.postings[0].debit, currency=entry.currency)
        return CreditGranted(id=entry.key, amount=given, **wanted.model_dump(exclude={"by", "key"}))

    async def available(self, customer_id: str, currency: str) -> Money:
        """Return what the customer can still spend."""
        await self._projection.catch_up()
        return (await self._accounts.balance(credits_of(customer_id))).available(currency)

    # --- a pledge of the checkout ---------------------------------------------------------------

    async def reserve(self, order: Order) -> StepResult:
        """Set aside what the order takes out of its customer's credits; the order's id is the key."""
        wanted = Money(minor=order.paying.credit, currency=order.currency())
        if wanted.minor == 0:
            return DONE
        await self._projection.catch_up()
        if await self._accounts.reserve(credits_of(order.customer_id), order.id, wanted):
            return DONE
        return StepResult(ok=False, code="not_enough_credits", detail="the credits do not cover it any more")

    async def settle(self, order: Order) -> None:
        """The order's entry has spent them: let the account know."""
        if order.paying.credit:
            await self._projection.catch_up()

    async def release(self, order: Order) -> None:
        """The order failed: they can be spent on another."""
        if order.paying.credit:
            await self._accounts.release(credits_of(order.customer_id), order.id)

    # --- helpers --------------------------------------------------------------------------------

    async def _claim(self, wanted: Grant) -> None:
        if wanted.key is None:
            return
        id = keyed("crd", wanted.by, wanted.key)
        digest = hashlib.sha256(wanted.model_dump_json().encode()).hexdigest()
        try:
            await self._store.batch(VIEWS, _REQUESTS, [Create(id, {"digest": digest}, ttl=EVENT_TTL)])
        except AlreadyExists:
            known = await self._store.read(VIEWS, _REQUESTS, id)
            if known is not None and known.body["digest"] != digest:
                raise Conflict(
                    "This idempotency key was used for another credit.", code="idempotency_key_reused"
                ) from None

    async def _booked(self, customer_id: str, entry: Entry) -> Entry:
        document = await self._store.read(LEDGER, credits_of(customer_id).id, f"entry:{entry.key}")
        return entry if document is None else Entry.model_validate(document.body["entry"])


def credits_of(customer_id: str) -> Account:
    """The account of a customer's credits."""
    return Account(kind=AccountKind.CREDITS, owner=customer_id)
