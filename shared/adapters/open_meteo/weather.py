"""The weather port over Open-Meteo."""

from datetime import UTC, date, timedelta

from shared.adapters.open_meteo.calls import Calls
from shared.adapters.open_meteo.client import FORECAST_DAYS, Client
from shared.adapters.open_meteo.runs import Runs
from shared.adapters.open_meteo.sheets import Sheets
from shared.adapters.outbound import Outbound
from shared.domain.attribution import Attribution
from shared.domain.places import GeoPoint, cell_of
from shared.ports.clock import Clock
from shared.ports.store import Store
from shared.ports.weather import Forecast
from shared.settings import Settings

ATTRIBUTION = Attribution(
    what="Weather data",
    who="Open-Meteo.com",
    url="https://open-meteo.com/",
    licence="CC BY 4.0",
    licence_url="https://creativecommons.org/licenses/by/4.0/",
    changes="simplified",
)
"""As open-meteo.com/en/licence wants it, with a link beside what is shown."""


class OpenMeteo:
    """`shared.ports.weather.Weather`.

    A point is rounded to the app's weather cell, a tenth of a degree (11 km at the most): that is the grid of
    the global models that decide days ahead (9 to 13 km), so a finer question would get much the same answer,
    and all who ask in a cell share it. A day is a local day of the place, wherever the customer is.
    """

    def __init__(
        self, outbound: Outbound, store: Store, clock: Clock, settings: Settings, *, url: str
    ) -> None:
        self._clock = clock
        client = Client(
            outbound,
            Calls(store, clock, per_day=settings.open_meteo_calls_per_day),
            url=url,
            key=settings.open_meteo_key,
        )
        self._sheets = Sheets(
            client, Runs(client, store, clock, model=settings.open_meteo_model), store, clock
        )

    async def forecast(self, point: GeoPoint, day: date) -> Forecast | None:
        """Return the forecast of `day` at `point`; None beyond the horizon, and for days before yesterday.

        Raises Unavailable when it is not known and cannot be asked for now.
        """
        if day > self._clock.now().astimezone(UTC).date() + timedelta(days=FORECAST_DAYS):
            return None  # nowhere on earth is it near enough: the farthest zone is less than a day ahead
        sheet = await self._sheets.of(cell_of(point))
        found = sheet.forecast(day)
        return None if found is None else found.model_copy(update={"attribution": ATTRIBUTION})
