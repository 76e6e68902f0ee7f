"""The embedded mailbox: every letter once, kept in the store for whoever wants to read what was sent."""

import hashlib
from collections.abc import Sequence

from shared.ports.clock import Clock
from shared.ports.mail import Mail
from shared.ports.rehearsals import Letter
from shared.ports.store import AlreadyExists, Create, Query, Store, every

CONTAINER = "mailbox"
DOMAIN = "usoorchestrator.com"


class RecordedMail:
    """`Mailer` and `Mailbox`. Partition: the address that a letter went to."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def message_id(self, key: str) -> str:
        """The Message-ID of the letter with this key."""
        return f"<{_digest(key)}@{DOMAIN}>"

    async def send(self, mail: Mail) -> None:
        """Keep a letter, once per key."""
        letter = Letter(message_id=self.message_id(mail.key), at=self._clock.now(), mail=mail)
        body = {"at": letter.at.isoformat(), "letter": letter.model_dump(mode="json")}
        try:
            await self._store.batch(CONTAINER, mail.to.lower(), [Create(_digest(mail.key), body)])
        except AlreadyExists:
            return

    async def letters(self, to: str) -> Sequence[Letter]:
        """What an address got, oldest first."""
        query = Query(order_by="at")
        return [
            Letter.model_validate(document.body["letter"])
            async for document in every(self._store, CONTAINER, to.lower(), query)
        ]


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()[:32]
