"""Words as data: what alarms, alone or beside a body, what only sounds like danger, what mails are about."""


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
    allergique hopital blesse blessee blessure decharge etouffe dangereux verbrannt verbrennung
    brennt gebrannt feuer rauch explodiert allergisch krankenhaus blut verletzt verletzung
    stromschlag vergiftet erstickt gefahr gefahrlich geschmolzen qualmt gequalmt verbrennungen geplatzt
    funken notaufnahme ausschlag hautausschlag geschwollen ohnmachtig urgencias ronchas hinchado
    hinchados hinchada hinchadas sarpullido llamas quemaduras chispas trago tragado asfixio brulures
    flammes etincelles urgences avale etouffe electrocute alight wheezing wheezed wheeze welts epipen
    antihistamine heimlich monoxide lifeless unresponsive zapt blistering chocking chocked smoulder smolder fainting
    hissing bruising
    """
)
"""Whoever writes one of these is looked after, unless a figure of speech explains it."""

PHRASES = (
    r"(set|caught|catch\w*|went\s+up\s+in)\b.{0,40}\b(fire|alight|flames)",
    r"electric\w*\s+(jolt|shock)|\bjolt\b.{0,30}\b(when|from)",
    r"such\s+a\s+shock\s+that",
    r"(turn(ed|s|ing)?|went|goes|gone|going)\s+(all\s+|completely\s+)?(blue|purple)\b(?!\s+(in|with|and|to))",
    r"(throat|airways?)\s+(\w+\s+)?(clos\w*|swell\w*|swoll\w*|tight\w*|narrow\w*)",
    r"keel\w*\s+over|(passed|blacked|knocked)\s+(\w+\s+)?out\b",
    r"\b(in|to|at)\s+(the\s+)?(er|a\s*&\s*e|emergency|casualty)\b",
    r"(cord|string|strap|cable|rope|loop|ribbon|lead)s?\b.{0,50}\ba?round\s+(his|her|its|my|their|the)\s+"
    r"(\w+'?s?\s+)?(neck|throat)",
    r"(wall|socket|outlet|worktop|carpet|wallpaper|mattress)\b.{0,40}\b(hot|black\w*|brown|scorch\w*)",
    r"(batter(y|ies)|akku|power\s?b\w{2,4})\b.{0,40}\b(sw[oe]l+\w*|puff\w*|bal+o+n|hiss\w*|burst|hott?)\b",
    r"(too|2|so|very)\s+hot\s+(to|2)\s+(touch|hold|wear)",
    r"(can'?t|cannot|couldn'?t|can\s+not)\s+(feel|move)\s+(my|his|her)",
    r"(hardly|barely|struggl\w*\s+to|stopped)\s+breath\w*",
    r"pounding\s+head",
    r"(lodged|stuck)\s+in\s+(his|her|its|my|their|the)\b",
    r"(back|bottom)\s+of\s+(his|her|my|the)\s+throat",
    r"(cut|slic\w*|stab\w*|prick\w*|burn\w*|scratch\w*|pok\w*)\s+(me|myself|him|himself|herself|her|us|"
    r"them)\b",
    r"(into|through)\s+(my|his|her|their)\s+(\w+\s+)?(finger\w*|thumb|palm|hand|foot|eye|leg|arm|toe|skin)\b",
    r"(in|up)\s+(my|his|her)\s+(\w+\s+)?(eyes?|nose|thum\w?|finger\w*|foot)\b",
    r"sharp\s+(metal|plastic|splinters?)",
    r"(nearly|almost|could\s+have|could'?ve|might\s+have)\s+(\w+\s+)?(died|drowned|blinded|"
    r"lost\s+(an?|my|his|her)\s+(eye|finger|hand))",
    r"\b(a|loud|big)\s+bang\b(?!\s+for)",
    r"(trip\w*|blew|blown)\s+(all\s+)?(the|my|our|a)\s+(\w+\s+)?(electric\w*|fuses?|breakers?|power)\b",
    r"safety\s+(hazard|risk)s?",
    r"kill(ed|s)\s+(my|our|the)\s+(dog|cat|puppy|kitten|pet|bird|parrot|hamster|rabbit|fish|son|"
    r"daughter|baby)",
    r"\b(my|his|her)\s+(lower\s+|upper\s+|whole\s+)?back\b.{0,30}\b(burn|hurt|pain|red\b|sore|injur)\w*",
    r"s'est\s+coupe|me\s+suis\s+coupe|(se|me)\s+cort[eo]\b|geschnitten",
    r"\bder\s+brand\b|brand\s+ausgebrochen|(finger|arm|hand|hande|lippe|bein)\b.{0,30}\btaub",
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
    r"(is|was|it)\s+(it\s+)?(still\s+)?safe\s+(to|for)\b(?!\s+(the\s+|an?\s+|my\s+)?(dish|microwave|pay|wash|"
    r"freez|oven|order|assume|say|tumble|machine|iron|fridge|delicate))",
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
    crushed broke numb fever sick irritated irritation tingling overheated reaction peeling peels
    pealing raw crusty weep weeping weeps puffed puffy puff swollen slice sliced slices jolt bumps itch
    itches scar tingle tingles pus infected infection blind blinded closed purple blue burning brunt
    brun
    """
)
"""What alarms beside a body, a child or an animal."""

