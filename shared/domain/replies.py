"""Understanding short answers: a partner's reply (flows 2.7-1, 2.7-2, 6.6-1) and a customer's decision."""

import re
from enum import StrEnum

from pydantic import Field

from shared.domain.model import Model
from shared.domain.patterns import Pattern

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
    price: PriceChange = Field(default_factory=PriceChange)
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


_THUMBS = str.maketrans(
    {"\U0001f44d": " yes ", "\u2705": " yes ", "\U0001f44c": " yes ", "\U0001f44e": " no ", "\u274c": " no "}
)
_NOISE = Pattern(r"[^\w\s'$%.?!\u20ac\u00a3,;-]|_")


def _plain(text: str) -> str:
    text = text[:_MAX].translate(_THUMBS).lower().replace("\u2019", "'")
    return " ".join(_NOISE.sub(" ", text).split())


_COMMANDS = Pattern(
    r"(?i)\b(?:ignore|disregard|forget|override|bypass)\b.{0,40}\b(?:rules?|instructions?|policy|policies|prompts?)\b"
    r"|\bsystem\s*:|</?system>"
)


def speaks_to_machines(text: str) -> bool:
    """Say whether words are meant for a machine rather than an answer to its question."""
    return _COMMANDS.search(text) is not None


# --- a partner's reply ------------------------------------------------------------------------------

_YES = Pattern(
    r"^(?:hi |hello |hey )?(?:oh )?(?:yes|yep|yeah|yup|sure|ok|okay|absolutely|certainly|of course"
    r"|no problem|no worries|"
    r"confirmed|accepted|done|will do|can do|sounds good|happy to|gladly|definitely|agreed|perfect"
    r"|y|si|affirmative|"
    r"not a problem|all good|you got it|deal|approved|great|accept|we accept|"
    r"i accept|approve|confirm|s\u00ed)\b"
)
_CAN = Pattern(
    r"\b(?:we|i) (?:can|could|will) (?:do (?:it|that|this)|make (?:it|that)|fulfil\w*|handle|manage"
    r"|arrange|swap|"
    r"change|accommodate|switch)|\b(?:we|i) have (?:it|them|that|those|plenty)\b"
    r"|\b(?:we|i)'ll (?:do|make|swap|change|take care)|\bthat works\b|\bthat's (?:fine|ok|okay"
    r"|possible|doable)\b"
    r"|\bworks for (?:us|me)\b|\b(?:i|we) accept\b"
)
_NO = Pattern(
    r"^(?:hi |hello |hey |oh )?(?:no|nope|nah|sorry|unfortunately|negative|decline|declined"
    r"|rejected|can't|cannot|"
    r"impossible|n|unable|i'm afraid|we're afraid|regret|not possible|not available|apologies"
    r"|my apologies|never)\b"
    r"(?! problem| worries| prob\b)"
)
_CANNOT = Pattern(
    r"\b(?:can't|cannot|can not|unable|couldn't|don't (?:have|carry|do|stock|sell|offer)"
    r"|do not (?:have|carry|do|stock)|"
    r"doesn't work|not possible|not available|unavailable|sold out|out of (?:stock|pink|them|it"
    r"|those|red|white)|booked|"
    r"no longer|won't|will not|not able|ran out|run out|have no|haven't got|too late|no more|fully booked|"
    r"didn't get|all gone|none left|have to decline|must decline|isn't available|aren't available"
    r"|never carry)\b"
    r"|\bno \w+ (?:available|left|today|in stock|flowers|roses)\b"
    r"|\b(?:told|said|saying|say|answer)\b[^.?]{0,30}\bno\b"
)
_NUMBER = r"(\d{1,6}(?:,\d{3})?(?:\.\d{1,2})?)"
_MONEY = rf"([$\u20ac\u00a3]) ?{_NUMBER}|{_NUMBER} ?(dollars?|bucks|usd|euros?|eur|pounds|gbp)\b"
_ANY_MONEY = Pattern(_MONEY)
_FREE = Pattern(
    r"\b(?:no|without|zero) (?:extra|additional|added)? ?(?:cost|charge|fee)s?\b|\bfor free\b"
    r"|\bfree of charge\b|"
    r"\bsame (?:price|cost)\b|\bcomplimentary\b|\bon the house\b|\bno (?:price|cost) (?:change|difference)\b|"
    r"\bno upcharge\b|\bat no cost\b|\bwon't cost (?:you )?(?:any )?(?:more|extra)\b"
)
_EXTRA = Pattern(
    r"\b(?:extra|more|additional|upcharge|on top|surcharge|add(?:ed|itional)?|plus|higher"
    r"|up ?charge|difference)\b|\+"
)
_LESS = Pattern(r"\b(?:less|cheaper|discount|off|lower|reduced|reduction)\b")
_PERCENT = Pattern(r"\b(\d{1,3}) ?(?:%|percent)")
_CURRENCY = {"$": "USD", "\u20ac": "EUR", "\u00a3": "GBP", "e": "EUR", "p": "GBP", "g": "GBP"}

