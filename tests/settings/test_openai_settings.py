"""How the app comes to ask a model, and that a wrong setting stops it by name and without its value."""

import pytest

from shared.bootstrap import bootstrap
from tests.settings.conftest import Start, complaint

KEY = "sk-" + "q7Zk" * 6
AZURE = "https://uso.openai.azure.com/openai/v1/"


@pytest.mark.parametrize(
    "values",
    [
        {"OPENAI_KEY": KEY},
        {"OPENAI_URL": AZURE},
        {"OPENAI_URL": AZURE, "OPENAI_KEY": KEY},
        {"OPENAI_KEY": KEY, "OPENAI_MODELS": '{"photo": "gpt-6-sol"}'},
        {"OPENAI_URL": AZURE, "OPENAI_MODEL": "ours", "OPENAI_PRICES": '{"ours": [0.1, 0.01, 0.5]}'},
        {"OPENAI_KEY": KEY, "OPENAI_URL": "http://127.0.0.1:9/v1/", "ALLOW_PRIVATE_URLS": "true"},
    ],
)
async def test_with_a_key_or_azures_url_the_model_is_a_second_reader(
    start: Start, values: dict[str, str]
) -> None:
    app = bootstrap(start(**values))
    assert app.operations.ports.reader is not None
    await app.close()


@pytest.mark.parametrize("values", [{}, {"OPENAI_KEY": KEY, "OPENAI_USES": "intent, narration"}])
async def test_without_them_or_switched_off_the_rules_read_alone(
    start: Start, values: dict[str, str]
) -> None:
    app = bootstrap(start(**values))
    assert app.operations.ports.reader is None
    await app.close()


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"OPENAI_MODEL": "gpt-6-sol"}, "USO_OPENAI_KEY"),
        ({"OPENAI_URL": "https://models.example/v1/"}, "USO_OPENAI_KEY"),
        ({"OPENAI_URL": "http://uso.openai.azure.com/openai/v1/"}, "USO_OPENAI_URL"),
        ({"OPENAI_KEY": KEY, "OPENAI_URL": "uso.openai.azure.com"}, "openai_url"),
        ({"OPENAI_KEY": f"@Microsoft.KeyVault(VaultName={KEY})"}, "openai_key"),
        ({"OPENAI_KEY": KEY, "OPENAI_USES": "intent,poetry"}, "openai_uses"),
        ({"OPENAI_KEY": KEY, "OPENAI_MODELS": '{"poetry": "gpt-6-sol"}'}, "openai_models"),
        ({"OPENAI_KEY": KEY, "OPENAI_CENTS_PER_DAY": "-1"}, "openai_cents_per_day"),
        ({"OPENAI_KEY": KEY, "OPENAI_EFFORT": "heroic"}, "openai_effort"),
        ({"OPENAI_KEY": KEY, "OPENAI_PRICES": '{"ours": [-0.1, 0.01, 0.5]}'}, "openai_prices"),
    ],
)
def test_a_wrong_setting_stops_the_start_by_name_and_without_its_value(
    start: Start, values: dict[str, str], named: str
) -> None:
    said = complaint(start, values)
    assert named in said
    assert KEY not in said


def test_a_model_without_a_price_stops_the_start(start: Start) -> None:
    with pytest.raises(ValueError, match="USO_OPENAI_PRICES must say what ours costs"):
        bootstrap(start(OPENAI_KEY=KEY, OPENAI_MODEL="ours"))


def test_the_key_does_not_stand_in_the_settings_as_they_are_printed(start: Start) -> None:
    settings = start(OPENAI_KEY=KEY)
    assert KEY not in f"{settings!r} {settings} {settings.model_dump()} {settings.model_dump_json()}"
