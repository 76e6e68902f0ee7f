"""The one way to OpenAI: within its time, tokens and the day's money, typed, and kept with what it cost."""

import asyncio
import base64
import importlib
import json
import logging
import time
from collections.abc import Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel

from shared.adapters.breakers import Breakers
from shared.adapters.openai_language.prices import Prices, Usage
from shared.adapters.openai_language.prompts import Prompt
from shared.adapters.openai_language.till import Reservation, Till
from shared.adapters.per_loop import PerLoop
from shared.domain.ids import fresh
from shared.domain.model_calls import CallOutcome, ModelCall, Use
from shared.errors import Unavailable, UsoError
from shared.ports.carriers import Media
from shared.ports.clock import Clock
from shared.settings import Settings

if TYPE_CHECKING:
    from azure.core.credentials_async import AsyncTokenCredential
    from openai.types.responses import ParsedResponse, ResponseInputParam

    from shared.adapters.openai_language.sdk import Opened

T = TypeVar("T", bound=BaseModel)
PARTY = "OpenAI"
NOTHING = Usage()
UNBILLED = frozenset({CallOutcome.REJECTED, CallOutcome.THROTTLED})
_AROUND_TEXT = 2_000
"""Bytes of a request that are neither instructions nor material nor form, at the most."""
_OF_A_PICTURE = 6_000
"""Tokens of one picture, at the most."""
_TO_KEEP = 1.0
"""Seconds after a call in which it is written down."""
_log = logging.getLogger(__name__)


class NoProposal(Unavailable):
    """The model did not help; `outcome` says how."""

    def __init__(self, outcome: CallOutcome) -> None:
        super().__init__(f"The language model did not help ({outcome}).")
        self.outcome = outcome


class Desk:
    """Asks for one use at a time. `prompts` are those of the uses that are switched on."""

    def __init__(
        self,
        settings: Settings,
        prompts: Mapping[Use, Prompt],
        prices: Prices,
        till: Till,
        breakers: Breakers,
        clock: Clock,
        identity: "AsyncTokenCredential | None" = None,
    ) -> None:
        self._settings = settings
        self._prompts = prompts
        self._prices = prices
        self._till = till
        self._breakers = breakers
        self._clock = clock
        self._identity = identity
        self._opened: PerLoop[Opened] = PerLoop(self._open)

    async def ask(
        self, use: Use, form: type[T], material: Mapping[str, str], *, picture: Media | None = None
    ) -> T:
        """Return the model's answer in the given form.

        Raises Unavailable, after the use's time at the latest and the moment to write it down: when there is
        no answer of that form, and when the day's money is used up.
        """
        prompt, model, began = self._prompts[use], model_of(self._settings, use), time.monotonic()
        asked, usage, answer = prompt.fenced(material), None, None
        self._breakers.check(PARTY)
        try:
            async with asyncio.timeout(prompt.seconds):
                taken = await self._till.reserve(self._most(prompt, model, form, asked, picture))
        except TimeoutError:
            raise NoProposal(CallOutcome.TOO_SLOW) from None
        try:
            with self._breakers.calling(PARTY, is_failure=_is_gone):
                async with asyncio.timeout(prompt.seconds - (time.monotonic() - began)):
                    outcome, answer, usage = await self._respond(prompt, model, form, _input(asked, picture))
        except TimeoutError:
            outcome = CallOutcome.TOO_SLOW
        except NoProposal as failed:
            outcome = failed.outcome
            usage = NOTHING if outcome in UNBILLED else None
        except Unavailable:  # others have found out meanwhile that it is away: it was not called
            outcome, usage = CallOutcome.AWAY, NOTHING
        await self._keep(taken, use, model, outcome, usage, seconds=time.monotonic() - began)
        if answer is None:
            _log.warning("the model did not help with %s: %s", use, outcome)
            raise NoProposal(outcome)
        return answer

    async def close(self) -> None:
        """Release this event loop's connections; the next call opens anew."""
        opened = self._opened.take()
        if opened is not None:
            await opened.close()

    async def _respond(
        self, prompt: Prompt, model: str, form: type[T], content: "ResponseInputParam"
    ) -> tuple[CallOutcome, T | None, Usage | None]:
        # the import takes half a second, in which nobody else shall wait
        await asyncio.to_thread(importlib.import_module, "shared.adapters.openai_language.sdk")
        from openai import APIConnectionError, APIStatusError, APITimeoutError, OpenAIError, omit

        effort = self._settings.openai_effort
        try:
            response = await self._opened.here().client.responses.parse(
                model=model,
                instructions=prompt.instructions,
                input=content,
                text_format=form,
                max_output_tokens=prompt.max_output_tokens,
                reasoning=omit if effort == "default" else {"effort": effort},
                store=False,
                timeout=prompt.seconds,
            )
            return _read(response)
        # none is chained: they hold the request and what was answered
        except APITimeoutError:
            raise NoProposal(CallOutcome.TOO_SLOW) from None
        except APIConnectionError:
            raise NoProposal(CallOutcome.AWAY) from None
        except APIStatusError as error:
            raise NoProposal(_outcome_of(error.status_code)) from None
        except OpenAIError:
            raise NoProposal(CallOutcome.REJECTED) from None
        except (ValueError, AttributeError, TypeError):
            # no JSON, another form, or a shape that the SDK trips over
            raise NoProposal(CallOutcome.INVALID) from None

    async def _keep(
        self,
        taken: Reservation,
        use: Use,
        model: str,
        outcome: CallOutcome,
        usage: Usage | None,
        *,
        seconds: float,
    ) -> None:
        known = usage or NOTHING
        call = ModelCall(
            id=fresh("call"),
            at=self._clock.now(),
            use=use,
            model=model,
            outcome=outcome,
            input_tokens=known.input_tokens,
            cached_tokens=known.cached_tokens,
            output_tokens=known.output_tokens,
            cost_micros=taken.micros if usage is None else self._prices.cost(model, usage),
            duration_ms=round(seconds * 1000),
        )
        try:
            async with asyncio.timeout(_TO_KEEP):
                await self._till.settle(taken, call)
        except (UsoError, TimeoutError) as failed:  # the answer is there all the same; its most stays counted
            _log.warning("a call of the model could not be kept (%s)", type(failed).__name__)

    def _most(
        self, prompt: Prompt, model: str, form: type[BaseModel], asked: str, picture: Media | None
    ) -> int:
        text = f"{prompt.instructions}{asked}{json.dumps(form.model_json_schema())}"
        size = len(text.encode()) + _AROUND_TEXT + (_OF_A_PICTURE if picture else 0)
        return self._prices.most(model, input_bytes=size, output_tokens=prompt.max_output_tokens)

    def _open(self) -> "Opened":
        from shared.adapters.openai_language.sdk import open_client

        return open_client(self._settings, self._identity)


