"""The simulated world around the partners: the weather's script."""

from shared.domain.instants import Day, Instant
from shared.domain.model import Model
from shared.ports.weather import Forecast, Sky
from triggers.inputs import PlaceInput, located
from triggers.web.answer import Reply
from triggers.web.call import Call


class WeatherBody(Model):
    """What the forecast of a day shall be, from an instant on (default: now)."""

    place: PlaceInput
    day: Day
    sky: Sky
    since: Instant | None = None


async def script_weather(call: Call, body: WeatherBody) -> Reply[Forecast]:
    """Script the embedded forecast; a change of mind is two calls with different instants."""
    place = await located(body.place, call.app, field="place")
    return Reply(
        await call.app.weather_script.set_override(place.point, day=body.day, sky=body.sky, since=body.since)
    )
