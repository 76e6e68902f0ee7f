"""What models are told, and their limits: data, one file per use."""

from pathlib import Path

import pytest

from shared.adapters.openai_language.prices import Prices, Usage
from shared.adapters.openai_language.prompts import load_prompts
from shared.chosen_adapters import DATA
from shared.domain.model_calls import Use

LANGUAGE = DATA / "language"
PROMPTS = load_prompts(LANGUAGE, list(Use))


@pytest.mark.parametrize("use", list(Use))
def test_every_use_is_told_first_that_what_it_reads_is_material(use: Use) -> None:
    fence = (LANGUAGE / "fence.md").read_text(encoding="utf-8")
    assert PROMPTS[use].instructions.startswith(fence)
    assert len(PROMPTS[use].instructions) > len(fence)


@pytest.mark.parametrize("use", [Use.INTENT, Use.DECISION, Use.REPLY, Use.NARRATION])
def test_where_somebody_waits_for_an_answer_a_model_has_three_seconds_at_most(use: Use) -> None:
    assert PROMPTS[use].seconds <= 3


@pytest.mark.parametrize("text", ["Hello", "---\nseconds: 4\n---\nHello", "---\nseconds: soon\n---\nHello"])
def test_a_file_without_its_limits_stops_the_start(tmp_path: Path, text: str) -> None:
    (tmp_path / "fence.md").write_text("Fence", encoding="utf-8")
    (tmp_path / "intent.md").write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=r"intent\.md"):
        load_prompts(tmp_path, [Use.INTENT])


def test_the_last_material_is_cut_first() -> None:
    prompt = PROMPTS[Use.REPLY]
    fenced = prompt.fenced({"question": "Why?", "answer": "x" * 10_000})
    assert '"question": "Why?"' in fenced
    assert len(fenced) < prompt.max_chars + 100


def test_a_cost_is_rounded_up_and_cached_tokens_are_cheaper() -> None:
    prices = Prices(LANGUAGE / "prices.json", {"ours": (1.0, 0.1, 4.0)}, models=["gpt-6-luna", "ours"])
    assert prices.cost("ours", Usage(input_tokens=1000, output_tokens=10)) == 1040
    assert prices.cost("ours", Usage(input_tokens=1000, cached_tokens=900, output_tokens=10)) == 230
    assert prices.cost("ours", Usage(input_tokens=1000, written_tokens=900)) == 1225
    assert prices.cost("gpt-6-luna", Usage(input_tokens=1)) == 1


def test_own_prices_go_before_listed_ones() -> None:
    prices = Prices(LANGUAGE / "prices.json", {"gpt-6-luna": (9.0, 9.0, 9.0)}, models=["gpt-6-luna"])
    assert prices.cost("gpt-6-luna", Usage(input_tokens=1)) == 9
