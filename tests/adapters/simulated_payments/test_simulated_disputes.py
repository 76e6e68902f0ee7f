"""Chargebacks: the money is gone at once, evidence is staged at will and submitted once, the bank decides."""

from datetime import timedelta

import pytest
from payment_kit import START, Bench, asked, money, refunding

from shared.errors import Conflict, NotFound
from shared.ports.payments import DisputeState, Evidence, ProviderDispute

TRACKING = Evidence(shipping_carrier="Bat Bridge Bikes", shipping_tracking_number="BB-1")


async def opened(bench: Bench, minor: int | None = None, *, key: str = "d") -> ProviderDispute:
    payment = await bench.taken(5000)
    amount = None if minor is None else money(minor)
    return await bench.provider.open_dispute(key, payment.id, reason="fraudulent", amount=amount)


async def test_a_dispute_takes_amount_and_fee_at_once(bench: Bench) -> None:
    dispute = await opened(bench)
    assert (dispute.amount, dispute.fee, dispute.state) == (money(5000), money(1500), "needs_response")
    assert (dispute.reason, dispute.due_by) == ("fraudulent", START + timedelta(days=7))
    assert await bench.balance() == 4825 - 5000 - 1500
    (line,) = [line for line in await bench.movements() if line.kind == "dispute"]
    assert (line.source_id, line.amount, line.fee) == (dispute.id, money(-5000), money(1500))
    assert await bench.provider.dispute(dispute.id) == dispute
    assert await opened(bench) == dispute, "the same key opens one dispute"
    (news,) = [each.news for each in await bench.deliveries() if each.news.kind == "dispute_opened"]
    assert (news.object_id, news.payment_id) == (dispute.id, dispute.payment_id)


async def test_what_is_disputed_cannot_be_refunded_or_disputed_again(bench: Bench) -> None:
    dispute = await opened(bench, 3000)
    payment = await bench.provider.payment(dispute.payment_id)
    with pytest.raises(Conflict):
        await bench.provider.refund(refunding(payment, 2001, key="1"))
    with pytest.raises(Conflict) as told:
        await bench.provider.open_dispute("d2", payment.id, reason="again", amount=money(2001))
    assert told.value.code == "not_disputable"
    await bench.provider.refund(refunding(payment, 2000, key="2"))
    with pytest.raises(Conflict):
        await bench.provider.open_dispute("d3", payment.id, reason="again")
    assert await bench.balance() == 4825 - 3000 - 1500 - 2000


async def test_only_captured_money_can_be_disputed(bench: Bench) -> None:
    payment = await bench.provider.authorise(asked())
    with pytest.raises(Conflict) as told:
        await bench.provider.open_dispute("d", payment.id, reason="fraudulent")
    assert told.value.code == "not_disputable"
    with pytest.raises(NotFound):
        await bench.provider.open_dispute("d2", "pi_ghost", reason="fraudulent")
    assert await bench.movements() == []


async def test_evidence_is_staged_any_number_of_times_and_submitted_once(bench: Bench) -> None:
    dispute = await opened(bench)
    for n, text in enumerate(("ordered", "ordered and shipped")):
        staged = await bench.provider.stage_evidence(
            f"s{n}", dispute.id, Evidence(service_documentation=text, customer_name="Alice")
        )
        assert (staged.state, staged.submitted) == ("needs_response", False)
    sent = await bench.provider.submit_evidence("submit", dispute.id, TRACKING)
    assert (sent.state, sent.submitted) == ("under_review", True)
    evidence = await bench.provider.evidence(dispute.id)
    assert evidence.service_documentation == "ordered and shipped", "the last word counts"
    assert (evidence.customer_name, evidence.shipping_tracking_number) == ("Alice", "BB-1")
    changed = Evidence(customer_name="Mallory")
    with pytest.raises(Conflict) as told:
        await bench.provider.stage_evidence("late", dispute.id, changed)
    assert told.value.code == "evidence_submitted"
    assert await bench.provider.submit_evidence("again", dispute.id, changed) == sent
    assert await bench.provider.evidence(dispute.id) == evidence
    assert (await bench.told()).count("dispute_changed") == 3


