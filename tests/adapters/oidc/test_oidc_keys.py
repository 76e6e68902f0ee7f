"""The issuer's keys: fetched when needed and seldom, rotated, kept through an outage, and never another's."""

import asyncio
import json
import threading
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.adapters.oidc_issuer.issuer import OidcIssuer
from shared.adapters.oidc_issuer.keys import read_keys
from shared.errors import Unauthenticated, Unavailable
from shared.settings import Settings
from tests.adapters.oidc.bench import Bench, running_bench, settings_of
from tests.clocks import HandClock
from tests.harness import Caller, running
from tests.peers.oidc.peer import (
    AUDIENCE,
    DISCOVERY,
    JWKS,
    OidcPeer,
    SigningKey,
    Trouble,
    ed_key,
    rsa_key,
    running_peer,
)

MINUTE, HOUR, DAY = 60, 3600, 86_400


async def assert_unavailable(bench: Bench, token: str) -> None:
    with pytest.raises(Unavailable) as caught:
        await bench.verify(token)
    assert bench.peer.issuer not in caught.value.detail
    assert caught.value.__cause__ is None


async def assert_refused(bench: Bench, token: str) -> None:
    with pytest.raises(Unauthenticated):
        await bench.verify(token)


# --- seldom -----------------------------------------------------------------------------------------------


async def test_nothing_is_fetched_before_the_first_token(bench: Bench) -> None:
    assert bench.peer.asked == []
    await bench.verify(bench.token())
    assert bench.peer.asked == [DISCOVERY, JWKS]


async def test_keys_are_fetched_once_for_many_tokens(bench: Bench) -> None:
    for _ in range(20):
        await bench.verify(bench.token())
    assert bench.peer.times() == 1


async def test_keys_are_fetched_again_after_their_time(bench: Bench) -> None:
    await bench.verify(bench.token())
    bench.watch.now += HOUR - 1
    await bench.verify(bench.token())
    assert bench.peer.times() == 1
    bench.watch.now += 1
    await bench.verify(bench.token())
    assert bench.peer.times() == 2


@pytest.mark.parametrize(
    ("control", "seconds"),
    [
        ("max-age=600", 600),
        ("public, max-age=600, must-revalidate", 600),
        ("Max-Age=600", 600),
        ("max-age=864000", HOUR),
        ("max-age=1", MINUTE),
        ("max-age=0", MINUTE),
        ("no-store", MINUTE),
        ("max-age=600, no-cache", MINUTE),
        ("s-maxage=600", HOUR),
        ("max-age=soon", HOUR),
        ("max-age=99999999999999999999", HOUR),
        ("", HOUR),
    ],
)
async def test_the_issuers_word_counts_within_our_bounds(bench: Bench, control: str, seconds: int) -> None:
    bench.peer.headers["Cache-Control"] = control
    await bench.verify(bench.token())
    bench.watch.now += seconds - 1
    await bench.verify(bench.token())
    assert bench.peer.times() == 1
    bench.watch.now += 1
    await bench.verify(bench.token())
    assert bench.peer.times() == 2


async def test_random_key_names_do_not_make_us_hammer_the_issuer(bench: Bench) -> None:
    await bench.verify(bench.token())
    forged = [bench.token(header={"kid": f"k{number}"}) for number in range(50)]
    for token in forged:
        await assert_refused(bench, token)
    assert bench.peer.times() == 1, "the keys had been fetched just now"
    bench.watch.now += MINUTE
    outcomes = await asyncio.gather(*(bench.verify(token) for token in forged), return_exceptions=True)
    assert {type(each) for each in outcomes} == {Unauthenticated}
    assert bench.peer.times() == 2
    await bench.verify(bench.token())
    assert bench.peer.times() == 2


async def test_many_requests_at_once_make_one_fetch(bench: Bench) -> None:
    bench.peer.held.clear()
    waiting = [asyncio.create_task(bench.verify(bench.token())) for _ in range(50)]
    await bench.peer.arrived.wait()
    bench.peer.held.set()
    assert {each.subject for each in await asyncio.gather(*waiting)} == {"alice"}
    assert bench.peer.asked == [DISCOVERY, JWKS]


async def test_one_who_gives_up_waiting_does_not_stop_it_for_the_others(bench: Bench) -> None:
    bench.peer.held.clear()
    impatient, patient = (asyncio.create_task(bench.verify(bench.token())) for _ in range(2))
    await bench.peer.arrived.wait()
    impatient.cancel()
    with pytest.raises(asyncio.CancelledError):
        await impatient
    bench.peer.held.set()
    assert (await patient).subject == "alice"
    assert bench.peer.times() == 1


