"""(d) How long chat and discover take over HTTP, with the shipped catalogue and with 50,000 products."""

import asyncio
import contextlib
import math
import tempfile
import time
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlencode

from shared.bootstrap import bootstrap
from shared.settings import Settings
from tools.api import Api
from tools.bench.big_catalogue import fill
from tools.bench.figures import Figure, median, percentile
from tools.place import Place
from tools.spawn import spawned_app
from tools.tokens import issue

REQUESTS = 300
WARM_UP = 30
AIMS_MS = {0: 15, 50_000: 50}
SENTENCES = (
    "red roses",
    "pink flowers for my mom by Saturday",
    "a birthday cake for ten people, under $80",
    "chocolate truffles",
    "a relaxing massage for my wife on Friday",
    "something nice for our anniversary",
    "balloons and a cake for a party tomorrow at 5 pm",
    "wine and cheese delivered tonight",
    "a teddy bear for a newborn",
    "dinner for two downtown on Thursday",
)


def measure() -> list[Figure]:
    """Ask both doors, with either catalogue."""
    return [figure for extra, aim in AIMS_MS.items() for figure in _with_catalogue(extra, aim)]


def _with_catalogue(extra: int, aim: float) -> list[Figure]:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        data = Path(folder)
        size = asyncio.run(_prepare(data, extra))
        with spawned_app(data, clock="real") as app, contextlib.closing(Api(app.url)) as api:
            token = issue(data, persona="customer", id="alice")
            first = _ask(api, "discover", SENTENCES[0], token)
            return [
                Figure(name=f"first answer, {size:,} products", ours=first, unit="ms"),
                *_figures("chat", size, _times(api, "chat", token), aim),
                *_figures("discover", size, _times(api, "discover", token), aim),
            ]


def _ask(api: Api, door: str, sentence: str, token: str) -> float:
    """Return the milliseconds to an answer, NaN for one that is no success."""
    began = time.perf_counter()
    if door == "chat":
        status, _ = api.send("POST", "/api/v1/chat", {"text": sentence}, token=token)
    else:
        status, _ = api.send("GET", f"/api/v1/discover?{urlencode({'intent': sentence})}", token=token)
    return (time.perf_counter() - began) * 1000 if status == HTTPStatus.OK else math.nan


async def _prepare(data: Path, extra: int) -> int:
    app = bootstrap(Settings(data_dir=Place(data=data, port=0).uso))
    try:
        await app.catalogue.seed()
        await app.catalogue.refresh()
        await fill(app, extra)
        return len(app.catalogue.index.products)
    finally:
        await app.store.close()


def _times(api: Api, door: str, token: str) -> list[float]:
    rounds = range(WARM_UP + REQUESTS)
    return [_ask(api, door, SENTENCES[n % len(SENTENCES)], token) for n in rounds][WARM_UP:]


def _figures(door: str, size: int, taken: list[float], aim: float) -> list[Figure]:
    good = [each for each in taken if not math.isnan(each)]
    failed = len(taken) - len(good)
    figures = [
        Figure(name=f"{door} p50, {size:,} products", ours=median(good), unit="ms", aim=aim),
        Figure(name=f"{door} p99, {size:,} products", ours=percentile(good, 0.99), unit="ms"),
    ]
    if failed:
        figures.append(Figure(name=f"{door} failures, {size:,} products", ours=failed, unit="", aim=0))
    return figures
