"""What production costs an app that does not use it, and what the first use of each adapter costs."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tools.bench import bills, first_calls
from tools.bench.first_call import CALLS, HEAVY
from tools.bench.production import EVERYTHING
from tools.cost import counted
from tools.root import ROOT

LOCAL = {"USO_BUS_URL", "USO_BUS_CONNECTION", "USO_CLOCK_FILE", "USO_COSMOS_KEY"}
"""Which production does without: it reaches Azure by identity."""
PROBE = f"""
import json, sys
from shared.bootstrap import app
here = app()
ports = here.operations.ports
served = [here.store, here.tokens, here.payments, here.weather, ports.shop, ports.suppliers, ports.mailer]
served += [ports.ads, *ports.alerts]
told = [[type(each).__name__ for each in served], [name for name in {HEAVY!r} if name in sys.modules]]
print(json.dumps(told))
"""


def test_every_setting_that_chooses_a_service_is_on() -> None:
    example = json.loads((ROOT / "local.settings.json.example").read_text("utf-8"))["Values"]
    empty = {name for name, value in example.items() if value == "" and name.startswith("USO_")}
    assert empty - LOCAL <= set(EVERYTHING), "tools/bench/production.py does not know them"


def test_an_app_with_every_production_setting_on_is_built_without_any_sdk(tmp_path: Path) -> None:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("USO_")}
    done = subprocess.run(
        [sys.executable, "-c", PROBE],
        cwd=ROOT,
        env={**clean, **EVERYTHING, "USO_DATA_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    served, loaded = json.loads(done.stdout)
    assert served[:4] == ["CosmosStore", "OidcIssuer", "StripePayments", "OpenMeteo"]
    assert served[4:8] == ["ShopifyShop", "JsonSuppliers", "SmtpMail", "MetaAds"]
    assert set(served[8:]) == {"PushAlerts", "TwilioAlerts", "SlackAlerts"}
    assert loaded == [], "import it inside the function that needs it"


def test_each_adapter_that_is_called_has_a_peer() -> None:
    assert set(CALLS) == set(first_calls.PEERS)


async def test_a_first_call_is_made_by_a_fresh_process_and_compared_with_the_second() -> None:
    figure = await first_calls.first_call("Slack")
    assert figure.name == "first call: Slack"
    assert figure.peer_name == "the second"
    assert figure.note.startswith("loads ")


async def test_an_adapter_without_a_peer_here_is_named_and_not_passed_over(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(first_calls, "is_there", lambda name: name != "Cosmos DB")
    monkeypatch.setattr(first_calls, "first_call", _called)
    figures = await first_calls.measured(first_calls.PEERS)
    assert len(figures) == len(first_calls.PEERS) - 1
    assert "Cosmos DB: needs --wire" in figures[-1].note


async def _called(name: str) -> first_calls.Figure:
    return first_calls.Figure(name=name, ours=1, unit="ms")


def test_five_figures_are_shown_of_every_flow() -> None:
    figures = {figure.name: figure for figure in bills.figures_of(counted.load())}
    assert len(figures) == 5 * len(counted.load())
    order = counted.load()["order"]
    assert figures["order: durable actions"].ours == order.durable_actions == 10
    assert figures["order: external calls"].note == "2 partners, 3 payments"


@pytest.mark.wire
@pytest.mark.parametrize("name", first_calls.PEERS)
async def test_every_adapter_can_be_called_for_the_first_time(name: str) -> None:
    assert first_calls.is_there(name)
    figure = await first_calls.first_call(name)
    assert figure.name == f"first call: {name}"
