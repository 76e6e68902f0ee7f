"""Whose data is shown: what a licence such as CC BY 4.0 wants said wherever it is."""

from collections.abc import Iterable

from shared.domain.model import Model


class Attribution(Model):
    """Who made the data, under which licence, and where both are found (https URLs).

    `changes` says what was done to the data before it is shown.
    """

    what: str
    who: str
    url: str
    licence: str
    licence_url: str
    changes: str

    def in_words(self) -> str:
        """As a sentence, for where there is no card."""
        return f"{self.what} by {self.who} ({self.url}), {self.licence}, {self.changes}."


def distinct(named: Iterable[Attribution | None]) -> tuple[Attribution, ...]:
    """Those who must be named, each once."""
    return tuple(dict.fromkeys(each for each in named if each is not None))
