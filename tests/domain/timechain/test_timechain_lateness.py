"""The late-delivery ladder: 15, 20, 30, 45 minutes, and too little time left."""

import pytest

from shared.domain.timechain import LatenessLevel, LatenessPolicy, lateness

AMPLE = 600


@pytest.mark.parametrize(
    ("delay", "level"),
    [
        (-5, LatenessLevel.ON_TIME),
        (0, LatenessLevel.ON_TIME),
        (14, LatenessLevel.ON_TIME),
        (15, LatenessLevel.WARNING),
        (19, LatenessLevel.WARNING),
        (20, LatenessLevel.HIGH),
        (29, LatenessLevel.HIGH),
        (30, LatenessLevel.CRITICAL),
        (44, LatenessLevel.CRITICAL),
        (45, LatenessLevel.SWAP),
        (500, LatenessLevel.SWAP),
    ],
)
def test_each_step_of_the_ladder(delay: int, level: LatenessLevel) -> None:
    assert lateness(delay, AMPLE) is level


def test_with_less_time_left_than_the_delay_and_half_an_hour_the_courier_is_swapped() -> None:
    assert lateness(15, 45) is LatenessLevel.WARNING
    assert lateness(15, 44) is LatenessLevel.SWAP
    assert lateness(20, -3) is LatenessLevel.SWAP


def test_what_is_on_time_is_left_alone_in_its_last_half_hour() -> None:
    assert lateness(0, 5) is LatenessLevel.ON_TIME
    assert lateness(14, 1) is LatenessLevel.ON_TIME


def test_the_thresholds_can_be_set() -> None:
    assert lateness(6, AMPLE, policy=LatenessPolicy(warning=5)) is LatenessLevel.WARNING
