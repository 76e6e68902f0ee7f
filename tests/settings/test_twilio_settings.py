"""Settings of texts: what belongs together, and what is wrong, is named at the start."""

import pytest
from pydantic import ValidationError

from shared.bootstrap import bootstrap
from shared.domain.catalogue import ChannelKind
from tests.peers.twilio.messages import ACCOUNT, SMS_FROM, TOKEN, WHATSAPP_FROM
from tests.settings.conftest import Start

ON = {"TWILIO_ACCOUNT": ACCOUNT, "TWILIO_TOKEN": TOKEN, "TWILIO_FROM": SMS_FROM}
WHATSAPP = ON | {"WHATSAPP_FROM": WHATSAPP_FROM}
TEMPLATES = '{"order": "HX' + "a" * 32 + '"}'


@pytest.mark.parametrize(
    ("values", "kinds"),
    [
        ({}, {"email"}),
        (ON, {"email", "sms"}),
        (ON | {"ALERT_PHONES": "+15125550101"}, {"email", "sms"}),
        (WHATSAPP | {"WHATSAPP_TEMPLATES": TEMPLATES}, {"email", "sms", "whatsapp"}),
    ],
)
async def test_the_app_carries_what_is_set(start: Start, values: dict[str, str], kinds: set[str]) -> None:
    app = bootstrap(start(**values))
    sender = app.texting.out.sender
    assert {kind.value for kind in ChannelKind if sender.carries(kind)} == kinds
    assert (app.texting.webhooks is None) == (values == {})
    await app.close()


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"TWILIO_ACCOUNT": ACCOUNT}, "USO_TWILIO_TOKEN"),
        (ON | {"TWILIO_FROM": ""}, "USO_TWILIO_FROM"),
        ({"ALERT_PHONES": "+15125550101"}, "USO_ALERT_PHONES"),
        ({"WHATSAPP_FROM": WHATSAPP_FROM}, "USO_WHATSAPP_FROM"),
        (ON | {"WHATSAPP_TEMPLATES": TEMPLATES}, "USO_WHATSAPP_TEMPLATES"),
        (ON | {"WHATSAPP_FROM": "5125550198"}, "whatsapp_from"),
        (WHATSAPP | {"WHATSAPP_TEMPLATES": '{"order": "HX1"}'}, "whatsapp_templates"),
        (WHATSAPP | {"WHATSAPP_TEMPLATES": TEMPLATES.replace("order", "poem")}, "whatsapp_templates"),
        (ON | {"TWILIO_BASE_URL": "http://127.0.0.1", "ENVIRONMENT": "production"}, "USO_TWILIO_BASE_URL"),
        ({"MAX_PHOTO_BYTES": "2000000"}, "max_photo_bytes"),
    ],
)
def test_what_is_wrong_stops_the_start_by_name(start: Start, values: dict[str, str], named: str) -> None:
    with pytest.raises(ValidationError) as refused:
        start(**values)
    assert named in str(refused.value)
    assert TOKEN not in str(refused.value)
