"""The clock that only moves when told, and never back."""

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from devhost.clock import SystemClock, VirtualClock, parse_instant

START = datetime(2026, 5, 1, 9, 0, tzinfo=UTC)


def test_it_stands_at_its_start_and_says_so_in_its_file(tmp_path: Path) -> None:
    clock = VirtualClock(tmp_path / "data" / "clock.txt", START)
    assert clock.now() == START
    assert {parse_instant(line) for line in clock.path.read_text().splitlines()} == {START}


def test_it_survives_a_restart(tmp_path: Path) -> None:
    VirtualClock(tmp_path / "clock.txt", START).set(START + timedelta(days=7))
    assert VirtualClock(tmp_path / "clock.txt", START).now() == START + timedelta(days=7)


def test_it_never_goes_back(tmp_path: Path) -> None:
    clock = VirtualClock(tmp_path / "clock.txt", START)
    clock.set(START)
    with pytest.raises(ValueError, match="never goes back"):
        clock.set(START - timedelta(microseconds=1))
    assert clock.now() == START


def test_it_keeps_utc_whatever_the_offset_given(tmp_path: Path) -> None:
    clock = VirtualClock(tmp_path / "clock.txt", START)
    clock.set(datetime(2026, 5, 1, 12, 0, tzinfo=timezone(timedelta(hours=2))))
    assert clock.now() == datetime(2026, 5, 1, 10, 0, tzinfo=UTC)
    assert clock.path.read_text() == "2026-05-01T10:00:00.000000+00:00\n" * 2


def test_it_leaves_no_other_files(tmp_path: Path) -> None:
    clock = VirtualClock(tmp_path / "clock.txt", START)
    for day in range(5):
        clock.set(START + timedelta(days=day))
    assert [path.name for path in tmp_path.iterdir()] == ["clock.txt"]


@pytest.mark.parametrize("text", ["", "tomorrow", "2026-05-01T09:00:00"])
def test_an_instant_needs_a_zone(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        parse_instant(text)


def test_the_system_clock_is_in_utc() -> None:
    assert SystemClock().now().utcoffset() == timedelta()
