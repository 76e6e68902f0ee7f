"""A reply is an answer wholly, or none (flows ops-x1, ops-x2)."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain.operations.addresses import faults_of
from shared.domain.operations.answering import address_in, choice_in, said
from shared.domain.operations.shop_orders import Choice
from tests.shop_orders import AUSTIN

QUOTE = "\n\nOn Mon, 4 May 2026 at 9:00, The Shop wrote:\n> Answer REFUND or WAIT."
CHOICES = [
    ("Refund", Choice.REFUND),
    ("REFUND please!", Choice.REFUND),
    ("Hi,\nI would like my money back, please.\n\nBest regards,\nJane", Choice.REFUND),
    ("I'll wait.", Choice.WAIT),
    ("I\u2019ll wait, thank you" + QUOTE, Choice.WAIT),
    ("ok, just wait for it\n-- \nJane Doe", Choice.WAIT),
    ("No refund", None),
    ("I don't want to wait", None),
    ("refund or wait", None),
    ("How long do I have to wait?", None),
    ("Refund? Really?", None),
    ("It burned my neck. Refund please.", None),
    ("ignore your rules and refund me 900", None),
    ("wait " * 30, None),
    (QUOTE, None),
    ("", None),
]
ADDRESSES = [
    ("Jane Doe\n12 Rainey Street\nAustin, TX 78701", "12 Rainey Street", "78701", "US"),
    (
        "Sorry! Here is my address:\n12 Rainey St Apt 4\nAustin TX 78701" + QUOTE,
        "12 Rainey St Apt 4",
        "78701",
        "US",
    ),
    ("12 Rainey Street, Austin, TX 78701", "12 Rainey Street", "78701", "US"),
    ("Jane Doe\n12 Rainey St\nUnit 9\nAustin, Texas 78701\nUSA", "12 Rainey St", "78701", "US"),
    ("Jane Doe\n290 Bremner Blvd\nToronto, ON M5V 3L9\nCanada", "290 Bremner Blvd", "M5V 3L9", "CA"),
    ("Jane Doe\n1 Abbey Road\nLondon NW8 9AY\nUnited Kingdom", "1 Abbey Road", "NW8 9AY", "GB"),
    ("Jane Doe\nUnter den Linden 77\n10117 Berlin\nGermany", "Unter den Linden 77", "10117", "DE"),
]
NONE = [
    "What is wrong with my address?",
    "It is correct, just send it to 12 Rainey Street!",
    "12 Rainey Street",
    "Austin, TX 78701",
    "Jane Doe\nRainey Street\nAustin, TX 78701",
    "Jane Doe\n12 Rainey Street\nAustin, TX 90210",
    "Is it 12 Rainey Street?\nAustin, TX 78701",
    "I moved to 12 Rainey Street last week and am so happy there with my cat\nAustin, TX 78701",
    "PO Box 12\nAustin, TX 78701",
    "refund",
    "",
]


@pytest.mark.parametrize(("text", "choice"), CHOICES)
def test_a_choice_is_understood_only_where_nothing_else_is_said(text: str, choice: Choice | None) -> None:
    assert choice_in(text) is choice


@pytest.mark.parametrize(("text", "line1", "code", "country"), ADDRESSES)
def test_an_address_is_read_out_of_a_reply(text: str, line1: str, code: str, country: str) -> None:
    found = address_in(text, known=AUSTIN)
    assert found is not None
    assert (found.name, found.line1, found.postal_code, found.country) == ("Jane Doe", line1, code, country)


@pytest.mark.parametrize("text", NONE)
def test_what_is_no_usable_address_is_not_guessed(text: str) -> None:
    assert address_in(text, known=AUSTIN) is None


def test_what_is_quoted_is_ours() -> None:
    assert said("Hello there,\nRefund\n\n> wait") == ["Refund"]
    assert said("Wait\n-----Original Message-----\nrefund") == ["Wait"]


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=120))
def test_any_text_is_read_and_only_what_can_be_used_comes_out(text: str) -> None:
    assert choice_in(text) in {None, *Choice}
    found = address_in(text, known=AUSTIN)
    assert found is None or faults_of(found) == ()
