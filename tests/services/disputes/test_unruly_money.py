"""Disputes and chargebacks when processes die and news comes as it likes: the same end, to the cent."""

import random
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from shared.domain.disputes import Bearer, Origin, RefundReason, Verdict
from shared.domain.orders import Delivered, DeliveryOutcome, Order, with_leg
from shared.domain.status import DisputeStatus, LegStatus
from shared.errors import Conflict, Unavailable
from shared.ports.events import CloudEvent
from shared.ports.payments import NEWS_TYPE, Evidence, NewsKind, ProviderDispute, ProviderNews
from shared.services.disputes.service import Filing
from shared.services.kinds import ORDERS
from tests.books import Books, Died, books
from tests.feeds import whole_feed

ORDER, LEG = "ord_1", "ord_1-l1"
Act = Callable[[Books], Awaitable[Any]]


class Bank:
    """Counts what a provider was asked about evidence, in front of the embedded one; `down`, it fails."""

    down = False

    def __init__(self, world: Books) -> None:
        self.submitted: list[tuple[str, Evidence]] = []
        self.staged: list[str] = []
        provider = world.provider
        self._submit, self._stage = provider.submit_evidence, provider.stage_evidence
        provider.submit_evidence = self.submit  # type: ignore[method-assign]
        provider.stage_evidence = self.stage  # type: ignore[method-assign]

    async def submit(self, key: str, dispute_id: str, evidence: Evidence) -> ProviderDispute:
        self.submitted.append((key, evidence))
        if self.down:
            raise Unavailable("the provider is away")
        return await self._submit(key, dispute_id, evidence)

    async def stage(self, key: str, dispute_id: str, evidence: Evidence) -> ProviderDispute:
        self.staged.append(key)
        return await self._stage(key, dispute_id, evidence)


async def handed_over(world: Books, *, confirmed: bool = False, price: int = 3000) -> Order:
    """A paid order of one leg whose vendor is done."""
    await world.paid_order(price=price)
    said = Delivered(outcome=DeliveryOutcome.ACCEPTED, accepted=1, at=world.clock.now(), by="alice")

    def done(order: Order) -> tuple[Order, list[Any]]:
        more = {"status": LegStatus.COMPLETED, "delivered": said if confirmed else None}
        return with_leg(order, order.leg(LEG).model_copy(update=more)), []

    return await world.app.records.update(ORDERS, ORDER, done)


def told(claim: ProviderDispute, kind: NewsKind, group: str = "") -> CloudEvent:
    news = ProviderNews(id=f"{claim.id}:{kind}", kind=kind, object_id=claim.id, group=group, at=claim.due_by)
    return CloudEvent(
        id=news.id, type=NEWS_TYPE, subject=claim.id, time=claim.due_by, data=news.model_dump(mode="json")
    )


async def case_of(world: Books) -> str:
    (case,) = await world.app.cases.of_order(ORDER)
    return case.id


async def snapshot(world: Books) -> Any:
    """What an undisturbed run and a disturbed one must agree on: books, money, case, provider."""
    order = (await world.app.records.get(ORDERS, ORDER)).value
    cases = await world.app.cases.of_order(ORDER)
    payment = await world.app.payments.payment(order.movements[0].receipt_id)
    entries = [
        document.id
        for document in await whole_feed(world.store, "orders")
        if document.id.startswith("entry:")
    ]
    return (
        order.book,
        [(leg.status, leg.hold, leg.refunded, leg.goodwill, leg.frozen_by) for leg in order.legs],
        [(movement.key, movement.amount) for movement in order.movements],
        sorted(entries),
        [(case.id, case.status, case.ruling and (case.ruling.verdict, case.ruling.amount)) for case in cases],
        (payment.captured, payment.refunded),
        len({event.id for event in world.bus.of("dispute.resolved")}),
    )


async def survived(folder: Path, acts: Sequence[Act], *, fatal: int | None) -> tuple[Any, int]:
    """Run `acts`, die once at the `fatal`-th batch of the whole, begin the act anew in another process."""
    world = books(folder)
    clock, sent = world.clock, world.bus.sent
    world.store.mortal(fatal)
    for act in acts:
        try:
            await act(world)
        except Died:
            await world.app.close()
            world = books(folder, clock)
            world.bus.sent = sent
            await act(world)
    batches = world.store.batches
    await world.app.outbox.relay_all()
    result = await snapshot(world)
    await world.adds_up()
    await world.app.close()
    return result, batches


async def arranged(folder: Path, act: Act) -> int:
    """How many batches the arranging takes, in which nobody dies."""
    world = books(folder)
    await act(world)
    await world.app.close()
    return world.store.batches


# --- a chargeback, killed at every commit -------------------------------------------------------------


