"""Twilio's signature, as its own SDK makes it, over what it really sends: and nothing else passes."""

from urllib.parse import urlencode

import pytest
from pydantic import SecretStr
from twilio.request_validator import RequestValidator

from shared.adapters.twilio_channel.webhooks import DELIVERIES, TEXTS, TwilioWebhooks, signature
from shared.domain.catalogue import ChannelKind
from shared.domain.texting.texts import TextState
from shared.errors import InvalidInput, Unauthenticated
from tests.peers.twilio.messages import ACCOUNT, TOKEN

PUBLIC = "https://uso.example"
FORM = "application/x-www-form-urlencoded"
SID, QUOTED = "SM" + "8" * 32, "MM" + "5" * 32
TAP = {
    "MessageSid": SID,
    "AccountSid": ACCOUNT,
    "From": "whatsapp:+15125550101",
    "To": "whatsapp:+15125550198",
    "Body": "Accept",
    "ButtonText": "Accept",
    "ButtonPayload": "Accept",
    "OriginalRepliedMessageSid": QUOTED,
    "ChannelMetadata": '{"type":"whatsapp"}',
    "NumMedia": "0",
}


def webhooks() -> TwilioWebhooks:
    return TwilioWebhooks(ACCOUNT, SecretStr(TOKEN), public_url=f"{PUBLIC}/")


def headers(url: str, form: dict[str, str], content_type: str = FORM) -> dict[str, str]:
    made = RequestValidator(TOKEN).compute_signature(url, form)
    return {"x-twilio-signature": made, "content-type": content_type}


@pytest.mark.parametrize(
    "fields",
    [
        [("a", "1"), ("b", "2")],
        [("B", "x"), ("a", "y"), ("A", "ü€🌷")],
        [("a", ""), ("ab", "c"), ("a", "bc")],
        [("a", "1"), ("a", "1"), ("a", "0")],
        [],
    ],
)
def test_the_signature_is_the_sdks(fields: list[tuple[str, str]]) -> None:
    from multidict import MultiDict

    theirs = RequestValidator(TOKEN).compute_signature(PUBLIC + TEXTS, MultiDict(fields))
    assert signature(TOKEN.encode(), PUBLIC + TEXTS, fields) == theirs


def test_a_tap_is_a_button_under_a_message_and_no_words() -> None:
    read = webhooks().read_text(urlencode(TAP).encode(), headers(PUBLIC + TEXTS, TAP))
    assert read is not None
    assert (read.sid, read.kind, read.sender) == (SID, ChannelKind.WHATSAPP, "+15125550101")
    assert (read.button, read.text, read.quotes) == ("Accept", "", (QUOTED,))


@pytest.mark.parametrize("sender", ["20123", "USO", "messenger:123", "whatsapp:20123", "client:ann"])
def test_who_has_no_number_is_not_followed(sender: str) -> None:
    form = TAP | {"From": sender}
    assert webhooks().read_text(urlencode(form).encode(), headers(PUBLIC + TEXTS, form)) is None


@pytest.mark.parametrize(
    "url", [f"http://uso.example{TEXTS}", f"{PUBLIC}:443{TEXTS}", f"{PUBLIC}{TEXTS}/", "x"]
)
def test_only_the_public_url_is_signed_for(url: str) -> None:
    with pytest.raises(Unauthenticated):
        webhooks().read_text(urlencode(TAP).encode(), headers(url, TAP))


@pytest.mark.parametrize("body", [b"", b"a", b"a=%zz&", b"\xff=1", b"&" * 300, b"a=%ff"])
def test_a_body_that_is_no_form_is_no_delivery(body: bytes) -> None:
    with pytest.raises((InvalidInput, Unauthenticated)):
        webhooks().read_text(body, headers(PUBLIC + TEXTS, {}))


def test_a_parameter_given_twice_is_refused_though_it_is_signed() -> None:
    fields = [*TAP.items(), ("From", "whatsapp:+15125550666")]
    made = signature(TOKEN.encode(), PUBLIC + TEXTS, fields)
    with pytest.raises(InvalidInput):
        webhooks().read_text(urlencode(fields).encode(), {"x-twilio-signature": made, "content-type": FORM})


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("sent", TextState.SENT),
        ("delivered", TextState.DELIVERED),
        ("read", TextState.READ),
        ("failed", TextState.FAILED),
        ("undelivered", TextState.FAILED),
        ("queued", None),
        ("sending", None),
        ("a new one", None),
    ],
)
def test_news_of_a_delivery_is_about_the_text_in_its_signed_address(
    status: str, state: TextState | None
) -> None:
    form = {"MessageSid": SID, "AccountSid": ACCOUNT, "MessageStatus": status, "ErrorCode": "63016"}
    body, signed = urlencode(form).encode(), headers(f"{PUBLIC}{DELIVERIES}?text=line_1", form)
    news = webhooks().read_delivery(body, signed, callback="line_1")
    assert (news.state if news else None) == state
    assert news is None or (news.callback, news.error) == ("line_1", "63016")
    with pytest.raises(Unauthenticated):
        webhooks().read_delivery(body, signed, callback="line_2")
