"""What customers write when they want something, as data: weight and pattern, by intent.

Patterns see the text as it was meant: lower case, plain letters, corrected spelling. What weighs most leads.
"""

from collections.abc import Mapping, Sequence

from shared.domain.disputes import RefundReason
from shared.domain.operations.reading import TicketIntent
from shared.domain.operations.understanding.wordlists import words

_I = TicketIntent
Rule = tuple[int, str]

KNOWN = words(
    """
    refund refunds refunded refunding cancel cancelled canceled cancelling cancellation address delivery
    delivered tracking tracked parcel parcels package packages order orders ordered received receive arrived
    arrive damaged broken cracked defective missing replacement replace return returned returning reimburse
    reimbursed reimbursement invoice receipt warranty shipping shipped courier carrier chargeback lawyer
    payment charged disappointed unacceptable terrible ridiculous discount unsubscribe newsletter wrong
    """
)
"""Words that may be misspelt."""
MISSPELT = {
    "refnd": "refund",
    "cancle": "cancel",
    "cancl": "cancel",
    "oders": "orders",
    "recieved": "received",
}

_THING = (
    r"(?:orders?|parcels?|packages?|shipment|delivery|items?|things?|stuff|box|boxes|purchase|goods"
    r"|products?)"
)
_MOVES = (
    r"(?:arriv\w*|receiv\w*|show(?:n|ed)? up|turn(?:ed)? up|deliver\w*|ship(?:s|ped|ping)?"
    r"|dispatch\w*|come|came|coming|here)"
)
_PLACE = (
    r"(?:address|(?:flat|door|building|unit) (?:number|no)|zip(?: ?code)?|post ?code|postal code"
    r"|house number|street|apartment|apt|unit number)"
)
_WRONG = r"(?:wrong|incorrect|missing|mistake|typo|old|changed|outdated|should be|is now|instead)"

