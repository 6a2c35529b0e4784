"""Tree fields: what a pass over a board's tree finds besides devices, as C.

In:  a board (from :mod:`ukdrivers.fixed`).
Out: fields of ``<ukd/fixed.h>`` (back to it).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ukdrivers.errors import WireError
from ukdrivers.fdt import reservations
from ukdrivers.literals import designated, quoted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ukdrivers.model import Board

__all__ = ["tree_fields"]

#: as <ukd/core.h> has them
MEMORY_MAX, RESERVED_MAX = 8, 16


def tree_fields(board: Board) -> list[str]:
    """Spell the fields of ``struct ukd_board`` that stand for the pass over the tree.

    :raises WireError: the board has more ranges of memory than an image keeps
    """
    tree: dict[str, str | int] = {"model": quoted(board.model)}
    chip = next((one for one in board.nodes if one.path == board.interrupt_parent), None)
    if chip is not None:
        tree["irqchip"] = quoted(chip.path)
    if chip is not None and chip.compatible:
        tree["irqchip_compatible"] = quoted(chip.compatible[0])
    reserved = [
        *(
            (one.base, one.size)
            for node in board.nodes
            if node.enabled and node.path.startswith("/reserved-memory/")
            for one in node.regions
        ),
        *reservations(board.blob),
    ]
    tree |= _ranges("memory", [(one.base, one.size) for one in board.memory], MEMORY_MAX)
    tree |= _ranges("reserved", reserved, RESERVED_MAX)
    fields = [f"tree = {{ {designated(tree)} }}"]
    return [*fields, f"stdout_path = {quoted(board.stdout)}"] if board.stdout else fields


def _ranges(field: str, ranges: Sequence[tuple[int, int]], most: int) -> dict[str, str | int]:
    kept = [(base, size) for base, size in ranges if size]
    if len(kept) > most:
        raise WireError(f"{field}: {len(kept)} ranges, wanted at most {most} to be built in")
    rows = ", ".join(f"{{ {base:#x}, {size:#x} }}" for base, size in kept)
    return {field: f"{{ {rows} }}", f"{field}_count": len(kept)} if kept else {}