_CLAUSE = Pattern(r"[.;!?]+(?:\s|$)|,|\bbut\b|\bthough\b|\bhowever\b|\bso\b")


_GIVE = (
    r"(?:have|got|carry|stock|offer|do|send|make|use|give|get|substitute(?: it| them)?(?: with"
    r"| for)?|suggest|propose|"
    r"recommend|(?:replace|swap)(?: it| them| those)? (?:with|for)|provide|deliver|prepare|accept)"
)
_OFFERS = (
    Pattern(r"\b(?:okay|ok|fine|happy) with (.{2,60})"),
    Pattern(
        r"\b(?:i|we|they|you|customer)(?:'ve|'ll|'d)? (?:(?:can|could|do|would|will|only|still|just|also|now|"
        rf"might|may) ){{0,3}}{_GIVE} (.{{2,80}})"
    ),
    Pattern(
        r"^(?:(?:or|maybe|perhaps|instead|otherwise|alternatively) ){0,2}(?:can|could|only) "
        rf"(?:only )?{_GIVE} (.{{2,80}})"
    ),
    Pattern(r"\b(?:how|what) about (.{2,80})"),
    Pattern(
        r"^(?:would|will|could|can|does|is|are|maybe|perhaps) "
        r"(.{2,60}) (?:work|do|ok|okay|fit|suit|fine|possible)\b"
    ),
    Pattern(r"\b(?:all (?:we|i) have|there|what we have)(?: left)? (?:is|are) (.{2,80})"),
    Pattern(
        r"^(?:only |just )?(.{2,60}) (?:is|are) (?:still |also )?(?:available|in stock|possible|an option)\b"
    ),
    Pattern(r"^(?:only|just) (.{2,60}?)(?: left| available| today|$)"),
    Pattern(r"\b(?:alternative|substitute|replacement) (?:is|would be|could be) (.{2,80})"),
)
_ITEM_START = Pattern(
    r"^(?:(?:a|an|some|the|our|few|you|your|customer|them|beautiful|lovely|nice|gorgeous|plenty"
    r"|lots|of|only|also|lot|this|"
    r"these|that|those|couple|one|it|with|for|still|in) )+"
)
_ITEM_END = Pattern(
    r"(?:\b(?:available|in stock|ready|at no|at the same|for|at|with|if|instead|work|works|today"
    r"|tomorrow|left|which|as an?|"
    r"right now|free|on hand|would|will|and we|do|without|by|is|are|until|plus|extra|of the|to|that"
    r"|in the|tonight|now)\b|"
    r"[$\u20ac\u00a3\d,.;?!]).*"
)
_NOT_AN_ITEM = {
    "", "it", "that", "them", "those", "this", "these", "problem", "time", "we", "i", "you", "question",
    "any", "more", "one", "none", "else", "idea", "something", "anything", "nothing", "plenty", "some",
    "later", "earlier", "have", "check", "change", "swap", "same", "order", "fresh", "back", "customer",
    "later delivery", "a look", "the change", "the swap", "change that", "that change", "your order",
    "my best", "back to you", "the customer",
}  # fmt: skip
_NEGATED_ITEM = Pattern(r"^(?:not|don't|can't|no|cannot|any|never|to|be|been|not|already|told)\b")
_TIMING = Pattern(
    r"\b(?:but|only|could|can|earliest|not (?:until|before)|ready|deliver\w*|have it|do it)\b[^.?!]{0,40}"
    r"\b(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday|tomorrow|later|next week"
    r"|\d{1,2} ?(?:am|pm)|hours?|"
    r"minutes|noon|evening|morning)\b"
)
_QUESTION = Pattern(
    r"\?|^(?:what|which|when|where|who|how|would|could|can|is|are|do|does|will|should) (?:you|they"
    r"|the|it|this|that|"
    r"customer|time|size|color|colour|many|much|i|we|address|purple|pink)\b"
)
_ANGER = {
    70: Pattern(
        r"\b(?:i|we)(?:'ve)? (?:already|just) (?:told|said|answered|explained)"
        r"|\b(?:told|said) (?:you|this|that) (?:already|before|twice|again|\w+ times)"
        r"|\balready (?:told|said|answered)\b|\bas i (?:already )?said\b|\bhow many times\b"
        r"|\bfor the (?:last|third|second|hundredth) time\b"
    ),
    60: Pattern(
        r"\b(?:i|we) (?:clearly )?said no\b|"
        r"\b(?:(?:stop|keep) (?:asking|messaging|texting|bothering|sending|it)|leave (?:me|us) alone|enough|"
        r"ridiculous|annoying|waste of (?:my |our )?time|wasting (?:my|our) time|fed up|sick of|unacceptable|"
        r"are you (?:even )?(?:kidding|deaf|serious|reading|listening)|useless|terrible|stupid|idiots?|wtf|"
        r"quit (?:asking|texting)|don't (?:ask|contact|text) (?:me|us)|this is (?:crazy|insane))\b"
    ),
    25: Pattern(
        r"\b(?:again|once more|still|seriously|come on|listen|look)\b[^.?]{0,30}(?:!|no\b)|!{2,}|\bugh\b"
    ),
}
"""Points of frustration by what betrays it; the strongest counts."""


