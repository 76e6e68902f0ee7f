"""Where a client that knows only our address learns whose tokens we take (RFC 9728)."""

from shared.errors import NotFound
from triggers.web.answer import Document, to_json
from triggers.web.call import Call
from triggers.web.challenge import metadata_url


async def metadata(call: Call) -> Document:
    """Name the issuer. Raises NotFound where tokens are local, or are not for our public URL."""
    settings = call.app.settings
    if metadata_url(settings) is None:
        raise NotFound("issuer of tokens for", settings.public_url)
    known = {
        "resource": settings.public_url,
        "authorization_servers": [settings.oidc_issuer],
        "bearer_methods_supported": ["header"],
        "resource_name": "USO",
    }
    return Document(to_json(known))
