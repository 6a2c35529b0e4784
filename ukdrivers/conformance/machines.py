"""Machines: which of QEMU's have a device for a driver."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ukdrivers.board import read_board

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ukdrivers.conformance.model import Subject

__all__ = ["having"]


def having(subject: Subject, machines: Iterable[str]) -> tuple[str, ...]:
    """Return those of QEMU's machines whose tree has a device that the driver lists.

    :param machines: as after ``qemu:``
    """
    strings = set(subject.driver.compatible)
    return tuple(one for one in machines if _has(f"qemu:{one}", strings))


def _has(board: str, strings: set[str]) -> bool:
    return any(
        node.enabled and not strings.isdisjoint(node.compatible) for node in read_board(board).nodes
    )
