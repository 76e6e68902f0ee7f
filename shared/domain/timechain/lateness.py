"""The late-delivery ladder (M5, flow 5.2-3): what lateness asks for."""

from enum import StrEnum

from pydantic import Field

from shared.domain.model import Model


class LatenessLevel(StrEnum):
    """How bad it is; each level includes what the ones before it ask for."""

    ON_TIME = "on_time"
    WARNING = "warning"
    """Tell the customer."""
    HIGH = "high"
    """Alert operations."""
    CRITICAL = "critical"
    """Evaluate re-sourcing."""
    SWAP = "swap"
    """Swap the courier."""


class LatenessPolicy(Model):
    """The thresholds of the ladder, in minutes."""

    warning: int = Field(default=15, ge=1)
    high: int = Field(default=20, ge=1)
    critical: int = Field(default=30, ge=1)
    swap: int = Field(default=45, ge=1)
    swap_reserve: int = Field(default=30, ge=0)
    """A swap takes this long; with less left to the deadline than the delay and this, it is now or never."""


def lateness(
    delay_minutes: int, minutes_to_deadline: int, *, policy: LatenessPolicy | None = None
) -> LatenessLevel:
    """Return what a leg `delay_minutes` behind its timeline asks for, so long before the deadline.

    Under the warning threshold nothing is asked for, however near the deadline: most deliveries pass
    through their last half hour in time.
    """
    limits = policy or LatenessPolicy()
    if delay_minutes < limits.warning:
        return LatenessLevel.ON_TIME
    if delay_minutes >= limits.swap or minutes_to_deadline < delay_minutes + limits.swap_reserve:
        return LatenessLevel.SWAP
    if delay_minutes >= limits.critical:
        return LatenessLevel.CRITICAL
    return LatenessLevel.HIGH if delay_minutes >= limits.high else LatenessLevel.WARNING
