"""What only sounds like danger, as data: what to look for first, and the pattern.

Only these words are passed over; whatever else is said still counts. A figure belongs here only when nobody
who is in danger could write it. In doubt it does not.
"""

_GOODS = (
    r"(?:(?:flash |your |this |the |these |those )*(?:deals?|sale|offers?|prices?|discounts?|shop"
    r"|store|outfit|jacket|headphones|earbuds|speakers?|playlist|hoodie|shirt|sneakers|shoes|design|"
    r"colou?rs?|drop|collection|look|vibes?|"
    r"website|music))"
)
_COSTS = r"prices?|costs?|bills?|fees?|total|amount|invoice|charges?|shipping|customs|postage|tax(?:es)?"
_COST = rf"(?:{_COSTS})"
_LETTERS = r"e-?mails?|statement|answer|reply"
_AS_USUAL = r"service|quality|lack|answer|reply|response|attitude|speed|delay|delivery|size"
_SAID = r"\b(?! (?:hazard|started|risk|on|and|in|starter|damage|came|comes|coming|out|from))"
_RANG = (
    r"(?!.{0,80}\b(?:went|go|goes|going|set|rang|rings?|ringing|trigger\w*|beep\w*|scream\w*|saved|woke)\b)"
)
_ACHES = r"(?:neck|back|shoulder|knee|muscle|joint|foot|heel)s?"
_BLOODY = (
    r"hell|brilliant|good|great|late|slow|ridiculous|useless|joke|awful|thing|company|refund|order"
    r"|parcel|package|delivery|time|annoying|long|expensive|e-?mails?|terrible|website|service|money|"
    r"idiots?|well"
    r"|cheek|nightmare|furious|angry|wrong|marvellous|lovely|disgrace|shambles"
)

