"""What the deployment makes is what the code reads and writes: topic, subscriptions, containers, indexes."""

import pytest

from tools import infra
from tools.root import ROOT


@pytest.mark.parametrize("name", sorted(infra.FILES))
def test_files_of_the_infrastructure_are_those_of_the_code(name: str) -> None:
    written = (ROOT / "infra" / name).read_text(encoding="utf-8")
    assert written == infra.text(name), "run `.venv/bin/python -m tools.infra`"
