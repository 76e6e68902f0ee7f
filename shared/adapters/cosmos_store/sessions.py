"""Session tokens: what this process has written or read, it never reads an older state of.

azure-cosmos 4.17 keeps tokens of single writes, and none of transactional batches: after a commit it might
read what was there before. So the tokens of all answers are kept here and sent with every read. A token is
`range:version#number...`; the number counts the transactions of a physical partition, the version rises when
partitions move.
"""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

TOKEN = "x-ms-session-token"  # noqa: S105 - a header's name


class Sessions:
    """The newest token of each physical partition, by container."""

    def __init__(self) -> None:
        self._newest: dict[str, dict[str, str]] = defaultdict(dict)

    def note(self, container: str, headers: Mapping[str, Any] | None) -> None:
        """Remember what an answer says, unless it is older than what is known."""
        known = self._newest[container]
        for told in str((headers or {}).get(TOKEN) or "").split(","):
            place, _, token = told.partition(":")
            if token and (place not in known or _age(token) > _age(known[place])):
                known[place] = token

    def token(self, container: str) -> str | None:
        """Return what a read of `container` sends; None before anything is known."""
        return ",".join(f"{place}:{token}" for place, token in self._newest[container].items()) or None


def _age(token: str) -> tuple[int, int]:
    """Return the version and the number; a token of the old form is a number alone."""
    parts = token.split("#")
    try:
        return (int(parts[0]), int(parts[1])) if len(parts) > 1 else (-1, int(parts[0]))
    except ValueError:
        return (-2, 0)
