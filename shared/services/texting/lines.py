"""Whose numbers and addresses they are, and by which of them a partner wants to be reached (M24, 2.7-1)."""

from collections.abc import Sequence

from shared.domain.catalogue import Channel, ChannelKind
from shared.domain.texting.lines import (
    TEXT_KINDS,
    VENDOR,
    Contacts,
    Line,
    claimed,
    left,
    line_id,
    normalised,
)
from shared.domain.texting.words import new_code
from shared.services.catalogue import CatalogueService
from shared.services.kinds import CONTACTS, LINES
from shared.services.records import Records


class LineBook:
    """Claims, and the ways to each partner."""

    def __init__(self, records: Records, catalogue: CatalogueService) -> None:
        self._records = records
        self._catalogue = catalogue

    async def find(self, kind: ChannelKind, address: str) -> Line | None:
        """Return the line of an address that someone here has claimed."""
        found = await self._records.find(LINES, line_id(kind, address))
        return found.value if found else None

    async def get(self, id: str) -> Line:
        """Return a line. Raises NotFound."""
        return (await self._records.get(LINES, id)).value

    async def claim(self, kind: ChannelKind, address: str, *, owner: str, thread_id: str = "") -> Line:
        """Note that `owner` says the address is theirs; its code, sent from there, will prove it."""
        now = self._records.now()
        fresh = Line(
            id=line_id(kind, address),
            created_at=now,
            updated_at=now,
            kind=kind,
            address=normalised(kind, address),
        )
        await self._records.create(LINES, fresh)
        code = new_code()
        return await self._records.update(
            LINES, fresh.id, lambda line: (claimed(line, owner, code=code, thread_id=thread_id), [])
        )

    async def contacts(self, vendor_id: str) -> Contacts | None:
        """Return how a partner wants to be reached, if it has said so."""
        found = await self._records.find(CONTACTS, vendor_id)
        return found.value if found else None

    async def ways(self, vendor_id: str) -> list[Line]:
        """The lines of a partner, the preferred one first, whether they may be used or not."""
        contacts = await self.contacts(vendor_id)
        found = [await self.find(way.kind, way.address) for way in contacts.ways] if contacts else []
        return [line for line in found if line is not None]

    async def choose(self, vendor_id: str, ways: Sequence[Channel]) -> Contacts:
        """Let a partner say by which lines it wants to be reached; each counts once it is confirmed."""
        await self._catalogue.refresh()
        vendor = self._catalogue.vendor(vendor_id)
        wanted = tuple(Channel(kind=way.kind, address=normalised(way.kind, way.address)) for way in ways)
        for way in wanted:
            await self.claim(way.kind, way.address, owner=f"{VENDOR}{vendor_id}")
        now = self._records.now()
        before = Channel() if vendor.channel.kind in TEXT_KINDS else vendor.channel
        fresh = Contacts(id=vendor_id, created_at=now, updated_at=now, before=before)
        known = await self._records.create(CONTACTS, fresh)
        for gone in set(known.ways) - set(wanted):
            await self._leave(gone, f"{VENDOR}{vendor_id}")
        chosen = await self._records.update(
            CONTACTS,
            vendor_id,
            lambda c: (c, []) if c.ways == wanted else (c.model_copy(update={"ways": wanted}), []),
        )
        await self.settle(vendor_id)
        return chosen

    async def settle(self, vendor_id: str) -> None:
        """Let the catalogue name the first confirmed way, or the one from before while there is none."""
        contacts = await self.contacts(vendor_id)
        if contacts is None:
            return
        owner = f"{VENDOR}{vendor_id}"
        lines = await self.ways(vendor_id)
        channels = [Channel(kind=line.kind, address=line.address) for line in lines if owner in line.owners]
        await self._catalogue.refresh()
        vendor = self._catalogue.known_vendor(vendor_id)
        channel = next(iter(channels), contacts.before)
        if vendor.channel != channel and self._catalogue.find_vendor(vendor_id) is not None:
            await self._catalogue.put_vendor(vendor.model_copy(update={"channel": channel}))

    async def _leave(self, way: Channel, owner: str) -> None:
        line = await self.find(way.kind, way.address)
        if line is not None:
            await self._records.update(LINES, line.id, lambda each: (left(each, owner), []))
