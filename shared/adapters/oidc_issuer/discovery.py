"""From the issuer's name to its keys: its discovery document, then the JWK Set that this points to."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from shared.adapters.breakers import Breakers
from shared.adapters.oidc_issuer.keys import Key, read_keys
from shared.adapters.outbound import Answer, Outbound
from shared.errors import InvalidInput, Unavailable
from shared.settings import Settings

WELL_KNOWN = "/.well-known/openid-configuration"
_MAX_AGE = re.compile(r"(?:^|[\s,])max-age=([0-9]{1,9})(?:$|[\s,])", re.IGNORECASE)
_NOT_KEPT = re.compile(r"(?:^|[\s,])no-(?:store|cache)(?:$|[\s,])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Published:
    """What the issuer publishes now. `max_age` is how long it allows that to be kept, in seconds."""

    keys: tuple[Key, ...]
    max_age: float | None


class Discovery:
    """Asks the issuer. Two requests each time: a discovery document may point elsewhere tomorrow.

    Over connections of its own, closed after: that is once in an hour, and in whichever loop it is needed.
    """

    def __init__(self, settings: Settings, breakers: Breakers) -> None:
        limits = {"outbound_timeout": settings.oidc_timeout, "max_outbound_bytes": settings.oidc_max_bytes}
        self._settings = settings.model_copy(update=limits)
        self._breakers = breakers

    async def __call__(self) -> Published:
        """Return the issuer's keys. Raises Unavailable when it does not answer, or not as it should."""
        outbound = Outbound(self._settings, self._breakers)
        try:
            return await _Asking(self._settings.oidc_issuer, outbound).keys()
        finally:
            await outbound.close()


@dataclass(frozen=True, slots=True)
class _Asking:
    issuer: str
    outbound: Outbound

    async def keys(self) -> Published:
        answer = await self._get(await self._jwks_uri(), "keys")
        try:
            keys = read_keys(answer.body)
        except ValueError:
            raise Unavailable("The issuer's keys cannot be read.") from None
        if not keys:
            raise Unavailable("The issuer publishes no key that could verify a token.")
        return Published(keys, _max_age(answer.headers))

    async def _jwks_uri(self) -> str:
        answer = await self._get(self.issuer.removesuffix("/") + WELL_KNOWN, "discovery document")
        try:
            document = json.loads(answer.body)
        except (ValueError, RecursionError):
            document = None
        if not isinstance(document, dict) or not isinstance(document.get("jwks_uri"), str):
            raise Unavailable("The issuer's discovery document cannot be read.")
        # or else keys of one issuer could vouch for another (OpenID Connect Discovery 1.0, section 4.3)
        if document.get("issuer") != self.issuer:
            raise Unavailable("The discovery document is of another issuer than USO_OIDC_ISSUER.")
        return str(document["jwks_uri"])

    async def _get(self, url: str, what: str) -> Answer:
        try:
            answer = await self.outbound.call(
                "GET", url, whom="the issuer", headers={"Accept": "application/json"}
            )
        except InvalidInput as error:
            raise Unavailable(f"The issuer's {what} must not be fetched: {error.detail}") from None
        if answer.status != 200:
            raise Unavailable(f"The issuer answered {answer.status} for its {what}.")
        if not answer.is_whole:
            raise Unavailable(f"The issuer's {what} is too large.")
        return answer


def _max_age(headers: Mapping[str, str]) -> float | None:
    control = headers.get("Cache-Control", "")
    if _NOT_KEPT.search(control):
        return 0.0
    found = _MAX_AGE.search(control)
    return float(found[1]) if found else None
