"""Needs: what our C uses of a tree, looked up before a compiler would miss it.

In:  :class:`~ukdrivers.unikraft.tree.Tree`, its adapter and the drivers of an image.
Out: nothing, or an error that names all that is missing.

A header is looked for where the trees have it, and the names in its text: that takes a millisecond,
and is right unless a name moved to another header.
"""

from __future__ import annotations

import dataclasses
import os
import re
from typing import TYPE_CHECKING

from ukdrivers.errors import SelectError
from ukdrivers.unikraft.glue import ALWAYS, PAGED

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ukdrivers.model import Driver
    from ukdrivers.unikraft.adapter import Adapter
    from ukdrivers.unikraft.tree import Tree

__all__ = ["NEEDS", "Need", "check_needs"]


@dataclasses.dataclass(frozen=True)
class Need:
    """A header, and what is used of it."""

    place: str  #: include folder, relative to the tree
    header: str
    names: tuple[str, ...] = ()  #: that its text has
    since: str = "0.15.0"  #: the first release that has all of it

    @property
    def library(self) -> str:
        """The folder of the library that brings it; empty for the tree's own headers."""
        return self.place.removesuffix("/include") if self.place.startswith("lib/") else ""


_ALLOC = Need("lib/ukalloc/include", "uk/alloc.h", ("uk_calloc", "uk_free"))
_BOOTINFO = Need("plat/common/include", "uk/plat/common/bootinfo.h", ("ukplat_bootinfo_get", "dtb"))
_BUS = Need("lib/ukbus/include", "uk/bus.h", ("UK_BUS_REGISTER_PRIORITY",))
_CTORS = Need("include", "uk/ctors.h", ("UK_CTOR",))
_ERRPTR = Need("include", "uk/errptr.h", ("ERR2PTR", "PTR2ERR", "PTRISERR"))
_FDT = Need("lib/fdt/include", "libfdt.h", ("fdt_getprop", "fdt_node_offset_by_compatible"))
_GIC = Need("drivers/ukintctlr/gic/include", "uk/intctlr/gic.h", ("_gic_dev", "handle_irq"))
_HEAP = Need("lib/ukalloc/include", "uk/alloc.h", ("uk_alloc_get_default",))
_INTCTLR = Need(
    "lib/ukintctlr/include",
    "uk/intctlr.h",
    (
        "uk_intctlr_irq_configure",
        "uk_intctlr_irq_handle",
        "uk_intctlr_irq_register",
        "uk_intctlr_irq_unregister",
        "uk_intctlr_register",
    ),
)
_LIMITS = Need("drivers/ukintctlr/gic/include", "uk/intctlr/limits.h", ("UK_INTCTLR_MAX_IRQ",))
_NETDEV = Need(
    "lib/uknetdev/include",
    "uk/netdev_driver.h",
    ("uk_netdev_drv_register", "uk_netdev_drv_rx_event"),
)
_PRINT = Need("lib/ukdebug/include", "uk/print.h", ("uk_printk", "uk_vprintk", "uk_pr_err"))

