"""Adapters: what differs between the trees that our C and the overlay have to fit.

In:  :class:`~ukdrivers.unikraft.tree.Tree`.
Out: :class:`Adapter` (to :mod:`ukdrivers.unikraft.overlay`).

An adapter is chosen by what the tree has, not by what it calls itself: the first in the list whose
mark is there. A tree that is newer than all of them gets the newest.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ukdrivers.unikraft.tree import Tree

__all__ = ["ADAPTERS", "Adapter", "Part", "adapter_of"]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Part:
    """The glue of some classes of drivers, linked when a driver of them is on."""

    name: str
    classes: tuple[str, ...]
    sources: tuple[str, ...]  #: files of the glue folder
    absent: tuple[str, ...] = ()  #: files that take their place when all of them are off
    exports: tuple[str, ...] = ()  #: symbols that the tree calls, or reads
    wraps: tuple[str, ...] = ()  #: functions of the tree that the linker gives others in place of
    selects: tuple[str, ...] = ()  #: libraries of the tree
    library: str = ""  #: library of the tree without which nobody has use for such a driver
    fast: tuple[str, ...] = ()  #: those of the sources that are used all the time
    folders: tuple[
        str, ...
    ] = ()  #: include folders that the whole image gets, relative to the tree


@dataclasses.dataclass(frozen=True, kw_only=True)
class Adapter:
    """How the kit is put onto one kind of tree."""

    name: str
    mark: str  #: a path that this kind has, and older ones haven't
    parts: tuple[Part, ...]
    #: options of the platform that compile a console into its library, where consoles have no
    #: folder that could be left out
    platform_consoles: tuple[str, ...] = ()


_IRQCHIP = Part(
    name="irqchip",
    classes=("irqchip",),
    sources=("firmware.c", "irqchip.c"),
    absent=("irqchip_absent.c",),
    exports=("gic", "uk_intctlr_probe"),
    selects=("LIBUKINTCTLR",),
    folders=("drivers/ukintctlr/gic/include",),
)
_TTY = Part(
    name="console",
    classes=("console",),
    sources=("console_tty.c",),
    exports=("ukplat_cink", "ukplat_coutd", "ukplat_coutk"),
)
_UKCONSOLE = Part(
    name="console",
    classes=("console",),
    sources=("console_ukconsole.c",),
    selects=("LIBUKBOOT", "LIBUKCONSOLE"),
)

#: what is found and started after the tree's own early devices
_DEVICES = Part(
    name="devices",
    classes=("block", "bus", "net", "pci-device", "pci-host", "rtc", "virtio-transport"),
    sources=("devices.c", "irq.c"),
    absent=("irq_absent.c",),
    selects=("LIBUKBUS",),
)

#: the tree's wall clock starts at 1970, and asks no device
_RTC = Part(
    name="rtc",
    classes=("rtc",),
    sources=("clock.c",),
    wraps=("ukplat_wall_clock",),
)

_MEMORY = Part(
    name="memory",
    classes=("block", "net", "pci-device", "virtio-transport"),
    sources=("memory.c",),
    exports=("ukd_alloc", "ukd_dma_alloc", "ukd_dma_free", "ukd_free"),
    selects=("LIBUKALLOC",),
)
_NET = Part(
    name="net",
    classes=("net",),
    sources=("netdev.c", "netdev_frames.c"),
    exports=("ukd_net_add",),
    library="LIBUKNETDEV",
    fast=("netdev_frames.c",),
)
_BLOCK = Part(
    name="block",
    classes=("block",),
    sources=("blkdev.c",),
    exports=("ukd_block_add",),
    library="LIBUKBLKDEV",
)

#: what every tree gets
_COMMON = (_DEVICES, _RTC, _MEMORY, _NET, _BLOCK)

#: newest first
ADAPTERS = (
    Adapter(
        name="ukconsole",
        mark="lib/ukconsole/Makefile.uk",
        parts=(_IRQCHIP, _UKCONSOLE, *_COMMON),
    ),
    Adapter(
        name="uktty",
        mark="drivers/uktty/Makefile.uk",
        parts=(_IRQCHIP, _TTY, *_COMMON),
    ),
    Adapter(
        name="uart",
        mark="plat/drivers/uart",
        parts=(_IRQCHIP, _TTY, *_COMMON),
        platform_consoles=("UART_NS16550", "UART_PL011"),
    ),
)


def adapter_of(tree: Tree) -> Adapter:
    """Return the newest adapter that fits."""
    return next((one for one in ADAPTERS if tree.has(one.mark)), ADAPTERS[0])
