"""A number or a mail address: whose it is, whether it may be written to, and until when freely.

A member is someone who says that the line is theirs; sending their code from it proves that, and is their
opt-in. Several may share one line: two shops of one family, a customer who owns a shop.
"""

import hashlib
import hmac
from datetime import datetime, timedelta

from shared.domain.aggregate import Aggregate
from shared.domain.catalogue import Channel, ChannelKind
from shared.domain.model import Model
from shared.errors import Conflict

TEXT_KINDS = (ChannelKind.WHATSAPP, ChannelKind.SMS, ChannelKind.EMAIL)
"""Channels on which people write words."""
WINDOW = timedelta(hours=24)
"""How long after someone's message WhatsApp lets a business answer in its own words."""
MAX_MEMBERS = 20
VENDOR, CUSTOMER = "vendor:", "customer:"
"""What the owner of a membership begins with."""


class Member(Model):
    """Someone's claim to a line. `thread_id` is the conversation that a customer wants to have there."""

    owner: str
    code: str
    thread_id: str = ""
    confirmed_at: datetime | None = None


class Line(Aggregate):
    """One number or address on one kind of channel."""

    kind: ChannelKind
    address: str
    members: tuple[Member, ...] = ()
    heard_at: datetime | None = None
    """When a message last came from it."""
    stopped_at: datetime | None = None
    """Since when nobody may write to it, at its own wish."""
    puzzle: str = ""
    """The message of which it is not known yet what it answers."""
    focus: str = ""
    """The reference of the question that its owner is about to answer in words."""

    def member(self, owner: str) -> Member | None:
        """Return the claim of `owner`."""
        return next((member for member in self.members if member.owner == owner), None)

    def reaches(self, owner: str) -> bool:
        """Say whether `owner` may be written to here."""
        member = self.member(owner)
        return member is not None and member.confirmed_at is not None and self.stopped_at is None

    def is_open(self, at: datetime) -> bool:
        """Say whether the 24 hours after its last message are not over yet."""
        return self.heard_at is not None and at < self.heard_at + WINDOW

    @property
    def owners(self) -> tuple[str, ...]:
        """Those who have proved that it is theirs."""
        return tuple(member.owner for member in self.members if member.confirmed_at is not None)


class Contacts(Aggregate):
    """The lines by which a partner wants to be reached, the preferred one first; its id is the vendor's."""

    ways: tuple[Channel, ...] = ()
    before: Channel = Channel()
    """How the vendor was reached before it had any; used until one of `ways` is confirmed."""


def normalised(kind: ChannelKind, address: str) -> str:
    """Return the one spelling of an address: nobody has two mailboxes that differ in capitals alone."""
    return address.strip().lower() if kind is ChannelKind.EMAIL else address.strip()


def line_id(kind: ChannelKind, address: str) -> str:
    """The id of a line: a digest, so that it can stand in a document's key, a URL and a log."""
    seed = f"{kind}:{normalised(kind, address)}"
    return f"line_{hashlib.sha256(seed.encode()).hexdigest()[:24]}"


def claimed(line: Line, owner: str, *, code: str, thread_id: str = "") -> Line:
    """Let `owner` claim the line; who has it already keeps it. Raises Conflict when too many do."""
    known = line.member(owner)
    if known is not None and known.thread_id == thread_id:
        return line
    member = Member(owner=owner, code=known.code if known else code, thread_id=thread_id)
    if known is not None:
        member = member.model_copy(update={"confirmed_at": known.confirmed_at})
    others = tuple(each for each in line.members if each.owner != owner)
    if len(others) >= MAX_MEMBERS:
        raise Conflict("Too many use this number already.", code="line_taken")
    return line.model_copy(update={"members": (*others, member)})


def left(line: Line, owner: str) -> Line:
    """Take the claim of `owner` back."""
    others = tuple(member for member in line.members if member.owner != owner)
    return line if len(others) == len(line.members) else line.model_copy(update={"members": others})


def confirmed(line: Line, code: str, *, at: datetime) -> tuple[Line, str | None]:
    """Return the line after its code came from it, and whom that confirms; None for a code of nobody here."""
    for member in line.members:
        if hmac.compare_digest(member.code.encode(), code.encode()):
            known = member.model_copy(update={"confirmed_at": member.confirmed_at or at})
            members = tuple(known if each is member else each for each in line.members)
            return line.model_copy(update={"members": members, "stopped_at": None}), member.owner
    return line, None
