"""A concierge bundle shows its name and its total; who is behind it and what each part costs stays hidden."""

import json
from pathlib import Path
from typing import Any

import pytest

from shared.domain.catalogue import Visibility
from shared.domain.ids import owner_of
from tests.doors.stage import documents
from tests.harness import HOME, Caller, World

BUNDLE = "white-glove-baby"
DELIVER_BY = "2026-05-06T22:00:00Z"


async def telling(world: World, bundle_id: str) -> dict[str, str]:
    """What would give a vendor or a part's price away: every vendor's name and id, and the parts' prices."""
    await world.app.catalogue.refresh()
    bundle = world.app.catalogue.find_bundle(bundle_id)
    assert bundle is not None
    parts = [world.app.catalogue.product(id) for id in bundle.product_ids]
    vendors = [world.app.catalogue.vendor(part.vendor_id) for part in parts]
    words = {vendor.name: "vendor" for vendor in vendors} | {vendor.id: "vendor id" for vendor in vendors}
    return words | {str(part.price): "price" for part in parts}


def assert_discreet(shown: object, words: dict[str, str], *, where: str) -> None:
    text = json.dumps(shown, ensure_ascii=False)
    for word, what in words.items():
        assert f'"{word}"' not in text, (where, what, word)
        if what != "vendor id":
            assert word not in text, (where, what, word, text[max(0, text.find(word) - 200) :][:400])


async def bought(world: World, alice: Caller, **more: Any) -> Any:
    body = {"items": [{"id": BUNDLE}], "deliver_to": HOME, "deliver_by": DELIVER_BY, "thread_id": "thr-c"}
    answer = await alice.call("POST", "/api/v1/orders", body | more)
    await world.settle()
    return answer.data


async def everything_shown(world: World, alice: Caller, order_id: str) -> dict[str, Any]:
    """Every answer about the order that its customer can get, whole."""
    paths = [f"/api/v1/orders/{order_id}", f"/api/v1/orders/{order_id}/timeline", "/api/v1/threads/thr-c"]
    order = await world.app.orders.get(order_id)
    for n in range(1, order.changes + 1):
        paths += [f"/api/v1/recoveries/{order_id}-r{n}", f"/api/v1/negotiations/{order_id}-n{n}"]
    answers = {path: await alice.call("GET", path) for path in paths}
    return {path: answer.body for path, answer in answers.items() if answer.status == 200}


async def test_what_is_found_does_not_tell(world: World) -> None:
    words = await telling(world, BUNDLE)
    answer = (await world.nobody().call("GET", "/api/v1/discover", intent="white glove baby gift")).body
    (shown,) = [each for each in answer["data"]["products"] if each["id"] == BUNDLE]
    assert_discreet(shown, words, where="discover")
    assert (shown["vendor"], shown["parts"], shown["distance_m"]) == (None, [], None)
    (node,) = [
        each["item"]
        for each in answer["machine_readable"]["itemListElement"]
        if each["item"]["sku"] == BUNDLE
    ]
    assert_discreet(node, words, where="JSON-LD")
    assert "includesObject" not in node["offers"]


async def test_what_was_bought_does_not_tell(world: World) -> None:
    alice, words = world.customer(), await telling(world, BUNDLE)
    order = await bought(world, alice)
    assert order["visibility"] == Visibility.CONCIERGE
    shown = await everything_shown(world, alice, order["id"])
    assert len(shown) == 3
    for where, body in shown.items():
        assert_discreet(body, words, where=where)


async def test_why_it_cannot_be_in_time_does_not_tell(world: World) -> None:
    alice, words = world.customer(), await telling(world, BUNDLE)
    body = {"items": [{"id": BUNDLE}], "deliver_to": HOME, "deliver_by": "2026-05-04T15:00:00Z"}
    answer = await alice.call("POST", "/api/v1/orders", body)
    assert answer.code == "deadline_unreachable"
    assert_discreet(answer.body, words, where="refusal")


async def test_what_an_addition_would_do_does_not_tell(world: World) -> None:
    alice, words = world.customer(), await telling(world, BUNDLE)
    order = await bought(world, alice)
    path = f"/api/v1/orders/{order['id']}/simulate"
    answer = await alice.call("POST", path, {"product_id": "demo-none", "quantity": 1})
    assert answer.status == 404
    found = (await alice.get("/api/v1/discover", intent="box of chocolates"))["products"]
    addition = next(each for each in found if each["kind"] == "product" and each["vendor"] not in words)
    answer = await alice.call("POST", path, {"product_id": addition["id"]})
    assert answer.status == 200
    assert_discreet(answer.body, words, where="simulation")


@pytest.mark.parametrize("door", ["reject", "status"])
async def test_what_its_vendors_do_does_not_tell(world: World, tmp_path: Path, door: str) -> None:
    alice, words = world.customer(), await telling(world, BUNDLE)
    order = await bought(world, alice)
    leg = (await world.app.orders.get(order["id"])).legs[0]
    name = leg.vendor_name
    body = {"text": f"Regards, {name}"} if door == "reject" else {"status": "In Progress"}
    await world.partner(leg.vendor_id).post(f"/api/v1/partners/me/orders/{leg.id}/{door}", body)
    await world.settle()
    shown = await everything_shown(world, alice, owner_of(leg.id))
    stored = documents(tmp_path / "data" / "uso" / "uso.sqlite")
    known = [json.loads(body)["value"] for (_, _, id), body in stored.items() if id == "vendor"]
    assert len(known) > 20
    words |= {vendor["name"]: "vendor" for vendor in known}
    for where, answer in shown.items():
        assert_discreet(answer, words, where=where)


async def test_a_change_of_it_does_not_tell(world: World) -> None:
    alice, words = world.customer(), await telling(world, BUNDLE)
    order = await bought(world, alice)
    leg = (await world.app.orders.get(order["id"])).legs[0]
    path = f"/api/v1/orders/{order['id']}/change-requests"
    asked = await alice.call("POST", path, {"text": "a blue blanket instead", "leg_id": leg.id})
    assert asked.status == 202, asked.body
    await world.settle()
    assert_discreet(asked.body, words, where="change request")
    for where, answer in (await everything_shown(world, alice, order["id"])).items():
        assert_discreet(answer, words, where=where)
