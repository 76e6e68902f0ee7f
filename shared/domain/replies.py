"""Understanding short answers: a partner's reply (flows 2.7-1, 2.7-2, 6.6-1) and a customer's decision."""

import re
from enum import StrEnum

from shared.domain.model import Model

_MAX = 2000


class Verdict(StrEnum):
    """What a partner answered."""

    ACCEPT = "accept"
    REJECT = "reject"
    COUNTER_OFFER = "counter_offer"
    UNCLEAR = "unclear"


class PriceChangeKind(StrEnum):
    """What a counter-offer does to the price."""

    NOT_SAID = "not_said"
    NONE = "none"
    EXTRA = "extra"
    DISCOUNT = "discount"
    ABSOLUTE = "absolute"
    PERCENT = "percent"


class PriceChange(Model):
    """A change of price: minor units of `currency`, or whole percent."""

    kind: PriceChangeKind = PriceChangeKind.NOT_SAID
    minor: int = 0
    percent: int = 0
    currency: str = "USD"


class PartnerReply(Model):
    """A partner's reply, understood. `frustration` is 0 (calm) to 100."""

    verdict: Verdict
    item: str | None = None
    """What is offered instead, as the partner names it."""
    price: PriceChange = PriceChange()
    frustration: int = 0
    asks_question: bool = False
    confidence: float = 0.0


class DecisionKind(StrEnum):
    """What a customer decided."""

    APPROVE = "approve"
    REJECT = "reject"
    UNCLEAR = "unclear"


class Decision(Model):
    """A customer's decision; `keep_original` says what becomes of the order after a rejection, if said."""

    kind: DecisionKind
    keep_original: bool | None = None
    confidence: float = 0.0


_BUTTONS = {
    "yes": Verdict.ACCEPT, "accept": Verdict.ACCEPT, "approve": Verdict.ACCEPT, "confirm": Verdict.ACCEPT,
    "no": Verdict.REJECT, "decline": Verdict.REJECT, "reject": Verdict.REJECT, "deny": Verdict.REJECT,
    "modify": Verdict.COUNTER_OFFER, "counter_offer": Verdict.COUNTER_OFFER, "counter": Verdict.COUNTER_OFFER,
}  # fmt: skip


def _plain(text: str) -> str:
    text = text[:_MAX].lower().replace("\u2019", "'")
    return " ".join(re.sub(r"[^\w\s'$%.?!\u20ac\u00a3,;-]|_", " ", text).split())


# --- a partner's reply ------------------------------------------------------------------------------

