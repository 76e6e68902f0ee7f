"""What the tests hold ready for being counted, too: modules of data beside them."""

import importlib.util
import sys
from types import ModuleType

from tools.root import ROOT


def load(name: str) -> ModuleType:
    """Return a module of `tests/domain`, such as `intents/labelled.py`: the tests are no package."""
    path = ROOT / "tests" / "domain" / name
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None:
        raise ImportError(str(path))
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # its dataclasses look themselves up
    spec.loader.exec_module(module)
    return module
