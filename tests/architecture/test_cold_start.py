"""Importing the app imports no heavy SDK: a cold start pays only for the door that is knocked at."""

import json
import subprocess
import sys

from tests.architecture.sources import ROOT, imports, is_within, listed, sources

PROBE = """
import json, sys
import azure.durable_functions, azure.functions
before = set(sys.modules)
import function_app
print(json.dumps(sorted(set(sys.modules) - before)))
"""
LIGHT = (
    "function_app",
    *("activities.blueprint", "orchestrators", "triggers.bus", "triggers.routes", "triggers.timers"),
    *("triggers.affiliates.table", "triggers.fees.table", "triggers.mandates.table", "triggers.money.table"),
    *("triggers.disputes.table", "triggers.operations.table", "triggers.operations.support_table"),
    "triggers.texting.table",
    *("triggers.provider.table", "triggers.simulator.table", "triggers.web.blueprint", "triggers.web.route"),
    *("shared.ports.topics", "shared.domain.identity"),
)
"""What composing the app needs, next to the two packages that every durable Python app imports anyway."""
PACKAGES = {
    "activities",
    "triggers",
    "triggers.web",
    *("triggers.affiliates", "triggers.disputes", "triggers.fees", "triggers.mandates"),
    *("triggers.money", "triggers.operations"),
    "triggers.provider",
    "triggers.simulator",
    "triggers.texting",
    "shared",
    "shared.ports",
    "shared.domain",
}
"""Their `__init__` holds a docstring only; see below."""


def _imported() -> list[str]:
    done = subprocess.run([sys.executable, "-c", PROBE], cwd=ROOT, check=True, capture_output=True, text=True)
    names: list[str] = json.loads(done.stdout)
    return names


def test_importing_the_app_loads_only_what_its_index_needs() -> None:
    heavy = [
        name
        for name in _imported()
        if not is_within(name, LIGHT)
        and name not in PACKAGES
        and name.partition(".")[0] not in sys.stdlib_module_names
    ]
    assert not heavy, listed(heavy, "import these inside the function that needs them, not at the top:")


def test_packages_that_everyone_passes_through_are_empty() -> None:
    for package in PACKAGES:
        (source, *_) = sources(package)
        assert source.name == package
        assert not imports(source), f"{package}/__init__.py imports something, and so does every cold start"
