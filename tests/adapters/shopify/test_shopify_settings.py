"""How the app comes to sell at Shopify: with all that it needs for that, or not at all."""

import pytest
from pydantic import ValidationError

from shared.settings import Settings


@pytest.mark.parametrize(
    "given",
    [
        {"shopify_shop": "ours.myshopify.com"},
        {"shopify_token": "shpat_1"},
        {"shopify_webhook_secrets": "hush"},
        {
            "shopify_shop": "ours.example.com",
            "shopify_token": "shpat_1",
            "shopify_webhook_secrets": "hush",
        },
    ],
)
def test_half_a_shop_is_refused_at_the_start(given: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        Settings.model_validate(given)
