"""Small HTML with everything escaped unless it was built here."""

import json
from collections.abc import Iterable, Sequence
from html import escape
from typing import Any


class Markup(str):
    """Text that is HTML already."""

    __slots__ = ()


def text(value: Any) -> Markup:
    """Escape a value, unless it is markup."""
    if isinstance(value, Markup):
        return value
    return Markup(escape("" if value is None else str(value)))


def tag(name: str, *children: Any, **attributes: Any) -> Markup:
    """Build an element. A trailing underscore of an attribute's name is dropped, so that `class_` works."""
    shown = "".join(
        f' {key.rstrip("_")}="{escape(str(value))}"' for key, value in attributes.items() if value is not None
    )
    return Markup(f"<{name}{shown}>{''.join(text(child) for child in children)}</{name}>")


def table(headings: Sequence[str], rows: Iterable[Sequence[Any]], empty: str) -> Markup:
    """Build a table, or a quiet sentence when there are no rows."""
    body = [tag("tr", *(tag("td", cell) for cell in row)) for row in rows]
    if not body:
        return tag("p", empty, class_="quiet")
    head = tag("tr", *(tag("th", heading) for heading in headings))
    return tag("div", tag("table", tag("thead", head), tag("tbody", *body)), class_="scroll")


def link(target: str, label: Any) -> Markup:
    """Build a link."""
    return tag("a", label, href=target)


def button(action: str, label: str) -> Markup:
    """Build a form that is only a button."""
    return tag("form", tag("button", label), method="post", action=action)


def code(value: Any) -> Markup:
    """Show a value as indented JSON when it is data, as it stands when it is text."""
    if value is None:
        return Markup("")
    shown = value if isinstance(value, str) else json.dumps(value, indent=2, ensure_ascii=False, default=str)
    return tag("pre", shown)


def page(title: str, *parts: Any) -> str:
    """Build a whole page."""
    head = (
        f"<meta charset=utf-8><meta name=viewport content='width=device-width'><title>{escape(title)}</title>"
    )
    body = "".join(text(part) for part in parts)
    return f"<!doctype html><html lang=en><head>{head}<style>{_CSS}</style></head><body>{body}</body></html>"


_CSS = """
:root{color-scheme:light dark;--line:light-dark(#ddd,#3a3a3a);--quiet:light-dark(#666,#9a9a9a);
--accent:light-dark(#0b57d0,#8ab4f8);--bad:light-dark(#b3261e,#f2b8b5);--warn:light-dark(#fff4d6,#3b3116)}
body{font:15px/1.5 system-ui,sans-serif;max-width:72rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.4rem}h2{font-size:1.1rem;margin-top:2rem;border-bottom:1px solid var(--line)}
a{color:var(--accent)}table{border-collapse:collapse;width:100%}
th,td{text-align:left;padding:.3rem .8rem .3rem 0;border-bottom:1px solid var(--line);vertical-align:top}
th{font-weight:600;color:var(--quiet)}pre{margin:0;white-space:pre-wrap;word-break:break-word;font-size:13px}
.scroll{overflow-x:auto}.quiet{color:var(--quiet)}.bad{color:var(--bad);font-weight:600}
.warn{background:var(--warn);padding:.4rem .8rem;border-radius:.3rem;margin:.3rem 0}
form{display:inline}input{font:inherit;padding:.2rem .4rem}button{font:inherit;padding:.2rem .7rem}
"""
