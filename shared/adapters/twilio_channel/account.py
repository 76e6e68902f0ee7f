"""One Twilio account: its SDK client, opened on first use, and how its refusals are told apart."""

from typing import TYPE_CHECKING, Any

from pydantic import SecretStr

from shared.adapters.outbound import Outbound
from shared.errors import Conflict, InvalidInput, Unavailable, UsoError

if TYPE_CHECKING:
    from twilio.rest import Client

CODES = {
    21211: "address_refused",  # invalid To
    21214: "address_refused",  # not reachable
    21265: "address_refused",  # a short code
    21408: "address_refused",  # no permission for the region
    21610: "unsubscribed",
    21612: "address_refused",  # no way from this sender to that number
    21614: "address_refused",  # no mobile number
    63003: "address_refused",  # no WhatsApp user
    63016: "window_closed",
    63024: "address_refused",  # invalid recipient
    63032: "unsubscribed",  # the user may not be written to
}
"""Twilio's error codes that are about the recipient: https://www.twilio.com/docs/api/errors."""
_OURS = frozenset({401, 403})
"""An account that is wrong or suspended is nobody's refusal: the text waits."""
_CLIENT_ERRORS = range(400, 500)


class TwilioAccount:
    """Calls Twilio for one account. `base_url` is another address than Twilio's own, for tests."""

    def __init__(self, outbound: Outbound, account: str, token: SecretStr, *, base_url: str = "") -> None:
        self.sid = account
        self._outbound = outbound
        self._token = token
        self._base_url = base_url
        self._client: Client | None = None

    @property
    def client(self) -> "Client":
        """The SDK's client."""
        from twilio.rest import Client

        from shared.adapters.twilio_transport import TwilioTransport

        if self._client is None:
            http = TwilioTransport(self._outbound)
            client = Client(self.sid, self._token.get_secret_value(), http_client=http)
            if self._base_url:
                client.api.base_url = client.content.base_url = self._base_url
            self._client = client
        return self._client


def refusal(error: Exception) -> UsoError:
    """Return what an error of the SDK means: Conflict for a refusal of this text, else Unavailable.

    Nothing of the error's own words: they may hold numbers.
    """
    if isinstance(error, UsoError) and not isinstance(error, InvalidInput):
        return error
    status, code = _number(error, "status"), _number(error, "code")
    if status not in _CLIENT_ERRORS or status in _OURS:
        return Unavailable(f"Twilio did not take the text ({status or type(error).__name__}).")
    return Conflict(f"Twilio refused the text ({code or status}).", code=CODES.get(code, "text_refused"))


def _number(error: Exception, name: str) -> int:
    value: Any = getattr(error, name, 0)
    return value if isinstance(value, int) else 0
