"""What speaks for the platform at a bank: the order's own history, and nothing else."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.domain import orders as rules
from shared.domain.evidence import LONGEST, Response, Told, gathered, is_complete
from shared.domain.orders import SILENCE, Delivered, DeliveryOutcome, Order
from shared.domain.status import LegStatus
from tests.domain.test_disputed_money import NOW, leg, paid_order, refunded

READY = NOW + timedelta(hours=3)


def delivered(
    order: Order, leg_id: str, outcome: DeliveryOutcome = DeliveryOutcome.ACCEPTED, **more: Any
) -> Order:
    known = {"outcome": outcome, "accepted": 3, "at": NOW + timedelta(days=1), "by": "alice"}
    said = Delivered.model_validate(known | more)
    return rules.with_leg(order, order.leg(leg_id).model_copy(update={"delivered": said, "ready_at": READY}))


def test_it_says_what_was_sold_sent_and_paid() -> None:
    evidence = gathered(delivered(paid_order(), "ord_x-l1"), (), ())
    assert evidence.product_description == "3 x Item 1 by Vendor 1; 3 x Item 2 by Vendor 2"
    assert evidence.shipping_address == "500 Congress Ave, Austin"
    assert evidence.shipping_date == "2026-05-04"
    assert evidence.shipping_tracking_number == "ord_x"
    assert evidence.customer_name == "", "we know no name"
    story = evidence.service_documentation
    assert "placed by account alice on 2026-05-04 12:00 UTC" in story
    assert "Paid: $80.00 (ch_1)." in story
    assert "3 x Item 1 of Vendor 1, $50.00: completed; ready and handed over 2026-05-04 15:00 UTC" in story


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({}, "received, as alice confirmed 2026-05-05 12:00 UTC"),
        ({"text": "Lovely"}, 'confirmed 2026-05-05 12:00 UTC ("Lovely")'),
        ({"by": SILENCE}, "arrived, and the customer did not object until 2026-05-05 12:00 UTC"),
        ({"outcome": DeliveryOutcome.PARTIAL, "accepted": 1}, "received, 1 of 3 kept, as alice confirmed"),
        ({"outcome": DeliveryOutcome.REFUSED, "accepted": 0}, "refused, as alice confirmed"),
    ],
)
def test_it_says_how_a_delivery_went_as_it_was_said(said: dict[str, Any], words: str) -> None:
    story = gathered(delivered(paid_order(), "ord_x-l1", **said), (), ()).service_documentation
    assert words in story


def test_it_hides_nothing_that_was_given_back() -> None:
    story = gathered(refunded(paid_order(), 1000), (), ()).service_documentation
    assert "$10.00 of it given back" in story


def test_it_quotes_what_the_customer_was_told_and_what_vendors_say() -> None:
    told = [Told(at=NOW, text="Your order is in."), Told(at=READY, text="It is ready.")]
    answer = Response(vendor_id="v2", text="Signed for.", photo_urls=("https://x.example/s",), at=READY)
    lines = gathered(paid_order(), told, [answer]).service_documentation.splitlines()
    assert lines[-4:] == [
        "2026-05-04 12:00 UTC: Your order is in.",
        "2026-05-04 15:00 UTC: It is ready.",
        "Vendor 2 says: Signed for.",
        "Photo: https://x.example/s",
    ]


def test_it_is_no_longer_than_a_provider_takes() -> None:
    told = [Told(at=datetime(2026, 5, 4, tzinfo=UTC), text="x" * 900)] * 100
    assert len(gathered(paid_order(), told, ()).service_documentation) == LONGEST


def test_it_is_complete_when_of_every_part_it_is_known_how_its_delivery_went() -> None:
    order = paid_order()
    assert not is_complete(order)
    order = delivered(order, "ord_x-l1")
    assert not is_complete(order)
    assert is_complete(delivered(order, "ord_x-l2", DeliveryOutcome.REFUSED, accepted=0))
    gone = rules.with_leg(order, leg(2, 3000, status=LegStatus.CANCELLED))
    assert is_complete(gone), "what was called off is not waited for"
    nothing = rules.with_leg(gone, leg(1, 5000, status=LegStatus.CANCELLED))
    assert not is_complete(nothing)
