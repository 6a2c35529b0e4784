"""Classes of which the kit has code of its own, compiled in when a driver of the class is on.

Such code stands in a folder of the kit that has the class's name, with a list of what it gives to
the rest of the image. No class is named here.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from ukdrivers.model import Driver

__all__ = ["FOLDER", "KIT", "class_symbol", "exports", "with_code"]

KIT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "kit")
#: of the kit, with a folder a class
FOLDER = "classes"
EXPORTS = "exportsyms.uk"


def with_code(drivers: Iterable[Driver], kit: str) -> tuple[str, ...]:
    """Return the classes of *drivers* that have code in the kit, sorted."""
    classes = {driver.class_ for driver in drivers}
    return tuple(sorted(one for one in classes if os.path.isdir(os.path.join(kit, FOLDER, one))))


def class_symbol(class_: str) -> str:
    """Return the Kconfig symbol that is on when a driver of the class is: ``LIBUKD_PCI_HOST``."""
    return f"LIBUKD_{class_.upper().replace('-', '_')}"


def exports(class_: str, kit: str) -> tuple[str, ...]:
    """Return the symbols that the code of a class gives to the rest of the image."""
    path = os.path.join(kit, FOLDER, class_, EXPORTS)
    if not os.path.exists(path):
        return ()
    with open(path, encoding="utf-8") as file:
        return tuple(line for one in file if (line := one.partition("#")[0].strip()))
