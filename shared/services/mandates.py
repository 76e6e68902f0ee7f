"""Spending authority for agents (flow 1.3-2): mandates delivered, shown, revoked, and drawn on by orders.

An order that an agent pays with a mandate reserves before it charges, and settles what was captured or
releases everything. Every change of a mandate's sums meets its etag, so agents in parallel never overspend.
"""

from collections.abc import Callable, Sequence

from shared.domain.events import Event
from shared.domain.ids import keyed
from shared.domain.mandates import (
    MANDATE,
    Ask,
    Mandate,
    MandateTerms,
    Reason,
    Spending,
    check_times,
    rules,
    spending_id,
)
from shared.domain.money import Money
from shared.errors import Conflict, NotFound, Unavailable
from shared.ports.mandates import MandateReader
from shared.ports.store import AlreadyExists, PreconditionFailed, Query, Store, Upsert, every
from shared.services.kinds import MANDATES, SPENDINGS
from shared.services.mandate_keys import MandateKeys
from shared.services.records import MAX_RACES, Records, Stored
from shared.settings import Settings

BY_CUSTOMER = "customer_mandates"
"""Container that lists each customer's mandates: partition customer, id mandate."""
Rule = Callable[[Mandate, Spending], Spending]


class MandateService:
    """Use cases on mandates."""

    def __init__(
        self, records: Records, store: Store, keys: MandateKeys, reader: MandateReader, settings: Settings
    ) -> None:
        self._records = records
        self._store = store
        self._keys = keys
        self._reader = reader
        self._settings = settings

    # --- the consent manager --------------------------------------------------------------------

    async def deliver(self, token: str, *, customer_id: str, agent: str | None = None) -> Mandate:
        """Take a mandate in that `customer_id` signed. An `agent` may deliver only what is made out to it.

        The same terms again are the same mandate, as it stands by now. Raises InvalidInput for a token that
        does not verify or is not understood, Conflict when its id stands for other terms.
        """
        signed = self._reader.read(token, await self._keys.live(customer_id))
        terms, now = signed.terms, self._records.now()
        if terms.customer_id != customer_id:
            raise MANDATE.refused("it is about another customer's money", at="sub")
        if agent is not None and terms.agent != agent:
            raise rules.refused(Reason.WRONG_AGENT)
        id = keyed("man", customer_id, terms.reference)
        known = await self._records.find(MANDATES, id)
        if known is not None:
            return _same(known.value, terms)
        longest, skew = self._settings.mandate_max_lifetime, self._settings.mandate_clock_skew
        check_times(terms, now=now, longest=longest, skew=skew)
        mandate = Mandate(id=id, created_at=now, updated_at=now, terms=terms, kid=signed.kid, token=token)
        # listed first: a crash in between leaves a name without a mandate, never a mandate that nobody sees
        await self._store.batch(BY_CUSTOMER, customer_id, [Upsert(id, {"at": now.isoformat()})])
        return _same(await self._records.create(MANDATES, mandate), terms)

    async def get(self, mandate_id: str) -> Mandate:
        """Return a mandate. Raises NotFound."""
        return (await self._records.get(MANDATES, mandate_id)).value

    async def of_customer(self, customer_id: str, *, agent: str | None = None) -> list[Mandate]:
        """List a customer's mandates, newest first; with an `agent`, only those made out to it."""
        listed = every(self._store, BY_CUSTOMER, customer_id, Query(order_by="-at"))
        found = [await self._records.find(MANDATES, document.id) async for document in listed]
        mandates = [stored.value for stored in found if stored is not None]
        return [mandate for mandate in mandates if agent is None or mandate.terms.agent == agent]

    async def revoke(self, mandate_id: str) -> Mandate:
        """End a mandate: nothing new is drawn on it. Doing it twice changes nothing. Raises NotFound."""
        now = self._records.now()

        def change(mandate: Mandate) -> tuple[Mandate, Sequence[Event]]:
            if mandate.revoked_at is not None:
                return mandate, ()
            return mandate.model_copy(update={"revoked_at": now}), ()

        return await self._records.update(MANDATES, mandate_id, change)

    # --- what orders draw -----------------------------------------------------------------------

    async def reserve(
        self,
        mandate_id: str,
        *,
        key: str,
        agent: str,
        customer_id: str,
        amount: Money,
        payees: Sequence[str],
        categories: Sequence[str],
    ) -> Mandate:
        """Hold `amount` under `key` (`{order}`, or `{order}:{leg}:{step}` for more of the same order).

        Payees are vendor ids, categories those of the products. The same key again is the same reservation.
        Raises MandateRefused with the reason, NotFound for another customer's mandate, and Conflict when the
        key stands for another amount or was released.
        """
        ask = Ask(key=key, agent=agent, amount=amount, payees=tuple(payees), categories=tuple(categories))
        mandate = await self.get(mandate_id)
        if mandate.customer_id != customer_id:
            raise NotFound("mandate", mandate_id)
        key_is_live = await self._keys.is_live(customer_id, mandate.kid)
        now = self._records.now()

        def rule(mandate: Mandate, spending: Spending) -> Spending:
            return rules.reserve(mandate, spending, ask, now=now, key_is_live=key_is_live)

        return await self._draw(mandate_id, key, rule)

    async def settle(self, mandate_id: str, key: str, amount: Money) -> Mandate:
        """Spend what `key` reserved, or less; the rest is free again. The same amount again changes nothing.

        It needs no mandate that still stands. Raises Conflict when nothing is reserved or `amount` is more.
        """
        return await self._draw(
            mandate_id, key, lambda mandate, spending: rules.settle(mandate, spending, key, amount)
        )

    async def release(self, mandate_id: str, key: str) -> Mandate | None:
        """Free what `key` reserved, and refuse it from now on: the undo of `reserve`, even if that never ran.

        A mandate that there never was holds nothing: None. Raises IllegalMove for what was settled.
        """
        try:
            return await self._draw(mandate_id, key, lambda _, spending: rules.release(spending, key))
        except NotFound:
            return None

    async def give_back(self, mandate_id: str, key: str, amount: Money) -> Mandate:
        """Restore the budget, not the use, by a refund; `key` is the refund's own and begins with its order.

        Raises Conflict when the order has not spent as much (yet).
        """
        return await self._draw(
            mandate_id, key, lambda mandate, spending: rules.give_back(mandate, spending, key, amount)
        )

    async def _draw(self, mandate_id: str, key: str, rule: Rule) -> Mandate:
        """Apply `rule` to the mandate and the spending of the key's order, both or neither."""
        for _ in range(MAX_RACES):
            mandate = await self._records.get(MANDATES, mandate_id)
            spending = await self._spending(mandate_id, key)
            after = rule(mandate.value, spending.value)
            if after is spending.value:
                return mandate.value
            changed = mandate.becomes(mandate.value.after(spending.value, after))
            try:
                await self._records.commit(changed, spending.becomes(after))
            except (AlreadyExists, PreconditionFailed):
                continue
            return changed.value
        raise Unavailable(f"mandate '{mandate_id}' is being used by too many at once; try again.")

    async def _spending(self, mandate_id: str, key: str) -> Stored[Spending]:
        id = spending_id(mandate_id, key)
        found = await self._records.find(SPENDINGS, id)
        if found is not None:
            return found
        now = self._records.now()
        return Stored(SPENDINGS, Spending(id=id, created_at=now, updated_at=now))


def _same(mandate: Mandate, terms: MandateTerms) -> Mandate:
    if mandate.terms != terms:
        raise Conflict(
            "The mandate's jti stands for other terms; choose a new one.", code="mandate_id_reused"
        )
    return mandate