def _is_gone(error: Exception) -> bool:
    """Whether a failed call shows that OpenAI does not work; a refusal and a limit are answers."""
    gone = isinstance(error, NoProposal) and error.outcome in {CallOutcome.AWAY, CallOutcome.TOO_SLOW}
    return gone or isinstance(error, TimeoutError)


def _outcome_of(status: int) -> CallOutcome:
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return CallOutcome.THROTTLED
    away = status >= HTTPStatus.INTERNAL_SERVER_ERROR or status == HTTPStatus.REQUEST_TIMEOUT
    return CallOutcome.AWAY if away else CallOutcome.REJECTED


def model_of(settings: Settings, use: Use) -> str:
    """The model, or on Azure the deployment, that serves a use."""
    return settings.openai_models.get(use.value, settings.openai_model)


def _input(asked: str, picture: Media | None) -> "ResponseInputParam":
    content: list[Any] = [{"type": "input_text", "text": asked}]
    if picture is not None:
        data = base64.b64encode(picture.content).decode()
        url = f"data:{picture.media_type};base64,{data}"
        content.append({"type": "input_image", "image_url": url, "detail": "high"})
    return [{"type": "message", "role": "user", "content": content}]


def _read(response: "ParsedResponse[T]") -> tuple[CallOutcome, T | None, Usage | None]:
    """What was answered, and what it used, if that is told."""
    counted, usage = response.usage, None
    if counted is not None:
        details = counted.input_tokens_details
        usage = Usage(
            input_tokens=counted.input_tokens,
            cached_tokens=details.cached_tokens or 0,
            written_tokens=details.cache_write_tokens or 0,
            output_tokens=counted.output_tokens,
        )
    refused = any(
        part.type == "refusal"
        for item in response.output or ()
        if item.type == "message"
        for part in item.content
    )
    if refused:
        return CallOutcome.REFUSED, None, usage
    answer = response.output_parsed if response.output and response.status == "completed" else None
    return (CallOutcome.INVALID if answer is None else CallOutcome.ANSWERED), answer, usage
