"""How the app comes to keep its state in Cosmos DB, and that a wrong setting stops it by name."""

import subprocess
import sys
from pathlib import Path

import pytest

from shared.adapters.cosmos_store import __main__ as setting_up
from shared.adapters.cosmos_store.connection import credential_of
from shared.adapters.cosmos_store.store import CosmosStore
from shared.adapters.sqlite_store import SqliteStore
from shared.bootstrap import bootstrap
from tests.settings.conftest import Start, complaint

ENDPOINT, KEY = "https://uso.documents.azure.com:443/", "c2VjcmV0IGtleQ=="
ON = {"COSMOS_ENDPOINT": ENDPOINT, "COSMOS_KEY": KEY}


async def test_with_its_endpoint_the_app_keeps_its_state_in_cosmos(start: Start) -> None:
    app = bootstrap(start(**ON))
    assert isinstance(app.store, CosmosStore)
    assert app.store in app.closing
    await app.close()


async def test_without_it_the_state_is_a_file(start: Start) -> None:
    app = bootstrap(start())
    assert isinstance(app.store, SqliteStore)
    await app.close()


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"COSMOS_KEY": KEY}, "USO_COSMOS_ENDPOINT"),
        ({"COSMOS_ENDPOINT": "uso.documents.azure.com"}, "cosmos_endpoint"),
        ({"COSMOS_ENDPOINT": "http://127.0.0.1:8081"}, "USO_COSMOS_KEY"),
        (ON | {"COSMOS_KEY": "no base64 c2VjcmV0"}, "cosmos_key"),
        (ON | {"COSMOS_DATABASE": "a/b"}, "cosmos_database"),
        (ON | {"COSMOS_PATIENCE": "PT0S"}, "cosmos_patience"),
        (ON | {"COSMOS_ENDPOINT": "http://10.0.0.1/", "ENVIRONMENT": "production"}, "https://"),
    ],
)
def test_a_wrong_setting_stops_the_start_by_name_and_without_its_value(
    start: Start, values: dict[str, str], named: str
) -> None:
    said = complaint(start, values)
    assert named in said
    assert "c2VjcmV0" not in said


def test_production_does_not_keep_its_state_on_a_machine_that_comes_and_goes(start: Start) -> None:
    with pytest.raises(RuntimeError, match="USO_COSMOS_ENDPOINT"):
        bootstrap(start(ENVIRONMENT="production"))


def test_no_key_stands_in_the_settings_as_they_are_printed(start: Start) -> None:
    settings = start(**ON)
    assert KEY not in f"{settings!r} {settings} {settings.model_dump()} {settings.model_dump_json()}"


async def test_without_a_key_the_apps_identity_signs_in(start: Start) -> None:
    from azure.identity.aio import DefaultAzureCredential

    credential, key = credential_of(start(COSMOS_ENDPOINT=ENDPOINT))
    assert isinstance(credential, DefaultAzureCredential)
    assert key is None
    await credential.close()
    assert credential_of(start(**ON)) == (None, KEY)


def test_a_production_account_is_not_set_up_by_hand(start: Start) -> None:
    start(**ON, ENVIRONMENT="production")
    with pytest.raises(SystemExit):
        setting_up.main()


def test_the_sdk_is_not_loaded_before_it_is_used(tmp_path: Path) -> None:
    script = (
        "import sys; from shared.settings import Settings; from shared.bootstrap import bootstrap;"
        f"bootstrap(Settings(data_dir={str(tmp_path)!r}, cosmos_endpoint={ENDPOINT!r}, cosmos_key={KEY!r}));"
        "print([name for name in sys.modules if name.startswith(('azure.cosmos', 'azure.identity'))])"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
