"""Secrets of the embedded adapters: files that only their owner reads, made once."""

import os
import secrets
from pathlib import Path


def create_once(path: Path, content: bytes) -> None:
    """Write a new file. Of several processes that race, the first one's stays."""
    draft = _draft(path, content)
    try:
        # a link appears whole and, unlike a rename, never replaces what another process has put there
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def replace(path: Path, content: bytes) -> None:
    """Put new content in the place of the old; a reader sees one or the other."""
    _draft(path, content).replace(path)


def _draft(path: Path, content: bytes) -> Path:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        draft.unlink()
        raise
    return draft
