import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.test_utils import TestServer
from hypothesis import given
from hypothesis import strategies as st

from shared.adapters.outbound import Outbound, PublicOnly, check_url, is_public
from shared.errors import InvalidInput, Unavailable
from shared.settings import Settings
from tests.breakers import breakers


class Names(AbstractResolver):
    """A DNS whose answers are scripted: each look-up of a name takes the next list of addresses."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        self.asked.append(host)
        addresses = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        kind = {False: socket.AF_INET, True: socket.AF_INET6}
        return [
            ResolveResult(hostname=host, host=one, port=port, family=kind[":" in one], proto=0, flags=0)
            for one in addresses
        ]

    async def close(self) -> None:
        pass


@dataclass
class Partner:
    """A partner's endpoint on this machine."""

    server: TestServer
    bodies: list[bytes] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.server.port}{path}"


@pytest.fixture
async def partner() -> AsyncIterator[Partner]:
    async def answer(request: web.Request) -> web.StreamResponse:
        one.bodies.append(await request.read())
        one.headers.append(dict(request.headers))
        path = request.path
        if path == "/redirect":
            return web.Response(status=302, headers={"Location": "/ok"})
        if path == "/slow":
            await asyncio.sleep(5)
        if path == "/endless":
            response = web.StreamResponse()
            await response.prepare(request)
            try:
                while True:
                    await response.write(b"x" * 65536)
            except ConnectionError:
                return response
        return web.Response(status=int(path[1:]) if path[1:].isdigit() else 200)

    application = web.Application()
    application.router.add_route("*", "/{tail:.*}", answer)
    one = Partner(TestServer(application))
    await one.server.start_server()
    yield one
    await one.server.close()


@pytest.fixture
async def local() -> AsyncIterator[Outbound]:
    outbound = Outbound(Settings(allow_private_urls=True, max_outbound_bytes=100_000), breakers())
    yield outbound
    await outbound.close()


PRIVATE = [
    "127.0.0.1",
    "127.8.8.8",
    "0.0.0.0",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "192.0.0.8",
    "198.18.0.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::1",
    "::",
    "::ffff:127.0.0.1",
    "::ffff:a9fe:a9fe",
    "fe80::1",
    "fe80::1%eth0",
    "fc00::1",
    "fd00:ec2::254",
    "fec0::1",
    "ff02::1",
    "64:ff9b::7f00:1",
    "2002:7f00:1::",
    "2001:0:4136:e378:8000:63bf:80ff:fffe",
]


