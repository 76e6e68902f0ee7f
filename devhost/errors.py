"""What the host refuses, each with words that say what to change.

HostError
├── AppError            the app cannot be run as it stands (all problems found, not only the first)
├── SettingError        a setting or file of the app cannot be read
├── UnknownEntityError  no queue or topic of that name
└── BadMessageError     a message the bus cannot take
"""

from collections.abc import Sequence


class HostError(Exception):
    """Base of everything the host itself refuses."""


class AppError(HostError):
    """The app cannot be indexed. `problems` holds one sentence per thing to change."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("the app cannot be run:\n" + "\n".join(f"  - {problem}" for problem in problems))


class SettingError(HostError):
    """A file or value of the app's configuration cannot be used."""


class UnknownEntityError(HostError):
    """No trigger and no output binding of the app names this queue or topic."""

    def __init__(self, entity: str) -> None:
        self.entity = entity
        super().__init__(
            f"there is no queue or topic '{entity}': no trigger and no output binding of the app names it"
        )


class BadMessageError(HostError):
    """The message breaks a rule of the bus or of its wire format."""
