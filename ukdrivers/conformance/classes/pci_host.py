"""Suite ``pci-host``: devices are found, reached and heard, wherever they are plugged in.

A driver of our own takes QEMU's devices for tests and hands them to the application. That BARs and
interrupts are the right ones is worked out here once more, from the device tree and the slots.
"""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import os
from typing import TYPE_CHECKING

from ukdrivers.conformance import layouts
from ukdrivers.conformance.companions import with_companion
from ukdrivers.conformance.model import Check, Result, Suite
from ukdrivers.conformance.plugged import Layout, compare, windows_of
from ukdrivers.conformance.tree import Tree, flat, tree_of
from ukdrivers.conformance.variations import Beside, Variation, run_each

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from ukdrivers.conformance.model import Settings, Subject

__all__ = ["CHECKS", "SUITE"]

PCI = "<ukd/pci.h>"
OPS = f"{PCI}, ukd_pci_ops"
ADD = f"{PCI}, ukd_pci_host_add()"
DEVICE = f"{PCI}, a device driver's dev"


CHECKS = (
    Check("found", "each device to come to its driver, by its identifiers or its class", ADD),
    Check("reports", "what has no room or is refused to be named, and nothing else", ADD),
    Check("functions", "each function to answer under one number, and nothing else to", ADD),
    Check("windows", "each BAR in a window of its host, aligned, and apart from all others", ADD),
    Check("io-windows", "I/O wherever the host has a window for it, and nowhere else", DEVICE),
    Check("intx", "the interrupt that the host's interrupt-map has for the pin", DEVICE),
    Check(
        "decoded",
        "BARs decoded when a driver gets the device, bus mastering off",
        f"{PCI}, ukd_pci_set_master()",
    ),
    Check(
        "identity", "the identifiers of the device, and dev->unit to be where it is", f"{OPS}.read"
    ),
    Check("widths", "reads of 1, 2 and 4 bytes to agree", f"{OPS}.read"),
    Check("writes", "writes of 1, 2 and 4 bytes to change these, and nothing else", f"{OPS}.write"),
    Check("extended", "what is beyond 256 bytes to be that, or all ones", f"{OPS}.read"),
    Check("nobody", "all ones where there is no function, and writes to be lost", f"{OPS}.read"),
    Check(
        "capability",
        "each capability in the order of the list, then none",
        f"{PCI}, ukd_pci_capability()",
    ),
    Check("regions", "region[n] to be BAR n with its size, and size 0 where there is none", DEVICE),
    Check("memory", "the registers and the memory of each device to be its own", DEVICE),
    Check("io", "registers in I/O space to work", DEVICE),
    Check("interrupt", "each interrupt once, and from the device that raised it", DEVICE),
    Check("no-interrupt", "no interrupt for a function without a pin", DEVICE),
    Check(
        "master",
        "memory to be read and written by the device, and no other bit to change",
        f"{PCI}, ukd_pci_set_master()",
    ),
    Check(
        "unlisted",
        "what no driver lists to be offered twice, and left switched off when it is refused",
        f"{PCI}, ukd_pci_unlisted()",
    ),
)

NAME, PACKAGE = "pci-host", "ukdriver_pci_probe"
MACHINES = ("virt,gic-version=2", "virt,gic-version=3")
#: of the machine, and further arguments
KINDS: Sequence[tuple[str, tuple[str, ...]]] = (
    ("virt,gic-version=2", ("-cpu", "cortex-a53", "-m", "64M")),
    ("virt,gic-version=2,highmem=off", ("-cpu", "cortex-a57", "-m", "512M")),
    ("virt,gic-version=2", ("-cpu", "cortex-a72", "-m", "4G")),
    ("virt,gic-version=3", ("-cpu", "cortex-a57", "-m", "512M")),
    ("virt,gic-version=3,highmem=off", ("-cpu", "cortex-a53", "-m", "64M")),
    ("virt,gic-version=3", ("-cpu", "max", "-m", "4G")),
)


