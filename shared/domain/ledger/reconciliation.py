"""Comparing our books of one day with the payment provider's: every difference, none left out.

Both sides name what moved: we by a posting's reference, the provider by a movement's source. What moved
around midnight may lie on different days, so more days than one are compared, and differences are told of
the one that is asked about.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from enum import StrEnum

from shared.domain.model import Model
from shared.domain.money import Money


class DifferenceKind(StrEnum):
    """What does not agree."""

    MISSING_AT_PROVIDER = "missing_at_provider"
    MISSING_HERE = "missing_here"
    AMOUNT_DIFFERS = "amount_differs"
    BALANCE_DIFFERS = "balance_differs"


class Moved(Model):
    """One movement of the provider's balance as one side has written it down; negative when it left.

    `key` is the entry's on our side, the movement's id on the provider's.
    """

    reference: str
    amount: Money
    at: datetime
    key: str

    def day(self) -> date:
        """The day (UTC) it was written down for."""
        return self.at.astimezone(UTC).date()


class Difference(Model):
    """What the two sides say of one reference; None: nothing. Amounts are signed as `Moved.amount`."""

    kind: DifferenceKind
    reference: str
    at: datetime
    ours: Money | None = None
    theirs: Money | None = None
    keys: tuple[str, ...] = ()

    def day(self) -> date:
        """The day (UTC) it belongs to: that of the earlier side."""
        return self.at.astimezone(UTC).date()

    def gap(self) -> int:
        """How much more the provider has than we, in minor units."""
        return (self.theirs.minor if self.theirs else 0) - (self.ours.minor if self.ours else 0)

    def currency(self) -> str:
        """Of the amounts."""
        amount = self.ours or self.theirs
        return amount.currency if amount else ""


class Fee(Model):
    """What the provider kept for one movement. `booked_now`: this reconciliation has booked it."""

    movement_id: str
    source_id: str
    amount: Money
    booked_now: bool


class Closing(Model):
    """What both sides hold now. `unexplained` is the part of the gap that no difference accounts for."""

    ours: Money
    theirs: Money
    unexplained: Money


class Reconciliation(Model):
    """The report of one day."""

    day: date
    at: datetime
    matched: int
    """References on which both sides agree."""
    differences: tuple[Difference, ...]
    fees: tuple[Fee, ...]
    closing: tuple[Closing, ...]
    """Per currency; only for the latest days, for the provider tells what it holds now."""
    agrees: bool


_Group = tuple[str, str, bool]
"""Reference, currency, and whether it came in: a dispute that was won moves money both ways."""


def compare(ours: Iterable[Moved], theirs: Iterable[Moved]) -> tuple[Sequence[Difference], Sequence[Moved]]:
    """Return every difference, oldest first, and the movements on which both sides agree."""
    here, there = _grouped(ours), _grouped(theirs)
    differences: list[Difference] = []
    agreed: list[Moved] = []
    for group in sorted(here.keys() | there.keys()):
        mine, others = here.get(group, ()), there.get(group, ())
        found = _difference(mine, others)
        if found is None:
            agreed += others
        else:
            differences.append(found)
    return sorted(differences, key=lambda each: each.at), agreed


def _grouped(movements: Iterable[Moved]) -> Mapping[_Group, Sequence[Moved]]:
    result: dict[_Group, list[Moved]] = defaultdict(list)
    for each in movements:
        result[each.reference, each.amount.currency, each.amount.minor > 0].append(each)
    return result


def _difference(ours: Sequence[Moved], theirs: Sequence[Moved]) -> Difference | None:
    mine, others = _sum(ours), _sum(theirs)
    if mine == others:
        return None
    if others is None:
        kind = DifferenceKind.MISSING_AT_PROVIDER
    else:
        kind = DifferenceKind.MISSING_HERE if mine is None else DifferenceKind.AMOUNT_DIFFERS
    every = (*ours, *theirs)
    return Difference(
        kind=kind,
        reference=every[0].reference,
        at=min(each.at for each in every),
        ours=mine,
        theirs=others,
        keys=tuple(each.key for each in every),
    )


def _sum(movements: Sequence[Moved]) -> Money | None:
    amounts = [each.amount for each in movements]
    return Money.total(amounts, amounts[0].currency) if amounts else None
