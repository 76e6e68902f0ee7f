"""`dev.py token`: tokens of the local issuer for a data folder."""

import argparse
import json
import sys
from datetime import timedelta
from pathlib import Path


def token(arguments: argparse.Namespace) -> int:
    """Print a token that the app in this data folder accepts."""
    lifetime = None if arguments.hours is None else timedelta(hours=arguments.hours)
    try:
        text = issue(
            arguments.data,
            persona=arguments.persona,
            id=arguments.id,
            partner=arguments.partner,
            customer=arguments.customer,
            email=arguments.email,
            lifetime=lifetime,
        )
    except ValueError as error:
        print(f"dev.py token: {error}", file=sys.stderr)
        return 2
    print(text)
    return 0


def issue(
    data: Path,
    *,
    persona: str,
    id: str,
    partner: str | None = None,
    customer: str | None = None,
    email: str | None = None,
    lifetime: timedelta | None = None,
) -> str:
    """Return a token by the clock that `data` lives by. Raises ValueError for an impossible holder,
    and where the app takes tokens of another issuer.
    """
    from shared.adapters.clocks import FileClock, SystemClock
    from shared.adapters.local_issuer import LocalIssuer
    from shared.domain.identity import Persona
    from shared.settings import Settings

    if lifetime is not None and lifetime <= timedelta(0):
        raise ValueError("a token is valid for some time: --hours must be above zero")
    clock_file = _clock_file(data)
    settings = Settings(data_dir=data.resolve() / "uso")
    if settings.oidc_issuer:
        raise ValueError(f"this app takes tokens of {settings.oidc_issuer}; log in there")
    issuer = LocalIssuer(settings, FileClock(clock_file) if clock_file else SystemClock())
    return issuer.issue(
        Persona(persona),
        subject=id,
        partner_id=partner,
        customer_id=customer,
        email=email,
        lifetime=lifetime,
    )


def _clock_file(data: Path) -> Path | None:
    note = data / "serving.json"
    if not note.exists():
        return None
    path = json.loads(note.read_text(encoding="utf-8"))["clock_file"]
    return Path(path) if path else None
