"""Of whom something is bought: never beyond margin or stock, each delivery paid once (ops-1, ops-x1)."""

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain.operations.choosing import Candidate, Weights, selected, without_refused
from shared.domain.operations.purchases import Purchase, PurchaseLine
from shared.domain.operations.shop import ShopLine
from shared.domain.status import PurchaseStatus
from tests.shop_orders import MONDAY, usd

WEIGHTS = Weights()


def line(n: int = 1, *, total: int = 3000, quantity: int = 1) -> ShopLine:
    return ShopLine(id=f"l{n}", sku=f"SKU-{n}", title=f"Thing {n}", quantity=quantity, total=usd(total))


def sells(supplier: str, price: int = 1000, **more: object) -> Candidate:
    given_: dict[str, object] = {"supplier_sku": f"{supplier}-1", "shipping": usd(0), "stock": 9, "days": 10}
    return Candidate.model_validate({**given_, "supplier_id": supplier, "price": usd(price), **more})


def chosen(*candidates: Candidate, of: ShopLine | None = None) -> list[str]:
    wanted = of or line()
    return [each.supplier_id for each in selected([wanted], {wanted.id: candidates}, WEIGHTS).baskets]


def refusal(code: str, cost: int) -> Purchase:
    return Purchase(
        id="sho_1001-p1",
        supplier_id="a",
        lines=(PurchaseLine(line_id="l1", supplier_sku="a-1", quantity=1),),
        cost=usd(cost),
        status=PurchaseStatus.REFUSED,
        refusal=code,
        planned_at=MONDAY,
    )


def test_the_usual_source_goes_before_a_better_one() -> None:
    assert chosen(sells("a", 900), sells("b", 2000, preferred=True)) == ["b"]


def test_a_usual_source_that_has_too_few_or_is_too_dear_is_passed_over() -> None:
    assert chosen(sells("a"), sells("b", preferred=True, stock=1), of=line(quantity=2, total=6000)) == ["a"]
    assert chosen(sells("a"), sells("b", 2701, preferred=True)) == ["a"]


def test_the_margin_is_kept_to_the_cent_delivery_included() -> None:
    assert chosen(sells("a", 2700)) == ["a"]
    assert chosen(sells("a", 2701)) == []
    assert chosen(sells("a", 2600, shipping=usd(101))) == []


def test_price_time_and_reliability_all_count() -> None:
    assert chosen(sells("a", 1000), sells("b", 900)) == ["b"]
    assert chosen(sells("a", 1000, days=30), sells("b", 1050, days=3)) == ["b"]
    assert chosen(sells("a", 1000, reliability=0.2), sells("b", 1050)) == ["b"]


def test_lines_that_are_too_dear_alone_share_a_delivery() -> None:
    lines = [line(1, total=1000), line(2, total=1000)]
    one = sells("a", 500, shipping=usd(450))
    selection = selected(
        lines, {"l1": [one], "l2": [one.model_copy(update={"supplier_sku": "a-2"})]}, WEIGHTS
    )
    (basket,) = selection.baskets
    assert (basket.cost, basket.limit, selection.missing) == (usd(1450), usd(1800), ())


def test_an_offer_in_another_money_is_none() -> None:
    assert (
        chosen(sells("a").model_copy(update={"price": usd(1).model_copy(update={"currency": "EUR"})})) == []
    )


def test_who_refused_is_not_asked_again_but_a_new_price_may_be_taken() -> None:
    offer = sells("a", 1200)
    assert without_refused(line(), [offer], [refusal("out_of_stock", 2700)]) == ()
    assert without_refused(line(), [offer], [refusal("price_changed", 1300)]) == ()
    assert without_refused(line(), [offer], [refusal("price_changed", 1100)]) == (offer,)
    assert without_refused(line(2), [offer], [refusal("out_of_stock", 2700)]) == (offer,)


candidates = st.builds(
    sells,
    st.sampled_from("abc"),
    st.integers(0, 3000),
    shipping=st.integers(0, 600).map(usd),
    stock=st.integers(0, 4),
    days=st.integers(0, 30),
    preferred=st.booleans(),
    reliability=st.sampled_from((0.0, 0.5, 1.0)),
)
wanted = st.lists(
    st.tuples(st.integers(0, 5000), st.integers(1, 3), st.lists(candidates, max_size=4)),
    min_size=1,
    max_size=4,
)


@settings(max_examples=80, deadline=None)
@given(wanted, st.randoms(use_true_random=False))
def test_whatever_is_offered_the_rules_hold(
    drawn: list[tuple[int, int, list[Candidate]]], chance: random.Random
) -> None:
    lines = [line(n, total=total, quantity=quantity) for n, (total, quantity, _) in enumerate(drawn)]
    offered = {each.id: found for each, (_, _, found) in zip(lines, drawn, strict=True)}
    selection = selected(lines, offered, WEIGHTS)
    by_id = {each.id: each for each in lines}
    bought = [each for basket in selection.baskets for each in basket.lines]
    assert sorted([*(each.line_id for each in bought), *selection.missing]) == sorted(by_id)
    assert len({basket.supplier_id for basket in selection.baskets}) == len(selection.baskets)
    for basket in selection.baskets:
        paid = sum(by_id[each.line_id].total.minor for each in basket.lines)
        assert basket.cost.minor <= basket.limit.minor <= paid * 9 // 10
        needed = sum(each.quantity for each in basket.lines)
        most = [
            each.stock
            for id in (each.line_id for each in basket.lines)
            for each in offered[id]
            if each.supplier_id == basket.supplier_id
        ]
        assert needed <= max(most)
    for found in offered.values():
        chance.shuffle(found)
    again = selected(lines, offered, WEIGHTS)
    assert [b.cost for b in again.baskets] == [b.cost for b in selection.baskets]
