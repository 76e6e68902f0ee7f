"""Signed texts as wallets send them: compact JWS (RFC 7515, section 3.1), read so that there is one reading.

Whatever two parsers could take differently is refused: a member twice, null, fractions, base64 that decodes
to the same bytes as other text. So is every header member that is not asked for; `crit` is one of them.
"""

import json
from dataclasses import dataclass
from typing import Any, Generic, Literal, NoReturn, TypeVar

from pydantic import ValidationError

from shared.domain import base64url
from shared.domain.model import Model
from shared.errors import InvalidInput

M = TypeVar("M", bound=Model)
MAX_TEXT = 16_384
"""Characters of a signed text: a mandate whose every list is as long as allowed fits."""
MAX_NUMBER = 2**53 - 1


class Header(Model):
    """What every signed text says of itself. The algorithm must also be the key's own."""

    alg: Literal["ES256", "EdDSA"]
    typ: str


class KeyedHeader(Header):
    """`kid` is the thumbprint of the key that signed."""

    kid: str


H_co = TypeVar("H_co", bound=Header, covariant=True)


@dataclass(frozen=True, slots=True)
class Form(Generic[H_co]):
    """One kind of signed text. `typ` keeps one from passing for another (RFC 8725, section 3.11)."""

    what: str
    typ: str
    field: str
    """The input that carries it, named by refusals."""
    header: type[H_co]

    def refused(self, why: str, *, at: str = "") -> InvalidInput:
        """The error that refuses the text; `at` is the place inside it."""
        field = f"{self.field}.{at}" if at else self.field
        return InvalidInput(
            f"The {self.what} is refused: {why}.", field=field[:200], code=f"invalid_{self.what}"
        )


@dataclass(frozen=True, slots=True)
class Opened(Generic[H_co]):
    """A signed text taken apart. Nothing in it may be believed before `signature` verifies over `signed`."""

    header: H_co
    payload: bytes
    signed: bytes
    signature: bytes


def open_compact(text: str, form: Form[H_co]) -> Opened[H_co]:
    """Take a signed text apart. Raises InvalidInput for anything but one canonical text of `form`."""
    if len(text) > MAX_TEXT:
        raise form.refused(f"it is longer than {MAX_TEXT} characters")
    parts = text.split(".")
    if len(parts) != 3:
        raise form.refused("it is no compact JWS of three parts")
    raw_header, payload, signature = (_decoded(part, form) for part in parts)
    header = read_model(raw_header, form.header, form)
    if header.typ != form.typ:
        raise form.refused(f"its typ is not {form.typ}")
    signed = text.rpartition(".")[0].encode("ascii")
    return Opened(header=header, payload=payload, signed=signed, signature=signature)


def read_model(raw: bytes, model: type[M], form: Form[Any]) -> M:
    """Return `model` from JSON that has one reading, without any coercion. Raises InvalidInput."""
    try:
        # JSON mode is the one that is strict and yet makes tuples of lists
        return model.model_validate_json(json.dumps(_json(raw, form)), strict=True)
    except ValidationError as error:
        fault = error.errors(include_url=False, include_context=False, include_input=False)[0]
        place = ".".join(map(str, fault["loc"]))
        raise form.refused(f"{place}: {fault['msg']}" if place else fault["msg"], at=place) from None


def _decoded(part: str, form: Form[Any]) -> bytes:
    try:
        return base64url.decode(part)
    except ValueError:
        raise form.refused("a part of it is not canonical base64url") from None


def _json(raw: bytes, form: Form[Any]) -> Any:
    def members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        result = dict(pairs)
        if len(result) != len(pairs):
            raise form.refused("a member stands twice in one object")
        if None in result.values():
            raise form.refused("null is no value; leave out what does not apply")
        return result

    def integer(text: str) -> int:
        if len(text) > len(str(-MAX_NUMBER)) or abs(int(text)) > MAX_NUMBER:
            raise form.refused(f"a number is larger than {MAX_NUMBER}")
        return int(text)

    def no_fraction(_: str) -> NoReturn:
        raise form.refused("numbers are whole, written without point and exponent")

    try:
        return json.loads(
            raw.decode("utf-8"),
            object_pairs_hook=members,
            parse_int=integer,
            parse_float=no_fraction,
            parse_constant=no_fraction,
        )
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError):
        raise form.refused("a part of it is not JSON") from None
