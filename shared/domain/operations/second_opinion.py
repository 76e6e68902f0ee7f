"""A language model's proposal of what a message is about, checked against the rules' own reading (rule 8)."""

from shared.domain.operations.reading import Reading, TicketIntent


def checked(rules: Reading, proposal: Reading | None) -> tuple[Reading, bool]:
    """Put both together; also say whether the intent is the model's alone.

    The model may raise the alarm and anger, and call for a person; it never lowers either. Where the rules
    see no intent it may name one. Numbers of orders and the reason of a refund, on which money depends, are
    only ever what the rules read.
    """
    if proposal is None:
        return rules, False
    by_model = rules.intent is TicketIntent.OTHER and proposal.intent is not TicketIntent.OTHER
    intent = proposal.intent if by_model else rules.intent
    if rules.is_danger or proposal.is_danger:
        intent, by_model = TicketIntent.DANGER, not rules.is_danger
    said = rules.model_copy(
        update={
            "intent": intent,
            "anger": max(rules.anger, proposal.anger),
            "dangers": tuple(dict.fromkeys((*rules.dangers, *proposal.dangers)))[:20],
            "wants_person": rules.wants_person or proposal.wants_person,
        }
    )
    return said, by_model
