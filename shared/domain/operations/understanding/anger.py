"""How angry a message is, 0 to 100 (flow ops-3). Shouting and exclamation marks never lower it."""

import re

from shared.domain.patterns import Pattern

_INSULT = Pattern(
    r"\b(?:scam(?:s|mer|mers|ming)?|fraud\w*|thie(?:f|ves)|steal\w*|stole|liars?|lying|idiots?|morons?|"
    r"clowns?|crooks?"
    r"|cheats?|cowboys|muppets?|stupid|wankers?|bastards?|shame on you|disgusting|garbage|wtf|bullshit|"
    r"fuck\w*|shit\w*"
    r"|worst (?:shop|store|company|service|online|experience|ever|seller)|fuming|furious|outrag\w*|"
    r"never been treated"
    r"|are you (?:kidding|serious|joking|blind)|do you even|rip ?off artists?|incompeten\w*|pathetic|"
    r"swindl\w*"
    r"|estafa\w*|sinverguenzas?|ladron\w*|arnaque\w*|escrocs?|voleurs?|betrug\w*|betruger|abzocke\w*|pfuscher"
    r"|frechheit|unverschamt\w*)\b"
)
_THREAT = Pattern(
    r"\b(?:lawyers?|attorney|sue|suing|in court|to court|police|(?:report|reporting) you|small claims|"
    r"trading standards"
    r"|(?:file|filing|open|opening|start|do) a (?:chargeback|dispute|claim)|(?:go to|call|ask|tell|"
    r"contact) my bank"
    r"|my bank and|consumer (?:office|protection|affairs|rights)|better business|bbb|leave one star|"
    r"every ?(?:body|one)"
    r" will (?:know|read|hear)|review (?:site|page)s?|trustpilot|social media|(?:bad|"
    r"negative) reviews? everywhere"
    r"|anwalt|polizei|abogado|denuncia\w*|avocat|porte plainte|je previens ma banque)\b"
)
_STRONG = Pattern(
    r"\b(?:unacceptable|ridiculous|useless|horrible|terrible|awful|never again|sick (?:of|and tired)|"
    r"fed up|had enough"
    r"|disgrace\w*|unbelievable|a joke|joke of|crap|damn|bloody|trash|junk|rip ?off|worst|seriously|"
    r"shame|no excuse"
    r"|verguenza|honte\w*|inaceptable|inacceptable|unglaublich|porqueria)\b"
)
_GRUMBLE = Pattern(
    r"\b(?:disappoint\w*|annoy\w*|frustrat\w*|upset|unhappy|not happy|not impressed|rude|(?<!not )angry|"
    r"tired of"
    r"|still (?:no|not|nothing|waiting|isn'?t|haven'?t|hasn'?t)|nobody|no one|no (?:answer|reply|"
    r"response)|again"
    r"|(?:second|third|fourth|fifth|2nd|3rd|4th|5th) (?:time|mail|message|e-?mail|day|damaged|broken)"
    r"|(?:two|three|four|five|six|several|many|\d+) (?:times|mails|e-?mails)|never (?:pick|repl\w+|answer\w*)"
    r"|what is going on|(?:taking|takes|took) forever|poor|cheap|wast\w+|fray\w*|my cart|over the fence"
    r"|expected (?:better|more)|yesterday already|(?:a|same) (?:robot|canned)|double charge|drives me|"
    r"done waiting"
    r"|how long (?:do|must|should|will it)|misleading|crash\w*|fix it|shouting|zero help|what kind of|"
    r"threw my|insult"
    r"|great job|wonderful service|fantastic|thanks for nothing|(?:almost|over) (?:two|three|four) weeks"
    r"|another (?:week|month)|days? running|for (?:a|two|three|\d+) weeks?|weeks? late|supposed to|"
    r"nothing like"
    r"|passed between|not a replacement|day one|one day|my \d+ bucks|does anything|treated me|"
    r"fell apart|good enough"
    r"|reicht es|seit \w+ (?:wochen|tagen)|immer noch|enttausch\w*|keiner|mecontente?|decu\w*|"
    r"toujours pas|decepcion\w*"
    r"|molest\w*|nadie|cuarta vez|tercera vez|mala atencion|desde hace|roto|serieux)\b"
)
_POLITE = Pattern(
    r"\b(?:please|thank(?:s| you)?|kind regards|best regards|appreciate|would you mind|could you)\b"
)
_SORTS = ((_INSULT, 86), (_THREAT, 82), (_STRONG, 50), (_GRUMBLE, 44))
"""What a word of a sort makes of a calm message; the worst counts, and the others add a little."""
_OTHER_SORT, _ONCE_MORE, _MOST_MORE = 10, 6, 3
_SHOUTED, _EMPHASISED, _MARK = 30, 6, 5
_SHOUTED_IN_ANGER = 14
_POLITE_TAKES = 3
MOST = 100


def anger(text: str, meant: str) -> int:
    """Score a message; `meant` is its text as it was meant, `text` as it was written."""
    heats = [heat for sort, worth in _SORTS if (heat := _heat(sort, worth, meant))]
    heat = max(heats, default=0) + _OTHER_SORT * max(0, len(heats) - 1)
    polite = sum(1 for _ in _POLITE.finditer(meant))
    return min(MOST, max(0, heat - _POLITE_TAKES * min(polite, 2)) + _loudness(text, in_anger=heat > 0))


def _heat(sort: Pattern, worth: int, meant: str) -> int:
    words = {found.group() for found in sort.finditer(meant)}
    return worth + _ONCE_MORE * min(len(words) - 1, _MOST_MORE) if words else 0


def _loudness(text: str, *, in_anger: bool) -> int:
    words = re.findall(r"[^\W\d_]{3,}", text)
    shouted = sum(word.isupper() for word in words)
    loud = shouted >= 2 and 2 * shouted >= len(words)
    marks = min(text.count("!"), 6) + (2 if "?!" in text or "??" in text else 0)
    volume = _SHOUTED if loud else _EMPHASISED if shouted else 0
    angrily = _SHOUTED_IN_ANGER if loud and (in_anger or marks > 2) else 0
    return volume + angrily + _MARK * max(0, marks - 1) + (marks > 0)