# --- rotation ---------------------------------------------------------------------------------------------


async def test_a_new_key_is_found_when_a_token_names_it(bench: Bench) -> None:
    await bench.verify(bench.token())
    old = bench.token()
    bench.peer.rotate("second")
    bench.watch.now += MINUTE
    assert (await bench.verify(bench.token())).subject == "alice"
    assert bench.peer.times() == 2
    await assert_refused(bench, old)


async def test_many_who_name_the_new_key_at_once_make_one_fetch(bench: Bench) -> None:
    await bench.verify(bench.token())
    bench.peer.rotate("second")
    bench.watch.now += MINUTE
    await asyncio.gather(*(bench.verify(bench.token()) for _ in range(50)))
    assert bench.peer.times() == 2


async def test_old_and_new_keys_count_side_by_side_while_both_are_published(bench: Bench) -> None:
    first = bench.peer.keys[0]
    bench.peer.keys = [first, ed_key("second")]
    assert await bench.verify(bench.token(key=first)) == await bench.verify(
        bench.token(key=bench.peer.keys[1])
    )


async def test_a_key_that_is_withdrawn_counts_until_the_keys_are_fetched_again(bench: Bench) -> None:
    await bench.verify(bench.token())
    stolen = bench.peer.keys[0]
    bench.peer.rotate("second")
    bench.watch.now += HOUR
    await assert_refused(bench, bench.token(key=stolen))


async def test_another_key_under_the_old_name_replaces_it(bench: Bench) -> None:
    await bench.verify(bench.token())
    stolen, bench.peer.keys = bench.peer.keys[0], [SigningKey("first", rsa_key(1))]
    bench.watch.now += HOUR
    assert (await bench.verify(bench.token())).subject == "alice"
    await assert_refused(bench, bench.token(key=stolen))


async def test_the_keys_may_move(bench: Bench) -> None:
    await bench.verify(bench.token())
    async with running_peer() as elsewhere:
        elsewhere.keys = [ed_key("moved")]
        bench.peer.document["jwks_uri"] = f"{elsewhere.url}{JWKS}"
        bench.watch.now += HOUR
        assert (await bench.verify(bench.token(key=elsewhere.keys[0]))).subject == "alice"


# --- outage -----------------------------------------------------------------------------------------------

TROUBLES = [
    Trouble("status"),
    Trouble("status", status=503),
    Trouble("status", status=429),
    Trouble("status", status=404),
    Trouble("status", status=204),
    Trouble("rubbish"),
    Trouble("huge"),
    Trouble("cut"),
    Trouble("drop"),
    Trouble("hang"),
    Trouble("redirect"),
]


def _patience(trouble: Trouble) -> float:
    """Seconds: few where they are waited out, and enough for a busy machine to answer the good call in."""
    return 2 if trouble.kind == "hang" else 20


@pytest.mark.parametrize("path", [DISCOVERY, JWKS])
@pytest.mark.parametrize("trouble", TROUBLES, ids=lambda each: f"{each.kind}-{each.status}")
async def test_an_issuer_that_fails_makes_us_unavailable_and_then_well_again(
    trouble: Trouble, path: str
) -> None:
    """Not 401: a client would throw a good token away."""
    async with running_bench(oidc_timeout=_patience(trouble)) as bench:
        bench.peer.troubles = [Trouble(trouble.kind, path, trouble.status)]
        await assert_unavailable(bench, bench.token())
        # the HTTP client itself repeats a GET whose connection was closed without an answer
        assert bench.peer.times(path) == (2 if trouble.kind == "drop" else 1), "not followed, not repeated"
        bench.peer.troubles = []
        bench.watch.now += 1
        assert (await bench.verify(bench.token())).subject == "alice"


@pytest.mark.parametrize("trouble", TROUBLES, ids=lambda each: f"{each.kind}-{each.status}")
async def test_the_last_good_keys_serve_through_an_outage_and_not_for_ever(trouble: Trouble) -> None:
    async with running_bench(oidc_timeout=_patience(trouble)) as bench:
        await bench.verify(bench.token())
        bench.peer.troubles = [trouble]
        bench.watch.now += HOUR
        assert (await bench.verify(bench.token())).subject == "alice"
        bench.watch.now += DAY - HOUR - 1
        assert (await bench.verify(bench.token())).subject == "alice"
        bench.watch.now += 1
        await assert_unavailable(bench, bench.token())
        bench.peer.troubles = []
        bench.watch.now += MINUTE
        assert (await bench.verify(bench.token())).subject == "alice"


