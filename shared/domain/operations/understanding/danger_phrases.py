"""Several words that only together speak of danger, as data: what to look for first, and the pattern."""

from shared.domain.operations.understanding.danger_words import BEINGS, BODIES, SURE_BODIES

_BODY = "(?:" + "|".join(sorted(BODIES)) + ")"
_FLESH = "(?:" + "|".join(sorted(SURE_BODIES | {"hand", "hands", "face", "head"})) + ")"
_BEING = "(?:" + "|".join(sorted(BEINGS)) + ")"
_OTHER = (
    r"him|her|us|you|myself|himself|herself|someone|somebody|people"
    rf"|(?:my|our|his|her) (?:\w+ )?{_BEING}"
)
_WHO = rf"(?:me|{_OTHER})"
_MY = r"(?:my|his|her|our|their)"
_LIVE = r"(?:touch|plug|switch|turn|charg|unplug|wire|cable|socket|outlet|using|lamp)"

PHRASES = (
    # electricity
    ("got", r"\bg[eo]t(?:s|ting)? (?:\w+ )?shocked\b"),
    ("shock", r"electric\w{0,3} (?:\w+ )?shock\w*"),
    (
        "shock",
        rf"shock(?:s|ed|ing)? (?:{_WHO}|my|everyone|anyone)\b(?! (?:how|that|to see|to hear|most|with))",
    ),
    (
        "shock",
        r"\b(?:got|gets?|getting|giv(?:es?|ing)|gave|received|had|fe(?:lt|els?)|sen(?:t|ds))"
        r"\b.{0,25}\bshocks?\b",
    ),
    ("shock", rf"shock(?:ed)? .{{0,25}}\b{_LIVE}\w*"),
    (
        "electr",
        r"\belectric(?:al)? (?:current|jolt|tingl\w+|tickl\w+|hit|buzz|discharge|fault)\b"
        r"|\belectricity .{0,20}\b(?:through|me|hand|arm)\b",
    ),
    ("electrif", r"\belectrif(?:y|ied|ies|ying)\b"),
    ("", r"\b(?:current|corriente|courant) (?:runs?|ran|running|flows?|flowing|goes|went|going|passe\w*)\b"),
    ("tingl", r"\btingl\w+.{0,40}\btouch\w*|\btouch\w*.{0,40}\btingl\w+"),
    ("live", r"\b(?:case|casing|metal|housing|frame|body|shell|kettle|lamp) (?:is|was) live\b"),
    ("short", r"\bshort[ -]?circuit\w*|\bshorted out\b"),
    (
        "",
        r"\b(?:wires?|wiring|cables?|cord|plug|outlet|socket|adapter|charger)\b (?:\w+ ){0,3}"
        r"(?:exposed|bare|black|frayed|hot|glow\w*|blackened)\b",
    ),
    ("", r"\b(?:exposed|bare|frayed|live) (?:\w+ )?(?:wires?|wiring|cables?)\b"),
    ("fuse", r"\bfuse blew\b|\b(?:blew|blown|tripped|melted) (?:the|a|my|our) (?:\w+ )?fuse"),
    ("breaker", r"\b(?:blew|tripped|trips) (?:the|a|my|our) (?:\w+ )?breaker"),
    ("electric", r"\bfe(?:el|els|lt) (?:\w+ ){0,3}electric\w*"),
    # heat, fire, gas
    (
        "",
        r"\b(?:cord|cable|charger|plug|adapter|battery|socket|outlet|insulation|wires?) (?:\w+ ){0,4}"
        r"(?:warm|hot|dripp\w+|glow\w*)\b",
    ),
    (
        "",
        r"\b(?:steam|boiling|oil|water|coffee|tea|soup|liquid|chemicals?|glue|bleach) (?:\w+ ){0,6}"
        rf"(?:over|on|onto|in|into) {_MY} (?:\w+ )?{_FLESH}\b",
    ),
    ("blew", r"\bblew up\b|\bblew out .{0,20}\b(?:socket|outlet|fuse|plug)\b"),
    ("blow", r"\bblow(?:n|s|ing)? up\b"),
    (
        "batter",
        r"\b(?:popp?ed|burst|leak\w*|bulg\w*|swel\w+|swoll\w+|puff\w*|hiss\w*)\b.{0,25}\bbatter(?:y"
        r"|ies)\b",
    ),
    (
        "batter",
        r"\bbatter(?:y|ies)\b.{0,40}\b(?:leak\w*|swel\w+|puff\w*|bulg\w*|expand\w*|inflat\w*"
        r"|deform\w*|burst|popp?ed|acid|hot|hiss\w*)\b",
    ),
    (
        "hot",
        r"\b(?:so|too|very|extremely|really|super|insanely|crazy|unbearably|dangerously|boiling"
        r"|burning|red|gets|got"
        r"|getting|became|becomes|becoming|turned|went|goes|runs|running) (?:\w+ )?hot\b"
        r"(?! (?:water|wheels|pot|plate|pack))",
    ),
    ("hot", r"\bhot (?:to|2) (?:the )?(?:touch|hold)\b|\bhot enough to\b|\bboiling (?:hot )?(?:water|oil)\b"),
    ("over he", r"\bover hea?e?t\w*"),
    ("scolded", r"\bscolded (?:\w+ ){0,4}(?:water|steam|tea|coffee|oil)\b"),
    (
        "smel",
        r"\bsmel\w* .{0,25}\b(?:burn\w*|smok\w+|gas|melt\w*|fire|chemicals?|electrical|brul\w+"
        r"|quemad\w+)\b",
    ),
    ("gas", r"\bgas (?:leak\w*|smell)|\b(?:leak\w*|smells? of) gas\b"),
    ("monoxide", r"\bcarbon monoxide\b"),
    ("fire", r"\bfire (?:brigade|department|fighters?|dept)\b|\bcatch\w* fire\b"),
    (
        "burst",
        r"\b(?:bottle|pipe|tank|can|glass|ball|ty?ire|tyre|kettle|jar|hose|lens|bulb|it) (?:\w+ )"
        r"?burst\b",
    ),
    ("bang", r"\b(?:went|loud|big|huge) bang\b"),
    (
        "glow",
        r"\b(?:it|wires?|coil|plate|pad|blanket|cable) (?:was|is|started|starts|began) (?:\w+ )"
        r"?glow\w*|\bred[ -]?glow\w*",
    ),
    ("court", r"\bcourt[ -]circuit\b"),
    ("incendi", r"\bincendi\w+"),
    ("degree", r"\b(?:first|second|third|1st|2nd|3rd) degree\b"),
    (
        "",
        r"\b(?:wall|wallpaper|table|carpet|bed|floor|shelf|mattress|curtains?|sofa|couch|counter|"
        r"desk) (?:\w+ ){0,2}"
        r"(?:hot|blackened|discolou?red)\b|\b(?:brown|black|scorch|burn) (?:patch|mark|spot|"
        r"ring)\w* on (?:the|my|our) \w+",
    ),
    ("ban", r"\b(?:power ?bank|akku|phone|battery) (?:\w+ ){0,3}(?:sw[eo]ll\w*|puff\w*|bulg\w*)"),
    # breath, senses, help that had to come
    (
        "breath",
        r"\b(?:can'?t|cannot|can not|couldn'?t|could not|stop(?:s|ped)?|not|isn'?t|wasn'?t|hardly"
        r"|barely|hard|trouble"
        r"|difficult\w*|problems?|struggl\w+|unable|short(?:ness)? of) (?:to )?(?:\w+ )?breath\w*",
    ),
    ("throat", r"\bthroat .{0,15}\b(?:clos\w+|tight\w*|swel\w*)"),
    ("out", r"\b(?:pass(?:ed|es|ing)|black(?:ed|ing)|knock(?:ed|s)(?: \w+)?) out\b"),
    ("conscious", r"\blos[te]\w* consciousness"),
    ("threw", r"\bthrew up\b"),
    ("throw", r"\bthrow(?:ing?|n|s)? up\b"),
    ("", r"\b(?:may|might|must|could) have (?:eaten|swallowed|inhaled)\b"),
    (
        "",
        r"\b(?:ate|eaten|eats|chewed up) (?:\w+ ){0,3}(?:of|parts?|pieces?|magnets?|beads?)\b.{0,40}"
        r"\b(?:ill|sick|throw\w*|vet|move|ambulance|doctor)\b",
    ),
    ("", r"\bwo(?:n'?t|uld ?n'?t) (?:wake up|get up|breathe)\b"),
    (
        "end",
        r"\bended up (?:at|with|in) (?:the |a |an )?(?:nurse|doctors?|vets?|clinic|surgery|hospital)\b",
    ),
    ("hang", r"\b(?:finger|toe|nail|skin|thumb|tip)\w* (?:\w+ ){0,3}hanging off\b"),
    ("grow back", r"\b(?:eyebrows?|eyelash\w*|lashes|beard|hair|fringe|nails?|skin)\b.{0,60}\bgrow back\b"),
    ("drove", r"\b(?:nearly|almost) (?:drove|crashed|swerved|went) (?:in|off|on)"),
    ("brake", r"\bunder (?:\w+ )?brake"),
    ("buried", r"\bburied (?:her|him|it|them|our|my)\b"),
    ("put", r"\b(?:had to be|was|were) put (?:down|to sleep)\b"),
    ("", rf"\b(?:made|makes|making) (?:{_WHO}|them) (?:\w+ )?(?:sick|ill|dizzy|numb)\b"),
    (
        "",
        r"\b(?:fell|fall|falling|got|getting|feel|feeling|felt|became) (?:\w+ )?(?:sick|ill|unwell"
        r"|poorly)\b(?! of)",
    ),
    (
        "emergency",
        r"\bemergency (?:room|services?|doctor|department|ward)|\bcall(?:ed|ing)? (?:an? |the |for )"
        r"?emergency",
    ),
    ("er", r"\b(?:to|in|at|from) (?:the )?er\b"),
    ("a&e", r"\ba&e\b"),
    ("icu", r"\bicu\b"),
    ("care", r"\bintensive care\b|\burgent care\b"),
    ("911", r"\b(?:call\w*|dial\w*|rang|phoned?) 911\b"),
    ("112", r"\b(?:call\w*|dial\w*|rang|phoned?) 112\b"),
    ("999", r"\b(?:call\w*|dial\w*|rang|phoned?) 999\b"),
    (
        "",
        r"\b(?:went|go|going|had to|rush\w*|taken|took|take|drove|saw|see|seeing|visit\w*|call\w*|at) "
        r"(?:\w+ ){0,3}"
        r"(?:doctor|dentist|vet|clinic|dermatologist|gp|surgeon)\b",
    ),
    ("surgery", r"\b(?:need\w*|had|required?) (?:\w+ )?surgery\b"),
    ("heart", r"\bheart attack\b"),
    # cuts, blows, falls
    (
        "cut",
        rf"\bcuts? (?:{_WHO}|deep|open|into {_MY}|through {_MY})\b(?! (?:a|some|any|off|short|the|in"
        rf"|price|deal)\b)",
    ),
    ("cut", rf"\bcut(?:s|ting)? (?:\w+ ){{0,3}}{_FLESH}\b"),
    (
        "cut",
        r"\b(?:got|have|has|had|with|deep|nasty|bad|small|tiny) (?:a |some )?(?:\w+ )?cuts?\b"
        r"(?= (?:on|in|from|across|to)\b|$|[.,!?])",
    ),
    ("sharp", r"\bsharp (?:\w+ )?(?:edges?|corners?|metal|plastic|pieces?|points?|bits?|needles?)\b"),
    (
        "",
        rf"\b(?:slic|slash|stab|pierc|punctur|scrap|ripp|tore|torn)\w* (?:\w+ ){{0,2}}{_MY} (?:\w+ )"
        rf"?{_BODY}\b",
    ),
    (
        "",
        r"\b(?:lost|lose|losing|ripped off|tore off|took off) (?:\w+ ){0,2}"
        r"(?:finger\w*|nail|toe|toenail|eye|eyesight|vision|tooth|teeth|sight)\b",
    ),
    (
        "",
        r"\b(?:fingertip|finger|toe|nail|skin) (?:\w+ )?(?:came|ripped|torn|tore|peel\w*|fell) (?:off"
        r"|away)\b",
    ),
    (
        "",
        r"\b(?:chip|crack|knock|br[eo]ak|broke)\w*(?: out| off)? (?:\w+ ){0,2}"
        r"(?:tooth|teeth|nose|wrist|arm|leg|ankle|hip|ribs?|bones?|toe|finger)\b",
    ),
    (
        "",
        rf"\b(?:hit|struck|smacked|fell on(?:to)?|landed on|slammed|smashed) "
        rf"(?:{_WHO}|my (?:\w+ )?{_BODY}|in the (?:face|eye|head))\b(?! (?:with|up)\b)",
    ),
    (
        "",
        r"\b(?:in|into|hit|down|of) (?:my|his|her|the|our|their|your|\w+'s) (?:\w+ )?(?:eyes?|throat|windpipe"
        r"|mouth|airway)\b",
    ),
    (
        "",
        rf"\b(?:stuck|caught|trapped|tangled|wrapped) (?:\w+ )?(?:in|around|between) {_MY} (?:\w+ )"
        rf"?{_BODY}\b",
    ),
    (
        "hair",
        r"\bhair (?!dry|drier|brush|clip|straight|curl|trim|iron|band)"
        r"(?:\w+ ){0,2}(?:caught|pulled|ripped|stuck|fell out|falling out)\b",
    ),
    ("slip", r"\bslipped (?:and|on|because|off|over|while)\b"),
    ("", r"\b(?:i|he|she|we|they) (?:\w+ )?(?:crashed|tripped|stumbled|slipped|fainted)\b(?! (?:my|up))"),
    ("fell", r"\b(?:i|he|she|we|they|mum|mom|dad|mother|father) fell\b(?! in love| for)"),
    ("black eye", r"\bblack eye\b"),
    (
        "pain",
        r"\b(?:in|lots? of|so much|severe|terrible|horrible|sharp|bad|awful|constant|strong|causes?"
        r"|caused|gave me"
        r"|gives me) pain\b",
    ),
    (
        "",
        r"\b(?:needles?|(?:pieces?|bits?) of (?:glass|metal|plastic)|glass|metal pieces) in (?:the|my"
        r"|our|his|her|it)\b",
    ),
    (
        "",
        r"\b(?:can'?t|cannot|couldn'?t) (?:move|feel|see|hear) (?:\w+ (?:of )?){0,2}(?:my|anything|with|"
        r"out of)\b",
    ),
    ("lost", r"\blost (?:all )?(?:feeling|sensation|hearing)\b"),
    ("vision", r"\bblurr(?:y|ed) vision\b"),
    ("ran over", rf"\bran over (?:{_WHO})\b"),
    ("chest", r"\bchest (?:\w+ )?pains?\b"),
    ("heart", r"\bheart (?:\w+ )?(?:racing|pounding)\b"),
    ("turn", r"\b(?:he|she|baby|face|lips) (?:\w+ )?turn(?:ed|ing)? (?:\w+ )?(?:blue|purple)\b"),
    ("blue", rf"\b(?:he|she|{_BEING[3:]} (?:went|turned|goes|going|was) (?:\w+ )?blue\b"),
    (
        "off",
        r"\b(?:eyes?|buttons?|nose|beads?|parts?|pieces?|wheel) (?:\w+ )?(?:come|came|comes|fell|"
        r"falls) off (?:the|his|her) "
        r"(?:teddy|bear|doll|toy|rattle|dummy|pacifier)\b",
    ),
    (
        "neck",
        r"\b(?:cord|string|strap|ribbon|rope|cable|lead|leash)\b.{0,40}\b(?:round|around) (?:his|her|"
        r"their|my|the) neck\b",
    ),
    ("", r"\bkeel(?:ed|ing) over\b|\bpounding head\b"),
    # skin
    ("red mark", r"\bleft (?:me with )?(?:a |some )?red marks?\b"),
    ("", rf"\b(?:marks?|spots?|bumps|scratches|cuts?) (?:\w+ )?on {_MY} (?:\w+ )?{_BEING}\b"),
    (
        "",
        r"\b(?:sore|stiff|aching|swelled) (?:neck|back|shoulders?|knees?|arms?|wrists?) (?:after"
        r"|since|from|because)\b",
    ),
    (
        "",
        r"\b(?:skin|contact|chemical|eye) (?:\w+ )?(?:reaction|infection|irritation|problem|reacted"
        r"|damage)\b",
    ),
    ("skin", r"\b(?:infection|irritation|redness|reaction) (?:\w+ ){0,3}skin\b"),
    ("out", r"\bbr(?:eaking|oke|oken) out in\b"),
    ("reaction", r"\b(?:bad|severe|nasty|strong|awful|terrible) reaction\b"),
    # life
    (
        "",
        r"\b(?:nearly|almost|could(?: have|'ve)?|about to|might(?: have)?|going to|would have"
        r"|wan(?:na|t to|ted to)) "
        r"(?:\w+ )?(?:die|died|dead|kill\w*)\b(?! (?:laughing|for|off))",
    ),
    ("kill", rf"\bkill(?:s|ed|ing)? (?:{_OTHER}|a child|children)\b"),
    ("death", r"\bdeath ?trap\b"),
    ("", r"\blife[ -]threatening\b|\brisk\w* (?:my|his|her|our) (?:life|lives)\b"),
    ("recall", r"\b(?:safety|product|been|is|was|this) recall(?:ed)?\b"),
    ("safe", r"\b(?:not|isn'?t|is not|wasn'?t) (?:\w+ )?safe\b(?! for work)"),
    (
        "safe",
        r"\b(?:still|it|this|that) safe to (?:keep|continue|still|touch|plug|charge|sleep|use|leave "
        r"(?:it|them) (?:on|plugged|in))\b",
    ),
    ("button", r"\bbutton (?:batter|cell)\w*"),
    # Spanish
    ("", r"\b(?:intoxic|hinch|sangr|asfixi|atragant|electrocut|explot|derriti|derret|ampoll|lesion)\w+"),
    ("quem", r"\bquem(?:o|a|e|ado|ada|aron|ando|arse|aba|an)\b"),
    ("prendio", r"\bprendio (?:\w+ )?fuego"),
    ("cort", r"\b(?:me|se|le) (?:corte|corto|he cortado|ha cortado)\b"),
    ("trag", r"\bse (?:lo |la )?(?:trago|ha tragado)\b"),
    ("caliente", r"\b(?:muy|demasiado|super) caliente\b"),
    ("calient", r"\bse (?:sobre)?calienta\b"),
    ("calent", r"\bsobrecalent\w+"),
    ("calambre", r"\bcalambres?\b"),
    ("dano", r"\b(?:hizo|hace|hecho) dano\b"),
    # French
    ("", r"\b(?:intoxiqu|etouff|saign|electrocut)\w+|\bbless(?:e|ee|es|ent|ure|ures)\b"),
    ("brul", r"\bbrul(?:e|ee|es|er|ure|ures|ant|ait|ent)\b"),
    ("coup", r"\b(?:suis|s'est|m'a|l'a) coupee?\b"),
    ("sang", r"\b(?:du|en|de|mon|le) sang\b"),
    ("choc", r"\bchoc (?:electrique|anaphylactique)\b"),
    ("chau", r"\b(?:tres|trop|si) chaude?\b|\bchauffe (?:trop|beaucoup|enormement)\b"),
    ("mal", r"\b(?:s'est|me suis|m'a|lui a|nous a) (?:\w+ )?(?:fait )?mal\b"),
    # German
    ("", r"\b(?:verbrann|verbren|verbruh|verletz|vergift|explodier|entzund|geschwoll|gequetsch)\w+"),
    ("brannt", r"\b(?:ver|ge|ab|an|aus)?brannte?n?\b"),
    ("brenn", r"\b(?:ver)?brenn(?:t|en|ung|ungen|end)\b"),
    ("brand", r"\b(?:ein|einen|einem|den|zum|vom|beim) brand\b|\bin brand ge\w+"),
    ("schlag", r"\belektrische\w* schlag\b|\beinen (?:\w+ )?schlag (?:bekommen|gekriegt|gegeben)"),
    ("gewischt", r"\beine gewischt"),
    ("geschnitten", r"\b(?:mich|sich|mir|dich|finger|hand) (?:\w+ ){0,4}geschnitten\b"),
    ("heiss", r"\b(?:sehr|zu|so|extrem|total|richtig|wurde|wird) (?:\w+ )?heiss\b"),
    ("weh", r"\bweh ?(?:getan|tut)\b|\btut (?:\w+ )?weh\b"),
    ("atmen", r"\b(?:kaum|nicht|schlecht) (?:\w+ )?atmen\b"),
    ("", r"\bquaddel\w*|\batemnot\b|\b(?:kaum|keine|schlecht|wenig) luft\b"),
    ("arzt", r"\b(?:zum|beim|vom) (?:\w+ )?arzt\b"),
)