def understand_reply(text: str, *, button: str | None = None, requested: str | None = None) -> PartnerReply:
    """Understand a partner's reply; a pressed `button` ("accept", "Yes", "decline", ...) outweighs the words.

    Never raises. "Pink is booked, but I have a Deep Purple Metallic available at no extra cost" is a
    counter-offer of "Deep Purple Metallic" that costs nothing more. To offer what was `requested`
    is to accept. Words to a machine are no answer; a person reads them.
    """
    if button is None and speaks_to_machines(text):
        return PartnerReply(verdict=Verdict.UNCLEAR)
    plain = _plain(text)
    pressed = _BUTTONS.get(_plain(button).replace(" ", "_").strip(".!")) if button else None
    item, price, asks = _offered_item(text, plain), _price(plain), _QUESTION.search(plain) is not None
    if item and requested and set(item.lower().split()) <= set(requested.lower().split()):
        verdict, confidence = (
            (Verdict.COUNTER_OFFER, 0.85) if price.kind in _COSTLY else (Verdict.ACCEPT, 0.85)
        )
    else:
        verdict, confidence = _verdict(plain, item, price, asks=asks)
    if pressed is Verdict.COUNTER_OFFER:
        if item is None and price.kind is PriceChangeKind.NOT_SAID:
            verdict, confidence = Verdict.UNCLEAR, 0.4
    elif pressed is not None:
        verdict, confidence = pressed, 1.0
    return PartnerReply(
        verdict=verdict,
        item=item if verdict is Verdict.COUNTER_OFFER else None,
        price=price,
        frustration=_frustration(text, plain),
        asks_question=asks,
        confidence=confidence,
    )