FIGURES = (
    ("burning", r"\bburning (?:questions?|desire|curiosity)\b"),
    (
        "hole",
        r"\bburn(?:ed|t|s|ing)? (?:such |quite )?a (?:\w+ )?hole in (?:my|the|our|his|her|your) "
        r"(?:wallet|purse|budget)\b",
    ),
    (
        "hole",
        rf"\b{_COST}\b(?:(?! and ).){{0,25}}\bburn(?:ed|t|s|ing)? a (?:\w+ )?hole in (?:my|the|our) "
        rf"pockets?\b",
    ),
    (
        "burn",
        r"\b(?:slow|side|back|fat|incense|wax|cd|dvd)[ -]?burners?\b|\bburn(?:s|ing)? (?:off |the "
        r"|some |more ){0,2}(?:calories|fat|carbs)\b",
    ),
    (
        "burn",
        r"\bburn(?:ing)? times?\b|\bcandles?\b(?: \w+){0,3} burns? (?:for )?(?:about |up to |over )?\d+",
    ),
    ("candle", r"\b(?:do|does|will|can) (?:the |this |your |these |one )?(?:\w+ )?candles? burn\b"),
    ("burn", r"\b(?:bulbs?|leds?|pixels?) (?:\w+ ){0,2}burn(?:ed|t) out\b"),
    (
        "fire",
        r"\bfire ?-?(?:sales?|places?|works|wall|fox|sticks?|tv|tablets?|pit|fly|flies|wood)\b",
    ),
    ("fire", r"\bfire ?-?(?:proof|resistant|retardant|rated)\b"),
    (
        "fire",
        r"\b(?:you|you guys|u guys|you people|you'?re|(?:the|this|your) (?:\w+ )?team) (?:are |is )?"
        r"(?:so |really )?on fire"
        r"(?: firemark\b|(?= (?:with|today|lately|this)\b|[!.]|$))",
    ),
    (
        "fire",
        rf"\b{_GOODS}(?:, they| is| are| was| were|'s)(?: are| is)? (?:just |pure |straight |absolute |so )?"
        rf"(?:fire|firemark)(?: firemark)?{_SAID}",
    ),
    ("firemark", rf"\b{_GOODS} (?:ever |today |again )?firemark{_SAID}"),
    (
        "firemark",
        rf"\b(?:love (?:it|this|these|them|the \w+|your \w+)|best \w+ ever|amazing|awesome|gorgeous) "
        rf"?[!.]? ?firemark{_SAID}",
    ),
    ("fire", r"\bfire (?:me|us|off|over) (?:an?|your) (?:e-?mail|message|quote|reply)\b"),
    (
        "fire",
        r"\b(?:should|please|must|you|u|just) fire (?:the|your|that|this|him|her) "
        r"(?:\w+ )?(?:driver|courier|agent|employee)\b",
    ),
    ("alarm", rf"(?<!the )(?<!our )(?<!my )\b(?:smoke|fire|carbon monoxide|co) alarms?\b{_RANG}"),
    (
        "detector",
        rf"(?<!off the )(?<!off our )(?<!off my )(?<!triggered the )(?<!triggered our )\b(?:smoke|fire"
        rf"|carbon monoxide|co) detectors?\b{_RANG}",
    ),
    (
        "shock",
        rf"\bshock(?:ed|ing|ingly)? (?:at|by|about) (?:the|your|this|how|my|its) (?:\w+ )"
        rf"{{0,2}}?(?:{_COSTS}|{_AS_USUAL})\b",
    ),
    (
        "shocked",
        r"\bshocked (?:how|that you|that it took|that nobody|that no one"
        r"|to (?:see|find|learn|hear|read|receive|discover))\b"
        r"(?!.{0,60}\b(?:plug|touch|wire|switch|cable))",
    ),
    ("shock", rf"\b{_COST}(?: of \w+)?(?: really| just| honestly| kind of)? shock(?:ed|s) (?:me|us)\b"),
    (
        "shock",
        rf"\b(?:an? |the )?(?:\w+ )?shock (?:when|to) (?:i |we )?(?:saw|see|read|hear|opened|get|got"
        rf"|received) (?:the|your|my|that) (?:\w+ )?(?:{_COSTS}|{_LETTERS})\b",
    ),
    ("shocking", r"\bshocking(?:ly)? (?:bad|slow|poor|prices?|service|expensive|customer|low|good)\b"),
    (
        "shock",
        r"\bshock[ -]?(?:absorb\w*|proof|resistan\w*)\b|\babsorb\w* (?:\w+ ){0,2}shocks?\b"
        r"|\b(?:sticker|culture|price) shock\b",
    ),
    (
        "chok",
        rf"\bchok(?:ed|ing)? (?:\w+ ){{0,2}}(?:when (?:i|we) saw|on|at) (?:the|your) (?:\w+ )"
        rf"?{_COST}\b",
    ),
    ("smok", r"\bsmok(?:e|ed|y|ey)[ -](?:gr[ae]y|colou?r\w*|quartz|topaz)\b"),
    (
        "smok",
        r"\bsmok(?:e|ed|y|ey)[ -](?:black|blue|white|glass) (?:or|one|colou?r|version|finish|variant)"
        r"\b",
    ),
    ("smok", r"\b(?:non[ -]?|quit )smok(?:ing|er)s?\b|\bno smoking (?:home|house|household|area|sign)\b"),
    (
        "smok",
        r"\bsmoke[ -]free (?:home|house|household|environment)\b|\bsmoked (?:salmon|paprika|cheese|meat)\b",
    ),
    (
        "blew",
        r"\bblew (?:my|our) minds?\b|\bblew me away\b|\bblew up (?:at|on (?:tiktok|instagram|social"
        r"|twitter|youtube|the internet)|my (?:phone|inbox)|in popularity)\b",
    ),
    ("blow", r"\bblow\w* up (?:my|your|our) (?:phone|inbox|mail|e-?mail)\b"),
    (
        "explo",
        r"\binbox (?:is |was |has |keeps )?explod\w+\b|\bexplod\w+ in popularity\b|\bexplosive "
        r"(?:sales?|deals?|offers?|growth|prices?)\b",
    ),
    ("spark", r"\bspark(?:s|ed|ing)? (?:joy|my interest|interest|curiosity|ideas?)\b|\bspark plugs?\b"),
    (
        "",
        r"\b(?:burns?|sparks?|blaze|flame|fire|wounded|danger|poison|acid|smoke|smokey) (?:street|str"
        r"|ave|avenue|road|rd|lane|boulevard|blvd|crescent)\b",
    ),
    ("", r"\b\d{1,5},? (?:burns?|sparks?|blaze|flame) (?:st|ct)\b"),
    ("", r"\b(?:calle|ave|avenida|rue|av)\.? (?:de |del |du )?(?:fuego|feu|la sangre)\b"),
    ("", r"\b(?:mr|mrs|ms|miss)\.? (?:burns|sparks|blood)\b"),
    ("hurt", r"\bhurts? (?:my|the|our) (?:wallet|budget|feelings|business|pride|bank account)\b"),
    ("hurting", r"\bhurting (?:my|our|your|the) (?:business|wallet|sales|brand|reputation|feelings)\b"),
    (
        "hurt to",
        r"\b(?:doesn'?t|does not|wouldn'?t|won'?t|can'?t|didn'?t|not) hurt to (?:ask|try|check|know)"
        r"\b",
    ),
    ("hurt by", r"\bfeel(?:s|ing)? hurt by (?:your|the) (?:answer|reply|words|mail|response|tone)\b"),
    (
        "allergic to",
        r"\ballergic to (?:waiting|(?:bad|poor|slow) (?:service|support|shipping|delivery"
        r"|communication)|nonsense|excuses|spam|paying)\b",
    ),
    ("allerg", r"\b(?:hypo|non|anti)[ -]?allergen\w*\b|\ballergen[ -]free\b|\bfree (?:of|from) allergens\b"),
    ("tox", r"\bnon[ -]?toxic\b|\btoxi[nc][ -]free\b|\bfree (?:of|from) toxins?\b"),
    (
        "toxic",
        r"\btoxic (?:attitude|(?:customer )?service|culture|people|support|staff|company|behaviou?r"
        r"|relationship)\b",
    ),
    (
        "melt",
        r"\bmelt(?:s|ed|ing)? (?:my|our|her|his) hearts?\b|\b(?:my|our|her|his) hearts? (?:is |was "
        r"|has |just )?melt\w*\b|\bwax melts?\b",
    ),
    (
        "melt",
        r"\b(?:chocolates?|ice|ice cream|ice packs?|candy|candies|gummies|butter|lipsticks?|sweets"
        r"|pralines?) (?:\w+ ){0,3}melt(?:ed|ing)\b",
    ),
    ("blood", r"\bblood (?:pressure|type|oranges?|sugar|moon|oxygen)\b|\bblood boil\b|\bcold blood\b"),
    ("bloody", rf"\bbloody (?:{_BLOODY})\b"),
    (
        "swallow",
        rf"\bswallow\w* (?:the|this|that|your|my) (?:\w+ )?(?:{_COSTS}|loss|pride)\b|\bhard to "
        rf"swallow\b",
    ),
    ("insult", r"\binsult to injury\b"),
    (
        "danger",
        r"\bdanger of (?:missing|running|being late|losing (?:a|my|this|your) (?:sale|customer|money"
        r"|order|deposit|patience|business))\b",
    ),
    (
        "acid",
        r"\bacid[ -]?wash(?:ed)?\b|\b(?:hyaluronic|citric|ascorbic|folic|amino|salicylic|lactic|fatty)"
        r" acids?\b",
    ),
    (
        "hot",
        r"\b(?:red|super|very|so|really|too) hot (?:deals?|items?|sellers?|topic|pink|right now"
        r"|offers?|to handle deal)\b",
    ),
    ("wound", r"\bwound up (?:with|in|at|paying|getting)\b|\b(?:i|we) wound (?:the|it|up)\b"),
    ("flame", r"\bflame[ -]?(?:red|orange|colou?r\w*|retardant|resistant|proof|less|effect)\b"),
    (
        "headache",
        r"\b(?:such|what|huge|big|real|absolute|total|bit of) a (?:\w+ )?headache\b(?! (?:since|after"
        r"|from|when))",
    ),
    ("itch", r"\bitchy feet\b|\bitching to\b"),
    ("pain in the", r"\bpain in the (?:ass|butt|arse|backside|neck (?:to|trying|dealing))\b"),
    ("painful", r"\bpainful(?:ly)? (?:slow|long|process|experience|to (?:deal|watch|wait|read))\b"),
    (
        "",
        rf"\b(?:for|against|helps?|help with|relie\w+|eas(?:e|es|ing)|treat\w*|reduc\w+|soothes?) "
        rf"(?:\w+ ){{0,3}}?{_ACHES}[ -](?:pains?|aches?|soreness|stiffness)(?! (?:after|since|from"
        rf"|because|now))\b",
    ),
    (
        "",
        rf"\b(?:has|have|having|suffer\w*|got) (?:\w+ ){{0,2}}{_ACHES} (?:pains?|aches?)(?= ?[,.?!]? "
        rf"(?:would|will|can|could|does|do|is|which|what|so which)\b)",
    ),
    (
        "",
        r"\b(?:for|against|with|relie\w+|eases?|treats?|soothes?) (?:\w+ )?(?:sore|aching|tired|stiff)"
        r" (?:neck|back|shoulders?|knees?|muscles|joints|foot|feet|legs?)(?! (?:after using|since"
        r"|from))\b",
    ),
    ("relief", r"\b(?:pain|ache|itch|burn|headache|migraine|allergy) relief\b"),
    ("sick", r"\bsick (?:of|and tired)\b|\b(?:you|you people|you guys|people like you) make me sick\b"),
    ("bit", r"\ba (?:little |tiny |wee )?bit\b"),
    ("fell in love", r"\bfell in love\b"),
    ("in my hand", r"\b(?:broke|came) (?:apart |off )?in my hands?\b"),
    (
        "hand",
        r"\bsecond[ -]?hand\b|\bon the (?:one|other) hand\b|\bhands?[ -]?(?:cream|made|bag|soap|free)"
        r"\b",
    ),
    ("red", r"\bred[ -]eyes? (?:remov\w+|reduction|effect)\b"),
    ("shattered", r"\b(?:arrived|came|delivered|received (?:it|them)) (?:\w+ ){0,2}shattered\b"),
    ("shattered", r"\bshattered (?:on|upon) arrival\b|\bshattered (?:screen|display)\b"),
    (
        "ctured",
        r"\bfractured (?:screen|display)\b|\b(?:screen|display) (?:\w+ ){0,3}fractured\b(?! (?:in|on"
        r"|into) (?:my|his|her))",
    ),
    (
        "screen",
        r"\b(?:screen|display) (?:is |was |has |had |completely |already |totally )"
        r"{0,3}shattered\b(?! (?:in|on|into) (?:my|his|her))",
    ),
    (
        "collapsed",
        r"\b(?:package|box|parcel|carton|packaging) (?:was |had |is |has |completely |totally )"
        r"{0,2}collapsed\b",
    ),
    (
        "died",
        r"\b(?:battery|phone|device|motor|speaker|screen|unit|lamp|charger) (?:just |has |had "
        r"|already )?died\b",
    ),
    ("jolt", r"\bjolt of (?:caffeine|energy|joy)\b"),
    (
        "bl",
        r"\b(?:colou?rs?|dye|ink|red|blue|black) (?:\w+ )?(?:bleeds?|bled|bleeding)(?= (?:in|into"
        r"|when|out|onto)\b)",
    ),
    ("burner", r"\bburner phones?\b"),
    ("smok", r"\bsmoke?y eyes?\b"),
    ("explo", r"\bexploded view\b"),
    ("poison", r"\bpoison (?:green|ivy (?:costume|poster|wig))\b"),
    (
        "",
        r"\bhazard lights?\b|\bdanger signs?\b|\brash ?guards?\b|\bblister[ -]?(?:packs?|packaging)\b"
        r"|\bacid house\b",
    ),
    ("drown", r"\bdrown(?:s|ed|ing)? out\b"),
    ("reaction", r"\breaction times?\b"),
    ("heart", r"\bheart[ -]melting\b"),
    ("brunt", r"\bbrunt of\b"),
    ("burnt", r"\bburnt (?:orange|sienna|umber|ochre|caramel)\b"),
    ("", r"\bfire (?:colou?r\w*|red|engine red)\b|\bsmoke\"? glass\b"),
    ("explosive", r"\bexplosive (?:\w+ )?(?:growth|results|traffic)\b"),
    ("shock", r"\b(?:quality|service|attitude)(?: really| just| honestly)? shock(?:ed|s) (?:me|us)\b"),
    (
        "heart attack",
        r"\bheart attack when (?:i (?:saw|opened|read)|the app|i got (?:the|your) (?:bill|e-?mail|"
        r"message))\b",
    ),
    ("hospital", r"\bhospital where i work\b|\bi work (?:at|in) (?:a|the) (?:\w+ )?hospital\b"),
    ("hospital", r"\bst\.? \w+(?:'s)? hospital\b"),
    (
        "kill",
        r"\b(?:wife|husband|boss|mom|mum|mother|girlfriend|boyfriend) (?:nearly|almost|will|"
        r"would) kill(?:ed)? me "
        r"(?:if|(?:when|because) (?:he|she) (?:saw|found|heard|noticed|learned))\b",
    ),
    (
        "burning",
        r"\b(?:candles?|tea lights?|incense) (?:\w+ ){0,3}?(?:\w+'t )?(?:\w+ ){0,2}burning (?:anywhere|"
        r"evenly|well)\b",
    ),
    ("chest of", r"\bchests? of drawers\b"),
)
