"""Doors for the clock: the watcher, and the housekeeping that makes lost messages harmless."""

from collections.abc import Awaitable, Callable

import azure.durable_functions as df
import azure.functions as func

bp = df.Blueprint()
HOURLY = "0 0 * * * *"
EVERY_TEN_MINUTES = "0 */10 * * * *"
AT_THREE = "0 0 3 * * *"
AT_FOUR = "0 0 4 * * *"
"""Of the night (UTC): first the books, then what is paid by them."""
AT_FIVE = "0 0 5 * * *"


async def each_of(*chores: Callable[[], Awaitable[object]]) -> None:
    """Do one chore after the other, whatever becomes of those before. Raises what failed, as a group."""
    failed: list[Exception] = []
    for chore in chores:
        try:
            await chore()
        except Exception as error:  # noqa: BLE001 - raised below, when all have had their turn
            failed.append(error)
    if failed:
        raise ExceptionGroup("not every chore was done", failed)


@bp.timer_trigger(arg_name="timer", schedule=HOURLY)
async def watch_intents(timer: func.TimerRequest) -> None:
    """Look at the world for every standing intent (flow 6.7-2)."""
    from shared.bootstrap import app
    from triggers.ways_in import ticking

    with ticking("watch_intents"):
        await app().watcher.tick()


@bp.timer_trigger(arg_name="timer", schedule=EVERY_TEN_MINUTES)
@bp.durable_client_input(client_name="client")
async def keep_house(timer: func.TimerRequest, client: df.DurableOrchestrationClient) -> None:
    """Wake plans that did not hear, send what did not get out, notice who is silent (rules 2 and 3)."""
    from shared.bootstrap import app
    from triggers.dispatch import reconcile
    from triggers.ways_in import ticking

    here = app()
    with ticking("keep_house"):
        await each_of(
            lambda: reconcile(client, here.wakeups),  # first: it needs no bus
            here.pushes.send_again,
            here.texting.out.sender.send_again,
            here.texting.desk.read_again,
            here.silences.notice,
            here.holds.notice,
            here.payment_rehearsal.catch_up,
            here.projection.catch_up,
            here.fee_notices.tell_again,
            here.dispute_deadlines.notice,
            here.operations.shop_changes.notice,
            here.outbox.relay_all,
            *([here.catalogue_vectors.catch_up] if here.catalogue_vectors else []),  # last: it may take long
        )


@bp.timer_trigger(arg_name="timer", schedule=AT_THREE)
async def reconcile_yesterday(timer: func.TimerRequest) -> None:
    """Compare the day that is over with the payment provider's books."""
    from shared.bootstrap import app
    from triggers.ways_in import ticking

    with ticking("reconcile_yesterday"):
        await app().reconciliation.reconcile_nights()


@bp.timer_trigger(arg_name="timer", schedule=AT_FOUR)
async def pay_schedules(timer: func.TimerRequest) -> None:
    """Pay whoever is due tonight, and settle old debts (flow 2.8-2)."""
    from shared.bootstrap import app
    from triggers.ways_in import ticking

    with ticking("pay_schedules"):
        await app().nightly_payouts.run()


@bp.timer_trigger(arg_name="timer", schedule=AT_FIVE)
@bp.durable_client_input(client_name="client")
async def forget_ended_plans(timer: func.TimerRequest, client: df.DurableOrchestrationClient) -> None:
    """Delete the histories of plans that ended long ago: nothing else ever would."""
    from shared.bootstrap import app
    from triggers.dispatch import forget_ended
    from triggers.ways_in import ticking

    with ticking("forget_ended_plans"):
        await forget_ended(client, before=app().clock.now() - app().settings.keep_plans_for)
