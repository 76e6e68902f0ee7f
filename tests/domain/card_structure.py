"""A structural checker for Adaptive Cards 1.5, after the element pages of adaptivecards.io/explorer."""

from typing import Any

COMMON = {"type", "id", "spacing", "separator", "height", "isVisible", "fallback", "requires"}
SIZES = {"small", "default", "medium", "large", "extraLarge"}
COLOURS = {"default", "dark", "light", "accent", "good", "warning", "attention"}
ELEMENTS: dict[str, tuple[set[str], set[str]]] = {
    # type: (required, optional)
    "TextBlock": (
        {"text"},
        {
            "color",
            "fontType",
            "horizontalAlignment",
            "isSubtle",
            "maxLines",
            "size",
            "weight",
            "wrap",
            "style",
        },
    ),
    "FactSet": ({"facts"}, set()),
    "ColumnSet": (set(), {"columns", "selectAction", "style", "bleed", "minHeight", "horizontalAlignment"}),
    "Column": (set(), {"items", "width", "selectAction", "style", "bleed", "verticalContentAlignment"}),
    "Container": ({"items"}, {"selectAction", "style", "bleed", "minHeight", "verticalContentAlignment"}),
    "Image": ({"url"}, {"altText", "size", "style", "width", "horizontalAlignment", "selectAction"}),
}
ACTION_COMMON = {
    "type",
    "title",
    "iconUrl",
    "id",
    "style",
    "fallback",
    "requires",
    "tooltip",
    "isEnabled",
    "mode",
}
ACTIONS: dict[str, tuple[set[str], set[str]]] = {
    "Action.Submit": (set(), {"data", "associatedInputs"}),
    "Action.Execute": (set(), {"verb", "data", "associatedInputs"}),
    "Action.OpenUrl": ({"url"}, set()),
}


def check_card(card: dict[str, Any]) -> None:
    """Raise AssertionError unless `card` is built of documented elements with the properties they have."""
    assert card["type"] == "AdaptiveCard"
    assert card["version"] == "1.5"
    assert card["fallbackText"]
    extra = set(card) - {"$schema", "type", "version", "fallbackText", "speak", "body", "actions"}
    assert not extra, extra
    assert card["body"]
    for element in card["body"]:
        check_element(element, inside="body")
    for action in card.get("actions", ()):
        check_action(action)


def check_element(element: dict[str, Any], *, inside: str) -> None:
    kind = element["type"]
    assert (kind == "Column") == (inside == "columns"), f"a {kind} in {inside}"
    _check_properties(element, *ELEMENTS[kind], COMMON)
    assert element.get("size", "default") in SIZES | {"auto", "stretch"}
    assert element.get("color", "default") in COLOURS
    for name in ("items", "columns"):
        for child in element.get(name, ()):
            check_element(child, inside=name)
    if kind == "TextBlock":
        assert isinstance(element["text"], str)
    for fact in element.get("facts", ()):
        assert set(fact) == {"title", "value"}
    if kind == "Image":
        assert element["url"].startswith("https://")
    if "selectAction" in element:
        check_action(element["selectAction"])


def check_action(action: dict[str, Any]) -> None:
    _check_properties(action, *ACTIONS[action["type"]], ACTION_COMMON)
    assert action["title"]
    assert action.get("style", "default") in {"default", "positive", "destructive"}


def texts(node: object) -> list[str]:
    """Collect all that a card shows as text."""
    if isinstance(node, dict):
        own = [node[name] for name in ("text", "title", "value") if isinstance(node.get(name), str)]
        return own + [text for value in node.values() for text in texts(value)]
    return [text for item in node for text in texts(item)] if isinstance(node, list) else []


def _check_properties(node: dict[str, Any], required: set[str], optional: set[str], common: set[str]) -> None:
    missing, strange = required - set(node), set(node) - required - optional - common
    assert not missing, f"{node['type']} lacks {missing}"
    assert not strange, f"{node['type']} has no {strange}"
