"""What is wrong with an address, in words for its customer (flow ops-x2)."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain.operations.addresses import faults_of, in_words, tidied
from shared.domain.operations.shop import ShippingAddress
from tests.shop_orders import AUSTIN

ABROAD = [
    {"line1": "1 Abbey Road", "city": "London", "postal_code": "nw89ay", "country": "gb", "region": ""},
    {"line1": "Rose Cottage", "city": "Truro", "postal_code": "TR1 1AA", "country": "GB", "region": ""},
    {
        "line1": "290 Bremner Blvd",
        "city": "Toronto",
        "postal_code": "m5v3l9",
        "country": "CA",
        "region": "ON",
    },
    {"line1": "Unter den Linden 77", "city": "Berlin", "postal_code": "10117", "country": "DE", "region": ""},
    {"line1": "Damrak 1", "city": "Amsterdam", "postal_code": "1012lg", "country": "NL", "region": ""},
    {"line1": "1 Queen's Road", "city": "Hong Kong", "postal_code": "", "country": "HK", "region": ""},
    {"city": "New York", "postal_code": "10001-1234", "region": "new york"},
]
WRONG = [
    ({"name": ""}, "name", "missing"),
    ({"name": "n/a"}, "name", "not a real name"),
    ({"name": "Jane\x00Doe"}, "name", "cannot be printed"),
    ({"name": "Jane\u202eDoe"}, "name", "cannot be printed"),
    ({"line1": ""}, "line1", "missing"),
    ({"line1": "Congress Ave"}, "line1", "house number"),
    ({"line1": "P.O. Box 12"}, "line1", "PO box"),
    ({"line2": "post office box 7"}, "line1", "PO box"),
    ({"city": "xxx"}, "city", "not a real city"),
    ({"city": "12345"}, "city", "not a real city"),
    ({"country": ""}, "country", "missing"),
    ({"country": "ZZ"}, "country", "do not know"),
    ({"region": ""}, "region", "missing"),
    ({"region": "QQ"}, "region", "not a state"),
    ({"postal_code": ""}, "postal_code", "missing"),
    ({"postal_code": "787"}, "postal_code", "looks like"),
    ({"postal_code": "\uff17\uff18\uff17\uff10\uff11"}, "postal_code", "looks like"),
    ({"postal_code": "90210"}, "postal_code", "not in TX"),
    ({"country": "CA", "region": "BC", "postal_code": "M5V 3L9"}, "postal_code", "not in BC"),
    ({"country": "GB", "postal_code": "12345"}, "postal_code", "looks like"),
]


def changed(**fields: str) -> ShippingAddress:
    return ShippingAddress.model_validate({**AUSTIN.model_dump(), **fields})


@pytest.mark.parametrize("fields", ABROAD, ids=lambda fields: str(fields["city"]))
def test_an_address_that_a_courier_finds_has_no_faults(fields: dict[str, str]) -> None:
    assert faults_of(changed(**fields)) == ()


@pytest.mark.parametrize(("fields", "field", "says"), WRONG)
def test_what_is_wrong_is_named_and_nothing_else_is(fields: dict[str, str], field: str, says: str) -> None:
    (fault,) = faults_of(changed(**fields))
    assert fault.field == field
    assert says in fault.says


def test_everything_that_is_wrong_is_said_at_once() -> None:
    faults = faults_of(ShippingAddress())
    assert [fault.field for fault in faults] == ["name", "line1", "city", "country"]
    assert in_words(faults).count("missing") == 4


@settings(max_examples=60, deadline=None)
@given(st.builds(ShippingAddress, **{f: st.text(max_size=12) for f in ("name", "line1", "city", "region")}))
def test_any_address_is_judged_and_tidying_once_is_enough(address: ShippingAddress) -> None:
    again = tidied(address)
    assert tidied(again) == again
    assert {fault.field for fault in faults_of(address)} <= set(ShippingAddress.model_fields)


@settings(max_examples=30, deadline=None)
@given(st.text("abcdefgh<>{}", min_size=8, max_size=30))
def test_the_words_never_repeat_what_somebody_wrote(text: str) -> None:
    faults = faults_of(ShippingAddress(name=text, line1=text, city=text, region=text, country="US"))
    assert text not in in_words(faults)
