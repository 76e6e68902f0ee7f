"""Keeps other web sites away from the host's own pages, which have no password."""

from collections.abc import Awaitable, Callable
from ipaddress import ip_address
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Middleware

from devhost.keys import Keys

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def problem(status: int, title: str, **members: object) -> web.Response:
    """Return an RFC 9457 problem."""
    return web.json_response(
        {"type": "about:blank", "title": title, "status": status, **members},
        status=status,
        content_type="application/problem+json",
    )


def make_guard(keys: Keys, bound: str) -> Middleware:
    """Make the middleware that protects what has no password: the host's pages and the durable API.

    Both answer to this machine alone; a request that brings the system key may use the durable API from
    anywhere, as it may on Azure.
    """

    @web.middleware
    async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
        own = _below(request.path, "/devhost")
        durable = _below(request.path, "/runtime")
        if own or (durable and not keys.allow_durable(request.query.get("code"))):
            refusal = _refusal(request, bound)
            if refusal is not None:
                return problem(403, refusal)
        return await handler(request)

    return guard


def _below(path: str, prefix: str) -> bool:
    return path == prefix or path.startswith(prefix + "/")


def _refusal(request: web.Request, bound: str) -> str | None:
    # A name that resolves to this machine must not open it (DNS rebinding).
    if not is_local(request.headers.get("Host", ""), bound):
        return "this part of the host answers to 127.0.0.1 and localhost only"
    if request.method not in ("GET", "HEAD") and is_cross_site(request):
        return "this request came from another site"
    return None


def is_local(host_header: str, bound: str = "127.0.0.1") -> bool:
    """Say whether a Host header names this machine itself, or the very address it was told to listen on."""
    try:
        name = (urlsplit(f"//{host_header}").hostname or "").lower()
    except ValueError:
        return False
    if name == "localhost" or name.endswith(".localhost") or name == bound.lower():
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False


def is_cross_site(request: web.Request) -> bool:
    """Say whether a browser sent this on behalf of another site. Tools send neither header."""
    if request.headers.get("Sec-Fetch-Site", "none") not in ("same-origin", "none"):
        return True
    origin = request.headers.get("Origin")
    return origin is not None and urlsplit(origin).netloc != request.headers.get("Host")
