"""Arrows point down only: doors, plans and steps; services; domain and ports. Adapters hang on ports."""

import pytest

from tests.architecture.sources import APP, OURS, Import, imports, is_within, listed, sources

BELOW_SERVICES = ("shared.domain", "shared.ports", "shared.errors")
SERVICES = ("shared.services", "shared.settings", *BELOW_SERVICES)
USE_CASES = ("shared.bootstrap", *SERVICES)
ALLOWED = {
    "function_app": ("triggers", "orchestrators.blueprint", "activities.blueprint"),
    "triggers": ("triggers", *USE_CASES),
    "orchestrators": ("orchestrators",),
    "activities": ("activities", *USE_CASES),
    "shared.bootstrap": ("shared.chosen_adapters", *SERVICES),
    "shared.chosen_adapters": ("shared.adapters", *SERVICES),
    "shared.services": SERVICES,
    "shared.adapters": ("shared.adapters", "shared.settings", *BELOW_SERVICES),
    "shared.ports": ("shared.ports", "shared.domain", "shared.errors"),
    "shared.domain": ("shared.domain", "shared.errors"),
    "shared.settings": (),
    "shared.errors": (),
    "devhost": ("devhost",),
}
"""What a layer may import of this repository. Whatever is not listed is forbidden."""


def _of_this_repository(layer: str) -> list[Import]:
    return [found for source in sources(layer) for found in imports(source) if is_within(found.target, OURS)]


@pytest.mark.parametrize("layer", ALLOWED)
def test_a_layer_imports_only_what_lies_below_it(layer: str) -> None:
    allowed = ALLOWED[layer]
    wrong = [str(found) for found in _of_this_repository(layer) if not is_within(found.target, allowed)]
    assert not wrong, listed(wrong, f"{layer} may import only {', '.join(allowed) or 'nothing of ours'}:")


def test_every_module_of_the_app_has_a_layer() -> None:
    known = tuple(ALLOWED)
    stray = [source.name for source in sources(*APP) if not is_within(source.name, known)]
    assert stray in ([], ["shared"]), listed(stray, "these modules belong to no layer; say which in ALLOWED:")


def test_adapters_are_named_in_one_place() -> None:
    adapters = ("shared.adapters",)
    wrong = [
        str(found)
        for source in sources(*APP)
        if not is_within(source.name, (*adapters, "shared.chosen_adapters"))
        for found in imports(source)
        if is_within(found.target, adapters)
    ]
    assert not wrong, listed(wrong, "adapters are chosen in shared/chosen_adapters.py and nowhere else:")


def test_the_app_knows_nothing_of_its_host_its_tools_and_its_tests() -> None:
    outside = ("devhost", "tools", "tests", "dev")
    wrong = [
        str(found)
        for source in sources(*APP)
        for found in imports(source)
        if is_within(found.target, outside)
    ]
    assert not wrong, listed(wrong, "the app must run on any Azure Functions host, without these:")


def test_the_host_does_not_know_the_app_by_name() -> None:
    words = ("uso", "standing_intent", "negotiat", "recover_leg", "shared.")
    wrong = [
        f"{source.path.name}: {word}"
        for source in sources("devhost")
        for word in words
        if f'"{word}' in source.path.read_text(encoding="utf-8").lower()
    ]
    assert not wrong, listed(wrong, "devhost runs any app; these strings are about this one:")


def test_sdks_stay_behind_the_ports() -> None:
    """A use case that names an SDK cannot be moved to another provider."""
    sdks = ("azure", "openai", "stripe", "twilio", "aiohttp", "httpx", "requests", "sqlite3", "jwt")
    inside = ("shared.services", "shared.domain", "shared.ports")
    wrong = [
        str(found)
        for source in sources(*inside)
        for found in imports(source)
        if is_within(found.target, sdks)
    ]
    assert not wrong, listed(wrong, "services, ports and domain name no SDK; an adapter does:")
