"""Mandates over the store: delivered once, shown to whom they concern, revoked, drawn on."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from shared.bootstrap import App, bootstrap
from shared.chosen_adapters import Ports
from shared.domain.mandates import Jwk, Mandate, MandateStatus, SignedTerms
from shared.domain.money import Money
from shared.errors import Conflict, InvalidInput, MandateRefused, NotFound, UsoError
from shared.services.mandates import MandateService
from shared.settings import Settings
from tests.clocks import HandClock
from tests.feeds import whole_feed
from tests.harness import MONDAY
from tests.wallet import AGENT, Wallet, seconds

AT = seconds(MONDAY)
ALICE, BOB = Wallet(), Wallet("bob")


@pytest.fixture
def clock() -> HandClock:
    return HandClock(MONDAY)


@pytest.fixture
async def app(tmp_path: Path, clock: HandClock) -> AsyncIterator[App]:
    made = bootstrap(Settings(data_dir=tmp_path), Ports(clock=clock))
    for wallet in (ALICE, BOB):
        await registered(made, wallet)
    yield made
    await made.close()


async def registered(app: App, wallet: Wallet) -> None:
    challenge = await app.mandate_keys.challenge(wallet.customer)
    proof = wallet.proof(challenge.nonce)
    await app.mandate_keys.register(wallet.customer, wallet.jwk, proof=proof)


async def delivered(app: App, wallet: Wallet = ALICE, **claims: Any) -> Mandate:
    return await app.mandates.deliver(wallet.mandate(**claims), customer_id=wallet.customer)


async def reserve(app: App, mandate: Mandate, key: str = "ord_1", minor: int = 5000, **more: Any) -> Mandate:
    ask: dict[str, Any] = {"agent": AGENT, "customer_id": "alice", "payees": ["v"], "categories": ["c"]}
    return await app.mandates.reserve(mandate.id, key=key, amount=Money(minor=minor), **{**ask, **more})


async def refusal_of(call: Any) -> UsoError:
    with pytest.raises(UsoError) as refused:
        await call
    return refused.value


async def test_the_same_terms_are_the_same_mandate(app: App) -> None:
    first = await delivered(app)
    await reserve(app, first)
    again = await app.mandates.deliver(ALICE.mandate(), customer_id="alice", agent=AGENT)
    assert again.id == first.id
    assert again.reserved == 5000, "delivering again resets nothing"
    assert len(await app.mandates.of_customer("alice")) == 1


async def test_a_signature_that_differs_signs_the_same_mandate(app: App) -> None:
    """ECDSA draws a new number for every signature."""
    safe = Wallet(kind="P-256", name="safe")
    await registered(app, safe)
    one, other = safe.mandate(), safe.mandate()
    assert one != other
    made = await app.mandates.deliver(one, customer_id="alice")
    assert (await app.mandates.deliver(other, customer_id="alice")).id == made.id


async def test_an_id_stands_for_one_set_of_terms(app: App) -> None:
    first = await delivered(app)
    for changed in ({"limits": {"total": 10_001}}, {"agent": "another"}, {"exp": AT + 99}):
        refused = await refusal_of(delivered(app, **changed))
        assert (type(refused), refused.code) == (Conflict, "mandate_id_reused")
    assert (await app.mandates.get(first.id)).terms == first.terms


async def test_two_customers_may_choose_the_same_id(app: App) -> None:
    hers, his = await delivered(app), await delivered(app, BOB)
    assert hers.id != his.id
    assert [each.id for each in await app.mandates.of_customer("bob")] == [his.id]


async def test_what_another_customer_signed_is_nobodys_here(app: App) -> None:
    for token in (
        BOB.mandate(),
        BOB.mandate(iss="alice", sub="alice"),
        BOB.sign(BOB.claims(iss="alice", sub="alice"), kid=ALICE.kid),
        ALICE.mandate(iss="bob", sub="bob"),
    ):
        refused = await refusal_of(app.mandates.deliver(token, customer_id="alice"))
        assert (type(refused), refused.code) == (InvalidInput, "invalid_mandate")
    assert await app.mandates.of_customer("alice") == await app.mandates.of_customer("bob") == []


async def test_an_agent_delivers_only_what_is_made_out_to_it(app: App) -> None:
    refused = await refusal_of(app.mandates.deliver(ALICE.mandate(), customer_id="alice", agent="another"))
    assert isinstance(refused, MandateRefused)
    assert refused.reason == "wrong_agent"
    assert await app.mandates.of_customer("alice") == []


async def test_what_is_over_or_too_long_is_not_taken(app: App, clock: HandClock) -> None:
    for claims in ({"exp": AT}, {"iat": AT + 61}, {"exp": AT + 90 * 86_400 + 1}):
        assert (await refusal_of(delivered(app, **claims))).code == "invalid_mandate"
    known = await delivered(app, exp=AT + 60)
    clock.instant += timedelta(hours=1)
    assert (await delivered(app, exp=AT + 60)).id == known.id, "what is known already is shown as it stands"


async def test_a_mandate_ends_on_the_customers_word(app: App) -> None:
    mandate = await delivered(app)
    await reserve(app, mandate, "ord_1")
    ended = await app.mandates.revoke(mandate.id)
    assert ended.status(MONDAY, key_is_live=True) is MandateStatus.REVOKED
    assert await app.mandates.revoke(mandate.id) == await app.mandates.get(mandate.id)
    refused = await refusal_of(reserve(app, mandate, "ord_2", 1))
    assert isinstance(refused, MandateRefused)
    assert refused.reason == "revoked"
    assert (await delivered(app)).revoked_at == MONDAY, "handing it in again does not revive it"
    settled = await app.mandates.settle(mandate.id, "ord_1", Money(minor=5000))
    assert settled.spent == 5000


async def test_a_key_ends_with_everything_it_signed(app: App) -> None:
    mandate = await delivered(app)
    await reserve(app, mandate, "ord_1")
    await app.mandate_keys.revoke("alice", ALICE.kid)
    refused = await refusal_of(reserve(app, mandate, "ord_2", 1))
    assert isinstance(refused, MandateRefused)
    assert refused.reason == "key_revoked"
    assert (await refusal_of(delivered(app, jti="m2"))).code == "invalid_mandate"
    assert (await refusal_of(registered(app, ALICE))).code == "key_revoked"
    await app.mandates.settle(mandate.id, "ord_1", Money(minor=5000))


async def test_a_mandate_expires_by_the_apps_clock(app: App, clock: HandClock) -> None:
    mandate = await delivered(app)
    await reserve(app, mandate, "ord_1")
    clock.instant += timedelta(days=30)
    refused = await refusal_of(reserve(app, mandate, "ord_2", 1))
    assert isinstance(refused, MandateRefused)
    assert refused.reason == "expired"
    await app.mandates.release(mandate.id, "ord_1")
    assert (await app.mandates.get(mandate.id)).left == 10_000


async def test_another_customers_mandate_is_not_there(app: App) -> None:
    mandate = await delivered(app)
    for refused in (
        await refusal_of(reserve(app, mandate, customer_id="bob")),
        await refusal_of(reserve(app, mandate.model_copy(update={"id": "man_unknown"}))),
        await refusal_of(app.mandates.settle("man_unknown", "ord_1", Money(minor=1))),
    ):
        assert isinstance(refused, NotFound)
    assert (await app.mandates.get(mandate.id)).reserved == 0


async def test_the_undo_of_a_reservation_is_at_rest_whatever_became_of_it(app: App) -> None:
    before = await whole_feed(app.store, "mandates")
    assert await app.mandates.release("man_unknown", "ord_1") is None
    assert await whole_feed(app.store, "mandates") == before
    mandate = await delivered(app)
    await app.mandates.release(mandate.id, "ord_1")
    assert (await refusal_of(reserve(app, mandate, "ord_1"))).code == "reservation_released"


async def test_an_order_draws_and_gives_back(app: App) -> None:
    mandate = await delivered(app, limits={"per_order": 6000, "uses": 1})
    await reserve(app, mandate, "ord_1", 5000)
    await reserve(app, mandate, "ord_1:l1:swap", 1000)
    await app.mandates.settle(mandate.id, "ord_1", Money(minor=5000))
    await app.mandates.settle(mandate.id, "ord_1:l1:swap", Money(minor=700))
    for _ in range(2):
        after = await app.mandates.give_back(mandate.id, "ord_1:l1:refund", Money(minor=200))
    assert (after.reserved, after.spent, after.left, after.used) == (0, 5500, 4500, 1)
    assert after == (await app.mandates.get(mandate.id)).model_copy(
        update={"revision": after.revision, "updated_at": after.updated_at}
    )


async def test_a_refusal_writes_nothing(app: App) -> None:
    mandate = await delivered(app)
    before = await whole_feed(app.store, "mandates")
    await refusal_of(reserve(app, mandate, "ord_1", 10_001))
    await refusal_of(app.mandates.settle(mandate.id, "ord_1", Money(minor=1)))
    await refusal_of(app.mandates.give_back(mandate.id, "ord_1:refund", Money(minor=1)))
    assert await whole_feed(app.store, "mandates") == before


async def test_the_list_is_of_one_customer_newest_first_and_of_one_agent(app: App, clock: HandClock) -> None:
    made = []
    for n, agent in enumerate((AGENT, "another", AGENT)):
        clock.instant += timedelta(seconds=1)
        made.append((await delivered(app, jti=f"m{n}", agent=agent)).id)
    assert [each.id for each in await app.mandates.of_customer("alice")] == made[::-1]
    assert [each.id for each in await app.mandates.of_customer("alice", agent=AGENT)] == [made[2], made[0]]
    assert await app.mandates.of_customer("alice", agent="stranger") == []


async def test_another_wire_format_needs_a_reader_and_nothing_else(app: App) -> None:
    """The seam: whatever text a payment protocol has, its reader returns the same terms."""
    terms = (await delivered(app)).terms.model_copy(update={"reference": "ap2-1"})

    class OtherReader:
        def read(self, text: str, keys: dict[str, Jwk]) -> SignedTerms:
            assert text == "another format"
            return SignedTerms(kid=next(iter(keys)), terms=terms)

    service = MandateService(
        app.records,
        app.store,
        app.mandate_keys,
        OtherReader(),  # type: ignore[arg-type]
        app.settings,
    )
    made = await service.deliver("another format", customer_id="alice")
    assert (await reserve(app, made)).reserved == 5000