_YES = re.compile(
    r"^(?:hi |hello |hey )?(?:oh )?(?:yes|yep|yeah|yup|sure|ok|okay|absolutely|certainly|of course"
    r"|no problem|no worries|"
    r"confirmed|accepted|done|will do|can do|sounds good|happy to|gladly|definitely|agreed|perfect"
    r"|y|si|affirmative|"
    r"not a problem|all good|you got it|deal|approved|great)\b"
)
_CAN = re.compile(
    r"\b(?:we|i) (?:can|could|do|will|'ll) (?:do|make|fulfil\w*|handle|manage|arrange|swap|change"
    r"|get|deliver|provide|"
    r"accommodate|switch|have (?:it|them|that|pink|those))\b|\b(?:we|i) have (?:it|them|that|those"
    r"|plenty|some|"
    r"\w+ (?:flowers|roses|available))|\b(?:we|i)'ll (?:do|make|swap|change|take care)\b|\bthat works\b|"
    r"\bthat's (?:fine|ok|okay|possible|doable)\b|\bworks for (?:us|me)\b|\bi accept\b"
    r"|\bwe accept\b|\bis available\b"
)
_NO = re.compile(
    r"^(?:hi |hello |hey |oh )?(?:no|nope|nah|sorry|unfortunately|negative|decline|declined"
    r"|rejected|can't|cannot|"
    r"impossible|n|unable|i'm afraid|we're afraid|regret|not possible|not available|apologies"
    r"|my apologies|never)\b"
    r"(?! problem| worries| prob\b)"
)
_CANNOT = re.compile(
    r"\b(?:can't|cannot|can not|unable|couldn't|don't (?:have|carry|do|stock|sell|offer)"
    r"|do not (?:have|carry|do|stock)|"
    r"doesn't work|not possible|not available|unavailable|sold out|out of (?:stock|pink|them|it"
    r"|those|red|white)|booked|"
    r"no longer|won't|will not|not able|ran out|run out|have no|haven't got|too late|no more|fully booked|"
    r"didn't get|all gone|none left|have to decline|must decline|isn't available|aren't available"
    r"|never carry)\b"
    r"|\bno \w+ (?:available|left|today|in stock|flowers|roses)\b"
)
_NUMBER = r"(\d{1,6}(?:,\d{3})?(?:\.\d{1,2})?)"
_MONEY = rf"([$\u20ac\u00a3]) ?{_NUMBER}|{_NUMBER} ?(dollars?|bucks|usd|euros?|eur|pounds|gbp)\b"
_ANY_MONEY = re.compile(_MONEY)
_FREE = re.compile(
    r"\b(?:no|without|zero) (?:extra|additional|added)? ?(?:cost|charge|fee)s?\b|\bfor free\b"
    r"|\bfree of charge\b|"
    r"\bsame (?:price|cost)\b|\bcomplimentary\b|\bon the house\b|\bno (?:price|cost) (?:change|difference)\b|"
    r"\bno upcharge\b|\bat no cost\b|\bwon't cost (?:you )?(?:any )?(?:more|extra)\b"
)
_EXTRA = re.compile(
    r"\b(?:extra|more|additional|upcharge|on top|surcharge|add(?:ed|itional)?|plus|higher"
    r"|up ?charge|difference)\b|\+"
)
_LESS = re.compile(r"\b(?:less|cheaper|discount|off|lower|reduced|reduction)\b")
_PERCENT = re.compile(r"\b(\d{1,3}) ?(?:%|percent)")
_CURRENCY = {"$": "USD", "\u20ac": "EUR", "\u00a3": "GBP", "e": "EUR", "p": "GBP", "g": "GBP"}

