"""Azure OpenAI without a key: the app's identity signs in; and one client for each event loop."""

import asyncio
import time
from dataclasses import dataclass, field

import pytest
from azure.core.credentials import AccessToken

from shared.adapters.openai_language.readers import OpenAIReaders
from shared.adapters.openai_language.sdk import SCOPE
from shared.errors import Unavailable
from tests.adapters.openai_language.conftest import Bench, Opens

CALM = {"intent": "other", "anger": 0, "danger_words": [], "wants_person": False}


@dataclass
class Identity:
    """A managed identity; its tokens do not last."""

    tokens: list[str]
    scopes: list[str] = field(default_factory=list)
    closed: bool = False

    async def get_token(self, *scopes: str, **more: object) -> AccessToken:
        self.scopes += scopes
        if not self.tokens:
            from azure.core.exceptions import ClientAuthenticationError

            raise ClientAuthenticationError("no identity here: tenant 4711")
        return AccessToken(self.tokens.pop(0), int(time.time()) + 1)

    async def close(self) -> None:
        self.closed = True


async def test_the_identity_signs_in_with_a_token_of_its_own_for_every_call(opens: Opens) -> None:
    identity = Identity(["first", "second"])
    bench = opens(openai_key=None, openai_url="https://uso.openai.azure.com/openai/v1/", identity=identity)
    bench = moved(bench)
    bench.peer.says["SupportForm"] = CALM
    for token in ("first", "second"):
        bench.peer.token = token
        await OpenAIReaders(bench.desk).read("Hello")
    assert identity.scopes == [SCOPE, SCOPE]
    await bench.desk.close()
    assert identity.closed


async def test_an_identity_that_gets_no_token_is_unavailable_and_says_nothing(opens: Opens) -> None:
    bench = moved(
        opens(openai_key=None, openai_url="https://uso.openai.azure.com/openai/v1/", identity=Identity([]))
    )
    with pytest.raises(Unavailable) as failed:
        await OpenAIReaders(bench.desk).read("Hello")
    assert "4711" not in failed.value.detail
    assert bench.peer.asked == []


def moved(bench: Bench) -> Bench:
    """Let a client of Azure's address reach the peer, which speaks no TLS."""
    settings = bench.desk._settings.model_copy(update={"openai_url": bench.peer.url})
    bench.desk._settings = settings
    return bench


async def test_every_event_loop_has_a_client_of_its_own(bench: Bench) -> None:
    bench.peer.says["SupportForm"] = CALM
    readers = OpenAIReaders(bench.desk)

    async def elsewhere() -> None:
        await readers.read("Hello")
        await bench.desk.close()

    await readers.read("Hello")
    for _ in range(2):
        await asyncio.to_thread(asyncio.run, elsewhere())
    await readers.read("Hello")
    assert len(bench.peer.asked) == 4
