"""What `infra/` makes on Service Bus is what the app counts on (`shared/ports/topics.py`)."""

import json
from dataclasses import asdict
from typing import Any

from pydantic.alias_generators import to_camel

from shared.ports.topics import SUBSCRIPTIONS, TOPIC
from tools.root import ROOT

MADE: dict[str, Any] = json.loads((ROOT / "infra" / "bus.json").read_text())


def in_json(settings: Any) -> dict[str, Any]:
    return {to_camel(name): value for name, value in asdict(settings).items()}


def test_the_topic_is_made_as_the_app_counts_on_it() -> None:
    assert MADE["topic"] == in_json(TOPIC)


def test_so_are_its_subscriptions() -> None:
    assert MADE["subscriptions"] == [in_json(each) for each in SUBSCRIPTIONS]
