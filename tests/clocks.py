"""The clock of tests that run without a host: it stands still until it is moved."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta


@dataclass
class HandClock:
    """`shared.ports.clock.Clock`, moved by hand; without an instant it is Monday, 4 May 2026, 14:00 UTC."""

    instant: datetime = datetime(2026, 5, 4, 14, tzinfo=UTC)

    def now(self) -> datetime:
        return self.instant

    def pass_(self, **span: float) -> None:
        self.instant += timedelta(**span)
