"""What is new in a mail, and what it only quotes of earlier ones. Nothing is thrown away."""

import re

_ATTRIBUTION = re.compile(r"^(on|am|le|el) .{5,200}(wrote|schrieb|écrit|escribió)\s*:\s*$", re.IGNORECASE)
_BELOW_IS_OLD = re.compile(
    r"^(-{2,}\s*(original message|forwarded message|ursprüngliche nachricht)\s*-{2,}|_{20,})\s*$",
    re.IGNORECASE,
)
_BLANKS = re.compile(r"\n{3,}")


def fresh_and_quoted(text: str) -> tuple[str, str]:
    """Split a mail into what its sender wrote now, and the rest.

    Quoted lines begin with `>`; what stands between and below them is new. After a line such as
    `-----Original Message-----` everything is old. A mail that would be empty then is left as it is.
    """
    fresh: list[str] = []
    quoted: list[str] = []
    lines = text.replace("\r\n", "\n").split("\n")
    for n, line in enumerate(lines):
        if _BELOW_IS_OLD.match(line.strip()):
            quoted += lines[n:]
            break
        is_old = line.lstrip().startswith(">") or _ATTRIBUTION.match(line.strip())
        (quoted if is_old else fresh).append(line)
    new = _BLANKS.sub("\n\n", "\n".join(fresh)).strip()
    return (new, "\n".join(quoted).strip()) if new else (text.strip(), "")


def unseen(quoted: str, known: str) -> str:
    """The lines of `quoted` that stand nowhere in `known`, however wrapped: hidden there, they are heard."""
    seen = f" {_bare(known)} "
    new = [line.lstrip("> \t") for line in quoted.splitlines() if f" {_bare(line)} " not in seen]
    return "\n".join(line for line in new if line and not _ATTRIBUTION.match(line.strip()))


def shortened(text: str, limit: int) -> str:
    """Keep the beginning and the end of a text that is too long to keep."""
    if len(text) <= limit:
        return text
    half = (limit - 3) // 2
    return f"{text[:half]}\n…\n{text[-half:]}"


def _bare(text: str) -> str:
    return " ".join(text.replace(">", " ").split()).lower()
