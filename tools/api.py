"""A small HTTP client for the running app: personas with tokens, and the host's clock. Stdlib only."""

import http.client
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

TIMEOUT_SECONDS = 120


class Refused(Exception):
    """A door answered with a problem, or with something that is no JSON."""

    def __init__(self, method: str, path: str, status: int, body: str) -> None:
        self.status = status
        super().__init__(f"{method} {path} answered {status}: {body[:1000]}")


class Api:
    """One kept-alive connection to a host."""

    def __init__(self, url: str) -> None:
        place = urlsplit(url)
        self._line = http.client.HTTPConnection(
            place.hostname or "127.0.0.1", place.port, timeout=TIMEOUT_SECONDS
        )

    def call(self, method: str, path: str, body: Any = None, *, token: str | None = None) -> Any:
        """Return the JSON answer. Raises Refused for any status of 400 and above."""
        status, text = self.send(method, path, body, token=token)
        if status >= http.client.BAD_REQUEST:
            raise Refused(method, path, status, text)
        try:
            return json.loads(text)
        except ValueError as error:
            raise Refused(method, path, status, text) from error

    def send(self, method: str, path: str, body: Any = None, *, token: str | None = None) -> tuple[int, str]:
        """Return the status and the text of the answer."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        content = None
        if body is not None:
            content = json.dumps(body)
            headers["Content-Type"] = "application/json"
        self._line.request(method, path, content, headers)
        answer = self._line.getresponse()
        return answer.status, answer.read().decode()

    def deliver(self, path: str, body: bytes, headers: Mapping[str, str]) -> Any:
        """Send a webhook as it is and return the JSON answer. Raises Refused."""
        self._line.request("POST", path, body, {"Content-Type": "application/json", **headers})
        answer = self._line.getresponse()
        text = answer.read().decode()
        if answer.status >= http.client.BAD_REQUEST:
            raise Refused("POST", path, answer.status, text)
        return json.loads(text)

    def close(self) -> None:
        """Hang up."""
        self._line.close()


@dataclass(frozen=True, slots=True)
class Persona:
    """Someone who calls with a token."""

    api: Api
    name: str
    token: str

    def get(self, path: str, **query: Any) -> Any:
        """Return the `data` of an answer."""
        given = f"?{urlencode(query, quote_via=quote)}" if query else ""
        return self.api.call("GET", path + given, token=self.token)["data"]

    def post(self, path: str, body: Any = None) -> Any:
        """Return the `data` of an answer."""
        return self.api.call("POST", path, {} if body is None else body, token=self.token)["data"]

    def put(self, path: str, body: Any) -> Any:
        """Return the `data` of an answer."""
        return self.api.call("PUT", path, body, token=self.token)["data"]


@dataclass(frozen=True, slots=True)
class Time:
    """The host's virtual clock."""

    api: Api

    def now(self) -> datetime:
        """Return the instant it stands at."""
        return _instant(self.api.call("GET", "/devhost/clock")["now"])

    def settle(self) -> None:
        """Wait until nothing is left to do at this instant. Raises TimeoutError."""
        if not self.api.call("POST", "/devhost/idle", {"timeout": 30})["idle"]:
            raise TimeoutError("the host is still busy after 30 seconds")

    def advance(self, duration: str) -> datetime:
        """Let time pass, e.g. `PT2M`; everything due happens in order."""
        return _instant(self.api.call("POST", "/devhost/clock", {"advance": duration})["now"])

    def to(self, instant: datetime) -> datetime:
        """Let time pass until `instant`."""
        return _instant(self.api.call("POST", "/devhost/clock", {"to": instant.isoformat()})["now"])


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)
