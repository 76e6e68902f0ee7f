"""The words of danger, as data: what always alarms, what does beside a body, what only sounds like it."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


ALWAYS = _words(
    """
    burn burns burned burnt burning burnded sunburned scald scalds scalded scalding blister blisters
    blistered electrocute electrocuted electrocution zapped zap zaps sparks sparked sparking smoke
    smokes smoked smoking smouldering smoldering flame flames flaming inflamed fire fires ablaze
    ignite ignited ignites explode explodes exploded exploding explosion explosive detonated blast
    melt melts melted melting molten overheat overheats overheated overheating scorch scorched
    scorching singed charred combusted meltdown allergy allergic allergies allergen anaphylaxis
    anaphylactic hives rash rashes itchy swollen swelling swelled eczema dermatitis choke chokes
    choked choking suffocate suffocated suffocating suffocation strangle strangled strangles
    strangling swallow swallowed swallows asphyxiated poison poisoned poisonous poisoning toxic
    toxin intoxicated fumes vomit vomited vomiting vomits nauseous fainted unconscious seizure
    collapsed dizzy bleed bleeds bleeding bled blood bloody stitches wound wounded wounds lacerated
    laceration gash injure injured injures injury injuries hurt hurts hurting harmed maimed
    amputated fracture fractured concussion hospital hospitals hazards dangers hospitalised
    hospitalized ambulance paramedic paramedics shatter shattered shatters acid corrosive dangerous
    danger hazard hazardous unsafe lethal deadly quemo quemado quemadura quema quemaron incendio
    fuego humo explotar exploto alergia alergica alergico sangre herida herido descarga veneno ahogo
    asfixia peligro peligroso brule brulee bruler brulure feu incendie fumee explose allergie
    allergique hopital sang blesse blessee blessure decharge etouffe dangereux verbrannt verbrennung
    brennt gebrannt brand feuer rauch explodiert allergisch krankenhaus blut verletzt verletzung
    stromschlag vergiftet erstickt gefahr gefahrlich geschmolzen
    """
)
"""Whoever writes one of these is looked after, unless a figure of speech explains it."""

PHRASES = (
    r"(electric(al)?|static)\s+shock",
    r"(got|gave|get|getting|received|had)\s+(me\s+|him\s+|her\s+|"
    r"us\s+)?an?\s+(\w+\s+)?(electric\w*\s+)?shock",
    r"e?l+e?[ck]*t+r\w*\s+sho?[ck]+\w*",
    r"shocked\s+(me|him|her|us|my)\b(?!\s+(how|that|to))",
    r"blew\s+up(?!\s+at)",
    r"blown?\s+up",
    r"(popped|burst|swelled up|leak(s|ed|ing)?).{0,25}\bbatter(y|ies)",
    r"batter(y|ies).{0,40}\b(leak\w*|swell\w*|swollen|puffed|bulg\w*|burst|popped|acid|hot)",
    r"(so|too|very|extremely|really|unbearably|dangerously|burning|scorching|"
    r"red)\s+hot\b(?!\s+(pink|deal|item))",
    r"(smell|stink|reek)\w*\s+(like\s+|of\s+)?(\w+\s+){0,2}(burn\w*|smoke|plastic|gas)",
    r"(can'?t|cannot|couldn'?t|could not|can not|hard to|trouble|difficulty)\s+breath\w*",
    r"(emergency\s+room|\ber\s+last|urgent\s+care|poison\s+control|fire\s+(brigade|department|fighters?))",
    r"short[\s-]?circuit\w*",
    r"(wires?|cables?|plug|outlet|socket)\s+(\w+\s+){0,3}(expos\w*|bare|black|frayed|spark\w*|hot|melt\w*)",
    r"(expos\w*|bare|frayed)\s+(wires?|cables?)",
    r"in\s+(his|her|the|its|my\s+\w+'?s?)\s+(mouth|throat|windpipe)",
    r"(is|was|it)\s+(it\s+)?(still\s+)?safe\s+(to|for)\b",
    r"\bnot\s+safe\b",
    r"get(s|ting)?\s+hurt",
    r"(a|ein|en)\s*pris\s+feu",
    r"me\s+quem\w+",
    r"einen\s+schlag\s+bekommen",
)
"""Several words that only together speak of danger."""

NEAR_BODY = _words(
    """
    cut cuts hot red pain painful painfully sore ache aches sting stings stung bite bit pinch
    pinched pinches shock shocked stuck trapped scratch scratched scar mark marks bruise bruised
    crushed broke numb fever sick irritated irritation tingling overheated reaction peeling
    """
)
"""What alarms beside a body, a child or an animal."""

BODIES = _words(
    """
    skin neck hand hands finger fingers face eye eyes arm arms leg legs foot feet back shoulder
    shoulders head hair scalp lip lips mouth throat ear ears thumb wrist chest knee knees toe toes
    tongue nose palm cheek body
    """
)
BEINGS = _words(
    """
    baby child children kid kids son daughter toddler infant newborn boy girl grandson granddaughter
    grandchild nephew niece dog cat puppy kitten pet pets mother mom mum father dad wife husband
    grandmother grandma grandpa
    """
)
NEAR_BEINGS = _words(
    """
    stuck trapped choked fell sick fever pinched bit crushed shocked shock cut overheated
    """
)
"""What alarms beside a child, an animal or somebody of the family, besides `ALWAYS`."""
NEAR = 6
"""Words between the two."""

FIGURES = (
    r"burning\s+(questions?|desire|issue|need)",
    r"burn(ed|t|s|ing)?\s+a\s+hole\s+in\s+(my|the|our)\s+(wallet|pocket|purse|budget)",
    r"burn(ed|t|ing)?\s+(through|out)\b",
    r"(slow|side|back)[\s-]burner",
    r"fire\s*(sale|place|works?|wall|fox|stick|tv|tablet)s?",
    r"(are|is|was|were|you'?re|you\s+guys\s+are)\s+(so\s+|absolutely\s+)?on\s+fire\s+(with|today|lately)",
    r"(is|was|are|were|looks?|so)\s+(pure\s+|straight\s+)?fire\s*(firemark|\!|,|\.|$|where)",
    r"(deal|sale|offer|price|discount|shop|look|outfit|service|love|great|"
    r"awesome)\w*\s*(!|,|\.)*\s*(firemark\s*)+",
    r"fired?\s+(the|your|that|him|her)\s+(driver|courier|agent|employee|support)",
    r"shock(ed|ing(ly)?)?\s+(at|by|how|when|to\s+see|to\s+find|that|about)",
    r"shocking(ly)?\s+(bad|slow|poor|price|service|expensive|customer)\w*",
    r"chok(ed|ing)?\s+(\w+\s+){0,2}when\s+i\s+saw\s+(the|your)\s+(\w+\s+)?(price|cost|bill|total|fee)s?",
    r"chok(ed|ing)?\s+(\w+\s+)?(on|at)\s+(the|your)\s+(\w+\s+)?(price|cost|bill|fee)s?",
    r"(smoke|smoky|smoked)[\s-]+(gr[ae]y|black|blue|colou?r\w*|white|glass)",
    r"blew\s+(my|our)\s+mind",
    r"blew\s+up\s+(at|my\s+(phone|inbox))",
    r"blow\w*\s+up\s+(my|your)\s+(phone|inbox|mail)",
    r"(spark|sparks|sparked|sparking)\s+(joy|my\s+interest|interest|curiosity|ideas?)",
    r"hurts?\s+(my|the|our)\s+(wallet|budget|feelings|eyes|soul|business)",
    r"(doesn'?t|does\s+not|wouldn'?t|won'?t|can'?t)\s+hurt\s+to\s+(ask|try|check)",
    r"allergic\s+to\s+(waiting|bad|your|poor|slow|nonsense|excuses)",
    r"melt(s|ed|ing)?\s+(my|our|her|his)\s+heart",
    r"blood(y|ily)?\s+(pressure|type|orange|hell|useless|ridiculous|joke|slow|late|"
    r"awful|thing|company|refund)",
    r"bloody\s+(?=\w)",
    r"(in\s+)?cold\s+blood",
    r"swallow\w*\s+(the|this|that|your)\s+(cost|price|loss|fee|pride)s?",
    r"(toxic|poisonous)\s+(attitude|service|culture|people|support|staff)",
    r"(injury|insult)\s+to\s+(injury|insult)",
    r"hot\s+(pink|deal|item|seller|topic|off\s+the\s+press)s?",
    r"(heart|side)burn",
    r"free\s+of\s+(toxins?|toxic\w*|allergens?)",
    r"(hypo|non)[\s-]?(allergenic|toxic)",
    r"(toxin|allergen|poison)[\s-]free",
    r"(drop|price|cost|sale)[\s-]dead",
    r"deadline|drop\s+dead",
    r"risk\s+of\s+losing|danger\s+of\s+(running|missing|losing|being\s+late)",
    r"fire\s+up|fired\s+up",
    r"flame\s+(red|orange|colou?r\w*)",
    r"itchy\s+feet|itching\s+to",
)
"""What only sounds like danger. Only these words are passed over; whatever else is said still counts."""

SPELLED_LIKE = _words(
    """
    frame frames flake flakes flare flares blame meets spare shark stark spark explore explored
    explores exploring explorer insure insured insures spoke stoke string swing sling stink blending
    breeding scotch burst bursts bunt buried burger burgers firm firms hires wires tires fired hunt
    hunts hurry hurdle haven chosen choose choker choice chose poise possible person swell swan
    hospitality hospitable smile smiling molded mold rush rushed brush brushes bash dash cash wash
    flash injection inquiry inquire melon meeting smart smooth stroke stoked swapped shower shot
    shorted shelter scatter scattered chatter shutter shattering toxins toner topic tonic brule feud
    five files first fore forest filed fined faint farmed harmless charmed warmed armed plates
    blessed blushed blasted bleach bleached breed bread blend blond gas gates would could beast
    starting exclusive feature featured expanded fixes signed charged charge charges decharge scale
    scaled scales scaling shallow declare declared excluded excluding excludes exclusion decorated
    overhead searched searching search spacing expansion expensive spelling spelled standing sharing
    inflate fewer switched switches exposed exposes exposing expose collapse collapses band brands
    bands scanning cooked confusion strange expanding hides visiting speaking bless blessing framing
    spawning strongly stealing stranger strangers voiding selling fives exploited stacking zipped
    inquiries employed brad braud itch conclusion mailed dagger blinding stretches spanning dancer
    cooking bruce hive brute bloom booked burying fixed fries friend friends finger fingers forces
    shoulder smoother shopping shipping shipped flawless plain claims blank black blocks looking
    hours house hurried injected wonder wondering round rounds sound bound found pound
    """
)
"""Real words that are one letter away from a word of danger."""
