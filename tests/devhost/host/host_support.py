"""Runs small apps, written as text in the tests, in a host of their own."""

import contextlib
import sys
import textwrap
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
from yarl import URL

from devhost.host import running_host
from devhost.options import HostOptions
from devhost.running import Host

START = datetime(2026, 5, 1, 9, 0, tzinfo=UTC)
HEADER = """
import asyncio, json, logging, os, pathlib
import azure.functions as func
import azure.durable_functions as df
app = df.DFApp(http_auth_level=func.AuthLevel.ANONYMOUS)
seen = []
"""


class Running:
    """A host in this process with a client that speaks to it."""

    def __init__(self, host: Host, client: aiohttp.ClientSession) -> None:
        self.host = host
        self.client = client

    @property
    def seen(self) -> list[Any]:
        """Return what the app's functions noted."""
        return sys.modules["function_app"].seen

    async def request(self, method: str, path: str, **options: Any) -> tuple[int, str, Any]:
        url = URL(self.host.url + path, encoded=True)
        async with self.client.request(method, url, allow_redirects=False, **options) as response:
            return response.status, (await response.read()).decode(errors="replace"), response.headers

    async def get(self, path: str, **options: Any) -> tuple[int, str]:
        status, body, _ = await self.request("GET", path, **options)
        return status, body

    async def post(self, path: str, **options: Any) -> tuple[int, str]:
        status, body, _ = await self.request("POST", path, **options)
        return status, body


def write_app(folder: Path, code: str, *, header: str = HEADER, **files: str) -> Path:
    """Write an app's files; the code follows HEADER unless `header` says otherwise.

    A double underscore in the name of a file stands for the dot.
    """
    folder.mkdir(exist_ok=True, parents=True)
    (folder / "function_app.py").write_text(header + textwrap.dedent(code))
    for file, content in files.items():
        (folder / file.replace("__", ".")).write_text(textwrap.dedent(content))
    return folder


@contextlib.asynccontextmanager
async def run(app: Path, **changes: Any) -> AsyncIterator[Running]:
    """Run an app on the virtual clock, unless told otherwise."""
    options = HostOptions(app=app, port=0, clock="virtual", start_at=START)
    options = replace(options, **changes)
    async with running_host(options) as host, aiohttp.ClientSession() as client:
        yield Running(host, client)
