from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from simulator_kit import NOW, SHOP, ask, says, scenario

from shared.domain.money import Money
from shared.domain.simulator.asks import RequestType
from shared.domain.simulator.outcomes import Alternative, Outcome, Step, Verdict
from shared.domain.simulator.presets import PRESETS, ScenarioType
from shared.domain.simulator.responses import (
    ManualResponse,
    NoResponse,
    PlannedResponse,
    draw,
    preview,
    respond,
)
from shared.domain.simulator.scenarios import ResponseMode, Scenario, Script
from shared.domain.simulator.templates import MAX_RENDERED, VARIABLES, check, render
from shared.domain.simulator.triggers import AllOf, Always, ProductContains, RequestIs

PINK_CHANGE = AllOf(of=(RequestIs(any_of=(RequestType.CHANGE_REQUEST,)), ProductContains(text="pink")))
NO_PINK = "No, we don't have pink flowers available"


def answer(*scenarios: Scenario, history: tuple[str, ...] = (), **fields: object) -> PlannedResponse:
    response = respond(SHOP, scenarios, ask(**fields), now=NOW, history=history)
    assert isinstance(response, PlannedResponse)
    return response


def test_the_demo_shop_accepts_its_order_but_not_the_pink_change() -> None:
    rule = scenario(trigger=PINK_CHANGE, steps=(says(NO_PINK),))
    order = answer(rule, type=RequestType.ORDER, item="Red Flowers")
    change = answer(rule)
    assert order.verdict is Verdict.ACCEPT
    assert (change.verdict, change.text) == (Verdict.REJECT, NO_PINK)


def test_without_scenarios_a_partner_accepts_at_once() -> None:
    response = answer()
    assert response.text == "Yes, we can do pink flowers."
    assert (response.verdict, response.due, response.scenario_id) == (Verdict.ACCEPT, NOW, None)


@pytest.mark.parametrize("type_", [RequestType.CANCELLATION, RequestType.NOTICE])
def test_what_asks_nothing_is_not_answered(type_: RequestType) -> None:
    assert respond(SHOP, [scenario()], ask(type=type_), now=NOW) == NoResponse()


def test_the_smaller_priority_answers_first() -> None:
    late = scenario("a", priority=50, steps=(says("late"),))
    early = scenario("b", priority=5, steps=(says("early"),))
    assert answer(late, early).text == answer(early, late).text == "early"


@pytest.mark.parametrize(
    "silent",
    [scenario(active=False), scenario(partner_ids=()), scenario(partner_ids=("someone-else",))],
    ids=["switched off", "assigned to nobody", "another partner's"],
)
def test_a_scenario_plays_only_where_it_is_active_and_assigned(silent: Scenario) -> None:
    assert answer(silent).verdict is Verdict.ACCEPT


def test_a_deleted_scenario_plays_no_more() -> None:
    assert answer(scenario().model_copy(update={"deleted": True})).verdict is Verdict.ACCEPT


def test_a_chain_moves_on_with_the_conversation_and_repeats_its_end() -> None:
    chain = scenario(steps=(says("one"), says("two"), says("three")))
    texts = [answer(chain, history=("s1",) * n).text for n in range(5)]
    assert texts == ["one", "two", "three", "three", "three"]


def test_another_scenarios_answers_do_not_advance_a_chain() -> None:
    chain = scenario(steps=(says("one"), says("two")))
    assert answer(chain, history=("other", "other")).text == "one"


def test_otherwise_answers_when_the_trigger_does_not_fire() -> None:
    either = scenario(
        trigger=ProductContains(text="red"), steps=(says("yes"),), otherwise=(says("only red"),)
    )
    assert answer(either).text == "only red"
    assert answer(either, item="red roses").text == "yes"


def test_a_delay_moves_the_due_time() -> None:
    slow = scenario(steps=(says(delay_seconds=7200),))
    assert answer(slow).due == NOW + timedelta(hours=2)


