import json
from datetime import timedelta

from web_handlers import SECRET
from web_support import NOW, answer_of, door

from shared.domain.webhook_signature import new_secret, sign

BODY = json.dumps({"text": "accepted"}).encode()
WEBHOOK = door("delivered", path="api/webhooks/{partner_id}", signed_by="web_handlers:secrets_of")


async def deliver(body: bytes, headers: dict[str, str], *, partner: str = "shop") -> tuple[int, dict]:
    return await answer_of(WEBHOOK, body, headers=headers, path={"partner_id": partner})


async def test_a_signed_webhook_reaches_its_handler_with_its_id() -> None:
    status, answer = await deliver(BODY, sign(SECRET, id="msg_1", timestamp=NOW, body=BODY))
    assert (status, answer["data"]) == (200, {"text": "accepted", "who": "shop", "key": "msg_1"})


async def test_an_unsigned_webhook_is_refused_before_its_body_is_read() -> None:
    assert (await deliver(b"rubbish", {}))[0] == 401


async def test_a_webhook_signed_with_another_secret_is_refused() -> None:
    status, problem = await deliver(BODY, sign(new_secret(), id="msg_1", timestamp=NOW, body=BODY))
    assert (status, problem["code"]) == (401, "invalid_signature")


async def test_a_stranger_and_a_forger_get_the_same_answer() -> None:
    headers = sign(SECRET, id="msg_1", timestamp=NOW, body=BODY)
    _, stranger = await deliver(BODY, headers, partner="nobody")
    _, forger = await deliver(BODY + b" ", headers)
    assert stranger["code"] == forger["code"]


async def test_an_old_webhook_is_refused() -> None:
    old = sign(SECRET, id="msg_1", timestamp=NOW - timedelta(minutes=6), body=BODY)
    assert (await deliver(BODY, old))[1]["code"] == "stale_webhook"


async def test_a_signed_but_wrong_body_is_bad_input() -> None:
    wrong = b'{"text": 5}'
    assert (await deliver(wrong, sign(SECRET, id="msg_1", timestamp=NOW, body=wrong)))[0] == 400
