"""(a) The cost of a cold start: importing the app against importing what every such app must import.

And that production costs a start nothing: the app built with every setting on, against the app without any.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping

from tools.bench.figures import Figure, median
from tools.bench.production import EVERYTHING
from tools.root import ROOT

ROUNDS, ROUNDS_OF_SETTINGS = 11, 5
AIM = 1.2
APP = "function_app"
PEER = "azure.functions, azure.durable_functions"
BUILT = "function_app; from shared.bootstrap import app; app()"
AIM_OF_SETTINGS = 1.1
BARE = "without any setting"
Probed = tuple[float, float]
"""Milliseconds and megabytes."""
_PROBE = """
import json, resource_use, time
began = time.perf_counter()
import {modules}
taken = time.perf_counter() - began
print(json.dumps([taken * 1000, resource_use.peak_megabytes()]))
"""


def measure() -> list[Figure]:
    """Compare with the SDKs alone, then with and without production's settings."""
    return [
        *against_sdks(ROUNDS),
        *_with_settings("import, every production setting on", APP),
        *_with_settings("the app built, every production setting on", BUILT),
    ]


def against_sdks(rounds: int) -> list[Figure]:
    """Import both in fresh processes, turn by turn."""
    _probe(APP), _probe(PEER)  # fills the caches of bytecode and disk
    ours, peer = [], []
    for _ in range(rounds):
        ours.append(_probe(APP))
        peer.append(_probe(PEER))
    return _figures("import of function_app", ours, peer, peer_name=PEER, aim=AIM)


def _with_settings(what: str, modules: str) -> list[Figure]:
    """Do the same with every production setting and with none, turn by turn."""
    pairs = [(_probe(modules, EVERYTHING), _probe(modules)) for _ in range(ROUNDS_OF_SETTINGS)]
    ours, bare = [every for every, _ in pairs], [none for _, none in pairs]
    return _figures(what, ours, bare, peer_name=BARE, aim=AIM_OF_SETTINGS)


def _figures(
    name: str, ours: list[Probed], peer: list[Probed], *, peer_name: str, aim: float
) -> list[Figure]:
    return [
        Figure(
            name=f"{name}: {what}",
            ours=median([each[index] for each in ours]),
            peer=median([each[index] for each in peer]),
            peer_name=peer_name,
            unit=unit,
            aim=aim,
        )
        for index, what, unit in ((0, "time", "ms"), (1, "peak memory", "MB"))
    ]


def _probe(modules: str, settings: Mapping[str, str] | None = None) -> Probed:
    helpers = ROOT / "tools" / "bench" / "probe"
    code = f"import sys; sys.path[:0] = [{str(ROOT)!r}, {str(helpers)!r}]\n" + _PROBE.format(modules=modules)
    clean = {name: value for name, value in os.environ.items() if not name.upper().startswith("USO_")}
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        done = subprocess.run(
            [sys.executable, "-c", code],
            check=True,
            capture_output=True,
            text=True,
            cwd=ROOT,
            env={**clean, "USO_DATA_DIR": folder, **(settings or {})},
        )
    taken, megabytes = json.loads(done.stdout.splitlines()[-1])
    return taken, megabytes
