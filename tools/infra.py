"""Writes into `infra/` what must be there for the code: `bus.json`, `containers.json` and `emulator.json`.

`python -m tools.infra`, after a container, an index or a subscription has changed; a test asks for it.
"""

import json
from collections.abc import Mapping
from typing import Any

from shared.adapters.cosmos_store.containers import CONTAINERS, DEFAULT_TTL, PARTITION_KEY, Container
from shared.ports.topics import SUBSCRIPTIONS, TOPIC
from shared.settings import Settings
from tools.root import ROOT


def bus() -> Mapping[str, Any]:
    """The topic and its subscriptions, in the words of `infra/modules/service-bus.bicep`."""
    return {
        "topic": {
            "name": TOPIC.name,
            "duplicateDetectionWindow": TOPIC.duplicate_detection_window,
            "timeToLive": TOPIC.time_to_live,
        },
        "subscriptions": [
            {
                "name": each.name,
                "requiresSession": each.requires_session,
                "maxDeliveryCount": each.max_delivery_count,
                "lockDuration": each.lock_duration,
            }
            for each in SUBSCRIPTIONS
        ],
    }


def emulator() -> Mapping[str, Any]:
    """The same for the Service Bus emulator, with the short spans of its own example."""
    subscriptions = [
        {
            "Name": each.name,
            "Properties": {
                "DeadLetteringOnMessageExpiration": True,
                "DefaultMessageTimeToLive": "PT1H",
                "LockDuration": each.lock_duration,
                "MaxDeliveryCount": each.max_delivery_count,
                "ForwardDeadLetteredMessagesTo": "",
                "ForwardTo": "",
                "RequiresSession": each.requires_session,
            },
        }
        for each in SUBSCRIPTIONS
    ]
    topic = {
        "Name": TOPIC.name,
        "Properties": {
            "DefaultMessageTimeToLive": "PT1H",
            "DuplicateDetectionHistoryTimeWindow": "PT20S",
            "RequiresDuplicateDetection": True,
        },
        "Subscriptions": subscriptions,
    }
    namespace = {"Name": "sbemulatorns", "Queues": [], "Topics": [topic]}
    return {"UserConfig": {"Namespaces": [namespace], "Logging": {"Type": "File"}}}


def containers() -> Mapping[str, Any]:
    """The database and its containers, in the words of `infra/modules/cosmos.bicep`."""
    return {
        "database": Settings.model_fields["cosmos_database"].default,
        "containers": [
            {
                "name": each.name,
                "partitionKey": PARTITION_KEY,
                "defaultTtl": DEFAULT_TTL,
                "indexingPolicy": each.indexing_policy,
            }
            for each in CONTAINERS.values()
        ],
        "searchable": {each.name: _searchable(each) for each in CONTAINERS.values() if each.vector},
    }


def _searchable(container: Container) -> Mapping[str, Any]:
    """What else a container is made with where the account searches vectors."""
    policies = container.vector_policies(Settings.model_fields["embedding_dimensions"].default)
    return {"indexingPolicy": policies.indexing, "vectorEmbeddingPolicy": policies.embedding}


FILES = {"bus.json": bus, "containers.json": containers, "emulator.json": emulator}


def text(name: str) -> str:
    """What the file must say."""
    return json.dumps(FILES[name](), indent=2) + "\n"


def main() -> None:
    """Write the files."""
    for name in FILES:
        (ROOT / "infra" / name).write_text(text(name), encoding="utf-8")


if __name__ == "__main__":
    main()
