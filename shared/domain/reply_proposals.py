"""What a language model may add to short answers that the rules call unclear (rule 8).

Of a partner's answer it may read a no, or an offer of something else that the customer then decides on; it
must point at the partner's own words. It never reads a yes: what binds somebody is said plainly, or read by
a person. Of a customer's answer it may only say how to ask again.
"""

from enum import StrEnum

from shared.domain.model import Model
from shared.domain.replies import PartnerReply, Verdict, speaks_to_machines

_LEAST_WORDS = 3
_MAX_ITEM = 60


class Says(StrEnum):
    """What a partner's answer says, as a model reads it."""

    YES = "yes"
    NO = "no"
    OFFERS = "offers"
    UNCLEAR = "unclear"


class ReplyProposal(Model):
    """A model's reading of a partner's answer; `words` and `item` are copied from it."""

    says: Says
    words: str = ""
    item: str = ""


class Leaning(StrEnum):
    """How a customer's unclear answer sounds."""

    YES = "yes"
    NO = "no"
    NEITHER = "neither"


def may_be_asked(rules: PartnerReply, text: str, *, button: str | None) -> bool:
    """Say whether a model may help: words alone, that the rules do not understand, and that mean a person."""
    return (
        rules.verdict is Verdict.UNCLEAR
        and not button
        and bool(text.strip())
        and not speaks_to_machines(text)
    )


def checked(rules: PartnerReply, proposal: ReplyProposal, text: str) -> PartnerReply:
    """Return what counts: the rules' reading, unless the proposal may and can be seen in the partner's words.

    The price is what the rules read of it.
    """
    said = _flat(text)
    if not _is_part(proposal.words, said):
        return rules
    if proposal.says is Says.NO:
        return rules.model_copy(update={"verdict": Verdict.REJECT})
    item = " ".join(proposal.item.split())
    if proposal.says is Says.OFFERS and len(item) <= _MAX_ITEM and _is_part(item, said):
        return rules.model_copy(update={"verdict": Verdict.COUNTER_OFFER, "item": item})
    return rules


def asks_again(leaning: Leaning, question: str) -> str | None:
    """Return the question for a plain word; None where the answer was about something else."""
    heard = {Leaning.YES: "That sounds like a yes", Leaning.NO: "That sounds like a no"}.get(leaning)
    if heard is None:
        return None
    return f"{heard}, but I want to be sure. {question} Please answer yes or no."


def _flat(text: str) -> str:
    return " ".join(text.lower().split())


def _is_part(words: str, said: str) -> bool:
    flat = _flat(words)
    return len(flat) >= _LEAST_WORDS and any(c.isalpha() for c in flat) and flat in said
