"""Buses: which drivers need the part of the driver core that is for buses.

In:  drivers of an image.
Out: their names (to :mod:`ukdrivers.unikraft.glue`).

An image whose devices all stand in the device tree, and drive no bus, does without it.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from ukdrivers.classes import with_code

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ukdrivers.model import Driver

__all__ = ["bus_users"]

#: the headers that declare what is in that part
_HEADERS = re.compile(r'^\s*#\s*include\s*[<"]ukd/(?:bus|pci)\.h[>"]', re.MULTILINE)


def bus_users(drivers: Iterable[Driver], kit: str) -> frozenset[str]:
    """Return the drivers that include the kit's headers for buses, or whose class's code does."""
    everyone = tuple(drivers)
    classes = with_code(everyone, kit)
    return frozenset(
        one.name
        for one in everyone
        if one.class_ in classes or any(map(_HEADERS.search, _texts(one)))
    )


def _texts(driver: Driver) -> Iterator[str]:
    folders = {os.path.dirname(os.path.join(driver.root, one)) for one in driver.sources}
    for folder in sorted(folders):
        for name in sorted(os.listdir(folder)):
            if name.endswith((".c", ".h")):
                with open(os.path.join(folder, name), encoding="utf-8", errors="replace") as file:
                    yield file.read()
