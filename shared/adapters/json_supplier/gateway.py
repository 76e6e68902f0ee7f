"""The way of every call to a supplier's API: filled in, proven, guarded, and answered by data or a reason."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from pydantic import SecretStr

from shared.adapters.json_supplier import answers, templates
from shared.adapters.json_supplier.answers import Malformed
from shared.adapters.json_supplier.mapping import Failure, Request, SupplierMapping, TokenCall
from shared.adapters.json_supplier.templates import NoValue, Values
from shared.adapters.outbound import Answer, Outbound
from shared.errors import InvalidInput, Unavailable
from shared.ports.clock import Clock

RENEWED_BEFORE = timedelta(minutes=10)


class Refused(Exception):
    """The supplier said no, for a reason that the mapping knows."""

    def __init__(self, failure: Failure, code: str) -> None:
        super().__init__(f"{failure} ({code})")
        self.failure = failure


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    expires: datetime


class Gateway:
    """Asks one supplier."""

    def __init__(
        self,
        mapping: SupplierMapping,
        outbound: Outbound,
        clock: Clock,
        *,
        secrets: Mapping[str, SecretStr],
    ) -> None:
        self._id = mapping.id
        self._mapping = mapping
        self._outbound = outbound
        self._clock = clock
        self._secret = secrets[mapping.auth.secret].get_secret_value()
        self._token: _Token | None = None
        self._renewing = asyncio.Lock()
        self._pacing = asyncio.Lock()
        self._free_at = 0.0

    async def ask(self, request: Request, values: Values, lines: Sequence[Values] = ()) -> Any:
        """Return the answer's document. Raises Refused, Unavailable."""
        try:
            return await self._asked(request, values, lines)
        except NoValue as place:  # there can be no such thing
            raise Refused(Failure.NOT_FOUND, f"no {place.name}") from None
        except Refused as no:
            if no.failure is not Failure.TOKEN or self._mapping.auth.token is None:
                raise
        self._token = None  # it was turned away at the entrance: nothing was done
        return await self._asked(request, values, lines)

    def misunderstood(self, fault: Malformed) -> Unavailable:
        """An answer that is not as the mapping says leaves open what happened."""
        return Unavailable(f"An answer of {self._id} is not understood ({fault}).")

    async def _asked(self, request: Request, values: Values, lines: Sequence[Values]) -> Any:
        auth = self._mapping.auth
        proof = {"secret": self._secret}
        if auth.token is not None:
            proof = {"token": await self._fresh_token(auth.token)}
        return await self._exchange(request, values, lines, {auth.header: templates.text(auth.value, proof)})

    async def _fresh_token(self, call: TokenCall) -> str:
        async with self._renewing:
            known = self._token
            if known is None or known.expires - RENEWED_BEFORE <= self._clock.now():
                known = self._token = await self._new_token(call)
            return known.text

    async def _new_token(self, call: TokenCall) -> _Token:
        try:
            document = await self._exchange(call, {"secret": self._secret}, (), {})
            return _Token(
                answers.text(document, call.token), answers.instant(document, call.expires, zone=UTC)
            )
        except Malformed as fault:
            raise self.misunderstood(fault) from None
        except Refused as no:
            raise Unavailable(f"{self._id} gives no token: {no}.") from None

    async def _exchange(
        self, request: Request, values: Values, lines: Sequence[Values], proof: Mapping[str, str]
    ) -> Any:
        url = self._mapping.base_url.rstrip("/") + templates.path(request.path, values)
        if request.query:
            url += "?" + urlencode(
                {name: templates.text(each, values) for name, each in request.query.items()}
            )
        headers = {name: templates.text(each, values) for name, each in request.headers.items()}
        headers |= {"Accept": "application/json", **proof}
        body = None
        if request.body is not None:
            body = json.dumps(templates.body(request.body, values, lines)).encode()
            headers["Content-Type"] = "application/json"
        await self._pace()
        try:
            answer = await self._outbound.call(
                request.method, url, whom=f"supplier:{self._id}", body=body, headers=headers
            )
        except InvalidInput as error:
            raise Unavailable(f"{self._id} cannot be asked: {error.detail}") from error
        try:
            return self._judged(request, answer)
        except Malformed as fault:
            raise self.misunderstood(fault) from None

    async def _pace(self) -> None:
        """Wait until the supplier wants to be called again."""
        if not self._mapping.pause:
            return
        async with self._pacing:
            loop = asyncio.get_running_loop()
            await asyncio.sleep(max(0.0, self._free_at - loop.time()))
            self._free_at = loop.time() + self._mapping.pause

    def _judged(self, request: Request, answer: Answer) -> Any:
        """Return a good answer's document. Raises Refused, Unavailable, Malformed."""
        is_ok = 200 <= answer.status < 300
        if not answer.is_whole:
            raise Malformed("too large")
        success = self._mapping.success
        document = answers.parse(answer.body) if is_ok or _is_json(answer) else None
        code = f"http:{answer.status}"
        if success.code is not None and (is_ok or document is not None):
            code = answers.text(document, success.code)
            is_ok = is_ok and code in success.words
        if is_ok:
            return document
        meanings = {**self._mapping.errors, **request.errors}
        failure = meanings.get(code) or meanings.get(f"http:{answer.status}")
        if failure is None:
            raise Unavailable(f"{self._id} answered {code[:40]}.")
        raise Refused(failure, code[:40])


def _is_json(answer: Answer) -> bool:
    return answer.body.lstrip()[:1] == b"{"
