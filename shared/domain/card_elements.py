"""Elements of Adaptive Cards 1.5 as functions that return plain JSON (adaptivecards.io/explorer).

Every text is escaped unless `markdown` is asked for: names, messages and reasons come from others, and a card
renders a subset of Markdown. URLs other than https (or our own host's http) do not get into a card.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal

Element = dict[str, Any]
Action = dict[str, Any]

SCHEMA = "http://adaptivecards.io/schemas/adaptive-card.json"
VERSION = "1.5"
MAX_TEXT = 2000
MAX_ACTIONS = 6
Size = Literal["small", "default", "medium", "large", "extraLarge"]
Weight = Literal["lighter", "default", "bolder"]
Colour = Literal["default", "dark", "light", "accent", "good", "warning", "attention"]
Style = Literal["default", "positive", "destructive"]

_MARKUP = re.compile(r"([\\`*_\[\]~<>])")
_LINE_STARTS = re.compile(r"^(\s*)([-+#]|\d+(?=[.)]))", re.MULTILINE)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]")
_BRACES = re.compile(r"([{$])(?=\{)")


def plain(text: str, *, limit: int = MAX_TEXT) -> str:
    """Return `text` so that a card shows it as it is: no markup, no `{{DATE()}}`, no letters reordered."""
    cut = text if len(text) <= limit else text[: limit - 1] + "\u2026"
    quiet = _BRACES.sub("\\1 ", _CONTROL.sub("", cut))
    return _LINE_STARTS.sub(_escaped_start, _MARKUP.sub(r"\\\1", quiet))


def safe_url(url: str) -> str | None:
    """Return `url` when it is https, or http on this machine; None for anything else (javascript:, data:)."""
    ours = url.startswith(("https://", "http://127.0.0.1:", "http://localhost:"))
    return url if ours and not re.search(r"[\s\"<>\\]", url) else None


def link(text: str, url: str) -> str:
    """Markdown of a link, for a `text_block` with `markdown`. Raises ValueError as `open_url` does."""
    return f"[{plain(text)}]({_safe(url)})"


def text_block(
    text: str,
    *,
    size: Size = "default",
    weight: Weight = "default",
    colour: Colour = "default",
    subtle: bool = False,
    heading: bool = False,
    markdown: bool = False,
) -> Element:
    """A paragraph. `markdown` is for our own words only."""
    block: Element = {"type": "TextBlock", "text": text if markdown else plain(text), "wrap": True}
    given = {"size": size, "weight": weight, "color": colour}
    block |= {name: value for name, value in given.items() if value != "default"}
    block |= {"isSubtle": True} if subtle else {}
    return block | ({"style": "heading"} if heading else {})


def fact_set(facts: Sequence[tuple[str, str]]) -> Element:
    """Names and values in two columns."""
    return {
        "type": "FactSet",
        "facts": [{"title": plain(name), "value": plain(value)} for name, value in facts],
    }


def image(
    url: str, *, alt: str, size: Literal["auto", "stretch", "small", "medium", "large"] = "auto"
) -> Element:
    """A picture. Raises ValueError for a URL that `safe_url` refuses."""
    return {"type": "Image", "url": _safe(url), "altText": alt, "size": size}


def column(
    items: Sequence[Element], *, width: Literal["auto", "stretch"] = "stretch", action: Action | None = None
) -> Element:
    """A column of a `column_set`."""
    result: Element = {"type": "Column", "width": width, "items": list(items)}
    return result | ({"selectAction": action} if action else {})


def column_set(columns: Sequence[Element], *, separator: bool = False) -> Element:
    """Columns side by side."""
    result: Element = {"type": "ColumnSet", "columns": list(columns)}
    return result | ({"separator": True} if separator else {})


def container(
    items: Sequence[Element],
    *,
    style: Literal["default", "emphasis", "good", "attention", "warning", "accent"] = "default",
    separator: bool = False,
) -> Element:
    """Elements that belong together."""
    result: Element = {"type": "Container", "items": list(items)}
    result |= {"style": style} if style != "default" else {}
    return result | ({"separator": True} if separator else {})


def submit(title: str, data: Mapping[str, Any], *, style: Style = "default") -> Action:
    """A button that sends `data` back."""
    return _styled({"type": "Action.Submit", "title": title, "data": dict(data)}, style)


def execute(title: str, verb: str, data: Mapping[str, Any], *, style: Style = "default") -> Action:
    """A button of the universal action model: `verb` says what to do with `data`."""
    return _styled({"type": "Action.Execute", "title": title, "verb": verb, "data": dict(data)}, style)


def open_url(title: str, url: str) -> Action:
    """A button that opens `url`. Raises ValueError for a URL that `safe_url` refuses."""
    return {"type": "Action.OpenUrl", "title": title, "url": _safe(url)}


def card(body: Sequence[Element], *, fallback: str, actions: Sequence[Action] = ()) -> Element:
    """A whole card. `fallback` is what a client that cannot show it says instead."""
    result: Element = {
        "$schema": SCHEMA,
        "type": "AdaptiveCard",
        "version": VERSION,
        "fallbackText": fallback,
        "speak": fallback,
        "body": list(body),
    }
    return result | ({"actions": list(actions[:MAX_ACTIONS])} if actions else {})


def _escaped_start(match: re.Match[str]) -> str:
    space, mark = match.groups()
    # "12." would begin a list: escape the dot rather than the digits
    return f"{space}{mark}\\" if mark.isdigit() else f"{space}\\{mark}"


def _styled(action: Action, style: Style) -> Action:
    return action | ({"style": style} if style != "default" else {})


def _safe(url: str) -> str:
    safe = safe_url(url)
    if safe is None:
        raise ValueError("a card links to https only")
    return safe
