"""Rehearsals of the way to people and to the ad platform (flow ops-6)."""

from shared.domain.instants import Instant
from shared.domain.model import Model
from shared.ports.rehearsals import HeardAlert, OutsideTroubles
from triggers.web.answer import Reply
from triggers.web.call import Call


class TroublesBody(OutsideTroubles):
    """What goes wrong from now on."""

    ads_away_until: Instant | None = None


class HeardView(Model):
    """The calls that got through, oldest first."""

    alerts: tuple[HeardAlert, ...]


async def list_alerts(call: Call) -> Reply[HeardView]:
    """Show what those on duty have heard."""
    return Reply(HeardView(alerts=tuple(await call.app.outside_rehearsal.heard())))


async def put_troubles(call: Call, body: TroublesBody) -> Reply[OutsideTroubles]:
    """Let channels be silent, or the ad platform be away."""
    await call.app.outside_rehearsal.trouble(body)
    return Reply(body)
