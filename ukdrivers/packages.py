"""Packages: which of those that are known would bring what is missing.

Used by :mod:`ukdrivers.select`, for the hints of its messages. The catalogue is read only when
something is missing.
"""

from __future__ import annotations

import os
import tomllib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ukdrivers.model import Driver, Node

__all__ = ["for_board", "for_interface", "for_node"]


def for_interface(interface: str, installed: Sequence[Driver]) -> str:
    """Return how to install what provides an interface, or that no package is known."""
    for package in _providers(interface, installed):
        return _install(package)
    return f"no known package provides {interface}"


def for_node(node: Node, interface: str, installed: Sequence[Driver]) -> str:
    """Return how to install what runs a node and provides an interface by it."""
    for string in node.compatible:
        for package in _providers(interface, installed):
            if string in package["compatible"]:
                return _install(package)
    return f"no known package lists {' or '.join(node.compatible)}"


def for_board(nodes: Iterable[Node], interface: str, installed: Sequence[Driver]) -> str | None:
    """Return how to install what provides an interface by any of some nodes; none: no such one."""
    for node in nodes:
        if _is_served(node, interface, installed):
            return for_node(node, interface, installed)
    return None


def _is_served(node: Node, interface: str, installed: Sequence[Driver]) -> bool:
    """Whether a package is known that would run a node and provide an interface by it."""
    packages = _providers(interface, installed)
    return any(not set(one["compatible"]).isdisjoint(node.compatible) for one in packages)


def _providers(interface: str, installed: Sequence[Driver]) -> list[dict[str, list[str]]]:
    """Return the known packages that are not installed and provide an interface."""
    path = os.path.join(os.path.dirname(__file__), "catalogue.toml")
    with open(path, "rb") as file:
        packages = tomllib.load(file)["package"]
    present = {one.distribution for one in installed}
    return [
        one
        for one in packages
        if one["distribution"] not in present and interface in one["provides"]
    ]


def _install(package: Mapping[str, object]) -> str:
    return f"pip install {package['distribution']}"
