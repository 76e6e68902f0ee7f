"""The change feed of a container: a cursor per feed range, all of them in one opaque text.

The SDK follows a whole container, too, but cannot go on from the continuation that it gives when a physical
partition was not read yet (4.17 refuses the missing token), so the ranges are walked here. A range that the
service splits later stays one of ours: its continuation then covers both halves.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from shared.adapters.cosmos_store.items import Item, change_of, version_of
from shared.errors import InvalidInput, Unavailable
from shared.ports.store import Change, Feed

Hook = Callable[[Any, Any], None]


@dataclass(frozen=True, slots=True)
class _Place:
    """How far one range was read; no token: not at all."""

    range: Mapping[str, Any]
    token: str | None = None


async def read_on(
    container: Any, after: str | None, *, limit: int, session_token: str | None, hook: Hook
) -> Feed:
    """Read at least `limit` changes, or all that there are. Raises InvalidInput for no cursor of ours.

    Raises Unavailable for one of another container, as after a restore: where to go on, a person decides.
    """
    places = await _all(container) if after is None else _places(after)
    found: list[Change] = []
    for n, place in enumerate(places):
        options = {"max_item_count": limit - len(found), "session_token": session_token}
        items, token = await _read_range(container, place, options, hook=hook)
        found += [change_of(item) for item in items]
        places[n] = replace(place, token=token)
        if len(found) >= limit:
            places = places[n + 1 :] + places[: n + 1]  # so that a busy range keeps no other waiting
            break
    return Feed(found, _text(places))


async def _read_range(
    container: Any, place: _Place, options: Mapping[str, Any], *, hook: Hook
) -> tuple[list[Item], str | None]:
    start: dict[str, Any] = {"continuation": place.token}
    if place.token is None:
        start = {"feed_range": place.range, "start_time": "Beginning"}
    feed = container.query_items_change_feed(response_hook=hook, **options, **start)
    pages, token = feed.by_page(), place.token
    found: list[Item] = []
    try:
        async for page in pages:
            items = [item async for item in page]
            found += sorted(items, key=version_of)  # a transaction lies in one page, in no order
            token = pages.continuation_token
            if len(found) >= options["max_item_count"]:
                break
    except ValueError:  # so the SDK says it
        raise Unavailable("The cursor is of another container: was this one restored or made anew?") from None
    return found, token


async def _all(container: Any) -> list[_Place]:
    return [_Place(each) async for each in container.read_feed_ranges()]


def _text(places: Sequence[_Place]) -> str:
    return json.dumps({"ranges": [[place.range, place.token] for place in places]}, separators=(",", ":"))


def _places(cursor: str) -> list[_Place]:
    try:
        places = [_Place(*each) for each in json.loads(cursor)["ranges"]]
    except (ValueError, TypeError, KeyError):
        places = []
    if not places or not all(isinstance(each.range, dict) for each in places):
        raise InvalidInput("This is no cursor of a change feed.", field="after")
    return places
