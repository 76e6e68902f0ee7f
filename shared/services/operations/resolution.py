"""The gate at work: decided once, stored, then done; answered, or a person's (flows ops-4 to ops-6)."""

from collections.abc import Sequence

from shared.domain.events import Event
from shared.domain.ids import owner_of
from shared.domain.negotiations import EscalationReason
from shared.domain.operations import support_replies as letters
from shared.domain.operations.alarms import AlertLevel
from shared.domain.operations.facts import TicketEscalated, TicketSolved
from shared.domain.operations.gate import ActKind, Decision, GateAction, Why, decide, to_person
from shared.domain.operations.reading import TicketPriority
from shared.domain.operations.support_case import SupportCase, sentence
from shared.domain.operations.tickets import AGENT, Channel, Sender, Ticket, Triage, said
from shared.domain.status import TicketStatus
from shared.errors import Conflict, NotFound
from shared.ports.mail import Mail, Mailer
from shared.services.disputes.allowances import Allowances
from shared.services.disputes.policy import RefundPolicyService
from shared.services.escalations import EscalationService
from shared.services.kinds import TICKETS
from shared.services.operations.support_policy import SupportPolicyService
from shared.services.operations.ticket_acts import TicketActs, Words
from shared.services.operations.tickets import escalation_of
from shared.services.records import Records
from shared.services.results import DONE, StepResult
from shared.settings import Settings

SUPERSEDED = StepResult(code="superseded")
WITH_PERSON = StepResult(code="with_person")
WITH_A_PERSON = frozenset({TicketStatus.ESCALATED, TicketStatus.TAKEN})
REFERENCES = 20
"""Message-IDs of a conversation that a mail names; the oldest one and the latest."""


