"""What simulated partners say, as the platform understands it; and what an export may contain."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from simulator_world import NOW

from shared.domain.catalogue import Vendor
from shared.domain.money import Money
from shared.domain.places import GeoPoint, Place
from shared.domain.replies import understand_reply
from shared.domain.simulator.asks import Ask, RequestType
from shared.domain.simulator.live_demo import HAS_PINK, NO_PINK
from shared.domain.simulator.outcomes import Alternative, Outcome, Verdict
from shared.domain.simulator.presets import PRESETS
from shared.domain.simulator.requests import Answer, ResponseStatus, SimulatedRequest
from shared.domain.simulator.responses import text_of
from shared.services.simulator.history import as_csv

SHOP = Vendor(
    id="shop",
    name="Shop",
    business_type="florist",
    place=Place(address="1 Main St", point=GeoPoint(latitude=30.27, longitude=-97.74)),
)
READY = [outcome for rule in PRESETS.values() for step in rule.steps for outcome in step.outcomes]
OFFERS = [
    Outcome(
        verdict=Verdict.COUNTER_OFFER, alternatives=(Alternative(item="white roses", price_change=price),)
    )
    for price in (None, Money(minor=500), Money(minor=-250))
]


@pytest.mark.parametrize("item", ["pink flowers", "Red Flowers", "a chocolate cake", "two limousines"])
@pytest.mark.parametrize("outcome", [*READY, *OFFERS], ids=lambda outcome: outcome.verdict)
@pytest.mark.parametrize("value", [None, Money(minor=50_00)], ids=["no price", "priced"])
def test_the_usual_words_are_understood_as_they_are_meant(
    outcome: Outcome, item: str, value: Money | None
) -> None:
    ask = Ask(id="m", type=RequestType.CHANGE_REQUEST, item=item, order_value=value)
    assert understand_reply(text_of(outcome, ask, SHOP)).verdict == outcome.verdict.value


@pytest.mark.flow("5.4-2")
def test_the_demos_words_are_understood_as_they_are_meant() -> None:
    assert understand_reply(NO_PINK).verdict == "reject"
    assert understand_reply(HAS_PINK).verdict == "accept"


texts = st.text(alphabet=st.sampled_from("=+-@\t\r\n ,\"'aé0"), max_size=12)


@given(texts, texts, texts)
def test_no_exported_cell_begins_like_a_formula(item: str, text: str, said: str) -> None:
    request = SimulatedRequest(
        id="m",
        created_at=NOW,
        updated_at=NOW,
        partner_id="shop",
        reference="ord_1-l1",
        conversation="ord_1-l1",
        order_id="ord_1",
        leg_id="ord_1-l1",
        ask=Ask(id="m", type=RequestType.ORDER, item=item, text=text),
        status=ResponseStatus.RESPONDED,
        received_ms=0,
        answer=Answer(verdict=Verdict.ACCEPT, text=said, due=NOW),
    )
    header, row = csv.reader(io.StringIO(as_csv([request]), newline=""))
    assert len(header) == len(row)
    assert not any(cell.lstrip(" \n").startswith(("=", "+", "-", "@", "\t", "\r")) for cell in row)
    assert dict(zip(header, row, strict=True))["item"].removeprefix("'") == item.removeprefix("'")
