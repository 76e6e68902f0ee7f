"""Calls to URLs that others gave us, without letting them reach inside (server-side request forgery).

Names are resolved here, every address is checked, and the connection goes to a checked address: what a name
resolves to a moment later does not matter. No redirects, no proxies, no unlimited answers or waits.
"""

import asyncio
import ipaddress
import socket
from collections.abc import Container, Mapping
from dataclasses import dataclass, field

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from shared.adapters.breakers import Breakers
from shared.errors import InvalidInput, Unavailable
from shared.ports.telemetry import called
from shared.settings import Settings

MAX_URL = 2000
TOO_MANY = 429
_SPECIAL = ipaddress.ip_network("192.0.0.0/24")
"""IETF protocol assignments (RFC 6890), which Python 3.11 takes for global."""
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def check_url(url: str, *, field: str = "url", allow_private: bool = False) -> URL:
    """Return `url` parsed. Raises InvalidInput for one that we would not call, as far as its text tells.

    Use it when a URL is given to us; calling it checks again, and then what its name resolves to.
    """
    try:
        parsed = URL(url)
        port = parsed.port
    except ValueError:
        raise InvalidInput("This is not a URL.", field=field) from None
    if len(url) > MAX_URL or any(character <= " " or character in "\\\x7f" for character in url):
        raise InvalidInput("This is not a URL.", field=field)
    if parsed.scheme != "https" and not (allow_private and parsed.scheme == "http"):
        raise InvalidInput("The URL must begin with https://.", field=field)
    if parsed.user is not None or parsed.password is not None:
        raise InvalidInput("The URL must not contain a user name or password.", field=field)
    if not parsed.raw_host or not port:
        raise InvalidInput("The URL names no host.", field=field)
    if not allow_private:
        _check_literal(parsed.raw_host, field)
    return parsed


