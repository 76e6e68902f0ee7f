"""The provider's news: with the state in one batch, late or repeated when told to, and signed as webhooks."""

import base64
import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from payment_kit import START, Bench, asked, cancelling, capturing, refunding

from shared.domain.webhook_signature import new_secret, sign
from shared.errors import InvalidInput, Unauthenticated
from shared.ports.payments import NEWS_TYPE, ProviderNews, SignedNews

NOTHING = timedelta(0)


async def test_each_change_is_told_with_what_it_is_about(bench: Bench) -> None:
    payment = await bench.provider.authorise(asked(group="ord_1"))
    await bench.provider.capture(capturing(payment, 10_000))
    await bench.provider.refund(refunding(payment, 1))
    events = await bench.events()
    assert [event.data["kind"] for event in events] == [
        "payment_changed",
        "payment_changed",
        "refund_changed",
    ]
    for event in events:
        assert (event.type, event.subject) == (NEWS_TYPE, payment.id)
        news = ProviderNews.model_validate(event.data)
        assert (news.object_id, news.payment_id, news.group) == (payment.id, payment.id, "ord_1")
        assert event.id == f"news:{news.id}"
    assert len({event.id for event in events}) == 3
    assert bench.announced == 3


async def test_what_changes_nothing_is_no_news(bench: Bench) -> None:
    payment = await bench.taken()
    for _ in range(2):
        await bench.taken()
        with pytest.raises(Exception, match="was captured"):
            await bench.provider.cancel(cancelling(payment))
    assert len(await bench.events()) == bench.announced == 1


async def test_a_declined_payment_is_news(bench: Bench) -> None:
    await bench.provider.decline("alice")
    with pytest.raises(Exception, match="declined"):
        await bench.taken()
    (news,) = await bench.event_news()
    assert (await bench.provider.payment(news.object_id)).state == "cancelled"


async def test_held_news_is_told_when_its_time_has_come(bench: Bench) -> None:
    await bench.provider.shape_news(delay=timedelta(hours=1), copies=1)
    await bench.taken()
    assert (await bench.events(), bench.announced) == ([], 0)
    (delivery,) = await bench.deliveries()
    assert delivery.due == START + timedelta(hours=1)
    bench.clock.pass_(minutes=59)
    assert await bench.provider.catch_up() == 0
    assert await bench.events() == []
    bench.clock.pass_(minutes=1)
    assert await bench.provider.catch_up() == 1
    (event,) = await bench.events()
    assert (event.time, bench.announced) == (START, 1)
    assert [each.due for each in await bench.deliveries()] == [None]
    assert await bench.provider.catch_up() == 0
    assert len(await bench.events()) == 1


async def test_news_overtakes_other_news_that_is_held(bench: Bench) -> None:
    await bench.provider.shape_news(delay=timedelta(hours=1), copies=1)
    payment = await bench.provider.authorise(asked())
    await bench.provider.shape_news(delay=NOTHING, copies=1)
    await bench.provider.capture(capturing(payment, 10_000))
    bench.clock.pass_(hours=1)
    await bench.provider.catch_up()
    assert [news.id[-4:] for news in await bench.event_news()] == ["0002", "0001"]


@pytest.mark.parametrize("delay", [NOTHING, timedelta(hours=1)])
@pytest.mark.parametrize("copies", [0, 1, 2, 5])
async def test_news_is_told_as_often_as_was_asked_for(bench: Bench, copies: int, delay: timedelta) -> None:
    await bench.provider.shape_news(delay=delay, copies=copies)
    await bench.taken()
    bench.clock.pass_(hours=1)
    await bench.provider.catch_up()
    events = await bench.events()
    assert len(events) == len({event.id for event in events}) == copies
    assert len({str(event.data) for event in events}) == min(copies, 1), "copies say the same"
    assert len(await bench.deliveries()) == 1


# --- signed deliveries -------------------------------------------------------------------------------------


async def delivered(bench: Bench) -> SignedNews:
    await bench.taken()
    (delivery,) = await bench.deliveries()
    return delivery


def read(bench: Bench, delivery: SignedNews, **other: Any) -> ProviderNews | None:
    body = other.get("body", delivery.body.encode())
    return bench.provider.read(
        body, other.get("headers", delivery.headers), now=other.get("now", bench.clock.instant)
    )


async def test_a_delivery_is_read_as_the_news_that_it_is(bench: Bench) -> None:
    delivery = await delivered(bench)
    assert read(bench, delivery) == delivery.news
    shouted = {name.upper(): value for name, value in delivery.headers.items()}
    assert read(bench, delivery, headers=shouted) == delivery.news


async def test_a_delivery_is_signed_at_the_time_that_it_is_listed(bench: Bench) -> None:
    first = await delivered(bench)
    bench.clock.pass_(days=1)
    (second,) = await bench.deliveries()
    assert (first.body, first.news) == (second.body, second.news)
    assert read(bench, second) == second.news
    with pytest.raises(Unauthenticated):
        read(bench, first)


@pytest.mark.parametrize("name", ["webhook-id", "webhook-timestamp", "webhook-signature"])
async def test_a_missing_header_is_refused(bench: Bench, name: str) -> None:
    delivery = await delivered(bench)
    headers = {key: value for key, value in delivery.headers.items() if key != name}
    for sent in (headers, {**headers, name: ""}, {}):
        with pytest.raises(Unauthenticated):
            read(bench, delivery, headers=sent)


@pytest.mark.parametrize("seconds", [301, -301, 10**6, -(10**6)])
async def test_a_delivery_that_is_too_old_or_too_early_is_refused(bench: Bench, seconds: int) -> None:
    delivery = await delivered(bench)
    with pytest.raises(Unauthenticated) as told:
        read(bench, delivery, now=bench.clock.instant + timedelta(seconds=seconds))
    assert told.value.code == "stale_webhook"


