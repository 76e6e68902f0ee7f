"""The checks the Python worker makes before it accepts a function, each saying what to change."""

import inspect
import typing
from collections.abc import Callable
from typing import Any

import azure.functions as func

from devhost.bindings import (
    ACTIVITY,
    DURABLE_CLIENT,
    ENTITY,
    HTTP,
    INPUTS,
    ORCHESTRATION,
    OUTPUTS,
    RETURN,
    SERVICE_BUS,
    TIMER,
    TRIGGERS,
    AppFunction,
    Binding,
)
from devhost.converters import converter
from devhost.retries import RetryPolicy
from devhost.routes import RouteError, parse_template
from devhost.schedule import ScheduleError, parse_schedule

_NONE = inspect.Parameter.empty


def function_problems(function: AppFunction) -> list[str]:
    """Return one sentence per thing that keeps this function from running."""
    hints, problems = _hints(function)
    problems += _unsupported(function)
    if not problems:
        problems += [*_durable(function), *_client(function), *_names(function), *_context(function, hints)]
        problems += [text for binding in function.bindings for text in _annotation(binding, hints)]
        problems += [*_trigger_settings(function.trigger), *_retry(function)]
    return [f"function '{function.name}': {problem}" for problem in problems]


def function_warnings(function: AppFunction) -> list[str]:
    """Return what runs here but would surprise in production."""
    warnings = []
    if function.retry and function.trigger.type != TIMER:
        warnings.append("its retry policy is ignored: this host retries timer triggers only")
    if function.trigger.type == SERVICE_BUS and not is_batch(function.trigger) and _takes_list(function):
        warnings.append("it takes a list but has cardinality 'one': it will be handed a single message")
    return [f"function '{function.name}': {warning}" for warning in warnings]


def is_batch(trigger: Binding) -> bool:
    """Say whether a Service Bus trigger takes batches."""
    return (trigger.text("cardinality") or "one").lower() == "many"


def _takes_list(function: AppFunction) -> bool:
    annotation = _hints(function)[0].get(function.trigger.name)
    return typing.get_origin(annotation) is not None


def _hints(function: AppFunction) -> tuple[dict[str, Any], list[str]]:
    try:
        return typing.get_type_hints(function.call), []
    except NameError as error:
        return {}, [f"an annotation cannot be resolved ({error}): import the name it uses"]


def _unsupported(function: AppFunction) -> list[str]:
    problems = []
    for binding in function.bindings:
        kind, known = _kind(binding)
        if binding.type not in known:
            problems.append(
                f"this host does not support the {kind} '{binding.type}' ('{binding.name}'); "
                f"it supports {', '.join(sorted(known))}"
            )
    return problems


def _kind(binding: Binding) -> tuple[str, frozenset[str]]:
    if binding.is_trigger:
        return "trigger", TRIGGERS
    return ("output binding", OUTPUTS) if binding.is_out else ("input binding", INPUTS)


def _durable(function: AppFunction) -> list[str]:
    trigger = function.trigger
    if trigger.type not in (ORCHESTRATION, ENTITY):
        return []
    if trigger.name != "context":
        return [
            f"its trigger parameter is named '{trigger.name}', but the SDK's handler takes 'context': "
            f'write context_name="context"'
        ]
    user = getattr(function.call, "orchestrator_function", None) or getattr(
        function.call, "entity_function", function.call
    )
    if inspect.iscoroutinefunction(user) or inspect.isasyncgenfunction(user):
        return ["durable code must be a plain function: write 'def', and 'yield' instead of 'await'"]
    return []


def _client(function: AppFunction) -> list[str]:
    if not function.of_type(DURABLE_CLIENT):
        return []
    call: Callable[..., Any] = function.call
    while hasattr(call, "client_function"):
        call = call.client_function
    if inspect.iscoroutinefunction(call):
        return []
    return ["it takes a durable client but is a plain function: make it 'async def'"]


def _names(function: AppFunction) -> list[str]:
    parameters = set(inspect.signature(function.call).parameters)
    if function.wants_context:
        parameters.discard("context")
    bound = {binding.name for binding in function.bindings if binding.name != RETURN}
    problems = []
    if extra := sorted(parameters - bound):
        problems.append(
            f"parameters without a binding: {', '.join(extra)}. Add a binding of that name or remove them"
        )
    if absent := sorted(bound - parameters):
        problems.append(
            f"bindings without a parameter: {', '.join(absent)}. Add a parameter of that name or fix the "
            f"name in the decorator"
        )
    return problems


