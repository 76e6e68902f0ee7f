"""The shop on its bench: the adapter as the app wires it, a peer on loopback, a clock to move."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass

from pydantic import SecretStr

from shared.adapters.outbound import Outbound
from shared.adapters.shopify.gateway import Gateway
from shared.adapters.shopify.shop import ShopifyShop
from shared.settings import Settings
from tests.breakers import breakers
from tests.clocks import HandClock
from tests.peers.shopify.peer import PATH, TOKEN, ShopifyPeer, running_peer


@dataclass
class Bench:
    """`of` gives the shop with another token."""

    peer: ShopifyPeer
    outbound: Outbound
    clock: HandClock

    @property
    def shop(self) -> ShopifyShop:
        return self.of(TOKEN)

    def of(self, token: str) -> ShopifyShop:
        return ShopifyShop(Gateway(self.outbound, f"{self.peer.url}{PATH}", SecretStr(token)))


@contextlib.asynccontextmanager
async def running_bench() -> AsyncIterator[Bench]:
    async with running_peer() as peer:
        clock = HandClock()
        outbound = Outbound(Settings(allow_private_urls=True), breakers(clock))
        yield Bench(peer, outbound, clock)
        await outbound.close()
