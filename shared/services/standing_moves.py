"""The moves of a standing intent, pure: what each happening makes of it, and what it announces (M23)."""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from shared.domain.conditions import (
    Calendar,
    Evaluation,
    Inventory,
    LeafState,
    Price,
    State,
    in_words,
    leaves,
    pinned,
)
from shared.domain.events import Event, EventType
from shared.domain.standing import Choice, Evidence, LedgerEntry, StandingIntent, TrustLevel
from shared.domain.status import IntentStatus
from shared.settings import Settings

WORKDAY_MINUTES = 8 * 60
Change = tuple[StandingIntent, Sequence[Event]]


class Moves:
    """The rules, with the platform's hours and limits."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def begun(self, intent: StandingIntent, choice: Choice | None, now: datetime) -> Change:
        """The scout came back: watch for what it found, or end (flow 6.7-1 steps 3.1, 3.2)."""
        if intent.status is not IntentStatus.PENDING:
            return intent, []
        if choice is None:
            why = f"I found nothing for '{intent.query}'."
            return self.closed(intent, IntentStatus.CANCELLED, why, now)
        active = self.with_choice(intent, choice).moved(IntentStatus.ACTIVE)
        entry = entry_of(
            now, "scout", "completed", f"Best match for '{intent.query}'.", found_in_words(active)
        )
        event = Event(type=EventType.INTENT_WATCHING, data={"intent_id": intent.id, "first": True})
        return active.noted(entry), [event]

    def seen(self, intent: StandingIntent, evaluation: Evaluation, now: datetime) -> Change:
        """A check saw how the conditions stand: the moment, news worth telling, or nothing new."""
        if intent.status is not IntentStatus.ACTIVE or intent.met is not None:
            return intent, []
        changed = evaluation.leaves != intent.leaves
        if not changed and not self._is_the_moment(intent, evaluation, now):
            return intent, []
        after = intent.model_copy(update={"leaves": evaluation.leaves, "checked_at": now})
        if self._is_the_moment(intent, evaluation, now):
            why = "; ".join(leaf.why for leaf in evaluation.leaves if leaf.state is State.MET)
            entry = entry_of(now, "condition met", "completed", why, f"The moment has come: {why}.")
            met = after.model_copy(update={"met": Evidence(at=now, leaves=evaluation.leaves)})
            return met.noted(entry), [wake(intent, EventType.INTENT_MET)]
        news = _news(intent.leaves, evaluation.leaves)
        if not news:
            return after, []
        why = " and ".join(leaf.news for leaf in news)
        better = all(leaf.state is State.MET for leaf in news)
        entry = entry_of(
            now, "still watching", "in_progress", why, f"{'Good' if better else 'Still waiting'}: {why}."
        )
        event = Event(
            type=EventType.INTENT_WATCHING, data={"intent_id": intent.id, "why": why, "better": better}
        )
        return after.noted(entry), [event]

    def _is_the_moment(self, intent: StandingIntent, evaluation: Evaluation, now: datetime) -> bool:
        if evaluation.state is not State.MET or (intent.not_before is not None and now < intent.not_before):
            return False
        local = now.astimezone(ZoneInfo(intent.zone))
        return (
            not intent.is_day_bound or self._settings.wake_hour <= local.hour < self._settings.day_ends_hour
        )

    def reviewed(self, intent: StandingIntent, turn: int, choice: Choice | None, now: datetime) -> Change:
        """The turn ended, unless another one is on; `choice` is what would be bought now."""
        if intent.turn != turn:
            return intent, []
        ended = intent.model_copy(update={"turn": turn + 1})
        if intent.status is IntentStatus.ACTIVE:
            if now >= intent.waits_until:
                why = "The moment did not come in the time that you gave me."
                return self.closed(ended, IntentStatus.CANCELLED, why, now)
            return self._moment(ended, choice, now) if intent.met else (ended, [])
        if intent.status is IntentStatus.WAITING_APPROVAL:
            return self._answered(ended, now)
        return ended, []

    def _moment(self, intent: StandingIntent, choice: Choice | None, now: datetime) -> Change:
        """The moment has come, with what would be bought now at what it costs now."""
        if choice is None:
            return self.missed(intent, f"Nothing fits '{intent.query}' right now.", now)
        intent = intent.model_copy(update={"choice": choice})
        if not intent.requires_approval:
            return intent.moved(IntentStatus.EXECUTING), []
        asked = intent.moved(
            IntentStatus.WAITING_APPROVAL, decide_by=self._decide_by(intent, now), decision=None
        )
        question = f"May I buy {choice.item} for {intent.price()}?"
        entry = entry_of(now, "approval", "in_progress", "The customer wants to be asked.", question)
        event = Event(type=EventType.INTENT_ASKED, data={"intent_id": intent.id, "turn": intent.turn})
        return asked.noted(entry), [event]

    def _answered(self, intent: StandingIntent, now: datetime) -> Change:
        decision = intent.decision
        if decision is not None and decision.approved:
            return intent.moved(IntentStatus.EXECUTING), []
        if decision is not None:
            if decision.keep_original:
                return self.missed(intent, "You said not this time.", now)
            return self.closed(intent, IntentStatus.CANCELLED, "You said no.", now)
        if intent.decide_by is None or now < intent.decide_by:
            return intent, []
        match intent.trust_level:
            case TrustLevel.HIGH:
                story = "You did not answer in time, so I went ahead, as you trust me to."
                entry = entry_of(now, "approval", "completed", "No answer; trust is high.", story)
                return intent.moved(IntentStatus.EXECUTING).noted(entry), []
            case TrustLevel.MEDIUM:
                why = "You did not answer in time, so I bought nothing."
                return self.closed(intent, IntentStatus.CANCELLED, why, now)
            case TrustLevel.LOW:
                return self.missed(intent, "You did not answer in time, so I bought nothing.", now)

    def missed(self, intent: StandingIntent, why: str, now: datetime) -> Change:
        """Back to waiting, for the next moment after this one."""
        tomorrow = now.astimezone(ZoneInfo(intent.zone)).date() + timedelta(days=1)
        back = intent.moved(
            IntentStatus.ACTIVE,
            met=None,
            decision=None,
            decide_by=None,
            order_id=None,
            leaves=(),
            not_before=datetime.combine(tomorrow, time(), ZoneInfo(intent.zone)).astimezone(UTC),
        )
        event = Event(type=EventType.INTENT_WATCHING, data={"intent_id": intent.id, "missed": why})
        return back.noted(entry_of(now, "missed", "failed", why, why)), [event]

    def closed(self, intent: StandingIntent, status: IntentStatus, reason: str, now: datetime) -> Change:
        """It is over; `reason` is a sentence for the customer."""
        event = Event(
            type=EventType.INTENT_CLOSED,
            data={"intent_id": intent.id, "status": status.value, "reason": reason},
        )
        entry = entry_of(now, "end", "completed", reason, reason)
        return intent.moved(status, reason=reason).noted(entry), [event]

    def deliver_by(self, intent: StandingIntent, now: datetime) -> datetime:
        """By when what is bought must be there: on the day that was wished for, or soon."""
        zone = ZoneInfo(intent.zone)
        if not intent.is_day_bound:
            return _settled_at(intent, now) + self._settings.deliver_within
        moment = intent.met.at if intent.met else now
        day = (moment.astimezone(zone) + timedelta(days=intent.lead_days)).date()
        return datetime.combine(day, time(self._settings.day_ends_hour), zone).astimezone(UTC)

    def _decide_by(self, intent: StandingIntent, now: datetime) -> datetime:
        """The customer's time to answer, cut where buying later could not arrive on the day."""
        limit = now + timedelta(hours=intent.approval_hours)
        if not intent.is_day_bound or intent.choice is None:
            return limit
        lead = timedelta(minutes=intent.choice.lead_minutes)
        latest = self.deliver_by(intent, now) - lead - self._settings.urgent_within
        return max(min(limit, latest), now + self._settings.jit_timeout)

    def with_choice(self, intent: StandingIntent, choice: Choice) -> StandingIntent:
        """Settle on what is bought; a price or stock that is waited for is then that product's own."""
        found: dict[str, object] = {"choice": choice, "lead_days": lead_days(choice)}
        if any(isinstance(leaf, Price | Inventory) for leaf in leaves(intent.condition)):
            product, price = choice.product_id, choice.unit_price.minor
            found["product_id"] = product
            found["condition"] = pinned(intent.condition, product=product, item=choice.item, price=price)
        return intent.model_copy(update=found)


