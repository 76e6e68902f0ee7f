"""What partners and customers mean by their short answers."""

import pytest

from shared.domain.replies import (
    DecisionKind,
    PriceChangeKind,
    Verdict,
    understand_decision,
    understand_reply,
)

ACCEPTS = [
    "Yes",
    "yes we can do that",
    "Sure thing, will swap them",
    "ok",
    "y",
    "No problem!",
    "Not a problem, happy to",
    "Yes, I have pink flowers available!",
    "accepted, thanks",
    "Accept",
    "\U0001f44d",
    "that works",
]
REJECTS = [
    "No",
    "No, we don't have pink flowers",
    "No, we don't have pink flowers available",
    "Sorry, sold out",
    "can't do it",
    "not available",
    "n",
    "Decline",
    "We cannot accept this change, already prepared",
    "Too late, it's already out for delivery",
    "No pink today",
    "I already told you no pink!",
    "No. Stop asking.",
]
UNCLEAR = [
    "maybe",
    "let me check",
    "What size?",
    "call me",
    "",
    "   ",
    "asdf",
    "I'll get back to you in 10 minutes",
    "?",
]
OFFERS = [
    (
        "Pink is booked, but I have a Deep Purple Metallic available at no extra cost",
        "Deep Purple Metallic",
        "none",
        0,
    ),
    ("I have Deep Purple Metallic available", "Deep Purple Metallic", "not_said", 0),
    ("How about white lilies instead?", "white lilies", "not_said", 0),
    ("We could do peach roses for $5 more", "peach roses", "extra", 500),
    (
        "Unfortunately pink is not available, we can offer coral peonies at the same price.",
        "coral peonies",
        "none",
        0,
    ),
    ("Out of pink. Would peach work?", "peach", "not_said", 0),
    ("I can replace them with Blue Hydrangeas for an extra $7.50", "Blue Hydrangeas", "extra", 750),
    ("all we have are white lilies", "white lilies", "not_said", 0),
    ("We only have yellow tulips left", "yellow tulips", "not_said", 0),
    ("Is the customer okay with tulips?", "tulips", "not_said", 0),
    ("Yes but only white roses, 10 dollars less", "white roses", "discount", 1000),
    ("Will this purple work?", "purple", "not_said", 0),
    ("the pink ones are gone, we have Fuchsia roses though", "Fuchsia roses", "not_said", 0),
]


@pytest.mark.parametrize("text", ACCEPTS)
def test_a_yes_accepts(text):
    reply = understand_reply(text)
    assert reply.verdict is Verdict.ACCEPT
    assert reply.item is None


@pytest.mark.parametrize("text", REJECTS)
def test_a_no_rejects(text):
    assert understand_reply(text).verdict is Verdict.REJECT


@pytest.mark.parametrize("text", UNCLEAR)
def test_what_says_nothing_is_unclear(text):
    reply = understand_reply(text)
    assert reply.verdict is Verdict.UNCLEAR
    assert reply.confidence < 0.8


@pytest.mark.parametrize(("text", "item", "price", "minor"), OFFERS)
def test_another_thing_is_a_counter_offer(text, item, price, minor):
    reply = understand_reply(text)
    assert reply.verdict is Verdict.COUNTER_OFFER
    assert (reply.item, reply.price.kind, reply.price.minor) == (item, price, minor)


@pytest.mark.parametrize(
    ("text", "kind", "minor", "percent"),
    [
        ("Sure, but it will be $10 extra", PriceChangeKind.EXTRA, 1000, 0),
        ("We can do it for $65", PriceChangeKind.ABSOLUTE, 6500, 0),
        ("20% more for that", PriceChangeKind.PERCENT, 0, 20),
        ("yes but 1,250.50 dollars more", PriceChangeKind.EXTRA, 125050, 0),
    ],
)
def test_another_price_is_a_counter_offer(text, kind, minor, percent):
    reply = understand_reply(text)
    assert reply.verdict is Verdict.COUNTER_OFFER
    assert (reply.price.kind, reply.price.minor, reply.price.percent) == (kind, minor, percent)


def test_offering_what_was_asked_for_is_accepting():
    assert understand_reply("We have pink flowers", requested="pink flowers").verdict is Verdict.ACCEPT
    assert (
        understand_reply("We have white flowers", requested="pink flowers").verdict is Verdict.COUNTER_OFFER
    )
    dearer = understand_reply("We have pink flowers for $5 more", requested="pink flowers")
    assert dearer.verdict is Verdict.COUNTER_OFFER


@pytest.mark.parametrize("button", ["accept", "Yes", "APPROVE"])
def test_a_button_outweighs_the_words(button):
    assert understand_reply("no idea what this is", button=button).verdict is Verdict.ACCEPT
    assert understand_reply("yes", button="decline").verdict is Verdict.REJECT


def test_the_modify_button_alone_offers_nothing_yet():
    assert understand_reply("", button="modify").verdict is Verdict.UNCLEAR
    assert understand_reply("", button="something else").verdict is Verdict.UNCLEAR


@pytest.mark.parametrize(
    ("text", "least"),
    [
        ("I already told you no pink!", 70),
        ("STOP TEXTING ME", 85),
        ("We told you twice, no pink!!", 70),
        ("why do you keep asking? I said no", 60),
    ],
)
def test_frustration_is_heard(text, least):
    assert understand_reply(text).frustration >= least


@pytest.mark.parametrize(
    "text", ["Yes", "No, we don't have pink flowers", "Great, we can do that!", "What size?"]
)
def test_a_calm_answer_is_calm(text):
    assert understand_reply(text).frustration < 30


@pytest.mark.parametrize(
    "text",
    [
        "Yes, proceed",
        "yes please",
        "go ahead",
        "ok",
        "sounds great, thanks",
        "let's do it",
        "no problem, go ahead",
        "don't cancel, go ahead",
        "why not",
        "perfect thank you so much",
        "\u2705",
    ],
)
def test_a_customer_approves(text):
    assert understand_decision(text).kind is DecisionKind.APPROVE


@pytest.mark.parametrize(
    ("text", "keep"),
    [
        ("no", None),
        ("nope", None),
        ("absolutely not", None),
        ("no thanks, keep the red ones", True),
        ("keep my red roses", True),
        ("leave it as is", True),
        ("no, cancel it", False),
        ("cancel the order", False),
        ("ok cancel", False),
        ("I'd like a refund", False),
        ("please don't swap", None),
    ],
)
def test_a_customer_rejects(text, keep):
    decision = understand_decision(text)
    assert (decision.kind, decision.keep_original) == (DecisionKind.REJECT, keep)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hmm what does it cost?",
        "wait",
        "yes but make it two",
        "yeah no",
        "maybe",
        "I guess so",
        "yes but how late?",
        "can you ask another vendor?",
        "where is my order",
    ],
)
def test_doubt_is_never_a_yes(text):
    assert understand_decision(text).kind is DecisionKind.UNCLEAR
