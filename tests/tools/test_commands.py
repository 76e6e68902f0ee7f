import argparse
import asyncio
import json
import os
import socket
import stat
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from shared.adapters.clocks import SystemClock
from shared.adapters.local_issuer import LocalIssuer
from shared.domain.identity import Persona
from shared.settings import Settings
from tools import interpreter
from tools.cli import parser
from tools.place import Place, free_port
from tools.progress import Progress
from tools.quality import test_arguments as arguments_for_pytest
from tools.root import ROOT
from tools.start import welcome
from tools.tokens import issue, token


def arguments(*given: str) -> argparse.Namespace:
    return parser().parse_args(given)


def test_without_a_command_it_says_what_it_can_do_on_a_machine_with_only_python() -> None:
    done = subprocess.run(
        [sys.executable, "-S", str(ROOT / "dev.py")], capture_output=True, text=True, check=True
    )
    for command in ("demo", "start", "token", "test", "check", "bench", "cost"):
        assert command in done.stdout


@pytest.mark.parametrize("version", [(3, 10), (3, 13), (2, 7)])
def test_an_unsuitable_python_is_told_what_to_install(version: tuple[int, int]) -> None:
    assert not interpreter.is_suitable(version)
    complaint = interpreter.complaint(version, "/some/python")
    assert f"{version[0]}.{version[1]}" in complaint
    assert "3.11 or 3.12" in complaint


def test_this_python_is_suitable() -> None:
    assert interpreter.is_suitable(sys.version_info[:2])


def test_a_token_is_accepted_by_the_app_of_the_same_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = ("--persona", "partner", "--id", "staff", "--partner", "shop", "--data", str(tmp_path))
    assert token(arguments("token", *given)) == 0
    issuer = LocalIssuer(Settings(data_dir=tmp_path / "uso"), SystemClock())
    principal = asyncio.run(issuer.verify(capsys.readouterr().out.strip()))
    assert (principal.persona, principal.subject, principal.partner_id) == (Persona.PARTNER, "staff", "shop")


def test_a_token_lives_by_the_virtual_clock_of_its_folder(tmp_path: Path) -> None:
    clock = tmp_path / "clock"
    clock.write_text("2030-01-01T00:00:00+00:00\n")
    (tmp_path / "serving.json").write_text(json.dumps({"url": "", "clock_file": str(clock)}))
    import jwt

    text = issue(tmp_path, persona="customer", id="alice", lifetime=timedelta(hours=1))
    claims = jwt.decode(text, options={"verify_signature": False})
    assert claims["nbf"] == 1893456000
    assert claims["exp"] == 1893456000 + 3600


@pytest.mark.parametrize("given", [("--hours", "0"), ("--persona", "admin", "--customer", "bob")])
def test_an_impossible_token_is_refused_in_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], given: tuple[str, ...]
) -> None:
    assert token(arguments("token", "--data", str(tmp_path), *given)) == 2
    assert capsys.readouterr().err.startswith("dev.py token: ")


def test_no_token_is_printed_that_the_app_would_not_take(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("USO_OIDC_ISSUER", "https://issuer.example")
    monkeypatch.setenv("USO_OIDC_AUDIENCE", "api")
    assert token(arguments("token", "--data", str(tmp_path))) == 2
    out, err = capsys.readouterr()
    assert "https://issuer.example" in err
    assert out == ""
    assert not (tmp_path / "uso").exists()


def test_a_start_with_an_issuer_says_whose_token_to_bring(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = Place(data=tmp_path, port=7071)
    assert "Bearer eyJ" in welcome(place)
    monkeypatch.setenv("USO_OIDC_ISSUER", "https://issuer.example")
    monkeypatch.setenv("USO_OIDC_AUDIENCE", "api")
    said = welcome(place)
    assert "Bearer $TOKEN" in said
    assert "a token of https://issuer.example" in said
    assert "eyJ" not in said


def test_a_whole_test_run_is_spread_and_a_narrow_one_is_not() -> None:
    assert arguments_for_pytest([], 2) == ["-n", "2", "--dist", "loadgroup"]
    assert arguments_for_pytest(["-x"], 8) == ["-n", "4", "--dist", "loadgroup", "-x"]
    assert arguments_for_pytest([], 1) == []
    assert arguments_for_pytest(["tests/tools"], 8) == ["tests/tools"]
    assert arguments_for_pytest(["-n0"], 8) == ["-n0"]


@pytest.mark.skipif(os.name == "nt", reason="a shell script")
def test_the_pipeline_calls_the_tests() -> None:
    script = ROOT / ".ci" / "run"
    assert script.stat().st_mode & stat.S_IXUSR
    subprocess.run(["sh", "-n", str(script)], check=True)
    assert "dev.py test" in script.read_text()


def test_progress_keeps_quiet_until_something_fails(capfd: pytest.CaptureFixture[str]) -> None:
    assert Progress().run([sys.executable, "-c", "print('all the details')"]) == 0
    assert "details" not in "".join(capfd.readouterr())
    assert Progress().run([sys.executable, "-c", "print('what went wrong'); raise SystemExit(3)"]) == 3
    assert "what went wrong" in capfd.readouterr().err


def test_ports_are_free_and_never_handed_out_twice_in_a_row() -> None:
    with socket.socket() as taken:
        first = free_port()
        taken.bind(("127.0.0.1", first + 1))
        taken.listen()
        assert free_port() not in (first, first + 1)
