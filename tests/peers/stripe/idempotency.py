"""Idempotency keys (https://docs.stripe.com/api/idempotent_requests): the first answer stands for a day."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tests.peers.stripe.refusals import Refusal

FORGETS_AFTER = timedelta(hours=24)


@dataclass(slots=True)
class Kept:
    """One key: what was asked with it, and the answer; None while it is being worked on."""

    asked: str
    at: datetime
    answer: tuple[int, bytes] | None = None


@dataclass(slots=True)
class Keys:
    """Every key that is still known."""

    now: Callable[[], datetime]
    kept: dict[str, Kept] = field(default_factory=dict)

    def begin(self, key: str, asked: str) -> tuple[int, bytes] | None:
        """Return the answer that `key` already has. Raises Refusal for another request, or one under way."""
        if len(key) > 255:
            raise Refusal(400, "Idempotency keys are up to 255 characters.", kind="idempotency_error")
        known = self.kept.get(key)
        if known is not None and self.now() - known.at < FORGETS_AFTER:
            if known.asked != asked:
                raise Refusal(
                    400,
                    "Keys for idempotent requests can only be used with the same parameters they were first "
                    f"used with. Try using a key other than '{key}' if you meant to execute a different "
                    "request.",
                    kind="idempotency_error",
                )
            if known.answer is None:
                raise Refusal(409, "Another request uses this key.", code="idempotency_key_in_use")
            return known.answer
        self.kept[key] = Kept(asked, self.now())
        return None

    def keep(self, key: str, answer: tuple[int, bytes]) -> None:
        """Remember the answer."""
        self.kept[key].answer = answer

    def forget(self, key: str) -> None:
        """Drop a key whose request never began."""
        self.kept.pop(key, None)
