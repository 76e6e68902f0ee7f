"""Which supplier sells which of the shop's goods, and what its word is worth (flows ops-1, ops-x1)."""

import re
from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from shared.domain.aggregate import Aggregate
from shared.domain.model import Model

_SKU = r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}"
Sku = Annotated[str, Field(pattern=f"^{_SKU}$")]
"""A SKU that sources can be kept for; the shop may have others, which nobody sells."""
MOST_REMEMBERED = 500
PRIOR_KEPT, PRIOR_BROKEN = 9, 1
"""A supplier of whom nothing is known yet is trusted like one that kept its word nine times out of ten."""


def is_sku(text: str) -> bool:
    """Say whether sources can be kept for a SKU."""
    return re.fullmatch(_SKU, text) is not None


class Source(Model):
    """A supplier's own number for something that the shop sells."""

    supplier_id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")
    supplier_sku: str = Field(min_length=1, max_length=100)


class Sources(Aggregate):
    """Where one of the shop's goods comes from, the usual source first. `id` is the shop's SKU.

    `revision` is the version that an edit replaces; 0 is the shipped table.
    """

    sources: tuple[Source, ...] = Field(max_length=20)
    edited_by: str = ""


class TrackRecord(Aggregate):
    """What a supplier's word was worth. `id` is the supplier's; each thing counts once, by its key."""

    kept: int = 0
    broken: int = 0
    counted: Mapping[str, bool] = Field(default_factory=dict)
    """What was counted lately, and whether the word was kept: an event may come again."""

    def counting(self, key: str, *, kept: bool) -> "TrackRecord":
        """Count one promise; the same one again changes nothing. Only the latest are remembered."""
        if key in self.counted:
            return self
        lately = dict([*self.counted.items(), (key, kept)][-MOST_REMEMBERED:])
        return self.model_copy(
            update={
                "kept": self.kept + kept,
                "broken": self.broken + (not kept),
                "counted": lately,
            }
        )

    @property
    def reliability(self) -> float:
        """How often it keeps its word, 0 to 1."""
        kept, broken = self.kept + PRIOR_KEPT, self.broken + PRIOR_BROKEN
        return kept / (kept + broken)
