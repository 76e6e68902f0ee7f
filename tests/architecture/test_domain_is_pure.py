"""The domain computes; it asks neither clock nor dice nor disk. What it needs to know is handed to it."""

import ast

from tests.architecture.sources import Source, dotted, imports, is_within, listed, sources

MAY_IMPORT = (
    *("array", "base64", "binascii", "bisect", "calendar", "collections", "csv", "dataclasses", "datetime"),
    *("decimal", "enum", "fractions", "functools", "graphlib", "hashlib", "heapq", "hmac", "io", "itertools"),
    *("json", "math", "operator", "re", "statistics", "string", "types", "typing", "unicodedata", "zoneinfo"),
    *("pydantic", "snowballstemmer", "shared"),
)
"""Pure parts of the standard library, the model base, and a stemmer. `random` only with a seed, see below."""
MAKES_SECRETS = ("shared.domain.ids", "shared.domain.webhook_signature")
"""New identifiers and webhook secrets must be unguessable: the two places where chance is the point."""
ASKS_THE_WORLD = {
    "now": "the clock",
    "utcnow": "the clock",
    "today": "the clock",
    "environ": "the environment",
    "getenv": "the environment",
    "uuid1": "chance",
    "uuid4": "chance",
    "urandom": "chance",
}
CALLS = {"open": "the disk", "input": "a person", "print": "the terminal", "hash": "the hash seed"}
TIME = ("time.time", "time.monotonic", "time.perf_counter", "time.sleep")


def _asked(source: Source) -> list[str]:
    found = []
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Attribute):
            name = dotted(node)
            is_clock = node.attr in {"now", "utcnow", "today"} and not name.startswith(("datetime", "date."))
            if node.attr in ASKS_THE_WORLD and not is_clock:
                found.append(f"{source.at(node)} asks {ASKS_THE_WORLD[node.attr]}: {name or node.attr}")
            if name in TIME:
                found.append(f"{source.at(node)} asks the clock: {name}")
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CALLS:
            found.append(f"{source.at(node)} asks {CALLS[node.func.id]}: {node.func.id}()")
        elif isinstance(node, ast.AsyncFunctionDef | ast.Await):
            found.append(f"{source.at(node)} waits for something")
    return found


def test_the_domain_asks_nothing_of_the_world() -> None:
    wrong = [problem for source in sources("shared.domain") for problem in _asked(source)]
    assert not wrong, listed(wrong, "the domain gets what it needs as arguments, instants included:")


def test_the_domain_imports_only_what_is_pure() -> None:
    wrong = [
        str(found)
        for source in sources("shared.domain")
        for found in imports(source)
        if not is_within(found.target, MAY_IMPORT)
        and not (found.target == "secrets" and source.name in MAKES_SECRETS)
        and not (found.target == "random" and _is_seeded(source))
    ]
    assert not wrong, listed(wrong, "no SDK, no I/O, no clock and no chance in the domain:")


def _is_seeded(source: Source) -> bool:
    """`random.Random(seed)` is a function of its seed; everything else of that module is chance."""
    uses = [node for node in ast.walk(source.tree) if isinstance(node, ast.Call)]
    named = [node for node in uses if dotted(node.func).startswith(("random.", "Random"))]
    return bool(named) and all(dotted(n.func).endswith("Random") and n.args for n in named)


def test_the_check_sees_what_it_looks_for() -> None:
    text = "def f():\n    datetime.now()\n    os.environ['x']\n    open('x')\n"
    source = Source("shared.domain.bad", sources("shared.domain")[0].path, ast.parse(text))
    assert [problem.partition(" asks ")[2] for problem in _asked(source)] == [
        "the disk: open()",
        "the clock: datetime.now",
        "the environment: os.environ",
    ]
