"""Campaigns at Meta: all of them, page after page; stopped and started; refusals and faults."""

from collections.abc import AsyncIterator

import pytest
from pydantic import SecretStr

from shared.adapters.meta_ads import MetaAds
from shared.adapters.outbound import Outbound
from shared.errors import NotFound, Unavailable
from shared.ports.ads import Campaign
from tests.peers.meta.peer import ACCOUNT, TOKEN, MetaPeer, running_peer
from tests.peers.stripe.faults import Fault, Kind


@pytest.fixture
async def meta() -> AsyncIterator[MetaPeer]:
    async with running_peer() as peer:
        yield peer


@pytest.fixture
def ads(meta: MetaPeer, outbound: Outbound) -> MetaAds:
    for n in range(1, 6):
        meta.run(str(n), f"Summer [product:p{n % 2}] {n}", "PAUSED" if n == 5 else "ACTIVE")
    meta.run("6", "Brand, no product")
    return of(meta, outbound)


def of(meta: MetaPeer, outbound: Outbound, token: str = TOKEN) -> MetaAds:
    return MetaAds(outbound, SecretStr(token), account=ACCOUNT, base_url=f"{meta.url}/")


async def test_every_page_is_read_and_what_names_a_product_is_its_campaign(
    meta: MetaPeer, ads: MetaAds
) -> None:
    every = await ads.campaigns()

    assert [each.id for each in every] == ["1", "2", "3", "4", "5"]
    assert every[0] == Campaign(id="1", product_id="p1", name="Summer [product:p1] 1", active=True)
    assert not every[4].active
    assert len(meta.asked) == 3


async def test_the_campaigns_of_one_product_are_no_one_else_s(ads: MetaAds) -> None:
    assert [each.id for each in await ads.campaigns("p1")] == ["1", "3", "5"]
    assert await ads.campaigns("p") == []


@pytest.mark.parametrize("name", ["[product:]", "[product:a b]", "product:p1", "[product:" + "x" * 65 + "]"])
async def test_a_name_that_names_no_product_is_none_of_ours(
    meta: MetaPeer, outbound: Outbound, name: str
) -> None:
    meta.run("1", name)
    assert await of(meta, outbound).campaigns() == []


async def test_an_account_without_campaigns_has_none(meta: MetaPeer, outbound: Outbound) -> None:
    assert await of(meta, outbound).campaigns() == []


async def test_a_campaign_is_stopped_and_started_and_once_more_changes_nothing(
    meta: MetaPeer, ads: MetaAds
) -> None:
    for _ in range(2):
        await ads.pause("1")
        assert meta.campaigns["1"]["status"] == "PAUSED"
    for _ in range(2):
        await ads.resume("1")
        assert meta.campaigns["1"]["status"] == "ACTIVE"


@pytest.mark.parametrize("id", ["999", "", "../act_1", "1?status=PAUSED", "1/2", "x"])
async def test_a_campaign_that_is_not_there_is_not_found(meta: MetaPeer, ads: MetaAds, id: str) -> None:
    for change in (ads.pause(id), ads.resume(id)):
        with pytest.raises(NotFound):
            await change
    assert all(each == "POST /v24.0/999" for each in meta.asked)


async def test_a_change_that_is_refused_is_not_a_campaign_that_is_missing(
    meta: MetaPeer, ads: MetaAds
) -> None:
    for code in ((100, 1885183), (100, 0), (200, 0), (17, 2446079)):
        meta.refuses = code
        with pytest.raises(Unavailable):
            await ads.resume("5")
    assert meta.campaigns["5"]["status"] == "PAUSED"


async def test_the_token_goes_in_a_header_and_in_no_url(meta: MetaPeer, ads: MetaAds) -> None:
    await ads.campaigns()
    await ads.pause("1")
    assert not any(TOKEN in each or "access_token" in each for each in meta.asked)


async def test_a_token_that_does_not_count_is_no_answer_and_is_not_repeated(
    meta: MetaPeer, outbound: Outbound
) -> None:
    meta.run("1", "[product:p1]")
    ads = of(meta, outbound, "EAAwrong")
    for status in (None, 401, 403):
        for ask in (ads.campaigns(), ads.pause("1")):
            meta.faults = [Fault(kind="status", status=status)] if status else []
            with pytest.raises(Unavailable) as refused:
                await ask
            assert "EAAwrong" not in f"{refused.value!r} {refused.value.__cause__!r}"
    assert meta.campaigns["1"]["status"] == "ACTIVE"


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("kind", ["drop", "status", "rubbish", "cut"])
async def test_a_change_in_doubt_is_made_when_it_is_sent_again(
    meta: MetaPeer, ads: MetaAds, kind: Kind, after: bool
) -> None:
    meta.faults = [Fault(kind=kind, after=after)]
    with pytest.raises(Unavailable):
        await ads.pause("1")
    assert (meta.campaigns["1"]["status"] == "PAUSED") is after
    await ads.pause("1")
    assert meta.campaigns["1"]["status"] == "PAUSED"


@pytest.mark.parametrize("kind", ["drop", "status", "rubbish", "cut"])
async def test_half_of_the_pages_are_not_all_campaigns(meta: MetaPeer, ads: MetaAds, kind: Kind) -> None:
    meta.faults = [Fault(kind=kind, path="after=2")] * 2  # a GET that breaks is asked once more by the client
    with pytest.raises(Unavailable):
        await ads.campaigns()
