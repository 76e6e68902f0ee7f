"""What every test of the engine shares."""

import pytest

# Said by the SDK itself, once per process and on every early event; no fault of the engine.
SDK_NOTICES = (
    "ignore:azure.functions df_loads was called:DeprecationWarning",
    "ignore:Potential duplicate Task completion:UserWarning",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/devhost/durable" in item.path.as_posix():
            for notice in SDK_NOTICES:
                item.add_marker(pytest.mark.filterwarnings(notice))
