"""A row in the table of doors. Stdlib only: the table is read at index time."""

import re
from dataclasses import dataclass, field
from typing import TypedDict, Unpack

from shared.domain.identity import Persona

PUBLIC: frozenset[Persona] = frozenset()
SHORT_LINKS = "l/"
"""Where the only paths lie that people see and share, short for that reason."""
WELL_KNOWN = ".well-known/"
"""Where standards say that a path lies, so that it is found without being told (RFC 8615)."""
_PARAMETER = re.compile(r"\{([a-z_]+)\}")


class RouteOptions(TypedDict, total=False):
    """What few doors need; `Route` says what each means."""

    success: int
    also: tuple[int, ...]
    flows: tuple[str, ...]
    media_type: str
    durable: bool
    signed_by: str
    verifies_itself: bool
    head: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One HTTP door.

    `name` is the function's name in Azure, `handler` is "module:function" and is imported on the first call.
    Without `personas` the door is public. `signed_by`, also "module:function", returns the webhook secrets
    that may have signed a call; the door then verifies the signature before anything is parsed.
    With `verifies_itself` the handler does that, over the raw body, in its sender's own way.
    `also` are further statuses that the handler answers with, successes and problems, for the documentation.
    `media_type` is what a handler answers that returns a `Document`.
    `head` lets it be asked with HEAD as well; `call.method` tells the handler.
    `durable` gives the handler a durable client as `call.durable`. `flows` are ids of the specification.
    """

    name: str
    method: str
    path: str
    handler: str
    summary: str
    personas: frozenset[Persona] = PUBLIC
    success: int = 200
    also: tuple[int, ...] = ()
    flows: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    media_type: str = "application/json"
    durable: bool = False
    signed_by: str | None = None
    verifies_itself: bool = False
    head: bool = False

    def __post_init__(self) -> None:
        if not self.name.isidentifier():
            raise ValueError(f"a function cannot be called {self.name!r}")
        if not self.path.startswith(("api/", SHORT_LINKS, WELL_KNOWN)):
            raise ValueError(f"the path of {self.name} starts with 'api/', without a slash before it")
        if (self.signed_by or self.verifies_itself) and self.personas:
            raise ValueError(f"{self.name} is either signed or asks for a token, not both")

    @property
    def methods(self) -> tuple[str, ...]:
        """The methods it answers to."""
        return (self.method, "HEAD") if self.head else (self.method,)

    @property
    def parameters(self) -> tuple[str, ...]:
        """Names of the path parameters, in the order of the path."""
        return tuple(_PARAMETER.findall(self.path))


@dataclass(frozen=True, slots=True)
class Wing:
    """Doors that belong together: one tag, one place in the path, one package of handlers."""

    tag: str
    base: str = field(kw_only=True)
    handlers: str = field(kw_only=True)
    personas: frozenset[Persona] = field(kw_only=True)
    prefix: str = field(default="", kw_only=True)
    """Of the functions' names."""

    def door(
        self,
        name: str,
        request: str,
        handler: str,
        summary: str,
        *,
        personas: frozenset[Persona] | None = None,
        **more: Unpack[RouteOptions],
    ) -> Route:
        """Make a row. `request` is the method and the path below the base, e.g. `GET {order_id}/timeline`.

        `handler` is a function of the wing's module, or "module:function" of its package.
        """
        method, _, path = request.partition(" ")
        module, _, function = handler.rpartition(":")
        return Route(
            name=f"{self.prefix}{name}",
            method=method,
            path=f"{self.base}/{path}".rstrip("/"),
            handler=f"{self.handlers}.{module}:{function}" if module else f"{self.handlers}:{function}",
            summary=summary,
            personas=self.personas if personas is None else personas,
            tags=(self.tag,),
            **more,
        )
