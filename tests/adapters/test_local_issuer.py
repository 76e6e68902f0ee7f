import asyncio
import stat
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from hypothesis import given
from hypothesis import strategies as st

from shared.adapters.local_issuer import LocalIssuer
from shared.domain.identity import Persona, Principal
from shared.errors import Unauthenticated
from shared.settings import Settings
from tests.clocks import HandClock

NOW = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)


class Bench:
    """An issuer, its clock and its key."""

    def __init__(self, folder: Path) -> None:
        self.clock = HandClock(NOW)
        self.settings = Settings(data_dir=folder)
        self.issuer = LocalIssuer(self.settings, self.clock)
        self.path = folder / "identity" / "signing-key.pem"

    def verify(self, token: str) -> Principal:
        return asyncio.run(self.issuer.verify(token))

    def forge(self, key: object = None, algorithm: str | None = "EdDSA", **changes: object) -> str:
        now = int(NOW.timestamp())
        claims = {
            "iss": "uso-local",
            "aud": "uso-api",
            "sub": "alice",
            "persona": "customer",
            "customer_id": "alice",
        }
        claims |= {"nbf": now, "exp": now + 60} | changes
        claims = {name: value for name, value in claims.items() if value is not None}
        if key is None:
            self.issuer.issue(Persona.ADMIN, subject="root")
            key = load_pem_private_key(self.path.read_bytes(), password=None)
        return jwt.encode(claims, key, algorithm=algorithm)


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


@pytest.fixture(scope="module")
def shared_bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    return Bench(tmp_path_factory.mktemp("issuer"))


def test_an_issued_token_names_its_holder(bench: Bench) -> None:
    assert bench.verify(bench.issuer.issue(Persona.CUSTOMER, subject="alice")) == Principal(
        subject="alice", persona=Persona.CUSTOMER, customer_id="alice"
    )


def test_an_agent_acts_for_one_customer(bench: Bench) -> None:
    agent = bench.verify(bench.issuer.issue(Persona.AGENT, subject="chatgpt", customer_id="alice"))
    assert (agent.subject, agent.customer_id) == ("chatgpt", "alice")
    assert agent.owns("alice")
    assert not agent.owns("bob")


def test_a_partner_speaks_for_its_vendor(bench: Bench) -> None:
    token = bench.issuer.issue(Persona.PARTNER, subject="bo", partner_id="flower-shop-b")
    assert bench.verify(token).partner_id == "flower-shop-b"


def test_a_token_ends_with_its_lifetime_on_the_apps_clock(bench: Bench) -> None:
    token = bench.issuer.issue(Persona.CUSTOMER, subject="alice", lifetime=timedelta(days=8))
    bench.clock.instant = NOW + timedelta(days=8, seconds=-1)
    assert bench.verify(token)
    bench.clock.instant = NOW + timedelta(days=8)
    with pytest.raises(Unauthenticated):
        bench.verify(token)


def test_the_default_lifetime_is_the_setting(bench: Bench) -> None:
    token = bench.issuer.issue(Persona.CUSTOMER, subject="alice")
    bench.clock.instant = NOW + bench.settings.token_lifetime
    with pytest.raises(Unauthenticated):
        bench.verify(token)


def test_the_forging_bench_makes_good_tokens(bench: Bench) -> None:
    assert bench.verify(bench.forge()).subject == "alice"


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "elsewhere"},
        {"iss": None},
        {"aud": "another-api"},
        {"aud": None},
        {"sub": None},
        {"sub": ""},
        {"exp": None},
        {"exp": int(NOW.timestamp())},
        {"exp": "2099-01-01"},
        {"exp": True},
        {"exp": float("inf")},
        {"nbf": None},
        {"nbf": int(NOW.timestamp()) + 60},
        {"persona": None},
        {"persona": "superuser"},
        {"persona": ["admin"]},
        {"persona": "admin"},
        {"customer_id": None},
        {"customer_id": "bob"},
        {"customer_id": 5},
        {"persona": "partner", "customer_id": None},
        {"partner_id": "shop"},
    ],
)
def test_a_token_that_says_something_else_is_refused(bench: Bench, changes: dict[str, object]) -> None:
    with pytest.raises(Unauthenticated) as caught:
        bench.verify(bench.forge(**changes))
    assert caught.value.code == "invalid_token"


