"""Tells a story on a terminal: speech, reasons, two columns, a map. Fits the width; colours on a tty only."""

import os
import shutil
import sys
import textwrap
from collections.abc import Sequence
from itertools import zip_longest
from typing import TextIO

NARROWEST, WIDEST, LABEL = 50, 104, 16
_CODES = {"bold": "1", "dim": "2", "green": "32", "yellow": "33", "blue": "34", "magenta": "35", "cyan": "36"}
_STYLES = {"Alice": "cyan", "USO": "green", "Admin": "magenta"}


class Stage:
    """Where the story is told; `out` may be anything that text can be written to."""

    def __init__(self, out: TextIO | None = None) -> None:
        self._out = out or sys.stdout
        self._colours = self._out.isatty() and "NO_COLOR" not in os.environ and _understands_colours()
        self.width = max(NARROWEST, min(shutil.get_terminal_size().columns - 1, WIDEST))

    def title(self, text: str) -> None:
        """Begin a part."""
        self._line()
        self._line(self._paint("=" * self.width, "bold"))
        self._line(self._paint(text, "bold"))
        self._line(self._paint("=" * self.width, "bold"))

    def moment(self, text: str) -> None:
        """Say when we are."""
        self._line()
        self._line(self._paint(f"-- {text} ".ljust(self.width, "-"), "blue"))

    def say(self, who: str, text: str) -> None:
        """Let someone speak."""
        self._labelled(who, text, style=_STYLES.get(who, "yellow"))

    def why(self, text: str) -> None:
        """Show the reason for what was said last."""
        if text:
            self._labelled("", f"because: {text}", style="dim", whole=True)

    def fact(self, label: str, text: str) -> None:
        """Show something that nobody said."""
        self._labelled(label, text, style="dim")

    def side_by_side(self, left: Sequence[str], right: Sequence[str]) -> None:
        """Show two lists next to each other; the first line of each is its heading."""
        half = (self.width - LABEL - 5) // 2
        rows = list(zip_longest(_fitted(left, half), _fitted(right, half), fillvalue=""))
        for number, (one, other) in enumerate(rows):
            line = f"{one.ljust(half)}  |  {other}".rstrip()
            self._line(" " * LABEL + (self._paint(line, "bold") if number == 0 else line))

    def logic(self, condition: str, lines: Sequence[tuple[str, str, str]], action: str) -> None:
        """Show an IF/THEN map: the whole condition, (part, state, why) for each part, then what happens."""
        self._part("IF   ", condition, style="bold")
        for words, state, why in lines:
            mark = {"met": "[x]", "not_met": "[ ]"}.get(state, "[?]")
            self._part(f"  {mark}", f"{words}: {why}", style="green" if state == "met" else "yellow")
        self._part("THEN ", action, style="bold")

    def done(self, text: str) -> None:
        """Show an outcome that was checked."""
        self._labelled("", f"[ok] {text}", style="green", whole=True)

    def plain(self, text: str = "") -> None:
        """Show text that belongs to nobody."""
        for line in textwrap.wrap(text, self.width) or [""]:
            self._line(line)

    def _part(self, mark: str, text: str, *, style: str) -> None:
        room = self.width - LABEL - len(mark) - 1
        for number, line in enumerate(textwrap.wrap(text, room)):
            lead = mark if number == 0 else " " * len(mark)
            self._line(" " * LABEL + self._paint(f"{lead} {line}", style))

    def _labelled(self, label: str, text: str, *, style: str, whole: bool = False) -> None:
        lines = [wrapped for line in text.splitlines() for wrapped in textwrap.wrap(line, self.width - LABEL)]
        for number, line in enumerate(lines or [""]):
            head = f"{label[: LABEL - 2]}:".ljust(LABEL) if label and number == 0 else " " * LABEL
            self._line(self._paint(head, style) + (self._paint(line, style) if whole else line))

    def _paint(self, text: str, style: str) -> str:
        return f"\x1b[{_CODES[style]}m{text}\x1b[0m" if self._colours and text.strip() else text

    def _line(self, text: str = "") -> None:
        # a terminal that cannot show a character still gets the story
        encoding = getattr(self._out, "encoding", None) or "utf-8"
        print(text.encode(encoding, "replace").decode(encoding), file=self._out, flush=True)


def _fitted(lines: Sequence[str], width: int) -> list[str]:
    return [part for line in lines for part in textwrap.wrap(line, width, subsequent_indent="  ") or [""]]


def _understands_colours() -> bool:
    if os.name != "nt":
        return os.environ.get("TERM") != "dumb"
    os.system("")  # noqa: S605, S607 - switches the console of Windows to escape sequences
    return True
