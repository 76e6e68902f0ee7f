from collections.abc import AsyncIterator, Iterator
from importlib import import_module

import pytest

from shared.ports import telemetry
from tests.peers.otlp.peer import OtlpPeer, running_peer
from tests.telemetry.kept import Kept


@pytest.fixture
async def collector(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[OtlpPeer]:
    """An OTLP endpoint, which the environment names to every app that is started from now on."""
    # A host that stops forgets what its app loaded: not this, which a thread of the app may still load then.
    import_module("shared.adapters.open_telemetry.pipeline")
    async with running_peer() as peer:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", peer.url)
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_TIMEOUT", "1")
        yield peer


@pytest.fixture
def kept() -> Iterator[Kept]:
    collector = Kept()
    telemetry.collect(collector)
    yield collector
    telemetry.stop(collector)
