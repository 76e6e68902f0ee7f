"""Alerts by push: signed so that the gateway can verify them, shown once per key."""

import json
from collections.abc import AsyncIterator

import pytest
from pydantic import SecretStr

from shared.adapters.outbound import Outbound
from shared.adapters.push_alerts import PushAlerts
from shared.domain.operations.alarms import AlertLevel
from shared.domain.webhook_signature import new_secret
from shared.errors import Unavailable
from shared.ports.alerts import Alert
from shared.settings import Settings
from tests.breakers import breakers
from tests.clocks import HandClock
from tests.peers.outside.peer import PUSH_SECRET, OutsidePeer, running_peer

ALERT = Alert(key="esc_1:call-2", level=AlertLevel.CRITICAL, title="Refund failed", text="Grüße <!>")


@pytest.fixture
async def gateway() -> AsyncIterator[OutsidePeer]:
    async with running_peer() as peer:
        peer.now = HandClock().now()
        yield peer


def push(
    gateway: OutsidePeer, outbound: Outbound, secret: str = PUSH_SECRET, clock: HandClock | None = None
) -> PushAlerts:
    return PushAlerts(outbound, f"{gateway.url}/push", SecretStr(secret), clock or HandClock())


async def test_an_alert_arrives_verified_as_it_is(gateway: OutsidePeer, outbound: Outbound) -> None:
    await push(gateway, outbound).send(ALERT)
    assert Alert.model_validate_json(gateway.pushed["esc_1:call-2"]) == ALERT
    assert json.loads(gateway.pushed["esc_1:call-2"])["level"] == ALERT.level.value


async def test_an_alert_whose_answer_was_lost_is_shown_once(gateway: OutsidePeer, outbound: Outbound) -> None:
    for _ in range(3):
        await push(gateway, outbound).send(ALERT)
    assert list(gateway.pushed) == ["esc_1:call-2"]
    assert gateway.asked == 3


async def test_a_signature_by_another_secret_or_of_another_time_is_refused(
    gateway: OutsidePeer, outbound: Outbound
) -> None:
    other, late = new_secret(), HandClock()
    late.pass_(minutes=6)
    for channel in (push(gateway, outbound, other), push(gateway, outbound, clock=late)):
        with pytest.raises(Unavailable, match="401") as refused:
            await channel.send(ALERT)
        assert other not in refused.value.detail
    assert gateway.pushed == {}


@pytest.mark.parametrize("status", [0, 302, 400, 401, 404, 429, 500, 503])
async def test_whatever_is_no_yes_is_unavailable(
    gateway: OutsidePeer, outbound: Outbound, status: int
) -> None:
    gateway.fails = [status]
    with pytest.raises(Unavailable) as refused:
        await push(gateway, outbound).send(ALERT)
    assert PUSH_SECRET not in f"{refused.value!r} {refused.value.__cause__!r}"
    assert gateway.pushed == {}


async def test_a_gateway_that_must_not_be_called_is_unavailable(gateway: OutsidePeer) -> None:
    """As when its name comes to lead into the private network."""
    outbound = Outbound(Settings(), breakers())
    with pytest.raises(Unavailable):
        await push(gateway, outbound).send(ALERT)
    assert gateway.asked == 0
    await outbound.close()
