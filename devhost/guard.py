"""Keeps other web sites away from the host's own pages, which have no password."""

from collections.abc import Awaitable, Callable
from ipaddress import ip_address
from urllib.parse import urlsplit

from aiohttp import web

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def problem(status: int, title: str, **members: object) -> web.Response:
    """Return an RFC 9457 problem."""
    return web.json_response(
        {"type": "about:blank", "title": title, "status": status, **members},
        status=status,
        content_type="application/problem+json",
    )


@web.middleware
async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse what a page of another site makes the user's browser send to `/devhost`."""
    if request.path == "/devhost" or request.path.startswith("/devhost/"):
        # A name that resolves to this machine must not open it (DNS rebinding).
        if not is_loopback(request.headers.get("Host", "")):
            return problem(403, "the host's own pages answer to 127.0.0.1 and localhost only")
        if request.method not in ("GET", "HEAD") and is_cross_site(request):
            return problem(403, "this request came from another site")
    return await handler(request)


def is_loopback(host_header: str) -> bool:
    """Say whether a Host header names this machine itself."""
    try:
        name = (urlsplit(f"//{host_header}").hostname or "").lower()
    except ValueError:
        return False
    if name == "localhost" or name.endswith(".localhost"):
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
