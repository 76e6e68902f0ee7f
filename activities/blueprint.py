"""The table of steps, and the one wrapper that runs them: parse, call, answer as JSON."""

import importlib
import inspect
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

import azure.durable_functions as df

if TYPE_CHECKING:
    from pydantic import BaseModel

STEPS = {
    "activities.orders": (
        "reserve_order",
        "release_order",
        "authorise_order",
        "read_payment",
        "void_payment",
        "confirm_vendors",
        "capture_order",
        "report_left_over",
        "dispatch_order",
        "report_untold",
        "fail_order",
    ),
    "activities.funds": ("review_delivery", "release_funds", "send_refund", "report_unsent_refund"),
    "activities.payouts": ("send_payout", "report_unsent_payout"),
    "activities.disputes": ("stage_evidence", "submit_evidence", "hear_bank", "settle_chargeback"),
    "activities.negotiations": (
        "ask_partner",
        "hear_partner",
        "offer_to_customer",
        "read_decision",
        "accept_change",
        "recover_instead",
        "escalate_change",
        "read_resolution",
        "close_change",
    ),
    "activities.recoveries": (
        "find_alternative",
        "read_choice",
        "order_alternative",
        "read_answer",
        "swap_legs",
        "withdraw_alternative",
        "keep_or_cancel",
        "give_up",
        "escalate_recovery",
        "read_settlement",
        "conclude_recovery",
    ),
    "activities.standing": ("begin_intent", "review_intent", "finish_intent"),
    "activities.shop_refunds": ("send_shop_refund", "report_unsent_shop_refund"),
    "activities.operations": (
        "take_shop_order",
        "look_at_shop_order",
        "plan_purchases",
        "place_purchase",
        "report_silent_supplier",
        "write_to_shop_customer",
        "report_unwritten",
        "list_leftover_purchases",
        "call_off_purchase",
        "report_not_called_off",
        "close_in_shop",
    ),
    "activities.simulator": ("deliver_simulated_reply",),
    "activities.affiliates": ("check_affiliate",),
    "activities.parcels": (
        "look_at_parcel",
        "show_tracking",
        "tell_tracking",
        "replace_parcel",
        "place_again",
        "tell_of_replacement",
        "report_parcel",
    ),
    "activities.safety": ("call_person", "pause_campaigns", "report_running_campaigns"),
    "activities.tickets": (
        "triage_ticket",
        "resolve_ticket",
        "reply_to_ticket",
        "escalate_ticket",
        "tell_of_person",
        "name_danger",
        "send_answer",
        "report_unsent_answer",
    ),
}
"""Module -> its steps. Names are unique and stable: they stand in the histories of running plans."""


def blueprint() -> df.Blueprint:
    """Return a blueprint with one activity per step."""
    result = df.Blueprint()
    for module, names in STEPS.items():
        for name in names:
            result.activity_trigger(input_name="payload", activity=name)(_activity(module, name))
    return result


def _activity(module: str, name: str) -> Callable[[Any], Awaitable[Any]]:
    async def activity(payload: dict[str, Any]) -> dict[str, Any]:
        from shared.bootstrap import app
        from shared.ports.telemetry import Kind, entered

        parent = payload.pop("traceparent", None)
        with entered(Kind.STEP, name, {"uso.step": name, **_ids(payload)}, parent=parent) as span:
            step = getattr(importlib.import_module(module), name)
            model: type[BaseModel] = inspect.signature(step, eval_str=True).parameters["step"].annotation
            result: BaseModel = await step(model.model_validate(payload), app())
            told: dict[str, Any] = result.model_dump(mode="json")
            span.attributes["uso.outcome"] = str(told["code"]) if told.get("ok") is False else "done"
            return told

    activity.__name__ = activity.__qualname__ = name
    return activity


def _ids(payload: dict[str, Any]) -> dict[str, str]:
    """What the step is about, for its span: ids only, and all of them are opaque."""
    return {f"uso.{key}": str(value) for key, value in payload.items() if key.endswith("_id")}
