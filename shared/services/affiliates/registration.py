"""Affiliates from their registration to their activation, and what admins decide (2.6-1, 5.4-12)."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from pydantic import SecretStr

from shared.domain.affiliates.models import (
    Affiliate,
    AffiliateKind,
    AffiliateStatus,
    Changed,
    Commission,
    Contact,
    KycCheck,
    KycMethod,
    KycStatus,
    ManifestType,
    PayoutSchedule,
    Site,
    TrustFacts,
    WhiteGlove,
)
from shared.domain.affiliates.rates import Limits, clamped
from shared.domain.affiliates.trust import scored
from shared.domain.affiliates.verification import (
    Verdict,
    activated,
    decided,
    handed_in,
    next_look,
    open_checks,
)
from shared.domain.events import Event, EventType
from shared.domain.ids import keyed
from shared.domain.model import Model
from shared.errors import Conflict, InvalidInput, Unavailable
from shared.ports.kyc import KycChecks, KycQuestion
from shared.ports.store import Query, Store, Upsert
from shared.services.affiliates.documents import Documents
from shared.services.catalogue import CatalogueService
from shared.services.kinds import AFFILIATES
from shared.services.records import Records
from shared.settings import Settings

BY_OWNER = "owner_affiliates"
"""Container that lists each owner's affiliates: partition owner, id affiliate."""
Numbers = Mapping[KycCheck, SecretStr]
_REGISTERS = "registers"


class Registration(Model):
    """Who wants to become an affiliate, as the form says (2.6-1 step 3)."""

    owner: str
    vendor_id: str = ""
    name: str
    kind: AffiliateKind
    contact: Contact
    manifest_type: ManifestType
    manifest: Site | None = None
    website: Site | None = None
    commission: Commission
    schedule: PayoutSchedule
    key: str | None = None


class Looked(Model):
    """A round of checks is done; with `again_at`, a register wants to be asked again then."""

    status: AffiliateStatus
    again_at: datetime | None


class Decisions(Model):
    """What an admin sets; what is None stays."""

    commission: Commission | None = None
    active: bool | None = None
    white_glove: WhiteGlove | None = None
    positive_reviews: int | None = None
    on_time_pct: int | None = None


