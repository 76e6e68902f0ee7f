from collections.abc import AsyncIterator

import pytest

from tests.peers.otlp.peer import OtlpPeer, running_peer


@pytest.fixture
async def collector(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[OtlpPeer]:
    """An OTLP endpoint, which the environment names to every app that is started from now on."""
    async with running_peer() as peer:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", peer.url)
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_TIMEOUT", "1")
        yield peer