async def test_in_an_outage_nobody_can_say_that_a_new_key_is_not_the_issuers(bench: Bench) -> None:
    await bench.verify(bench.token())
    known = bench.token()
    new = bench.token(key=bench.peer.rotate("second"))
    bench.peer.troubles = [Trouble("status")]
    bench.watch.now += MINUTE
    await assert_unavailable(bench, new)
    assert (await bench.verify(known)).subject == "alice"
    bench.peer.troubles = []
    bench.watch.now += MINUTE
    assert (await bench.verify(new)).subject == "alice"


async def test_in_an_outage_the_issuer_is_asked_less_and_less_often(bench: Bench) -> None:
    bench.peer.troubles = [Trouble("status")]
    asked: list[float] = []
    for _ in range(400):
        before = bench.peer.times(DISCOVERY)
        await assert_unavailable(bench, bench.token())
        asked += [bench.watch.now] if bench.peer.times(DISCOVERY) > before else []
        bench.watch.now += 1
    pauses = [later - earlier for earlier, later in pairwise(asked)]
    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60, 60, 60, 60]


async def test_a_flood_in_an_outage_makes_one_fetch(bench: Bench) -> None:
    bench.peer.troubles = [Trouble("status")]
    tokens = [bench.token(header={"kid": f"k{number}"}) for number in range(50)]
    outcomes = await asyncio.gather(*(bench.verify(each) for each in tokens), return_exceptions=True)
    assert {type(each) for each in outcomes} == {Unavailable}
    assert bench.peer.asked == [DISCOVERY]


async def test_nobody_with_a_known_key_waits_long_for_a_slow_issuer() -> None:
    async with running_bench(patience=0) as bench:
        await bench.verify(bench.token())
        bench.peer.held.clear()
        bench.peer.arrived.clear()
        bench.watch.now += HOUR
        assert (await bench.verify(bench.token())).subject == "alice"
        await bench.peer.arrived.wait()
        bench.peer.rotate("second")
        newer = asyncio.create_task(bench.verify(bench.token()))
        bench.peer.held.set()
        assert (await newer).subject == "alice", "who needs the new key waits for it"
        assert bench.peer.times() == 2


async def test_an_issuer_that_publishes_no_usable_key_has_failed(bench: Bench) -> None:
    await bench.verify(bench.token())
    for published in (
        [],
        [{"kty": "oct", "kid": "first", "k": "AAAA"}],
        [SigningKey("first").jwk(use="enc")],
    ):
        bench.peer.published = published
        bench.watch.now += HOUR
        assert (await bench.verify(bench.token())).subject == "alice"
    async with running_peer() as empty:
        empty.published = []
        fresh = OidcIssuer(settings_of(empty), bench.clock)
        with pytest.raises(Unavailable):
            await fresh.verify(empty.sign(empty.claims(bench.clock.now())))
        await fresh.close()


async def test_closing_ends_a_fetch_that_is_under_way(bench: Bench) -> None:
    bench.peer.held.clear()
    waiting = asyncio.create_task(bench.verify(bench.token()))
    await bench.peer.arrived.wait()
    await bench.verifier.close()
    with pytest.raises(Unavailable):
        await waiting
    assert bench.peer.asked == [DISCOVERY], "nor does it begin again"


async def test_the_operator_is_told_what_is_wrong_and_the_caller_is_not(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    bench.peer.document["issuer"] = "https://evil.example"
    await assert_unavailable(bench, bench.token())
    assert "another issuer than USO_OIDC_ISSUER" in caplog.text
    assert "evil.example" not in caplog.text


# --- never another's --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "document",
    [
        {"issuer": "https://issuer.example"},
        {"issuer": None},
        {"issuer": ["x"]},
        {"issuer": "https://login.microsoftonline.com/{tenantid}/v2.0"},
        {"jwks_uri": None},
        {"jwks_uri": 5},
        {"jwks_uri": ""},
        {"jwks_uri": "file:///etc/passwd"},
        {"jwks_uri": "ftp://127.0.0.1/keys"},
        {"jwks_uri": "http://user:word@127.0.0.1/keys"},
    ],
    ids=str,
)
async def test_a_discovery_document_of_another_kind_leads_nowhere(
    bench: Bench, document: dict[str, Any]
) -> None:
    bench.peer.document = document
    await assert_unavailable(bench, bench.token())
    assert bench.peer.asked == [DISCOVERY]


