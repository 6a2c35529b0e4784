"""Suite ``irqchip``: interrupts of every kind, on machines with the controller."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from ukdrivers.board import read_board
from ukdrivers.conformance.model import Check, Result, Suite
from ukdrivers.conformance.variations import Beside, Variation, run_each

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ukdrivers.conformance.model import Settings, Subject
    from ukdrivers.conformance.variations import Starter

__all__ = ["CHECKS", "SUITE"]

OPS = "<ukd/irqchip.h>, ukd_irqchip_ops"
GICV2 = "GICv2 IHI 0048B.b"
ATTACH = "<ukd/irq.h>, ukd_irq_attach()"


CHECKS = (
    Check("sgi", "a software interrupt to come once each time it is raised", f"{OPS}.raise"),
    Check("ppi", "the interrupt of this CPU's timer to come when that expires", f"{OPS}.handle"),
    Check("spi", "a shared interrupt to come when it is pending", f"{OPS}.handle"),
    Check(
        "level",
        "a level-sensitive interrupt to come until its device lets go",
        f"{OPS}.set_trigger; {GICV2}, 4.3.13",
    ),
    Check(
        "edge",
        "an edge-triggered interrupt to come once each time its line rises",
        f"{OPS}.set_trigger; {GICV2}, 4.3.13",
    ),
    Check("edge-again", "an edge while its interrupt is served to come after", f"{OPS}.handle"),
    Check("trigger", "what was set to be what the controller goes by", f"{OPS}.set_trigger"),
    Check("mask", "a masked shared interrupt to wait until it is unmasked", f"{OPS}.mask, .unmask"),
    Check(
        "mask-private", "a masked private interrupt to wait until unmasked", f"{OPS}.mask, .unmask"
    ),
    Check("detach", "nothing to come once nobody is there for it", ATTACH),
    Check("priority", "the more urgent one to come first", f"{OPS}.set_priority"),
    Check("shared", "everyone on a line to be asked", ATTACH),
    Check("spurious", "what was withdrawn to be nothing, and to end nothing", f"{GICV2}, 4.4.4"),
    Check("range", "numbers that the controller doesn't have to be refused", f"{OPS}, -ERANGE"),
    Check("nobody", "an interrupt that nobody takes to be masked", "<ukd/irqchip.h>, dispatch"),
    Check("unclaimed", "one that nobody claims to be masked after a while", ATTACH),
    Check("storm", "100,000 timer interrupts, none lost, early or late", f"{OPS}.handle"),
)

#: QEMU's machines with another controller each
MACHINES = ("virt,gic-version=2", "virt,gic-version=3")

#: what else changes for a controller, by a word for it: of the board, and arguments for QEMU, who
#: has the image start in the Non-secure state of two all the same
KINDS = {
    "": ("", ()),
    "cortex-a72, 4 GiB, EL2": (",cpu=cortex-a72,memory=4G,virtualization=on", ()),
    "max, two Security states": (",cpu=max", ("-machine", "secure=on")),
}

#: else the storm is faster than the machine
COUNTED = ("-icount", "shift=0")


def _run(subject: Subject, settings: Settings) -> Iterator[Result]:
    machines = [one for one in MACHINES if _has(subject, f"qemu:{one}")]
    if not machines:
        strings = " or ".join(subject.driver.compatible)
        found = f"no machine of QEMU has a controller that is {strings}"
        check = Check("irqchip", "every check to be done", "")
        yield Result(suite="irqchip", check=check, status="skipped", found=found)
        return
    variations = [
        Variation(name=word, board=f"qemu:{machine}{more}", beside=_beside((*COUNTED, *extra)))
        for machine in machines
        for word, (more, extra) in KINDS.items()
    ]
    yield from run_each(subject, settings, "irqchip", CHECKS, variations)


def _beside(arguments: Sequence[str]) -> Starter:
    return lambda _: contextlib.nullcontext(Beside(arguments=arguments))


def _has(subject: Subject, machine: str) -> bool:
    """Whether the driver is for a machine's interrupt controller."""
    board = read_board(machine)
    (node,) = (one for one in board.nodes if one.path == board.interrupt_parent)
    return not set(node.compatible).isdisjoint(subject.driver.compatible)


SUITE = Suite(name="irqchip", run=_run, classes=("irqchip",), needs=("qemu-system-aarch64",))
