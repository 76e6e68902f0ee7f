"""The way of every request to Open-Meteo: counted, tried twice, its errors translated."""

from collections.abc import Mapping
from typing import TypeVar

from pydantic import BaseModel, SecretStr, ValidationError
from yarl import URL

from shared.adapters.open_meteo.answers import DAILY, DailyAnswer, MetaAnswer, Refusal
from shared.adapters.open_meteo.calls import Calls, Spent
from shared.adapters.outbound import TOO_MANY, Answer, Outbound
from shared.domain.places import GeoPoint
from shared.errors import InvalidInput, Unavailable

M = TypeVar("M", bound=BaseModel)
FORECAST_DAYS = 16
"""The API's horizon, today included."""
PAST_DAYS = 1
"""Yesterday as well: where it is still yesterday for whoever asks from farther west."""

WEIGHT = max(1.0, (FORECAST_DAYS + PAST_DAYS) / 14)
"""Calls that a request for so many days counts for: beyond two weeks, more than one."""

_FORECASTS, _RUNS = "Open-Meteo", "Open-Meteo's metadata"
"""Apart, for the circuit breaker: while nobody knows the latest run, forecasts are still to be had."""

_JSON = {"Accept": "application/json"}


class Client:
    """Asks the API at `url`; `key` is a customer's."""

    def __init__(self, outbound: Outbound, calls: Calls, *, url: str, key: SecretStr | None) -> None:
        self._outbound = outbound
        self._calls = calls
        self._url = URL(url)
        self._key = key

    async def daily(self, point: GeoPoint) -> DailyAnswer:
        """Return all days that are forecast at `point`, local ones.

        Raises Unavailable, and of these Spent for want of calls.
        """
        query = {
            "latitude": f"{point.latitude:g}",
            "longitude": f"{point.longitude:g}",
            "daily": ",".join(DAILY),
            "timezone": "auto",
            "forecast_days": str(FORECAST_DAYS),
            "past_days": str(PAST_DAYS),
        }
        return await self._ask("v1/forecast", query, DailyAnswer, whom=_FORECASTS, weight=WEIGHT)

    async def meta(self, model: str) -> MetaAnswer:
        """Return when a model last ran. It does not count as a call. Raises Unavailable."""
        return await self._ask(f"data/{model}/static/meta.json", {}, MetaAnswer, whom=_RUNS, weight=0)

    async def _ask(
        self, path: str, query: Mapping[str, str], model: type[M], *, whom: str, weight: float
    ) -> M:
        """Ask, and once again when there is no answer: reading twice does no harm."""
        try:
            answer = await self._once(path, query, whom, weight)
        except Spent:
            raise
        except Unavailable:
            answer = await self._once(path, query, whom, weight)
        return _read(answer, model)

    async def _once(self, path: str, query: Mapping[str, str], whom: str, weight: float) -> Answer:
        self._outbound.check(whom)  # nothing is spent on a call that is not made
        if weight:
            await self._calls.spend(weight)
        secret = {} if self._key is None else {"apikey": self._key.get_secret_value()}
        url = (self._url / path).with_query({**query, **secret})
        try:
            answer = await self._outbound.call("GET", str(url), whom=whom, headers=_JSON, expected={TOO_MANY})
        except InvalidInput as error:
            raise Unavailable(f"Open-Meteo cannot be reached: {error.detail}") from None
        if answer.status == TOO_MANY:
            reason = _reason(answer)
            await self._calls.exhaust(reason)
            raise Spent(f"Open-Meteo takes no more calls: {reason}")
        return answer


def _read(answer: Answer, model: type[M]) -> M:
    if answer.status != 200 or not answer.is_whole:
        raise Unavailable(f"Open-Meteo answered {answer.status}: {_reason(answer)}")
    try:
        return model.model_validate_json(answer.body)
    except ValidationError as error:
        if (reason := _reason(answer)) != _NO_REASON:
            raise Unavailable(f"Open-Meteo refused: {reason}") from None
        where = ".".join(map(str, error.errors(include_url=False, include_input=False)[0]["loc"]))
        raise Unavailable(f"Open-Meteo's answer is not understood (at {where or 'the top'}).") from None


_NO_REASON = "it gives no reason."


def _reason(answer: Answer) -> str:
    """Why it was refused, in Open-Meteo's words."""
    if not answer.is_whole:
        return "more than is read."
    try:
        return Refusal.model_validate_json(answer.body).reason[:200] or _NO_REASON
    except ValidationError:
        return _NO_REASON