def with_photo(reply: PartnerReply, *, requested: str) -> PartnerReply:
    """Understand a reply that came with a photo: unless it refuses, it offers what the photo shows (2.7-3).

    What costs what it costs now is what was asked for; anything else is priced as the catalogue has it.
    """
    if reply.verdict is Verdict.REJECT:
        return reply
    item = reply.item or requested
    return reply.model_copy(update={"verdict": Verdict.COUNTER_OFFER, "item": item})


_COSTLY = {PriceChangeKind.EXTRA, PriceChangeKind.PERCENT, PriceChangeKind.ABSOLUTE, PriceChangeKind.DISCOUNT}
_LIMITED = Pattern(r"\b(?:but|only|instead|rather|alternativ\w+|substitut\w+|how about|what about|though)\b")


def _verdict(plain: str, item: str | None, price: PriceChange, *, asks: bool) -> tuple[Verdict, float]:
    says_yes = _YES.search(plain) is not None
    refuses = _NO.search(plain) is not None or _CANNOT.search(plain) is not None
    agrees = says_yes or (_CAN.search(plain) is not None and not refuses)
    if item and (refuses or asks or not says_yes or _LIMITED.search(plain)):
        return Verdict.COUNTER_OFFER, 0.92 if refuses or asks else 0.85
    if price.kind in _COSTLY and (agrees or not refuses):
        return Verdict.COUNTER_OFFER, 0.85
    if _TIMING.search(plain) and re.search(r"\b(?:but|only|earliest|not until|not before)\b", plain):
        return Verdict.COUNTER_OFFER, 0.75
    if refuses and not says_yes:
        return Verdict.REJECT, 0.95
    if agrees and not refuses:
        return Verdict.ACCEPT, 0.7 if asks else 0.95
    return Verdict.UNCLEAR, 0.3


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
    """The thing offered, in the partner's own capitals; a clause that refuses offers nothing."""
    for clause in _CLAUSE.split(plain):
        said = clause.strip(" '-")
        if not said or _CANNOT.search(said) or _NO.search(said):
            continue
        for pattern in _OFFERS:
            found = pattern.search(said)
            candidate = _ITEM_END.sub("", _ITEM_START.sub("", found.group(1))).strip(" '-") if found else ""
            if candidate in _NOT_AN_ITEM or _NEGATED_ITEM.search(candidate) or len(candidate.split()) > 6:
                continue
            if not any(c.isalpha() for c in candidate) or _TIME_ONLY.search(candidate):
                continue
            return _as_written(text, candidate)
    return None


_TIME_ONLY = Pattern(
    r"^(?:\w*day|tomorrow|tonight|noon|morning|evening|afternoon|next week|later|earlier|hours?|minutes)\b"
)


def _as_written(text: str, words: str) -> str:
    at = text.lower().replace("\u2019", "'").find(words)
    return text[at : at + len(words)] if at >= 0 else words


# --- a customer's decision --------------------------------------------------------------------------

_GO = Pattern(
    r"^(?:yes|yep|yeah|yup|ya|sure|ok|okay|go|proceed|approve|approved|confirm|confirmed"
    r"|(?:absolutely|definitely)(?! not)|perfect|"
    r"sounds|please do|do it|great|fine|of course|certainly|y|lovely|wonderful|i approve|i agree"
    r"|agreed|deal|that's fine|"
    r"that works|works for me|let's|looks good|all good|love it|i'll take|make it so|si|alright"
    r"|right|why not|"
    r"by all means|happy with|that's great|that's perfect|good|i'm happy|i'm ok|i'm fine|accept"
    r"|i accept|ship it|i don't mind|i don't care|"
    r"no problem|buy|go ahead|do that|awesome|excellent|cool)\b"
)
_GO_INSIDE = Pattern(
    r"\b(?:go ahead|proceed|go for it|do it|i approve|sounds good|looks good|that works|please do|"
                        r"yes please|works for me|let's do)\b")  # fmt: skip
