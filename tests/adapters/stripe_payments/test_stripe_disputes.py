"""Chargebacks through the real SDK: evidence is staged as often as need be, and submitted once."""

import asyncio

import pytest

from shared.errors import Conflict, InvalidInput, NotFound
from shared.ports.payments import DisputeState, Evidence
from tests.adapters.stripe_payments.bench import NOW, Bench, usd

PROOF = Evidence(
    product_description="A dozen red roses",
    shipping_carrier="Bluebonnet Couriers",
    shipping_tracking_number="BB123",
    service_documentation="2026-05-04 14:00 handed over at the door, photo taken.",
)


async def test_a_dispute_names_its_payment_amount_fee_and_deadline(bench: Bench) -> None:
    payment = await bench.captured(5000)
    opened = bench.peer.open_dispute(payment.id, reason="product_not_received", amount=2000)
    dispute = await bench.stripe.dispute(opened["id"])
    assert (dispute.payment_id, dispute.amount, dispute.fee) == (payment.id, usd(2000), usd(1500))
    assert (dispute.reason, dispute.state) == ("product_not_received", DisputeState.NEEDS_RESPONSE)
    assert dispute.due_by > NOW
    assert not dispute.submitted


async def test_evidence_is_staged_and_replaced_and_then_submitted(bench: Bench) -> None:
    id = bench.peer.open_dispute((await bench.captured()).id)["id"]
    await bench.stripe.stage_evidence("stage-1", id, Evidence(product_description="Roses"))
    staged = await bench.stripe.stage_evidence("stage-2", id, PROOF)
    assert (staged.submitted, staged.state) == (False, DisputeState.NEEDS_RESPONSE)
    submitted = await bench.stripe.submit_evidence("submit", id, PROOF)
    assert (submitted.submitted, submitted.state) == (True, DisputeState.UNDER_REVIEW)
    told = bench.peer.state.get("dispute", id)["evidence"]
    assert told["product_description"] == "A dozen red roses"
    assert told["uncategorized_text"].startswith("2026-05-04")
    assert not {"service_documentation", "customer_name"} & told.keys()


async def test_evidence_is_submitted_once_however_often_it_is_asked(bench: Bench) -> None:
    id = bench.peer.open_dispute((await bench.captured()).id)["id"]
    first = await bench.stripe.submit_evidence("submit", id, PROOF)
    assert await bench.stripe.submit_evidence("submit", id, PROOF) == first
    assert await bench.stripe.submit_evidence("by another plan", id, Evidence(customer_name="Bob")) == first
    with pytest.raises(Conflict) as refused:
        await bench.stripe.stage_evidence("too late", id, PROOF)
    assert refused.value.code == "evidence_submitted"
    stored = bench.peer.state.get("dispute", id)
    assert stored["evidence_details"]["submission_count"] == 1
    assert "customer_name" not in stored["evidence"]


async def test_of_two_that_submit_at_once_one_is_first_and_both_are_answered(bench: Bench) -> None:
    id = bench.peer.open_dispute((await bench.captured()).id)["id"]
    answers = await asyncio.gather(
        *(bench.provider().submit_evidence(f"submit-{n}", id, PROOF) for n in range(5))
    )
    assert {answer.submitted for answer in answers} == {True}
    assert bench.peer.state.get("dispute", id)["evidence_details"]["submission_count"] == 1


async def test_a_closed_dispute_takes_no_evidence(bench: Bench) -> None:
    id = bench.peer.open_dispute((await bench.captured()).id)["id"]
    bench.peer.close_dispute(id, won=False)
    for ask in (bench.stripe.submit_evidence, bench.stripe.stage_evidence):
        with pytest.raises(Conflict) as refused:
            await ask("key", id, PROOF)
        assert refused.value.code == "dispute_closed"
    assert (await bench.stripe.dispute(id)).state is DisputeState.LOST


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("warning_needs_response", DisputeState.NEEDS_RESPONSE),
        ("warning_under_review", DisputeState.UNDER_REVIEW),
        ("warning_closed", DisputeState.WON),
        ("won", DisputeState.WON),
        ("lost", DisputeState.LOST),
    ],
)
async def test_every_status_of_stripe_has_a_state(bench: Bench, status: str, state: DisputeState) -> None:
    id = bench.peer.open_dispute((await bench.captured()).id)["id"]
    bench.peer.state.get("dispute", id)["status"] = status
    dispute = await bench.stripe.dispute(id)
    assert dispute.state is state
    assert dispute.takes_money is not status.startswith("warning_")


async def test_evidence_longer_than_stripe_takes_is_refused_and_named(bench: Bench) -> None:
    id = bench.peer.open_dispute((await bench.captured()).id)["id"]
    with pytest.raises(InvalidInput) as refused:
        await bench.stripe.stage_evidence("s", id, Evidence(service_documentation="x" * 20_001))
    assert refused.value.field == "evidence.uncategorized_text"
    assert bench.peer.writes("disputes") == []


async def test_an_unknown_dispute_is_not_found(bench: Bench) -> None:
    for ask in (bench.stripe.dispute("du_nowhere"), bench.stripe.submit_evidence("s", "du_nowhere", PROOF)):
        with pytest.raises(NotFound):
            await ask
