"""Shows what a long installation is doing: one line that moves on a terminal, few lines elsewhere."""

import shutil
import subprocess
import sys
import time
from collections import deque
from collections.abc import Sequence

KEPT_LINES = 40
_TELLING = ("Collecting", "Downloading", "Building", "Installing", "Successfully", "ERROR")
_EVERY = 10


class Progress:
    """Runs commands and shows the lines that tell how far they are; all of the last ones if they fail."""

    def __init__(self) -> None:
        self._moves = sys.stdout.isatty()
        self._began = time.monotonic()

    def run(self, command: Sequence[str]) -> int:
        """Run `command` and return its exit code."""
        kept: deque[str] = deque(maxlen=KEPT_LINES)
        done = 0
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
        ) as process:
            for line in process.stdout or ():
                text = line.strip()
                kept.append(text)
                collected = text.startswith("Collecting")
                done += collected
                if text.startswith(_TELLING) and (self._moves or not collected or done % _EVERY == 0):
                    self._show(text.partition(" (from ")[0], done)
        self._clear()
        if process.returncode != 0:
            print("\n".join(kept), file=sys.stderr, flush=True)
        return process.returncode

    def _show(self, text: str, done: int) -> None:
        line = f"  {time.monotonic() - self._began:4.0f} s  {done:3} packages  {text}"
        if self._moves:
            width = shutil.get_terminal_size().columns - 1
            print("\r" + line[:width].ljust(width), end="", flush=True)
        elif not text.startswith("Downloading"):
            print(line[:110], flush=True)

    def _clear(self) -> None:
        if self._moves:
            print("\r" + " " * (shutil.get_terminal_size().columns - 1) + "\r", end="", flush=True)