def a_chargeback(*, won: bool) -> list[Act]:
    claims: list[ProviderDispute] = []

    async def opens(world: Books) -> None:
        if not claims:
            payment = (await world.app.records.get(ORDERS, ORDER)).value.movements[0].receipt_id
            claims.append(await world.provider.open_dispute("d", payment, reason="fraudulent"))
        await world.app.chargebacks.hear(told(claims[0], NewsKind.DISPUTE_OPENED))

    async def decides(world: Books) -> None:
        await world.provider.close_dispute(claims[0].id, won=won)
        await world.app.chargebacks.hear(told(claims[0], NewsKind.DISPUTE_CHANGED))

    def step(name: str, *turn: int) -> Act:
        async def run(world: Books) -> None:
            await getattr(world.app.defence_steps, name)(await case_of(world), *turn)

        return run

    return [opens, step("stage", 1), step("submit", 2), decides, step("hear", 3), step("settle")]


async def ready(world: Books) -> None:
    if await world.app.records.find(ORDERS, ORDER) is None:
        await handed_over(world, confirmed=True)


@pytest.mark.parametrize("won", [True, False])
async def test_a_chargeback_killed_at_any_commit_ends_as_if_undisturbed(tmp_path: Path, won: bool) -> None:
    undisturbed, last = await survived(tmp_path / "calm", [ready, *a_chargeback(won=won)], fatal=None)
    first = await arranged(tmp_path / "count", ready)
    assert last > first + 10
    for fatal in range(first + 1, last + 1):
        disturbed, _ = await survived(tmp_path / str(fatal), [ready, *a_chargeback(won=won)], fatal=fatal)
        assert disturbed == undisturbed, fatal


async def test_evidence_that_did_not_get_through_is_submitted_again_as_it_was(tmp_path: Path) -> None:
    """Meanwhile more is known, but what was to be sent under the key is what is sent."""
    world = books(tmp_path)
    await handed_over(world)
    opens, stage, submit, *_ = a_chargeback(won=True)
    bank = Bank(world)
    await opens(world)
    await stage(world)
    bank.down = True
    with pytest.raises(Unavailable):
        await submit(world)
    bank.down = False
    case = await case_of(world)
    await world.app.disputes.respond(case, "rosewood", text="Signed for")
    await submit(world)
    await submit(world)
    (first, *others) = bank.submitted
    assert [key for key, _ in bank.submitted] == [f"{case}:submit"] * 2, "after that it is done"
    assert others == [first]
    assert bank.staged == [f"{case}:stage:1"]
    assert (await world.app.cases.get(case)).status is DisputeStatus.UNDER_REVIEW
    await world.app.close()


# --- a dispute, killed at every commit ----------------------------------------------------------------


def filed(reason: RefundReason = RefundReason.LATE, **more: Any) -> Act:
    async def run(world: Books) -> None:
        await world.app.disputes.file(
            Filing(order_id=ORDER, leg_id=LEG, origin=Origin.CUSTOMER, by="alice", reason=reason, **more)
        )

    return run


def ruled(verdict: Verdict, **more: Any) -> Act:
    async def run(world: Books) -> None:
        await world.app.disputes.decide(await case_of(world), verdict, by="ops", note="so be it", **more)

    return run


async def sends(world: Books) -> None:
    """The plan of every refund that is due runs."""
    order = (await world.app.records.get(ORDERS, ORDER)).value
    for due in order.refunds:
        await world.app.order_money.send_refund(ORDER, due.key)


async def cheap(world: Books) -> None:
    if await world.app.records.find(ORDERS, ORDER) is None:
        await handed_over(world, price=1500)


STORIES = {
    "refunded by the policy": [cheap, filed(RefundReason.DAMAGED), sends],
    "approved": [ready, filed(), ruled(Verdict.APPROVE), sends],
    "denied": [ready, filed(), ruled(Verdict.DENY), sends],
    "split": [ready, filed(), ruled(Verdict.SPLIT, percent=30), sends],
    "paid by the platform": [ready, filed(), ruled(Verdict.APPROVE, at_cost_of=Bearer.PLATFORM), sends],
}


@pytest.mark.parametrize("story", STORIES)
async def test_a_dispute_killed_at_any_commit_ends_as_if_undisturbed(tmp_path: Path, story: str) -> None:
    undisturbed, last = await survived(tmp_path / "calm", STORIES[story], fatal=None)
    first = await arranged(tmp_path / "count", STORIES[story][0])
    for fatal in range(first + 1, last + 1):
        disturbed, _ = await survived(tmp_path / str(fatal), STORIES[story], fatal=fatal)
        assert disturbed == undisturbed, fatal


# --- news as it likes ---------------------------------------------------------------------------------


