"""Glue: the menu and build files of the libraries between the kit and a tree.

In:  the adapter, and the drivers of an image (from :mod:`ukdrivers.unikraft.overlay`).
Out: text by path, relative to the folder of the wired drivers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ukdrivers.unikraft import GLUE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ukdrivers.model import Driver
    from ukdrivers.unikraft.adapter import Adapter

__all__ = ["SWITCH", "glue", "switch_of"]

HEADER = "# Written by ukdrivers; changes are lost."

#: the hidden symbol that is on when any driver is
SWITCH = "LIBUKD"

#: what an interrupt handler may be interrupted in: general registers alone are saved; and nothing
#: unwinds through a driver
FLAGS = "-mgeneral-regs-only -fno-unwind-tables -fno-asynchronous-unwind-tables $(UKD_LOG)"

#: libraries that run once, at boot
SMALL = ("LIBUKD", "LIBUKDHOST")

#: messages that the tree wouldn't print are not compiled in; the last that holds counts
LOG_LEVELS = (
    ("", "-1"),
    ("LIBUKDEBUG_PRINTK", "UKD_ERR"),
    ("LIBUKDEBUG_PRINTK_CRIT", "-1"),
    ("LIBUKDEBUG_PRINTK_WARN", "UKD_WARN"),
    ("LIBUKDEBUG_PRINTK_INFO", "UKD_INFO"),
)

#: sources that every image has
ALWAYS = ("host.c", "start.c", "time.c")

#: sources that stand in for each other, by whether registers have to be mapped
PAGED, UNPAGED = ("map_paging.c",), ("map_identity.c",)

#: libraries of the tree that every image needs
SELECTS = ("LIBUKBUS_PLATFORM if PAGING",)

#: what the glue gives to the kit and to drivers
EXPORTS = (
    "ukd_console_add",
    "ukd_irq_attach",
    "ukd_irq_detach",
    "ukd_irq_dispatch",
    "ukd_irq_translate",
    "ukd_irqchip_add",
    "ukd_log",
    "ukd_map",
    "ukd_now_us",
    "ukd_power_add",
    "ukd_ticks",
    "ukd_ticks_hz",
    "ukd_timer_add",
    "ukd_timer_expired",
)


def glue(adapter: Adapter, drivers: Sequence[Driver]) -> dict[str, str]:
    """Write the files of the glue for a set of drivers."""
    exports = [*EXPORTS, *(name for part in adapter.parts for name in part.exports)]
    return {
        "glue/Config.uk": _menu(adapter, drivers),
        "glue/Makefile.uk": _makefile(adapter, drivers),
        "glue/exportsyms.uk": _lines(sorted(exports)),
    }


def _lines(lines: Iterable[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


def switch_of(part: str) -> str:
    """Return the hidden symbol that is on when a driver is for whose class a part is."""
    return f"{SWITCH}_{part.upper()}"


def _menu(adapter: Adapter, drivers: Sequence[Driver]) -> str:
    lines = [HEADER, "", f"config {SWITCH}", "\tbool"]
    lines += [f"\tdefault y if {one.symbol}" for one in drivers]
    lines += [f"\tselect {one}" for one in SELECTS]
    for part in adapter.parts:
        symbols = [one.symbol for one in drivers if one.class_ in part.classes]
        if symbols:
            lines += ["", f"config {switch_of(part.name)}", "\tbool"]
            lines += [f"\tdefault y if {symbol}" for symbol in symbols]
            lines += [f"\tselect {one}" for one in part.selects]
    return _lines(lines)


def _makefile(adapter: Adapter, drivers: Sequence[Driver]) -> str:
    lines = [
        HEADER,
        "",
        f"UKD_GLUE := {GLUE}",
        f"$(eval $(call addplatlib_s,kvm,libukdhost,$(CONFIG_{SWITCH})))",
        "",
        "LIBUKDHOST_CINCLUDES-y += $(UKD_INCLUDES) -I$(CONFIG_UK_BASE)/plat/common/include",
        *map(_source, ALWAYS),
        "",
        "ifeq ($(CONFIG_PAGING),y)",
        *map(_source, PAGED),
        "else",
        *map(_source, UNPAGED),
        "endif",
    ]
    for part in adapter.parts:
        lines += ["", f"ifeq ($(CONFIG_{switch_of(part.name)}),y)"]
        lines += [f"CINCLUDES-y += -I$(CONFIG_UK_BASE)/{one}" for one in part.folders]
        lines += map(_source, part.sources)
        lines += ["else", *map(_source, part.absent)] if part.absent else []
        lines.append("endif")
    lines += ["", *(_log_level(*one) for one in LOG_LEVELS)]
    lines.append("UKD_LOG := -DUKD_LOG_MAX=$(UKD_LOG-y)")
    libraries = [*SMALL, *(one.symbol for one in drivers)]
    lines += ["", *(f"{name}_CFLAGS-y += {FLAGS}" for name in libraries)]
    lines += [f"{name}_CFLAGS-$(CONFIG_OPTIMIZE_PERF) += -Os" for name in SMALL]
    return _lines(lines)


def _log_level(symbol: str, level: str) -> str:
    return f"UKD_LOG-{f'$(CONFIG_{symbol})' if symbol else 'y'} := {level}"


def _source(name: str) -> str:
    return f"LIBUKDHOST_SRCS-y += $(UKD_GLUE)/{name}"