def test_silence_is_chosen_and_named() -> None:
    mute = scenario(steps=(says(verdict=Verdict.SILENCE),))
    assert respond(SHOP, [mute], ask(), now=NOW) == NoResponse(scenario_id="s1")


def test_a_button_is_pressed_only_where_asked_for() -> None:
    assert answer(scenario()).button is None
    assert answer(scenario(steps=(says(press_button=True),))).button == "decline"
    assert answer(scenario(steps=(says(verdict=Verdict.ACCEPT, press_button=True),))).button == "accept"


def test_a_manual_scenario_queues_with_filled_in_suggestions() -> None:
    manual = scenario(response=ResponseMode.MANUAL, steps=(says("No {requested_item}."), says("Still no.")))
    response = respond(SHOP, [manual], ask(), now=NOW)
    assert response == ManualResponse(scenario_id="s1", suggestions=("No pink flowers.", "Still no."))


def test_a_manual_scenario_needs_no_steps() -> None:
    manual = scenario(response=ResponseMode.MANUAL, steps=())
    assert isinstance(respond(SHOP, [manual], ask(), now=NOW), ManualResponse)


def test_a_manual_scenario_that_does_not_fire_leaves_the_request_to_the_next() -> None:
    manual = scenario(response=ResponseMode.MANUAL, trigger=ProductContains(text="red"), steps=())
    assert answer(manual).verdict is Verdict.ACCEPT


# --- randomness -----------------------------------------------------------------------------------

SEVENTY_THIRTY = (Outcome(verdict=Verdict.ACCEPT, weight=70), Outcome(verdict=Verdict.REJECT, weight=30))


@given(st.text(max_size=20), st.text(min_size=1, max_size=40))
def test_a_draw_is_the_same_every_time(seed: str, ask_id: str) -> None:
    first = draw(SEVENTY_THIRTY, seed=seed, ask_id=ask_id)
    assert draw(SEVENTY_THIRTY, seed=seed, ask_id=ask_id) is first


def test_a_draw_stays_what_it_was_in_earlier_versions() -> None:
    drawn = [draw(SEVENTY_THIRTY, seed="s", ask_id=f"m{n}").verdict for n in range(8)]
    assert "".join(verdict[0] for verdict in drawn) == "arrraaaa"


@pytest.mark.parametrize("seed", ["", "spring", "demo-a"])
def test_draws_come_near_their_weights(seed: str) -> None:
    drawn = [draw(SEVENTY_THIRTY, seed=seed, ask_id=f"ord_{n}-n1.1:ask").verdict for n in range(10_000)]
    assert abs(drawn.count(Verdict.ACCEPT) / len(drawn) - 0.7) < 0.02


def test_another_seed_draws_otherwise() -> None:
    def course(seed: str) -> list[Verdict]:
        return [draw(SEVENTY_THIRTY, seed=seed, ask_id=f"m{n}").verdict for n in range(64)]

    assert course("a") != course("b")


# --- templates ------------------------------------------------------------------------------------


@given(st.text(max_size=200))
def test_a_saved_text_always_renders(template: str) -> None:
    try:
        outcome = Outcome(verdict=Verdict.REJECT, text=template)
    except ValidationError:
        return
    rule = scenario(steps=(Step(outcomes=(outcome,)),))
    assert len(answer(rule).text) <= MAX_RENDERED


@given(st.lists(st.sampled_from([*sorted(VARIABLES)]), min_size=1, max_size=5), st.text(max_size=30))
def test_values_are_data_and_never_a_template(names: list[str], value: str) -> None:
    template = check(" ".join(f"{{{name}}}" for name in names))
    filled = dict.fromkeys(VARIABLES, f"{{partner_name}}{value}")
    assert render(template, filled) == " ".join(f"{{partner_name}}{value}" for _ in names)


@pytest.mark.parametrize(
    "template",
    ["{secret}", "{requested_item.__class__}", "{requested_item!r}", "{0}", "{}", "{", "}", "{{x}}", "   "],
)
def test_an_unknown_variable_or_stray_brace_is_refused_when_saved(template: str) -> None:
    with pytest.raises(ValidationError):
        Outcome(verdict=Verdict.REJECT, text=template)


