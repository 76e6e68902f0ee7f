"""How the app comes to ask Open-Meteo, and that a wrong setting stops it by name and without its value."""

import pytest

from shared.adapters.open_meteo.weather import OpenMeteo
from shared.bootstrap import bootstrap
from tests.settings.conftest import Start, complaint

FREE, CUSTOMERS = "https://api.open-meteo.com", "https://customer-api.open-meteo.com"
KEY = "q7Zk" * 4
LIVE = {
    "ENVIRONMENT": "production",
    "COSMOS_ENDPOINT": "https://uso.documents.azure.com/",
    "BUS_NAMESPACE": "uso.servicebus.windows.net",
    "OIDC_ISSUER": "https://issuer.example",
    "OIDC_AUDIENCE": "https://api.uso.example",
    "STRIPE_KEY": "sk_test_" + "x9" * 5,
    "STRIPE_WEBHOOK_SECRETS": "whsec_" + "x9" * 8,
}


@pytest.mark.parametrize(
    "values",
    [
        {"OPEN_METEO_URL": FREE},
        {"OPEN_METEO_URL": CUSTOMERS, "OPEN_METEO_KEY": KEY},
        {"OPEN_METEO_URL": "https://weather.ours.example"},
        {"OPEN_METEO_URL": "https://weather.ours.example", "OPEN_METEO_KEY": KEY},
        {"OPEN_METEO_URL": "http://127.0.0.1:9", "ALLOW_PRIVATE_URLS": "true"},
    ],
)
async def test_with_its_url_the_app_asks_open_meteo(start: Start, values: dict[str, str]) -> None:
    app = bootstrap(start(**values))
    assert isinstance(app.weather, OpenMeteo)
    await app.close()


async def test_without_it_the_weather_is_the_embedded_one(start: Start) -> None:
    app = bootstrap(start())
    assert app.weather is app.weather_script
    await app.close()


def test_production_does_not_wait_for_a_weather_that_is_made_up(start: Start) -> None:
    with pytest.raises(RuntimeError, match="USO_OPEN_METEO_URL"):
        bootstrap(start(**LIVE))


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"OPEN_METEO_KEY": KEY}, "USO_OPEN_METEO_URL"),
        ({"OPEN_METEO_URL": CUSTOMERS}, "USO_OPEN_METEO_KEY"),
        (
            {"OPEN_METEO_URL": CUSTOMERS, "OPEN_METEO_KEY": f"@Microsoft.KeyVault(VaultName={KEY})"},
            "open_meteo_key",
        ),
        ({"OPEN_METEO_URL": FREE, "OPEN_METEO_KEY": KEY}, "USO_OPEN_METEO_KEY"),
        ({"OPEN_METEO_URL": "api.open-meteo.com", "OPEN_METEO_KEY": KEY}, "open_meteo_url"),
        ({"OPEN_METEO_URL": "http://weather.ours.example", "OPEN_METEO_KEY": KEY}, "USO_OPEN_METEO_URL"),
        (
            {**LIVE, "OPEN_METEO_URL": "http://127.0.0.1:9", "ALLOW_PRIVATE_URLS": "true"},
            "USO_OPEN_METEO_URL",
        ),
        ({"OPEN_METEO_URL": FREE, "OPEN_METEO_MODEL": "../static"}, "open_meteo_model"),
        ({"OPEN_METEO_URL": FREE, "OPEN_METEO_CALLS_PER_DAY": "0"}, "open_meteo_calls_per_day"),
    ],
)
def test_a_wrong_setting_stops_the_start_by_name_and_without_its_value(
    start: Start, values: dict[str, str], named: str
) -> None:
    said = complaint(start, values)
    assert named in said
    assert KEY not in said


def test_the_key_does_not_stand_in_the_settings_as_they_are_printed(start: Start) -> None:
    settings = start(OPEN_METEO_URL=CUSTOMERS, OPEN_METEO_KEY=KEY)
    assert KEY not in f"{settings!r} {settings} {settings.model_dump()} {settings.model_dump_json()}"
