"""Held until delivered, then everyone is paid (flows 1.3-3, 2.8-1)."""

from pathlib import Path
from typing import Any

import pytest

from shared.domain.identity import Persona
from shared.domain.money import Money
from tests.flows.test_checkout import charged
from tests.harness import Answer, World, running
from tests.street import Deal, Shop, escalations, flowers, no_harm, opened, ordered

READY = "Ready for Pickup"


async def delivered(world: World, *, quantity: int = 1) -> tuple[Shop, Deal]:
    """Flowers that their shop has made ready; they arrive within the hour."""
    shop = await opened(world, "corner", flowers("red", "red", 5000, 9))
    deal = await ordered(world, {"id": "red", "quantity": quantity}, hours=30)
    leg = await deal.leg()
    await shop.accepts(leg)
    assert (await shop.reports(leg, READY)).status == 200
    return shop, deal


async def says(deal: Deal, *legs: dict[str, Any], by: Any = None) -> Answer:
    """Say what arrived."""
    path = f"/api/v1/orders/{deal.id}/confirm-delivery"
    answer: Answer = await (by or deal.customer).call("POST", path, {"legs": list(legs)})
    await deal.world.settle()
    return answer


async def holds(deal: Deal) -> list[str]:
    order = await deal.customer.get(f"/api/v1/orders/{deal.id}")
    return [leg["hold"] for leg in order["legs"]]


async def payable(world: World, vendor: str) -> int:
    """What a vendor has earned and has not been paid, in cents."""
    account = await world.admin().get(f"/api/v1/admin/ledger/accounts/vendor_payable:{vendor}")
    return sum(each["balance"]["minor"] for each in account["holdings"])


@pytest.mark.flow("1.3-3")
@pytest.mark.flow("2.8-1")
async def test_money_is_held_until_the_customer_confirms_and_then_shared(world: World) -> None:
    shop, deal = await delivered(world)
    assert await holds(deal) == ["held"], "ready is not delivered"
    assert (await says(deal)).status == 200
    assert await holds(deal) == ["released"]
    order = await world.app.orders.get(deal.id)
    summary = order.book.summary()
    assert (summary.released.minor, summary.fees.minor, summary.remaining.minor) == (4500, 500, 0)
    assert order.status == "completed"
    told = await shop.inbox("notice")
    assert told == ["$45.00 for Red Flowers is released to you; it goes out with your next payout."]
    assert (await deal.told())[-1].startswith("Your order is complete")
    await no_harm(world)


@pytest.mark.flow("1.3-3")
@pytest.mark.flow("2.8-1")
async def test_silence_after_the_arrival_confirms_as_well(world: World) -> None:
    _, deal = await delivered(world)
    await world.advance(days=2.5)
    assert await holds(deal) == ["held"]
    await world.advance(days=1)
    assert await holds(deal) == ["released"]
    order = await deal.customer.get(f"/api/v1/orders/{deal.id}")
    assert order["legs"][0]["delivered"]["by"] == "silence"


@pytest.mark.flow("2.8-1")
async def test_nothing_is_released_before_the_vendor_has_done_its_part(world: World) -> None:
    shop = await opened(world, "corner", flowers("red", "red"))
    deal = await ordered(world, "red", hours=30)
    early = await says(deal, {"leg_id": await deal.leg()})
    assert (early.status, early.code) == (409, "not_delivered"), "the shop has not even taken it on"
    await shop.accepts(await deal.leg())
    await world.advance(days=20)
    assert await holds(deal) == ["held"]


@pytest.mark.flow("1.3-3")
async def test_saying_it_twice_releases_once(world: World) -> None:
    _, deal = await delivered(world)
    answers = [await says(deal) for _ in range(3)]
    assert {answer.status for answer in answers} == {200}
    summary = (await world.app.orders.get(deal.id)).book.summary()
    assert summary.released.minor == 4500
    changed_mind = await says(deal, {"leg_id": f"{deal.id}-l1", "outcome": "refused"})
    assert (changed_mind.status, changed_mind.code) == (409, "already_confirmed")


