"""Lists, page after page, newest first (https://docs.stripe.com/api/pagination); and expanded fields."""

import copy
from collections.abc import Iterable
from typing import Any

from tests.peers.stripe.refusals import Refusal, missing
from tests.peers.stripe.state import State, Thing

_PAGING = {"limit", "starting_after", "ending_before", "expand", "created", "type"}
_NOT_BUILT = {"ending_before"}


def page(url: str, things: Iterable[Thing], params: dict[str, Any]) -> Thing:
    """Return one page of `things`, which come oldest first, filtered by the fields that `params` name."""
    if unknown := _NOT_BUILT & params.keys():
        raise Refusal(400, f"This peer cannot do {sorted(unknown)}.")
    wanted = {name: value for name, value in params.items() if name not in _PAGING}
    found = [
        thing
        for thing in reversed(list(things))
        if all(thing.get(name) == value for name, value in wanted.items())
        and _within(thing["created"], params.get("created", {}))
    ]
    if (cursor := params.get("starting_after")) is not None:
        places = [n for n, thing in enumerate(found) if thing["id"] == cursor]
        if not places:
            raise missing("object", cursor, param="starting_after", status=400)
        found = found[places[0] + 1 :]
    limit = params.get("limit", 10)
    if not 1 <= limit <= 100:
        raise Refusal(400, "This value must be between 1 and 100.", param="limit")
    return {"object": "list", "url": url, "data": found[:limit], "has_more": len(found) > limit}


def expanded(state: State, answer: Thing, paths: Iterable[str]) -> Thing:
    """Return a copy of `answer` in which the objects at `paths` stand in place of their ids."""
    result = copy.deepcopy(answer)
    for path in paths:
        _expand(state, result, path.split("."))
    return result


def _expand(state: State, node: Any, steps: list[str]) -> None:
    if isinstance(node, list):
        for each in node:
            _expand(state, each, steps)
        return
    step, *rest = steps
    if not isinstance(node, dict) or step not in node:
        raise Refusal(400, f"This property cannot be expanded ({step}).", param="expand")
    if isinstance(node[step], str):
        node[step] = copy.deepcopy(state.find(node[step]) or node[step])
    if rest and node[step] is not None:
        _expand(state, node[step], rest)


def _within(created: int, bounds: dict[str, int] | int) -> bool:
    if isinstance(bounds, int):
        return created == bounds
    tests = {
        "gte": created.__ge__,
        "gt": created.__gt__,
        "lte": created.__le__,
        "lt": created.__lt__,
    }
    return all(tests[name](bound) for name, bound in bounds.items())
