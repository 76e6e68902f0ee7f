import argparse
import json
from pathlib import Path

import pytest

from shared.bootstrap import bootstrap
from shared.settings import Settings
from tools.bench import big_catalogue, counts, intents
from tools.bench.checkout_needs import NEEDS, unexplained
from tools.bench.command import BENCHMARKS, bench
from tools.bench.figures import Figure, percentile, table
from tools.bench.full_text import FullText
from tools.bench.imports import against_sdks
from tools.bench.search import judged
from tools.bench.watcher import look_at


def test_an_aim_with_a_peer_is_about_the_ratio() -> None:
    slower = Figure(name="import", ours=130, peer=100, unit="ms", aim=1.2)
    faster = Figure(name="chain", ours=300, peer=100, unit="1/s", aim=3, better="more")
    assert (slower.passes, faster.passes) == (False, True)
    shown = table([slower, faster])
    assert "1.30x  <= 1.2x  MISSED" in shown
    assert "3.00x    >= 3x  pass" in shown


def test_an_aim_without_a_peer_is_about_our_own_number() -> None:
    assert Figure(name="tick", ours=9.9, unit="s", aim=10).passes is True
    assert Figure(name="tick", ours=9.9, unit="s").passes is None


def test_percentiles_are_values_that_were_measured() -> None:
    values = [float(n) for n in range(1, 101)]
    assert percentile(values, 0.99) == 100
    assert percentile([5.0], 0.99) == 5.0


async def test_a_look_over_a_small_crowd_asks_for_each_place_day_and_product_once() -> None:
    figures = {figure.name: figure for figure in await look_at(600)}
    for name in ("lookups per tick", "forecasts asked for per tick"):
        assert figures[name].ours == figures[name].aim


async def test_a_generated_catalogue_can_be_searched(tmp_path: Path) -> None:
    app = bootstrap(Settings(data_dir=tmp_path))
    await app.catalogue.seed()
    await app.catalogue.refresh()
    before = len(app.catalogue.index.products)
    await big_catalogue.fill(app, 750)
    assert len(app.catalogue.index.products) == before + 750
    await app.store.close()


def test_a_checkout_has_no_step_and_asks_the_store_for_nothing_without_a_reason() -> None:
    figures = {figure.name: figure for figure in counts.measure()}
    assert figures["durable actions of a checkout"].passes
    assert figures["without a reason"].ours == 0, "say in tools/bench/checkout_needs.py what it is needed for"
    total = figures["store operations of a checkout"].ours
    assert total == sum(figure.ours for name, figure in figures.items() if name.startswith("  "))


def test_full_text_ranks_by_rare_words_and_their_stems() -> None:
    texts = FullText({"a": "a red rose and a red vase", "b": "red roses", "c": "a red balloon"})
    assert texts.search("the roses") == ["b", "a"]
    assert texts.search("red balloons")[0] == "c"
    assert texts.search("nappies") == []


def test_an_engine_is_judged_by_what_stands_in_its_first_three() -> None:
    figures = [figure.ours for figure in judged("silent", lambda text: [])]
    assert figures == [0, 0, 0]
    *right, nonsense = (figure.ours for figure in judged("one", lambda text: ["x", "y", "rw-pink-peonies"]))
    assert 0 < right[0] < 10
    assert nonsense == 100


def test_what_is_asked_for_without_a_reason_is_told() -> None:
    enough = {kind: need.explained for kind, need in NEEDS.items()}
    assert unexplained(enough) == {}
    assert unexplained({**enough, ("orders", "queries"): 2}) == {("orders", "queries"): 2}


def test_understanding_is_counted_on_both_parts() -> None:
    names = [figure.name for figure in intents.measure()]
    assert {name.split(":")[0] for name in names} == {"work", "measure"}


def test_one_benchmark_runs_by_name_and_writes_its_figures(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "figures.json"
    assert bench(argparse.Namespace(name="intents", json=file)) == 0
    assert len(json.loads(file.read_text())) == 12
    assert "understanding" in capsys.readouterr().out


def test_an_unknown_benchmark_is_answered_with_those_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert bench(argparse.Namespace(name="nonsense", json=None)) == 2
    said = capsys.readouterr().err
    assert all(name in said for name in BENCHMARKS)


def test_a_cold_start_imports_little_more_than_every_such_app_must() -> None:
    memory = next(figure for figure in against_sdks(rounds=1) if "memory" in figure.name)
    assert memory.passes, f"{memory.ratio} times the memory of the two SDKs alone"
