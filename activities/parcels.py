"""Steps of a parcel on its way (flows ops-2, ops-x3)."""

from shared.bootstrap import App
from shared.domain.model import Model
from shared.services.operations.parcels import ParcelLook
from shared.services.operations.replacements import Instead
from shared.services.results import StepResult


class ParcelStep(Model):
    """One parcel."""

    order_id: str
    purchase_id: str


class LookAtParcel(ParcelStep):
    """The plan's look at it, counted from 1."""

    turn: int


class PlaceAgain(ParcelStep):
    """The purchase that takes its place."""

    again_id: str


class ReportParcel(ParcelStep):
    """Why a person must look."""

    what: str


async def look_at_parcel(step: LookAtParcel, app: App) -> ParcelLook:
    """Ask the supplier, and say what comes next."""
    await app.wakeups.forget(f"{step.purchase_id}-parcel", f"parcel-{step.turn - 1}")
    return await app.operations.parcels.look(step.order_id, step.purchase_id, step.turn)


async def show_tracking(step: ParcelStep, app: App) -> StepResult:
    """Let the shop show the number."""
    return await app.operations.parcels.show(step.order_id, step.purchase_id)


async def tell_tracking(step: ParcelStep, app: App) -> StepResult:
    """Tell the customer the number, once."""
    return await app.operations.parcels.tell(step.order_id, step.purchase_id)


async def replace_parcel(step: ParcelStep, app: App) -> Instead:
    """Decide what the customer gets instead."""
    return await app.operations.replacements.decide(step.order_id, step.purchase_id)


async def place_again(step: PlaceAgain, app: App) -> StepResult:
    """Buy the goods again."""
    return await app.operations.purchasing.place(step.order_id, step.again_id)


async def tell_of_replacement(step: ParcelStep, app: App) -> StepResult:
    """Tell the customer what they get instead, once."""
    return await app.operations.replacements.tell(step.order_id, step.purchase_id)


async def report_parcel(step: ReportParcel, app: App) -> StepResult:
    """Put it before a person."""
    return await app.operations.parcels.report(step.order_id, step.purchase_id, step.what)
