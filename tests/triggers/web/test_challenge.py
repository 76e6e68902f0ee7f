"""What a caller without a good token is told."""

import pytest

from shared.errors import Unauthenticated
from shared.settings import Settings
from triggers.web.challenge import challenge, metadata_url

URL = "https://api.shop.example"


def settings(public_url: str = URL, *audiences: str, issuer: str = "https://issuer.example") -> Settings:
    oidc = {"oidc_issuer": issuer, "oidc_audience": ",".join(audiences)} if issuer else {}
    return Settings(public_url=public_url, **oidc)  # type: ignore[arg-type]


def test_the_challenge_says_what_is_wrong_and_where_to_go() -> None:
    known, local = settings(URL, "other", URL), settings(issuer="")
    missing, wrong = Unauthenticated("No token."), Unauthenticated("Not valid.", code="invalid_token")
    where = f'resource_metadata="{URL}/.well-known/oauth-protected-resource"'
    assert challenge(missing, known) == f'Bearer realm="uso", {where}'
    assert challenge(wrong, known) == f'Bearer realm="uso", error="invalid_token", {where}'
    assert challenge(missing, local) == 'Bearer realm="uso"'
    assert challenge(wrong, local) == 'Bearer realm="uso", error="invalid_token"'


@pytest.mark.parametrize(
    "other",
    [
        settings(issuer=""),
        settings(URL, "other"),
        settings(f"{URL}/", URL),
        settings(f"{URL}/uso", f"{URL}/uso"),
        settings(f"{URL}/", f"{URL}/"),
    ],
)
def test_where_a_token_for_our_address_would_not_be_taken_nobody_is_sent_for_one(other: Settings) -> None:
    assert metadata_url(other) is None
