"""Machine: the QEMU arguments that make the machine a board describes.

In:  :class:`~ukdrivers.model.Board` (from :mod:`ukdrivers.board`).
Out: arguments for ``qemu-system-aarch64`` (to :mod:`ukdrivers.boot`).

QEMU writes a device tree of the machine it makes. It is what the image scans when the board was
asked of QEMU, and the machine is the one that was named; a board from a file is given to QEMU, so that the image scans that very tree, with
the memory, the PSCI node and the ``/chosen`` that QEMU writes into each.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ukdrivers.devicetree_tools import named_machine
from ukdrivers.errors import BootError

if TYPE_CHECKING:
    from ukdrivers.model import Board, Node

__all__ = ["is_from_file", "qemu_arguments"]

#: root ``compatible`` of QEMU's machine ``virt``
VIRT = "linux,dummy-virt"
GIC_V3 = "arm,gic-v3"
ECAM = "pci-host-ecam-generic"
PSCI = ("arm,psci-1.0", "arm,psci-0.2", "arm,psci")
MIB = 1 << 20
GIB = 1 << 30
DEFAULT_MIB = 128


def qemu_arguments(board: Board) -> tuple[str, ...]:
    """Choose machine, processor and memory for a board.

    :param board: any board; only those of QEMU's machine ``virt`` can be run so far
    :returns: arguments, without the program, the image and the console
    :raises BootError: QEMU has no machine for the board's root ``compatible``
    """
    if VIRT not in board.compatible:
        raise BootError(
            f"/: compatible is {', '.join(board.compatible) or 'empty'}, QEMU's machine is {VIRT}",
            hint="only boards of QEMU's machine virt can be run here; boot the image on the board",
        )
    if is_from_file(board):
        machine, cpu, memory = _machine(board), _processor(board), f"{_memory_mib(board)}M"
    else:
        machine, options = named_machine(board.source)
        cpu, memory = options["-cpu"], options["-m"]
    return ("-M", machine, "-cpu", cpu, "-smp", _processors(board), "-m", memory)


def is_from_file(board: Board) -> bool:
    """Whether the board's tree is not what QEMU would write by itself."""
    return not board.source.startswith("qemu:")


def _machine(board: Board) -> str:
    options = ["virt", f"gic-version={3 if _has_gic_v3(board) else 2}"]
    options += ["virtualization=on"] if _calls_psci_by_smc(board) else []
    options += ["highmem=off"] if _has_low_ecam(board) else []
    return ",".join(options)


def _has_low_ecam(board: Board) -> bool:
    """Whether PCI's configuration space is below 4 GiB: only without high memory is it there."""
    hosts = [node for node in board.nodes if node.enabled and ECAM in node.compatible]
    return any(region.base < 4 * GIB for node in hosts for region in node.regions[:1])


def _has_gic_v3(board: Board) -> bool:
    return any(
        GIC_V3 in node.compatible for node in board.nodes if node.path == board.interrupt_parent
    )


def _calls_psci_by_smc(board: Board) -> bool:
    """Whether firmware calls go to EL3: QEMU then starts the image in EL2."""
    return any(_property(node, "method") == "smc" for node in board.nodes if _is_psci(node))


def _is_psci(node: Node) -> bool:
    return not set(PSCI).isdisjoint(node.compatible)


def _property(node: Node, name: str) -> str:
    return node.properties.get(name, b"").rstrip(b"\0").decode("ascii", "replace")


def _processors(board: Board) -> str:
    """Say how many there are, and could be.

    On a machine that can't ever have two, QEMU 7.2 leaves the guest's memory barriers out of the
    code it translates. Devices run beside it all the same, and a doorbell that they wait for is
    missed once in some million times. With a GICv2, more than eight are refused.
    """
    count = max(1, len(board.cpus))
    return f"{count},maxcpus={max(8, count)}"


def _processor(board: Board) -> str:
    """Return QEMU's name of the first processor: ``arm,cortex-a53`` is ``cortex-a53``."""
    for compatible in board.cpus[:1]:
        vendor, _, model = compatible.partition(",")
        known = vendor == "arm" and model.startswith(("cortex-a", "neoverse-"))
        if known and model.replace("-", "").isalnum():  # a comma would start an option of QEMU's
            return model
    return "max"


def _memory_mib(board: Board) -> int:
    return sum(region.size for region in board.memory) // MIB or DEFAULT_MIB
