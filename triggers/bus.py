"""Doors for events: one subscription moves the plans, one tells the customers, one keeps the books."""

import azure.durable_functions as df
import azure.functions as func

from shared.ports.topics import EVENTS_TOPIC, MONEY, NARRATION, PLANS

bp = df.Blueprint()
CONNECTION = "ServiceBusConnection"


@bp.service_bus_topic_trigger(
    arg_name="message", topic_name=EVENTS_TOPIC, subscription_name=PLANS, connection=CONNECTION
)
@bp.durable_client_input(client_name="client")
async def move_plans(message: func.ServiceBusMessage, client: df.DurableOrchestrationClient) -> None:
    """Start or wake the plan that the event is for; a redelivery changes nothing."""
    from shared.bootstrap import app
    from triggers.dispatch import dispatch
    from triggers.ways_in import hearing

    async with hearing(message, PLANS) as event:
        await dispatch(event, client, app().wakeups)


@bp.service_bus_topic_trigger(
    arg_name="message", topic_name=EVENTS_TOPIC, subscription_name=NARRATION, connection=CONNECTION
)
async def tell_customers(message: func.ServiceBusMessage) -> None:
    """Put the event into words for its thread (flow 6.4-1)."""
    from shared.bootstrap import app
    from triggers.ways_in import hearing

    async with hearing(message, NARRATION) as event:
        await app().narrator.narrate(event)


@bp.service_bus_topic_trigger(
    arg_name="message", topic_name=EVENTS_TOPIC, subscription_name=MONEY, connection=CONNECTION
)
async def keep_books(message: func.ServiceBusMessage) -> None:
    """Tell everyone who keeps books about the event; a redelivery changes nothing."""
    from shared.bootstrap import app
    from triggers.ways_in import hearing

    async with hearing(message, MONEY) as event:
        await app().bookkeeping.hear(event)
