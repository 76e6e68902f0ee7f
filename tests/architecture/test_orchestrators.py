"""Plans are replayed from the first line each time they wake: they must do the same every time."""

import ast
import inspect
import re
from collections.abc import Iterator
from importlib import import_module

import pytest
from pydantic import BaseModel

from activities.blueprint import STEPS
from orchestrators.blueprint import PLANS
from shared.bootstrap import App
from tests.architecture.sources import Source, dotted, imports, is_within, listed, sources
from triggers.wiring import ACTIONS, Start, Wake

MAY_IMPORT = ("azure.durable_functions", "collections.abc", "datetime", "typing", "orchestrators")
FORBIDDEN = {
    "now": "reads the clock: take context.current_utc_datetime",
    "utcnow": "reads the clock: take context.current_utc_datetime",
    "today": "reads the clock: take context.current_utc_datetime",
    "environ": "reads the environment: hand settings in with the input",
    "getenv": "reads the environment: hand settings in with the input",
    "uuid4": "draws a random id: take context.new_uuid()",
    "task_all": "waits for all: an open wait among them never ends, and undo starts late",
    "call_http": "does I/O in a plan: make it a step",
    "set_custom_status": "cannot be cleared: show the stored state instead",
}
CALLS = {"open": "does I/O", "print": "does I/O", "set": "has no order", "frozenset": "has no order"}
ONLY_IN_PLUMBING = {
    "call_activity_with_retry": "orchestrators.plan",
    "call_sub_orchestrator": "orchestrators.plan",
    "wait_for_external_event": "orchestrators.plan",
    "task_any": "orchestrators.plan",
    "continue_as_new": "orchestrators.plan",
}
TIMERS = {"orchestrators.plan", "orchestrators.simulated_reply"}
"""`Plan.heard`, and the one plan that waits for nothing but its time. Both cut waits into segments."""
PLUMBING = {"orchestrators", "orchestrators.blueprint", "orchestrators.plan"}

pytestmark = pytest.mark.flow("6.7-1")


def _lint(source: Source) -> Iterator[str]:
    for node in ast.walk(source.tree):
        if isinstance(node, ast.AsyncFunctionDef | ast.Await | ast.AsyncFor | ast.AsyncWith):
            yield f"{source.at(node)} is async: a plan is a plain generator"
        elif isinstance(node, ast.Attribute):
            yield from _attribute(source, node)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CALLS:
            yield f"{source.at(node)} {CALLS[node.func.id]}: {node.func.id}()"
        elif isinstance(node, ast.Set | ast.SetComp):
            yield f"{source.at(node)} has no order: a set"
        elif isinstance(node, ast.Global | ast.Nonlocal):
            yield f"{source.at(node)} keeps state outside of the history"


def _attribute(source: Source, node: ast.Attribute) -> Iterator[str]:
    if node.attr in FORBIDDEN:
        yield f"{source.at(node)} {FORBIDDEN[node.attr]}"
    if node.attr == "create_timer" and source.name not in TIMERS:
        yield f"{source.at(node)} makes its own timer: wait with Plan.heard"
    if node.attr == "call_activity":
        yield f"{source.at(node)} has no retry: run it with Plan.step"
    home = ONLY_IN_PLUMBING.get(node.attr)
    if home is not None and source.name != home:
        yield f"{source.at(node)} calls {node.attr} itself: Plan does that"


def test_plans_hold_no_clock_chance_environment_or_io() -> None:
    wrong = [problem for source in sources("orchestrators") for problem in _lint(source)]
    assert not wrong, listed(wrong, "a plan must do the same at every replay:")


def test_plans_import_nothing_that_could_differ_between_replays() -> None:
    wrong = [
        str(found)
        for source in sources("orchestrators")
        for found in imports(source)
        if not is_within(found.target, MAY_IMPORT)
    ]
    assert not wrong, listed(wrong, f"a plan may import only {', '.join(MAY_IMPORT)}:")


def test_the_lint_sees_what_it_looks_for() -> None:
    text = (
        "def plan(context):\n"
        "    yield context.create_timer(datetime.now())\n"
        "    yield context.call_activity('')"
    )
    source = Source("orchestrators.bad", sources("orchestrators")[0].path, ast.parse(text))
    assert len(list(_lint(source))) == 3