class Resolution:
    """What follows from a triage."""

    def __init__(
        self,
        records: Records,
        policy: SupportPolicyService,
        refunds: RefundPolicyService,
        allowances: Allowances,
        acts: TicketActs,
        escalations: EscalationService,
        mailer: Mailer,
        settings: Settings,
    ) -> None:
        self._records = records
        self._policy = policy
        self._refunds = refunds
        self._allowances = allowances
        self._acts = acts
        self._escalations = escalations
        self._mailer = mailer
        self._settings = settings

    # --- the gate -----------------------------------------------------------------------------------

    async def resolve(self, ticket_id: str, message: int) -> StepResult:
        """Decide about a message, once, and do it; `code` is `reply`, `escalate` or `superseded`.

        Raises Unavailable; then it is done again, and what was decided stands.
        """
        ticket = (await self._records.get(TICKETS, ticket_id)).value
        triage = _triage(ticket, message)
        if triage.decision is None:
            if not triage.case.reading.is_danger:
                if ticket.latest > message or message <= ticket.answered:
                    return SUPERSEDED
                if ticket.status in WITH_A_PERSON:
                    return WITH_PERSON
            triage = await self._decided(ticket, triage)
        decision = triage.decision
        if decision is None:
            return SUPERSEDED
        if decision.money_back_wanted:
            await self._want_money_back(triage.case)
        if decision.act is not None and decision.act.kind is not ActKind.ANSWER:
            decision = await self._do(ticket, triage, decision)
        return StepResult(code="escalate" if decision.action is GateAction.ESCALATE else "reply")

    async def _decided(self, ticket: Ticket, triage: Triage) -> Triage:
        decision = await self._decision(ticket, triage)

        def change(current: Ticket) -> tuple[Ticket, Sequence[Event]]:
            known = _triage(current, triage.message)
            is_late = current.latest > triage.message and not decision.is_danger
            if known.decision is not None or (is_late and decision.act is None):
                return current, []
            after = current.with_triage(known.model_copy(update={"decision": decision}))
            # what is done about a message is not done again about a later one
            dealt_with = triage.message if decision.act else current.answered
            return after.model_copy(update={"answered": max(current.answered, dealt_with)}), []

        return _triage(await self._records.update(TICKETS, ticket.id, change), triage.message)

    async def _decision(self, ticket: Ticket, triage: Triage) -> Decision:
        policy, refunds = await self._policy.get(), await self._refunds.get()
        most = self._settings.auto_replies_per_day
        decision = decide(triage.case, policy, refunds, max_answers=most)
        act = decision.act
        if act is not None and act.kind is ActKind.ANSWER:
            done = await self._acts.by_itself(act, words=_words(ticket, triage.message))
            if not done.ok:
                decision = decide(triage.case, policy, refunds, max_answers=most, ask_order=False)
                act = decision.act
        if act is not None and act.kind is ActKind.REFUND and act.amount is not None:
            is_within = await self._allowances.take(
                act.amount, leg_id=act.key, customer_id=owner_of(ticket.id)
            )
            if not is_within:
                decision = to_person(decision, Why.REFUND_LIMIT)
        return decision

    async def _do(self, ticket: Ticket, triage: Triage, decision: Decision) -> Decision:
        """Do it; a refund that is not possible any more is a person's business after all."""
        if decision.act is None:
            return decision
        reason = f"{triage.case.reading.reason or 'asked for'}, by policy ({ticket.id})"
        done = await self._acts.by_itself(decision.act, reason=reason, words=_words(ticket, triage.message))
        if not done.ok and decision.act.kind is ActKind.REFUND:
            decision = to_person(decision, Why.REFUNDED_BEFORE)

        def change(current: Ticket) -> tuple[Ticket, Sequence[Event]]:
            known = _triage(current, triage.message)
            after = known.model_copy(update={"decision": decision, "done": done})
            return (current if after == known else current.with_triage(after)), []

        await self._records.update(TICKETS, ticket.id, change)
        return decision

    async def _want_money_back(self, case: SupportCase) -> None:
        try:
            await self._acts.want_money_back(case.about)
        except NotFound:  # the order's own news is still on the way; nothing is bought yet
            return

    # --- answered -----------------------------------------------------------------------------------

    async def reply(self, ticket_id: str, message: int) -> StepResult:
        """Answer, once; not ok (`unreachable`): their address takes no mail. Raises Unavailable."""
        ticket = (await self._records.get(TICKETS, ticket_id)).value
        triage, key = _triage(ticket, message), f"{ticket_id}-m{message}-reply"
        if ticket.sent(key, Sender.AGENT):
            return DONE
        if ticket.latest > message > ticket.answered:
            return SUPERSEDED
        decision = ticket.decision(message)
        if _person_speaks(ticket, message) or (ticket.status in WITH_A_PERSON and decision.act is None):
            return WITH_PERSON
        text = letters.reply_to(triage.case, decision, triage.done, now=triage.at)
        if not await self._sent(ticket, message, key, text, authenticated=triage.case.authenticated):
            return StepResult(ok=False, code="unreachable", detail="Their address takes no mail.")
        now = self._records.now()

        def change(current: Ticket) -> tuple[Ticket, Sequence[Event]]:
            if current.sent(key, Sender.AGENT):
                return current, []
            thread = self._thread(current, key)
            after = said(current, sender=Sender.AGENT, by=AGENT, text=text, key=key, at=now, thread=thread)
            after = after.model_copy(update={"answered": max(after.answered, message)})
            if after.status is not TicketStatus.OPEN or after.latest > message:
                return after, []
            fact = TicketSolved(ticket_id=ticket_id, message=message, by=AGENT)
            return after.moved(TicketStatus.SOLVED), [fact.event()]

        await self._records.update(TICKETS, ticket_id, change)
        return DONE

    async def send(self, ticket_id: str, number: int) -> StepResult:
        """Send what a person wrote on a ticket; nothing goes out for a chat.

        Not ok (`unreachable`): their address takes no mail. Raises Unavailable.
        """
        ticket = (await self._records.get(TICKETS, ticket_id)).value
        message = ticket.message(number)
        key = f"{ticket_id}-m{number}-person"
        if not await self._sent(ticket, number, key, message.text, authenticated=_is_proven(ticket)):
            return StepResult(ok=False, code="unreachable")

        def change(current: Ticket) -> tuple[Ticket, Sequence[Event]]:
            thread = tuple(dict.fromkeys((*current.thread, *self._thread(current, key))))
            return (
                current if thread == current.thread else current.model_copy(update={"thread": thread})
            ), []

        await self._records.update(TICKETS, ticket_id, change)
        return DONE

    async def report_unsent(self, ticket_id: str, number: int) -> None:
        """A person's answer that did not get through is a person's task."""
        await self._escalations.raise_alarm(
            subject=f"{ticket_id}-m{number}-unsent",
            reason=EscalationReason.TICKET,
            summary=f"Answer {number} on {ticket_id} could not be sent: their address takes no mail, "
            "or the mail server has been away for days.",
        )

    # --- handed to a person -------------------------------------------------------------------------

    async def escalate(self, ticket_id: str, message: int, why: Why | None = None) -> StepResult:
        """Hand a message to a person, with all that is known; again, the task is the same.

        `why` overrides what was decided: an answer that did not get through.
        """
        reason = f"{why or ''}"

        def change(current: Ticket) -> tuple[Ticket, Sequence[Event]]:
            triage = _triage(current, message)
            if message in current.handed or triage.decision is None:
                return current, []
            decision = triage.decision
            if reason:  # what was done stays done, and on record
                update = {"action": GateAction.ESCALATE, "why": Why(reason)}
                decision = decision.model_copy(update=update)
            after = current.with_triage(triage.model_copy(update={"decision": decision}))
            after = after.model_copy(
                update={
                    "answered": max(after.answered, message),
                    "handed": (*after.handed, message),
                    "alarms": (*after.alarms, message),
                    "taken_by": "",
                }
            )
            if after.status is not TicketStatus.ESCALATED:
                after = after.moved(TicketStatus.ESCALATED)
            return after, [_escalated(current.id, triage.case, decision, message).event()]

        ticket = await self._records.update(TICKETS, ticket_id, change)
        if message not in ticket.alarms:  # a person has dealt with it since
            return DONE
        triage = _triage(ticket, message)
        decision = ticket.decision(message)
        await self._escalations.raise_alarm(
            subject=escalation_of(ticket_id, message),
            reason=EscalationReason.DANGER if decision.is_danger else EscalationReason.TICKET,
            summary=summary(triage),
            order_id=triage.case.about,
        )
        return DONE

    async def announce_product(self, ticket_id: str, message: int) -> None:
        """Say which product is dangerous, once it is known (the shop was away when danger was reported)."""
        ticket = (await self._records.get(TICKETS, ticket_id)).value
        triage = _triage(ticket, message)
        decision = ticket.decision(message)
        inbox = f"product:{ticket_id}-m{message}"
        event = _escalated(ticket_id, triage.case, decision, message).event()
        await self._records.update(
            TICKETS, ticket_id, lambda current: (current.model_copy(), [event]), inbox=inbox
        )

    async def tell_of_person(self, ticket_id: str, message: int) -> StepResult:
        """Tell the customer that a person has it now, once until it is solved. Raises Unavailable."""
        ticket = (await self._records.get(TICKETS, ticket_id)).value
        triage, decision = _triage(ticket, message), ticket.decision(message)
        key = f"{ticket_id}-m{message}-handed"
        if triage.case.answers_today >= self._settings.auto_replies_per_day or ticket.sent(key, Sender.AGENT):
            return DONE
        if ticket.status is not TicketStatus.ESCALATED or (len(ticket.alarms) > 1 and not decision.is_danger):
            return WITH_PERSON
        text = letters.handed_over(triage.case, decision)
        if not await self._sent(ticket, message, key, text, authenticated=triage.case.authenticated):
            return StepResult(ok=False, code="unreachable")
        now = self._records.now()

        def change(current: Ticket) -> tuple[Ticket, Sequence[Event]]:
            thread = self._thread(current, key)
            return said(current, sender=Sender.AGENT, by=AGENT, text=text, key=key, at=now, thread=thread), []

        await self._records.update(TICKETS, ticket_id, change)
        return DONE

    # --- letters ------------------------------------------------------------------------------------

    async def _sent(self, ticket: Ticket, message: int, key: str, text: str, *, authenticated: bool) -> bool:
        """Send a letter in the ticket's thread; False when the address takes none."""
        if ticket.channel is not Channel.MAIL:
            return True
        answers = [each.sent_id for each in ticket.messages if each.sender is Sender.CUSTOMER]
        letter = Mail(
            key=key,
            to=ticket.email,
            subject=letters.subject_of(ticket.subject, authenticated=authenticated),
            text=text,
            in_reply_to=answers[-1],
            references=(*ticket.thread[:1], *ticket.thread[1:][-REFERENCES:]),
        )
        try:
            await self._mailer.send(letter)
        except Conflict:
            return False
        return True

    def _thread(self, ticket: Ticket, key: str) -> tuple[str, ...]:
        return (self._mailer.message_id(key),) if ticket.channel is Channel.MAIL else ()


