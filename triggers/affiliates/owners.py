"""An affiliate's own doors: register, be verified, look (flow 2.6-1)."""

from pydantic import Field, SecretStr

from shared.domain.affiliates.models import (
    Affiliate,
    AffiliateKind,
    Contact,
    KycCheck,
    ManifestType,
    PayoutSchedule,
    Site,
)
from shared.domain.cards import message_card
from shared.domain.model import Model
from shared.errors import InvalidInput
from shared.services.affiliates.registration import Registration
from triggers.affiliates.views import (
    AffiliateId,
    AffiliateView,
    CommissionInput,
    DocumentsInput,
    commission_of,
    owned,
    owner_of,
)
from triggers.web.answer import Reply
from triggers.web.call import Call

_URL = r"^https?://\S+$"


class ContactInput(Model):
    """Whom to talk to."""

    name: str = Field(min_length=1, max_length=120, pattern=r"\S")
    email: str = Field(max_length=254, pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")
    phone: str = Field(default="", max_length=40)


class Register(Model):
    """The form of flow 2.6-1 step 3. The commission is a wish: the platform's maximum bounds it.

    The account that money goes to is set up with the payouts. A UCP or ACP affiliate gives its manifest;
    links lead to the website, the manifest's host, or a shop of the platform.
    """

    name: str = Field(min_length=1, max_length=120, pattern=r"\S")
    kind: AffiliateKind
    contact: ContactInput
    manifest_type: ManifestType = ManifestType.LEGACY
    manifest_url: str | None = Field(default=None, max_length=2000, pattern=_URL)
    website: str | None = Field(default=None, max_length=2000, pattern=_URL)
    commission: CommissionInput
    payout_schedule: PayoutSchedule = PayoutSchedule.MONTHLY
    documents: DocumentsInput = DocumentsInput()


class Submit(Model):
    """Numbers that were missing or rejected."""

    documents: DocumentsInput


async def register(call: Call, body: Register) -> Reply[AffiliateView]:
    """Become an affiliate; its verification starts at once.

    Repeating the request with the same Idempotency-Key gives the same affiliate.
    """
    form = Registration(
        owner=owner_of(call),
        vendor_id=call.caller.partner_id or "",
        name=body.name,
        kind=body.kind,
        contact=Contact.model_validate(body.contact.model_dump()),
        manifest_type=body.manifest_type,
        manifest=_manifest(call, body),
        website=call.app.urls.linkable(body.website, field="website") if body.website else None,
        commission=commission_of(body.commission, call),
        schedule=body.payout_schedule,
        key=call.idempotency_key,
    )
    affiliate = await call.app.affiliates.registration.register(form, _numbers(body.documents))
    return _answer(affiliate, located=True)


async def list_affiliates(call: Call) -> Reply[list[AffiliateView]]:
    """List the caller's affiliates, newest first."""
    found = await call.app.affiliates.registration.of_owner(owner_of(call))
    return Reply([AffiliateView.of(affiliate) for affiliate in found])


async def get_affiliate(call: Call, affiliate_id: AffiliateId) -> Reply[AffiliateView]:
    """Show where verification, trust and commission stand."""
    return _answer(await owned(call, affiliate_id))


async def submit_documents(call: Call, affiliate_id: AffiliateId, body: Submit) -> Reply[AffiliateView]:
    """Hand numbers in again; a new round of checks starts."""
    affiliate = await owned(call, affiliate_id)
    numbers = _numbers(body.documents)
    if not numbers:
        raise InvalidInput("Hand in at least one number.", field="documents")
    return _answer(await call.app.affiliates.registration.submit(affiliate.id, numbers))


def _manifest(call: Call, body: Register) -> Site | None:
    if body.manifest_url is not None:
        return call.app.urls.callable(body.manifest_url, field="manifest_url")
    if body.manifest_type is not ManifestType.LEGACY:
        raise InvalidInput("A UCP or ACP affiliate has a manifest.", field="manifest_url")
    return None


def _numbers(given: DocumentsInput) -> dict[KycCheck, SecretStr]:
    return {KycCheck(name): SecretStr(number) for name, number in given.model_dump(exclude_none=True).items()}


def _answer(affiliate: Affiliate, *, located: bool = False) -> Reply[AffiliateView]:
    path = f"/api/v1/affiliates/{affiliate.id}"
    facts = [("Status", affiliate.status.value), ("Trust", str(affiliate.trust_score))]
    facts.append(("Tracking id", affiliate.tracking_id or "comes with activation"))
    return Reply(
        AffiliateView.of(affiliate),
        adaptive_card=message_card(affiliate.name, "Your affiliate account.", facts=facts),
        headers={"Location": path} if located else {},
        links={"self": path, "dashboard": f"{path}/dashboard", "links": f"{path}/links"},
    )