class AffiliateService:
    """Use cases on one affiliate."""

    def __init__(
        self,
        records: Records,
        store: Store,
        kyc: KycChecks,
        catalogue: CatalogueService,
        settings: Settings,
    ) -> None:
        self._records = records
        self._store = store
        self._kyc = kyc
        self._catalogue = catalogue
        self._documents = Documents(store)
        self._settings = settings

    @property
    def limits(self) -> Limits:
        """The most that any affiliate earns."""
        return limits_of(self._settings)

    async def get(self, affiliate_id: str) -> Affiliate:
        """Return an affiliate. Raises NotFound."""
        return (await self._records.get(AFFILIATES, affiliate_id)).value

    async def of_owner(self, owner: str) -> list[Affiliate]:
        """List an owner's affiliates, newest first."""
        page = await self._store.query(BY_OWNER, owner, Query(order_by="-at"))
        # the list is written first, so it may name one that a crash kept from being made
        found = [await self._records.find(AFFILIATES, document.id) for document in page.documents]
        return [stored.value for stored in found if stored is not None]

    async def register(self, form: Registration, numbers: Numbers) -> Affiliate:
        """Take a registration in; its verification starts from the event (2.6-1 steps 4, 5).

        The same key gives the same affiliate. Raises Conflict when the key was used for another one.
        """
        affiliate_id = keyed("aff", form.owner, form.key)
        known = await self._records.find(AFFILIATES, affiliate_id)
        if known is None:
            now = self._records.now()
            for check, number in numbers.items():
                await self._documents.keep(affiliate_id, check, number)
            await self._store.batch(BY_OWNER, form.owner, [Upsert(affiliate_id, {"at": now.isoformat()})])
            made = await self._made(form, affiliate_id, numbers, now)
            affiliate = await self._records.create(
                AFFILIATES, made, events=[_submitted(made), _changed(made, Changed.REGISTERED)]
            )
        else:
            affiliate = known.value
        if affiliate.digest != _digest(form):
            raise Conflict(
                "This idempotency key was used for another registration.", code="idempotency_key_reused"
            )
        return affiliate

    async def submit(self, affiliate_id: str, numbers: Numbers) -> Affiliate:
        """Hand in numbers that were missing or rejected; a new round of checks starts from the event.

        Raises Conflict for a check that is verified.
        """
        now = self._records.now()
        plain = {check: number.get_secret_value() for check, number in numbers.items()}
        handed_in(await self.get(affiliate_id), plain, at=now)
        for check, number in numbers.items():
            await self._documents.keep(affiliate_id, check, number)

        def change(affiliate: Affiliate) -> tuple[Affiliate, Sequence[Event]]:
            after = handed_in(affiliate, plain, at=now)
            after = after.model_copy(update={"submissions": affiliate.submissions + 1})
            return after, [_submitted(after)]

        return await self._records.update(AFFILIATES, affiliate_id, change)

    async def verify(self, affiliate_id: str) -> Looked:
        """Ask the registers about everything that is open, and settle where the affiliate stands.

        Asking twice changes nothing: each question has a key.
        """
        affiliate = await self.get(affiliate_id)
        now = self._records.now()
        verdicts = {check: await self._ask(affiliate, check, now) for check in open_checks(affiliate, now)}
        asked = {check: affiliate.checks[check].submitted_at for check in verdicts}

        def change(current: Affiliate) -> Affiliate:
            # what was handed in meanwhile is another question
            still = {c: v for c, v in verdicts.items() if current.checks[c].submitted_at == asked[c]}
            return decided(current, still, at=now, by=_REGISTERS) if still else current

        if verdicts:
            affiliate = await self._changed(affiliate_id, change, why="checks")
        await self._forget_decided(affiliate)
        return Looked(status=affiliate.status, again_at=next_look(affiliate))

    async def review(
        self, affiliate_id: str, check: KycCheck, *, verified: bool, by: str, note: str
    ) -> Affiliate:
        """An admin approves or rejects a check (5.4-12 step 2); the same again changes nothing."""
        status = KycStatus.VERIFIED if verified else KycStatus.REJECTED
        verdict = Verdict(status=status, method=KycMethod.MANUAL, reason=note)
        now = self._records.now()

        def change(affiliate: Affiliate) -> Affiliate:
            known = affiliate.checks.get(check)
            if known and (known.status, known.method, known.reason) == (status, KycMethod.MANUAL, note):
                return affiliate
            return decided(affiliate, {check: verdict}, at=now, by=by)

        affiliate = await self._changed(affiliate_id, change, why=f"{check} {status} by hand")
        await self._forget_decided(affiliate)
        return affiliate

    async def manage(self, affiliate_id: str, decisions: Decisions) -> Affiliate:
        """Write down what an admin sets (5.4-12 step 3). The commission counts for orders from then on.

        Raises InvalidInput for a commission beyond the limits, Conflict when it cannot be active yet.
        """
        wanted = decisions.commission
        if wanted is not None and clamped(wanted, self.limits) != wanted:
            field = "commission.fixed_minor" if wanted.fixed_minor else "commission.rate_bps"
            raise InvalidInput(f"The most is {_most(self.limits)}.", field=field)

        def change(affiliate: Affiliate) -> Affiliate:
            update: dict[str, object] = {"facts": _facts(affiliate.facts, decisions)}
            if wanted is not None:
                update["agreed"] = wanted
            if decisions.white_glove is not None:
                update["white_glove"] = decisions.white_glove
            after = affiliate.model_copy(update=update)
            if decisions.active is True:
                after = activated(after)
            elif decisions.active is False and after.status is not AffiliateStatus.INACTIVE:
                after = after.moved(AffiliateStatus.INACTIVE)
            return affiliate if after == affiliate else after

        return await self._changed(affiliate_id, change, why="set by an admin")

    # --- helpers ---------------------------------------------------------------------------------

    async def _made(
        self, form: Registration, affiliate_id: str, numbers: Numbers, now: datetime
    ) -> Affiliate:
        affiliate = Affiliate(
            id=affiliate_id,
            created_at=now,
            updated_at=now,
            preferred=form.commission,
            agreed=clamped(form.commission, self.limits),
            facts=TrustFacts(on_time_pct=await self._on_time(form.vendor_id)),
            digest=_digest(form),
            **form.model_dump(exclude={"commission", "key"}),
        )
        plain = {check: number.get_secret_value() for check, number in numbers.items()}
        return self._scored(handed_in(affiliate, plain, at=now), now, why="registered")

    async def _on_time(self, vendor_id: str) -> int:
        """What the platform knows of a vendor's punctuality counts for the affiliate that it is."""
        await self._catalogue.refresh()
        vendor = self._catalogue.find_vendor(vendor_id) if vendor_id else None
        return round(vendor.reliability * 100) if vendor else 0

    async def _ask(self, affiliate: Affiliate, check: KycCheck, now: datetime) -> Verdict:
        result = affiliate.checks[check]
        number = await self._documents.read(affiliate.id, check)
        if number is None:
            return _by_hand("there is no number to look up")
        question = KycQuestion(
            key=f"{affiliate.id}:{check}:{result.submitted_at.timestamp():.0f}",
            check=check,
            kind=affiliate.kind,
            name=affiliate.name,
            number=number,
            submitted_at=result.submitted_at,
            asked_at=now,
        )
        waited, patience = now - result.submitted_at, self._settings.kyc_patience
        try:
            verdict = await self._kyc.check(question)
        except Unavailable:
            again = min(now + max(waited, self._settings.kyc_pause), result.submitted_at + patience)
            verdict = Verdict(status=KycStatus.PENDING, method=KycMethod.API, again_at=again)
        waits = verdict.status is KycStatus.PENDING and verdict.again_at is not None
        return _by_hand("the register does not answer") if waits and waited >= patience else verdict

    async def _changed(
        self, affiliate_id: str, change: Callable[[Affiliate], Affiliate], *, why: str
    ) -> Affiliate:
        """Apply `change`, score the result, and announce what is news."""
        now = self._records.now()

        def apply(before: Affiliate) -> tuple[Affiliate, Sequence[Event]]:
            after = change(before)
            if after is before:
                return before, []
            after = self._scored(after, now, why=why)
            return after, [_changed(after, what) for what in _news(before, after)]

        return await self._records.update(AFFILIATES, affiliate_id, apply)

    def _scored(self, affiliate: Affiliate, now: datetime, *, why: str) -> Affiliate:
        return scored(affiliate, at=now, why=why, white_glove_from=self._settings.white_glove_score)

    async def _forget_decided(self, affiliate: Affiliate) -> None:
        for check, result in affiliate.checks.items():
            if result.status is not KycStatus.PENDING:
                await self._documents.forget(affiliate.id, check)


