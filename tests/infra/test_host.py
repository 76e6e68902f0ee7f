"""What the app asks of the Functions host is documented: binding types, host.json, settings."""

import json
import re
import runpy
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from shared.settings import Settings
from tests.infra.documented import BINDINGS, HOST_JSON, IDENTITY_CONNECTION, SETTINGS
from tools.root import ROOT

INFRA = ROOT / "infra"
HOST: dict[str, Any] = json.loads((ROOT / "host.json").read_text())
BUS: dict[str, Any] = json.loads((INFRA / "bus.json").read_text())


@cache
def bindings() -> list[Mapping[str, Any]]:
    """As the worker would report them; an app of its own, for an app is indexed once."""
    app = runpy.run_path(str(ROOT / "function_app.py"))["app"]
    return [each.get_dict_repr() for function in app.get_functions() for each in function.get_bindings()]


def of(kind: str) -> list[Mapping[str, Any]]:
    return [each for each in bindings() if each["type"] == kind]


def unknown(given: Mapping[str, Any], documented: Mapping[str, Any], where: str = "") -> Iterator[str]:
    for name, value in given.items():
        below = documented.get(name, documented.get("*", False))
        if below is False:
            yield f"{where}{name}"
        elif below is not None:
            yield from unknown(value, below, f"{where}{name}/")
        elif isinstance(value, Mapping):
            yield f"{where}{name} is no section"


def test_every_binding_is_of_a_documented_type_with_documented_properties() -> None:
    seen = {each["type"] for each in bindings()}
    assert {"httpTrigger", "timerTrigger", "serviceBusTrigger", "orchestrationTrigger"} <= seen
    strange = {
        (each["type"], name)
        for each in bindings()
        for name in each
        if name not in BINDINGS.get(each["type"], set())
    }
    assert not strange


def test_host_json_says_nothing_that_is_not_documented() -> None:
    assert list(unknown(HOST, HOST_JSON)) == []
    slips = {"extensions": {"serviceBus": {"messageHandlerOptions": {}}}, "functionTimeOut": "1"}
    assert list(unknown(slips, HOST_JSON)) == [
        "extensions/serviceBus/messageHandlerOptions",
        "functionTimeOut",
    ]


def test_the_bundle_knows_versions_of_orchestrations_and_stays_within_its_major() -> None:
    bundle = HOST["extensionBundle"]
    assert bundle["id"] == "Microsoft.Azure.Functions.ExtensionBundle"
    lowest = re.fullmatch(r"\[4\.(\d+)\.0, 5\.0\.0\)", bundle["version"])
    assert lowest
    assert int(lowest[1]) >= 26


def test_the_hub_has_a_name_that_storage_takes() -> None:
    durable = HOST["extensions"]["durableTask"]
    # letters and digits, a letter first; queues and tables are named after it
    assert re.fullmatch(r"[A-Za-z][A-Za-z0-9]{2,44}", durable["hubName"])
    assert 1 <= durable["storageProvider"]["partitionCount"] <= 16


def test_a_run_may_take_as_long_as_either_plan_allows_and_keeps_its_message_that_long() -> None:
    assert HOST["functionTimeout"] == "00:10:00"
    assert HOST["extensions"]["serviceBus"]["maxAutoLockRenewalDuration"] == HOST["functionTimeout"]


def test_messages_are_tried_as_often_as_their_subscription_says() -> None:
    serviced = {each["subscriptionName"]: each for each in of("serviceBusTrigger")}
    made = {each["name"]: each for each in BUS["subscriptions"]}
    assert serviced.keys() == made.keys()
    for name, trigger in serviced.items():
        assert trigger["topicName"] == BUS["topic"]["name"]
        assert bool(trigger.get("isSessionsEnabled")) == made[name]["requiresSession"]


def test_settings_that_bindings_name_are_told_everywhere() -> None:
    named = {each["connection"] for each in of("serviceBusTrigger")}
    assert named == {"ServiceBusConnection"}
    example = json.loads((ROOT / "local.settings.json.example").read_text())["Values"]
    told = set(re.findall(r"name: '(\w+)'", (INFRA / "main.bicep").read_text()))
    for connection in named:
        assert connection in example
        assert {f"{connection}__{part}" for part in IDENTITY_CONNECTION} <= told


@pytest.mark.parametrize("file", sorted(INFRA.rglob("*.bicep")), ids=lambda file: file.name)
def test_settings_in_the_infrastructure_are_ours_or_documented(file: Any) -> None:
    told = set(re.findall(r"\{ name: '(\w+)', value:", file.read_text()))
    known = SETTINGS | {f"ServiceBusConnection__{part}" for part in IDENTITY_CONNECTION}
    ours = {f"USO_{name.upper()}" for name in Settings.model_fields}
    assert told <= known | ours