def _settled_at(intent: StandingIntent, now: datetime) -> datetime:
    """When it was settled that it shall be bought: the same instant however often the step is run."""
    if intent.decision is not None:
        return intent.decision.at
    return intent.decide_by or (intent.met.at if intent.met else now)


def lead_days(choice: Choice) -> int:
    """How many days before its day something must be bought to arrive on it."""
    minutes = choice.lead_minutes
    return 0 if minutes <= WORKDAY_MINUTES else -(-minutes // WORKDAY_MINUTES)


def found_in_words(intent: StandingIntent) -> str:
    """What was found and what is waited for (flow 6.7-1 step 3.2)."""
    choice = intent.choice
    found = f"Found {choice.item} at {choice.vendor_name} for {intent.price()}! " if choice else ""
    return f"{found}Waiting until {in_words(intent.condition)}."


def why_bought(intent: StandingIntent) -> str:
    """With whose word it was bought."""
    if not intent.requires_approval:
        return "You let me buy without asking."
    if intent.decision is None:
        return "You did not answer in time, and you trust me to go ahead."
    return "You said yes."


def wake(intent: StandingIntent, type_: EventType) -> Event:
    """What wakes the plan in the turn that the intent is in."""
    return Event(type=type_, data={"intent_id": intent.id, "turn": intent.turn})


def entry_of(at: datetime, step: str, status: str, thought: str, narrative: str) -> LedgerEntry:
    """A line of the ledger."""
    return LedgerEntry(at=at, step=step, status=status, thought=thought, narrative=narrative)


def _news(before: Sequence[LeafState], after: Sequence[LeafState]) -> list[LeafState]:
    """What a customer wants to hear of: a condition that turned, but not that a day came or went."""
    turned = [
        new
        for old, new in zip(before, after, strict=False)
        if old.state is not new.state and not isinstance(new.leaf, Calendar)
    ]
    worse = [leaf for leaf in turned if leaf.state is not State.MET]
    return worse or turned
