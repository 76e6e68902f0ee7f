import argparse
import io
import json
import re
from pathlib import Path

import pytest

from tools.demo.command import demo
from tools.demo.stage import Stage
from tools.demo.world import WentWrong, World


def test_both_headline_jobs_happen_as_they_should(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "demo.json"
    assert demo(argparse.Namespace(json=file, ops=False)) == 0
    told = capsys.readouterr().out
    assert "\x1b" not in told
    assert "not so" not in told
    happened = json.loads(file.read_text())

    recovered = happened["recovery"]
    assert (recovered["vendor_before"], recovered["vendor_after"]) == (
        "demo-flower-shop-a",
        "demo-flower-shop-b",
    )
    assert recovered["price_difference"] == {"minor": 500, "currency": "USD"}
    assert recovered["paid_after"]["minor"] == sum(m["amount"]["minor"] for m in recovered["movements"])
    assert recovered["delay_minutes"] > 0
    assert recovered["escalations"] == 0
    assert "uso.recovery.proposed" in recovered["events"]
    assert f"{recovered['delay_minutes']}-minute delay" in " ".join(told.split())

    books = recovered["money"]
    statement, movements = books["statement"], books["provider"]
    assert statement["balanced"]
    assert statement["held"] == recovered["paid_after"]
    assert statement["remaining"]["minor"] == statement["refunded"]["minor"] == 0
    assert statement["released"]["minor"] + statement["fees"]["minor"] == recovered["paid_after"]["minor"]
    assert [each["kind"] for each in movements] == ["payment", "payment", "transfer"]
    assert sum(each["amount"]["minor"] for each in movements) == statement["fees"]["minor"]
    assert books["trial_balance"]["balanced"]
    assert "uso.order.completed" in recovered["events"]

    waited = happened["standing_intent"]
    assert waited["virtual_seconds"] >= 7 * 86_400
    assert waited["weather_seen"][0] == "met"
    assert "not_met" in waited["weather_seen"]
    assert waited["weather_seen"][-1] == "met"
    assert waited["events"].count("uso.intent.asked") == 1

    lengths = {plan["name"]: plan["history_events"] for plan in happened["plans"]}
    assert set(lengths) >= {
        "fulfil_order",
        "negotiate_change",
        "recover_leg",
        "release_leg",
        "pay_out",
        "standing_intent",
    }
    assert lengths["standing_intent"] < 40


def test_a_day_of_the_shop_happens_as_it_should(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "day.json"
    assert demo(argparse.Namespace(json=file, ops=True)) == 0
    told = capsys.readouterr().out
    assert "not so" not in told
    happened = json.loads(file.read_text())
    (profit,) = happened["profit"]
    assert profit["orders"] == 7
    assert profit["profit"]["minor"] == profit["sales"]["minor"] - profit["cost_of_goods"]["minor"]
    assert happened["chargeback"] == "resolved"
    assert [task.count("because of: danger") for task in happened["tasks"]] == [1, 1]


def test_the_show_stops_at_the_first_thing_that_is_not_so() -> None:
    out = io.StringIO()
    world = World(api=None, alice=None, admin=None, time=None, stage=Stage(out), data=Path())  # type: ignore[arg-type]
    world.expect(1 + 1 == 2, "sums add up")
    with pytest.raises(WentWrong, match="not so: pigs fly"):
        world.expect(False, "pigs fly")
    assert "[ok] sums add up" in out.getvalue()
    assert "pigs" not in out.getvalue()


def test_the_story_fits_the_width_of_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "70")
    out = io.StringIO()
    stage = Stage(out)
    long = "a very long sentence with many words " * 6
    stage.title("Title")
    stage.say("A vendor with a long name", long)
    stage.why(long)
    stage.side_by_side(["Before", long], ["After", "short"])
    stage.logic("A AND B", [("A", "met", long), ("B", "unknown", "")], "act")
    lines = out.getvalue().splitlines()
    assert max(map(len, lines)) <= 69
    assert any("[x] A: a very" in line for line in lines)
    assert any("[?] B" in line for line in lines)


def test_a_terminal_that_lacks_a_character_still_gets_the_story() -> None:
    raw = io.BytesIO()
    stage = Stage(io.TextIOWrapper(raw, encoding="ascii", write_through=True))
    stage.say("USO", "the café is closed—sorry")
    assert re.search(rb"caf\? is closed\?sorry", raw.getvalue())
