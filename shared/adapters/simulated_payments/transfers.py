"""Money to vendors, affiliates and workers, and to the platform's own bank: guarded by the balance.

A transfer that names its payment is limited by what was captured of that payment, as Stripe limits one with
a `source_transaction`; any other by the balance. Both may make later refunds overdraw the balance.

An account can be paid from the moment its onboarding link is made: offline there is nobody to fill it in.
"""

from datetime import timedelta

from shared.adapters.simulated_payments.books import BALANCE, Books
from shared.adapters.simulated_payments.memory import Effect, Found
from shared.adapters.simulated_payments.payments import PAYMENT
from shared.adapters.simulated_payments.records import (
    UNFINISHED,
    AccountRecord,
    Line,
    PaymentRecord,
    PayoutRecord,
    SourceRecord,
    TransferRecord,
    id_of,
    must_be_positive,
    within,
)
from shared.domain.model import Model
from shared.domain.money import Money
from shared.errors import Conflict
from shared.ports.payments import (
    ConnectedAccount,
    MovementKind,
    NewsKind,
    OnboardingLink,
    ProviderPayout,
    Reversal,
    ReversalRequest,
    Transfer,
    TransferRequest,
)
from shared.ports.store import Operation

ACCOUNT = "account"
"""Id of an account's document; its partition is the account's id."""
LINK_LASTS = timedelta(minutes=5)


class _OpenAccount(Model):
    payee_id: str
    email: str


class _PayOut(Model):
    amount: Money