@dataclasses.dataclass(frozen=True, kw_only=True)
class _Kind:
    """What one variation has.

    :ivar edit: changes the tree, given the path of the host, and says which hosts there are then
    """

    layout: Layout
    machine: str = MACHINES[0]
    extra: Sequence[str] = ()
    edit: Callable[[Tree, str], Sequence[str]] | None = None


@contextlib.contextmanager
def _plugged(folder: str, *, kind: _Kind, strings: frozenset[str]) -> Iterator[Beside]:
    tree = tree_of(f"qemu:{kind.machine}")
    hosts: Sequence[str] = [_host(tree, strings)]
    arguments = ["-machine", kind.machine.removeprefix("virt,"), *kind.extra]
    if kind.edit:
        hosts = kind.edit(tree, hosts[0])
        path = os.path.join(folder, "tree.dtb")
        with open(path, "wb") as file:
            file.write(flat(tree))
        arguments += ["-dtb", path]
    windows = {host: windows_of(tree, host) for host in hosts}
    yield Beside(
        arguments=(*arguments, *kind.layout.arguments()),
        found=lambda text: compare(text, kind.layout, windows),
    )


def _host(tree: Tree, strings: frozenset[str]) -> str:
    """Return the path of the machine's PCI host; empty: none that the driver lists."""
    return next(
        (
            path
            for path, properties in tree.items()
            if not strings.isdisjoint(properties.get("compatible", b"").decode().split("\0"))
        ),
        "",
    )


def _kinds() -> Iterator[tuple[str, _Kind]]:
    for machine, extra in KINDS:
        words = (*machine.split(",")[2:], *extra[1::2])
        kind = _Kind(layout=layouts.BRIDGES, machine=machine, extra=extra)
        yield f"two bridges, {', '.join(words)}", kind
    yield "many on one line", _Kind(layout=layouts.MANY)
    yield "a switch", _Kind(layout=layouts.SWITCH)
    yield "large memory", _Kind(layout=layouts.LARGE)
    yield "large memory behind a bridge", _Kind(layout=layouts.LARGE_BEHIND)
    yield "more than there is room for", _Kind(layout=layouts.TOO_LARGE)
    for machine in MACHINES:
        kind = _Kind(layout=layouts.SECOND_ROOT, machine=machine, edit=layouts.from_128)
        yield "buses from 128 on", kind
    yield "two hosts", _Kind(layout=layouts.TWO_ROOTS, edit=layouts.two_hosts)
    yield "two buses", _Kind(layout=layouts.TWO_BUSES, edit=layouts.two_buses)
    yield "no I/O, addresses moved", _Kind(layout=layouts.PLAIN, edit=layouts.no_io)
    yield "a disabled twin, no bus-range", _Kind(layout=layouts.PLAIN, edit=layouts.disabled_twin)


def _variations(strings: frozenset[str]) -> Iterator[Variation]:
    for name, kind in _kinds():
        machine = next(one for one in MACHINES if kind.machine.startswith(one))
        yield Variation(
            name=name,
            board=f"qemu:{machine}",
            beside=functools.partial(_plugged, kind=kind, strings=strings),
        )


def _run(subject: Subject, settings: Settings) -> Iterator[Result]:
    strings = frozenset(subject.driver.compatible)
    if not _host(tree_of(f"qemu:{MACHINES[0]}"), strings):
        found = f"no machine of QEMU has a PCI host that is {' or '.join(sorted(strings))}"
        check = Check(NAME, "every check to be done", "")
        yield Result(suite=NAME, check=check, status="skipped", found=found)
        return
    probed, values = with_companion(subject, settings, NAME, PACKAGE)
    variations = [dataclasses.replace(one, values=values) for one in _variations(strings)]
    # the trees and the slots are of these machines only
    own = dataclasses.replace(settings, boards=())
    yield from run_each(probed, own, NAME, CHECKS, variations)


SUITE = Suite(name=NAME, run=_run, classes=(NAME,), needs=("qemu-system-aarch64",))
