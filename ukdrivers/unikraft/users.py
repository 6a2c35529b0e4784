"""Users: the libraries of a tree without which nobody has use for a driver.

In:  the menu of the wired drivers, the adapter, and the drivers of an image.
Out: the same menu (to :mod:`ukdrivers.unikraft.overlay`).

An application that opens no network device doesn't get a driver for one, as in the tree itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ukdrivers.model import Driver
    from ukdrivers.unikraft.adapter import Adapter

__all__ = ["with_users"]


def with_users(menu: str, adapter: Adapter, drivers: Sequence[Driver]) -> str:
    """Have drivers depend on the libraries that use their devices."""
    library_by_class = {
        class_: part.library for part in adapter.parts if part.library for class_ in part.classes
    }
    for driver in drivers:
        libraries = _libraries(driver, drivers, library_by_class)
        if libraries:
            depends = f"\tdepends on HAVE_{driver.symbol}\n"
            menu = menu.replace(depends, f"{depends}\tdepends on {' || '.join(libraries)}\n")
    return menu


def _libraries(
    driver: Driver, drivers: Sequence[Driver], library_by_class: Mapping[str, str]
) -> list[str]:
    """Return the libraries one of which has to be on; none: the driver is of use without."""
    if driver.class_ in library_by_class:
        return [library_by_class[driver.class_]]
    if driver.class_ != "virtio-transport":
        return []
    users = [one for one in drivers if not set(driver.provides).isdisjoint(one.requires)]
    if any(one.class_ not in library_by_class for one in users):
        return []
    return sorted({library_by_class[one.class_] for one in users})
