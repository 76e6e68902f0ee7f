import re
from datetime import timedelta
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from shared.settings import Settings

README = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| `USO_([A-Z_]+)` \| (.*?) \| (.*?) \|$", re.MULTILINE)
FLOW = re.compile(r'pytest\.mark\.flow\(\s*"([^"]+)"')
FLOW_ROW = re.compile(r"^\| ([0-9][0-9.b]*-[0-9]+|ops-x?[0-9]+) \|", re.MULTILINE)


def shown(value: Any) -> str:
    """A default as the table shows it."""
    if value is None or value in ("", {}, ()):
        return ""
    if isinstance(value, timedelta):
        return str(TypeAdapter(timedelta).dump_python(value, mode="json"))
    if isinstance(value, tuple):
        return ",".join(map(str, value))
    return str(value).lower() if isinstance(value, bool) else str(value)


def settings_rows() -> list[tuple[str, str, str]]:
    return [
        (name.upper(), shown(field.get_default(call_default_factory=True)), field.description or "")
        for name, field in Settings.model_fields.items()
    ]


def test_every_setting_stands_in_the_readme_with_its_default() -> None:
    assert ROW.findall(README) == settings_rows()


def test_every_flow_that_the_readme_lists_has_acceptance_tests() -> None:
    tested = {
        flow
        for path in (Path(__file__).parent).rglob("test_*.py")
        for flow in FLOW.findall(path.read_text(encoding="utf-8"))
    }
    listed = set(FLOW_ROW.findall(README))
    assert listed, "the table of flows is missing"
    assert listed <= tested, f"no tests: {sorted(listed - tested)}"