def test_every_variable_has_a_value_even_for_a_bare_request() -> None:
    template = ", ".join(f"{{{name}}}" for name in sorted(VARIABLES))
    text = answer(scenario(steps=(says(template),)), item="", text="").text
    assert "{" not in text
    assert ", ," not in text


def test_a_counter_offer_names_its_alternative_and_price() -> None:
    offer = Alternative(item="Deep Purple Metallic", price_change=Money(minor=-250))
    counter = scenario(steps=(says(verdict=Verdict.COUNTER_OFFER, alternatives=(offer,)),))
    words = "We don't have pink flowers, but we can offer Deep Purple Metallic; it would cost $2.50 less."
    assert answer(counter).text == words


def test_a_ten_percent_dearer_offer_follows_the_orders_value() -> None:
    script = Script(name="dearer", partner_ids=(SHOP.id,), type=ScenarioType.PRICE_NEGOTIATION)
    dearer = scenario().model_copy(update={"script": script})
    text = "We can do pink flowers, but it would cost {} more."
    assert answer(dearer, order_value=Money(minor=50_05)).text == text.format("$5.01")
    assert answer(dearer).text == text.format("10 %")


READY = [type_ for type_ in ScenarioType if type_ in PRESETS]


@pytest.mark.parametrize("type_", READY)
def test_a_type_brings_its_own_answer(type_: ScenarioType) -> None:
    script = Script.model_validate_json(f'{{"name": "x", "type": "{type_}"}}', strict=True)
    assert script.rule.steps
    assert Script.model_validate_json(script.model_dump_json()) == script


def test_own_steps_replace_the_ready_ones() -> None:
    script = Script(name="x", type=ScenarioType.CONDITIONAL, steps=(says("mine"),))
    assert (script.rule.trigger, script.rule.otherwise) == (Always(), ())


def test_a_conditional_scenario_accepts_above_its_bound_only() -> None:
    script = Script(name="x", type=ScenarioType.CONDITIONAL, partner_ids=(SHOP.id,))
    rule = scenario().model_copy(update={"script": script})
    assert answer(rule, order_value=Money(minor=100_01)).verdict is Verdict.ACCEPT
    assert answer(rule, order_value=Money(minor=100_00)).verdict is Verdict.REJECT


@pytest.mark.parametrize("type_", [t for t in ScenarioType if t not in PRESETS])
def test_a_type_without_a_ready_answer_asks_for_steps(type_: ScenarioType) -> None:
    with pytest.raises(ValidationError):
        Script(name="x", type=type_)


def test_a_scenario_is_refused_when_it_could_not_answer() -> None:
    with pytest.raises(ValidationError):
        scenario(steps=())
    with pytest.raises(ValidationError):
        says(verdict=Verdict.COUNTER_OFFER)
    with pytest.raises(ValidationError):
        says(verdict=Verdict.SILENCE, press_button=True)
    with pytest.raises(ValidationError):
        Alternative(percent=10, price_change=Money(minor=1))


# --- preview --------------------------------------------------------------------------------------


def test_a_preview_tells_why_and_what_with_its_chances() -> None:
    rule = scenario(trigger=PINK_CHANGE, steps=(Step(outcomes=SEVENTY_THIRTY),), active=False, partner_ids=())
    shown = preview(rule, SHOP, ask(), now=NOW)
    assert shown.fires
    assert [line.holds for line in shown.findings] == [True, True]
    assert [(p.verdict, p.chance_percent) for p in shown.possible] == [("accept", 70), ("reject", 30)]
    assert isinstance(shown.response, PlannedResponse)


def test_a_preview_of_what_does_not_fire_answers_nothing() -> None:
    shown = preview(scenario(trigger=PINK_CHANGE), SHOP, ask(item="red"), now=NOW)
    assert (shown.fires, shown.possible, shown.response) == (False, (), NoResponse())
