"""The app signs in at Cosmos DB with its managed identity, as App Service hands it out, without any key."""

import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web

from shared.adapters.cosmos_store.containers import Container
from shared.adapters.cosmos_store.ensure import ensure
from shared.adapters.cosmos_store.store import CosmosStore
from shared.errors import Unavailable
from shared.ports.store import Create
from tests.peers.cosmos.peer import CosmosPeer
from tests.peers.smtp.certificates import new_certificate

pytestmark = pytest.mark.wire
CLIENT, HEADER, TOKEN = "11111111-2222-3333-4444-555555555555", "only-inside", "t0ken"


class IdentityEndpoint:
    """App Service's own endpoint for tokens (api-version 2019-08-01)."""

    def __init__(self) -> None:
        self.token = TOKEN
        self.asked: list[dict[str, str]] = []

    async def answer(self, request: web.Request) -> web.Response:
        assert request.headers["X-IDENTITY-HEADER"] == HEADER
        self.asked.append(dict(request.query))
        until = str(int(time.time()) + 3600)
        token = {"access_token": self.token, "expires_on": until, "token_type": "Bearer"}
        return web.json_response({**token, "resource": request.query["resource"]})


@pytest.fixture
async def identity(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[IdentityEndpoint]:
    endpoint = IdentityEndpoint()
    app = web.Application()
    app.router.add_get("/token", endpoint.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    monkeypatch.setenv("IDENTITY_ENDPOINT", f"http://127.0.0.1:{runner.addresses[0][1]}/token")
    monkeypatch.setenv("IDENTITY_HEADER", HEADER)
    monkeypatch.setenv("AZURE_CLIENT_ID", CLIENT)
    yield endpoint
    await runner.cleanup()


@pytest.fixture
async def store(identity: IdentityEndpoint, tmp_path: Path) -> AsyncIterator[CosmosStore]:
    certificate, _ = new_certificate(tmp_path)
    with CosmosPeer(tls=(certificate, tmp_path / "key.pem", TOKEN)) as peer:
        settings = peer.settings()
        await ensure(settings, [Container("c")])
        store = CosmosStore(settings.model_copy(update={"cosmos_key": None}))
        yield store
        await store.close()


async def test_the_identity_of_the_app_opens_the_database(
    store: CosmosStore, identity: IdentityEndpoint
) -> None:
    await store.batch("c", "p", [Create("x", {"n": 1})])
    found = await store.read("c", "p", "x")
    assert found is not None
    assert found.body == {"n": 1}
    assert {asked["client_id"] for asked in identity.asked} == {CLIENT}
    assert len(identity.asked) <= 2, "a token is kept while it lasts"


async def test_an_identity_without_a_role_is_unavailable(
    store: CosmosStore, identity: IdentityEndpoint
) -> None:
    identity.token = "somebody else's"
    with pytest.raises(Unavailable, match="key or identity"):
        await store.read("c", "p", "x")
