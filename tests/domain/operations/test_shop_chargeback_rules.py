"""A bank takes a shop order's payment back: its money, and what proves that it was delivered (ops-x4)."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain.events import EventType
from shared.domain.evidence import LONGEST
from shared.domain.ledger import AccountKind, Entry
from shared.domain.operations import chargebacks as rules
from shared.domain.operations import money
from shared.domain.operations.parcels import shown, told
from shared.domain.operations.proof import is_proven, proof_of
from shared.domain.operations.shop_orders import ShopOrder
from shared.domain.status import PurchaseStatus, ShopOrderStatus
from shared.errors import Conflict
from tests.parcels import AGAIN, FIRST, after, bought, says, seen_at, sent
from tests.shop_orders import MONDAY, back, paid, usd

CASE = "sho_1001-b0011"


def took(order: ShopOrder, minor: int = 3000) -> ShopOrder:
    return rules.bank_took(order, usd(minor), reference="dp_1", by=CASE, at=after(days=20))[0]


def balances(order: ShopOrder) -> tuple[int, int, int, int]:
    """Provider balance, chargeback, sales and goodwill, in cents."""
    book = order.book
    return (
        book.balance(AccountKind.PROVIDER_BALANCE).minor,
        book.balance(AccountKind.CHARGEBACK, order.id).minor,
        book.balance(AccountKind.SHOP_SALES, order.id).minor,
        book.balance(AccountKind.GOODWILL).minor,
    )


def test_what_a_bank_took_is_its_own_until_it_decides_and_is_refunded_by_nobody() -> None:
    order = took(sent())
    assert balances(order) == (0, 3000, 3000, 0)
    assert order.at_the_bank() == usd(3000)
    with pytest.raises(Conflict) as refused:
        order.refunding(back("r1", 1, line_id="l1"))
    assert refused.value.code == "nothing_left"


def test_won_it_is_as_before() -> None:
    order, events, _ = rules.bank_returned(
        took(sent()), usd(3000), reference="dp_1", by=CASE, at=after(days=60)
    )
    assert balances(order) == (3000, 0, 3000, 0)
    assert order.refundable() == usd(3000)
    assert events == []


def test_lost_it_is_the_sale_that_pays_and_nothing_is_left_to_refund() -> None:
    order, events, _ = rules.bank_kept(took(sent()), usd(3000), reference="dp_1", by=CASE, at=after(days=60))
    assert balances(order) == (0, 0, 0, 0)
    assert order.refundable() == usd(0)
    assert order.refundable("l1") == usd(0)
    assert order.refunds[-1].sent_at == after(days=60)
    assert events == [], "nobody sends it a second time"
    assert money.profit_of(order).profit == usd(-1250)


def test_what_was_refunded_before_the_bank_took_all_is_the_platforms_loss() -> None:
    order, _ = sent().refunding(back("r1", 1000))
    order = order.posted(money.refund(order, order.refunds[0], at=MONDAY))
    order, _, _ = rules.bank_kept(took(order), usd(3000), reference="dp_1", by=CASE, at=after(days=60))
    assert balances(order) == (-1000, 0, 0, 1000)


@pytest.mark.parametrize("status", sorted(rules.UNSENT))
def test_an_order_of_which_nothing_was_bought_ends_there(status: ShopOrderStatus) -> None:
    order = paid(2500).model_copy(update={"status": status, "turn": 3})
    after_, events, _ = rules.bank_took(order, usd(3000), reference="dp_1", by=CASE, at=after(days=1))
    assert (after_.status, after_.outcome) == (ShopOrderStatus.CANCELLED, rules.TAKEN_BACK)
    assert [event.type for event in events] == [EventType.SHOP_ORDER_ANSWERED, EventType.SHOP_ORDER_CLOSED]
    assert events[0].data["turn"] == 3
    won, refunding, _ = rules.bank_returned(after_, usd(3000), reference="dp_1", by=CASE, at=after(days=60))
    assert [each.amount for each in won.refunds] == [usd(3000)], "nothing was sent for it"
    assert [event.type for event in refunding] == [EventType.SHOP_REFUND_DUE]


def test_what_was_bought_stays_on_its_way() -> None:
    assert took(bought()).status is ShopOrderStatus.ORDERED
    assert took(sent()).status is ShopOrderStatus.SHIPPED


@settings(max_examples=80, deadline=None)
@given(
    price=st.integers(1, 9000),
    refunded=st.integers(0, 9000),
    claims=st.lists(st.tuples(st.integers(1, 9000), st.booleans()), max_size=3),
)
def test_whatever_banks_decide_the_books_balance_and_no_money_goes_back_twice(
    price: int, refunded: int, claims: list[tuple[int, bool]]
) -> None:
    order = sent(bought(price))
    entries: list[Entry] = []
    if 0 < refunded <= price:
        order, _ = order.refunding(back("r1", refunded))
        order = order.posted(money.refund(order, order.refunds[0], at=MONDAY))
    for n, (minor, won) in enumerate(claims):
        case = f"{CASE}{n}"
        order, _, taken = rules.bank_took(order, usd(minor), reference=f"dp_{n}", by=case, at=MONDAY)
        decide = rules.bank_returned if won else rules.bank_kept
        order, _, decided = decide(order, usd(minor), reference=f"dp_{n}", by=case, at=MONDAY)
        entries += [*taken, *decided]
        assert order.at_the_bank() == usd(0)
        assert 0 <= order.refundable().minor <= order.sold.total.minor
    lost = sum(minor for minor, won in claims if not won)
    came_back = sum(each.amount.minor for each in order.refunds)
    assert order.refundable().minor == max(order.sold.total.minor - came_back, 0)
    assert came_back == lost + (refunded if 0 < refunded <= price else 0)
    assert len({entry.key for entry in entries}) == len(entries)


# --- proof ------------------------------------------------------------------------------------------


def test_the_proof_names_number_carrier_dates_movements_and_what_the_customer_was_told() -> None:
    order = shown(sent(), FIRST, "YT1", fulfilment_id="f1")
    order, _ = told(order, FIRST, "YT1", at=after(days=2, hours=1))
    moves = (seen_at(after(days=4)), seen_at(after(days=9), "Handed over at the door", "Austin"))
    order = says(order, PurchaseStatus.DELIVERED, at=after(days=9), movements=moves)
    proof = proof_of(order)
    assert proof.shipping_tracking_number == "YT1"
    assert proof.shipping_carrier == "YunExpress"
    assert proof.shipping_date == "2026-05-06"
    assert proof.customer_name == "Jane Doe"
    assert proof.shipping_address == "Jane Doe, 500 Congress Ave, Austin, TX 78701, US"
    assert proof.product_description == "1 x Thing 1"
    story = proof.service_documentation
    assert "the customer was mailed the tracking number 2026-05-06 15:00 UTC" in story
    assert "delivered 2026-05-13 14:00 UTC" in story
    assert story.index("Handed over at the door (Austin)") < story.index("Sorted (Shenzhen)")
    assert is_proven(order)


def test_it_is_proven_when_every_parcel_has_arrived_and_not_before() -> None:
    order = says(sent(bought(1000, 2000, parcels=2)), PurchaseStatus.DELIVERED, at=after(days=5))
    assert not is_proven(order)
    order = says(order, PurchaseStatus.DELIVERED, at=after(days=6), purchase=AGAIN)
    assert is_proven(order)
    assert not is_proven(paid(2500))
    assert not is_proven(took(paid(2500)))


def test_a_lost_parcel_proves_nothing_and_is_told_as_lost() -> None:
    order = says(sent(), PurchaseStatus.CANCELLED, at=after(days=4))
    assert proof_of(order).shipping_tracking_number == ""
    assert "given up as lost" in proof_of(order).service_documentation


def test_the_longest_story_still_says_that_it_was_delivered() -> None:
    moves = tuple(seen_at(after(hours=n), "x" * 300, "y" * 200) for n in range(100))
    order = says(sent(), PurchaseStatus.DELIVERED, at=after(days=9), movements=moves)
    story = proof_of(order).service_documentation
    assert len(story) == LONGEST
    assert "delivered 2026-05-08" in story
