"""What every test of the engine shares."""

import pytest

SDK_NOTICE = "ignore:azure.functions df_loads was called:DeprecationWarning"
"""Said by the SDK itself, once per process; no fault of the engine."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/devhost/durable" in item.path.as_posix():
            item.add_marker(pytest.mark.filterwarnings(SDK_NOTICE))
