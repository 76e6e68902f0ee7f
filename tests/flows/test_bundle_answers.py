import pytest

from tests.harness import World


@pytest.mark.flow("1.2-1")
async def test_a_bundle_with_two_parts_of_one_vendor_names_every_part(world: World) -> None:
    answer = await world.nobody().call("GET", "/api/v1/discover", intent="puppy party")
    assert answer.status == 200
    nodes = [each["item"] for each in answer.body["machine_readable"]["itemListElement"]]
    bundle = next(node for node in nodes if node["sku"] == "puppy-party")
    parts = [each["typeOfGood"] for each in bundle["offers"]["includesObject"]]
    assert len(parts) > len({part["offers"]["seller"]["@id"] for part in parts})
