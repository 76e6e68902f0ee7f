"""How affiliates do, in figures (2.6-3 step 1, 5.4-12 step 4)."""

from collections.abc import Mapping
from enum import StrEnum

from pydantic import Field

from shared.domain.affiliates.commissions import Earnings, Sums
from shared.domain.model import Model
from shared.domain.money import Money


class Earned(Model):
    """Commissions in one currency. `total` is all of them, `payable` what the next payout owes.

    `payable` is negative when more was paid out than is earned by now, after a refund.
    """

    total: Money
    pending: Money
    payable: Money
    paid: Money


class Performance(Model):
    """Shown, clicked, bought, earned. A rate is a share of 1; None: there is nothing to take it of.

    The click-through rate is of links that the Scout has shown; others are followed without being counted as
    shown.
    """

    shown: int
    clicks: int
    conversions: int
    click_through_rate: float | None
    conversion_rate: float | None
    earned: tuple[Earned, ...]


class Ranking(StrEnum):
    """By what affiliates are ranked, best first."""

    NEWEST = "newest"
    TRUST = "trust"
    CLICKS = "clicks"
    CONVERSIONS = "conversions"
    EARNED = "earned"


class Figures(Model):
    """What performance is reckoned from, of one affiliate or of several."""

    shown: int = 0
    clicks_where_shown: int = 0
    clicks: int = 0
    conversions: int = 0
    sums: Mapping[str, Sums] = Field(default_factory=dict)
    paid: Mapping[str, int] = Field(default_factory=dict)
    """What was paid out and not taken back, in minor units by currency."""

    def __add__(self, other: "Figures") -> "Figures":
        currencies = dict.fromkeys((*self.sums, *other.sums))
        return Figures(
            shown=self.shown + other.shown,
            clicks_where_shown=self.clicks_where_shown + other.clicks_where_shown,
            clicks=self.clicks + other.clicks,
            conversions=self.conversions + other.conversions,
            sums={c: self.sums.get(c, Sums()) + other.sums.get(c, Sums()) for c in currencies},
            paid={c: self.paid.get(c, 0) + other.paid.get(c, 0) for c in currencies},
        )

    def performance(self) -> Performance:
        """Reckon the rates."""
        return Performance(
            shown=self.shown,
            clicks=self.clicks,
            conversions=self.conversions,
            click_through_rate=_share(self.clicks_where_shown, self.shown),
            conversion_rate=_share(self.conversions, self.clicks),
            earned=tuple(
                _earned(sums, currency, paid=self.paid.get(currency, 0))
                for currency, sums in sorted(self.sums.items())
            ),
        )

    def rank(self, by: Ranking, *, trust: int) -> int:
        """What an affiliate is ranked by: the more, the better. Amounts of all currencies count alike."""
        match by:
            case Ranking.TRUST:
                return trust
            case Ranking.CLICKS:
                return self.clicks
            case Ranking.CONVERSIONS:
                return self.conversions
            case Ranking.EARNED:
                return sum(sums.pending + sums.earned for sums in self.sums.values())
            case Ranking.NEWEST:
                return 0


def figures(
    *, shown: Mapping[str, int], clicks: Mapping[str, int], earnings: Earnings, paid: Mapping[str, int]
) -> Figures:
    """Sum up an affiliate's counts by link, its earnings, and what was paid out."""
    return Figures(
        shown=sum(shown.values()),
        clicks_where_shown=sum(clicks.get(link, 0) for link in shown),
        clicks=sum(clicks.values()),
        conversions=earnings.orders,
        sums=earnings.sums,
        paid=paid,
    )


def _earned(sums: Sums, currency: str, *, paid: int) -> Earned:
    return Earned(
        total=Money(minor=sums.pending + sums.earned, currency=currency),
        pending=Money(minor=sums.pending, currency=currency),
        payable=Money(minor=sums.earned - paid, currency=currency),
        paid=Money(minor=paid, currency=currency),
    )


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None