#: by source file of ours; those of the platform bus start with ``bus/``, of the PCI bus ``pci/``
NEEDS: dict[str, tuple[Need, ...]] = {
    "blkdev.c": (
        _ERRPTR,
        _HEAP,
        Need("lib/ukblkdev/include", "uk/blkdev_core.h", ("uk_blkdev_cap", "uk_blkdev_ops")),
        Need(
            "lib/ukblkdev/include",
            "uk/blkdev_driver.h",
            ("uk_blkdev_drv_queue_event", "uk_blkdev_drv_register", "uk_blkreq_finished"),
        ),
        Need("lib/ukblkdev/include", "uk/blkreq.h", ("UK_BLKREQ_FFLUSH", "uk_blkreq")),
    ),
    "bus/bus.c": (_CTORS, _PRINT),
    "bus/bus.h": (_ALLOC,),
    "bus/devmap.c": (
        _ERRPTR,
        Need("include", "uk/arch/paging.h", ("PAGE_Lx_ALIGN_DOWN", "PT_Lx_PTE_PRESENT")),
        Need("include", "uk/plat/paging.h", ("ukplat_page_map", "ukplat_pt_walk")),
    ),
    "bus/include/uk/bus/platform.h": (
        _ALLOC,
        _BUS,
        Need("include", "uk/arch/types.h"),
        Need("include", "uk/config.h"),
        Need("include", "uk/list.h"),
    ),
    "bus/nodes.c": (_BOOTINFO, _PRINT),
    "bus/wrap.c": (_FDT,),
    "clock.c": (
        Need("include", "uk/plat/time.h", ("ukplat_monotonic_clock", "ukplat_wall_clock")),
    ),
    "console_tty.c": (
        Need("include", "uk/plat/console.h", ("ukplat_cink", "ukplat_coutd", "ukplat_coutk")),
    ),
    "console_ukconsole.c": (
        Need("include", "uk/essentials.h"),
        Need("include", "uk/prio.h", ("UK_PRIO_AFTER", "UK_PRIO_EARLIEST")),
        Need("lib/ukboot/include", "uk/boot/earlytab.h", ("UK_BOOT_EARLYTAB_ENTRY",), "0.18.0"),
        Need(
            "lib/ukconsole/include",
            "uk/console/driver.h",
            ("uk_console_init", "uk_console_ops", "uk_console_register"),
            "0.18.0",
        ),
    ),
    "devices.c": (Need("lib/ukbus/include", "uk/bus.h", ("UK_BUS_REGISTER",)),),
    "firmware.c": (
        _BOOTINFO,
        _FDT,
        Need("plat/common/include", "arm/smccc.h", ("smccc_conduit_fn_t", "smccc_hvc")),
    ),
    "host.c": (_PRINT,),
    "irq.c": (_GIC, _INTCTLR, _LIMITS),
    "irqchip.c": (
        _GIC,
        _INTCTLR,
        _LIMITS,
        Need("lib/ukofw/include", "uk/ofw/fdt.h", ("fdt_get_interrupt",)),
    ),
    "map_paging.c": (_CTORS, _ERRPTR),
    "memory.c": (
        Need("include", "uk/config.h"),
        Need("include", "uk/plat/io.h", ("ukplat_virt_to_phys",)),
        Need(
            "lib/ukalloc/include",
            "uk/alloc.h",
            ("uk_alloc_get_default", "uk_calloc", "uk_free", "uk_memalign"),
        ),
    ),
    "netdev.c": (
        _ERRPTR,
        _HEAP,
        Need("lib/uknetdev/include", "uk/netdev_core.h", ("uk_netdev_ops", "uk_netdev_info")),
        _NETDEV,
    ),
    "netdev.h": (_NETDEV,),
    "netdev_frames.c": (
        _HEAP,
        Need("include", "uk/essentials.h"),
        Need(
            "lib/uknetdev/include",
            "uk/netbuf.h",
            ("UK_NETBUF_CHAIN_FOREACH", "uk_netbuf_alloc_buf", "uk_netbuf_append"),
        ),
    ),
    "pci/bus_pci.c": (_PRINT,),
    "pci/functions.c": (_INTCTLR, _LIMITS),
    "pci/include/uk/bus/pci.h": (
        _ALLOC,
        _BUS,
        _CTORS,
        Need("include", "uk/arch/types.h"),
    ),
    "start.c": (_BOOTINFO,),
}


def check_needs(tree: Tree, adapter: Adapter, drivers: Iterable[Driver]) -> None:
    """Refuse a tree that lacks what our C needs.

    :raises SelectError: names every library, header and symbol that is missing, the release that
        brought it, and who needs it
    """
    needed_by: dict[Need, str] = {}
    for source, user in _sources(adapter, drivers):
        for need in NEEDS.get(source, ()):
            needed_by.setdefault(need, user)
    lacks = {_lack(tree, need): user for need, user in needed_by.items()}
    named = [f"{lack}, wanted by {user}" for lack, user in lacks.items() if lack]
    if named:
        raise SelectError(f"{tree.root}: lacks {'; '.join(named)}")


def _sources(adapter: Adapter, drivers: Iterable[Driver]) -> Iterator[tuple[str, str]]:
    """Yield each source file of ours that may be compiled, and for whom."""
    everyone = tuple(drivers)
    for part in adapter.parts:
        user = next((one.name for one in everyone if one.class_ in part.classes), None)
        if user is not None:
            yield from ((source, user) for source in part.sources)
    for source in (*ALWAYS, *PAGED):
        yield source, "every driver"
    host = next((one.name for one in everyone if one.class_ == "pci-host"), None)
    for source in NEEDS:
        if source.startswith("bus/"):
            yield source, "the platform bus"
        if host and source.startswith("pci/"):
            yield source, host


def _lack(tree: Tree, need: Need) -> str | None:
    since = f"in Unikraft from {need.since} on"
    if need.library and not tree.has(need.library):
        return f"{need.library} ({since})"
    path = os.path.join(need.place, need.header)
    if not tree.has(path):
        return f"<{need.header}> in {need.place} ({since})"
    text = tree.text(path)
    missing = [one for one in need.names if not re.search(rf"\b{one}\b", text)]
    return f"{' and '.join(missing)} in <{need.header}> ({since})" if missing else None
