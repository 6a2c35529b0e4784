"""Replace: which drivers of a tree ours stand in for.

In:  drivers (from :mod:`ukdrivers.select`), :class:`~ukdrivers.unikraft.tree.Tree`.
Out: folders of the tree (to :mod:`ukdrivers.unikraft.overlay`).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ukdrivers.errors import SelectError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ukdrivers.model import Driver
    from ukdrivers.unikraft.tree import Tree

__all__ = ["replaced_by", "replaced_folders", "stranded_folders"]

#: the tree's virtio transports, and what a driver of the tree's that needs one says in its menu
TRANSPORTS = ("drivers/virtio/mmio", "drivers/virtio/pci")
NEEDS_TRANSPORT = re.compile(r"^\s*select\s+LIBVIRTIO_BUS\b", re.MULTILINE)


def replaced_folders(drivers: Iterable[Driver], tree: Tree) -> tuple[str, ...]:
    """Return the folders that these drivers stand in for, sorted.

    Two drivers may replace one folder when no node can be claimed by both, as those for two
    generations of an interrupt controller that the tree runs with one: the board decides at boot.

    :raises SelectError: a driver replaces a folder that isn't there, or two of them replace one and
        list the same compatible string
    """
    drivers_by_folder: dict[str, list[Driver]] = {}
    for driver in drivers:
        for folder in replaced_by(driver, tree):
            drivers_by_folder.setdefault(folder, []).append(driver)
    for folder, rivals in drivers_by_folder.items():
        _check_rivals(folder, rivals)
    return tuple(sorted(drivers_by_folder))


def stranded_folders(replaced: Iterable[str], tree: Tree) -> tuple[str, ...]:
    """Return the folders of the tree's drivers that nothing finds devices for any more.

    Its virtio drivers work with its transports alone.
    """
    gone = frozenset(replaced)
    present = tree.folders()
    if not gone.issuperset(one for one in TRANSPORTS if one in present):
        return ()
    rest = (one for one in present if one not in gone)
    return tuple(one for one in rest if NEEDS_TRANSPORT.search(tree.text(f"{one}/Config.uk")))


def replaced_by(driver: Driver, tree: Tree) -> tuple[str, ...]:
    """Return the folders of this tree among those that a driver replaces.

    A folder in a class that the tree hasn't got belongs to another release: the same driver had its
    place elsewhere then, or was part of the platform.

    :raises SelectError: the class is there, the folder isn't
    """
    present = tree.folders()
    classes = {one.name for one in tree.classes}
    found = tuple(one for one in map(_plain, driver.replaces) if one in present)
    if found:
        return found
    for folder in map(_plain, driver.replaces):
        above = folder.rpartition("/")[0]
        if above.rpartition("/")[2] in classes or not above.startswith("drivers"):
            import difflib

            near = difflib.get_close_matches(folder, present, n=1)
            raise SelectError(
                f"{driver.distribution}: replaces {folder}, which {tree.root} hasn't got",
                hint=f"did its author mean {near[0]}?" if near else None,
            )
    return ()


def _plain(folder: str) -> str:
    return folder.strip("/")


def _check_rivals(folder: str, rivals: Sequence[Driver]) -> None:
    owner_by_string: dict[str, Driver] = {}
    for driver in rivals:
        for string in driver.compatible:
            other = owner_by_string.setdefault(string, driver)
            if other is not driver:
                raise SelectError(
                    f"{folder}: replaced by {other.distribution} and {driver.distribution}, "
                    f"both for {string}, wanted one",
                    hint=f"leave one out: --set {driver.symbol}=n",
                )
