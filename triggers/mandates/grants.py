"""Doors to mandates, the consent manager: hand in, list, show, revoke (flows 1.3-2, 1.1-1 step 5)."""

from collections.abc import Collection
from datetime import datetime
from typing import Annotated, Any

from pydantic import Field

from shared.domain.cards import message_card
from shared.domain.identity import Persona
from shared.domain.jsonld import CONTEXT
from shared.domain.mandates import Mandate, MandateStatus
from shared.domain.model import Model
from shared.domain.money import Money
from shared.domain.narration import local
from shared.errors import NotFound
from triggers.access import customer_of, must_see
from triggers.mandates.keys import SignedText
from triggers.web.answer import Reply
from triggers.web.call import Call

MandateId = Annotated[str, Field(pattern=r"^man_[0-9a-z]+$", max_length=64)]
MAX_SHOWN = 10
"""Mandates on a card; the data has them all."""


class Deliver(Model):
    """A mandate as the customer's wallet signed it: a compact JWS."""

    token: SignedText


class MandateView(Model):
    """What an agent may spend, has spent and holds for orders that are on their way.

    `reference` is the wallet's own id, `kid` the key that signed. `used` counts orders. What is null is not
    limited.
    """

    id: str
    reference: str
    agent: str
    status: MandateStatus
    total: Money
    spent: Money
    reserved: Money
    left: Money
    per_order: Money | None
    uses: int | None
    used: int
    payees: tuple[str, ...] | None
    categories: tuple[str, ...] | None
    kid: str
    issued_at: datetime
    not_before: datetime | None
    expires_at: datetime
    revoked_at: datetime | None


async def deliver(call: Call, body: Deliver) -> Reply[MandateView]:
    """Take a mandate in from the customer, or from the agent that it is made out to.

    The same terms again give the same mandate, as it stands by now.
    """
    customer_id = customer_of(call.caller)
    mandate = await call.app.mandates.deliver(body.token, customer_id=customer_id, agent=_agent(call))
    return await _answer(call, mandate, location=True)


async def list_mandates(call: Call) -> Reply[list[MandateView]]:
    """List the customer's mandates, newest first; an agent sees those that are made out to it."""
    customer_id = customer_of(call.caller)
    mandates = await call.app.mandates.of_customer(customer_id, agent=_agent(call))
    keys = await call.app.mandate_keys.live(customer_id)
    views = [mandate_view(mandate, keys, call.now) for mandate in mandates]
    active = [view for view in views if view.status is MandateStatus.ACTIVE]
    zone = call.app.settings.home_zone
    facts = [(view.agent, f"{view.left} of {view.total} left, {_until(view, zone)}") for view in active]
    text = "Agents that may spend for you." if active else "No agent may spend for you."
    return Reply(views, adaptive_card=message_card("Spending authority", text, facts=facts[:MAX_SHOWN]))


async def get_mandate(call: Call, mandate_id: MandateId) -> Reply[MandateView]:
    """Show a mandate to its customer, its agent or an admin."""
    mandate = await call.app.mandates.get(mandate_id)
    must_see(call.caller, mandate.customer_id, what="mandate", id=mandate_id)
    if _agent(call) not in (None, mandate.terms.agent):
        raise NotFound("mandate", mandate_id)
    return await _answer(call, mandate)


async def revoke(call: Call, mandate_id: MandateId) -> Reply[MandateView]:
    """End an agent's authority: nothing new is reserved. Orders that are agreed already are still paid."""
    mandate = await call.app.mandates.get(mandate_id)
    must_see(call.caller, mandate.customer_id, what="mandate", id=mandate_id)
    return await _answer(call, await call.app.mandates.revoke(mandate_id))


def mandate_view(mandate: Mandate, live_keys: Collection[str], now: datetime) -> MandateView:
    """A mandate as it stands at `now`; the signed text itself is shown to nobody."""
    terms, limits = mandate.terms, mandate.terms.limits
    return MandateView(
        id=mandate.id,
        status=mandate.status(now, key_is_live=mandate.kid in live_keys),
        **terms.model_dump(include={"reference", "agent", "issued_at", "not_before", "expires_at"}),
        **limits.model_dump(include={"uses", "payees", "categories"}),
        total=mandate.money(limits.total),
        spent=mandate.money(mandate.spent),
        reserved=mandate.money(mandate.reserved),
        left=mandate.money(mandate.left),
        per_order=None if limits.per_order is None else mandate.money(limits.per_order),
        used=mandate.used,
        kid=mandate.kid,
        revoked_at=mandate.revoked_at,
    )


def _agent(call: Call) -> str | None:
    return call.caller.subject if call.caller.persona is Persona.AGENT else None


async def _answer(call: Call, mandate: Mandate, *, location: bool = False) -> Reply[MandateView]:
    keys = await call.app.mandate_keys.live(mandate.customer_id)
    view = mandate_view(mandate, keys, call.now)
    path = f"/api/v1/mandates/{view.id}"
    facts = [("Status", view.status.value), ("Spent", str(view.spent)), ("Reserved", str(view.reserved))]
    facts += [("Left", str(view.left)), ("Valid", _until(view, call.app.settings.home_zone))]
    return Reply(
        view,
        machine_readable=_json_ld(mandate),
        adaptive_card=message_card(
            f"{view.agent} may spend {view.total}", "Signed by the customer.", facts=facts
        ),
        headers={"Location": path} if location else {},
        links={"self": path, "revoke": f"{path}/revoke"},
    )


def _until(view: MandateView, zone: str) -> str:
    return f"until {local(view.expires_at, zone)}"


def _json_ld(mandate: Mandate) -> dict[str, Any]:
    """What a mandate is, as a schema.org AuthorizeAction."""
    terms = mandate.terms
    begins = terms.not_before or terms.issued_at
    return {
        "@context": CONTEXT,
        "@type": "AuthorizeAction",
        "identifier": mandate.id,
        "agent": {"@type": "Person", "identifier": terms.customer_id},
        "recipient": {"@type": "SoftwareApplication", "identifier": terms.agent},
        "startTime": begins.isoformat(),
        "endTime": terms.expires_at.isoformat(),
    }
