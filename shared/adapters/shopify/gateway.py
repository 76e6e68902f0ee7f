"""The way of every call to Shopify: one POST, its errors translated, throttling waited out once."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, SecretStr, ValidationError

from shared.adapters.outbound import Outbound
from shared.adapters.shopify.answers import ThrottleStatus
from shared.errors import InvalidInput, Unavailable

M = TypeVar("M", bound=BaseModel)
MOST_PATIENCE = 5.0
"""Seconds that are waited for points to come back, once per call."""
THROTTLED = "THROTTLED"


class _Error(BaseModel):
    message: str
    extensions: dict[str, Any] = {}


class _Cost(BaseModel):
    requestedQueryCost: float = 0  # noqa: N815
    throttleStatus: ThrottleStatus  # noqa: N815


class _Extensions(BaseModel):
    cost: _Cost | None = None


class _Answer(BaseModel):
    data: dict[str, Any] | None = None
    errors: list[_Error] = []
    extensions: _Extensions = _Extensions()


class Gateway:
    """Asks. `url` is the shop's `.../admin/api/{version}/graphql.json`."""

    def __init__(self, outbound: Outbound, url: str, token: SecretStr) -> None:
        self._outbound = outbound
        self._url = url
        self._token = token

    async def ask(self, document: str, name: str, variables: Mapping[str, Any], field: str) -> Any:
        """Return `field` of the answer's data, None where there is none. Raises Unavailable."""
        answer = await self._once(document, name, variables)
        if _is_throttled(answer):
            await asyncio.sleep(_pause(answer))
            answer = await self._once(document, name, variables)
        if answer.errors or answer.data is None:
            raise Unavailable(f"Shopify refused {name}: {_words(answer)}")
        return answer.data.get(field)

    async def _once(self, document: str, name: str, variables: Mapping[str, Any]) -> _Answer:
        body = json.dumps({"query": document, "operationName": name, "variables": variables}).encode()
        headers = {
            "X-Shopify-Access-Token": self._token.get_secret_value(),
            "Content-Type": "application/json",
            "Accept": "application/json",
        }
        try:
            answer = await self._outbound.call("POST", self._url, whom="Shopify", body=body, headers=headers)
        except InvalidInput as error:
            raise Unavailable(f"Shopify cannot be reached: {error.detail}") from error
        if answer.status != 200 or not answer.is_whole:
            raise Unavailable(f"Shopify answered {answer.status} to {name}.")
        return read(_Answer, answer.body, name)


def read(model: type[M], value: Any, name: str) -> M:
    """Parse what was answered. Raises Unavailable for something else than expected."""
    try:
        return model.model_validate_json(value) if isinstance(value, bytes) else model.model_validate(value)
    except ValidationError as error:
        where = ".".join(map(str, error.errors(include_url=False, include_input=False)[0]["loc"]))
        raise Unavailable(f"Shopify's answer to {name} is not understood (at {where}).") from None


def _is_throttled(answer: _Answer) -> bool:
    return any(error.extensions.get("code") == THROTTLED for error in answer.errors)


def _pause(answer: _Answer) -> float:
    cost = answer.extensions.cost
    if cost is None:
        return 1.0
    missing = max(0.0, cost.requestedQueryCost - cost.throttleStatus.currentlyAvailable)
    return min(MOST_PATIENCE, missing / cost.throttleStatus.restoreRate)


def _words(answer: _Answer) -> str:
    return "; ".join(error.message[:200] for error in answer.errors[:3]) or "no data"
