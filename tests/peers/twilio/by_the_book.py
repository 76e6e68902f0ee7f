"""Twilio's own document between an app and the peer: only what it allows passes, there and back.

Prism (npm) reads `openapi.json`, a cut of Twilio's OpenAPI document, which says whose it is.
It needs Node and `npm ci` in `tests/peers`, so tests that use it are marked `wire`.
"""

import asyncio
import contextlib
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

HERE = Path(__file__).parent
PRISM = HERE.parent / "node_modules" / "@stoplight" / "prism-cli" / "dist" / "index.js"
_LISTENING = "listening on "


@contextlib.asynccontextmanager
async def by_the_book(peer_url: str) -> AsyncIterator[str]:
    """Yield a URL before the peer's. What the document does not allow is a 422, on its way back a 500."""
    node = shutil.which("node")
    assert node is not None, "Prism needs Node.js 20 or newer"
    assert PRISM.is_file(), "Prism needs `npm ci` in tests/peers"
    prism = await asyncio.create_subprocess_exec(
        *(node, str(PRISM), "proxy", str(HERE / "openapi.json"), peer_url),
        *("--errors", "--host", "127.0.0.1", "--port", "0"),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    assert prism.stdout is not None
    try:
        url = await _url(prism.stdout)
        reading = asyncio.create_task(prism.stdout.read())  # or else its log fills the pipe
        yield url
    finally:
        with contextlib.suppress(ProcessLookupError):
            prism.kill()
        await prism.wait()
    await reading


async def _url(said: asyncio.StreamReader) -> str:
    heard: list[str] = []
    async for line in said:
        heard.append(line.decode())
        if _LISTENING in heard[-1]:
            return heard[-1].rpartition(_LISTENING)[2].strip()
    raise AssertionError("Prism did not start: " + "".join(heard))
