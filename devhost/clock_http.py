"""The endpoints that show and move the clock."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import isodate
from aiohttp import web

from devhost.advance import BackwardsError, Conductor, NeverSettlesError, NotVirtualError
from devhost.clock import parse_instant
from devhost.errors import HostError
from devhost.guard import problem

Goal = Callable[[datetime], datetime]

_LONGEST_WAIT = 600.0
_FARTHEST = timedelta(days=10 * 365)


class FieldError(HostError):
    """A field of a request's body is wrong."""

    def __init__(self, field: str, message: str) -> None:
        self.field = field
        super().__init__(message)


def add_clock_routes(app: web.Application, conductor: Conductor) -> None:
    """Mount `/devhost/clock` and `/devhost/idle`."""

    async def show(_: web.Request) -> web.Response:
        return web.json_response(_state(conductor))

    async def move(request: web.Request) -> web.Response:
        try:
            stops = await conductor.advance(_within_reach(_goal(await _body(request))))
        except FieldError as error:
            return problem(400, str(error), field=error.field)
        except (NotVirtualError, BackwardsError) as error:
            return problem(409, str(error))
        except NeverSettlesError as error:
            return problem(508, str(error))
        return web.json_response({"now": _text(conductor.now()), "fired": stops})

    async def idle(request: web.Request) -> web.Response:
        try:
            timeout = _timeout(await _body(request))
        except FieldError as error:
            return problem(400, str(error), field=error.field)
        settled = await conductor.settle(timeout)
        return web.json_response({"idle": settled, "now": _text(conductor.now())})

    app.router.add_get("/devhost/clock", show)
    app.router.add_post("/devhost/clock", move)
    app.router.add_post("/devhost/idle", idle)


def _state(conductor: Conductor) -> dict[str, Any]:
    due = conductor.next_due()
    return {
        "mode": conductor.mode,
        "now": _text(conductor.now()),
        "next_due": _text(due) if due else None,
        "idle": conductor.idle(),
    }


def _text(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


async def _body(request: web.Request) -> dict[str, Any]:
    text = await request.text()
    try:
        body = await request.json() if text else {}
    except ValueError as error:
        raise FieldError("", f"the body is not JSON: {error}") from error
    if not isinstance(body, dict):
        raise FieldError("", "the body must be a JSON object")
    return body


def _within_reach(goal: Goal) -> Goal:
    """Refuse a leap in which hourly work would fall due more often than anyone waits for."""

    def checked(now: datetime) -> datetime:
        target = goal(now)
        if target - now > _FARTHEST:
            raise FieldError("to", f"one call moves the clock by at most {_FARTHEST.days // 365} years")
        return target

    return checked


def _goal(body: dict[str, Any]) -> Goal:
    if ("advance" in body) == ("to" in body):
        raise FieldError(
            "advance", 'give either "advance", as in "P7D", or "to", as in "2026-05-07T09:00:00Z"'
        )
    if "advance" in body:
        return parse_advance(body["advance"])
    target = _instant(body["to"])
    return lambda _: target


def _instant(value: Any) -> datetime:
    try:
        return parse_instant(value)
    except (ValueError, AttributeError, OverflowError) as error:
        raise FieldError("to", f"'{value}' is no instant: write it as in '2026-05-07T09:00:00Z'") from error


def parse_advance(value: Any) -> Goal:
    """Turn an ISO 8601 duration into a function of the instant it starts at."""
    try:
        span = isodate.parse_duration(value)
    except (isodate.ISO8601Error, TypeError, ValueError, OverflowError) as error:
        raise FieldError("advance", f"'{value}' is no duration: write it as in 'P7D' or 'PT15M'") from error
    if isinstance(span, timedelta) and span < timedelta(0):
        raise BackwardsError("the clock never goes back")

    def goal(now: datetime) -> datetime:
        try:
            moved: datetime = now + span
        except (OverflowError, ValueError) as error:
            raise FieldError("advance", f"'{value}' leads beyond the end of the calendar") from error
        return moved

    return goal


def _timeout(body: dict[str, Any]) -> float:
    value = body.get("timeout", 30)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= _LONGEST_WAIT:
        raise FieldError("timeout", f"the timeout must be a number of seconds from 0 to {_LONGEST_WAIT:.0f}")
    return float(value)
