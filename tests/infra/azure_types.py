"""Microsoft's own types of Azure resources, as the Bicep compiler checks by them, without the compiler.

They ride in the Azure MCP server (PyPI: msmcp-azure), which answers from its own binary, without a network.
"""

import importlib.util
import json
import os
import re
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.infra.bicep import Resource, Unknown

Definition = dict[str, Any]
QUIET = {"AZURE_MCP_COLLECT_TELEMETRY": "false", "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT": "1"}


class AzureTypes:
    """Asks the server for each type once."""

    def __enter__(self) -> Self:
        found = importlib.util.find_spec("msmcp_azure")
        assert found, "requirements-wire.txt is not installed"
        program = Path(str(found.origin)).parent / "bin" / "azmcp"
        self._folder = tempfile.TemporaryDirectory()  # it leaves folders wherever it runs
        self._process = subprocess.Popen(
            [str(program), "server", "start", "--tool", "bicepschema_get"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=self._folder.name,
            env=os.environ | QUIET,
            text=True,
        )
        self._asked = 0
        self._known: dict[str, tuple[str, dict[str, Definition]]] = {}
        me = {"name": "uso", "version": "1"}
        self._ask("initialize", {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": me})
        self._send({"jsonrpc": "2.0", "method": "notifications/initialized"})
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.terminate()
        self._process.communicate()
        self._folder.cleanup()

    def _send(self, message: Mapping[str, Any]) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(message) + "\n")
        self._process.stdin.flush()

    def _ask(self, method: str, parameters: Mapping[str, Any]) -> Any:
        assert self._process.stdout is not None
        self._asked += 1
        self._send({"jsonrpc": "2.0", "id": self._asked, "method": method, "params": parameters})
        for line in self._process.stdout:
            answer = json.loads(line)
            if answer.get("id") == self._asked:
                return answer["result"]
        raise AssertionError("the server of types went away")

    def type(self, name: str) -> tuple[str, dict[str, Definition]]:
        """Its newest version, and its definitions by name; empty where the server has none."""
        if name not in self._known:
            said = self._ask("tools/call", {"name": "bicepschema_get", "arguments": {"resource-type": name}})
            answer = json.loads(said["content"][0]["text"])
            listed = answer["results"]["BicepSchemaResult"] if answer["status"] == 200 else []
            whole = next((each["name"] for each in listed if each["$type"] == "Resource"), f"{name}@")
            definitions = {each["name"]: each.get("bodyType", each) for each in listed if "name" in each}
            self._known[name] = whole.partition("@")[2], definitions
        return self._known[name]

    def complaints(self, resource: Resource) -> Iterator[str]:
        """What Azure's types do not take: names, kinds, words, what is missing or read only."""
        version, definitions = self.type(resource.type)
        where = f"{resource.file}: {resource.symbol}"
        if resource.version != version:
            yield f"{where} is of {resource.version}, the types are of {version}"
        body = {
            name: value
            for name, value in resource.body.items()
            if name not in ("parent", "scope", "dependsOn")
        }
        yield from _object(body, definitions[f"{resource.type}@{version}"], definitions, where)


def _object(
    value: Mapping[str, Any], wanted: Definition, every: dict[str, Definition], where: str
) -> Iterator[str]:
    if wanted.get("$type") == "DiscriminatedObject":
        tag = wanted["discriminator"]
        fitting = [each for each in wanted["elements"] if value.get(tag) in _words(each, tag)]
        if not fitting:
            yield f"{where}.{tag} is {value.get(tag)!r}"
            return
        wanted = {"properties": [*wanted["baseProperties"], *fitting[0]["properties"]]}
    known = {each["name"]: each for each in wanted["properties"]}
    for name, given in value.items():
        if name in known and "ReadOnly" in known[name].get("flags", ""):
            yield f"{where}.{name} is read only"
        elif name in known:
            yield from _value(given, known[name]["type"], every, f"{where}.{name}")
        elif "additionalPropertiesType" in wanted:
            yield from _value(given, wanted["additionalPropertiesType"], every, f"{where}.{name}")
        else:
            yield f"{where}.{name} is nothing that the type has"
    for name, each in known.items():
        if "Required" in each.get("flags", "") and name not in value:
            yield f"{where}.{name} is missing"


def _words(element: Definition, tag: str) -> set[str]:
    return {each["type"] for each in element["properties"] if each["name"] == tag}


def _value(value: Any, wanted: str, every: dict[str, Definition], where: str) -> Iterator[str]:
    if isinstance(value, Unknown) and re.fullmatch(r"<[^<>]*>", value):
        return
    if wanted.endswith("[]") and isinstance(value, list):
        for at, each in enumerate(value):
            yield from _value(each, wanted.removesuffix("[]"), every, f"{where}[{at}]")
    elif wanted in every and isinstance(value, Mapping):
        yield from _object(value, every[wanted], every, where)
    elif not _fits(value, wanted):
        yield f"{where} is {value!r}, wanted is {wanted}"


def _fits(value: Any, wanted: str) -> bool:
    if isinstance(value, bool):
        return wanted in ("bool", "any")
    if isinstance(value, int):
        return wanted in ("int", "any")
    words = [word.strip() for word in re.split(r"\s\|\s", wanted)]
    # an open enumeration ends in `string`; take only its named words all the same: others are slips as a rule
    named = [word for word in words if word != "string"]
    return isinstance(value, str) and (value in named or words in (["string"], ["any"]))