def test_timers_are_cut_into_segments_that_the_extension_handles() -> None:
    for source in (s for s in sources("orchestrators") if s.name in TIMERS):
        timers = [
            n
            for n in ast.walk(source.tree)
            if isinstance(n, ast.Call) and dotted(n.func).endswith("create_timer")
        ]
        assert timers, f"{source.name} has no timer any more: take it off TIMERS"
        for timer in timers:
            text = ast.unparse(timer)
            assert "current_utc_datetime" in text, f"{source.at(timer)} is not on the plan's own clock"
            assert re.search(r"min\(\w+, LONGEST_TIMER\)", text), (
                f"{source.at(timer)} may be longer than five days"
            )


def test_every_plan_is_registered_under_the_name_that_starts_it() -> None:
    modules = {source.name for source in sources("orchestrators")} - PLUMBING
    registered = {plan.__module__ for plan in PLANS}
    assert registered == modules, (
        "orchestrators/blueprint.py lists every module of orchestrators/, and only those"
    )
    for plan in PLANS:
        assert plan.__module__ == f"orchestrators.{plan.__name__}"
        assert list(inspect.signature(plan).parameters) == ["context"], "the worker insists on that name"
        assert inspect.isgeneratorfunction(plan)


def _strings(call: str) -> dict[str, list[str]]:
    """First argument of every `plan.{call}(...)`, by module; a loop over names counts as the names."""
    found: dict[str, list[str]] = {}
    for source in (s for s in sources("orchestrators") if s.name not in PLUMBING):
        loops = {
            node.target.id: [ast.literal_eval(item) for item in node.iter.elts]
            for node in ast.walk(source.tree)
            if isinstance(node, ast.For)
            and isinstance(node.target, ast.Name)
            and isinstance(node.iter, ast.Tuple)
        }
        for node in ast.walk(source.tree):
            if not (isinstance(node, ast.Call) and dotted(node.func) == f"plan.{call}"):
                continue
            first = node.args[0]
            names = loops[first.id] if isinstance(first, ast.Name) else [_text(first)]
            found.setdefault(source.name, []).extend(names)
    return found


def _text(node: ast.expr) -> str:
    """A constant, or a format string with `*` for its holes."""
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "*" for part in node.values)
    assert isinstance(node, ast.Constant), "names of steps and events are written out where they are used"
    return str(node.value)


def test_the_steps_of_the_plans_are_the_steps_of_the_table() -> None:
    used = {
        name
        for call in ("step", "tried", "outcome", "patiently", "surely", "undoable")
        for names in _strings(call).values()
        for name in names
    }
    table = [name for names in STEPS.values() for name in names]
    assert len(table) == len(set(table)), "the same step stands in two modules"
    assert used == set(table), "activities/blueprint.py lists every step that a plan takes, and no other"


@pytest.mark.parametrize(
    ("module", "name"), [(module, name) for module, names in STEPS.items() for name in names]
)
def test_a_step_takes_one_model_and_the_app_and_answers_with_a_model(module: str, name: str) -> None:
    step = getattr(import_module(module), name)
    signature = inspect.signature(step, eval_str=True)
    assert inspect.iscoroutinefunction(step)
    assert list(signature.parameters) == ["step", "app"]
    assert issubclass(signature.parameters["step"].annotation, BaseModel)
    assert signature.parameters["app"].annotation is App
    assert issubclass(signature.return_annotation, BaseModel)


def test_every_step_module_is_in_the_table() -> None:
    modules = {source.name for source in sources("activities")} - {"activities", "activities.blueprint"}
    assert modules == set(STEPS)


class _Anything(dict[str, str]):
    """Event data with every field."""

    def __missing__(self, key: str) -> str:
        return "ord_x-n1" if key == "subject" else "7"

    def get(self, key: str, default: object = None) -> str:  # type: ignore[override]
        return self[key]


def test_events_wake_plans_by_the_names_they_wait_for() -> None:
    waits = {name for names in _strings("heard").values() for name in names}
    actions = [rule(_Anything()) for rule in ACTIONS.values()]
    wakes = {re.sub(r"-7$", "-*", action.event) for action in actions if isinstance(action, Wake)}
    assert waits == wakes, "triggers/wiring.py raises what the plans wait for, and nothing else"


def test_every_plan_that_no_other_plan_runs_is_started_by_an_event() -> None:
    started = {action.plan for rule in ACTIONS.values() if isinstance(action := rule(_Anything()), Start)}
    children = {name for names in _strings("child").values() for name in names}
    assert started | children == {plan.__name__ for plan in PLANS}
    assert started >= {plan.__name__ for plan in PLANS} - children


def test_each_wait_of_a_plan_has_a_name_of_its_own() -> None:
    """An event that came early would be heard again by a second wait of the same name."""
    for module, names in _strings("heard").items():
        assert len(names) == len(set(names)), f"{module} waits twice for one name: {names}"
