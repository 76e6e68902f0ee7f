"""Runs the benchmarks and prints their figures against the aims."""

import argparse
import importlib
import json
import sys
import time
import traceback

from tools.bench.figures import Benchmark, Figure, table
from tools.quiet import only_errors

BENCHMARKS = {
    "import": ("tools.bench.imports", "cold start"),
    "durable": ("tools.bench.durable", "the durable engine"),
    "watcher": ("tools.bench.watcher", "one tick of the watcher"),
    "http": ("tools.bench.latency", "answers over HTTP"),
    "money": ("tools.bench.money", "one charge, three vendors"),
    "flows": ("tools.bench.flows", "what each flow leaves in the durable history"),
    "bills": ("tools.bench.bills", "what each flow asks of store, bus, engine and others"),
    "calls": ("tools.bench.first_calls", "the first call of each adapter"),
    "intents": ("tools.bench.intents", "understanding"),
    "search": ("tools.bench.search", "finding what was meant"),
    "shop": ("tools.bench.shop_day", "a day of the web shop under load"),
    "support": ("tools.bench.support", "understanding support messages"),
}


def bench(arguments: argparse.Namespace) -> int:
    """Run all or one; a missed aim is told, not an error. 1 when something could not be measured."""
    if arguments.name is not None and arguments.name not in BENCHMARKS:
        print(
            f"dev.py bench: there is no '{arguments.name}'; choose of {', '.join(BENCHMARKS)}",
            file=sys.stderr,
        )
        return 2
    names = [arguments.name] if arguments.name else list(BENCHMARKS)
    figures: list[Figure] = []
    broken = []
    with only_errors():  # the SDK warns of every app that has no HTTP functions
        for name in names:
            try:
                figures += _run(name)
            except Exception:  # noqa: BLE001 - shown in full; the other benchmarks still count
                traceback.print_exc()
                broken.append(name)
    if arguments.json:
        arguments.json.write_text(
            json.dumps([each.as_json() for each in figures], indent=2), encoding="utf-8"
        )
    missed = [figure.name for figure in figures if figure.passes is False]
    aims = sum(figure.passes is not None for figure in figures)
    print(f"{aims - len(missed)} of {aims} aims met" + (f"; missed: {', '.join(missed)}" if missed else ""))
    if broken:
        print(f"could not be measured: {', '.join(broken)}", file=sys.stderr)
    return 1 if broken else 0


def _run(name: str) -> list[Figure]:
    module, meaning = BENCHMARKS[name]
    print(f"{name}: {meaning}", flush=True)
    began = time.perf_counter()
    measure: Benchmark = importlib.import_module(module).measure
    figures = measure()
    print(table(figures))
    print(f"  ({time.perf_counter() - began:.0f} s)\n", flush=True)
    return figures
