"""Embedded ways to wake people and to advertise: alerts that are kept, campaigns that can be paused."""

from shared.adapters.simulated_outside.outside import (
    CHANNELS,
    SimulatedAds,
    SimulatedChannel,
    SimulatedOutside,
)

__all__ = ["CHANNELS", "SimulatedAds", "SimulatedChannel", "SimulatedOutside"]
