"""What goes wrong on the way: each fault strikes one message to a topic or queue, or one of another kind."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["refuse", "detach", "drop", "hang", "slow", "kill"]
What = Literal["connect", "attach", "send", "request", "settle"]
BUSY = "com.microsoft:server-busy"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """`refuse` answers an error, `detach` ends the link with one, `drop` breaks the connection, `hang` never
    answers, `slow` answers after `seconds`, `kill` ends the broker. With `after`, the work is done before.
    """

    kind: Kind
    what: What = "send"
    after: bool = False
    condition: str = BUSY
    seconds: float = 0.2
    skips: int = 0
    """How many of its kind go well before."""