@pytest.mark.parametrize(("won", "balance"), [(True, 4825 - 1500), (False, 4825 - 5000 - 1500)])
async def test_the_bank_decides_and_returns_what_was_won(bench: Bench, won: bool, balance: int) -> None:
    dispute = await opened(bench)
    await bench.provider.submit_evidence("submit", dispute.id, TRACKING)
    verdict = await bench.provider.close_dispute(dispute.id, won=won)
    assert verdict.state is (DisputeState.WON if won else DisputeState.LOST)
    assert await bench.provider.close_dispute(dispute.id, won=won) == verdict
    with pytest.raises(Conflict) as told:
        await bench.provider.close_dispute(dispute.id, won=not won)
    assert told.value.code == "dispute_closed"
    assert await bench.balance() == balance
    back = [line for line in await bench.movements() if line.kind == "dispute_won"]
    assert [(line.amount, line.fee) for line in back] == ([(money(5000), money(0))] if won else [])
    assert await bench.provider.submit_evidence("again", dispute.id, TRACKING) == verdict


async def test_what_was_won_can_be_refunded_and_what_was_lost_cannot(bench: Bench) -> None:
    dispute = await opened(bench, 3000)
    other = await bench.provider.open_dispute("d2", dispute.payment_id, reason="x", amount=money(1000))
    await bench.provider.close_dispute(dispute.id, won=True)
    await bench.provider.close_dispute(other.id, won=False)
    payment = await bench.provider.payment(dispute.payment_id)
    with pytest.raises(Conflict):
        await bench.provider.refund(refunding(payment, 4001, key="1"))
    await bench.provider.refund(refunding(payment, 4000, key="2"))
    assert await bench.balance() == 4825 - 2 * 1500 - 1000 - 4000


async def test_a_dispute_that_nobody_answers_in_time_is_lost(bench: Bench) -> None:
    dispute = await opened(bench)
    await bench.provider.stage_evidence("s", dispute.id, TRACKING)
    await bench.provider.catch_up()
    bench.clock.pass_(days=7)
    assert (await bench.provider.dispute(dispute.id)).state is DisputeState.LOST
    with pytest.raises(Conflict) as told:
        await bench.provider.submit_evidence("late", dispute.id, TRACKING)
    assert told.value.code == "dispute_closed"
    with pytest.raises(Conflict):
        await bench.provider.stage_evidence("late too", dispute.id, TRACKING)
    before = (await bench.told()).count("dispute_changed")
    assert await bench.provider.catch_up() == 1
    assert (await bench.told()).count("dispute_changed") == before + 1
    with pytest.raises(Conflict):
        await bench.provider.close_dispute(dispute.id, won=True)
    assert await bench.balance() == 4825 - 5000 - 1500


async def test_a_dispute_that_was_answered_waits_for_the_bank(bench: Bench) -> None:
    dispute = await opened(bench)
    await bench.provider.submit_evidence("s", dispute.id, TRACKING)
    bench.clock.pass_(days=60)
    await bench.provider.catch_up()
    assert (await bench.provider.dispute(dispute.id)).state is DisputeState.UNDER_REVIEW


@pytest.mark.parametrize("id", ["", "dp_", "pi_1", "dp_" + "0" * 40, "dp_" + "0" * 24, "../payment"])
async def test_an_unknown_dispute_is_not_found(bench: Bench, id: str) -> None:
    await opened(bench)
    for wanted in (
        bench.provider.dispute(id),
        bench.provider.evidence(id),
        bench.provider.close_dispute(id, won=True),
    ):
        with pytest.raises(NotFound):
            await wanted
    with pytest.raises(NotFound):
        await bench.provider.stage_evidence("s", id, TRACKING)
    with pytest.raises(NotFound):
        await bench.provider.submit_evidence("s2", id, TRACKING)
