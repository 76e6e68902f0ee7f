"""Doors to standing intents (M23): make, look, change, cancel, decide, and tell of events."""

from datetime import datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import Field

from shared.domain.conditions import Condition, LeafState, State, describe, earliest_possible
from shared.domain.model import Model
from shared.domain.money import Money
from shared.domain.narration import join, logic_map, progress_card
from shared.domain.places import Place
from shared.domain.standing import Choice, LedgerEntry, StandingIntent, TrustLevel
from shared.domain.status import IntentStatus
from shared.services.standing import Wish
from triggers.access import conversation, customer_of, must_own, must_see
from triggers.inputs import PlaceInput, Zone, located, zone_or_home
from triggers.web.answer import Reply
from triggers.web.call import Call


class WishInput(Model):
    """A wish in words, with its condition in it: `order flowers for my mom on the next sunny Thursday`."""

    text: str = Field(min_length=1, max_length=2000, pattern=r"\S")
    deliver_to: PlaceInput
    thread_id: str | None = Field(default=None, pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$")
    zone: Zone | None = None
    trust_level: TrustLevel = TrustLevel.MEDIUM
    requires_approval: bool = True
    approval_hours: int = Field(default=24, ge=1, le=168)
    max_wait_days: int | None = Field(default=None, ge=1, le=365)


class RejectIntent(Model):
    """What a no means: wait for the next moment, or stop altogether."""

    keep_waiting: bool = False


class IntentEvent(Model):
    """News about the world or the customer's word. News is checked before it counts."""

    type: Literal["UserApproval", "IntentConditionMet", "WeatherUpdate", "InventoryAvailable"]
    approved: bool | None = None


class IntentView(Model):
    """A standing intent. `instance_id` is the durable plan that waits."""

    id: str
    instance_id: str
    status: IntentStatus
    text: str
    query: str
    colour: str | None
    quantity: int
    max_price: Money | None
    condition: Condition
    condition_text: str
    zone: str
    deliver_to: Place
    trust_level: TrustLevel
    requires_approval: bool
    approval_hours: int
    waits_until: datetime
    choice: Choice | None
    decide_by: datetime | None
    order_id: str | None
    reason: str
    thread_id: str
    created_at: datetime


class ProgressView(Model):
    """The IF/THEN map with live states, and the ledger of what happened (flows 1.4-2, 1.4-3)."""

    id: str
    status: IntentStatus
    if_condition: str
    then_action: str
    conditions: tuple[LeafState, ...]
    checked_at: datetime | None
    next_step: str
    earliest: datetime | None
    """When the calendar first allows it; None when it is over, or when it never will."""
    expected_by: datetime | None
    """When it ends at the latest; None when it has ended."""
    ledger: tuple[LedgerEntry, ...]


async def create(call: Call, body: WishInput) -> Reply[IntentView]:
    """Watch for the right moment. Repeating with the same Idempotency-Key gives the same intent."""
    customer_id = customer_of(call.caller)
    thread_id = await conversation(call.app, body.thread_id, customer_id=customer_id)
    intent = await call.app.standing.create(await _wish(call, body, customer_id, thread_id))
    await call.app.threads.open(intent.thread_id, customer_id=customer_id)
    return _answer(intent, note="We'll watch for the perfect moment!")


async def list_intents(call: Call) -> Reply[list[IntentView]]:
    """List the customer's own intents, newest first."""
    found = await call.app.standing.of_customer(customer_of(call.caller))
    return Reply([intent_view(intent) for intent in found])


async def get_intent(call: Call, intent_id: str) -> Reply[IntentView]:
    """Show an intent to its customer or an admin."""
    return _answer(await _seen(call, intent_id))


async def change(call: Call, intent_id: str, body: WishInput) -> Reply[IntentView]:
    """Replace the wish while it waits."""
    intent = await _owned(call, intent_id)
    wish = await _wish(call, body, intent.customer_id, intent.thread_id)
    await call.app.standing.change(intent_id, wish)
    await call.app.watcher.check(intent_id)
    return _answer(await call.app.standing.get(intent_id))


async def cancel(call: Call, intent_id: str) -> Reply[IntentView]:
    """Stop waiting. Doing it twice changes nothing."""
    await _owned(call, intent_id)
    return _answer(await call.app.standing.cancel(intent_id, reason="You cancelled it."))


async def progress(call: Call, intent_id: str) -> Reply[ProgressView]:
    """Show what is waited for, how it stands right now, and what happened so far."""
    intent = await _seen(call, intent_id)
    tick = await call.app.watcher.last_tick()
    checked = max((at for at in (intent.checked_at, tick.at if tick else None) if at), default=None)
    view = ProgressView(
        id=intent.id,
        status=intent.status,
        if_condition=describe(intent.condition),
        then_action=f"Order {intent.choice.item if intent.choice else intent.query}",
        conditions=intent.leaves,
        checked_at=checked,
        next_step=_next_step(intent),
        earliest=_earliest(intent, call.now),
        expected_by=_expected_by(intent),
        ledger=tuple(entry.model_copy(update={"thought": ""}) for entry in intent.ledger),
    )
    card = progress_card(intent) if not intent.is_open else logic_map(intent)
    return Reply(view, adaptive_card=card)


async def approve(call: Call, intent_id: str) -> Reply[IntentView]:
    """Say yes to buying now. Saying it twice changes nothing."""
    await _owned(call, intent_id)
    return _answer(
        await call.app.standing.decide(
            intent_id, approved=True, by=call.caller.subject, key=call.idempotency_key
        )
    )


async def reject(call: Call, intent_id: str, body: RejectIntent | None = None) -> Reply[IntentView]:
    """Say no: stop, or go on waiting for the next moment."""
    await _owned(call, intent_id)
    keep = body.keep_waiting if body else False
    return _answer(
        await call.app.standing.decide(
            intent_id, approved=False, by=call.caller.subject, key=call.idempotency_key, keep_waiting=keep
        )
    )


async def event(call: Call, intent_id: str, body: IntentEvent) -> Reply[IntentView]:
    """Take news in: an approval counts as the customer's word, anything else makes USO look again."""
    await _owned(call, intent_id)
    if body.type == "UserApproval":
        approved = body.approved is not False
        await call.app.standing.decide(
            intent_id, approved=approved, by=call.caller.subject, key=call.idempotency_key
        )
    else:
        await call.app.watcher.check(intent_id)
    return _answer(await call.app.standing.get(intent_id))


_NEXT = {
    IntentStatus.PENDING: "Looking for what you want.",
    IntentStatus.ACTIVE: "Watching until everything fits",
    IntentStatus.WAITING_APPROVAL: "Waiting for your yes.",
    IntentStatus.EXECUTING: "Buying it.",
    IntentStatus.COMPLETED: "Done.",
    IntentStatus.CANCELLED: "Stopped.",
}


def _next_step(intent: StandingIntent) -> str:
    if intent.status is not IntentStatus.ACTIVE:
        return _NEXT[intent.status]
    missing = join(leaf.why for leaf in intent.leaves if leaf.state is not State.MET)
    return f"{_NEXT[intent.status]}: {missing}." if missing else f"{_NEXT[intent.status]}."


def _earliest(intent: StandingIntent, now: datetime) -> datetime | None:
    if not intent.is_open:
        return None
    lead = timedelta(days=intent.lead_days)
    moment = earliest_possible(
        intent.condition, max(now, intent.not_before or now) + lead, ZoneInfo(intent.zone)
    )
    return moment - lead if moment else None


def _expected_by(intent: StandingIntent) -> datetime | None:
    if not intent.is_open:
        return None
    return intent.decide_by or intent.waits_until


async def _wish(call: Call, body: WishInput, customer_id: str, thread_id: str) -> Wish:
    app = call.app
    read = app.shopping.read_wish(body.text, zone=zone_or_home(body.zone, app), now=call.now)
    return Wish(
        customer_id=customer_id,
        thread_id=thread_id,
        text=body.text,
        query=read.search_query,
        colour=read.colours[0] if read.colours else None,
        quantity=read.quantity,
        max_price=app.shopping.most(read),
        condition=read.conditions,
        zone=zone_or_home(body.zone, app).key,
        deliver_to=await located(body.deliver_to, app, field="deliver_to"),
        trust_level=body.trust_level,
        requires_approval=body.requires_approval,
        approval_hours=body.approval_hours,
        max_wait_days=body.max_wait_days,
        key=call.idempotency_key,
    )


async def _seen(call: Call, intent_id: str) -> StandingIntent:
    intent = await call.app.standing.get(intent_id)
    must_see(call.caller, intent.customer_id, what="standing intent", id=intent_id)
    return intent


async def _owned(call: Call, intent_id: str) -> StandingIntent:
    intent = await call.app.standing.get(intent_id)
    must_own(call.caller, intent.customer_id, what="standing intent", id=intent_id)
    return intent


def _answer(intent: StandingIntent, *, note: str = "") -> Reply[IntentView]:
    path = f"/api/v1/standing-intents/{intent.id}"
    return Reply(
        intent_view(intent),
        adaptive_card=logic_map(intent, waiting=note),
        links={"self": path, "progress": f"{path}/progress"},
    )


def intent_view(intent: StandingIntent) -> IntentView:
    """What its customer may see of an intent."""
    shown = set(IntentView.model_fields) - {"instance_id", "condition_text"}
    return IntentView(
        **{name: getattr(intent, name) for name in shown},
        instance_id=intent.id,
        condition_text=describe(intent.condition),
    )