def limits_of(settings: Settings) -> Limits:
    """The most that any affiliate earns, as the settings say."""
    return Limits(
        max_bps=settings.affiliate_max_bps,
        max_fixed=settings.affiliate_max_fixed,
        currency=settings.currency,
    )


def _by_hand(reason: str) -> Verdict:
    return Verdict(status=KycStatus.PENDING, method=KycMethod.MANUAL, reason=reason)


def _facts(facts: TrustFacts, decisions: Decisions) -> TrustFacts:
    given = decisions.model_dump(include={"positive_reviews", "on_time_pct"}, exclude_none=True)
    return facts.model_copy(update=given)


def _news(before: Affiliate, after: Affiliate) -> list[Changed]:
    news = []
    if before.status is not after.status:
        told = {
            AffiliateStatus.ACTIVE: Changed.ACTIVATED,
            AffiliateStatus.REJECTED: Changed.REJECTED,
            AffiliateStatus.INACTIVE: Changed.DEACTIVATED,
        }
        news.append(told.get(after.status, Changed.CHECKED))
    if before.agreed != after.agreed:
        news.append(Changed.COMMISSION)
    if before.is_white_glove is not after.is_white_glove:
        news.append(Changed.WHITE_GLOVE)
    return news


def _submitted(affiliate: Affiliate) -> Event:
    data: dict[str, str | int | bool | None] = {"affiliate_id": affiliate.id, "round": affiliate.submissions}
    return Event(type=EventType.AFFILIATE_SUBMITTED, data=data)


def _changed(affiliate: Affiliate, what: Changed) -> Event:
    return Event(type=EventType.AFFILIATE_CHANGED, data={"affiliate_id": affiliate.id, "what": what.value})


def _most(limits: Limits) -> str:
    return f"{limits.max_bps} basis points, or {limits.max_fixed} per order"


def _digest(form: Registration) -> str:
    return hashlib.sha256(form.model_dump_json(exclude={"key"}).encode()).hexdigest()
