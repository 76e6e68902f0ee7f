"""Queries of the port as SQL of the NoSQL API: one partition, values as parameters, paged by the last row."""

from collections.abc import Sequence
from typing import Any

from shared.adapters.paging import field_name, last_row
from shared.ports.store import Query, Scalar, Where

Parameters = Sequence[dict[str, Any]]


def statement_of(partition: str, query: Query) -> tuple[str, Parameters]:
    """Return the statement, which asks for one row more than the page, and its parameters.

    The partition stands in the text too: a request that lost its partition key finds nothing of others.
    """
    words = _Words()
    clauses = [f"c.partition = {words.bind(partition)}"]
    clauses += [_condition(where, words) for where in query.where]
    last = last_row(query.continuation) if query.continuation else None
    if query.order_by is None:
        order = "c.key"
        clauses += [f"c.key > {words.bind(last[1])}"] if last else []
    else:
        descending = query.order_by.startswith("-")
        field = _path(query.order_by.removeprefix("-"))
        order = f"{field} {'DESC' if descending else 'ASC'}, c.key ASC"
        clauses.append(_is_there(field))
        clauses += [_after(field, last, words, descending=descending)] if last else []
    text = f"SELECT TOP {query.limit + 1} * FROM c WHERE {' AND '.join(clauses)} ORDER BY {order}"  # noqa: S608 - field names are checked, values bound
    return text, words.parameters


class _Words:
    """The parameters of a statement, named in the order in which they are bound."""

    def __init__(self) -> None:
        self.parameters: list[dict[str, Any]] = []

    def bind(self, value: Scalar) -> str:
        name = f"@p{len(self.parameters)}"
        self.parameters.append({"name": name, "value": value})
        return name


def _path(field: str) -> str:
    return f'c["body"]["{field_name(field)}"]'


def _is_there(path: str) -> str:
    return f"(IS_DEFINED({path}) AND NOT IS_NULL({path}))"


def _condition(where: Where, words: _Words) -> str:
    path = _path(where.field)
    if where.value is None:
        return f"NOT {_is_there(path)}" if where.op == "==" else _is_there(path)
    value = words.bind(where.value)
    if where.op != "!=":
        return f"{path} {'=' if where.op == '==' else where.op} {value}"
    # comparing values of different types is undefined, which selects nothing
    return f"({_is_there(path)} AND (NOT {_same_type(where.value)}({path}) OR {path} != {value}))"


def _same_type(value: Scalar) -> str:
    if isinstance(value, bool):
        return "IS_BOOL"
    return "IS_STRING" if isinstance(value, str) else "IS_NUMBER"


def _after(path: str, last: tuple[Scalar, str], words: _Words, *, descending: bool) -> str:
    value, key = words.bind(last[0]), words.bind(last[1])
    return f"({path} {'<' if descending else '>'} {value} OR ({path} = {value} AND c.key > {key}))"