def summary(triage: Triage) -> str:
    """A case for whoever takes it over: who, what, why, and what is proposed."""
    case, decision = triage.case, triage.decision
    parts = [sentence(case, now=triage.at), f"They want: {case.reading.intent.value.replace('_', ' ')}."]
    if case.reading.dangers:
        parts.append(f"Danger: {', '.join(case.reading.dangers)}.")
    if decision is not None and decision.why is not None:
        parts.append(f"A person is asked because of: {decision.why.value.replace('_', ' ')}.")
        parts += [decision.advice] if decision.advice else []
        parts += [f"Proposed: {act.kind.value} {act.amount or ''}".strip() + "." for act in decision.proposed]
    return " ".join(parts)


def _escalated(ticket_id: str, case: SupportCase, decision: Decision, message: int) -> TicketEscalated:
    level = AlertLevel.HIGH if case.priority is TicketPriority.HIGH else AlertLevel.NORMAL
    return TicketEscalated(
        ticket_id=ticket_id,
        message=message,
        reason=(decision.why or Why.POLICY).value,
        level=(AlertLevel.CRITICAL if decision.is_danger else level).value,
        product_id=case.product_id if decision.is_danger else "",
    )


def _triage(ticket: Ticket, message: int) -> Triage:
    triage = ticket.triage(message)
    if triage is None:
        raise NotFound("triage", f"{ticket.id}-m{message}")
    return triage


def _words(ticket: Ticket, message: int) -> Words:
    """What an act may read: what was written, up to the message that it is done for."""
    own = [each for each in ticket.messages if each.sender is Sender.CUSTOMER and each.number <= message]
    return Words(key=f"{ticket.id}-m{message}", texts=tuple(each.text for each in own[-3:]))


def _person_speaks(ticket: Ticket, message: int) -> bool:
    """Whether a person has the ticket, or has answered since the message came."""
    answered = any(each.sender is Sender.PERSON and each.number > message for each in ticket.messages)
    return answered or ticket.status is TicketStatus.TAKEN


def _is_proven(ticket: Ticket) -> bool:
    return all(each.authenticated for each in ticket.messages if each.sender is Sender.CUSTOMER)
