"""What a caller without a good token is told: to bring one, and where it says whose (RFC 6750, RFC 9728)."""

from shared.errors import Unauthenticated
from shared.settings import Settings
from triggers.web.route import WELL_KNOWN

PROTECTED_RESOURCE = "oauth-protected-resource"


def challenge(error: Unauthenticated, settings: Settings) -> str:
    """Return the value of `WWW-Authenticate` (RFC 6750, section 3; RFC 9728, section 5.1)."""
    flaw = ', error="invalid_token"' if error.code == "invalid_token" else ""
    url = metadata_url(settings)
    where = f', resource_metadata="{url}"' if url else ""
    return f'Bearer realm="uso"{flaw}{where}'


def metadata_url(settings: Settings) -> str | None:
    """Return where it is written whose tokens we take; None where it is not.

    A client asks the issuer for a token whose audience is our public URL (RFC 8707), so this must be one that
    we take; and it must have no path, or the document would have to lie elsewhere (RFC 9728, section 3).
    """
    base = settings.public_url
    if not settings.oidc_issuer or base not in settings.oidc_audience or "/" in base.partition("://")[2]:
        return None
    return f"{base}/{WELL_KNOWN}{PROTECTED_RESOURCE}"
