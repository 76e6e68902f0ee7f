"""The table of containers is the code's own: nothing is asked of a container that a deployment lacks."""

from shared.adapters.cosmos_store.containers import CONTAINERS, Container
from tests.adapters.cosmos_store.store_uses import NOWHERE, uses


def test_every_container_that_the_code_uses_is_in_the_table_and_no_other() -> None:
    assert set(CONTAINERS) == set(uses()) - {NOWHERE}


def test_every_order_that_a_query_asks_for_has_its_index() -> None:
    missing = {
        name: use.orders - set(CONTAINERS[name].orders) for name, use in uses().items() if name != NOWHERE
    }
    assert not {name: orders for name, orders in missing.items() if orders}


def test_every_condition_of_a_query_is_on_an_indexed_field() -> None:
    missing = {
        name: use.conditions - set(CONTAINERS[name].conditions)
        for name, use in uses().items()
        if name != NOWHERE
    }
    assert not {name: fields for name, fields in missing.items() if fields}


def test_orders_and_conditions_that_are_handed_on_are_those_of_some_container() -> None:
    """Where a function only makes a query for another one, its container does not stand beside it."""
    orders = {order for container in CONTAINERS.values() for order in container.orders}
    conditions = {each for container in CONTAINERS.values() for each in container.conditions}
    assert uses()[NOWHERE].orders <= orders
    assert uses()[NOWHERE].conditions <= conditions


def test_nothing_but_what_queries_name_is_indexed() -> None:
    policy = Container("c", orders=["-at", "n"], conditions=["status", "at"]).indexing_policy
    assert [each["path"] for each in policy["includedPaths"]] == [
        "/partition/?",
        "/key/?",
        "/body/at/?",
        "/body/n/?",
        "/body/status/?",
    ]
    assert policy["excludedPaths"] == [{"path": "/*"}]
    assert policy["compositeIndexes"] == [
        [{"path": "/body/at", "order": "descending"}, {"path": "/key", "order": "ascending"}],
        [{"path": "/body/n", "order": "ascending"}, {"path": "/key", "order": "ascending"}],
    ]


def test_names_are_ones_that_cosmos_takes() -> None:
    for name, container in CONTAINERS.items():
        assert name == container.name
        assert name.replace("_", "").replace("-", "").isalnum()
