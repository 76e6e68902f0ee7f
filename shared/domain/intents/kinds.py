"""Which kind of intent the sentence as a whole speaks of: cues, looked for in the plain words."""

from typing import NamedTuple

from shared.domain.intents.models import IntentKind
from shared.domain.patterns import Pattern

_MINE = r"(?:my|our|the|this|that|his|her)"
_GOODS = (
    r"(?:order|orders|package|packages|parcel|delivery|deliveries|driver|courier|shipment|flowers"
    r"|roses|cake|gift|gifts|"
    r"bouquet|limo|stuff|items?|purchase|food|chocolates|blanket|balloons|present|basket|car|ride|thing)"
)

_TRACK = Pattern(
    rf"\bwhere(?:'s| is| are|s)(?: \w+)? {_MINE} (?:\w+ )?{_GOODS}\b|\bwhere(?:'s| is) (?:it"
    rf"|everything)\b(?! made)"
    rf"|\btrack(?:ing)? {_MINE} |\btrack (?:order|package|it|delivery|shipment|#)"
    rf"|\btracking (?:number|info\w*|link|status|code)\b"
    rf"|\b(?:order|delivery|shipping) status\b|\bstatus (?:of|on|for) {_MINE}|\bstatus update\b"
    rf"|\bwhat's the status\b"
    rf"|\bwhen (?:will|does|do|is|are|should|can i expect) {_MINE} (?:\w+ )?{_GOODS}\b"
    r"|\bwhen (?:will|does|is) (?:it|they|everything) (?:arrive|arriving|get here|be here|come"
    r"|coming|be delivered|ship)"
    rf"|\b(?:has|have|did|is|are|will) {_MINE} (?:\w+ )?{_GOODS} (?:\w+ )?(?:shipped|ship|arrived"
    rf"|arrive|left|out for|on (?:its|the|their) way|"
    r"on time|been|ready|here|delivered|coming|accepted|confirmed|running late|late|done|finished)\b"
    r"|\b(?:has|did) it (?:shipped|ship|arrived?|left|been)\b|\bis it (?:on its way|here yet"
    r"|on time|ready yet|coming)\b"
    rf"|\b(?:any )?(?:updates?|news) (?:on|about|for|regarding) {_MINE}|\beta\b(?! mu\b)"
    rf"|\bhow (?:far|long) (?:away )?(?:is|until|till) {_MINE}"
    rf"|\bcheck (?:on )?{_MINE} (?:order|delivery|package|shipment)\b|\bwhere (?:is"
    rf"|are) (?:the )?(?:driver|courier)\b"
    r"|\bhow is my order\b|\bwhere are we (?:with|on)\b"
    rf"|\b{_MINE} (?:\w+ )?{_GOODS} (?:is|are) (?:\w+ )?(?:late|delayed|not here)\b"
)
_ASKS_STATUS = Pattern(
    r"^(?:(?:hi|hey|hello|ok|so|and|um|hmm|please|quick question|question|sorry|excuse me) )*"
    r"(?:where|when|what time|what's|whats|how (?:long|far|is|are)|is|are|has|have|had|did|does|will|was|any|"
    r"can (?:i|you) (?:see|check|tell)|could you (?:check|tell)|do you know|check|tell me)\b"
)
_PARTY = (
    r"(?:driver|courier|florist|bakery|baker|vendor|shop|store|partner|chauffeur|photographer"
    r"|caterer|delivery|order|"
    r"orders|package|parcel|stuff|shipment|purchase|booking|limo|ride|car)"
)
_PARTY_SAID = Pattern(rf"\b(?:my|our|the) (?:\w+ )?{_PARTY}\b|\b{_MINE} (?:\w+ )?{_GOODS}\b")
_STATUS = Pattern(
    r"\b(?:arriv\w+|on (?:its|the|his|her|their) way|here|yet|late|ready|shipped|accept\w*"
    r"|confirm\w*|started|done|"
    r"finished|coming|left|out for|delivered|eta|status|right now|updates?|news|away|picked up"
    r"|running|on time|already)\b"
)
_SUPPORT = Pattern(
    r"\b(?:refunds?|refunded|money back|complain\w*|complaint|chargeback|overcharged|double charged"
    r"|charged (?:me )?(?:twice|double|too))\b"
    r"|\b(?:talk|speak|chat|connect me|connected|get me|transfer me|put me through) (?:to"
    r"|with) (?:a |an |the |some)?(?:\w+ )?"
    r"(?:human|person|agent|someone|somebody|representative|manager|support|rep|operator)\b"
    r"|\b(?:customer (?:service|support|care)|contact support|help desk|real (?:person|human)"
    r"|human agent|live agent)\b"
    r"|\b(?:arrived|came|was|is|were|are|got|delivered|been|all|completely"
    r"|looks) (?:\w+ )?(?:damaged|broken|wilted|melted|smashed|crushed|"
    r"wrong|dead|ruined|cracked|torn|rotten|stale|missing|scratched|spoiled|defective)\b"
    r"|\b(?:wrong|damaged|broken|missing|defective) (?:item|order|cake|flowers|product|color|colour"
    r"|size|address on|one|delivery|bouquet|package)\b"
    r"|\b(?:never|hasn't|didn't|haven't|not) (?:\w+ )?(?:arrived?|showed up|show up|came|received?"
    r"|delivered|get my)\b"
    r"|\b(?:return|cancellation|refund|privacy|shipping|delivery) polic(?:y|ies)\b|\bhow (?:do"
    r"|can) i (?:return|cancel|pay|contact|reset|change my (?:password|account|email|card))\b"
    r"|\breturn (?:my|the|this|these|an) (?:\w+ )?(?:order|item|blanket|gift|cake|shoes|dress|shirt"
    r"|purchase|mug)\b|\bi want to return\b"
    r"|\b(?:problem|issue|trouble) with\b|\bnot happy with\b|\b(?:can't|cannot"
    r"|unable to) (?:log ?in|sign in|pay|check out|access)\b"
    r"|\b(?:payment|card) (?:was |is |got )?(?:declined|failed|failing|not working|didn't)\b"
    r"|\breset (?:my )?password\b|\bmy account\b"
    r"|\bdo you (?:accept|take) (?:apple pay|paypal|cash|credit|visa|amex|cards?)\b|\bis it safe\b"
    r"|\binvoice|\breceipt for\b"
    r"|\b(?:driver|courier|delivery guy) was (?:rude|late|unprofessional)\b"
    r"|\b(?:i )?need help with (?:my|an|the) (?:order|account|payment|delivery)\b"
    r"|\bwhat happens if\b|\ballerg\w+ information\b|\bwhat are your (?:hours|opening)\b"
    r"|\bmissing from my\b|^(?:hi |hey |hello )?do you (?:deliver|ship) (?:to|in|on)\b"
    r"|\bhow (?:long|much) (?:will|does|is|would|do) (?:the |your )?(?:delivery|shipping)\b"
    r"|\bcan i pay (?:with|by|in)\b"
)
_TROUBLE = Pattern(
    r"\b(?:wrong|damaged|broken|melted|wilted|dead|missing|scratch\w*|crushed|stale|smashed|rude"
    r"|spilled|leaking|dented|"
    r"refund|complain\w*|unhappy|disappointed|terrible|awful|not what i ordered|shown? up"
    r"|still waiting|but i don't see|"
    r"never|mistake|mixed up|dying|mold\w*|expired|soggy|call me about)\b"
)
_RECEIVED = Pattern(
    r"\b(?:you (?:sent|delivered|gave|brought) me|i (?:got|received|was sent)|(?:came|arrived"
    r"|delivered|was|were|is|are) "
    r"|my (?:\w+ )?(?:order|delivery|bouquet|flowers|roses|cake|package|parcel|vase|gift)|on my \w+"
    r"|about (?:my|your|the))"
)
_ABOUT_IDEAS = Pattern(
    r"\b(?:write|sing|tell|read|recite|compose|translate|explain|draw|summari[sz]e|code"
    r"|program) (?:me |us )?(?:a|an|the|some|"
    r"what|this|that)?\b.{0,20}\b(?:poem|song|story|joke|essay|code|haiku|lyrics|letter|email|text"
    r"|program|script|function)\b"
)
_CHECKOUT = Pattern(
    r"\bcheck ?out(?! (?:these|this|the|that|those|your|my|what|our|some|how|a|time|at|by))\b"
    r"|\bcheck out (?:now|please|my cart|my basket)\b"
    r"|\b(?:place|complete|finish|finalize|finalise|submit|confirm) (?:my|the|this|that"
    r"|an)? ?(?:order|purchase|booking|reservation|checkout)\b"
    r"|\b(?:pay|purchase|buy|order|book|reserve|get) (?:it|them|this|that|this one|that one|those"
    r"|these|both|all of them|everything)(?: now| please| for me| then)?\b"
    r"(?! (?:delivered|shipped|by|to my|wrapped|gift|in|engraved|sent|done|for) )"
    r"|\b(?:pay|buy|order) now\b|\bready to (?:pay|order|buy|checkout)\b|\bproceed to (?:checkout"
    r"|payment|pay)\b|\bpay (?:with|by|using|for) \w+"
    r"|\bi(?:'ll|'d like to| will| want to|'m going to)? ?(?:take|go with|go for|choose|pick|buy"
    r"|have) (?:it|them|the (?:first|second|third|fourth|fifth|last|cheapest|\w+ one)|that|this"
    r"|those|these|both|option|number|two of|all)\b"
    r"|\b(?:let's|let me) (?:go with|buy|book|order|take|get|do) (?:it|them|the|that|this|those"
    r"|option|number)\b(?! something)"
    r"|\b(?:buy|order|book|get|take|purchase) (?:me )?(?:the (?:first|second|third|fourth|fifth"
    r"|last|cheapest)|option|number) ?(?:one|option|\d)?\b"
    r"|\badd (?:it|that|this|them|the \w+ one|both|those) to (?:my |the )?(?:cart|basket|bag)\b"
    r"|\b(?:charge|use) my (?:\w+ )?(?:card|account)\b|\buse my (?:card|saved card|credit card)\b"
    r"|\btake my money\b"
)
_CANCEL = Pattern(
    rf"\b(?:cancel|abort) (?:{_MINE} |it\b|that|everything|all|order|them)|^(?:please |just |no "
    rf"|ok )*cancel(?: please| it| now| everything)?$"
    r"|\bcall (?:it|the whole thing|the order|the limo) off\b|\b(?:never ?mind|forget (?:it"
    r"|about it|the whole thing|that|my order))\b"
    r"|\bstop (?:watching|waiting|looking|the watch|monitoring|tracking the)|\bi (?:don't"
    r"|do not) (?:want|need) (?:it|them|my order|the order|this) any ?more\b"
    r"|\bno longer (?:want|need)\b|\bi'd like to cancel\b|\b(?:want|need|like) to cancel (?!any)"
)
_CANCEL_QUESTION = Pattern(
    r"\b(?:can i cancel (?:later|anytime|any time|if)|how (?:do|can) i cancel|cancellation (?:policy|fee))\b"
)
_BROWSE = Pattern(
    r"\bwhat (?:do|can|else do|kinds? of \w+ do|types? of \w+ do|sort of \w+ do|services do"
    r"|products do|all do|other \w+ do) you (?:\w+ )?(?:have|sell|offer|do|carry|provide|got|help"
    r"|deliver)\b"
    r"|\b(?:just |only )?(?:browsing|looking around|having a look|window shopping)\b|\bbrowse\b"
    r"|\bjust looking\b(?! for)"
    r"|\bshow me (?:what you (?:have|'ve got|offer|sell)|everything|your|what's|all (?:your|the)"
    r"|the (?:catalog\w*|menu|best ?sellers|categories|most popular|range|selection))\b"
    r"|\bwhat(?:'s| is| are)(?: your| the)? (?:\w+ )?(?:popular|trending|new|bestsellers?"
    r"|best ?sellers|best selling|specials?|deals|categories|on offer|available|hot)\b(?! (?:time"
    r"|date))"
    r"|\b(?:your|the) (?:catalog|catalogue|menu|best ?sellers|collection|range|selection"
    r"|categories)\b|\bwhat services\b"
    r"|\bwhat's (?:out there|good)\b|\bwhich (?:vendors|shops|stores|florists|bakeries|partners"
    r"|services|categories)\b|\bwho are your (?:vendors|partners)\b"
    r"|\b(?:see|view|explore|look at|check out) (?:your|the|all|everything|what)\b(?! order)"
    r"|\bgive me (?:some )?inspiration\b|\bany deals\b"
)
_PLAN = Pattern(
    r"\b(?:plan|organi[sz]e|arrange|throw|set up|host)(?:ing)? (?:a|an|my|our|the|everything)\b"
    r"|\beverything (?:for|we need)\b|\bpackage deal\b|\bbundle\b|\bwhole (?:party|evening|event"
    r"|night)\b"
)
_PROMPTISH = Pattern(
    r"\b(?:ignore|disregard|forget|override|bypass) (?:all |any |your |the |my |previous |prior "
    r"|these |those |every )*(?:rules?|instructions?|prompts?|guidelines|system|safety|polic(?:y"
    r"|ies)|previous|above)\b"
    r"|\bsystem prompt\b|\byou are (?:now )?(?:a|an|dan)\b|\bdeveloper mode\b|\bjailbreak"
    r"|\bact as (?:a|an|if)\b|\bpretend (?:to be|you)\b"
)
_ASKS_FOR = Pattern(
    r"\b(?:want|need|order|buy|get|find|send|looking for|look for|like|love|book|purchase|arrange"
    r"|show|search|give|hire|rent|"
    r"reserve|bring|deliver|schedule|suggest|recommend|shop(?:ping)? for|require|wish|hoping|make"
    r"|grab|surprise|have|pick|"
    r"order|ordering|sending|buying|getting|cater|interested in|do you have|do you sell"
    r"|in the market for|can i have|ideas?|plan|for my|for a)\b"
)