def test_chosen_settings_are_ours_and_their_secrets_are_in_the_vault() -> None:
    chosen = json.loads((INFRA / "settings.json").read_text())
    secret = {
        f"USO_{name.upper()}"
        for name, field in Settings.model_fields.items()
        if "SecretStr" in str(field.annotation)
    }
    assert set(chosen["secrets"]) <= secret
    assert {name.removeprefix("USO_").lower() for name in chosen["values"]} <= set(Settings.model_fields)
    assert not set(chosen["values"]) & secret, "a secret has no place in a file"
    # an identity opens these
    assert not {"USO_COSMOS_KEY", "USO_BUS_CONNECTION"} & set(chosen["secrets"])


def test_azd_finds_the_app_and_fills_in_parameters_that_exist() -> None:
    azure = (ROOT / "azure.yaml").read_text()
    (service,) = re.findall(r"^services:\n  (\w+):\n", azure, re.MULTILINE)
    for app in ("app-flex.bicep", "app-classic.bicep"):
        assert f"'azd-service-name': '{service}'" in (INFRA / "modules" / app).read_text()
    assert re.search(r"host: function\n", azure)
    given = json.loads((INFRA / "main.parameters.json").read_text())["parameters"]
    declared = set(re.findall(r"^param (\w+) ", (INFRA / "main.bicep").read_text(), re.MULTILINE))
    assert given.keys() <= declared
    for value in given.values():
        assert re.fullmatch(r"\$\{[A-Z_]+(=[a-z]*)?\}", value["value"])


def test_every_parameter_is_explained() -> None:
    told = (ROOT / "docs" / "DEPLOYING.md").read_text().partition("| parameter of `infra/main.bicep` |")[2]
    named = set(
        re.findall(
            r"`(\w+)`", "\n".join(row.partition(" | ")[0] for row in told.split("\n\n")[0].splitlines())
        )
    )
    declared = set(re.findall(r"^param (\w+) ", (INFRA / "main.bicep").read_text(), re.MULTILINE))
    assert named == declared - {"environmentName", "location", "deployerId"}, "azd sets those three itself"


def test_nothing_is_sampled_that_an_alert_counts_of_the_host() -> None:
    assert "telemetryMode" not in HOST, "the other mode knows neither sampling nor the columns of the alerts"
    sampled = HOST["logging"]["applicationInsights"]["samplingSettings"]["excludedTypes"].split(";")
    assert {"Request", "Trace"} <= set(sampled)


def test_the_apps_own_spans_are_not_counted_beside_the_hosts_requests() -> None:
    from shared.adapters.open_telemetry.pipeline import SERVICE

    panels = json.loads((INFRA / "workbook.json").read_text())["items"]
    alerts = json.loads((INFRA / "alerts.json").read_text())
    for query in (*(each["query"] for each in alerts), *(each["content"]["query"] for each in panels)):
        if query.startswith(("requests", "union")):
            assert f'cloud_RoleName != "{SERVICE}"' in query or f'cloud_RoleName == "{SERVICE}"' in query


def test_figures_that_are_watched_are_told() -> None:
    import shared.adapters.open_telemetry.pipeline as pipeline

    told = Path(pipeline.__file__).read_text()
    watched = {
        name
        for file in ("alerts.json", "workbook.json")
        for name in re.findall(r'\\"(uso\.[a-z_.]+)\\"', (INFRA / file).read_text())
    }
    assert {"uso.outbox.lag", "uso.store.request_charge", "uso.step", "uso.outcome"} <= watched
    for name in watched:
        assert f'"{name}"' in told, f"nobody tells {name}"


def test_alerts_and_their_page_are_whole() -> None:
    alerts = json.loads((INFRA / "alerts.json").read_text())
    assert len({each["name"] for each in alerts}) == len(alerts)
    for each in alerts:
        assert each.keys() == {"name", "title", "why", "severity", "every", "over", "moreThan", "query"}
        assert 0 <= each["severity"] <= 4
    panels = json.loads((INFRA / "workbook.json").read_text())["items"]
    assert all(each["content"]["query"].partition("\n")[0] in TABLES for each in panels)
    assert all(each["query"].partition("\n")[0] in TABLES for each in alerts)


TABLES = {"requests", "dependencies", "traces", "exceptions", "customMetrics", "union requests, dependencies"}
"""Of Application Insights (learn.microsoft.com/azure/azure-monitor/app/data-model-complete)."""