INTENTS: Mapping[TicketIntent, Sequence[Rule]] = {
    _I.CANCELLATION: (
        (9, r"\bcancel\w*"),
        (
            7,
            rf"\b(?:call off|scrap|abort|stop|withdraw|undo|drop|void) (?:my|the|this|that) (?:\w+ )"
            rf"?{_THING}",
        ),
        (6, rf"\b(?:do not|don'?t|please not) (?:send|ship|dispatch|process)\b.{{0,20}}\b(?:it|{_THING})"),
        (
            6,
            r"\b(?:ordered|bought|purchased|clicked) (?:it |this |them )?(?:\w+ )?(?:by|in) "
            r"(?:mistake|accident|error)",
        ),
        (
            7,
            r"\b(?:accidentally|by mistake|mistakenly) (?:placed|ordered|bought|submitted)\b|\bdelete "
            r"(?:one of them|my order|the order)\b",
        ),
        (
            5,
            r"\b(?:don'?t|do not|no longer) (?:want|need) (?:it|this|them|the order|my order)\b(?: "
            r"any ?more)?",
        ),
        (9, r"\b(?:stornier\w*|storno|widerruf\w*|abbestell\w*|annul\w+|cancelar\w*|anular\w*)\b"),
    ),
    _I.ADDRESS_CHANGE: (
        (8, r"\bchange (?:the|my) (?:delivery|shipping)\b.{0,30}\bto\b|\b(?:swap|add)\b.{0,60}\baddress\b"),
        (8, r"\b(?:goes|go|deliver|deliver it|send it) to (?:number|no\.?|house|my \w+'s)\b"),
        (
            8,
            rf"\b(?:change|changing|update|correct|edit|fix|amend|modify|new|different|another|wrong"
            rf"|old)\b.{{0,35}}\b"
            rf"{_PLACE}\b",
        ),
        (7, rf"\b{_PLACE}\b.{{0,40}}\b{_WRONG}\b"),
        (6, rf"\b{_WRONG} (?:\w+ )?{_PLACE}\b|\bautofill\b"),
        (6, r"\b(?:we|i)(?:'ve| have|'m| am)? (?:just |recently )?(?:moved|moving)\b|\bi'?m now (?:at|in)\b"),
        (6, rf"\bforgot (?:to (?:add|put|give) )?(?:my |the )?(?:{_PLACE}|apartment|suite|unit|flat)\b"),
        (
            6,
            r"\b(?:send|ship|deliver|forward|redirect|reroute|goes|go|sent) (?:it |them |this |(?:the"
            r"|my) \w+ )?"
            r"(?:instead )?to\b.{0,60}\b(?:instead|new|neighbou?r|office|work|different|rd|st|road"
            r"|street|ave|\d{5})\b",
        ),
        (6, r"\b(?:update|change) where (?:it|they|this)\b"),
        (
            6,
            r"\b(?:delivery|order|parcel|package|it) (?:be )?(?:go|sent|delivered|shipped) to (?:my"
            r"|our|a|the) \w+ (?:instead|address)\b",
        ),
        (
            7,
            r"\bequivo\w+ (?:de|en la|la) direccion\b|\badresse (?:est )?(?:fausse|incorrecte)\b"
            r"|\btrompee? d'adresse\b",
        ),
        (5, r"\bname on the (?:parcel|package|order|label)\b"),
        (2, rf"\b{_PLACE}\b"),
        (
            7,
            r"\b(?:cambi\w+|modific\w+|corregir|otra|nueva|equivocada)\b.{0,25}\bdireccion\b"
            r"|\bdireccion\b.{0,25}\bmal\b",
        ),
        (7, r"\b(?:chang\w+|modifi\w+|corrig\w+|nouvelle|mauvaise)\b.{0,25}\badresse\b|\bdemenag\w+"),
        (
            7,
            r"\b(?:lieferadresse|adresse|anschrift|hausnummer)\b.{0,40}\b(?:ander\w*|falsch\w*|neu\w*)"
            r"|\bumgezogen\b",
        ),
        (
            7,
            r"\b(?:ander\w*|falsche\w*|neue\w*) (?:\w+ ){0,3}(?:lieferadresse|adresse|anschrift"
            r"|hausnummer)\b",
        ),
    ),
    _I.REFUND_REQUEST: (
        (
            7,
            r"\b(?:amount|sum|price|purchase|postage|the rest) back\b|\bmoney (?:still )?(?:isn'?t|is "
            r"not|hasn'?t|not)\b",
        ),
        (
            6,
            r"\b(?:mein|das) geld\b|\bconfirmed my return\b|\btaken the money\b|\breverse (?:one|two"
            r"|the|that|it)\b",
        ),
        (8, r"\brefund\w*"),
        (7, r"\b(?:money|cash|bucks|dollars|payment|cent|penny|euros?|pounds) back\b"),
        (7, r"\b(?:return|give|need|want|get|have) (?:\w+ ){0,3}?my (?:money|\d+)"),
        (
            5,
            r"\b(?:get|give|want|have|need|pay) (?:me |us )?(?:\w+ ){0,4}back\b"
            r"(?! (?:to|from|in stock|in a|with an answer|order|soon))",
        ),
        (
            6,
            r"\b(?:return|returning) (?:it|this|them|that|the|my|an?|label|address|policy|process"
            r"|shipping)\b",
        ),
        (
            6,
            r"\b(?:send|sending|take|bring|mail) (?:it|this|them|that|(?:the|my) \w+) back\b|\bhow "
            r"(?:do|can) i return\b",
        ),
        (
            6,
            r"\b(?:double[- ]charge\w*|overcharged|charged (?:\w+ ){0,3}(?:twice|2x|double|again|two "
            r"times))\b",
        ),
        (6, r"\b(?:reimburse\w*|compensat\w*)"),
        (
            5,
            r"\bhalf (?:of )?the price\b|\bpartial\b|\bdifference (?:back|refund\w*)|\b(?:the|10 %) "
            r"difference\b(?! between)",
        ),
        (4, r"\b(?:discount|code|coupon)\b.{0,25}\b(?:not|n'?t|never) (?:applied|work\w*)"),
        (
            6,
            r"\b(?:want|ask(?:ed)? for|get|see|waiting for|need) (?:my|the|our|that) money\b"
            r"|\b(?:sent|shipped|mailed) (?:it|them|this) back\b",
        ),
        (
            3,
            r"\b(?:has|have|with|there is|there'?s) no (?:sound|power|picture|light|signal|suction)\b"
            r"|\bdoes ?n'?t (?:close|open|fit)\b",
        ),
        (
            6,
            r"\breturn (?:that|the|this) (?:amount|sum)\b|\bi paid\b.{0,30}\bfree shipping\b|\bfree "
            r"shipping\b.{0,30}\bpaid\b",
        ),
        (
            3,
            r"\b(?:broken?|damaged|cracked|defective|dented|smashed|in pieces|faulty|crushed|chipped"
            r"|scratched|torn|ripped"
            r"|shattered|stained|leaks?|leaking|leaked)\b",
        ),
        (
            4,
            r"\b(?:came|arrived|was|is|were|got|it'?s|are) (?:\w+ ){0,3}"
            r"(?:broken?|damaged|cracked|defective|dented|smashed|in pieces|faulty|shattered|stained)\b",
        ),
        (
            4,
            r"\b(?:wrong|different) (?:size|item|colou?r|product|one|thing|model|order)\b|\bnot what "
            r"i (?:ordered|expected)\b",
        ),
        (
            4,
            r"\binstead of (?:the|a|my|what)\b|\bordered (?:\w+ ){1,4}(?:but|and) (?:got|received)\b"
            r"|\bsent me (?:a|the) \w+",
        ),
        (
            4,
            r"\b(?:does ?n'?t|does not|won'?t|will not|stopped|never|not|isn'?t) (?:even )?"
            r"(?:turn on|turning on|work\w*|charge|charging|start|fit)\b|\b(?:dead on arrival|fell "
            r"off|fell apart)\b",
        ),
        (
            4,
            r"\b(?:part|piece|pieces|remote|charger|screws?|one of (?:the|them|it)) (?:\w+ )"
            r"{0,3}missing\b|\bincomplete\b",
        ),
        (6, r"\b(?:mi dinero|el dinero|devol\w+|devuelv\w+|reembols\w*)\b"),
        (6, r"\b(?:rembours\w*|retourner|renvoyer|mon argent)\b"),
        (
            6,
            r"\b(?:geld|betrag) (?:\w+ )?(?:zuruck|wieder)|\bruckerstatt\w*|\berstatt\w*"
            r"|\bzuruck(?:schicken|senden|geben)\b",
        ),
        (4, r"\b(?:umtausch\w*|rucksend\w*|retoure|ersatz|remplac\w+|reemplaz\w+)\b"),
        (
            3,
            r"\b(?:roto|rota|danado|defectuoso|casse|cassee|abime|kaputt|defekt|beschadigt|zerbrochen"
            r"|fissure|ne (?:fonctionne|marche) pas)\b",
        ),
        (3, r"\bchargeback\b"),
    ),
    _I.TRACKING: (
        (7, r"\beta\b|\b(?:at|in|through) customs\b|\bshipp?(?:ed)? yet\b"),
        (
            6,
            r"\b(?:did|will|has|have) (?:my|the|our) (?:\w+ )?\w+ ship(?:ped)?\b|\bwasn'?t in the "
            r"box\b.{0,40}\b(?:coming|when)\b",
        ),
        (7, r"\btrack(?:ing|ed|able)?\b(?! ?(?:suit|pants|jacket|record|and field))"),
        (
            6,
            rf"\bwhere ?(?:'?s|is|are|the|r)?\b.{{0,40}}\b(?:{_THING}|it|they|mine)"
            rf"\b(?!.{{0,12}}\b(?:made|from|located))",
        ),
        (
            6,
            r"\b(?:when|what day|which day|how (?:much )?longe?r?|how soon|what time)\b.{0,50}\b"
            r"(?:arriv\w*|get (?:here|it|my|them)|deliver\w*|ship(?:s|ped)?\b|come\b|coming\b"
            r"|lands?\b|be here|expect\b|reach)",
        ),
        (
            5,
            r"\b(?:has|have|is|was|did|will|can)\b.{0,30}\b(?:shipped|sent|dispatched|left|moving|on "
            r"(?:its|the) way|lost)\b",
        ),
        (
            5,
            r"\b(?:will|would|does|gonna|going to) .{0,20}\b(?:make it|arrive|be here|get here|come "
            r"(?:in time|by|before|today|tomorrow))\b",
        ),
        (
            5,
            r"\b(?:supposed to|should have|should'?ve|meant to) (?:be here|been here|be delivered"
            r"|been delivered|arrived?|come)\b",
        ),
        (
            5,
            r"\b(?:if|is|are|has) (?:it|its|it's|they|he) (?:gone |been )?out\b|\b(?:did|has) my "
            r"order (?:go|gone) through\b",
        ),
        (
            6,
            r"\bno se nada (?:de|del)\b|\bdesde hace\b.{0,20}\b(?:semanas?|dias)\b|\bkeine "
            r"(?:nachricht|info\w*)\b",
        ),
        (5, rf"\b(?:not|never|n't|nt|no|nothing|without)\b.{{0,30}}\b{_MOVES}\b"),
        (
            5,
            r"\b(?:any|no|an|the|last|some|short) (?:\w+ )?(?:updates?|news|word|sign|movement|trace"
            r"|status|info)\b|\bstatus\b",
        ),
        (7, r"\beta\b"),
        (
            5,
            r"\b(?:estimated|expected) (?:delivery|arrival|date)|\bwhereabouts\b|\bout for delivery\b"
            r"|\bin transit\b|\bcustoms\b",
        ),
        (
            5,
            r"\b(?:says?|shows?|marked|showing) (?:\w+ ){0,3}(?:delivered|shipped|no movement)\b"
            r"|\blabel created\b|\bis it lost\b",
        ),
        (
            5,
            rf"\b(?:no|my|the|without my|without a|had a) {_THING} (?:yet|at|in|here|for|since|either)"
            rf"\b|\bnothing (?:here|yet|came|so far)\b",
        ),
        (
            4,
            r"\b(?:still )?waiting (?:for|on)\b|\bstill (?:no|not|nothing|haven'?t)\b"
            r"|\bforg[eo]t(?:ten)? (?:about )?(?:me|my order)\b",
        ),
        (
            4,
            rf"\b(?:weeks?|days?|months?|ages)\b.{{0,40}}\b(?:{_THING}|waiting|ordered)\b|\b(?:ordered"
            rf"|bought)\b.{{0,40}}\b(?:weeks?|days?|months?) ago\b",
        ),
        (
            5,
            r"\bwhat(?:'s| is|s)? (?:going on|happening|the hold ?up|up) with (?:my|the|this) \w+"
            r"|\btracking (?:link|number|code)\b",
        ),
        (
            3,
            r"\b(?:post ?man|post office|carrier|courier|driver|usps|ups|fedex|dhl|hermes|warehouse"
            r"|mail ?man)\b",
        ),
        (2, r"\b(?:parcel|package|shipment|my order|my delivery)\b"),
        (
            6,
            r"\bdonde esta\w*|\bcuando (?:me )?(?:llega\w*|recib\w*|viene)|\bno (?:me )?(?:ha )"
            r"?(?:lleg\w+|recib\w+)|\bseguimiento\b",
        ),
        (3, r"\b(?:paquete|pedido|envio|colis|commande|livraison|paket|sendung|lieferung|bestellung)\b"),
        (
            6,
            r"\bou (?:est|en est|sont)\b|\bpas (?:encore )?(?:recu|arrive)"
            r"|\bquand\b.{0,40}\b(?:arriv\w+|recev\w+|livr\w+)|\bsuivi\b",
        ),
        (
            6,
            r"\bwann (?:kommt|wird|ist|geht)\b|\bwo (?:ist|bleibt|sind)\b|\bnicht (?:\w+ )"
            r"?(?:angekommen|erhalten|geliefert|da)\b",
        ),
        (5, r"\bsendungs\w+|\bversendet\b|\bverschickt\b|\bunterwegs\b"),
    ),
    _I.COMPLAINT: (
        (6, r"\b(?:replac(?:e|ed|ement|ements|ing)|exchange|swap (?:it|this|them|one))\b"),
        (6, r"\b(?:send|get|want|like) (?:me |us )?(?:a )?(?:new|working|right) (?:one|pair|set)\b"),
        (
            4,
            r"\b(?:porqueria|sinverguenzas?|enttausch\w*|reagiert .{0,30}keiner|so geht man nicht"
            r"|mecontente?)\b",
        ),
        (
            4,
            r"\b(?:quality|product|shade|colou?r)\b.{0,60}\b(?:not in a good way|far from|frankly"
            r"|hanging off|upside down)\b",
        ),
        (
            4,
            r"\b(?:complain\w*|disappoint\w*|rude|worst|scam\w*|joke|terrible|awful|horrible"
            r"|ridiculous|shame|misleading)\b",
        ),
        (
            4,
            r"\b(?:unacceptable|disgrace\w*|disgusting|pathetic|useless|liars?|thieves|thief|fraud\w*"
            r"|unprofessional|sloppy)\b",
        ),
        (
            4,
            r"\b(?:poor|bad|cheap|low|lousy|shoddy) (?:\w+ ){0,2}(?:quality|service|support|packaging"
            r"|build|communication)\b",
        ),
        (
            4,
            r"\b(?:quality|service|support|website|site|shop|company|robot|app|chat person|packaging"
            r"|seams)\b.{0,40}\b"
            r"(?:bad|poor|rude|slow|broken|cheap|useless|joke|terrible|awful|ate|fix|crash\w*|sloppy"
            r"|worst|wonderful|misleading)",
        ),
        (
            5,
            r"\b(?:nobody|no one|noone|never|don'?t|doesn'?t|not) (?:\w+ )?(?:answer\w*|repl(?:y|ies"
            r"|ied)|pick up|respond\w*|read)\b",
        ),
        (
            5,
            r"\b(?:app|website|site|page|checkout)\b.{0,25}\b(?:crash\w*|freez\w*|broken|down|ate"
            r"|error|slow|not work\w*)\b",
        ),
        (
            4,
            r"\bone star\b|\bexpected (?:better|more)\b|\btreated like\b|\breporting you\b|\bavoid\b"
            r"|\bwhat kind of (?:business|company|shop)",
        ),
        (
            5,
            r"\b(?:threw|thrown|dropped|kicked|left) (?:my |the |our )?(?:package|parcel|box)|\bover "
            r"the (?:fence|wall)\b|\brobots?\b",
        ),
        (
            5,
            r"\b(?:shouting|yelled|yelling|swore|insulted|screamed)\b|\b(?:zero|no) help\b|\bwhat a "
            r"(?:\w+ )?(?:service|mess|joke)\b",
        ),
        (
            3,
            r"\b(?:fray\w*|hums?|noisy|seams|too (?:big|small|loud|thin|short)|threw|drives me "
            r"(?:nuts|crazy|mad)|looks cheap)\b",
        ),
        (
            5,
            r"\b(?:looks? )?nothing like\b|\bnot as (?:pictured|described|advertised|shown)\b|\bfeels "
            r"like a toy\b|\bpassed between\b",
        ),
        (
            5,
            r"\b(?:mala atencion|nadie responde|personne ne repond|niemand antwortet|keine antwort)\b"
            r"|\b(?:bad|worst|poor) experience",
        ),
        (4, r"\b(?:treated me|treated us|unhappy with|not happy with|dissatisfied)\b"),
        (
            3,
            r"\b(?:half|smaller|bigger) (?:the size|than)\b|\bno padding\b|\bbox (?:came|arrived|was) "
            r"(?:\w+ )?(?:crushed|open|torn|wet)\b",
        ),
        (
            5,
            r"\b(?:queja|reclamacion|estafa|verguenza|plainte|arnaque|honte|frechheit|beschwer\w*"
            r"|unverschamt\w*|betrug\w*)\b",
        ),
    ),
    _I.OTHER: (
        (11, r"\bopenings\b"),
        (
            10,
            r"\b(?:invoice|receipt|vat|password|mailing list|unsubscribe|job opening|wholesale\w*"
            r"|factura|facture|rechnung)\b",
        ),
        (
            10,
            r"\b(?:newsletters?|marketing (?:e-?mails?|mails?)|influencers?|cooperation|collab\w*"
            r"|partnership|sponsor\w*)\b",
        ),
        (
            10,
            r"\b(?:delete|close|log ?in|sign in|access) (?:\w+ )?(?:my )?account\b|\bmy account\b"
            r"|\bjobs?\b|\bcareers?\b|\btax office\b",
        ),
        (
            10,
            r"\b(?:opening|business|office) hours\b|\bleave (?:you )?a (?:\w+ )?review\b|\b(?:your|a) "
            r"phone number\b|\bwho am i\b",
        ),
        (5, r"\bstop sending me\b|\bwrong (?:window|chat|number)\b|\bignore this\b"),
        (
            3,
            r"^(?:many |thanks|thank you|ty\b|thx).{0,60}$|\b(?:thank you so much|thanks a lot|many "
            r"thanks)\b",
        ),
        (
            3,
            r"\b(?:arrived|came) (?:\w+ )?(?:perfectly|quickly|safe|today)\b.{0,60}\b(?:thank|great"
            r"|love|happy)",
        ),
        (3, r"\bhow (?:quick|quickly|fast|well) (?:it|this|they) (?:came|arrived|works?|was)\b"),
    ),
    _I.PRODUCT_QUESTION: (
        (1, r"^(?!hello|hi\b|hey|any|what[?]|ok)[^?]{4,30}[?]$"),
        (3, r"\b(?:what|which) \w+ (?:is|are|do|does)\b|\bexiste-t-il\b|\bexiste en\b"),
        (
            4,
            r"(?<!have )(?<!how )\b(?:does|do|is|are|can|will|would|has|have|could) "
            r"(?:it|they|you|u|the|this|these|those|that|i|one|your|we) .{0,80}[?]",
        ),
        (
            4,
            r"\b(?:what|which|how)(?:'?s| is| are| long| big| hot| heavy| much| many| does| do| "
            r"voltage| size| sizes"
            r"| colou?rs?| phones?| brand| material)\b",
        ),
        (
            4,
            r"\b(?:compatible|washable|dishwasher|material|made of|voltage|warranty|dimensions?|size "
            r"[smlx]+|restock|in stock"
            r"|battery last|manual|waterproof|pair|adapter|gift wrap\w*|discount codes?|ship to"
            r"|suitable|leather|pegs|usb)\b",
        ),
        (
            3,
            r"\b(?:work|fit|help)s? (?:with|in|for|on|her|him|against)\b|\bany chance\b|\bdifference "
            r"between\b|\brecommend\b",
        ),
        (2, r"^(?:hi |hello |hey |hallo )?,?!? ?(?:is|are|does|do|can|could|will|what|which|how|whats)\b"),
        (3, r"\bwhy (?:so|is|are|does|do)\b"),
        (1, r"[?]"),
        (
            4,
            r"\b(?:passt|gibt es|welche\w*|haben sie|wie (?:gross|lang|schwer|viel|funktioniert)|kann "
            r"man)\b",
        ),
        (
            4,
            r"\b(?:tienen|sirve|funciona con|que (?:talla|tamano|color)|cuanto (?:mide|pesa|cuesta)"
            r"|es compatible)\b",
        ),
        (4, r"\b(?:est-ce que|avez-vous|quelle (?:est la )?(?:taille|couleur)|est-il|est-elle|combien)\b"),
    ),
}
"""Of equal weights the earlier leads."""

