"""The simulated world around the partners: the weather's script, and customers whose cards decline."""

from shared.domain.instants import Day, Instant
from shared.domain.model import Model
from shared.ports.weather import Forecast, Sky
from triggers.inputs import PlaceInput, located
from triggers.web.answer import Reply
from triggers.web.call import Call
from triggers.web.plan import PathId


class WeatherBody(Model):
    """What the forecast of a day shall be, from an instant on (default: now)."""

    place: PlaceInput
    day: Day
    sky: Sky
    since: Instant | None = None


class DeclineBody(Model):
    """Whether the customer's charges are declined from now on."""

    customer_id: PathId
    declined: bool = True


async def script_weather(call: Call, body: WeatherBody) -> Reply[Forecast]:
    """Script the embedded forecast; a change of mind is two calls with different instants."""
    place = await located(body.place, call.app, field="place")
    return Reply(
        await call.app.weather_script.set_override(place.point, day=body.day, sky=body.sky, since=body.since)
    )


async def decline_payments(call: Call, body: DeclineBody) -> Reply[DeclineBody]:
    """Let the embedded payment provider decline a customer, or accept them again."""
    await call.app.payment_rehearsal.decline(body.customer_id, declined=body.declined)
    return Reply(body)
