"""Regular expressions that compile on first use, so that importing the rules costs a cold start nothing."""

import re
from collections.abc import Iterator
from functools import cached_property


class Pattern:
    """A regular expression in waiting; the methods are those of `re.Pattern`."""

    def __init__(self, source: str) -> None:
        self.source = source

    @cached_property
    def _compiled(self) -> re.Pattern[str]:
        return re.compile(self.source)

    def search(self, text: str) -> re.Match[str] | None:
        """Find the first match anywhere in `text`."""
        return self._compiled.search(text)

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """Yield the matches from left to right."""
        return self._compiled.finditer(text)

    def sub(self, replacement: str, text: str) -> str:
        """Replace every match."""
        return self._compiled.sub(replacement, text)

    def split(self, text: str) -> list[str]:
        """Cut `text` at every match."""
        return self._compiled.split(text)