REASONS: Sequence[tuple[RefundReason, str]] = (
    (
        RefundReason.DAMAGED,
        r"\b(?:damag\w*|brok\w+|crack\w*|defect\w*|dent(?:ed)?|in pieces|fell off|fell apart|leak\w*"
        r"|dead on arrival|smashed"
        r"|shattered|faulty|torn|ripped|fray\w*|stopped working|kaputt|defekt|beschadigt|roto|rota"
        r"|casse|cassee|abime)\b"
        r"|\b(?:does ?n'?t|does not|won'?t|will not|never) (?:even )?(?:turn on|work\w*|charge|start)\b"
        r"|\bne (?:fonctionne|marche) pas\b",
    ),
    (
        RefundReason.WRONG_ITEM,
        r"\b(?:wrong|different) (?:size|item|colou?r|product|one|thing|model)\b|\binstead of (?:the|a"
        r"|my|what)\b"
        r"|\bnot what i ordered\b|\bfalsche[rs]? \w+",
    ),
    (
        RefundReason.MISSING,
        r"\bmissing\b|\bincomplete\b|\bonly (?:one|half)\b|\b(?:never|not|n't|nt) (?:\w+ )"
        r"?(?:turn(?:ed)? up|arriv\w*|came"
        r"|come|receiv\w*|delivered)\b|\bnicht (?:angekommen|erhalten)\b|\bpas recu\b|\bno (?:ha )?lleg\w+",
    ),
    (
        RefundReason.LATE,
        r"\b(?:too late|late|too long|delayed|took (?:weeks|forever)|(?:weeks?|days?) after)\b",
    ),
    (
        RefundReason.CHANGED_MIND,
        r"\bchanged? my mind\b|\b(?:no longer|don'?t|do not) (?:want|need|like)\b|\bhates?\b|\bnot "
        r"what i expected\b"
        r"|\bno me gusta\b|\b(?:does ?n'?t|not) fit\b|\btoo (?:long|short|big|small) for me\b",
    ),
)
"""The first that fits."""

PERSON = (
    r"\b(?:talk|speak|chat|connect|write|get|reach|put) .{0,20}\b(?:human\w*|person|someone|somebody"
    r"|manager|supervisor"
    r"|agent|representative)\b|\bnot a (?:ro)?bot\b|\b(?:real|actual|live) (?:person|human)\b|\bhuman being\b"
    r"|\b(?:someone|somebody|anyone) (?:\w+ )?(?:call|phone|ring) me\b|\bcall me\b"
    r"|\bhablar con (?:una persona|alguien)|\bparler a (?:quelqu'un|une personne)|\bmit (?:einem "
    r"menschen|jemandem)\b"
)
"""They want somebody."""

ORDER = (
    r"(?:order|number|nr|no|#|pedido|commande|bestell(?:ung|nummer)|for)\b ?(?:number|no\.?|nr\.?|n|:|#)? ?#?"
    r"(\d{3,12})\b|# ?(\d{3,12})\b"
)
"""How order numbers are named."""
