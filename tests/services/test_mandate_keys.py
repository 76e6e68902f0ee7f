"""A customer's keys: none without proof, none twice from one challenge, none back once revoked."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from shared.adapters.jws_mandates import JwsMandates
from shared.adapters.sqlite_store import SqliteStore
from shared.errors import Conflict, InvalidInput, NotFound, UsoError
from shared.services.mandate_keys import MandateKeys
from shared.settings import Settings
from tests.clocks import HandClock
from tests.harness import MONDAY
from tests.wallet import Wallet

PHONE, SAFE = Wallet(), Wallet(kind="P-256", name="safe")
SETTINGS = Settings(max_signing_keys=2)


@pytest.fixture
def clock() -> HandClock:
    return HandClock(MONDAY)


@pytest.fixture
async def keys(tmp_path: Path, clock: HandClock) -> AsyncIterator[MandateKeys]:
    store = SqliteStore(tmp_path / "store.sqlite", clock)
    yield MandateKeys(store, JwsMandates(), clock, SETTINGS)
    await store.close()


async def challenged(keys: MandateKeys, customer: str = "alice") -> str:
    return (await keys.challenge(customer)).nonce


async def register(keys: MandateKeys, wallet: Wallet = PHONE, **more: Any) -> str:
    proof = wallet.proof(more.pop("nonce", None) or await challenged(keys, wallet.customer), **more)
    return (await keys.register(wallet.customer, wallet.jwk, proof=proof)).kid


async def code_of(call: Any, kind: type[UsoError] = InvalidInput) -> str:
    with pytest.raises(kind) as refused:
        await call
    return refused.value.code


async def test_a_key_that_signed_the_challenge_is_taken(keys: MandateKeys) -> None:
    for wallet in (PHONE, SAFE):
        assert await register(keys, wallet) == wallet.kid
        assert await keys.is_live("alice", wallet.kid)
    assert await keys.live("alice") == {PHONE.kid: PHONE.jwk, SAFE.kid: SAFE.jwk}
    assert await keys.live("bob") == {}
    assert not await keys.is_live("bob", PHONE.kid)


async def test_a_challenge_counts_once(keys: MandateKeys) -> None:
    nonce = await challenged(keys)
    await register(keys, PHONE, nonce=nonce)
    assert await register(keys, PHONE, nonce=nonce) == PHONE.kid, "the same request again is no second key"
    assert await code_of(register(keys, SAFE, nonce=nonce)) == "invalid_proof"
    assert list(await keys.live("alice")) == [PHONE.kid]


async def test_a_challenge_counts_in_time(keys: MandateKeys, clock: HandClock) -> None:
    nonce = await challenged(keys)
    clock.instant += SETTINGS.key_challenge_lifetime
    assert await code_of(register(keys, nonce=nonce)) == "invalid_proof"
    nonce = await challenged(keys)
    clock.instant += SETTINGS.key_challenge_lifetime - timedelta(seconds=1)
    await register(keys, nonce=nonce)


async def test_only_our_challenge_to_this_customer_counts(keys: MandateKeys) -> None:
    bobs, hers = await challenged(keys, "bob"), await challenged(keys)
    id, _, secret = hers.partition(".")
    for nonce in (bobs, f"{id}.n_{'0' * 16}", f"chl_{'0' * 16}.{secret}"):
        assert await code_of(register(keys, nonce=nonce)) == "invalid_proof"
    assert await code_of(register(keys, nonce=hers, sub="bob")) == "invalid_proof"
    assert await keys.of("alice") == []


async def test_a_challenge_that_is_asked_for_again_is_the_same(keys: MandateKeys, clock: HandClock) -> None:
    first = await keys.challenge("alice", key="k")
    assert await keys.challenge("alice", key="k") == first
    assert await keys.challenge("bob", key="k") != first
    assert await keys.challenge("alice") != first
    clock.instant += SETTINGS.key_challenge_lifetime
    later = await keys.challenge("alice", key="k")
    assert later != first, "a new one once it has run out"
    await register(keys, nonce=later.nonce)


async def test_a_revoked_key_is_known_and_never_comes_back(keys: MandateKeys, clock: HandClock) -> None:
    await register(keys)
    clock.instant += timedelta(days=1)
    ended = await keys.revoke("alice", PHONE.kid)
    assert ended.revoked_at == clock.instant
    clock.instant += timedelta(days=1)
    assert await keys.revoke("alice", PHONE.kid) == ended
    assert await keys.of("alice") == [ended]
    assert await keys.live("alice") == {}
    assert await code_of(register(keys), Conflict) == "key_revoked"


async def test_what_is_not_there_cannot_be_revoked(keys: MandateKeys) -> None:
    await register(keys)
    nonce = await challenged(keys)
    for customer, kid in (("bob", PHONE.kid), ("alice", SAFE.kid), ("alice", nonce.partition(".")[0])):
        with pytest.raises(NotFound):
            await keys.revoke(customer, kid)
    assert await keys.is_live("alice", PHONE.kid)


async def test_a_customer_has_so_many_keys_and_no_more(keys: MandateKeys) -> None:
    await register(keys, PHONE)
    await register(keys, SAFE)
    third = Wallet(name="third")
    assert await code_of(register(keys, third), Conflict) == "too_many_keys"
    await keys.revoke("alice", PHONE.kid)
    await register(keys, third)


async def test_one_challenge_at_once_is_one_key(keys: MandateKeys) -> None:
    nonce = await challenged(keys)
    results = await asyncio.gather(
        *(register(keys, wallet, nonce=nonce) for wallet in (PHONE, SAFE, PHONE, SAFE)),
        return_exceptions=True,
    )
    (kid,) = await keys.live("alice")
    assert {each for each in results if isinstance(each, str)} == {kid}
    assert all(isinstance(each, InvalidInput) for each in results if not isinstance(each, str))
