"""The adapter on its bench: CJ's mapping as shipped, a peer on loopback, an embedded supplier behind it."""

import contextlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shared.adapters.json_supplier.shelf import JsonSuppliers, json_suppliers
from shared.adapters.outbound import Outbound
from shared.adapters.simulated_suppliers import SimulatedSuppliers
from shared.adapters.simulated_suppliers.supplier import SimulatedSupplier
from shared.adapters.sqlite_store import SqliteStore
from shared.chosen_adapters import DATA
from shared.ports.suppliers import Supplier
from shared.settings import Settings
from tests.breakers import breakers
from tests.clocks import HandClock
from tests.peers.cj.peer import API_KEY, CjPeer, running_peer

ALI = "ali"
OPEN_ID = "123456789"
SHIPPED = DATA / "shop" / "cj.json"


@dataclass
class Bench:
    """`embedded` is what stands behind the peer: there a test arranges what it wants."""

    embedded: SimulatedSuppliers
    shelf: JsonSuppliers
    peer: CjPeer
    clock: HandClock

    @property
    def ali(self) -> Supplier:
        return self.shelf.of(ALI)


def settings_of(folder: Path, **more: Any) -> Settings:
    """Settings of a shop that buys over CJ's API."""
    return Settings(
        data_dir=folder,
        allow_private_urls=True,
        **{
            "supplier_files": str(folder / "cj.json"),
            "supplier_secrets": {"cj": API_KEY, "cj-open-id": OPEN_ID},
            **more,
        },
    )


def write_mapping(folder: Path, **changes: Any) -> None:
    """The shipped mapping, with a few changes, as the document of a supplier `ali`."""
    mapping = {**json.loads(SHIPPED.read_text()), "id": ALI, "pause": 0, **changes}
    (folder / "cj.json").write_text(json.dumps(mapping))


@contextlib.asynccontextmanager
async def running_bench(folder: Path) -> AsyncIterator[Bench]:
    clock = HandClock()
    store = SqliteStore(folder / "store.sqlite", clock)
    settings = settings_of(folder)
    embedded = SimulatedSuppliers(store, clock, settings, shelves=DATA / "shop" / "suppliers.json")
    behind = embedded.of(ALI)
    assert isinstance(behind, SimulatedSupplier)
    outbound = Outbound(settings, breakers(clock))
    async with running_peer(behind, clock.now) as peer:
        write_mapping(folder, base_url=peer.url)
        shelf = json_suppliers(settings, outbound, clock)
        yield Bench(embedded, shelf, peer, clock)
        await outbound.close()
    await store.close()