_OFFER = re.compile(
    r"\b(?:(?:i|we) (?:(?:do|only|still|just|also|now) )*(?:have|got|carry|stock|could (?:do|offer"
    r"|send|make|use|give)|"
    r"can (?:do|offer|send|make|use|give(?: you)?|get(?: you)?|substitute(?: with)?|replace (?:it"
    r"|them) with|propose)|"
    r"offer|suggest|propose|recommend)|(?:i've|we've) got|how about|what about|would|will|could"
    r"|maybe|perhaps|"
    r"(?:can|could) (?:i|we) (?:offer|suggest|send|do|use|give)(?: you)?|there (?:is|are)"
    r"|instead(?: i| we)? (?:have|offer)|"
    r"but|only|alternatively|or) "
    r"(?:(?:a|an|some|the|our|few|you|beautiful|lovely|nice|gorgeous|plenty of|lots of|only|also"
    r"|maybe|perhaps|do|have|"
    r"offer|i|we|can|still|got|could|lot of|couple of|couple|use|send|one|in) )*"
    r"([\w' -]{2,60})"
)
_ITEM_END = re.compile(
    r"(?:\b(?:available|in stock|ready|at no|at the same|for|at|with|if|instead|work|works|though"
    r"|today|tomorrow|left|"
    r"which|that|as an|as a|right now|free|on hand|would|will|and|but|be ok|ok|okay|do|no|without"
    r"|same|by|on|is|are|"
    r"until|plus|extra|of the)\b|[$\u20ac\u00a3\d,.;?!]).*"
)
_NOT_AN_ITEM = {
    "", "it", "that", "them", "those", "this", "these", "problem", "to", "time", "a problem", "we", "i",
    "you",
    "question", "not", "any", "more", "one", "none", "else", "so", "idea", "sorry", "unfortunately",
    "something", "anything", "nothing", "plenty", "some", "in", "only", "later", "earlier", "can't",
    "cannot", "have",
}  # fmt: skip
_NEGATED_ITEM = re.compile(r"^(?:not|don't|can't|no|cannot|any|never|it|that|them|to|be|you)\b")
_TIMING = re.compile(
    r"\b(?:but|only|could|can|earliest|not until|ready|deliver\w*|have it|do it)\b[^.?!]{0,40}"
    r"\b(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday|tomorrow|later|next week"
    r"|\d{1,2} ?(?:am|pm)|hours?|"
    r"minutes|noon|evening|morning)\b"
)
_QUESTION = re.compile(
    r"\?|^(?:what|which|when|where|who|how|would|could|can|is|are|do|does|will|should) (?:you|they"
    r"|the|it|this|that|"
    r"customer|time|size|color|colour|many|much|i|we|address|purple|pink)\b"
)
_ANGER = {
    70: re.compile(
        r"\b(?:i|we)(?:'ve)? (?:already|just) (?:told|said|answered|explained)"
        r"|\b(?:told|said) (?:you|this|that) (?:already|before|twice|again|\w+ times)"
        r"|\balready (?:told|said|answered)\b|\bas i (?:already )?said\b|\bhow many times\b"
        r"|\bfor the (?:last|third|second|hundredth) time\b"
    ),
    60: re.compile(
        r"\b(?:stop (?:asking|messaging|texting|bothering|sending|it)|leave (?:me|us) alone|enough|"
        r"ridiculous|annoying|waste of (?:my |our )?time|wasting (?:my|our) time|fed up|sick of|unacceptable|"
        r"are you (?:even )?(?:kidding|deaf|serious|reading|listening)|useless|terrible|stupid|idiots?|wtf|"
        r"quit (?:asking|texting)|don't (?:ask|contact|text) (?:me|us)|this is (?:crazy|insane))\b"
    ),
    25: re.compile(
        r"\b(?:again|once more|still|seriously|come on|listen|look)\b[^.?]{0,30}(?:!|no\b)|!{2,}|\bugh\b"
    ),
}
"""Points of frustration by what betrays it; the strongest counts."""


def understand_reply(text: str, *, button: str | None = None) -> PartnerReply:
    """Understand a partner's reply; a pressed `button` ("accept", "Yes", "decline", ...) outweighs the words.

    Never raises. "Pink is booked, but I have a Deep Purple Metallic available at no extra cost" is a
    counter-offer of "Deep Purple Metallic" that costs nothing more.
    """
    plain = _plain(text)
    frustration = _frustration(text, plain)
    pressed = _BUTTONS.get(_plain(button).replace(" ", "_").strip(".!")) if button else None
    item, price = _offered_item(text, plain), _price(plain)
    asks = _QUESTION.search(plain) is not None
    if pressed is not None and pressed is not Verdict.COUNTER_OFFER:
        return PartnerReply(verdict=pressed, frustration=frustration, asks_question=asks, confidence=1.0)
    verdict, confidence = _verdict(plain, item, price, asks)
    if pressed is Verdict.COUNTER_OFFER and item is None and price.kind is PriceChangeKind.NOT_SAID:
        verdict, confidence = Verdict.UNCLEAR, 0.4
    if verdict is not Verdict.COUNTER_OFFER:
        item = None
    return PartnerReply(
        verdict=verdict,
        item=item,
        price=price,
        frustration=frustration,
        asks_question=asks,
        confidence=confidence,
    )


_COSTLY = {PriceChangeKind.EXTRA, PriceChangeKind.PERCENT, PriceChangeKind.ABSOLUTE, PriceChangeKind.DISCOUNT}


