"""Find plug-ins: the modules of a package of the house, and entry points of the same group.

Built-ins have no private door, and nothing lists them: a new file is a new plug-in.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from importlib.metadata import entry_points
from pkgutil import iter_modules


def discover(group: str) -> Iterator[object]:
    """Everything that the modules of the package ``quarterday.<group>`` define in public, then
    what others have registered as entry points of the group ``quarterday.<group>``.
    """
    package = import_module(f"quarterday.{group}")
    for info in iter_modules(package.__path__):
        module = import_module(f"{package.__name__}.{info.name}")
        for name, value in vars(module).items():
            if not name.startswith("_") and getattr(value, "__module__", "") == module.__name__:
                yield value
    for entry in entry_points(group=f"quarterday.{group}"):
        yield entry.load()
