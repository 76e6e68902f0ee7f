"""The Graph of Needs: what must be made, wrapped and brought, and in which order."""

from dataclasses import dataclass, field

from shared.domain.intents.lexicon import Hit, Tag
from shared.domain.intents.models import EntityType, Need, NeedKind
from shared.domain.intents.sentence import Sentence
from shared.domain.intents.tokens import Kind

_KINDS = {
    Tag.PRODUCT: NeedKind.PRODUCT,
    Tag.SERVICE: NeedKind.SERVICE,
    Tag.CUSTOMIZATION: NeedKind.CUSTOMIZATION,
    Tag.PACKAGING: NeedKind.PACKAGING,
    Tag.DELIVERY: NeedKind.DELIVERY,
}
_ENTITY = {
    Tag.PRODUCT: EntityType.PRODUCT, Tag.SERVICE: EntityType.SERVICE,
    Tag.CUSTOMIZATION: EntityType.CUSTOMIZATION,
    Tag.PACKAGING: EntityType.PACKAGING, Tag.DELIVERY: EntityType.DELIVERY, Tag.COLOUR: EntityType.COLOUR,
    Tag.STYLE: EntityType.STYLE,
}  # fmt: skip
_GENERIC = {"gift", "party supply"}


@dataclass
class Phrase:
    """A product or service with its modifiers: tokens `[first, last)`, head hit, colour and attributes."""

    head: Hit
    first: int
    last: int
    colours: list[str] = field(default_factory=list)
    attributes: list[str] = field(default_factory=list)
    quantity: int = 1
    words: str = ""


def read_phrases(s: Sentence, quantities: dict[int, int], *, loose: bool = True) -> list[Phrase]:
    """Find the noun phrases of products and services; merges "chocolate cake" and "bouquet of roses".

    `loose` gives colours and styles that stand elsewhere in the sentence to the nearest phrase.
    """
    phrases: list[Phrase] = []
    for hit in s.of(Tag.PRODUCT, Tag.SERVICE):
        if any(s.owner[hit.first : hit.last]):
            continue
        last = phrases[-1] if phrases else None
        if last and hit.tag is last.head.tag and (last.last == hit.first or _is_of(s, last.last, hit.first)):
            joined_of = last.last != hit.first
            if joined_of:
                quantities.pop(hit.first, None)
            last.head = last.head._replace(value=hit.value) if joined_of else hit
            last.last = hit.last
            continue
        phrases.append(Phrase(hit, hit.first, hit.last))
    for phrase in phrases:
        _modifiers_before(s, phrase)
    phrases = _without_decoration(s, phrases)
    for phrase in phrases:
        phrase.quantity = next((n for at, n in quantities.items() if phrase.first <= at < phrase.last), 1)
    for phrase in phrases:
        s.claim(_ENTITY[phrase.head.tag], phrase.head.value, *_noun(s, phrase))
    if loose:
        _modifiers_after(s, phrases)
    for phrase in phrases:
        noun = s.words(*_noun(s, phrase))
        phrase.words = " ".join([*phrase.attributes, *phrase.colours, noun])
    return phrases


_ON_TOP = {
    "on",
    "inside",
    "filling",
    "frosting",
    "icing",
    "topping",
    "in",
    "design",
    "print",
    "pattern",
    "decoration",
}
_IT = {"it", "top", "them", ""}


def _without_decoration(s: Sentence, phrases: list[Phrase]) -> list[Phrase]:
    """Fold "a cake with pink flowers on it" into the cake: what sits on a thing is no need of its own."""
    kept: list[Phrase] = []
    for phrase in phrases:
        carried = s.word(phrase.first - 1) == "with" and s.word(phrase.last) in _ON_TOP
        if kept and carried and (s.word(phrase.last) not in {"on", "in"} or s.word(phrase.last + 1) in _IT):
            kept[-1].attributes.append(s.words(phrase.first, phrase.last))
            for i in range(phrase.first, phrase.last):
                s.owner[i] = EntityType.STYLE
        else:
            kept.append(phrase)
    return kept


def _noun(s: Sentence, phrase: Phrase) -> tuple[int, int]:
    """The tokens of the noun itself, without modifiers before it."""
    first = next(
        (
            i
            for i in range(phrase.first, phrase.last)
            if (h := s.hit_at.get(i)) and h.tag in {Tag.PRODUCT, Tag.SERVICE}
        ),
        phrase.first,
    )
    return first, phrase.last


def _is_of(s: Sentence, end: int, start: int) -> bool:
    """Whether "bouquet of twelve red roses" is one thing."""
    return s.word(end) == "of" and start - end <= 4