def _verdict(plain: str, item: str | None, price: PriceChange, asks: bool) -> tuple[Verdict, float]:
    refuses = _NO.search(plain) is not None or _CANNOT.search(plain) is not None
    agrees = _YES.search(plain) is not None or (_CAN.search(plain) is not None and not refuses)
    alternative = item is not None and (
        refuses or asks or not agrees or _INSTEAD_WORDS.search(plain) is not None
    )
    if alternative:
        return Verdict.COUNTER_OFFER, 0.92 if refuses or asks else 0.82
    if price.kind in _COSTLY and not (refuses and not agrees):
        return Verdict.COUNTER_OFFER, 0.85
    if _TIMING.search(plain) and ("but" in plain.split() or "only" in plain.split() or "earliest" in plain):
        return Verdict.COUNTER_OFFER, 0.75
    if refuses and _YES.search(plain) is None:
        return Verdict.REJECT, 0.95
    if agrees and not refuses:
        return (Verdict.ACCEPT, 0.95) if not asks else (Verdict.ACCEPT, 0.7)
    return Verdict.UNCLEAR, 0.3


_INSTEAD_WORDS = re.compile(r"\b(?:instead|rather|alternativ\w+|substitut\w+|how about|what about)\b")


def _frustration(text: str, plain: str) -> int:
    score = max((points for points, pattern in _ANGER.items() if pattern.search(plain)), default=0)
    if score and "!" in plain:
        score += 15
    letters = [c for c in text[:_MAX] if c.isalpha()]
    if len(letters) > 12 and sum(c.isupper() for c in letters) > 0.7 * len(letters):
        score += 40
    return min(score, 100)


def _price(plain: str) -> PriceChange:
    if _FREE.search(plain):
        return PriceChange(kind=PriceChangeKind.NONE)
    found = _ANY_MONEY.search(plain)
    around = plain[max(0, found.start() - 25) : found.end() + 25] if found else plain
    cheaper = _LESS.search(around) is not None
    extra = _EXTRA.search(around) is not None
    if found:
        symbol = found.group(1) or found.group(4)[0]
        minor = round(float((found.group(2) or found.group(3)).replace(",", "")) * 100)
        kind = PriceChangeKind.ABSOLUTE
        if extra or cheaper:
            kind = PriceChangeKind.EXTRA if extra else PriceChangeKind.DISCOUNT
        return PriceChange(kind=kind, minor=minor, currency=_CURRENCY.get(symbol, "USD"))
    percent = _PERCENT.search(plain)
    if percent and (extra or cheaper):
        return PriceChange(
            kind=PriceChangeKind.PERCENT, percent=int(percent.group(1)) * (-1 if cheaper else 1)
        )
    return PriceChange()


def _offered_item(text: str, plain: str) -> str | None:
    """The thing offered, in the partner's own capitals."""
    best: str | None = None
    for clause in re.split(r"[.;!]\s|,\s*but\b|\bbut\b|,", plain):
        said = clause.strip()
        for found in _OFFER.finditer("but " + said):
            candidate = _ITEM_END.sub("", found.group(1)).strip(" '-")
            if candidate in _NOT_AN_ITEM or _NEGATED_ITEM.search(candidate) or _CANNOT.search(said):
                continue
            if found.group().startswith("but ") and not found.group()[4:].startswith(("i ", "we ")) and best:
                continue
            if _YES.search(candidate) or _NO.search(candidate) or len(candidate.split()) > 6:
                continue
            if not found.group().startswith("but ") or re.search(r"\b(?:available|in stock|instead)\b", said):
                best = candidate
    return _as_written(text, best) if best else None


def _as_written(text: str, words: str) -> str:
    at = text.lower().replace("\u2019", "'").find(words)
    return text[at : at + len(words)] if at >= 0 else words


# --- a customer's decision --------------------------------------------------------------------------

