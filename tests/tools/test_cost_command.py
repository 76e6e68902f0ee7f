import json
from pathlib import Path

import pytest

from tools.cli import parser
from tools.cost.command import cost
from tools.cost.report import PAGE, WORKED, rewritten


def run(*given: str) -> int:
    return cost(parser().parse_args(["cost", *given]))


def numbers(capsys: pytest.CaptureFixture[str], *given: str) -> dict[str, object]:
    assert run(*given, "--json") == 0
    told: dict[str, object] = json.loads(capsys.readouterr().out)
    return told


def test_a_month_is_told_with_its_counts_its_bill_and_the_claim(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--intents", "1000", "--orders", "5000") == 0
    said = capsys.readouterr().out
    assert "1,000 standing intents begun (230 wait at any time), 5,000 orders" in said
    for word in ("waiting week", "request units", "queue operations", "bus hours", "together", "$0.0001"):
        assert word in said
    assert max(len(line) for line in said.splitlines()) <= 140


def test_programs_get_numbers_that_add_up(capsys: pytest.CaptureFixture[str]) -> None:
    told = numbers(capsys, "--intents", "10", "--orders", "20", "--weeks", "2", "--shop-orders", "3")
    assert told["business"] == {"intents": 10, "orders": 20, "shop_orders": 3, "weeks": 2.0}
    assert told["total"] == pytest.approx(sum(line["price"] for line in told["month"]))  # type: ignore[attr-defined]
    assert told["total"] >= told["least"] >= told["floor"] > 0  # type: ignore[operator]


def test_more_business_costs_more_and_the_classic_plan_computes_for_less(
    capsys: pytest.CaptureFixture[str],
) -> None:
    small = numbers(capsys, "--intents", "10", "--orders", "10")
    large = numbers(capsys, "--intents", "10000", "--orders", "10000")
    classic = numbers(capsys, "--intents", "10000", "--orders", "10000", "--plan", "classic")
    assert small["total"] < classic["total"] < large["total"]  # type: ignore[operator]


def test_charges_of_an_account_take_the_place_of_estimates(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "charges.json"
    file.write_text('{"read": 0, "query": 0, "feed": 0, "batch": 0}')
    told = numbers(capsys, "--intents", "10", "--orders", "10", "--charges", str(file))
    (units,) = [line for line in told["month"] if line["what"] == "request units"]  # type: ignore[attr-defined]
    assert units["quantity"] == 0
    assert run("--intents", "1", "--orders", "1", "--charges", str(file)) == 0
    assert "request units as charged" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        (("--intents", "many", "--orders", "1"), "--intents must be a whole number, not 'many'"),
        (("--intents", "1", "--orders", "1.5"), "--orders must be a whole number, not '1.5'"),
        (("--intents", "-1", "--orders", "1"), "--intents must be from 0 to"),
        (("--intents", "1", "--orders", "1" + "0" * 30), "--orders must be from 0 to"),
        (("--intents", "1", "--orders", "1" * 5000), "--orders must be a whole number"),
        (("--intents", "1", "--orders", "1", "--shop-orders", ""), "--shop-orders must be a whole number"),
        (("--intents", "1", "--orders", "1", "--weeks", "0"), "--weeks must be above 0"),
        (("--intents", "1", "--orders", "1", "--weeks", "nan"), "--weeks must be above 0"),
        (("--intents", "1", "--orders", "1", "--weeks", "14"), "nobody waits longer than 90 days"),
        (("--intents", "1", "--orders", "1", "--weeks", "long"), "--weeks must be a number, not 'long'"),
        (("--intents", "1", "--orders", "1", "--charges", "/nowhere"), "cannot be read as JSON"),
    ],
)
def test_what_cannot_be_reckoned_with_is_told_in_words(
    capsys: pytest.CaptureFixture[str], given: tuple[str, ...], complaint: str
) -> None:
    assert run(*given) == 2
    out, said = capsys.readouterr()
    assert said.startswith("dev.py cost: ")
    assert complaint in said
    assert out == ""


@pytest.mark.parametrize(
    "text", ["[]", "{}", '{"reads": 1}', '{"read": "1"}', '{"read": -1}', '{"read": true}']
)
def test_charges_in_another_form_are_refused_with_the_right_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    file = tmp_path / "charges.json"
    file.write_text(text)
    assert run("--intents", "1", "--orders", "1", "--charges", str(file)) == 2
    assert '"read": 2.5' in capsys.readouterr().err


def test_the_page_shows_what_the_calculator_says() -> None:
    page = PAGE.read_text("utf-8")
    assert rewritten(page) == page, ".venv/bin/python -m tools.cost.recount"
    assert "| waiting week |" in page
    assert "1,000 intents of a week each" in page
    assert "5,000 orders" in page
    assert (WORKED.intents, WORKED.orders, WORKED.weeks) == (1000, 5000, 1)
