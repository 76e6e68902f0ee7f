"""Several at the same time, and a store that loses every race: nothing is counted twice, nothing is lost."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from shared.ports.events import CloudEvent
from shared.ports.store import Delete, Operation, PreconditionFailed, Store
from shared.services.affiliates.clicks import CONTAINER, Clicks
from shared.services.kinds import AFFILIATES
from tests.affiliates import Partnership, bought, clicked, registered
from tests.harness import World
from tests.street import flowers, opened


class Contended:
    """A store in which someone else always wrote the counts in between."""

    def __init__(self, inner: Store) -> None:
        self._inner = inner

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    async def batch(self, container: str, partition: str, operations: Sequence[Operation]) -> None:
        if container == CONTAINER and any(each.id.startswith("counts") for each in operations):
            raise PreconditionFailed("someone else did")
        await self._inner.batch(container, partition, operations)


@pytest.fixture
async def bo(world: World) -> Partnership:
    await opened(world, "corner", flowers("red", "red", 10_000))
    return await registered(world)


def about(world: World, order: dict[str, Any], n: int) -> CloudEvent:
    return CloudEvent(
        id=f"again:{n}",
        type="uso.order.confirmed",
        subject=order["id"],
        time=world.now(),
        data={"order_id": order["id"]},
    )


async def test_a_click_that_cannot_be_counted_can_still_be_traced(world: World, bo: Partnership) -> None:
    made = await bo.link()
    link = next(
        each for each in await world.app.affiliates.links.of_affiliate(bo.id) if each.id == made["id"]
    )
    clicks = Clicks(Contended(world.app.store), world.app.settings)  # type: ignore[arg-type]
    click = await clicks.record(link, world.now())
    assert (await bo.dashboard())["clicks"] == 0
    found = await world.app.affiliates.referrals.resolve(click, ["red"], customer_id="carol", at=world.now())
    assert found is not None
    assert found.link_id == made["id"]


async def test_one_order_heard_of_many_times_at_once_is_one_commission(world: World, bo: Partnership) -> None:
    order = await bought(world, await clicked(world, await bo.link()), "red")
    store, commissions = world.app.store, world.app.affiliates.commissions
    for id in (f"{bo.id}-{order['id']}", f"{bo.id}-sum"):
        await store.batch("commissions", bo.id, [Delete(id)])
    for document in (await bo.owner.get(f"{bo.base}/notices"))[:1]:
        await store.batch("commissions", bo.id, [Delete(document["id"])])
    await asyncio.gather(*(commissions.hear_order(about(world, order, n)) for n in range(8)))
    assert await bo.earned() == {"total": 500, "pending": 500, "payable": 0, "paid": 0}
    assert (await bo.dashboard())["conversions"] == 1
    assert len(await bo.commissions()) == 1


async def test_one_link_made_many_times_at_once_is_one_link(world: World, bo: Partnership) -> None:
    made = await asyncio.gather(*(bo.link() for _ in range(6)))
    assert len({link["id"] for link in made}) == 1
    assert (await world.app.affiliates.registration.get(bo.id)).links == 1


async def test_an_affiliate_has_only_so_many_links(world: World, bo: Partnership) -> None:
    affiliate = await world.app.affiliates.registration.get(bo.id)
    full = affiliate.model_copy(update={"links": world.app.settings.max_affiliate_links})
    await world.app.records.update(AFFILIATES, bo.id, lambda _: (full, []))
    answer = await bo.owner.call("POST", f"{bo.base}/links", {"target_url": "https://limo.example/"})
    assert (answer.status, answer.code) == (409, "too_many_links")


async def test_of_two_tables_set_at_once_one_counts(world: World) -> None:
    admin = world.admin()
    answers = await asyncio.gather(
        *(
            admin.call("PUT", "/api/v1/admin/fees", {"version": 0, "default_bps": bps})
            for bps in (900, 1100, 1200)
        )
    )
    assert sorted(answer.status for answer in answers) == [200, 409, 409]
    assert (await admin.get("/api/v1/admin/fees"))["version"] == 1


async def test_a_table_heard_of_many_times_at_once_is_told_once(world: World) -> None:
    shop = await opened(world, "corner", flowers("red", "red"))
    await world.admin().call("PUT", "/api/v1/admin/fees", {"version": 0, "default_bps": 1100})
    event = CloudEvent(
        id="x", type="uso.fees.changed", subject="fees-v1", time=world.now(), data={"version": 1}
    )
    await asyncio.gather(*(world.app.fee_notices.hear(event) for _ in range(3)))
    await world.settle()
    assert len(await shop.inbox("notice")) == 1


async def test_a_register_that_never_answers_leaves_the_check_to_a_person(world: World) -> None:
    papers = {"business_license": "TX-LIC-4411", "insurance": "POL-6666", "tax_id": "12-3456789"}
    bo = await registered(world, documents=papers)
    await world.advance(days=6)
    insurance = next(each for each in (await bo.now())["checks"] if each["check"] == "insurance")
    assert (insurance["status"], insurance["method"]) == ("pending", "api")
    await world.advance(days=1, minutes=1)
    insurance = next(each for each in (await bo.now())["checks"] if each["check"] == "insurance")
    assert (insurance["method"], insurance["reason"]) == ("manual", "the register does not answer")
