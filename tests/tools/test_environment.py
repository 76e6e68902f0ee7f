import os
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest

from tools.environment import Environment, SetupError, ensure

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the stand-in for Python is a shell script")

WORKING, BROKEN = "#!/bin/sh\nexit 0\n", "#!/bin/sh\nexit 1\n"


class Installer:
    """Plays `venv` and `pip`: notes what it was asked for and leaves files, but needs no network."""

    def __init__(self, environment: Environment) -> None:
        self.environment = environment
        self.asked: list[str] = []
        self.pip_result = 0
        self.pip_error: BaseException | None = None

    def __call__(self, command: Sequence[str]) -> int:
        self.asked.append(command[2])
        if command[2] == "venv":
            write_python(self.environment, WORKING)
            return 0
        if self.pip_error is not None:
            raise self.pip_error
        return self.pip_result


def write_python(environment: Environment, script: str) -> None:
    environment.python.parent.mkdir(parents=True, exist_ok=True)
    environment.python.write_text(script)
    environment.python.chmod(0o755)


@pytest.fixture
def environment(tmp_path: Path) -> Environment:
    (tmp_path / "requirements.txt").write_text("a==1\n")
    (tmp_path / "requirements-dev.txt").write_text("-r requirements.txt\nb==1\n")
    return Environment(tmp_path)


@pytest.fixture
def installer(environment: Environment) -> Installer:
    return Installer(environment)


def test_the_first_use_makes_it_and_later_ones_cost_nothing(
    environment: Environment, installer: Installer
) -> None:
    assert not environment.is_ready()
    assert ensure(environment, installer)
    assert installer.asked == ["venv", "pip"]
    assert environment.is_ready()
    assert not ensure(environment, installer)
    assert installer.asked == ["venv", "pip"]


@pytest.mark.parametrize("file", ["requirements.txt", "requirements-dev.txt"])
def test_changed_requirements_are_installed_into_what_is_there(
    environment: Environment, installer: Installer, file: str
) -> None:
    ensure(environment, installer)
    (environment.root / file).write_text("a==2\n")
    installer.asked.clear()
    assert ensure(environment, installer)
    assert installer.asked == ["pip"]
    assert environment.is_ready()


def test_line_ends_are_no_change(environment: Environment, installer: Installer) -> None:
    ensure(environment, installer)
    (environment.root / "requirements.txt").write_bytes(b"a==1\r\n")
    assert environment.is_ready()


def test_an_interrupted_installation_is_begun_afresh(environment: Environment, installer: Installer) -> None:
    installer.pip_error = KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        ensure(environment, installer)
    assert not environment.is_ready()
    half = environment.home / "half-a-package"
    half.touch()
    installer.pip_error = None
    installer.asked.clear()
    assert ensure(environment, installer)
    assert installer.asked == ["venv", "pip"]
    assert not half.exists()


def test_an_interruption_while_updating_is_noticed_although_the_old_stamp_is_there(
    environment: Environment, installer: Installer
) -> None:
    ensure(environment, installer)
    (environment.root / "requirements.txt").write_text("a==2\n")
    installer.pip_error = KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        ensure(environment, installer)
    (environment.root / "requirements.txt").write_text("a==1\n")
    assert not environment.is_ready()


def test_a_failed_installation_says_so_and_is_not_taken_for_done(
    environment: Environment, installer: Installer
) -> None:
    installer.pip_result = 1
    with pytest.raises(SetupError, match="pip could not install"):
        ensure(environment, installer)
    assert not environment.is_ready()


def test_a_healthy_environment_of_someone_else_is_completed_not_replaced(
    environment: Environment, installer: Installer
) -> None:
    write_python(environment, WORKING)
    theirs = environment.home / "theirs"
    theirs.touch()
    ensure(environment, installer)
    assert installer.asked == ["pip"]
    assert theirs.exists()


@pytest.mark.parametrize("script", [BROKEN, "no program at all"])
def test_a_broken_interpreter_is_replaced(
    environment: Environment, installer: Installer, script: str
) -> None:
    write_python(environment, script)
    ensure(environment, installer)
    assert installer.asked == ["venv", "pip"]


def test_two_runs_at_once_install_once(environment: Environment) -> None:
    begun, go_on = threading.Event(), threading.Event()

    class Slow(Installer):
        def __call__(self, command: Sequence[str]) -> int:
            begun.set()
            assert go_on.wait(10)
            return super().__call__(command)

    first, second = Slow(environment), Installer(environment)
    threads = [threading.Thread(target=ensure, args=(environment, each)) for each in (first, second)]
    threads[0].start()
    assert begun.wait(10)
    threads[1].start()
    go_on.set()
    for thread in threads:
        thread.join(20)
    assert first.asked == ["venv", "pip"]
    assert second.asked == []
