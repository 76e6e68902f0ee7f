"""Every container, with the orders and conditions of its queries: what a deployment must create.

Writes pay for every indexed path, so only what queries name is indexed. An order is a field and then the
document's key, which Cosmos DB serves from a composite index only: without it the query is refused.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shared.ports.vectors import VECTOR, VECTORS

PARTITION_KEY = "/partition"
"""The partition key of all of them."""
DEFAULT_TTL = -1
"""Documents live for ever unless they bring a TTL of their own."""


@dataclass(frozen=True, slots=True)
class VectorPolicies:
    """The indexing policy with an index of vectors, and the vector embedding policy that belongs to it."""

    indexing: Mapping[str, Any]
    embedding: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Container:
    """`orders` are those of `Query.order_by`, `-` for descending; `conditions` are fields in a `Where`.

    `vector` is a field of vectors that the account can search, where that is switched on.
    """

    name: str
    orders: Sequence[str] = ()
    conditions: Sequence[str] = ()
    vector: str | None = None

    @property
    def indexing_policy(self) -> Mapping[str, Any]:
        """What to index, as the resource provider takes it."""
        fields = {*self.conditions, *(order.removeprefix("-") for order in self.orders)}
        paths = [f"{PARTITION_KEY}/?", "/key/?", *(f"/body/{field}/?" for field in sorted(fields))]
        return {
            "indexingMode": "consistent",
            "automatic": True,
            "includedPaths": [{"path": path} for path in paths],
            "excludedPaths": [{"path": "/*"}],
            "compositeIndexes": [_composite(order) for order in self.orders],
        }

    def vector_policies(self, dimensions: int) -> VectorPolicies:
        """What a container with vectors is made with where the account searches them: it never changes."""
        path = f"/body/{self.vector}"
        embedding = {
            "path": path,
            "dataType": "int8",
            "distanceFunction": "cosine",
            "dimensions": dimensions,
        }
        index = {"path": path, "type": "quantizedFlat"}
        return VectorPolicies(
            indexing={**self.indexing_policy, "vectorIndexes": [index]},
            embedding={"vectorEmbeddings": [embedding]},
        )


def _composite(order: str) -> Sequence[Mapping[str, str]]:
    descending = order.startswith("-")
    return [
        {"path": f"/body/{order.removeprefix('-')}", "order": "descending" if descending else "ascending"},
        {"path": "/key", "order": "ascending"},
    ]


def _table(containers: Iterable[Container]) -> Mapping[str, Container]:
    return {container.name: container for container in containers}


CONTAINERS = _table(
    [
        Container("affiliate_clicks"),
        Container("affiliate_documents"),
        Container("affiliates", orders=["-created_at"], conditions=["affiliate_id"]),
        Container("allowances"),
        Container("catalogue"),
        Container("checkouts"),
        Container(
            "commissions",
            orders=["-ordered_at", "-rank", "earned_at"],
            conditions=["about", "currency", "due", "order_revision", "ordered_at"],
        ),
        Container("contacts"),
        Container("customer_intents", orders=["-at"]),
        Container("customer_mandates", orders=["-at"]),
        Container(
            "disputes",
            orders=["-updated_at", "answer_by"],
            conditions=["answer_by", "customer_id", "order_id", "origin", "overdue", "status"],
        ),
        Container("escalations", conditions=["status", "subject"]),
        Container("external_events", conditions=["consumed", "since"]),
        Container("fee_notices", conditions=["told"]),
        Container("fees", orders=["-version"], conditions=["version"]),
        Container("health"),
        Container("holds", conditions=["due"]),
        Container("inbox"),
        Container("intents"),
        Container("inventory"),
        Container(
            "ledger",
            orders=["-number", "-sequence", "sequence"],
            conditions=["kind", "sequence", "status"],
        ),
        Container("language", orders=["-at"], conditions=["kind"]),
        Container("ledger_views", conditions=["due"]),
        Container("mailbox", orders=["at"]),
        Container("mandate_keys", orders=["created_at"], conditions=["kind"]),
        Container("mandates"),
        Container("operations_views", orders=["-paid_at"], conditions=["status"]),
        Container("orders", conditions=["kind"]),
        Container("outside_simulator", orders=["at"]),
        Container("owner_affiliates", orders=["-at"]),
        Container("partner_disputes", orders=["-at"]),
        Container("partner_orders", orders=["-at"], conditions=["at"]),
        Container("partner_secrets"),
        Container("payments", orders=["at", "due"], conditions=["at", "due"]),
        Container("photos"),
        Container("product-owners"),
        Container("pushes", conditions=["due"]),
        Container("relay"),
        Container("safety", conditions=["ticket_id"]),
        Container("shop_changes", conditions=["due"]),
        Container("shop_news"),
        Container("shop_orders"),
        Container("shop_simulator", orders=["-paid_at"], conditions=["email", "kind"]),
        Container("silences", conditions=["due"]),
        Container(
            "simulator",
            orders=["-received_ms", "received_ms"],
            conditions=["deleted", "kind", "leg_id", "received_ms", "removed", "status"],
        ),
        Container("sourcing"),
        Container("supplier_simulator", orders=["placed_at"], conditions=["kind"]),
        Container("texts", orders=["-at", "at"], conditions=["about", "box"]),
        Container("texts_waiting", conditions=["due"]),
        Container("threads", orders=["-order"], conditions=["kind"]),
        Container("ticket_list", orders=["rank"], conditions=["priority", "status", "touched_at"]),
        Container("tickets", conditions=["channel"]),
        Container("twilio_contents"),
        Container(VECTORS, vector=VECTOR),
        Container("watcher"),
        Container("watches", conditions=["due"]),
        Container("weather"),
    ]
)
