"""`dev.py start`: the app served for a person."""

import argparse
import asyncio
import json
import logging
import os
import sys

from devhost.clock import parse_instant
from devhost.errors import HostError
from tools.place import Place, free_port
from tools.serve import serve
from tools.tokens import issue


def start(arguments: argparse.Namespace) -> int:
    """Serve the app for a person until Ctrl-C; 2 means that it could not start."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)-7s %(name)s  %(message)s")
    logging.getLogger("devhost").setLevel(logging.INFO)
    try:
        beginning = parse_instant(arguments.start_at) if arguments.start_at else None
        place = Place(
            data=arguments.data.resolve(),
            port=arguments.port or free_port(),
            clock=arguments.clock,
            start_at=beginning,
        )
        asyncio.run(serve(place, welcome))
    except (HostError, ValueError) as error:
        print(f"dev.py start: {error}", file=sys.stderr)
        return 2
    return 0


def welcome(place: Place) -> str:
    """Say where everything is, with a line to paste."""
    issuer = os.environ.get("USO_OIDC_ISSUER")
    token = "$TOKEN" if issuer else issue(place.data, persona="customer", id="alice")
    alice = "Try it as the customer alice (more tokens: python3 dev.py token --help):"
    lines = [
        "",
        f"USO is up: {place.url}      (Ctrl-C stops it; its state stays in {place.data})",
        f"  chat      POST {place.url}/api/v1/chat",
        f"  discover  GET  {place.url}/api/v1/discover",
        f"  doors     {place.url}/api/openapi.json",
        f"  inside    {place.url}/devhost",
        *([f"  clock     POST {place.url}/devhost/clock"] if place.clock == "virtual" else []),
        "",
        f"Try it with a token of {issuer}:" if issuer else alice,
        "",
        _curl(place, token),
        "",
    ]
    return "\n".join(lines)


def _curl(place: Place, token: str) -> str:
    said = json.dumps({"text": "red roses for my mom by Saturday, under $80"})
    quoted = f'"{said.replace(chr(34), chr(92) + chr(34))}"' if os.name == "nt" else f"'{said}'"
    head = f'-H "Authorization: Bearer {token}" -H "Content-Type: application/json"'
    return f"curl -s {place.url}/api/v1/chat {head} -d {quoted}"
