from collections.abc import Sequence
from pathlib import Path

import pytest

from tools.environment import SetupError
from tools.wire import PEERS, Supply, ensure, supplies


@pytest.fixture
def supply(tmp_path: Path) -> Supply:
    (tmp_path / "lock").write_text("a==1\n")
    place = tmp_path / "place"
    place.mkdir()
    return Supply(tmp_path / "lock", place, ["install", "a"], "the packages of lock")


class Installer:
    def __init__(self, *results: int) -> None:
        self.results = list(results)
        self.asked: list[Sequence[str]] = []

    def __call__(self, command: Sequence[str]) -> int:
        self.asked.append(command)
        return self.results.pop(0)


def test_what_is_there_is_not_installed_again(supply: Supply) -> None:
    installer = Installer(0)
    ensure([supply], installer)
    ensure([supply], installer)
    assert installer.asked == [["install", "a"]]


def test_a_changed_lock_and_a_place_made_anew_are_installed(supply: Supply) -> None:
    installer = Installer(0, 0, 0)
    ensure([supply], installer)
    supply.lock.write_text("a==2\n")
    ensure([supply], installer)
    supply.stamp.unlink()
    ensure([supply], installer)
    assert len(installer.asked) == 3


def test_what_cannot_be_installed_is_named_and_tried_again(supply: Supply, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    other = Supply(supply.lock, tmp_path / "other", ["install", "b"], "what b is")
    installer = Installer(1, 1, 0, 0)
    with pytest.raises(SetupError, match="the packages of lock and what b is"):
        ensure([supply, other], installer)
    ensure([supply, other], installer)
    assert supply.is_there()
    assert other.is_there()


def test_without_npm_it_says_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match=r"Node\.js"):
        supplies(tmp_path, lambda name: None)


def test_the_lock_files_are_there() -> None:
    for supply in supplies(which=lambda name: name):
        assert supply.lock.exists(), supply.lock
    assert PEERS.is_relative_to("tests")
