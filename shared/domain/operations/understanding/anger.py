"""How angry a message is, 0 to 100 (flow ops-3). Shouting and exclamation marks never lower it."""

import re

_STRONG = re.compile(
    r"\b(scam\w*|fraud\w*|thie(f|ves)|steal\w*|stole|liars?|lying|furious|outrag\w*|disgust\w*|unacceptable"
    r"|ridiculous|pathetic|worst|idiots?|shame|rip[\s-]?off|unbelievable|joke|garbage|"
    r"trash|crap|damn|wtf|bullshit"
    r"|useless|horrible|terrible|awful|never again|sick of|fed up|had enough|joke of a)\b"
)
_THREAT = re.compile(
    r"\b(lawyers?|attorney|sue|suing|court|police|report(ing)? you|chargeback|"
    r"charge back|my bank|consumer (office|"
    r"protection|affairs)|better business|bbb|one star|1 star|bad review|"
    r"negative review|trustpilot|social media)\b"
)
_MILD = re.compile(
    r"\b(disappoint\w*|annoy\w*|frustrat\w*|upset|unhappy|not happy|rude|angry|still (no|not|nothing|waiting)"
    r"|nobody (answers|replies)|no (answer|reply|response)|again|(second|third|fourth|2nd|3rd|4th) time|twice"
    r"|(two|three|four|\d+) (weeks|times)|never pick up|what is going on|taking forever|poor|cheap|broken"
    r"|waste|fray\w*|ate my|over the fence|expected better|yesterday already|a robot|"
    r"double charge|drives me|done waiting|how long)\b"
)
_POLITE = re.compile(
    r"\b(please|thank(s| you)?|kind regards|best regards|appreciate|would you mind|could you)\b"
)
_STRONG_WORTH, _THREAT_WORTH, _MILD_WORTH = 40, 34, 26
_SHOUTING, _MARK = 26, 5
_POLITE_TAKES = 6


def anger(text: str, plain: str) -> int:
    """Score a message; `plain` is its text in plain letters, `text` as it was written."""
    strong = len({found.group() for found in _STRONG.finditer(plain)})
    threats = len({found.group() for found in _THREAT.finditer(plain)})
    mild = len({found.group() for found in _MILD.finditer(plain)})
    heat = _STRONG_WORTH * min(strong, 2) + _THREAT_WORTH * min(threats, 2) + _MILD_WORTH * min(mild, 2)
    heat -= _POLITE_TAKES * min(len(_POLITE.findall(plain)), 2)
    return max(0, min(100, max(0, heat) + _loudness(text)))


def _loudness(text: str) -> int:
    words = re.findall(r"[^\W\d_]{3,}", text)
    shouted = [word for word in words if word.isupper()]
    loud = len(shouted) >= 2 and 2 * len(shouted) >= len(words)
    emphasised = bool(shouted) and not loud
    marks = min(text.count("!"), 5) + (2 if "?!" in text or "??" in text else 0)
    return (_SHOUTING if loud else 8 if emphasised else 0) + _MARK * max(0, marks - 1) + (marks > 0)
