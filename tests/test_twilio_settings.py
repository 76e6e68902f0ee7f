"""Settings of texts: what belongs together, and what is wrong, is named at the start."""

from typing import Any

import pytest
from pydantic import ValidationError

from shared.settings import Settings
from tests.peers.twilio.messages import ACCOUNT, SMS_FROM, TOKEN, WHATSAPP_FROM

TWILIO = {"twilio_account": ACCOUNT, "twilio_token": TOKEN, "twilio_from": SMS_FROM}


@pytest.mark.parametrize(
    "given",
    [
        TWILIO,
        {**TWILIO, "alert_phones": "+15125550101"},
        {**TWILIO, "whatsapp_from": WHATSAPP_FROM, "whatsapp_templates": {"order": "HX" + "a" * 32}},
    ],
)
def test_what_is_whole_starts(given: dict[str, Any]) -> None:
    assert Settings(**given).twilio_account == ACCOUNT


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"twilio_account": ACCOUNT}, "USO_TWILIO_TOKEN"),
        ({**TWILIO, "twilio_from": ""}, "USO_TWILIO_FROM"),
        ({"alert_phones": "+15125550101"}, "USO_ALERT_PHONES"),
        ({"whatsapp_from": WHATSAPP_FROM}, "USO_WHATSAPP_FROM"),
        ({**TWILIO, "whatsapp_templates": {"order": "HX" + "a" * 32}}, "USO_WHATSAPP_TEMPLATES"),
        ({**TWILIO, "whatsapp_from": "5125550198"}, "whatsapp_from"),
        (
            {**TWILIO, "whatsapp_from": WHATSAPP_FROM, "whatsapp_templates": {"order": "HX1"}},
            "whatsapp_templates",
        ),
        (
            {**TWILIO, "whatsapp_from": WHATSAPP_FROM, "whatsapp_templates": {"x": "HX" + "a" * 32}},
            "whatsapp_templates",
        ),
        (
            {**TWILIO, "twilio_base_url": "http://127.0.0.1", "environment": "production"},
            "USO_TWILIO_BASE_URL",
        ),
        ({"max_photo_bytes": 2_000_000}, "max_photo_bytes"),
    ],
)
def test_what_is_not_stops_the_start_by_name(given: dict[str, Any], named: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Settings(**given)
    assert named in str(refused.value)
    assert TOKEN not in str(refused.value)