class TransferDesk(Books):
    """Payees' accounts, transfers, reversals and payouts."""

    # --- accounts -------------------------------------------------------------------------------

    async def open_account(self, key: str, *, payee_id: str, email: str = "") -> ConnectedAccount:
        """Open a payee's account, once per key; it can be paid after onboarding."""
        id = id_of("acct", key)

        async def decide() -> Effect[ConnectedAccount]:
            account = ConnectedAccount(id=id, can_be_paid=False, missing=UNFINISHED)
            return self._account(Found(AccountRecord(account=account, payee_id=payee_id, email=email), None))

        request = _OpenAccount(payee_id=payee_id, email=email)
        return await self._memory.once(
            ConnectedAccount, "open_account", request, key=key, partition=id, decide=decide
        )

    async def account(self, account_id: str) -> ConnectedAccount:
        """Return how an account stands. Raises NotFound."""
        return (await self._found_account(account_id)).value.account

    async def onboarding_link(self, account_id: str, *, return_url: str, refresh_url: str) -> OnboardingLink:
        """Make a link for the payee. It leads straight back, for the details are complete with it."""
        await self.onboard(account_id)
        return OnboardingLink(url=return_url, expires_at=self._memory.now() + LINK_LASTS)

    async def onboard(self, account_id: str, *, complete: bool = True) -> ConnectedAccount:
        """Let a payee complete its details, or the provider ask for them again. Raises NotFound."""

        async def decide() -> Effect[ConnectedAccount]:
            found = await self._found_account(account_id)
            if found.value.account.can_be_paid is complete:
                return Effect(answer=found.value.account)
            return self._account(Found(found.value.onboarded(complete=complete), found.etag))

        return await self._memory.change(account_id, decide)

    async def _found_account(self, account_id: str) -> Found[AccountRecord]:
        return await self._memory.get(account_id, ACCOUNT, AccountRecord, name=account_id)

    def _account(self, found: Found[AccountRecord]) -> Effect[ConnectedAccount]:
        after, news = found.value.telling(NewsKind.ACCOUNT_CHANGED, at=self._memory.now())
        return Effect(answer=after.account, writes=[after.write(ACCOUNT, found.etag)], news=[news])

    # --- transfers ------------------------------------------------------------------------------

    async def transfer(self, request: TransferRequest) -> Transfer:
        """Send the amount. Raises Conflict (`account_not_ready`, `insufficient_balance`), NotFound."""
        must_be_positive(request.amount)

        async def decide() -> Effect[Transfer]:
            if not (await self.account(request.account_id)).can_be_paid:
                detail = f"The account {request.account_id} cannot be paid yet."
                return Effect(answer=Conflict(detail, code="account_not_ready"))
            return await self._transferred(request)

        return await self._memory.once(
            Transfer, "transfer", request, key=request.key, partition=BALANCE, decide=decide
        )

    async def reverse(self, request: ReversalRequest) -> Reversal:
        """Take the amount back. Raises Conflict for more than is left of the transfer, NotFound."""
        must_be_positive(request.amount)

        async def decide() -> Effect[Reversal]:
            found = await self._memory.get(
                BALANCE, request.transfer_id, TransferRecord, name=request.transfer_id
            )
            transfer = found.value.transfer
            left = Money(minor=transfer.amount.minor - transfer.reversed, currency=transfer.amount.currency)
            if not within(request.amount, left):
                detail = f"{request.amount} cannot come back: {left} are left of the transfer."
                return Effect(answer=Conflict(detail, code="reversal_exceeds_transfer"))
            return await self._reversed(found, request)

        return await self._memory.once(
            Reversal, "reverse", request, key=request.key, partition=BALANCE, decide=decide
        )

    async def pay_out(self, key: str, amount: Money) -> ProviderPayout:
        """Send a part of the balance to the platform's bank. Raises Conflict (`insufficient_balance`)."""
        must_be_positive(amount)
        payout = ProviderPayout(id=id_of("po", key), key=key, amount=amount)

        async def decide() -> Effect[ProviderPayout]:
            taken = await self._taken_from_balance(amount, limited=True)
            if isinstance(taken, Conflict):
                return Effect(answer=taken)
            now = self._memory.now()
            record, news = PayoutRecord(payout=payout).telling(NewsKind.PAYOUT_CHANGED, at=now)
            return Effect(
                answer=payout,
                writes=[taken, record.write(payout.id)],
                lines=[Line.of(MovementKind.PAYOUT, payout.id, -amount, at=now, counted=True)],
                news=[news],
            )

        return await self._memory.once(
            ProviderPayout, "pay_out", _PayOut(amount=amount), key=key, partition=BALANCE, decide=decide
        )

    # --- what becomes of them -------------------------------------------------------------------

    async def _transferred(self, request: TransferRequest) -> Effect[Transfer]:
        drawn = await self._drawn(request) if request.payment_id else []
        if isinstance(drawn, Conflict):
            return Effect(answer=drawn)
        taken = await self._taken_from_balance(request.amount, limited=not request.payment_id)
        if isinstance(taken, Conflict):
            return Effect(answer=taken)
        transfer = Transfer(
            id=id_of("tr", request.key),
            key=request.key,
            account_id=request.account_id,
            amount=request.amount,
        )
        record = TransferRecord(transfer=transfer, payment_id=request.payment_id)
        now = self._memory.now()
        return Effect(
            answer=transfer,
            writes=[*drawn, taken, record.write(transfer.id)],
            lines=[Line.of(MovementKind.TRANSFER, transfer.id, -request.amount, at=now, counted=True)],
        )

    async def _reversed(self, found: Found[TransferRecord], request: ReversalRequest) -> Effect[Reversal]:
        id, amount = id_of("trr", request.key), request.amount
        transfer = found.value.transfer
        after = transfer.model_copy(update={"reversed": transfer.reversed + amount.minor})
        record = found.value.model_copy(update={"transfer": after})
        source = await self._source(found.value.payment_id) if found.value.payment_id else None
        return Effect(
            answer=Reversal(id=id, key=request.key, transfer_id=transfer.id, amount=amount),
            writes=[
                record.write(transfer.id, found.etag),
                *([_redrawn(source, found.value.payment_id, -amount.minor)] if source else []),
            ],
            lines=[Line.of(MovementKind.REVERSAL, id, amount, at=self._memory.now())],
        )

    async def _taken_from_balance(self, amount: Money, *, limited: bool) -> Operation | Conflict:
        totals = await self.collected()
        held = totals.value.of(amount.currency)
        if limited and not within(amount, held):
            return Conflict(f"The balance is {held}; {amount} were wanted.", code="insufficient_balance")
        return totals.value.plus(-amount.minor, amount.currency).write(BALANCE, totals.etag)

    async def _drawn(self, request: TransferRequest) -> list[Operation] | Conflict:
        payment_id, amount = request.payment_id, request.amount
        payment = (await self._memory.get(payment_id, PAYMENT, PaymentRecord, name=payment_id)).value.payment
        source = await self._source(payment_id)
        left = Money(minor=payment.captured - source.value.drawn, currency=payment.amount.currency)
        if not within(amount, left):
            detail = f"{amount} cannot be transferred: {left} are left of the payment."
            return Conflict(detail, code="transfer_exceeds_payment")
        return [_redrawn(source, payment_id, amount.minor)]

    async def _source(self, payment_id: str) -> Found[SourceRecord]:
        id = _source_id(payment_id)
        return await self._memory.find(BALANCE, id, SourceRecord) or Found(SourceRecord(), None)


def _source_id(payment_id: str) -> str:
    return f"source:{payment_id}"


def _redrawn(source: Found[SourceRecord], payment_id: str, by: int) -> Operation:
    after = source.value.model_copy(update={"drawn": source.value.drawn + by})
    return after.write(_source_id(payment_id), source.etag)