@pytest.mark.parametrize("address", PRIVATE)
def test_private_addresses_are_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "1.1.1.1", "2606:4700:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]
)
def test_addresses_of_the_open_internet_are_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        *(f"https://[{one}]/" if ":" in one else f"https://{one}/" for one in PRIVATE if "%" not in one),
        "https://2130706433/",
        "https://0x7f000001/",
        "https://0x7f.1/",
        "https://127.1/",
        "https://0177.0.0.1/",
        "https://127.0.0.1./",
        "https://127.0.0.1:443/",
        "https://\uff11\uff12\uff17.0.0.1/",  # full-width digits
        "https://localhost/",
        "https://api.localhost/",
        "https://metadata.google.internal/",
        "https://printer.local./",
        "http://example.com/",
        "ftp://example.com/",
        "file:///etc/passwd",
        "gopher://example.com/",
        "https://user:pass@example.com/",
        "https://example.com@127.0.0.1/",
        "https://127.0.0.1@example.com/",
        "https://example.com\\@127.0.0.1/",
        "https://example.com /",
        "https://exam\nple.com/",
        "https://example.com:99999/",
        "https://example.com:0/",
        "https://",
        "https:///path",
        "//example.com/",
        "example.com",
        "",
        "https://[::1",
        "https://example.com/" + "a" * 2000,
    ],
)
def test_a_url_that_leads_inside_is_refused_by_name_of_its_field(url: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        check_url(url, field="channel.address")
    assert caught.value.field == "channel.address"


@pytest.mark.parametrize(
    "url",
    ["https://example.com", "https://example.com:8443/hook?a=b", "https://8.8.8.8/", "https://münchen.de/"],
)
def test_a_public_url_is_accepted(url: str) -> None:
    assert check_url(url).scheme == "https"


@given(url=st.text(max_size=60) | st.text(max_size=40).map("https://".__add__))
def test_arbitrary_texts_are_urls_or_bad_input(url: str) -> None:
    with contextlib.suppress(InvalidInput):
        assert check_url(url).scheme == "https"


@pytest.mark.parametrize("addresses", [["127.0.0.1"], ["8.8.8.8", "10.0.0.1"], ["::ffff:127.0.0.1"], []])
async def test_a_name_that_resolves_inside_is_not_called(partner: Partner, addresses: list[str]) -> None:
    outbound = Outbound(Settings(), breakers(), Names(addresses))
    with pytest.raises(InvalidInput, match="private"):
        await outbound.post_json(f"https://partner.example:{partner.server.port}/ok", b"{}", whom="partner")
    await outbound.close()
    assert partner.bodies == []


async def test_every_look_up_is_checked_so_that_a_name_cannot_turn_inside_later() -> None:
    names = PublicOnly(Names(["8.8.8.8"], ["127.0.0.1"]))
    assert [found["host"] for found in await names.resolve("partner.example", 443)] == ["8.8.8.8"]
    with pytest.raises(Exception, match=r"^$"):
        await names.resolve("partner.example", 443)


async def test_the_connection_goes_to_the_address_that_was_looked_up_once(partner: Partner) -> None:
    names = Names(["127.0.0.1"])
    outbound = Outbound(Settings(allow_private_urls=True), breakers(), names)
    assert await outbound.post_json(partner.url("/ok", host="partner.example"), b"{}", whom="partner") == 200
    await outbound.close()
    assert names.asked == ["partner.example"]
    assert partner.headers[0]["Host"].startswith("partner.example:")


async def test_a_body_arrives_as_it_is_with_our_headers(partner: Partner, local: Outbound) -> None:
    assert await local.post_json(partner.url("/ok"), b'{"a": 1}', {"webhook-id": "m1"}, whom="partner") == 200
    assert partner.bodies == [b'{"a": 1}']
    assert partner.headers[0]["webhook-id"] == "m1"
    assert partner.headers[0]["Content-Type"] == "application/json"


async def test_nothing_packed_is_asked_for_because_nothing_is_unpacked(
    partner: Partner, local: Outbound
) -> None:
    """A proxy that packs answers for whoever takes them would send what nobody here reads."""
    answer = await local.call("GET", partner.url("/ok"), whom="partner")
    assert partner.headers[0]["Accept-Encoding"] == "identity"
    assert answer.headers["server"] == answer.headers["Server"]


async def test_a_redirect_is_told_and_not_followed(partner: Partner, local: Outbound) -> None:
    assert await local.post_json(partner.url("/redirect"), b"{}", whom="partner") == 302
    assert len(partner.bodies) == 1


@pytest.mark.parametrize("status", [204, 400, 404, 410])
async def test_the_partners_status_is_returned(partner: Partner, local: Outbound, status: int) -> None:
    assert await local.post_json(partner.url(f"/{status}"), b"{}", whom="partner") == status


@pytest.mark.parametrize("path", ["/500", "/503", "/429"])
async def test_a_failing_partner_is_unavailable(partner: Partner, local: Outbound, path: str) -> None:
    with pytest.raises(Unavailable):
        await local.post_json(partner.url(path), b"{}", whom="partner")


async def test_a_slow_partner_is_unavailable(partner: Partner) -> None:
    hurried = Outbound(Settings(allow_private_urls=True, outbound_timeout=timedelta(seconds=0.5)), breakers())
    with pytest.raises(Unavailable):
        await hurried.post_json(partner.url("/slow"), b"{}", whom="partner")
    await hurried.close()


async def test_a_failure_that_is_expected_is_returned(partner: Partner, local: Outbound) -> None:
    assert (await local.call("POST", partner.url("/429"), whom="partner", expected={429})).status == 429
    with pytest.raises(Unavailable):
        await local.call("POST", partner.url("/503"), whom="partner", expected={429})


async def test_an_endless_answer_is_cut_off(partner: Partner, local: Outbound) -> None:
    assert await local.post_json(partner.url("/endless"), b"{}", whom="partner") == 200


async def test_nobody_listening_is_unavailable(local: Outbound) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(Unavailable):
        await local.post_json(f"http://127.0.0.1:{port}/", b"{}", whom="partner")


async def test_one_session_serves_all_calls_and_opens_again_after_closing(
    partner: Partner, local: Outbound
) -> None:
    await local.post_json(partner.url("/ok"), b"{}", whom="partner")
    session = local._session
    await local.post_json(partner.url("/ok"), b"{}", whom="partner")
    assert local._session is session
    await local.close()
    assert await local.post_json(partner.url("/ok"), b"{}", whom="partner") == 200