@pytest.mark.parametrize("url", ["https://127.0.0.1:1", "https://169.254.169.254/x", "https://localhost"])
async def test_an_issuer_inside_a_private_network_is_not_asked(url: str) -> None:
    settings = Settings(oidc_issuer=url, oidc_audience="api")
    verifier = OidcIssuer(settings, HandClock())
    peer = OidcPeer(issuer=url)
    with pytest.raises(Unavailable):
        await verifier.verify(peer.sign(peer.claims(HandClock().now(), aud="api")))
    await verifier.close()


async def test_the_apps_other_calls_keep_their_own_limits(caplog: pytest.LogCaptureFixture) -> None:
    """A client of its own: an issuer's keys may be larger, and must come faster, than a partner's answer."""
    async with running_bench(max_outbound_bytes=10, outbound_timeout=0.001) as bench:
        assert (await bench.verify(bench.token())).subject == "alice"
    async with running_bench(oidc_max_bytes=1024) as bench:
        bench.peer.document["filling"] = "x" * 1024
        await assert_unavailable(bench, bench.token())
    assert "discovery document is too large" in caplog.text


@given(
    jwk=st.dictionaries(
        st.sampled_from(["kty", "crv", "n", "e", "x", "y", "kid", "use", "key_ops", "alg", "d"]),
        st.sampled_from(
            ["RSA", "EC", "OKP", "P-256", "Ed25519", "AQAB", "A" * 43, "", "!", "sig", "ES256", "k"]
        )
        | st.none()
        | st.integers()
        | st.lists(st.text(max_size=3), max_size=2),
    )
)
def test_whatever_is_published_is_a_key_or_none(jwk: dict[str, Any]) -> None:
    for key in read_keys(json.dumps({"keys": [jwk]}).encode()):
        assert set(key.algorithms) <= {"RS256", "PS256", "ES256", "EdDSA"}


@given(raw=st.binary(max_size=60) | st.text(max_size=60).map(str.encode) | st.just(b"[" * 100_000))
def test_what_is_no_set_of_keys_is_said_to_be_none(raw: bytes) -> None:
    with suppress(ValueError):
        assert read_keys(raw) == ()


def test_one_verifier_serves_several_loops_at_once() -> None:
    """Each loop fetches for itself, for a task cannot be waited for in another; what is found serves all."""
    started = threading.Barrier(3)

    def elsewhere(token: str) -> str:
        async def verified() -> str:
            started.wait()
            return (await verifier.verify(token)).subject

        return asyncio.run(verified())

    async def served() -> list[str]:
        nonlocal verifier
        async with running_peer() as peer:
            verifier = OidcIssuer(settings_of(peer), HandClock())
            token = peer.sign(peer.claims(HandClock().now()))
            names = await asyncio.gather(*(asyncio.to_thread(elsewhere, token) for _ in range(3)))
            assert 1 <= peer.times() <= 3
            asked = len(peer.asked)
            assert (await verifier.verify(token)).subject == "alice"
            assert len(peer.asked) == asked
            await verifier.close()
            return names

    verifier: OidcIssuer
    assert asyncio.run(served()) == ["alice"] * 3


# --- at the door ------------------------------------------------------------------------------------------


async def test_while_the_issuer_is_away_its_people_are_asked_to_come_again(tmp_path: Path) -> None:
    async with (
        running_peer() as issuer,
        running(
            tmp_path, allow_private_urls="true", oidc_issuer=issuer.issuer, oidc_audience=AUDIENCE
        ) as world,
    ):
        issuer.troubles = [Trouble("status", status=503)]
        alice = Caller(world, issuer.sign(issuer.claims(world.now())))
        answer = await alice.call("POST", "/api/v1/chat", {"text": "red roses"})
        assert (answer.status, answer.code) == (503, "unavailable")
        assert answer.headers["Retry-After"]
        assert "WWW-Authenticate" not in answer.headers
        assert (await alice.call("GET", "/api/health")).status == 200
        found = await alice.call("GET", "/api/v1/discover", intent="roses")
        assert found.status == 200, "open to everyone"
