"""Builders for the simulator's rules."""

from datetime import UTC, datetime
from typing import Any

from shared.domain.catalogue import Vendor
from shared.domain.places import BusinessHours, GeoPoint, Place
from shared.domain.simulator.asks import Ask, RequestType
from shared.domain.simulator.outcomes import Outcome, Step, Verdict
from shared.domain.simulator.scenarios import Scenario, Script

NOW = datetime(2026, 5, 4, 15, 0, tzinfo=UTC)
"""A Monday, 10:00 in Austin."""
SHOP = Vendor(
    id="shop-a",
    name="Flower Shop A",
    business_type="florist",
    place=Place(address="Austin", point=GeoPoint(latitude=30.27, longitude=-97.74)),
    hours=BusinessHours(zone="America/Chicago"),
)


def ask(**fields: Any) -> Ask:
    """A change request for pink flowers unless told otherwise."""
    defaults = {"id": "m1", "type": RequestType.CHANGE_REQUEST, "text": "Pink?", "item": "pink flowers"}
    return Ask.model_validate({**defaults, **fields})


def says(text: str = "", verdict: Verdict = Verdict.REJECT, **fields: Any) -> Step:
    """A step with one outcome."""
    return Step(outcomes=(Outcome.model_validate({"verdict": verdict, "text": text, **fields}),))


def scenario(id: str = "s1", **fields: Any) -> Scenario:
    """An active scenario of the shop that rejects everything unless told otherwise."""
    defaults = {"name": id, "partner_ids": (SHOP.id,), "steps": (says(),)}
    script = Script.model_validate({**defaults, **fields})
    return Scenario(id=id, created_at=NOW, updated_at=NOW, script=script)