@pytest.mark.parametrize("won", [True, False])
async def test_whatever_order_news_and_plan_come_in_the_end_is_the_same(tmp_path: Path, won: bool) -> None:
    """Every news two to five times, the looks of the plan in between, the bank's decision anywhere."""
    ends = []
    for seed in range(40):
        chance = random.Random(seed)
        world = books(tmp_path / str(seed))
        await handed_over(world, confirmed=chance.random() < 0.5)
        order = (await world.app.records.get(ORDERS, ORDER)).value
        claim = await world.provider.open_dispute("d", order.movements[0].receipt_id, reason="fraud")
        kinds = [NewsKind.DISPUTE_OPENED, NewsKind.DISPUTE_CHANGED, NewsKind.PAYMENT_CHANGED]
        todo: list[Any] = [kind for kind in kinds for _ in range(chance.randint(2, 5))]
        todo += ["stage", "stage", "submit", "hear", "decide"]
        chance.shuffle(todo)
        turn = 0
        for each in todo:
            if isinstance(each, NewsKind):
                await world.app.chargebacks.hear(told(claim, each, chance.choice(["", ORDER, "ord_none"])))
            elif each == "decide":
                await world.provider.close_dispute(claim.id, won=won)
            elif await world.app.cases.of_order(ORDER):
                turn += 1
                await getattr(world.app.defence_steps, each)(await case_of(world), turn)
        await world.app.defence_steps.hear(await case_of(world), turn + 1)
        assert (await world.app.defence_steps.settle(await case_of(world))).code == ("won" if won else "lost")
        await world.adds_up()
        book, legs, *_, payment, _ = await snapshot(world)
        case = await world.app.cases.get(await case_of(world))
        trial = book.balance
        from shared.domain.ledger import AccountKind

        ends.append((case.status, trial(AccountKind.CHARGEBACK, ORDER).minor, payment, legs[0][4]))
        await world.app.close()
    assert set(ends) == {(DisputeStatus.RESOLVED, 0, (3000, 0), ())}


async def test_a_bank_that_has_not_decided_is_not_settled(tmp_path: Path) -> None:
    world = books(tmp_path)
    await handed_over(world)
    opens, *_ = a_chargeback(won=True)
    await opens(world)
    result = await world.app.defence_steps.settle(await case_of(world))
    assert (result.ok, result.code) == (False, "open")
    await world.app.close()


async def test_nothing_is_refunded_in_the_moment_a_bank_takes_the_payment(tmp_path: Path) -> None:
    """The decision is stored, then the bank takes the money, then it would be carried out."""
    world = books(tmp_path)
    await handed_over(world)
    await filed()(world)
    case = await case_of(world)

    async def takes() -> None:
        payment = (await world.app.records.get(ORDERS, ORDER)).value.movements[0].receipt_id
        claim = await world.provider.open_dispute("d", payment, reason="fraud")
        await world.app.chargebacks.look(claim.id)

    world.store.meddled(takes)
    await world.app.disputes.decide(case, Verdict.APPROVE, by="ops", note="yes")
    stored = await world.app.cases.get(case)
    assert (stored.status, stored.ruling) == (DisputeStatus.OPEN, None)
    order = (await world.app.records.get(ORDERS, ORDER)).value
    assert order.refunds == ()
    (task,) = await world.app.escalations.queue()
    assert "The customer's bank has the money" in task.summary
    with pytest.raises(Conflict) as told_:
        await world.app.disputes.decide(case, Verdict.APPROVE, by="ops", note="yes")
    assert told_.value.code == "chargeback_open"
    await world.app.close()


async def test_a_bank_that_only_asks_has_taken_nothing(tmp_path: Path) -> None:
    """An inquiry is a person's task; should the bank take the money later, that is a chargeback like any."""
    world = books(tmp_path)
    await handed_over(world)
    payment = (await world.app.records.get(ORDERS, ORDER)).value.movements[0].receipt_id
    claim = await world.provider.open_dispute("inquiry", payment, reason="fraudulent")
    look = world.provider.dispute

    async def asks(dispute_id: str) -> ProviderDispute:
        return (await look(dispute_id)).model_copy(update={"takes_money": False})

    world.provider.dispute = asks  # type: ignore[method-assign]
    before = (await world.app.records.get(ORDERS, ORDER)).value
    for _ in range(2):
        await world.app.chargebacks.hear(told(claim, NewsKind.DISPUTE_OPENED))
    assert (await world.app.records.get(ORDERS, ORDER)).value == before
    assert await world.app.cases.of_order(ORDER) == []
    (alarm,) = await world.app.escalations.queue()
    assert "asks about payment" in alarm.summary
    world.provider.dispute = look  # type: ignore[method-assign]
    await world.app.chargebacks.hear(told(claim, NewsKind.DISPUTE_CHANGED))
    assert (await world.app.records.get(ORDERS, ORDER)).value.book != before.book
    await world.app.close()
