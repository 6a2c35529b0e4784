"""Glue: the menu and build files of the libraries between the kit and a tree.

In:  the adapter, and the drivers of an image as :mod:`ukdrivers.wire` wrote them.
Out: the same with the glue (to :mod:`ukdrivers.unikraft.overlay`).
"""

from __future__ import annotations

import dataclasses
import os
from typing import TYPE_CHECKING

from ukdrivers.classes import FOLDER, with_code
from ukdrivers.unikraft import GLUE, KIT

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from ukdrivers.model import Driver, Wiring
    from ukdrivers.unikraft.adapter import Adapter, Part

__all__ = ["SWITCH", "glued", "switch_of"]

HEADER = "# Written by ukdrivers; changes are lost."

#: the hidden symbol that is on when any driver is
SWITCH = "LIBUKD"

#: the hidden symbol that is on when a driver is that needs the core's part for buses
BUSES = f"{SWITCH}_BUSES"

#: what an interrupt handler may be interrupted in: general registers alone are saved; nothing
#: unwinds through a driver, and the way of an interrupt is short
FLAGS = (
    "-mgeneral-regs-only -fomit-frame-pointer -fno-unwind-tables -fno-asynchronous-unwind-tables "
    "$(UKD_LOG)"
)

#: the trees' <stddef.h> makes offsetof() of this, which another header defines; the glue has that
OFFSETOF = "-D__offsetof=__builtin_offsetof"

#: libraries that run once, at boot, and drivers that do, or that wait for their device
SMALL = ("LIBUKD", "LIBUKDHOST")
SMALL_CLASSES = ("bus", "console", "irqchip", "pci-host", "rtc")

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

#: sources of the driver core that only drivers of buses need, as a pattern of make
BUS_SOURCES = "bus_%.c"

#: the source that only drivers need whose devices interrupt, and what is there without them
INTERRUPTS, STAND_INS = "interrupts.c", ("interrupts_absent.c",)

#: the source for an interrupt controller of the tree's own
OF_HOST = "host_irqchip.c"

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
    "ukd_rtc_add",
    "ukd_ticks",
    "ukd_ticks_hz",
    "ukd_timer_add",
    "ukd_timer_expired",
)


def glued(wiring: Wiring, adapter: Adapter, *, bus_users: Collection[str]) -> Wiring:
    """Add the files of the glue for a set of drivers.

    :param bus_users: names of those that need the core's part for buses
    :returns: paths stay relative to the folder of the wired drivers
    """
    drivers = wiring.drivers
    exports = [*EXPORTS, *(name for part in adapter.parts for name in _exports(part))]
    files = {
        "glue/Config.uk": _menu(adapter, drivers, bus_users),
        "glue/Makefile.uk": _makefile(adapter, drivers, _hot(drivers)),
        "glue/exportsyms.uk": _lines(sorted(exports)),
    }
    return dataclasses.replace(wiring, files={**wiring.files, **files})


def _hot(drivers: Iterable[Driver]) -> list[str]:
    """List the sources of the kit's code for classes whose drivers are used all the time."""
    folders = (
        os.path.join(KIT, FOLDER, one)
        for one in with_code(drivers, KIT)
        if one not in SMALL_CLASSES
    )
    return sorted(name for one in folders for name in os.listdir(one) if name.endswith(".c"))


def _exports(part: Part) -> tuple[str, ...]:
    return (*part.exports, *(f"__wrap_{name}" for name in part.wraps))


def _lines(lines: Iterable[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


def switch_of(part: str) -> str:
    """Return the hidden symbol that is on when a driver is for whose class a part is."""
    return f"{SWITCH}_{part.upper()}"


def _menu(adapter: Adapter, drivers: Sequence[Driver], bus_users: Collection[str]) -> str:
    lines = [HEADER, "", f"config {SWITCH}", "\tbool"]
    lines += [f"\tdefault y if {one.symbol}" for one in drivers]
    lines += [f"\tselect {one}" for one in SELECTS]
    if bus_users:
        lines += ["", f"config {BUSES}", "\tbool"]
        lines += [f"\tdefault y if {one.symbol}" for one in drivers if one.name in bus_users]
    for part in adapter.parts:
        symbols = [one.symbol for one in drivers if one.class_ in part.classes]
        if symbols:
            lines += ["", f"config {switch_of(part.name)}", "\tbool"]
            lines += [f"\tdefault y if {symbol}" for symbol in symbols]
            lines += [f"\tselect {one}" for one in part.selects]
    return _lines(lines)


def _makefile(adapter: Adapter, drivers: Sequence[Driver], class_code: Iterable[str]) -> str:
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
        lines += [f"LDFLAGS-y += -Wl,--wrap={one}" for one in part.wraps]
        lines += map(_source, part.sources)
        lines += ["else", *map(_source, part.absent)] if part.absent else []
        lines.append("endif")
    lines += ["", *_core()]
    lines += ["", *(_log_level(*one) for one in LOG_LEVELS)]
    lines.append("UKD_LOG := -DUKD_LOG_MAX=$(UKD_LOG-y)")
    libraries = [*SMALL, *(one.symbol for one in drivers)]
    fast = [("LIBUKDHOST", name) for part in adapter.parts for name in part.fast]
    fast += [("LIBUKD", name) for name in class_code]
    small = [*SMALL, *(one.symbol for one in drivers if one.class_ in SMALL_CLASSES)]
    lines += ["", *(f"{name}_CFLAGS-y += {FLAGS}" for name in libraries)]
    lines += [f"{name}_CFLAGS-y += {OFFSETOF}" for name in libraries if name != "LIBUKDHOST"]
    lines += [f"{name}_CFLAGS-$(CONFIG_OPTIMIZE_PERF) += -Os" for name in small]
    lines += [_fast(library, name) for library, name in fast]
    return _lines(lines)


def _core() -> list[str]:
    """Leave out of the driver core what no driver of the image uses."""
    without = "LIBUKD_SRCS-y := $(filter-out $(UKD_KIT)/src/{},$(LIBUKD_SRCS-y))"
    return [
        f"ifneq ($(CONFIG_{BUSES}),y)",
        without.format(BUS_SOURCES),
        "endif",
        f"ifeq ($(CONFIG_{BUSES})$(CONFIG_{switch_of('devices')}),)",
        *map(without.format, (INTERRUPTS, OF_HOST)),
        *(f"LIBUKD_SRCS-y += $(UKD_GLUE)/{one}" for one in STAND_INS),
        "LIBUKD_CINCLUDES-y += -I$(UKD_KIT)/src",
        "endif",
        f"ifeq ($(CONFIG_{switch_of('irqchip')}),y)",
        without.format(OF_HOST),
        "endif",
    ]


def _log_level(symbol: str, level: str) -> str:
    return f"UKD_LOG-{f'$(CONFIG_{symbol})' if symbol else 'y'} := {level}"


def _fast(library: str, source: str) -> str:
    """Take back that a library is to be small, for one of its sources."""
    return f"{library}_{source.removesuffix('.c').upper()}_FLAGS-$(CONFIG_OPTIMIZE_PERF) += -O2"


def _source(name: str) -> str:
    return f"LIBUKDHOST_SRCS-y += $(UKD_GLUE)/{name}"
