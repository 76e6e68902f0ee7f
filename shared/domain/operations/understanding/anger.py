"""How angry a message is, 0 to 100 (flow ops-3). Shouting and exclamation marks never lower it."""

import re

_INSULT = re.compile(
    r"\b(scam\w*|fraud\w*|thie(f|ves)|steal\w*|stole|liars?|lying|furious|outrag\w*|disgust\w*|idiots?"
    r"|rip[\s-]?off|bullshit|morons?|muppets?|clowns?|crooks?|cowboys?|cheats?|fools?|incompetent|stupid"
    r"|fuming|swindl\w*|wtf|bunch of|garbage|worst \w+ ever|never write|escrocs?|voleurs?|arnaque\w*|pfuscher"
    r"|betruger|abzocke|sinverguenzas|porqueria|ladrones|estaf\w+)\b"
)
_STRONG = re.compile(
    r"\b(unacceptable|ridiculous|pathetic|worst|shame|unbelievable|joke|trash|crap|damn|useless|horrible"
    r"|terrible|awful|never again|(sick|tired) of|fed up|had enough|junk|rubbish|kidding|lot of you"
    r"|treated like|never pick up|answer me|inadmissible|honteux|unverschamt|vergonzoso)\b"
)
_THREAT = re.compile(
    r"\b(lawyers?|attorney|sue|suing|court|police|everybody will|every review|review sites?|anwalt|abogado"
    r"|denuncia\w*|porte plainte|consumer (office|protection|affairs)|better business|bbb)\b"
)
_HINTED_THREAT = re.compile(
    r"\b(report(ing)? you|charge ?back|(go to )?my bank|(one|1) star|(bad|negative) review|review pages?"
    r"|trustpilot|social media|ma banque)\b"
)
_MILD = re.compile(
    r"\b(disappoint\w*|annoy\w*|frustrat\w*|upset|unhappy|not (happy|impressed|amused|good enough)|rude"
    r"|angry|still (no|not|nothing|waiting)|(nobody|no one) \w+|no (answer|reply|response)|seriously"
    r"|(second|third|fourth|fifth|2nd|3rd|4th) (time|day)|third time|(two|three|four|\d) times|"
    r"what is going on"
    r"|taking forever|over the fence|expected better|yesterday already|a robot|drives me|done waiting"
    r"|poor show|tired|how hard|in a row|asked twice|four days running|days running|toxic|far from"
    r"|for a week now|it has been|let down|on purpose|is there anything|on day (one|two|\d+)|hums all|"
    r"so much for"
    r"|second one|the least|says .label created|take it back|home all day|get rather|going to have to"
    r"|mecontente?|decue?|pas serieux|enttausch\w*|reicht es|keiner|nadie \w+|(tercera|cuarta) vez"
    r"|schon (zwei|drei)mal|contesta)\b"
)
_HINT = re.compile(
    r"\b(again|twice|poor|cheap|broken|waste|fray\w*|ate my|double charge|how long|(two|three|four|\d+) weeks"
    r"|late|does ?n.?t work|bad|wrong)\b"
)
_POLITE = re.compile(
    r"\b(please|thank(s| you)?|kind regards|best regards|appreciate|would you mind|could you)\b"
)
_WORTH = ((_INSULT, 86), (_THREAT, 86), (_STRONG, 52), (_HINTED_THREAT, 46), (_MILD, 44))
_MORE, _MOST_MORE = 12, 3
"""What every further word adds to the worst one, and how many count."""
_HINT_WORTH = 10
_SHOUTING, _MARK = 36, 5
_POLITE_TAKES = 4


def anger(text: str, plain: str) -> int:
    """Score a message; `plain` is its text in plain letters, `text` as it was written."""
    found = [worth for words, worth in _WORTH for _ in {each.group() for each in words.finditer(plain)}]
    heat = max(found, default=0) + _MORE * min(max(0, len(found) - 1), _MOST_MORE)
    heat += _HINT_WORTH * min(len({each.group() for each in _HINT.finditer(plain)}), 2)
    heat -= _POLITE_TAKES * min(len(_POLITE.findall(plain)), 2)
    return max(0, min(100, max(0, heat) + _loudness(text)))


def _loudness(text: str) -> int:
    words = re.findall(r"[^\W\d_]{3,}", text)
    shouted = [word for word in words if word.isupper()]
    loud = len(shouted) >= 2 and 2 * len(shouted) >= len(words)
    emphasised = bool(shouted) and not loud
    marks = min(text.count("!"), 5) + (2 if "?!" in text or "??" in text else 0)
    return (_SHOUTING if loud else 8 if emphasised else 0) + _MARK * max(0, marks - 1) + (marks > 0)
