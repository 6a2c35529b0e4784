"""Table: the C source of an image's driver table, as ``<ukd/table.h>`` describes it.

In:  the drivers of an image (from :mod:`ukdrivers.wire`).
Out: C text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ukdrivers.errors import WireError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ukdrivers.model import Driver

    Slot = tuple[int, int, int]  # hash, driver, match

__all__ = ["fnv1a", "slots_of", "table"]

#: an index in a slot is 16 bits wide, and the largest value marks an empty slot
INDEX_MAX = 0xFFFE
SLOTS_MIN = 8

HEAD = """\
/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Written by ukdrivers; changes are lost.
 *
 * The drivers of this image, and a hash table over their compatible strings.
 */
#include <ukd/config.h>
#include <ukd/table.h>
"""

TAIL = """
const struct ukd_table ukd_table = {{
	.driver = drivers,
	.slot = slots,
	.mask = {mask},
	.driver_count = {count},
}};
"""


def table(drivers: Sequence[Driver]) -> str:
    """Write the driver table of an image.

    Every driver has its slots, on or off; the pointer of one that is off is ``NULL``.

    :param drivers: in the order in which rivals for one string are to be tried
    :returns: C text, the same for the same drivers
    :raises WireError: more drivers or strings than a slot can number
    """
    slots = slots_of([driver.compatible for driver in drivers])
    tail = TAIL.format(mask=len(slots) - 1, count=len(drivers))
    return "".join([HEAD, *_externs(drivers), *_pointers(drivers), *_slots(slots, drivers), tail])


def fnv1a(text: str) -> int:
    """Hash a string as ``ukd_hash_step()`` does, over its UTF-8 bytes.

    Source: RFC 9923, sections 2 (the algorithm) and 5 (its constants).
    """
    value = 0x811C9DC5
    for byte in text.encode():
        value = ((value ^ byte) * 0x01000193) & 0xFFFFFFFF
    return value


def slots_of(compatible: Sequence[Sequence[str]]) -> list[Slot | None]:
    """Lay strings out in an open-addressing table that is at most half full.

    :param compatible: strings by driver
    :returns: hash, index of the driver and index of the string in its match table by slot;
        ``None``: empty
    :raises WireError: an index doesn't fit into a slot
    """
    wanted = sum(len(strings) for strings in compatible)
    if max(len(compatible), *map(len, compatible), 0) > INDEX_MAX:
        raise WireError(f"driver table: {wanted} strings, wanted at most {INDEX_MAX} a driver")
    size = SLOTS_MIN
    while size < 2 * wanted:
        size *= 2
    slots: list[Slot | None] = [None] * size
    for driver, strings in enumerate(compatible):
        for match, string in enumerate(strings):
            value = fnv1a(string)
            at = value % size
            while slots[at] is not None:
                at = (at + 1) % size
            slots[at] = (value, driver, match)
    return slots


def _externs(drivers: Iterable[Driver]) -> list[str]:
    lines = [f"extern const struct ukd_driver {driver.object};\n" for driver in drivers]
    return ["\n", *lines] if lines else []


def _pointers(drivers: Sequence[Driver]) -> list[str]:
    lines = ["\nstatic const struct ukd_driver *const drivers[] = {\n"]
    for driver in drivers:
        lines += [
            f"#if CONFIG_{driver.symbol}\n",
            f"\t&{driver.object},\n",
            "#else\n",
            "\tNULL,\n",
            "#endif\n",
        ]
    return [*lines, *([] if drivers else ["\tNULL,\t/* C has no empty array */\n"]), "};\n"]


def _slots(slots: Iterable[Slot | None], drivers: Sequence[Driver]) -> list[str]:
    lines = ["\n/* hash, driver, match */\nstatic const struct ukd_slot slots[] = {\n"]
    for slot in slots:
        if slot is None:
            lines.append("\t{ 0, UKD_SLOT_EMPTY, 0 },\n")
            continue
        value, driver, match = slot
        string = drivers[driver].compatible[match].replace("*", "?")
        lines.append(f"\t{{ {value:#010x}, {driver}, {match} }},\t/* {string} */\n")
    return [*lines, "};\n"]
