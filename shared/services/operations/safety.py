"""Danger from products: reports counted, campaigns stopped, and let run again by a person (flow ops-6)."""

from collections.abc import AsyncIterator, Mapping, Sequence

from shared.domain.events import Event
from shared.domain.ids import owner_of
from shared.domain.model import Model
from shared.domain.negotiations import EscalationReason
from shared.domain.operations import safety as rules
from shared.domain.operations.safety import DangerReport, Freeze, Limits, SafetyCase, case_id
from shared.errors import Conflict, NotFound
from shared.ports.ads import Ads, Campaign
from shared.ports.events import CloudEvent
from shared.ports.store import Query, Store, every
from shared.services.bookkeeping import Hears
from shared.services.escalations import EscalationService
from shared.services.kinds import SAFETY_CASES
from shared.services.records import Records
from shared.services.results import DONE, StepResult
from shared.settings import Settings


class ProductSafety(Model):
    """A product's campaigns, and what is known of its danger."""

    product_id: str
    campaigns: tuple[Campaign, ...]
    reports: int
    """Different customers who reported danger lately."""
    freeze: Freeze | None


class Safety:
    """Use cases on what is known of products."""

    def __init__(
        self, records: Records, store: Store, ads: Ads, escalations: EscalationService, settings: Settings
    ) -> None:
        self._records = records
        self._store = store
        self._ads = ads
        self._escalations = escalations
        self._limits = Limits(customers=settings.danger_reports, window=settings.danger_window)

    def hearers(self) -> Mapping[str, Sequence[Hears]]:
        """Who hears of what, for `Bookkeeping`."""
        return {"uso.TICKET_ESCALATED": [self.hear]}

    async def hear(self, event: CloudEvent) -> None:
        """A ticket was escalated: danger from a product that is known is a report, once per message."""
        product_id, ticket_id = event.data["product_id"], event.data["ticket_id"]
        if not product_id:
            return
        report = DangerReport(
            key=f"{ticket_id}-m{event.data['message']}", customer=owner_of(ticket_id), at=event.time
        )
        await self._made(product_id)
        await self._records.update(
            SAFETY_CASES, case_id(product_id), lambda case: rules.reported(case, report, self._limits)
        )

    async def freeze(self, product_id: str, *, by: str) -> SafetyCase:
        """Stop a product's campaigns because a person says so. Raises NotFound for one without campaigns."""
        if not await self._ads.campaigns(product_id):
            raise NotFound("campaign of product", product_id)
        await self._made(product_id)
        now = self._records.now()
        return await self._records.update(
            SAFETY_CASES, case_id(product_id), lambda case: rules.frozen(case, by=by, at=now)
        )

    async def pause(self, id: str, number: int) -> StepResult:
        """Stop what runs, and note it; stopped before, nothing changes. Raises Unavailable."""
        case = (await self._records.get(SAFETY_CASES, id)).value
        freeze = case.freeze
        if freeze is None or freeze.number != number or freeze.campaigns is not None:
            return DONE
        campaigns = await self._ads.campaigns(case.product_id)
        for campaign in campaigns:
            if campaign.active:
                await self._ads.pause(campaign.id)
        ids = tuple(campaign.id for campaign in campaigns)
        await self._records.update(SAFETY_CASES, id, lambda each: rules.paused(each, number, ids))
        return DONE

    async def report_running(self, id: str, number: int) -> StepResult:
        """Nobody could stop the campaigns: a person must, once."""
        case = (await self._records.get(SAFETY_CASES, id)).value
        await self._escalations.raise_alarm(
            subject=f"{id}-freeze-{number}",
            reason=EscalationReason.DANGER,
            summary=f"The campaigns of {case.product_id} still run: the ad platform does not answer.",
        )
        return DONE

    async def resume(self, product_id: str, *, because: str) -> SafetyCase:
        """Let the campaigns of the latest stop run again. Raises Conflict when none stands.

        Raises Unavailable; then it is still stopped here, and may be tried again.
        """
        case = (await self._records.get(SAFETY_CASES, case_id(product_id))).value
        if case.freeze is None:
            raise Conflict("Its campaigns are not stopped.", code="not_frozen")
        for campaign_id in case.freeze.campaigns or ():
            await self._ads.resume(campaign_id)
        now = self._records.now()
        number = case.freeze.number

        def change(current: SafetyCase) -> tuple[SafetyCase, list[Event]]:
            if current.freeze is None or current.freeze.number != number:
                return current, []
            return rules.resumed(current, because=because, at=now), []

        return await self._records.update(SAFETY_CASES, case.id, change)

    async def overview(self) -> Sequence[ProductSafety]:
        """Every product that is advertised, or was reported."""
        campaigns: dict[str, list[Campaign]] = {}
        for campaign in await self._ads.campaigns():
            campaigns.setdefault(campaign.product_id, []).append(campaign)
        cases = {case.product_id: case async for case in self._cases()}
        now = self._records.now()
        return [
            ProductSafety(
                product_id=product_id,
                campaigns=tuple(campaigns.get(product_id, ())),
                reports=rules.counted(case, at=now, window=self._limits.window) if case else 0,
                freeze=case.freeze if case else None,
            )
            for product_id in sorted({*campaigns, *cases})
            for case in [cases.get(product_id)]
        ]

    async def _cases(self) -> AsyncIterator[SafetyCase]:
        async for document in every(self._store, SAFETY_CASES.container, "cases", Query()):
            if document.body.get("product_id"):
                yield SafetyCase.model_validate(document.body)

    async def _made(self, product_id: str) -> None:
        now = self._records.now()
        made = SafetyCase(id=case_id(product_id), created_at=now, updated_at=now, product_id=product_id)
        await self._records.create(SAFETY_CASES, made)
