"""What the settings make of OpenAI: a reader, viewer or teller for each use that is switched on."""

from dataclasses import dataclass, field, replace
from pathlib import Path

from shared.adapters.breakers import Breakers
from shared.adapters.openai_language.asking import Desk, model_of
from shared.adapters.openai_language.prices import Prices
from shared.adapters.openai_language.prompts import load_prompts
from shared.adapters.openai_language.readers import OpenAIReaders
from shared.adapters.openai_language.till import Till
from shared.adapters.traced import traced
from shared.domain.model_calls import MICROS_PER_CENT, Use
from shared.ports.clock import Clock
from shared.ports.language import Language
from shared.ports.store import Store
from shared.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageParts:
    """Nothing of it where neither key nor URL is set."""

    desk: Desk | None = None
    language: Language = field(default_factory=Language)


def language_parts(
    settings: Settings, store: Store, clock: Clock, breakers: Breakers, *, data: Path
) -> LanguageParts:
    """Build what the settings ask for, of the prompts and prices in `data`; nothing is called, no SDK loaded.

    Raises ValueError for a model without a price.
    """
    if settings.openai_key is None and settings.openai_url is None:
        return LanguageParts()
    uses = [Use(name) for name in settings.openai_uses]
    prices = Prices(
        data / "prices.json", settings.openai_prices, models={model_of(settings, use) for use in uses}
    )
    till = Till(store, clock, per_day=settings.openai_cents_per_day * MICROS_PER_CENT)
    desk = Desk(settings, load_prompts(data, uses), prices, till, breakers, clock)
    readers = traced(OpenAIReaders(desk), "language model")
    serves = {_PORTS[use]: readers for use in uses}
    return LanguageParts(desk=desk, language=replace(Language(), **serves))


_PORTS = {
    Use.SUPPORT: "support",
    Use.PHOTO: "photos",
    Use.INTENT: "sentences",
    Use.DECISION: "answers",
    Use.REPLY: "replies",
    Use.NARRATION: "teller",
    Use.DRAFT: "drafter",
}