_GO = re.compile(
    r"^(?:yes|yep|yeah|yup|ya|sure|ok|okay|go|proceed|approve|approved|confirm|confirmed|absolutely"
    r"|definitely|perfect|"
    r"sounds|please do|do it|great|fine|of course|certainly|y|lovely|wonderful|i approve|i agree"
    r"|agreed|deal|that's fine|"
    r"that works|works for me|let's|looks good|all good|love it|i'll take|make it so|si|alright"
    r"|right|why not|"
    r"by all means|happy with|that's great|that's perfect|good|i'm happy|i'm ok|i'm fine|accept"
    r"|i accept|ship it|"
    r"no problem|buy|go ahead|do that|awesome|excellent|cool)\b"
)
_GO_INSIDE = re.compile(
    r"\b(?:go ahead|proceed|go for it|do it|i approve|sounds good|looks good|that works|please do|"
                        r"yes please|works for me|let's do)\b")  # fmt: skip
_STOP = re.compile(
    r"^(?:no|nope|nah|n|don't|do not|stop|cancel|reject|rejected|decline|never|not|i don't"
    r"|i'd rather|rather not|keep|"
    r"leave|forget|hold on|negative|absolutely not|no way|i reject|i decline|please don't"
    r"|please cancel|nevermind|"
    r"too (?:late|expensive|much)|just (?:cancel|keep)|actually no|hmm no|um no|sorry no"
    r"|i changed my mind|stick with|"
    r"let's not|i'd prefer (?:to keep|not)|that doesn't)\b(?! problem| worries)"
)
_STOP_INSIDE = re.compile(
    r"\b(?:don't (?:do|proceed|want|like|go|buy|swap|change)|do not (?:do|proceed|want|swap|change)"
    r"|cancel|rather keep|"
    r"not (?:ok|okay|happy|acceptable|good)|no thanks|no thank you|doesn't work|won't work)\b"
)
_KEEP = re.compile(
    r"\b(?:keep|stick with|stay with|leave|i'll take|go with|prefer) (?:it |them )?(?:the |my "
    r"|with |as |to keep )*"
    r"(?:\w+ )?(?:original|old|first|red|ones?|order|it|them|is|are|way|flowers|roses|cake|current"
    r"|existing|what|as)\b"
    r"|\bkeep (?:the|my) \w+"
)
_DROP = re.compile(
    r"\b(?:cancel|refund|money back|forget (?:it|the whole)|call it off|drop (?:it|the order)"
    r"|don't want any)\b"
)
_HESITANT = re.compile(
    r"\?|\b(?:wait|maybe|not sure|how much|what|which|when|why|where|who|let me think|think about it|hold on|"
    r"depends|unless|i don't know|dunno|later)\b"
)


def understand_decision(text: str) -> Decision:
    """Understand a customer's answer to "Should I proceed?". Never raises; doubt is `unclear`, never yes."""
    plain = _plain(text)
    go = _GO.search(plain) is not None or _GO_INSIDE.search(plain) is not None
    stop = _STOP.search(plain) is not None or _STOP_INSIDE.search(plain) is not None
    keep = _keeps(plain)
    if keep is not None and not (go and not stop):
        stop = True
    if stop and not _GO.search(plain):
        return Decision(kind=DecisionKind.REJECT, keep_original=keep, confidence=0.95)
    if _HESITANT.search(plain) or (go and stop):
        return Decision(kind=DecisionKind.UNCLEAR, confidence=0.4)
    if go:
        return Decision(kind=DecisionKind.APPROVE, confidence=0.95 if len(plain.split()) <= 8 else 0.85)
    return Decision(kind=DecisionKind.UNCLEAR, confidence=0.2)


def _keeps(plain: str) -> bool | None:
    if _KEEP.search(plain) and not re.search(r"\bdon't keep\b", plain):
        return True
    return False if _DROP.search(plain) and not re.search(r"\bdon't cancel\b", plain) else None
