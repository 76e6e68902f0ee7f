"""Function keys: made once per data folder, checked the way Azure checks them."""

import base64
import hmac
import json
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

ANONYMOUS, FUNCTION, ADMIN = "anonymous", "function", "admin"


@dataclass(frozen=True, slots=True)
class Keys:
    """The master key opens everything, the default key every function, the system key the durable API."""

    master: str
    default: str
    system: str
    functions: Mapping[str, str] = field(default_factory=dict)
    enforced: bool = True

    @classmethod
    def load(cls, path: Path, functions: Iterable[str], *, enforced: bool = True) -> "Keys":
        """Read the keys of this data folder and make those that are missing."""
        stored = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
        own = dict(stored.get("functions", {}))
        keys = cls(
            stored.get("master") or _new(),
            stored.get("default") or _new(),
            stored.get("system") or _new(),
            own | {name: own.get(name) or _new() for name in functions},
            enforced,
        )
        keys._save(path)
        return keys

    def _save(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        content = {
            "master": self.master,
            "default": self.default,
            "system": self.system,
            "functions": dict(self.functions),
        }
        path.write_text(json.dumps(content, indent=2), encoding="utf-8")

    def allow(self, level: str, function: str, offered: str | None) -> bool:
        """Say whether a request that offers this key may call the function."""
        if not self.enforced or level == ANONYMOUS:
            return True
        accepted = [self.master]
        if level == FUNCTION:
            accepted += [self.default, self.functions.get(function, self.default)]
        return _is_one_of(offered, accepted)

    def allow_durable(self, offered: str | None) -> bool:
        """Say whether a key opens the durable HTTP API to other machines."""
        return _is_one_of(offered, [self.system, self.master])


def _is_one_of(offered: str | None, accepted: Iterable[str]) -> bool:
    given = (offered or "").encode()
    return any(hmac.compare_digest(given, key.encode()) for key in accepted)


def _new() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(30)).decode() + "AzFu=="
