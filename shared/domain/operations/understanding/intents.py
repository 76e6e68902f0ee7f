"""What a customer wants (flow ops-3): every intent is weighed, the heaviest leads."""

import re
from collections.abc import Mapping, Sequence

from shared.domain.disputes import RefundReason
from shared.domain.operations.reading import TicketIntent

_I = TicketIntent
Rule = tuple[int, str]

_RULES: Mapping[TicketIntent, Sequence[Rule]] = {
    _I.REFUND_REQUEST: (
        (6, r"\brefund\w*"),
        (
            6,
            r"pay (me )?back|taken (the|my) money|(whole|full|entire) amount|(purchase|price|money|"
            r"\d+) back\b|"
            r"(money|refund|amount)\b.{0,30}(is ?n.?t|not|still).{0,20}(account|card|bank)|reverse (two|"
            r"one|the|"
            r"that|this)|charged? (for )?(two|three|\d)|wants? (it )?back",
        ),
        (
            6,
            r"(money|cash|bucks|dollars|payment) back|(get|give|send|have|return|want|"
            r"need).{0,20}\bmy (money|\d+)",
        ),
        (
            5,
            r"\b(return|send) (it|this|them|that|the \w+)( \w+)? ?(back)?\b|\breturn (label|"
            r"policy|address)|take it back",
        ),
        (5, r"\bcharged? (me )?(twice|two times|double)|double charge|overcharged"),
        (
            4,
            r"\b(reimburse\w*|compensat\w*|half (of )?the price|partial|(difference|rest|part|"
            r"half|that) back|have the difference)",
        ),
        (
            5,
            r"dinero|devolu\w+|devuelv\w+|reembols\w*|rembours\w*|geld zuruck|mein geld|"
            r"ruckerstatt\w*|erstatt\w*|widerruf\w*|rimbors\w*",
        ),
        (3, r"\b(replace(ment)?|exchange)\b"),
        (
            3,
            r"(came|arrived|was|is|were|got|it'?s) (\w+ ){0,3}(broken|damaged|cracked|"
            r"defective|dented|in pieces)",
        ),
        (
            3,
            r"(wrong|different) (size|item|colou?r|product|one|thing)|instead of the|"
            r"xl\b.*\bordered|not what i (ordered|expected)",
        ),
        (
            3,
            r"(does ?n.?t|doesn'?t|won'?t|will not|stopped|never) (turn on|work\w*|charge|"
            r"start)|dead on arrival|fell off|leaks?\b",
        ),
    ),
    _I.TRACKING: (
        (6, r"\b(track\w*|tracing)\b"),
        (
            5,
            r"\b(be|get|arrive|come) here\b|where\b.{0,25}\b(has it got|did it go)|customs|"
            r"returned to sender|"
            r"on its way|(was ?n.?t|not|missing) in the (box|parcel|package)|coming separately|(moved|"
            r"update\w*) "
            r"since|out for delivery",
        ),
        (6, r"where('?s| is| are|s)?\b.{0,25}\b(order|parcel|package|stuff|delivery|item|things?|my)\b"),
        (
            5,
            r"(when|what day|which day|how long).{0,40}\b(arriv\w*|get (here|it|my)|"
            r"deliver\w*|ship\w*|come|coming|lands?|be here)",
        ),
        (5, r"\b(has|have|is|was|did).{0,25}\b(ship\w*|sent|dispatched|left|moving)\b"),
        (
            5,
            r"(not|never|n'?t|no).{0,25}\b(arriv\w*|received|shown up|turned up|delivered|"
            r"came|come|shipped)\b",
        ),
        (
            5,
            r"\b(status|news|update|eta|estimated arrival|whereabouts)\b.{0,30}|"
            r"\bout for delivery\b|stuck in customs|in customs|what is going on with my order",
        ),
        (
            4,
            r"still (waiting|no (sign|news|parcel))|waiting for (the|my|this) (parcel|package|"
            r"order|delivery)|forget about me",
        ),
        (4, r"(label created|in transit|(courier|driver).{0,40}\b(today|rang|moving))"),
        (
            5,
            r"donde esta|pedido|ou est\b|recu ma commande|ma commande\b.*\b(ou|recu)|"
            r"wann kommt|sendung|lieferung|paket|colis|ou il se trouve|cuando (llega|llegara)|"
            r"noch nicht (da|angekommen)",
        ),
    ),
    _I.ADDRESS_CHANGE: (
        (
            7,
            r"\b(change|update|correct|wrong|new|different|another|edit|"
            r"fix)\b.{0,35}\b(address|zip|house number|street)",
        ),
        (
            6,
            r"\b(address|zip( code)?|house number|postcode)\b.{0,50}\b(wrong|should be|is now|"
            r"changed|incorrect|instead|correct|mistake)",
        ),
        (
            6,
            r"\b(we|i)('ve| have)? (just )?moved\b|forgot (to add |to put |to give )?(my |"
            r"the )?(apartment|apt|unit|suite|flat)",
        ),
        (
            5,
            r"(send|deliver|ship|goes|sent) (it |them |this |the order )?(to|instead to|"
            r"somewhere)\b.{0,60}(instead|new|not|neighbou?r|office|different|rd\b|st\b|road|"
            r"street|\d{5})",
        ),
        (4, r"name on the (parcel|package|order) should"),
        (
            6,
            r"\b(add|swap|amend|put|changing)\b.{0,60}\b(address|label)\b|(go|send|deliver\w*|"
            r"sent) (it |them )?to "
            r"(my|the) [\w']+('s)?,? (instead|rather|address|place|house)|rather (have|"
            r"than).{0,40}\b(go to|to my|"
            r"send)|(deliver|ship|send)\b.{0,40}\brather than\b|(is|it'?s) too late to (change|swap)",
        ),
        (
            5,
            r"\b(old|previous|new|other) address\b|correct the street|(not|instead of) \w+ (avenue|"
            r"street|road|lane)",
        ),
        (6, r"code postal|(corriger|modifier|changer).{0,30}adresse|umgezogen|neue adresse|direccion"),
        (6, r"lieferadresse|adresse andern|cambiar.{0,20}direccion|changer.{0,20}adresse"),
    ),
    _I.CANCELLATION: (
        (8, r"\bcancel\w*|\bcall off\b"),
        (5, r"change of plan|forget (about )?(the|my) order|do not (send|ship) it|bestellung nicht mehr"),
        (
            6,
            r"\b(stop|abort|withdraw) (my|the|this) (order|purchase)|ordered by (mistake|"
            r"accident)|don'?t want it any ?more",
        ),
        (4, r"no longer (need|want)"),
        (8, r"stornier\w*|annul\w*|cancelar"),
    ),
    _I.COMPLAINT: (
        (
            4,
            r"\b(complain\w*|disappoint\w*|rude|worst|scam|joke|terrible|awful|horrible|"
            r"ridiculous|shame|poor quality)\b",
        ),
        (
            4,
            r"\b(quality|service|support|website|site|shop|company|robot|"
            r"chat person)\b.{0,40}\b(bad|poor|rude|slow|broken|cheap|useless|joke|terrible|"
            r"awful|ate|fix)",
        ),
        (4, r"never (pick up|answer|reply)|one star|expected better|treated like|reporting you|avoid"),
        (
            4,
            r"(nobody|no one|never) (picks|answers|bothers|replies)|not (happy|impressed|good enough|"
            r"amused|what i'd)|"
            r"poor show|toxic attitude|lying|fuming|rubbish|let ?down|(send|get) (me )?(a|another) (new|"
            r"working|"
            r"right)|working (pair|one)|swap (one|it|them)|\b(chip|scratch\w*|dent\w*|stuck|upside down|"
            r"threads|smells?|wobbl\w*|torn|ripped|stain\w*|crooked|faded)\b|went dead|blind or|far from",
        ),
        (
            4,
            r"enttausch\w*|schlecht|unverschamt|porqueria|sinverguenzas|vergonz\w*|decu\w*|nul\b|"
            r"honteux|inadmissible",
        ),
        (3, r"\b(two left|packed|sent) (\w+ ){0,4}(gloves?|again|wrong)\b|in exchange|painted plastic"),
        (5, r"(threw|dropped|left) (my |the )?(package|parcel|box)|over the (fence|wall)|\brobot\b"),
        (3, r"\b(fray\w*|hums?|noisy|seams|too (big|small|loud)|threw|drives me (nuts|crazy)|looks cheap)\b"),
    ),
    _I.PRODUCT_QUESTION: (
        (4, r"\b(does|do|is|are|can|will|would|has|have) (it|they|you|the|this|these|i)\b.{0,80}\?"),
        (
            3,
            r"\b(what|which|how)('?s| is| are| long| big| hot| heavy| much| does| do| many|"
            r" voltage| size| colou?r| phones)\b",
        ),
        (
            4,
            r"\b(compatible|washable|dishwasher|material|made of|voltage|warranty|dimensions?|"
            r"size [smlx]+|restock|in stock|battery last|manual|waterproof|pair|adapter|"
            r"gift wrap\w*|discount codes?|ship to)\b",
        ),
        (2, r"^\s*(is|are|does|do|can|what|which|how)\b"),
        (
            5,
            r"passt (die|der|das)|gibt es|tienen|est-ce que|\bsirve\b|existe-t-il|^ist (die|der|das)|"
            r"waschmaschine|"
            r"wie (viel|gross|lang)|de que material|talla|taille|compatible",
        ),
        (
            4,
            r"\b(will|would|does|do|can|is|are|could) (the|this|it|they|these|your|u|"
            r"you) .{0,50}\b(work|fit|come in|"
            r"sell|stock|charge|last|take|hold|suit|match|include|need|support)\b|(diameter|inner|spare|"
            r"inch|watt|"
            r"litre|ounce|grams?)\b|supposed to (pair|use|open|clean|fit|turn)|^.{0,25}\bsize\?",
        ),
    ),
    _I.OTHER: (
        (
            6,
            r"\b(invoice|vat|password|mailing list|unsubscribe|job opening|wholesale\w*|"
            r"cooperation|newsletter|job|careers?|marketing|seo|webmaster|openings?|internship|vacanc\w*|"
            r"bulk (price|order)\w*|resell\w*|partnership|influencer|factura|facture|rechnung)\b",
        ),
        (7, r"(job|any) openings?\b|apply for|hiring"),
    ),
}
_COMPILED = {
    intent: tuple((weight, re.compile(pattern)) for weight, pattern in rules)
    for intent, rules in _RULES.items()
}
_REASONS: Sequence[tuple[RefundReason, "re.Pattern[str]"]] = tuple(
    (reason, re.compile(pattern))
    for reason, pattern in (
        (
            RefundReason.DAMAGED,
            r"\b(damag\w*|broke\w*|crack\w*|defect\w*|dent(ed)?|in pieces|fell off|leaks?|"
            r"dead on arrival|kaputt|roto|casse"
            r"|does ?n.?t (work|turn on|charge)|stopped working|fray\w*)",
        ),
        (RefundReason.WRONG_ITEM, r"wrong (size|item|colou?r|product|one)|instead of|not what i ordered"),
        (
            RefundReason.MISSING,
            r"missing|incomplete|only (one|half)|never (turned up|arrived|came)|not (received|arrived)",
        ),
        (RefundReason.LATE, r"\b(late|too long|delayed|took (weeks|forever))\b"),
        (
            RefundReason.CHANGED_MIND,
            r"changed? my mind|no longer (need|want)|don'?t (want|need|like)|hates?|not what i expected",
        ),
    )
)
_PERSON = re.compile(
    r"(talk|speak|chat|connect|write|get).{0,20}\b(to|with|me)?\s*(an?|the|some)?\s*(real |actual |live )?"
    r"(human\w*|person|someone|somebody|manager|supervisor|agent|representative)\b|"
    r"not a (robot|bot)|real person"
)
_ORDER = re.compile(
    r"(?:order|number|nr|no|#|pedido|commande|bestellung|for)\s*(?:number|no\.?|nr\.?|"
    r":|#)?\s*#?(\d{3,12})\b|#(\d{3,12})\b"
)
WORTH_A_WORD = 4
"""Weight from which an intent is named besides the leading one."""
SURE = 10


def weighed(plain: str) -> list[tuple[TicketIntent, int]]:
    """Return the intents that a plain text speaks of, the heaviest first."""
    found = [
        (intent, sum(weight for weight, pattern in rules if pattern.search(plain)))
        for intent, rules in _COMPILED.items()
    ]
    order = list(_COMPILED)
    return sorted(
        ((intent, weight) for intent, weight in found if weight),
        key=lambda each: (-each[1], order.index(each[0])),
    )


def reason_of(plain: str) -> RefundReason | None:
    """Why somebody wants their money back, where they say so."""
    return next((reason for reason, pattern in _REASONS if pattern.search(plain)), None)


def wants_person(plain: str) -> bool:
    """Whether they ask for somebody."""
    return bool(_PERSON.search(plain))


def order_numbers(plain: str) -> tuple[str, ...]:
    """The order numbers that they name."""
    found = (one or other for one, other in _ORDER.findall(plain))
    return tuple(dict.fromkeys(found))[:10]