BODIES = _words(
    """
    skin neck hand hands finger fingers fingertip fingertips face eye eyes arm arms leg legs foot feet
    lobe lobes earlobe earlobes eyelid eyelids lap forehead chin stomach belly ankle elbow shoulder
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
    stuck trapped choked fell sick ill unwell fever pinched bit crushed shocked shock jolt cut
    overheated poorly limp
    """
)
"""What alarms beside a child, an animal or somebody of the family, besides `ALWAYS`."""
NEAR = 6
"""Words between the two."""

FIGURES = (
    r"burn(t|ed)\s+(orange|umber|sienna|red|caramel|sugar|clay|rose|gold)",
    r"\b(fire|flame|smoke|smoky|smoked|blood|lava)[\"'\s-]+(red|orange|grey|gray|black|blue|engine|glass|"
    r"tint\w*|colou?r\w*|finish|version|effect|shade)",
    r"fire\s*(pit|guard|wood|escape|engine|truck|man|men|fly|flies|side|light|house|station|proof\w*|"
    r"resist\w*|retard\w*|extinguisher)s?\b",
    r"(flame|heat)[\s-]*(proof|resist\w*|retard\w*)",
    r"smoke[\s-]*(free|detectors?|alarms?)\b(?!\s+(went|go|is|was))|non[\s-]*smok\w+",
    r"(?<!there )\b(are|is|was|were|looks?|pure|straight|absolute)\s+(so\s+|pure\s+|straight\s+|absolute\s+)?"
    r"fire\b(?!\s*(hazard|risk|brigade|alarm|damage|and|in|from|under|coming))",
    r"(team|staff|guys|people|you|service|support|shop|store|they)\s+(is|are|were|was)\s+(\w+\s+)?on\s+fire\b"
    r"(\s*firemark)*",
    r"(candles?|tea\s?lights?|wicks?|incense)\s+(\w+\s+){0,2}burns?\s+(for|time|long|clean\w*|even\w*|"
    r"slow\w*|"
    r"fast|down|\d+)",
    r"burn(ing)?\s+(times?|duration|hours)\b|how\s+(long|many\s+hours)\s+(\w+\s+){0,5}burns?\b",
    r"(won'?t|not)\s+be\s+burning",
    r"\b(burns?|blood|sparks?|blaze|flint|cutter|hospital|fire)\s+(avenue|ave|street|st|road|rd|lane|ln|"
    r"drive|"
    r"close|court|way|place|hill|terrace|gardens|crescent|row)\b",
    r"(deliver|ship|send)\w*\s+(it\s+|them\s+|this\s+)?to\s+(the\s+|my\s+|our\s+)?hospital\b",
    r"hospital,?\s+((main|front)\s+)?(where\s+(i|we|he|she)\s+work\w*|reception|ward|entrance|building|"
    r"staff)",
    r"explosive\s+(\w+\s+)?(growth|traffic|offers?|sale|deals?|results?)",
    r"(quality|price|service|attitude|support|size|delay|colou?r|bill|total)\w*\s+(\w+\s+)?shock(ed|"
    r"s)\s+(me|us)",
    r"(had|have|having|was|is|it'?s|what)\s+a\s+(\w+\s+)?blast",
    r"wound\s+(up|around|round|tight\w*)",
    r"hand[\s-]?cut|cut\s+(glass|price)|short\s?cut",
    r"(hyaluronic|citric|salicylic|lactic|amino|ascorbic|glycolic|fatty)\s+acids?|acid[\s-]+(wash\w*|green|"
    r"yellow|free|house)",
    r"bang\s+for\s+(the|your|my|our)\s+buck",
    r"heart\s+attack\s+(when|at)\b|hot\s+water\s+bottles?",
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
    r"shock(ed|ing(ly)?)\s+(at|by|how|when|to\s+see|to\s+find|that|about)",
    r"shock\s+(at|when\s+i\s+(saw|read|got)|to\s+(see|find|read))",
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

KEY_WORDS = _words(
    """
    order ordered address refund return returned cancel cancelled money payment parcel package
    delivery delivered deliver tracking track arrive arrived received receive shipping shipped
    status where when damaged broken defective wrong replace replacement exchange product invoice
    street different another change changed update moved send back size colour compatible battery
    please person manager disappointed terrible ridiculous complaint quality
    """
)
"""What customers write about, as it is spelt."""
ENGLISH = _words("the my it is and i on to of in you your for was this that with not me from")
FOREIGN = _words(
    """
    el la los las que de en un una y mi por con no se es le les des du et est pas je une mon ma pour ne
    der die das und ich ist nicht ein eine mein meine mir bei zu von mit auf den dem es wir
    """
)
"""The little words by which the languages of customers are told apart from English."""
