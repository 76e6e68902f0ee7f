"""Stripe's webhooks: what Stripe signed is read, whatever else comes is refused and never breaks anything."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.adapters.sqlite_store import SqliteStore
from shared.adapters.stripe_payments import StripePayments
from shared.errors import InvalidInput, Unauthenticated
from shared.ports.payments import NewsKind, ProviderNews
from shared.settings import Settings
from tests.adapters.stripe_payments.bench import GROUP, NOW, Bench, refund_of
from tests.breakers import breakers
from tests.clocks import HandClock
from tests.peers.stripe.webhooks import headers_for, signed

OLD, NEW, FOREIGN = ("whsec_" + name for name in ("old", "new", "foreign"))
EVENT: dict[str, Any] = {
    "id": "evt_1",
    "object": "event",
    "type": "payment_intent.succeeded",
    "created": int(NOW.timestamp()),
    "data": {"object": {"id": "pi_1", "object": "payment_intent", "transfer_group": GROUP}},
}
BODY, HEADERS = signed(EVENT, OLD, at=NOW)
SIGNATURE = HEADERS["Stripe-Signature"]


@pytest.fixture(scope="module")
def stripe(tmp_path_factory: pytest.TempPathFactory) -> StripePayments:
    return adapter(tmp_path_factory.mktemp("webhooks"), f"{OLD},{NEW}")


def adapter(folder: Path, secrets: str) -> StripePayments:
    settings = Settings.model_validate({"stripe_key": "sk_test_x", "stripe_webhook_secrets": secrets})
    clock = HandClock()
    return StripePayments(settings, SqliteStore(folder / "uso.sqlite", clock), clock, breakers(clock))


def read(
    stripe: StripePayments, body: bytes = BODY, signature: str = SIGNATURE, now: datetime = NOW
) -> ProviderNews | None:
    return stripe.read(body, {"stripe-signature": signature}, now=now)


def told(stripe: StripePayments, event: Mapping[str, Any]) -> ProviderNews | None:
    body, headers = signed(dict(event), OLD, at=NOW)
    return stripe.read(body, headers, now=NOW)


def test_what_the_sdk_signed_is_read(stripe: StripePayments) -> None:
    assert read(stripe) == ProviderNews(
        id="evt_1",
        kind=NewsKind.PAYMENT_CHANGED,
        object_id="pi_1",
        payment_id="pi_1",
        group=GROUP,
        at=NOW,
    )


@pytest.mark.parametrize("name", ["Stripe-Signature", "stripe-signature", "STRIPE-SIGNATURE"])
def test_a_header_is_found_however_it_is_written(stripe: StripePayments, name: str) -> None:
    assert stripe.read(BODY, {"X": "y", name: SIGNATURE}, now=NOW) is not None


# --- refused ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Stripe-Signature": ""},
        {"Stripe-Signature": "t=1"},
        {"Stripe-Signature": SIGNATURE.partition(",")[2]},
        {"Stripe-Signature": SIGNATURE.replace("v1=", "v0=")},
        {"Stripe-Signature": SIGNATURE.replace("t=", "t=-")},
        {"Stripe-Signature": f"t=1,{SIGNATURE}"},
        {"Stripe-Signature": SIGNATURE + ",v1=" + "é" * 64},
        {"Stripe-Signature": SIGNATURE + ",v1=" + "0" * 64 + 10 * (",v1=" + "1" * 64)},
        {"Stripe-Signature": "t=" + "9" * 5000 + ",v1=" + "0" * 64},
        {"Stripe-Signature": SIGNATURE + "," + "x" * 5000},
    ],
)
def test_a_missing_or_odd_signature_is_refused(stripe: StripePayments, headers: dict[str, str]) -> None:
    with pytest.raises(Unauthenticated):
        stripe.read(BODY, headers, now=NOW)


@given(place=st.integers(0, len(BODY) * 8 - 1))
def test_one_flipped_bit_of_the_body_is_refused(stripe: StripePayments, place: int) -> None:
    flipped = bytearray(BODY)
    flipped[place // 8] ^= 1 << place % 8
    with pytest.raises(Unauthenticated):
        read(stripe, bytes(flipped))


@given(place=st.integers(0, len(SIGNATURE) * 7 - 1))
def test_one_flipped_bit_of_the_header_is_refused(stripe: StripePayments, place: int) -> None:
    flipped = bytearray(SIGNATURE.encode())
    flipped[place // 7] ^= 1 << place % 7
    with pytest.raises(Unauthenticated):
        read(stripe, signature=flipped.decode())


@given(header=st.text(max_size=300))
def test_whatever_stands_in_the_header_is_refused(stripe: StripePayments, header: str) -> None:
    with pytest.raises(Unauthenticated):
        read(stripe, signature=header)


@given(
    items=st.lists(st.sampled_from(("t", "v1", "v0", "", "=", ",", SIGNATURE[:12], "0" * 64)), max_size=12)
)
def test_whatever_is_made_of_the_headers_own_parts_is_refused(
    stripe: StripePayments, items: list[str]
) -> None:
    for glue in (",", "=", ""):
        with pytest.raises(Unauthenticated):
            read(stripe, signature=glue.join(items))


@given(seconds=st.integers(301, 10**9), late=st.booleans())
def test_more_than_five_minutes_off_is_refused(stripe: StripePayments, seconds: int, late: bool) -> None:
    off = timedelta(seconds=min(seconds, 10**9))
    with pytest.raises(Unauthenticated) as refused:
        read(stripe, now=NOW + off if late else NOW - off)
    assert refused.value.code == "stale_webhook"


@given(seconds=st.integers(-300, 300))
def test_up_to_five_minutes_off_is_taken(stripe: StripePayments, seconds: int) -> None:
    assert read(stripe, now=NOW + timedelta(seconds=seconds)) is not None


@given(seconds=st.integers(1, 10**6))
def test_another_time_than_the_signed_one_is_refused(stripe: StripePayments, seconds: int) -> None:
    moved = int(NOW.timestamp()) + seconds
    _, _, rest = SIGNATURE.partition(",")
    with pytest.raises(Unauthenticated):
        read(stripe, signature=f"t={moved},{rest}", now=NOW + timedelta(seconds=seconds))


def test_the_same_json_written_otherwise_is_refused(stripe: StripePayments) -> None:
    event = json.loads(BODY)
    for again in (
        json.dumps(event),
        json.dumps(event, indent=2, sort_keys=True),
        json.dumps(event, indent=2) + "\n",
        json.dumps(event, indent=2, separators=(",", ":")),
        BODY.decode().replace("evt_1", "\\u0065vt_1"),
    ):
        if again.encode() != BODY:
            with pytest.raises(Unauthenticated):
                read(stripe, again.encode())


# --- secrets ----------------------------------------------------------------------------------------


def test_while_a_secret_is_replaced_both_count_and_no_other(tmp_path: Path) -> None:
    before, between, after = (
        adapter(tmp_path / str(n), secrets) for n, secrets in enumerate((OLD, f"{NEW}, {OLD}", NEW))
    )
    for provider, taken in ((before, {OLD}), (between, {OLD, NEW}), (after, {NEW})):
        for secret in (OLD, NEW, FOREIGN):
            body, headers = signed(EVENT, secret, at=NOW)
            if secret in taken:
                assert provider.read(body, headers, now=NOW) is not None
            else:
                with pytest.raises(Unauthenticated) as refused:
                    provider.read(body, headers, now=NOW)
                assert refused.value.code == "invalid_signature"


def test_of_several_signatures_in_the_header_one_must_be_right(stripe: StripePayments) -> None:
    _, foreign = signed(EVENT, FOREIGN, at=NOW)
    both = foreign["Stripe-Signature"] + "," + SIGNATURE.partition(",")[2]
    assert read(stripe, signature=both) is not None
    assert read(stripe, signature=f"{SIGNATURE},v0={'a' * 64}") is not None


# --- signed, but -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "[]",
        "{}",
        "5",
        '"text"',
        '{"id": "evt_1"}',
        "[" * 10_000,
        '{"id": "evt_1", "type": "payment_intent.succeeded", "created": 1}',
        '{"id": "evt_1", "type": "payment_intent.succeeded", "created": 1, "data": {"object": {}}}',
        '{"id": "../x", "type": "x", "created": 1}',
        '{"id": "evt_1", "type": 5, "created": 1}',
        '{"id": "evt_1", "type": "x", "created": 1e400}',
        '{"id": "evt_1", "type": "x", "created": -1}',
        '{"id": "evt_1", "type": "x", "created": 99999999999999999999}',
        '{"id": "evt_\\ud800", "type": "x", "created": 1}',
        f'{{"id": "evt_{"x" * 300}", "type": "x", "created": 1}}',
    ],
)
def test_signed_rubbish_is_bad_input_and_named(stripe: StripePayments, text: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        stripe.read(text.encode(), headers_for(text, OLD, at=NOW), now=NOW)
    assert refused.value.field


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(event=JSON, field=st.sampled_from(("id", "type", "created", "account", "data")), value=JSON)
def test_whatever_is_signed_is_read_or_bad_input(
    stripe: StripePayments, event: Any, field: str, value: Any
) -> None:
    for each in (event, {**EVENT, field: value}, {**EVENT, "data": {"object": value}}):
        text = json.dumps(each, ensure_ascii=True)
        try:
            stripe.read(text.encode(), headers_for(text, OLD, at=NOW), now=NOW)
        except InvalidInput:
            continue


# --- what it means ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "kind", ["invoice.paid", "charge.succeeded", "customer.created", "transfer.created", "x", ""]
)
def test_what_nobody_follows_is_no_news(stripe: StripePayments, kind: str) -> None:
    assert told(stripe, {**EVENT, "type": kind, "data": {"object": {"odd": True}}}) is None


def test_what_happens_on_a_payees_own_account_is_no_news_but_the_account(stripe: StripePayments) -> None:
    theirs = {**EVENT, "account": "acct_1"}
    assert told(stripe, {**theirs, "type": "payout.paid", "data": {"object": {"id": "po_1"}}}) is None
    assert told(stripe, theirs) is None
    news = told(stripe, {**theirs, "type": "account.updated", "data": {"object": {"id": "acct_1"}}})
    assert news is not None
    assert (news.kind, news.object_id) == (NewsKind.ACCOUNT_CHANGED, "acct_1")


def test_a_refund_of_a_charge_that_is_no_payment_of_ours_is_about_itself(stripe: StripePayments) -> None:
    news = told(
        stripe,
        {**EVENT, "type": "refund.created", "data": {"object": {"id": "re_1", "payment_intent": None}}},
    )
    assert news is not None
    assert (news.object_id, news.payment_id) == ("re_1", "")


async def test_the_events_of_a_payments_life_are_news_of_it(bench: Bench) -> None:
    payment = await bench.captured()
    refund = await bench.stripe.refund(refund_of(payment, 100))
    bench.peer.bounce(refund.id)
    dispute = bench.peer.open_dispute(payment.id)["id"]
    bench.peer.close_dispute(dispute, won=True)
    account = await bench.payee()
    payout = bench.peer.pay_out(10)["id"]
    secret = bench.provider(stripe_webhook_secrets=OLD)
    news = [told(secret, event) for event in bench.peer.state.events]
    assert [(each.kind, each.object_id, each.payment_id) for each in news if each] == [
        (NewsKind.PAYMENT_CHANGED, payment.id, payment.id),
        (NewsKind.PAYMENT_CHANGED, payment.id, payment.id),
        (NewsKind.PAYMENT_CHANGED, payment.id, payment.id),
        (NewsKind.REFUND_CHANGED, payment.id, payment.id),
        (NewsKind.REFUND_CHANGED, payment.id, payment.id),
        (NewsKind.REFUND_CHANGED, payment.id, payment.id),
        (NewsKind.DISPUTE_OPENED, dispute, payment.id),
        (NewsKind.DISPUTE_CHANGED, dispute, payment.id),
        (NewsKind.DISPUTE_CHANGED, dispute, payment.id),
        (NewsKind.DISPUTE_CHANGED, dispute, payment.id),
        (NewsKind.ACCOUNT_CHANGED, account, ""),
        (NewsKind.PAYOUT_CHANGED, payout, ""),
    ]
    assert len({each.id for each in news if each}) == 12
    assert {each.group for each in news if each and each.kind is NewsKind.PAYMENT_CHANGED} == {GROUP}
