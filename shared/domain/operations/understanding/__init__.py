"""What a message is about, by rules (flow ops-3). The least that can be read; `read` is what others call."""

import re

from shared.domain.disputes import RefundReason
from shared.domain.operations.reading import Reading, TicketIntent

_DANGER = re.compile(
    r"\b(burn\w*|fire|flames?|smok\w*|explo\w*|hurt\w*|injur\w*|bleed\w*|electr\w* shock\w*|shocked me|"
    r"allerg\w*|hospital|chok\w*|poison\w*)",
    re.IGNORECASE,
)
_PERSON = re.compile(r"\b(person|human|manager|someone real|real agent)\b", re.IGNORECASE)
_INTENTS = (
    (TicketIntent.REFUND_REQUEST, r"\brefund\w*|money back"),
    (TicketIntent.CANCELLATION, r"\bcancel\w*"),
    (TicketIntent.ADDRESS_CHANGE, r"\b(new|wrong|change\w*)\b.{0,20}\baddress"),
    (TicketIntent.TRACKING, r"where.{0,15}\b(order|parcel|package)|\btrack\w*|not arrived"),
    (TicketIntent.PRODUCT_QUESTION, r"\bdoes it\b|\bhow (big|long|heavy)\b|\bcompatible\b"),
    (TicketIntent.COMPLAINT, r"\b(disappoint\w*|terrible|awful|bad|damaged|broken)\b"),
)
_REASONS = (
    (RefundReason.DAMAGED, r"\b(damaged|broken|defective|cracked)\b"),
    (RefundReason.MISSING, r"\bmissing\b"),
    (RefundReason.WRONG_ITEM, r"\bwrong (item|thing|product|size|colou?r)\b"),
    (RefundReason.LATE, r"\b(late|never came|not arrived)\b"),
    (RefundReason.CHANGED_MIND, r"\bchanged my mind\b"),
)


def read(text: str) -> Reading:
    """Read a message. Whatever it says to machines is only more text."""
    found = [intent for intent, words in _INTENTS if re.search(words, text, re.IGNORECASE)]
    dangers = tuple(match.group() for match in _DANGER.finditer(text))[:20]
    if dangers:
        found.insert(0, TicketIntent.DANGER)
    return Reading(
        intent=found[0] if found else TicketIntent.OTHER,
        also=tuple(found[1:]),
        anger=_anger(text),
        dangers=dangers,
        reason=next((why for why, words in _REASONS if re.search(words, text, re.IGNORECASE)), None),
        order_numbers=tuple(re.findall(r"(?<![\d$€£.])#?(\d{3,10})\b", text))[:10],
        wants_person=bool(_PERSON.search(text)),
        confidence=0.5 if found else 0.0,
    )


def _anger(text: str) -> int:
    letters = [each for each in text if each.isalpha()]
    shouted = len(letters) > 10 and sum(each.isupper() for each in letters) > len(letters) // 2
    strong = len(re.findall(r"\b(terrible|awful|scam|furious|worst|unacceptable)\b", text, re.IGNORECASE))
    return min(100, 10 + 40 * shouted + 35 * min(strong, 2) + 15 * min(text.count("!"), 4))
