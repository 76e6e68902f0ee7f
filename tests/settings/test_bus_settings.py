"""How the app comes to send its events, and that a wrong setting stops it by name and without its value."""

import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import ValidationError

from shared.adapters.service_bus_amqp.dead_letters import ServiceBusDeadLetters
from shared.adapters.service_bus_amqp.sender import ServiceBusAmqp
from shared.adapters.service_bus_rest import NoBus, ServiceBusRest
from shared.bootstrap import bootstrap
from shared.errors import Unavailable
from shared.settings import Settings
from tests.settings.conftest import Start
from tools.place import Place

HOST = "uso-prod.servicebus.windows.net"
KEY = "SharedAccessKeyName=app;SharedAccess" + "Key=aGVsbG8="
CONNECTION = f"Endpoint=sb://{HOST}/;{KEY}"
EMULATOR = f"Endpoint=sb://127.0.0.1;{KEY};UseDevelopmentEmulator=true;"
LOCAL = "http://127.0.0.1:7071/devhost/servicebus"


@pytest.mark.parametrize(
    "setting", [{"BUS_NAMESPACE": HOST}, {"BUS_CONNECTION": CONNECTION}, {"BUS_CONNECTION": EMULATOR}]
)
async def test_with_a_namespace_the_app_sends_over_amqp(start: Start, setting: dict[str, str]) -> None:
    app = bootstrap(start(**setting))
    assert isinstance(app.closing[0], ServiceBusAmqp)
    assert isinstance(app.dead_letters, ServiceBusDeadLetters)
    await app.close()


async def test_with_a_url_it_is_the_local_hosts_bus(start: Start) -> None:
    app = bootstrap(start(BUS_URL=LOCAL))
    assert isinstance(app.closing[0], ServiceBusRest)
    assert app.dead_letters is app.closing[0]
    await app.close()


async def test_without_any_events_stay_and_there_are_no_dead_letters_to_see(start: Start) -> None:
    app = bootstrap(start())
    assert isinstance(app.closing[0], NoBus)
    with pytest.raises(Unavailable, match="USO_BUS_NAMESPACE"):
        await app.dead_letters.list("plans", limit=1)
    with pytest.raises(Unavailable):
        await app.dead_letters.replay("plans", [1])
    await app.close()


async def test_the_local_host_keeps_its_own_bus_whatever_is_set_for_core_tools(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("USO_BUS_CONNECTION", EMULATOR)
    for name, value in Place(data=tmp_path, port=7071).settings().items():
        monkeypatch.setenv(name, value)
    app = bootstrap(Settings())
    assert isinstance(app.closing[0], ServiceBusRest)
    await app.close()


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"BUS_URL": LOCAL, "BUS_NAMESPACE": HOST}, "exclude each other"),
        ({"BUS_URL": LOCAL, "BUS_CONNECTION": CONNECTION}, "exclude each other"),
        ({"BUS_NAMESPACE": HOST, "BUS_CONNECTION": CONNECTION}, "exclude each other"),
        ({"BUS_NAMESPACE": "uso-prod"}, "bus_namespace"),
        ({"BUS_NAMESPACE": f"sb://{HOST}/"}, "bus_namespace"),
        ({"BUS_NAMESPACE": CONNECTION}, "bus_namespace"),
        ({"BUS_CONNECTION": HOST}, "bus_connection"),
        ({"BUS_CONNECTION": f"Endpoint=sb://{HOST}/"}, "bus_connection"),
        ({"BUS_CONNECTION": KEY}, "bus_connection"),
        ({"BUS_CONNECTION": f"{CONNECTION};EntityPath=uso-events"}, "not of one topic"),
        ({"ENVIRONMENT": "production", "BUS_CONNECTION": EMULATOR}, "not for production"),
        ({"ENVIRONMENT": "production", "BUS_URL": LOCAL}, "not for production"),
    ],
)
def test_a_wrong_setting_stops_the_start_and_is_not_repeated(
    start: Start, values: dict[str, str], named: str
) -> None:
    with pytest.raises(ValidationError, match=named) as caught:
        start(**values)
    assert "aGVsbG8" not in str(caught.value)


def test_production_does_not_keep_its_events_to_itself(start: Start) -> None:
    with pytest.raises(RuntimeError, match="USO_BUS_NAMESPACE"):
        bootstrap(start(ENVIRONMENT="production", COSMOS_ENDPOINT="https://uso.documents.azure.com/"))


def test_the_sdk_is_not_loaded_before_the_first_event(tmp_path: Path) -> None:
    probe = """
import sys
from shared.bootstrap import bootstrap
from shared.settings import Settings
bootstrap(Settings())
print(sorted({name for name in sys.modules if name.startswith(("azure.servicebus", "azure.identity"))}))
"""
    environment = {"USO_BUS_NAMESPACE": HOST, "PATH": "", "USO_DATA_DIR": str(tmp_path)}
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", probe], cwd=root, env=environment, capture_output=True, text=True, check=False
    )
    assert done.stdout.strip() == "[]", done.stderr
