"""Stripe's form encoding: `a[b][c]=x` is a tree, `expand[0]=x` and `expand[]=x` are lists."""

import re
from typing import Any
from urllib.parse import parse_qsl

Tree = dict[str, Any]


def decode(text: str) -> Tree:
    """Return the parameters of a body or query string; the leaves are texts."""
    tree: Tree = {}
    for name, value in parse_qsl(text, keep_blank_values=True, strict_parsing=bool(text)):
        head, *rest = re.split(r"\]?\[", name.removesuffix("]"))
        node, step = tree, head
        for following in rest:
            node = node.setdefault(step, {})
            step = following or str(len(node))
        node[step] = value
    return {name: _with_lists(value) for name, value in tree.items()}


def _with_lists(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    inside = {name: _with_lists(each) for name, each in value.items()}
    if inside and all(name.isdigit() for name in inside):
        return [inside[name] for name in sorted(inside, key=int)]
    return inside