def _modifiers_before(s: Sentence, phrase: Phrase) -> None:
    at = phrase.first - 1
    while at >= 0:
        hit = s.hit_at.get(at)
        if s.owner[at] is not None or s.tokens[at].kind is Kind.NUMBER:
            break
        if hit and hit.tag is Tag.COLOUR:
            phrase.colours.insert(0, hit.value)
        elif hit and hit.tag is Tag.STYLE:
            phrase.attributes.insert(0, s.words(hit.first, hit.last))
        elif hit is None and s.tokens[at].kind is Kind.WORD:
            phrase.attributes.insert(0, s.tokens[at].word)
        elif s.word(at) in {"and", ",", "-", "&"} and _is_modifier(s, at - 1):
            at -= 1
            continue
        else:
            break
        at = (hit.first if hit else at) - 1
        phrase.first = at + 1
    for i in range(phrase.first, phrase.last):
        hit = s.hit_at.get(i)
        if hit and hit.first == i and hit.tag in {Tag.COLOUR, Tag.STYLE} and s.owner[i] is None:
            s.claim(_ENTITY[hit.tag], hit.value, hit.first, hit.last)


def _is_modifier(s: Sentence, at: int) -> bool:
    hit = s.hit_at.get(at)
    return hit is not None and hit.tag in {Tag.COLOUR, Tag.STYLE} and s.owner[at] is None


def _modifiers_after(s: Sentence, phrases: list[Phrase]) -> None:
    """Give loose colours and styles ("roses in pink") to the phrase before them, else to the first."""
    for hit in s.of(Tag.COLOUR, Tag.STYLE):
        if any(s.owner[hit.first : hit.last]):
            continue
        s.claim(_ENTITY[hit.tag], hit.value, hit.first, hit.last)
        owner = next((p for p in reversed(phrases) if p.last <= hit.first), phrases[0] if phrases else None)
        if owner is None:
            continue
        if hit.tag is Tag.COLOUR:
            owner.colours.append(hit.value)
        else:
            owner.attributes.append(hit.value)


def read_extras(s: Sentence) -> list[Hit]:
    """Find customization, packaging and delivery words, one per value."""
    extras: dict[tuple[Tag, str], Hit] = {}
    for hit in s.of(Tag.CUSTOMIZATION, Tag.PACKAGING, Tag.DELIVERY):
        if not any(s.owner[hit.first : hit.last]):
            s.claim(_ENTITY[hit.tag], hit.value, hit.first, hit.last)
            extras.setdefault((hit.tag, hit.value), hit)
    return list(extras.values())


@dataclass(frozen=True)
class Implied:
    """What the sentence implies without saying it."""

    gift_for: str | None = None
    delivery: bool = False
    quantity: int = 1


def graph(s: Sentence, phrases: list[Phrase], extras: list[Hit], implied: Implied) -> tuple[Need, ...]:
    """Build the graph: customize after making, wrap after customizing, deliver last."""
    specific = [p for p in phrases if p.head.value not in _GENERIC or p.attributes or len(phrases) == 1]
    made: list[Need] = []
    for p in specific or phrases[:1]:
        made.append(_need(made, _KINDS[p.head.tag], p.words, p.head.value, quantity=p.quantity, phrase=p))
    if not any(n.kind in {NeedKind.PRODUCT, NeedKind.SERVICE} for n in made) and implied.gift_for:
        words = f"{implied.gift_for} gift"
        made.append(_need(made, NeedKind.PRODUCT, words, "gift", quantity=implied.quantity, explicit=False))
    said = {hit.tag for hit in extras}
    products = [n.id for n in made if n.kind is NeedKind.PRODUCT]
    wanted = [(h.tag, s.words(h.first, h.last), h.value, True) for h in extras]
    if products and implied.gift_for:
        wanted += [(t, w, w, False) for t, w in _GIFT_EXTRAS if t not in said]
    if products and implied.delivery and Tag.DELIVERY not in said:
        wanted.append((Tag.DELIVERY, "delivery", "delivery", False))
    for tag in (Tag.CUSTOMIZATION, Tag.PACKAGING, Tag.DELIVERY):
        before = _before(made, _KINDS[tag])
        for kind, words, value, explicit in wanted:
            if kind is tag:
                made.append(_need(made, _KINDS[tag], words, value, explicit=explicit, after=before))
    return tuple(made)


_GIFT_EXTRAS = ((Tag.CUSTOMIZATION, "personalization"), (Tag.PACKAGING, "gift wrapping"))


def _before(made: list[Need], kind: NeedKind) -> tuple[str, ...]:
    """The nodes a new node of `kind` waits for: the latest stage that exists before it."""
    stages = [NeedKind.PRODUCT, NeedKind.CUSTOMIZATION, NeedKind.PACKAGING, NeedKind.DELIVERY]
    for stage in reversed(stages[: stages.index(kind)]):
        if ids := tuple(n.id for n in made if n.kind is stage):
            return ids
    return ()


def _need(
    made: list[Need],
    kind: NeedKind,
    words: str,
    category: str,
    *,
    quantity: int = 1,
    explicit: bool = True,
    after: tuple[str, ...] = (),
    phrase: Phrase | None = None,
) -> Need:
    return Need(
        id=f"n{len(made) + 1}",
        kind=kind,
        words=words,
        category=category,
        quantity=quantity,
        colour=phrase.colours[0] if phrase and phrase.colours else None,
        attributes=tuple(phrase.attributes) if phrase else (),
        explicit=explicit,
        after=after,
    )
