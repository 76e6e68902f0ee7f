"""What a checkout of three vendors asks of the store at least, and why it asks for more.

The minimum is what the design cannot do without: every step reads the order that it works on, every state is
written once before the next step relies on it, every vendor's stock is read and written under its etag.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tools.bench.store_calls import Kind

STEPS = 5
"""Durable actions: hold, authorise, sell, capture, tell. Each effect has a retry and an undo of its own."""
PEERS = ("simulator", "payments", "inbox")
"""Containers that play the world outside: its vendors' desks, the payment provider's own books."""


@dataclass(frozen=True, slots=True)
class Need:
    """How often something is needed, and what it is asked for beyond that: how often, and the reason."""

    least: int
    extra: Mapping[str, int] = field(default_factory=dict)

    @property
    def explained(self) -> int:
        """How often there is a reason for it."""
        return self.least + sum(self.extra.values())

    def reasons(self) -> str:
        """Say why it is more than the least."""
        return "; ".join(f"{times} {why}" for why, times in self.extra.items())


NEEDS: Mapping[Kind, Need] = {
    ("checkouts", "reads"): Need(
        1,
        {
            "by the door, which asks whose it is before anything else": 1,
            "under the etag that the confirmation is written against": 1,
        },
    ),
    ("checkouts", "batches"): Need(2),
    ("catalogue", "feed looks"): Need(
        2,
        {
            "when the order is priced, so that a price that changed since it was compared is not charged": 1,
            "by steps that run on whichever worker is free and must know products and vendors": 2,
        },
    ),
    ("fees", "queries"): Need(1),
    ("orders", "reads"): Need(
        7,
        {
            "again after the provider has answered, so that what was written meanwhile is kept": 2,
            "for the alarm of long holds and the vendors' silence, which stand in containers of their own": 2,
            "for the provider's two messages about the payment, which may be news": 2,
            "for the affiliate's books, which ask who brought the customer": 1,
        },
    ),
    ("orders", "batches"): Need(4),
    ("orders", "feed looks"): Need(2),
    ("relay of orders", "reads"): Need(
        0, {"because another process may have sent the events on meanwhile": 2}
    ),
    ("relay of orders", "batches"): Need(2),
    ("inventory", "reads"): Need(6),
    ("inventory", "batches"): Need(6),
    ("threads", "reads"): Need(
        2, {"opened before anything is bought, so that a host that dies right after loses no update": 2}
    ),
    ("threads", "batches"): Need(2, {"for the same": 1}),
    ("holds", "batches"): Need(1),
    ("silences", "batches"): Need(1),
    ("partner_orders", "reads"): Need(0, {"so that a repeated step marks nobody as untold who was told": 3}),
    ("partner_orders", "batches"): Need(
        3, {"before the message goes, so that a vendor that could not be reached is found": 3}
    ),
}
"""The orders' least: one look for the key, one per step, one to tell the customer."""


def unexplained(counted: Mapping[Kind, int]) -> dict[Kind, int]:
    """Return what is asked for without a reason that is written here."""
    return {
        kind: times - NEEDS.get(kind, Need(0)).explained
        for kind, times in counted.items()
        if times > NEEDS.get(kind, Need(0)).explained
    }
