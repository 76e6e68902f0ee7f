"""What affiliates are told, in a feed of their own."""

from datetime import UTC, datetime

from shared.domain.aggregate import Aggregate


class Notice(Aggregate):
    """Something that an affiliate is told."""

    affiliate_id: str
    at: datetime
    rank: str
    """By what the feed is sorted: the instant, and of one instant what came first."""
    about: str
    text: str
    order_id: str = ""


def rank_of(at: datetime, *, source: str, number: int) -> str:
    """Where a notice stands in its feed, given the number that it has among those of its source."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}~{source}{number:09}"
