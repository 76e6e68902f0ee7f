"""The provider's secrets, on disk as the local issuer's key is: never in the store, where much is read."""

import hmac
from pathlib import Path
from secrets import token_hex

from shared.adapters import secret_file
from shared.domain.model import Model
from shared.domain.webhook_signature import new_secret


class Keyring(Model):
    """`webhooks` are the secrets of webhooks, the current one first; `clients` makes clients' secrets."""

    webhooks: tuple[str, ...]
    clients: str


class Keys:
    """A keyring in a file. It is made on first use, once, however many processes start."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def webhook_secrets(self) -> tuple[str, ...]:
        """The secrets that may have signed a webhook, the current one first."""
        return self._ring().webhooks

    def rotate(self) -> None:
        """Make a new webhook secret the current one; the one before stays valid until the next rotation."""
        ring = self._ring()
        webhooks = (new_secret(), *ring.webhooks[:1])
        secret_file.replace(self._path, _dumped(ring.model_copy(update={"webhooks": webhooks})))

    def client_secret(self, payment_id: str) -> str:
        """What lets a customer's browser act on one payment; the same whenever it is asked for."""
        made = hmac.digest(self._ring().clients.encode(), payment_id.encode(), "sha256").hex()
        return f"{payment_id}_secret_{made[:32]}"

    def _ring(self) -> Keyring:
        if not self._path.exists():
            ring = Keyring(webhooks=(new_secret(),), clients=token_hex(32))
            secret_file.create_once(self._path, _dumped(ring))
        return Keyring.model_validate_json(self._path.read_bytes())


def _dumped(ring: Keyring) -> bytes:
    return ring.model_dump_json().encode()
