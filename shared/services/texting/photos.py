"""Partners' photos: kept once, served to whoever has the link, looked at where someone can (flow 2.7-3)."""

import base64
import hashlib
import logging

from shared.domain.negotiations import Photo
from shared.errors import NotFound, Unavailable
from shared.ports.carriers import Media
from shared.ports.photos import PhotoCheck, PhotoVerdict
from shared.ports.store import Store, Upsert
from shared.settings import Settings

CONTAINER = "photos"
KEEP = 400 * 24 * 3600
"""Seconds."""
_log = logging.getLogger(__name__)


class Photos:
    """Keeps photos. An id says nothing of whose it is and cannot be guessed."""

    def __init__(self, store: Store, check: PhotoCheck | None, settings: Settings) -> None:
        self._store = store
        self._check = check
        self._settings = settings

    async def keep(self, media: Media, *, key: str, wanted: str, offered: str) -> Photo:
        """Keep a photo under its `key` and have it looked at; the same key again is the same photo."""
        id = f"pho_{hashlib.sha256(key.encode()).hexdigest()[:32]}"
        body = {"media_type": media.media_type, "content": base64.b64encode(media.content).decode()}
        await self._store.batch(CONTAINER, id, [Upsert(id, body, ttl=KEEP)])
        verdict = await self._verdict(media, wanted=wanted, offered=offered)
        url = f"{self._settings.public_url.rstrip('/')}/api/v1/photos/{id}"
        return Photo(url=url, approved=verdict.approved, why=verdict.why[:300])

    async def get(self, id: str) -> Media:
        """Return a photo. Raises NotFound."""
        document = await self._store.read(CONTAINER, id, id)
        if document is None:
            raise NotFound("photo", id)
        content = base64.b64decode(document.body["content"])
        return Media(content=content, media_type=document.body["media_type"])

    async def _verdict(self, media: Media, *, wanted: str, offered: str) -> PhotoVerdict:
        """What was seen; where nobody can look the photo is passed on unread, and its customer decides."""
        if self._check is None:
            return PhotoVerdict()
        try:
            return await self._check.look(media, wanted=wanted, offered=offered)
        except Unavailable as failed:
            _log.warning("a photo is passed on unread: %s", failed.detail)
            return PhotoVerdict()