@pytest.mark.parametrize("seconds", [300, -300, 0])
async def test_a_delivery_within_the_tolerance_is_taken(bench: Bench, seconds: int) -> None:
    delivery = await delivered(bench)
    assert read(bench, delivery, now=bench.clock.instant + timedelta(seconds=seconds)) == delivery.news


async def test_the_same_news_written_differently_is_refused(bench: Bench) -> None:
    delivery = await delivered(bench)
    for body in (json.dumps(json.loads(delivery.body), indent=1), delivery.body + "\n", ""):
        assert body != delivery.body
        with pytest.raises(Unauthenticated):
            read(bench, delivery, body=body.encode())


async def test_a_strangers_signature_is_refused(bench: Bench) -> None:
    delivery = await delivered(bench)
    forged = sign(new_secret(), id=delivery.news.id, timestamp=START, body=delivery.body.encode())
    with pytest.raises(Unauthenticated) as told:
        read(bench, delivery, headers=forged)
    assert told.value.code == "invalid_signature"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=400, deadline=None)
@given(
    bit=st.integers(0, 10**6),
    where=st.sampled_from(["body", "webhook-signature", "webhook-timestamp", "webhook-id"]),
)
async def test_a_flipped_bit_anywhere_is_refused(bench: Bench, bit: int, where: str) -> None:
    delivery = await delivered(bench)
    text = delivery.body if where == "body" else delivery.headers[where]
    raw = bytearray(text.encode())
    raw[bit // 8 % len(raw)] ^= 1 << bit % 8
    body = bytes(raw) if where == "body" else delivery.body.encode()
    headers = dict(delivery.headers) | ({} if where == "body" else {where: raw.decode("latin-1")})
    if where == "webhook-signature" and _means_the_same(headers[where], text):
        return
    with pytest.raises(Unauthenticated):
        read(bench, delivery, body=body, headers=headers)


def _means_the_same(flipped: str, signature: str) -> bool:
    """The last digit of unpadded base64 has bits that no decoder looks at."""
    version, _, encoded = flipped.partition(",")
    try:
        same = base64.b64decode(encoded, validate=True) == base64.b64decode(signature.partition(",")[2])
    except ValueError:
        return False
    return same and version == "v1"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300, deadline=None)
@given(
    body=st.one_of(
        st.binary(max_size=60),
        st.recursive(
            st.none() | st.integers() | st.text(), lambda x: st.lists(x) | st.dictionaries(st.text(), x)
        ).map(lambda value: json.dumps(value).encode("utf-8", "surrogatepass")),
        st.fixed_dictionaries(
            {"kind": st.sampled_from(["payment_changed", "payout_changed"])},
            optional={
                "id": st.text() | st.integers(),
                "object_id": st.text(),
                "at": st.text() | st.integers(),
            },
        ).map(lambda value: json.dumps(value).encode("utf-8", "surrogatepass")),
    )
)
async def test_signed_rubbish_is_refused_as_such(bench: Bench, body: bytes) -> None:
    headers = signed(bench, body)
    try:
        news = bench.provider.read(body, headers, now=bench.clock.instant)
    except InvalidInput:
        return
    assert news is None or news.model_dump_json()


def signed(bench: Bench, body: bytes) -> dict[str, str]:
    (secret, *_) = bench.provider._keys.webhook_secrets()
    return sign(secret, id="evt_1", timestamp=bench.clock.instant, body=body)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b"\xff",
        b'{"kind": 5}',
        b'{"kind": "payment_changed"}',
        b'{"kind": "payment_changed", "id": "\\ud800", "object_id": "x", "at": "2026-05-04T14:00:00Z"}',
        b'{"kind": "payment_changed", "id": "e", "object_id": "x", "at": "never"}',
        b'{"kind": "payment_changed", "id": "e", "object_id": "x", "at": "2026-05-04T14:00:00Z", "x": 1}',
        b"[" * 100_000,
    ],
)
async def test_a_signed_body_that_is_no_news_is_bad_input(bench: Bench, body: bytes) -> None:
    with pytest.raises(InvalidInput):
        bench.provider.read(body, signed(bench, body), now=bench.clock.instant)


async def test_news_that_nobody_follows_is_none(bench: Bench) -> None:
    body = b'{"kind": "radar.early_fraud_warning", "data": {"anything": 1}}'
    assert bench.provider.read(body, signed(bench, body), now=bench.clock.instant) is None


# --- secrets --------------------------------------------------------------------------------


async def test_the_secret_before_is_accepted_until_the_next_rotation(bench: Bench) -> None:
    oldest = await delivered(bench)
    bench.provider.rotate_webhook_secret()
    (newer,) = await bench.deliveries()
    assert newer.headers["webhook-signature"] != oldest.headers["webhook-signature"]
    assert read(bench, oldest) == read(bench, newer) == oldest.news
    bench.provider.rotate_webhook_secret()
    assert read(bench, newer) == newer.news
    with pytest.raises(Unauthenticated):
        read(bench, oldest)


async def test_the_secrets_are_made_once_and_only_their_owner_reads_them(bench: Bench) -> None:
    delivery = await delivered(bench)
    assert bench.on(bench.store).read(delivery.body.encode(), delivery.headers, now=START) == delivery.news
    path = bench.settings.data_dir / "payments" / "keys.json"
    assert path.stat().st_mode & 0o077 == 0
    assert path.parent.stat().st_mode & 0o077 == 0
    assert [each.name for each in path.parent.iterdir()] == ["keys.json"]
    secrets = json.loads(path.read_text())
    stored = repr(await bench.everything())
    assert not [each for each in (*secrets["webhooks"], secrets["clients"]) if each in stored]
