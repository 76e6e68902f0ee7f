"""(a) The cost of a cold start: importing the app against importing what every such app must import."""

import json
import subprocess
import sys

from tools.bench.figures import Figure, median
from tools.root import ROOT

ROUNDS = 11
AIM = 1.2
APP = "function_app"
PEER = "azure.functions, azure.durable_functions"
_PROBE = """
import json, resource_use, time
began = time.perf_counter()
import {modules}
taken = time.perf_counter() - began
print(json.dumps([taken * 1000, resource_use.peak_megabytes()]))
"""


def measure(rounds: int = ROUNDS) -> list[Figure]:
    """Import both in fresh processes, turn by turn."""
    _probe(APP), _probe(PEER)  # fills the caches of bytecode and disk
    ours, peer = [], []
    for _ in range(rounds):
        ours.append(_probe(APP))
        peer.append(_probe(PEER))
    return [
        Figure(
            name=f"import of function_app: {what}",
            ours=median([each[index] for each in ours]),
            peer=median([each[index] for each in peer]),
            peer_name=PEER,
            unit=unit,
            aim=AIM,
        )
        for index, what, unit in ((0, "time", "ms"), (1, "peak memory", "MB"))
    ]


def _probe(modules: str) -> tuple[float, float]:
    helpers = ROOT / "tools" / "bench" / "probe"
    code = f"import sys; sys.path[:0] = [{str(ROOT)!r}, {str(helpers)!r}]\n" + _PROBE.format(modules=modules)
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, cwd=ROOT)
    taken, megabytes = json.loads(done.stdout.splitlines()[-1])
    return taken, megabytes
