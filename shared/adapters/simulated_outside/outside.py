"""Alerts go into the store, campaigns come from a file; both fail when a rehearsal says so."""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

from pydantic import TypeAdapter

from shared.errors import NotFound, Unavailable
from shared.ports.ads import Campaign
from shared.ports.alerts import Alert
from shared.ports.clock import Clock
from shared.ports.rehearsals import HeardAlert, OutsideTroubles
from shared.ports.store import AlreadyExists, Create, Query, Store, Upsert, every

CONTAINER = "outside_simulator"
CHANNELS = ("push", "sms", "slack")
_TROUBLES, _HEARD, _ADS = "troubles", "heard", "ads"
_CAMPAIGNS = TypeAdapter(list[Campaign])


class SimulatedOutside:
    """What the embedded channels and the embedded ad platform share (`OutsideRehearsal`)."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store = store
        self.clock = clock

    async def troubles(self) -> OutsideTroubles:
        """What goes wrong."""
        document = await self.store.read(CONTAINER, _TROUBLES, _TROUBLES)
        return OutsideTroubles() if document is None else OutsideTroubles.model_validate(document.body)

    async def trouble(self, troubles: OutsideTroubles) -> None:
        """From now on, let these go wrong."""
        body = troubles.model_dump(mode="json")
        await self.store.batch(CONTAINER, _TROUBLES, [Upsert(_TROUBLES, body)])

    async def heard(self) -> Sequence[HeardAlert]:
        """Return every call that got through, oldest first."""
        return [
            HeardAlert.model_validate(document.body["heard"])
            async for document in every(self.store, CONTAINER, _HEARD, Query(order_by="at"))
        ]


class SimulatedChannel:
    """`shared.ports.alerts.AlertChannel` that keeps what it is given, once per key."""

    def __init__(self, outside: SimulatedOutside, name: str) -> None:
        self.name = name
        self._outside = outside

    async def send(self, alert: Alert) -> None:
        """Keep a call. Raises Unavailable when it is rehearsed so."""
        if self.name in (await self._outside.troubles()).silent_channels:
            raise Unavailable(f"{self.name} does not get through.")
        heard = HeardAlert(channel=self.name, at=self._outside.clock.now(), alert=alert)
        id = hashlib.sha256(f"{self.name}:{alert.key}".encode()).hexdigest()[:32]
        body = {"at": heard.at.isoformat(), "heard": heard.model_dump(mode="json")}
        try:
            await self._outside.store.batch(CONTAINER, _HEARD, [Create(id, body)])
        except AlreadyExists:
            return


class SimulatedAds:
    """`shared.ports.ads.Ads`; `campaigns` is a file of those that run at first."""

    def __init__(self, outside: SimulatedOutside, *, campaigns: Path) -> None:
        self._outside = outside
        shipped = _CAMPAIGNS.validate_python(json.loads(campaigns.read_text(encoding="utf-8")))
        self._shipped = {campaign.id: campaign for campaign in shipped}

    async def campaigns(self, product_id: str = "") -> Sequence[Campaign]:
        """Return the campaigns of a product, or all."""
        await self._answering()
        wanted = [each for each in self._shipped.values() if product_id in ("", each.product_id)]
        return [await self._now(each) for each in wanted]

    async def pause(self, campaign_id: str) -> None:
        """Stop a campaign."""
        await self._set(campaign_id, active=False)

    async def resume(self, campaign_id: str) -> None:
        """Let it run again."""
        await self._set(campaign_id, active=True)

    async def _set(self, campaign_id: str, *, active: bool) -> None:
        await self._answering()
        if campaign_id not in self._shipped:
            raise NotFound("campaign", campaign_id)
        await self._outside.store.batch(CONTAINER, _ADS, [Upsert(campaign_id, {"active": active})])

    async def _now(self, campaign: Campaign) -> Campaign:
        document = await self._outside.store.read(CONTAINER, _ADS, campaign.id)
        return (
            campaign if document is None else campaign.model_copy(update={"active": document.body["active"]})
        )

    async def _answering(self) -> None:
        until = (await self._outside.troubles()).ads_away_until
        if until is not None and self._outside.clock.now() < until:
            raise Unavailable("The ad platform does not answer.")