_STOP = Pattern(
    r"^(?:no|nope|nah|n|don't|do not|stop|cancel|reject|rejected|decline|never|not|i don't"
    r"|i'd rather|rather not|keep|"
    r"leave|forget|hold on|negative|absolutely not|no way|i reject|i decline|please don't"
    r"|please cancel|nevermind|"
    r"too (?:late|expensive|much)|just (?:cancel|keep)|actually no|hmm no|um no|sorry no"
    r"|i changed my mind|stick with|"
    r"let's not|i'd prefer (?:to keep|not)|that doesn't)\b(?! problem| worries)"
)
_STOP_INSIDE = Pattern(
    r"\b(?:don't (?:do|proceed|want|like|go|buy|swap|change)|do not (?:do|proceed|want|swap|change)"
    r"|cancel|rather keep|"
    r"not (?:ok|okay|happy|acceptable|good)|no thanks|no thank you|doesn't work|won't work)\b"
)
_KEEP = Pattern(
    r"\b(?:keep|stick with|stay with|leave|i'll take|go with|prefer) (?:it |them )?(?:the |my "
    r"|with |as |to keep )*"
    r"(?:\w+ )?(?:original|old|first|red|ones?|order|it|them|is|are|way|flowers|roses|cake|current"
    r"|existing|what|as)\b"
    r"|\bkeep (?:the|my) \w+"
)
_DROP = Pattern(
    r"\b(?:cancel|refund|money back|forget (?:it|the whole)|call it off|drop (?:it|the order)"
    r"|don't want any)\b"
)
_HESITANT = Pattern(
    r"\?|\b(?:wait|maybe|not sure|how much|what|which|when|why(?! not)|where|who|let me think"
    r"|think about it|hold on|"
    r"depends|unless|but|if|instead|except|i don't know|dunno|later)\b"
)


def understand_decision(text: str) -> Decision:
    """Understand a customer's answer to "Should I proceed?". Never raises; doubt is `unclear`, never yes."""
    plain = _plain(text).replace("don't cancel", "")
    if speaks_to_machines(text) or _YOU_ARE.search(text) or (_AMOUNT.search(text) and _DROP.search(plain)):
        return Decision(kind=DecisionKind.UNCLEAR, confidence=0.2)
    leads, urges = _GO.search(plain) is not None, _GO_INSIDE.search(plain) is not None
    refuses, forbids = _STOP.search(plain) is not None, _STOP_INSIDE.search(plain) is not None
    keep = _keeps(plain)
    if keep is False and _ONLY_OK.search(plain):
        return Decision(kind=DecisionKind.REJECT, keep_original=False, confidence=0.85)
    if keep is not None and not leads:
        forbids = True
    if forbids and not leads:
        return Decision(kind=DecisionKind.REJECT, keep_original=keep, confidence=0.95)
    if refuses and not leads and not urges:
        return Decision(kind=DecisionKind.REJECT, keep_original=keep, confidence=0.95)
    if refuses or forbids or _HESITANT.search(plain) or _TAKES_BACK.search(plain):
        return Decision(kind=DecisionKind.UNCLEAR, confidence=0.4)
    if leads or urges:
        return Decision(kind=DecisionKind.APPROVE, confidence=0.95 if len(plain.split()) <= 8 else 0.85)
    return Decision(kind=DecisionKind.UNCLEAR, confidence=0.2)


_YOU_ARE = Pattern(r"(?i)\byou are now\b")
"""To a customer who is asked something nobody says so; a partner may: "you are now booked"."""
_AMOUNT = Pattern(r"[$€£]\s?[0-9]|\b[0-9]{3,}\b")
"""Calling something off takes a plain word; a sum beside it asks for something else."""
_ONLY_OK = Pattern(r"^(?:ok|okay|alright|fine|please|then|just| )+ cancel\b")
_TAKES_BACK = Pattern(r"^(?:yeah|yes|ok|sure|well) (?:no|nah|nope)\b")


def _keeps(plain: str) -> bool | None:
    if _KEEP.search(plain) and not re.search(r"\bdon't keep\b", plain):
        return True
    return False if _DROP.search(plain) and not re.search(r"\bdon't cancel\b", plain) else None