@pytest.mark.flow("1.3-3")
async def test_of_a_partial_delivery_only_what_was_kept_is_released(world: World) -> None:
    _, deal = await delivered(world, quantity=3)
    leg = f"{deal.id}-l1"
    assert (await says(deal, {"leg_id": leg, "outcome": "partial", "accepted": 2})).status == 200
    order = await world.app.orders.get(deal.id)
    summary = order.book.summary()
    assert (summary.released.minor, summary.fees.minor, summary.remaining.minor) == (9000, 1000, 5000)
    assert await holds(deal) == ["disputed"], "the rest waits for a decision"


@pytest.mark.flow("1.3-3")
async def test_a_refused_delivery_pays_nobody_until_it_is_decided(world: World) -> None:
    _, deal = await delivered(world)
    leg = f"{deal.id}-l1"
    assert (await says(deal, {"leg_id": leg, "outcome": "refused", "text": "All wilted."})).status == 200
    await world.advance(days=10)
    assert await holds(deal) == ["disputed"]
    assert (await world.app.orders.get(deal.id)).book.summary().released.minor == 0


@pytest.mark.flow("1.3-3")
@pytest.mark.parametrize("accepted", [None, 0, 3, 4])
async def test_a_partial_delivery_says_how_many(world: World, accepted: int | None) -> None:
    _, deal = await delivered(world, quantity=3)
    what = {"leg_id": f"{deal.id}-l1", "outcome": "partial"}
    answer = await says(deal, what if accepted is None else {**what, "accepted": accepted})
    assert (answer.status, answer.body["errors"][0]["field"]) == (400, "legs.0.accepted")
    assert await holds(deal) == ["held"]


@pytest.mark.flow("1.3-3")
async def test_only_the_customer_and_their_agent_confirm(world: World) -> None:
    shop, deal = await delivered(world)
    assert (await says(deal, by=world.customer("mallory"))).code == "not_found"
    assert (await says(deal, by=world.admin())).code == "forbidden"
    assert (await says(deal, by=shop.portal)).code == "forbidden"
    assert await holds(deal) == ["held"]
    assert (await says(deal, by=world.caller(Persona.AGENT, "assistant", customer_id="alice"))).status == 200
    assert await holds(deal) == ["released"]


@pytest.mark.flow("1.3-3")
async def test_money_that_is_held_too_long_is_a_persons_business(tmp_path: Path) -> None:
    async with running(tmp_path / "data", hold_alarm="P12D") as world:
        shop = await opened(world, "corner", flowers("red", "red"))
        deal = await ordered(world, "red", hours=30)
        await shop.accepts(await deal.leg())
        await world.advance(days=11)
        assert [each for each in await escalations(world) if each["reason"] == "hold_overdue"] == []
        await world.advance(days=1.1)
        (alarm,) = [each for each in await escalations(world) if each["reason"] == "hold_overdue"]
        assert "$50.00 are held for Red Flowers" in alarm["summary"]
        await world.advance(days=1)
        assert len([each for each in await escalations(world) if each["reason"] == "hold_overdue"]) == 1


@pytest.mark.flow("1.3-3")
async def test_a_refund_after_the_release_is_clawed_back_from_the_next_payout(world: World) -> None:
    shop, deal = await delivered(world)
    await says(deal)
    await world.app.funds.refund(
        f"{deal.id}-l1", Money(minor=2000), key=f"{deal.id}-l1:late", reason="it wilted"
    )
    await world.settle()
    assert await charged(world, deal.id) == 3000
    assert await payable(world, shop.id) == 2700, "45.00 earned, 18.00 of it taken back"
    assert (await deal.told())[-1] == "$20.00 is on its way back to you."
    assert (await world.admin().get("/api/v1/admin/ledger/trial-balance"))["balanced"] is True
