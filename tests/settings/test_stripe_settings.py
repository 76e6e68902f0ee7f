"""How the app comes to run on Stripe, and that a wrong setting stops it by name and without its value."""

import pytest

from shared.adapters.stripe_payments import StripePayments
from shared.bootstrap import bootstrap
from tests.settings.conftest import Start, complaint

KEY, SECRET = "sk_test_" + "q7Zk" * 5, "whsec_" + "q7Zk" * 8
ON = {"STRIPE_KEY": KEY, "STRIPE_WEBHOOK_SECRETS": SECRET}


@pytest.mark.parametrize("key", [KEY, "rk_live_" + "q7Zk"])
async def test_with_its_key_the_app_runs_on_stripe(start: Start, key: str) -> None:
    app = bootstrap(start(**ON | {"STRIPE_KEY": key}))
    assert isinstance(app.payments, StripePayments)
    assert app.stripe_webhooks is app.payments
    assert app.payments in app.closing
    await app.close()


async def test_without_it_payments_are_simulated_and_stripe_has_no_door(start: Start) -> None:
    app = bootstrap(start())
    assert not isinstance(app.payments, StripePayments)
    assert app.stripe_webhooks is None
    await app.close()


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"STRIPE_KEY": KEY}, "USO_STRIPE_WEBHOOK_SECRETS"),
        ({"STRIPE_WEBHOOK_SECRETS": SECRET}, "USO_STRIPE_KEY"),
        ({"STRIPE_BASE_URL": "http://127.0.0.1:9"}, "USO_STRIPE_KEY"),
        (ON | {"STRIPE_KEY": "pk_live_" + "q7Zk" * 5}, "stripe_key"),
        (ON | {"STRIPE_WEBHOOK_SECRETS": "q7Zk" * 8}, "stripe_webhook_secrets"),
        (ON | {"STRIPE_WEBHOOK_SECRETS": f"{SECRET},{KEY}"}, "stripe_webhook_secrets"),
        (ON | {"STRIPE_BASE_URL": "127.0.0.1:9"}, "stripe_base_url"),
        (ON | {"STRIPE_TIMEOUT": "PT0S"}, "stripe_timeout"),
        (ON | {"STRIPE_RETRIES": "50"}, "stripe_retries"),
        (ON | {"ENVIRONMENT": "production", "STRIPE_BASE_URL": "http://127.0.0.1:9"}, "USO_STRIPE_BASE_URL"),
    ],
)
def test_a_wrong_setting_stops_the_start_by_name_and_without_its_value(
    start: Start, values: dict[str, str], named: str
) -> None:
    said = complaint(start, values)
    assert named in said
    assert "q7Zk" not in said


def test_production_is_not_paid_by_a_simulator(start: Start) -> None:
    with pytest.raises(RuntimeError, match="USO_STRIPE_KEY"):
        bootstrap(
            start(
                ENVIRONMENT="production",
                COSMOS_ENDPOINT="https://uso.documents.azure.com/",
                BUS_NAMESPACE="uso.servicebus.windows.net",
            )
        )


def test_no_secret_stands_in_the_settings_as_they_are_printed(start: Start) -> None:
    settings = start(**ON)
    assert "q7Zk" not in f"{settings!r} {settings} {settings.model_dump()} {settings.model_dump_json()}"


@pytest.mark.parametrize("text", [f"{SECRET},{SECRET}2", f"{SECRET}, {SECRET}2", f"{SECRET}\n{SECRET}2"])
def test_several_secrets_are_parted_by_commas_or_spaces(start: Start, text: str) -> None:
    secrets = start(**ON | {"STRIPE_WEBHOOK_SECRETS": text}).stripe_webhook_secrets
    assert [each.get_secret_value() for each in secrets] == [SECRET, f"{SECRET}2"]
