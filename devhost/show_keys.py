"""Prints the function keys of a data folder."""

from devhost.errors import SettingError
from devhost.keys import Keys
from devhost.options import HostOptions


def print_keys(options: HostOptions) -> None:
    """Print every key; the host must have run once, since it makes them."""
    path = options.data_dir / "keys.json"
    if not path.is_file():
        raise SettingError(f"there are no keys in {options.data_dir} yet: start the host once")
    keys = Keys.load(path, ())
    rows = [
        ("master", keys.master),
        ("default", keys.default),
        ("system", keys.system),
        *sorted(keys.functions.items()),
    ]
    for name, key in rows:
        print(f"{name}\t{key}")