def is_public(address: str) -> bool:
    """Say whether an IP address is one of the open internet, whatever it is wrapped in."""
    ip: _Address = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = _embedded(ip)
        if inner is not None:
            return is_public(str(inner))
        if ip.is_site_local:
            return False
    return ip.is_global and ip not in _SPECIAL and not (ip.is_multicast or ip.is_reserved)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the other side answered; a body over the limit is cut off. Names of `headers` have any case."""

    status: int
    body: bytes
    is_whole: bool
    headers: Mapping[str, str] = field(default_factory=dict)


class Outbound:
    """One HTTP client per process, opened on first use.

    Every call names whom it calls, and goes through that one's circuit breaker: not by host, because a host
    that somebody else names may be one that we need ourselves.
    """

    def __init__(
        self, settings: Settings, breakers: Breakers, resolver: AbstractResolver | None = None
    ) -> None:
        self._settings = settings
        self._breakers = breakers
        self._resolver = resolver
        self._session: aiohttp.ClientSession | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    async def post_json(
        self,
        url: str,
        body: bytes,
        headers: Mapping[str, str] | None = None,
        *,
        whom: str,
        field: str = "url",
    ) -> int:
        """POST `body` and return the status, as `call` does."""
        sent = {**(headers or {}), "Content-Type": "application/json", "Accept": "application/json"}
        return (await self.call("POST", url, whom=whom, body=body, headers=sent, field=field)).status

    async def call(
        self,
        method: str,
        url: str,
        *,
        whom: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        field: str = "url",
        expected: Container[int] = (),
        max_bytes: int | None = None,
    ) -> "Answer":
        """Call a URL; the status is 100 to 499, and a redirect is returned, not followed.

        `expected` are failures that are returned as well, for what their body says. Of the answer at most
        `max_bytes` are read, without it as much as the settings say.
        Raises InvalidInput naming `field` for a URL that must not be called, Unavailable when the other side
        fails, is overloaded (429, 5xx) or too slow, and while `whom` is left in peace.
        """
        target = check_url(url, field=field, allow_private=self._settings.allow_private_urls)
        limit = max_bytes or self._settings.max_outbound_bytes
        host = target.host or ""
        told = {"peer.service": whom, "uso.call": method, "server.address": host}
        with called(f"{method} {host}", {**told, "http.request.method": method}) as span:
            with self._breakers.calling(whom):
                try:
                    answer = await self._exchange(method, target, body, headers or {}, limit=limit)
                except _NotPublic:
                    raise InvalidInput("The URL points into a private network.", field=field) from None
                except aiohttp.InvalidURL:
                    raise InvalidInput("This is not a URL.", field=field) from None
                except (aiohttp.ClientError, TimeoutError, OSError) as error:
                    # not from the error: that knows the whole URL and the headers, which may be secrets
                    raise Unavailable(f"{target.host} did not answer ({type(error).__name__}).") from None
                span.attributes["http.response.status_code"] = answer.status
                if answer.status >= 500 and answer.status not in expected:
                    raise Unavailable(f"{target.host} answered {answer.status}.")
            if answer.status == TOO_MANY and TOO_MANY not in expected:
                raise Unavailable(f"{target.host} answered {answer.status}.")
            return answer

    def check(self, whom: str) -> None:
        """Raise Unavailable while `whom` is left in peace."""
        self._breakers.check(whom)

    async def close(self) -> None:
        """Release connections; the next call opens anew."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def _exchange(
        self, method: str, url: URL, body: bytes | None, headers: Mapping[str, str], *, limit: int
    ) -> "Answer":
        asking = self._open().request(method, url, data=body, headers=headers, allow_redirects=False)
        async with asking as response:
            read = bytearray()
            async for piece in response.content.iter_chunked(16 * 1024):
                read += piece
                if len(read) > limit:
                    response.close()
                    break
            return Answer(
                response.status,
                bytes(read[:limit]),
                is_whole=len(read) <= limit,
                headers=response.headers,
            )

    def _open(self) -> aiohttp.ClientSession:
        loop = asyncio.get_running_loop()
        if self._session is None or self._session.closed or self._loop is not loop:
            self._loop = loop  # a session serves one event loop only
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(
                    resolver=self._resolver_in_use(), use_dns_cache=False, limit_per_host=20
                ),
                timeout=aiohttp.ClientTimeout(
                    total=self._settings.outbound_timeout.total_seconds(),
                    sock_connect=self._settings.outbound_connect_timeout.total_seconds(),
                ),
                cookie_jar=aiohttp.DummyCookieJar(),
                # nothing is unpacked: a small answer must not become a huge one; so nothing may be packed
                headers={"Accept-Encoding": "identity"},
                auto_decompress=False,
                trust_env=False,
            )
        return self._session

    def _resolver_in_use(self) -> AbstractResolver:
        inner = self._resolver or aiohttp.ThreadedResolver()
        return inner if self._settings.allow_private_urls else PublicOnly(inner)


class PublicOnly(AbstractResolver):
    """Resolves names, and refuses those of which any address is not public."""

    def __init__(self, inner: AbstractResolver) -> None:
        self._inner = inner

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Return the addresses of `host`, all of them public."""
        found = await self._inner.resolve(host, port, family)
        if not found or not all(is_public(result["host"]) for result in found):
            raise _NotPublic
        return found

    async def close(self) -> None:
        """Release the inner resolver."""
        await self._inner.close()


class _NotPublic(Exception):
    """A name resolves into a private network. Not an OSError, which aiohttp would wrap."""


def _check_literal(host: str, field: str) -> None:
    """Refuse addresses written out that are not public, and all their odd spellings."""
    try:
        public = is_public(host)
    except ValueError:
        # 2130706433, 0x7f.1, 127.1: a host whose last label is a number is an address to some resolver
        last = host.rstrip(".").rpartition(".")[2].lower()
        public = not (last.isdigit() or last.startswith("0x") or last in ("localhost", "internal", "local"))
    if not public:
        raise InvalidInput("The URL points into a private network.", field=field)


def _embedded(ip: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """Return the IPv4 address that an IPv6 one leads to: mapped, 6to4, Teredo or NAT64 (RFC 6052)."""
    if ip in _NAT64:
        return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    if ip.teredo is not None:
        return ip.teredo[1]
    return ip.ipv4_mapped or ip.sixtofour