def _context(function: AppFunction, hints: dict[str, Any]) -> list[str]:
    annotation = hints.get("context")
    if not function.wants_context or annotation is None:
        return []
    if isinstance(annotation, type) and annotation.__name__ == "Context":
        return []
    return [f"'context' must be annotated azure.functions.Context, not {_show(annotation)}"]


def _annotation(binding: Binding, hints: dict[str, Any]) -> list[str]:
    if binding.name == RETURN:
        return _return_annotation(binding, hints)
    annotation = hints.get(binding.name, _NONE)
    if annotation is _NONE or binding.type in (ACTIVITY, DURABLE_CLIENT, ORCHESTRATION, ENTITY):
        return []
    is_out = annotation is func.Out or typing.get_origin(annotation) is func.Out
    if binding.is_out and not is_out:
        return [f"'{binding.name}' is an output: annotate it azure.functions.Out[str] or Out[bytes]"]
    if is_out and not binding.is_out:
        return [f"'{binding.name}' is an input, but it is annotated azure.functions.Out"]
    if is_out:
        return _out_annotation(binding, annotation)
    return _input_annotation(binding, annotation)


def _out_annotation(binding: Binding, annotation: Any) -> list[str]:
    arguments = typing.get_args(annotation)
    if len(arguments) != 1:
        return [f"'{binding.name}' has a bare Out annotation: say what it holds, as in Out[str]"]
    if _accepts(binding, arguments[0], output=True):
        return []
    return [f"'{binding.name}' cannot hold {_show(arguments[0])}: use what the {binding.type} binding sends"]


def _input_annotation(binding: Binding, annotation: Any) -> list[str]:
    if _accepts(binding, annotation, output=False):
        return []
    if binding.type == SERVICE_BUS and typing.get_origin(annotation) is list:
        return [f"'{binding.name}': the SDK does not know list[...]: write typing.List[...] in its place"]
    fitting = {HTTP: "HttpRequest", TIMER: "TimerRequest", SERVICE_BUS: "ServiceBusMessage"}
    return [
        f"'{binding.name}' is annotated {_show(annotation)}, which does not fit {binding.type}: "
        f"use azure.functions.{fitting.get(binding.type, 'the type of that binding')}"
    ]


def _return_annotation(binding: Binding, hints: dict[str, Any]) -> list[str]:
    annotation = hints.get("return", _NONE)
    if annotation in (_NONE, type(None)):
        return []
    if annotation is func.Out or typing.get_origin(annotation) is func.Out:
        return ["the return annotation must not be azure.functions.Out: name the type itself"]
    if not isinstance(annotation, type):
        return [f"the return annotation {_show(annotation)} must be one plain type"]
    if _accepts(binding, annotation, output=True):
        return []
    return [f"the return annotation {_show(annotation)} does not fit the {binding.type} output"]


def _accepts(binding: Binding, annotation: Any, *, output: bool) -> bool:
    sdk = converter(binding.type)
    check = sdk.check_output_type_annotation if output else sdk.check_input_type_annotation
    try:
        return bool(check(annotation))
    except TypeError:  # the SDK's checks call issubclass, which refuses what is no class
        return False


def _show(annotation: Any) -> str:
    return annotation.__name__ if isinstance(annotation, type) else str(annotation)


def _trigger_settings(trigger: Binding) -> list[str]:
    if trigger.type == HTTP:
        return _route(trigger.text("route") or "")
    if trigger.type == TIMER:
        return _schedule(trigger.text("schedule") or "")
    if trigger.type == SERVICE_BUS and not (trigger.text("queueName") or trigger.text("topicName")):
        return ["its Service Bus trigger names neither a queue nor a topic: set queue_name or topic_name"]
    return []


def _retry(function: AppFunction) -> list[str]:
    try:
        RetryPolicy.of(function)
    except ValueError as error:
        return [f"its retry policy cannot be used: {error}"]
    return []


def _route(route: str) -> list[str]:
    try:
        parse_template(route)
    except RouteError as error:
        return [f"its route '{route}' cannot be used: {error}"]
    return []


def _schedule(text: str) -> list[str]:
    if "%" in text:
        return []  # already reported as a missing setting
    try:
        parse_schedule(text)
    except ScheduleError as error:
        return [str(error)]
    return []