def test_a_token_signed_with_another_key_is_refused(bench: Bench) -> None:
    with pytest.raises(Unauthenticated):
        bench.verify(bench.forge(Ed25519PrivateKey.generate()))


def test_other_algorithms_are_refused_whatever_the_token_says(bench: Bench) -> None:
    for forged in (bench.forge("", "none"), bench.forge("a secret of thirty-two characters", "HS256")):
        with pytest.raises(Unauthenticated):
            bench.verify(forged)


def test_a_token_with_another_payload_is_refused(bench: Bench) -> None:
    mine = bench.issuer.issue(Persona.CUSTOMER, subject="alice").split(".")
    admin = bench.issuer.issue(Persona.ADMIN, subject="root").split(".")
    with pytest.raises(Unauthenticated):
        bench.verify(".".join((mine[0], admin[1], mine[2])))


@given(token=st.text(max_size=200) | st.from_regex(r"[\w-]+\.[\w-]+\.[\w-]+", fullmatch=True))
def test_rubbish_is_refused(shared_bench: Bench, token: str) -> None:
    with pytest.raises(Unauthenticated):
        shared_bench.verify(token)


def test_it_refuses_to_start_in_production(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="USO_OIDC_ISSUER"):
        LocalIssuer(Settings(data_dir=tmp_path, environment="production"), HandClock(NOW))


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX permissions")
def test_the_key_is_its_owners_alone(bench: Bench) -> None:
    bench.issuer.issue(Persona.ADMIN, subject="root")
    assert stat.S_IMODE(bench.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(bench.path.parent.stat().st_mode) == 0o700


def test_issuers_that_race_end_with_one_key(tmp_path: Path) -> None:
    benches = [Bench(tmp_path) for _ in range(8)]
    start = threading.Barrier(len(benches))
    tokens: list[str] = []

    def race(one: Bench) -> None:
        start.wait()
        tokens.append(one.issuer.issue(Persona.CUSTOMER, subject="alice"))

    threads = [threading.Thread(target=race, args=(one,)) for one in benches]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(one.verify(token) for one in benches for token in tokens)
    assert [path.name for path in (tmp_path / "identity").iterdir()] == ["signing-key.pem"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"persona": Persona.CUSTOMER, "subject": "alice", "customer_id": "bob"},
        {"persona": Persona.ADMIN, "subject": "root", "customer_id": "bob"},
        {"persona": Persona.PARTNER, "subject": "shop"},
        {"persona": Persona.AGENT, "subject": "gpt"},
        {"persona": Persona.ADMIN, "subject": ""},
    ],
)
def test_an_impossible_principal_cannot_be_made(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="stand"):
        Principal(**wrong)  # type: ignore[arg-type]


def test_an_address_counts_only_when_the_issuer_has_verified_it(bench: Bench) -> None:
    token = bench.issuer.issue(Persona.CUSTOMER, subject="alice", email="alice@alice.example")
    assert bench.verify(token).email == "alice@alice.example"
    for claim in ({}, {"email_verified": False}, {"email_verified": "true"}):
        forged = bench.forge(email="bob@bob.example", **claim)
        assert bench.verify(forged).email is None
    for strange in (5, ["a@b.example"], "no address"):
        with pytest.raises(Unauthenticated):
            bench.verify(bench.forge(email=strange, email_verified=True))
    with pytest.raises(ValueError, match="mail address"):
        bench.issuer.issue(Persona.ADMIN, subject="ops", email="ops@shop.example")
