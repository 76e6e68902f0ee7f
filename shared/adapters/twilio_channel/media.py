"""Pictures that came with a message, from Twilio's hosts only, through the guarded client.

Twilio answers with a redirect to its storage; the account's credentials go to its API and nowhere else.
"""

from aiohttp import encode_basic_auth
from pydantic import SecretStr
from yarl import URL

from shared.adapters.outbound import Answer, Outbound
from shared.domain.texting.texts import MediaRef
from shared.errors import Conflict, InvalidInput
from shared.ports.carriers import Media

API_HOST = "api.twilio.com"
STORAGE = (".twilio.com", ".twiliocdn.com")
"""Where the API sends for the bytes: https://www.twilio.com/docs/messaging/api/media-resource."""
PICTURES = {
    "image/jpeg": (b"\xff\xd8\xff",),
    "image/png": (b"\x89PNG\r\n\x1a\n",),
    "image/webp": (b"RIFF",),
}
"""Types that are taken, and how their bytes begin."""
_REDIRECTS = 3
_OK = 200


class TwilioMedia:
    """`shared.ports.carriers.MediaSource`. `base_url` is another address than Twilio's own, for tests."""

    def __init__(
        self, outbound: Outbound, account: str, token: SecretStr, *, max_bytes: int, base_url: str = ""
    ) -> None:
        self._outbound = outbound
        self._authorization = encode_basic_auth(account, token.get_secret_value())
        self._max_bytes = max_bytes
        self._own = URL(base_url or f"https://{API_HOST}").origin()

    async def fetch(self, media: MediaRef) -> Media:
        """Return the picture. Raises Conflict (`media_refused`) for anything else, and Unavailable."""
        answer = await self._followed(media.url)
        if answer.status != _OK:
            raise _refused(f"its provider answered {answer.status}")
        if not answer.is_whole:
            raise _refused("it is too large")
        media_type = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        begins = PICTURES.get(media_type, ())
        if not any(answer.body.startswith(magic) for magic in begins):
            raise _refused("it is no picture of a kind that is taken")
        return Media(content=answer.body, media_type=media_type)

    async def _followed(self, url: str) -> Answer:
        for hop in range(_REDIRECTS):
            target = self._allowed(url, first=hop == 0)
            headers = {"Authorization": self._authorization} if target.origin() == self._own else {}
            try:
                answer = await self._outbound.call(
                    "GET", url, whom="Twilio's media", headers=headers, max_bytes=self._max_bytes
                )
            except InvalidInput:
                raise _refused("its address is none of the provider's") from None
            location = answer.headers.get("Location")
            if not (300 <= answer.status < 400 and location):
                return answer
            url = str(target.join(URL(location)))
        raise _refused("it moves about")

    def _allowed(self, url: str, *, first: bool) -> URL:
        try:
            target = URL(url)
            if target.origin() == self._own:
                return target
        except ValueError:
            raise _refused("its address is none") from None
        host = target.host or ""
        if first or target.scheme != "https" or not host.endswith(STORAGE):
            raise _refused("its address is none of the provider's")
        return target


def _refused(why: str) -> Conflict:
    return Conflict(f"The picture was not taken: {why}.", code="media_refused")
