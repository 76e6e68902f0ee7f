from datetime import timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest
from affiliate_kit import NOW, active, affiliate, link
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.affiliates.links import (
    Click,
    LinkType,
    is_attributed,
    is_robot,
    link_id,
    may_link_to,
    shown_under,
    tracked,
    type_of,
)
from shared.domain.affiliates.models import ManifestType, Site
from shared.domain.catalogue import Product
from shared.domain.money import Money

WINDOW = timedelta(days=30)
word = st.text("abcdefghijklmnopqrstuvwxyz0123456789._~-%", min_size=1, max_size=12)
pairs = st.lists(st.tuples(word, word), max_size=6)


def product(id: str = "p1", vendor_id: str = "v1") -> Product:
    return Product(id=id, vendor_id=vendor_id, name="Wine", price=Money(minor=1))


@given(pairs, st.sampled_from(["", "#top", "#a?b=c"]))
def test_a_target_keeps_all_that_is_its_own_and_says_where_the_visitor_came_from(
    query: list[tuple[str, str]], fragment: str
) -> None:
    before = "&".join(f"{name}={value}" for name, value in query)
    url = f"https://shop.example/wine?{before}{fragment}"
    after = tracked(url, tracking_id="trk1", click_id="aff_1-c_9")
    assert after.startswith("https://shop.example/wine?")
    assert after.endswith(fragment)
    for part in filter(None, before.split("&")):
        if part.partition("=")[0] not in ("affiliate_id", "ref", "click_id"):
            assert part in after
    mine = dict(parse_qsl(urlsplit(after).query))
    assert (mine["affiliate_id"], mine["ref"], mine["click_id"]) == ("trk1", "uso", "aff_1-c_9")


def test_what_stood_in_the_place_of_our_parameters_gives_way() -> None:
    url = "https://shop.example/?affiliate_id=evil&ref=x&click_id=old&q=1"
    assert tracked(url, tracking_id="trk1", click_id="c") == (
        "https://shop.example/?q=1&affiliate_id=trk1&ref=uso&click_id=c"
    )


def test_a_robot_gets_no_click_id() -> None:
    assert tracked("https://shop.example/", tracking_id="trk1") == (
        "https://shop.example/?affiliate_id=trk1&ref=uso"
    )


@pytest.mark.parametrize(
    ("host", "may"),
    [
        ("limo.example", True),
        ("www.limo.example", True),
        ("rose.usoorchestrator.com", True),
        ("usoorchestrator.com", True),
        ("evil.limo.example", False),
        ("notlimo.example", False),
        ("limo.example.evil.example", False),
        ("evilusoorchestrator.com", False),
        ("usoorchestrator.com.evil.example", False),
        ("example", False),
    ],
)
def test_links_lead_to_the_affiliates_own_hosts_and_the_platforms_shops_only(host: str, may: bool) -> None:
    assert may_link_to(host, {"limo.example"}, "usoorchestrator.com") is may


@pytest.mark.parametrize(
    ("agent", "robot"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/126.0 Safari/537.36", False),
        ("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", True),
        ("facebookexternalhit/1.1", True),
        ("WhatsApp/2.23.20.0", True),
        ("Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)", True),
        ("", True),
        ("   ", True),
    ],
)
def test_robots_are_told_from_people_by_what_they_say(agent: str, robot: bool) -> None:
    assert is_robot(agent) is robot


@given(st.integers(-40 * 86400, 80 * 86400))
def test_an_order_is_the_affiliates_within_the_window_after_the_click(seconds: int) -> None:
    since = timedelta(seconds=seconds)
    found = is_attributed(
        active(), Click(link_id="k", at=NOW), customer_id="carol", at=NOW + since, window=WINDOW
    )
    assert found is (timedelta(0) <= since <= WINDOW)


def test_nobody_earns_on_their_own_orders_or_without_being_active() -> None:
    click = Click(link_id="k", at=NOW)
    mine = active(owner="customer:carol")
    assert not is_attributed(mine, click, customer_id="carol", at=NOW, window=WINDOW)
    assert is_attributed(mine, click, customer_id="dave", at=NOW, window=WINDOW)
    assert not is_attributed(affiliate(), click, customer_id="carol", at=NOW, window=WINDOW)


def test_a_link_covers_its_product_its_shop_or_everything() -> None:
    assert link(product_id="p1").covers(product())
    assert not link(product_id="p1").covers(product("p2"))
    assert link(vendor_id="v1").covers(product("p2"))
    assert not link(vendor_id="v1").covers(product("p2", "v2"))
    assert link().covers(product("p2", "v2"))


def test_a_product_is_shown_under_its_own_link_before_its_shops() -> None:
    shop, own = link(id="aff_1-k1", vendor_id="v1"), link(id="aff_1-k2", product_id="p1")
    assert shown_under([shop, own], product()) == own
    assert shown_under([shop, own], product("p2")) == shop
    assert shown_under([own], product("p2")) is None


def test_the_wrapper_chooses_tokens_for_protocols_and_deep_links_for_the_rest() -> None:
    native = active(manifest_type=ManifestType.UCP)
    assert type_of(native, product_id="p1") is LinkType.SPT
    assert type_of(active(), product_id="p1") is LinkType.DEEP_LINK
    assert type_of(active(), product_id="") is LinkType.DIRECT
    assert link(type=LinkType.SPT).token == "spt_aff_1-k1"
    assert link().token == ""


def test_the_same_link_has_the_same_id() -> None:
    site = Site(url="https://limo.example/", host="limo.example")
    ids = {
        link_id("aff_1", kind, site, product_id=product_id, vendor_id="")
        for kind in LinkType
        for product_id in ("", "p1")
        for _ in range(2)
    }
    assert len(ids) == 6
