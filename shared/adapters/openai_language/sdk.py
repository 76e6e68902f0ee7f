"""The SDK's client: one per process and event loop, opened on first use, with a key or the managed identity.

Importing this imports `openai`, which takes long: `asking` does so off the event loop.
"""

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from openai import AsyncOpenAI, OpenAIError

from shared.settings import Settings

if TYPE_CHECKING:
    from azure.core.credentials_async import AsyncTokenCredential

SCOPE = "https://ai.azure.com/.default"
"""Of Azure OpenAI's v1 API (learn.microsoft.com, "Azure OpenAI in Microsoft Foundry Models v1 API")."""
OPENAI = "https://api.openai.com/v1/"

for _name in ("openai", "httpx2"):
    logging.getLogger(_name).setLevel(logging.WARNING)  # below that, they log what is asked and answered


@dataclass(frozen=True, slots=True)
class Opened:
    """A client, and the identity that it signs in with, if it has one."""

    client: AsyncOpenAI
    identity: "AsyncTokenCredential | None" = None

    async def close(self) -> None:
        """Release the connections."""
        await self.client.close()
        if self.identity is not None:
            await self.identity.close()


def open_client(settings: Settings, identity: "AsyncTokenCredential | None" = None) -> Opened:
    """Open a client. It repeats nothing: where a call fails the rules serve, and nobody waits for more."""
    url = str(settings.openai_url or OPENAI)
    if settings.openai_key is not None:
        key = settings.openai_key.get_secret_value()
        return Opened(AsyncOpenAI(api_key=key, base_url=url, max_retries=0))
    from azure.core.exceptions import AzureError
    from azure.identity.aio import DefaultAzureCredential, get_bearer_token_provider

    credential = identity or DefaultAzureCredential()
    provided = get_bearer_token_provider(credential, SCOPE)

    async def token() -> str:
        try:
            return await provided()
        except AzureError:
            # not from the error: what it says may name tenants and addresses
            raise OpenAIError("The identity got no token.") from None

    return Opened(AsyncOpenAI(api_key=token, base_url=url, max_retries=0), credential)
