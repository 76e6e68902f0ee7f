"""What is deployed is enough to run, and nothing of a developer's machine goes along."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from shared.settings import Settings
from tools.root import ROOT

EXAMPLE = ROOT / "local.settings.json.example"
AT_HOME = {
    "devhost",
    "docs",
    "infra",
    "tests",
    "tools",
    "azure.yaml",
    "dev.py",
    ".azure",
    ".data",
    ".venv",
} | {
    "local.settings.json",
    "requirements-wire.txt",
}


def ignored() -> set[str]:
    lines = (ROOT / ".funcignore").read_text().splitlines()
    return {line.rstrip("/") for line in lines if line and not line.startswith("#")}


def test_tools_for_development_stay_at_home() -> None:
    assert ignored() >= AT_HOME


def test_what_is_deployed_can_be_imported_and_find_its_data(tmp_path: Path) -> None:
    kept = [entry for entry in ROOT.iterdir() if entry.name not in ignored() and entry.name[0] != "."]
    for entry in kept:
        if entry.is_dir():
            shutil.copytree(entry, tmp_path / entry.name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(entry, tmp_path / entry.name)
    code = (
        "import sys, function_app, shared.bootstrap, shared.services.shipped_catalogue as shipped\n"
        "assert shared.bootstrap.app() and shipped.load_shipped().vendors\n"
        "assert not {'devhost', 'tools'} & set(sys.modules)\n"
        "print(len(function_app.app.get_functions()))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 20


def test_the_example_of_local_settings_names_real_settings_only(monkeypatch: pytest.MonkeyPatch) -> None:
    values = json.loads(EXAMPLE.read_text())["Values"]
    ours = {name for name in values if name.startswith("USO_")}
    assert {name.removeprefix("USO_").lower() for name in ours} <= set(Settings.model_fields)
    for name in ours:
        monkeypatch.setenv(name, values[name])
    assert Settings().environment == "development"
    assert values["FUNCTIONS_WORKER_RUNTIME"] == "python"
    assert {"AzureWebJobsStorage", "ServiceBusConnection"} <= set(values)


def test_the_example_of_local_settings_holds_everything_that_chooses_an_adapter() -> None:
    """What is empty unless it is given says which real service is used, and with which secret."""
    example = json.loads(EXAMPLE.read_text())["Values"]
    unset = [
        f"USO_{name.upper()}"
        for name, field in Settings.model_fields.items()
        if field.get_default(call_default_factory=True) in (None, "", (), {})
        and "for tests" not in (field.description or "")
    ]
    assert [name for name in unset if name not in example] == [], "add them, with an empty value"
