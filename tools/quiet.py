"""Commands that measure print figures, not what the SDKs have to say."""

import contextlib
import logging
from collections.abc import Iterator


@contextlib.contextmanager
def only_errors() -> Iterator[None]:
    """Let only errors be logged while the block lasts."""
    root = logging.getLogger()
    before = root.level
    root.setLevel(logging.ERROR)
    try:
        yield
    finally:
        root.setLevel(before)