class Cues(NamedTuple):
    """What the plain words hint at; several may be true."""

    track: bool
    support: bool
    checkout: bool
    cancel: bool
    browse: bool
    plan: bool
    promptish: bool
    ideas: bool
    """Asks for words, not for goods ("write me a poem about roses")."""
    asks: bool


def read_cues(flat: str) -> Cues:
    """Look for the cues in lower-case words joined by single spaces."""
    cancel = _CANCEL.search(flat) is not None and _CANCEL_QUESTION.search(flat) is None
    return Cues(
        track=_TRACK.search(flat) is not None or _asks_status(flat),
        support=_SUPPORT.search(flat) is not None
        or _CANCEL_QUESTION.search(flat) is not None
        or (_TROUBLE.search(flat) is not None and _RECEIVED.search(flat) is not None),
        checkout=_CHECKOUT.search(flat) is not None,
        cancel=cancel,
        browse=_BROWSE.search(flat) is not None,
        plan=_PLAN.search(flat) is not None,
        ideas=_ABOUT_IDEAS.search(flat) is not None,
        promptish=_PROMPTISH.search(flat) is not None,
        asks=_ASKS_FOR.search(flat) is not None,
    )


def _asks_status(flat: str) -> bool:
    """A question, about an order or who carries it out, that asks how far it is."""
    return all(p.search(flat) is not None for p in (_ASKS_STATUS, _PARTY_SAID, _STATUS))


QUESTIONS = {
    IntentKind.UNKNOWN: "What is the occasion or what would you like to send?",
    IntentKind.DISCOVER: "What is the occasion or what would you like to send?",
    IntentKind.DISCOVER_COMPOSITE: "Which of these would you like me to start with?",
    IntentKind.REFINE: "Which of the items do you mean, and what should be different about it?",
    IntentKind.CHECKOUT: "Which item would you like to buy?",
    IntentKind.TRACK: "Which order would you like to know about?",
    IntentKind.SUPPORT: "What went wrong, and with which order?",
    IntentKind.BROWSE: "What kind of things would you like to see: flowers, food, gifts or services?",
    IntentKind.CHANGE_ORDER: "What would you like to change in your order, and into what?",
    IntentKind.APPROVE: "What would you like me to go ahead with?",
    IntentKind.REJECT: "What would you rather not have, and should I keep what you ordered?",
    IntentKind.STANDING: "Which moment should I wait for: weather, a day, a price, or new stock?",
    IntentKind.CANCEL: "Which order or watch should I cancel?",
}
"""The one clarifying question by kind, when nothing more specific is in doubt."""
