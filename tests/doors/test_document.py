"""The document against the running app, over HTTP: what it promises is what the doors do, whatever is sent.

Every operation is called as a persona that may, mostly about things that are really there.
"""

import asyncio
import os
import re
import threading
import zlib
from collections.abc import Iterator
from concurrent.futures import Future
from json import dumps
from pathlib import Path

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance

from tests.doors.stage import SHOP_A, Stage, staged
from tests.harness import Caller, running
from triggers.routes import ROUTES
from triggers.web.openapi import describe

EXAMPLES = 8
IS_NIGHT = os.environ.get("USO_NIGHTLY") == "1"
MEANS_NOTHING = re.compile(
    "I do not know where this is|no IANA time zone|deadline has passed|There is no product"
    "|Give both latitude and longitude|Give either product_id or text|Say whose products|Name a partner"
    "|What shall I (wait for|buy)|What is the occasion|at least one step|either write a text or choose"
    "|a price is between|a counter-offer, and only it|There are [0-9]+ suggestions|There is no change here"
    "|name (a time|at least)|the window is empty|a text says something|is not a variable|a brace stands alone"
    "|no such leg|Only an admin says|a split, and only a split|a row that proposes|over and under these"
    "|the address does not fit its kind"
    r"|\bURL\b|The link must lead to|There is no vendor|Name a product or a vendor|Only an affiliate with a"
    "|A UCP or ACP affiliate|A fixed commission has|A share of the value|Hand in at least|The most is"
    "|There are two r|A rule names a|There is no region|A table cannot begin|no commission of an order"
    "|levels deep|without an offset|by an amount or by percent|have a button|^image_url: |The span is at most"
    "|The (mandate|proof|key) is refused"
    "|not of this customer|This day has not come"
    "|There is no s(uch supplier|imulated partner)|The shop does not sell|no continuation of a list"
    r"|^address\.|What was asked is"
)
"""Well-formed but meaningless: what no schema can say, and a refusal may still be about."""
A_BLANK_TO_SOME = "\x85"
"""Blank to Unicode, as the app reads it, and not to the regular expressions of JSON Schema."""
PERSONAS = {route.name: sorted(route.personas) for route in ROUTES}


class Served:
    """The staged app in a thread of its own, for a client that blocks."""

    def __init__(self, data: Path) -> None:
        self._data = data
        self._stage: Future[Stage] = Future()
        self._loop = asyncio.new_event_loop()
        self._stop = asyncio.Event()
        self._thread = threading.Thread(target=self._loop.run_until_complete, args=(self._serve(),))

    async def _serve(self) -> None:
        try:
            async with running(self._data) as world:
                self._stage.set_result(await staged(world, self._data))
                await self._stop.wait()
        except BaseException as error:
            if not self._stage.done():
                self._stage.set_exception(error)
            raise

    def __enter__(self) -> Stage:
        self._thread.start()
        return self._stage.result(60)

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(30)
        self._loop.close()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with Served(tmp_path_factory.mktemp("served") / "data") as stage:
        yield stage


schema = schemathesis.openapi.from_dict(describe(ROUTES))
# the nightly profile sends the edges of every field as well: some eighty more calls per door
schema.config.phases.update(
    phases=["examples", "coverage", "fuzzing"] if IS_NIGHT else ["examples", "fuzzing"]
)


def caller_for(stage: Stage, operation_id: str) -> Caller:
    """One who may."""
    world = stage.world
    callers = {"customer": world.customer(), "partner": world.partner(SHOP_A), "admin": world.admin()}
    return next((callers[each] for each in PERSONAS[operation_id] if each in callers), world.nobody())


def about_what_is_there(case: schemathesis.Case, stage: Stage) -> None:
    """Two well-formed cases in three are about the staged things; what deletes gets none of them."""
    sent = repr((case.path_parameters, case.body, case.query)).encode()
    if not is_positive(case) or case.method == "DELETE" or zlib.crc32(sent) % 3 == 0:
        return
    if case.path_parameters:
        case.path_parameters = {name: stage.ids[name] for name in case.path_parameters}
    if isinstance(case.body, dict):
        for item in case.body.get("items") or ():
            item["id"] = ("demo-red-flowers", "white-glove-baby", "grand-evening")[zlib.crc32(sent) % 5 % 3]
        for name, known in (("order_id", "order_id"), ("leg_id", "leg_id")):
            if case.body.get(name) is not None:
                case.body[name] = stage.ids[known]
        if zlib.crc32(sent) % 2 and "deliver_by" in case.body:
            case.body["deliver_by"] = "2026-05-06T22:00:00Z"


def is_positive(case: schemathesis.Case) -> bool:
    """Say whether the case is what the document allows."""
    return case.meta is None or case.meta.generation.mode is GenerationMode.POSITIVE


@pytest.mark.filterwarnings("ignore:Generating overly large repr")  # of a failing example; it would hide it
@schema.parametrize()
@settings(
    max_examples=EXAMPLES,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
def test_the_running_app_does_what_its_document_says(case: schemathesis.Case, served: Stage) -> None:
    about_what_is_there(case, served)
    caller = caller_for(served, case.operation.definition.raw["operationId"])
    headers = {"Authorization": f"Bearer {caller.token}"} if caller.token else {}
    answer = case.call(base_url=served.world.host.url, headers=headers)
    if answer.status_code in (404, 405) and "X-Request-Id" not in answer.headers:
        return  # the host has no such path or method; no door was reached
    case.validate_response(answer, excluded_checks=[positive_data_acceptance])
    if is_positive(case) and answer.status_code == 400:
        problem = answer.json()
        assert problem["errors"], "a refusal names the field"
        sent = dumps(case.body, ensure_ascii=False, default=str)
        expected = MEANS_NOTHING.search(problem["detail"]) or A_BLANK_TO_SOME in sent
        assert expected, (case.as_curl_command(), problem)
