"""Machine: boards in, QEMU arguments out."""

from __future__ import annotations

import dataclasses

import pytest

from ukdrivers.errors import BootError
from ukdrivers.machine import is_from_file, qemu_arguments
from ukdrivers.model import Board, Node, Region


def node(path: str, *compatible: str, **properties: bytes) -> Node:
    return Node(
        path=path,
        compatible=compatible,
        status="okay",
        enabled=True,
        regions=(),
        interrupts=(),
        properties=properties,
    )


VIRT = Board(
    source="test",
    compatible=("linux,dummy-virt",),
    model="linux,dummy-virt",
    nodes=(
        node("/intc@8000000", "arm,cortex-a15-gic"),
        node("/psci", "arm,psci-1.0", "arm,psci-0.2", "arm,psci", method=b"hvc\0"),
    ),
    memory=(Region(base=0x4000_0000, size=64 << 20),),
    interrupt_parent="/intc@8000000",
    stdout=None,
    cpus=("arm,cortex-a53",),
    blob=b"",
)


def option(board: Board, name: str) -> str:
    arguments = qemu_arguments(board)
    return arguments[arguments.index(name) + 1]


def test_the_machine_of_qemus_own_board() -> None:
    assert qemu_arguments(VIRT) == (
        *("-M", "virt,gic-version=2"),
        *("-cpu", "cortex-a53"),
        *("-smp", "1,maxcpus=8"),
        *("-m", "64M"),
    )


def test_gic_version_follows_the_interrupt_controller() -> None:
    board = dataclasses.replace(VIRT, nodes=(node("/intc@8000000", "arm,gic-v3"),))

    assert option(board, "-M") == "virt,gic-version=3"


def test_smc_means_that_the_image_starts_in_el2() -> None:
    nodes = (VIRT.nodes[0], node("/psci", "arm,psci-0.2", method=b"smc\0"))

    machine = option(dataclasses.replace(VIRT, nodes=nodes), "-M")

    assert machine == "virt,gic-version=2,virtualization=on"


@pytest.mark.parametrize(
    ("base", "enabled", "machine"),
    [
        (0x3F00_0000, True, "virt,gic-version=2,highmem=off"),
        (0x40_1000_0000, True, "virt,gic-version=2"),
        (0x3F00_0000, False, "virt,gic-version=2"),
    ],
)
def test_configuration_space_below_4_gib_means_no_high_memory(
    base: int, enabled: bool, machine: str
) -> None:
    pcie = dataclasses.replace(
        node("/pcie@10000000", "pci-host-ecam-generic"),
        regions=(Region(base=base, size=16 << 20),),
        enabled=enabled,
    )

    assert option(dataclasses.replace(VIRT, nodes=(*VIRT.nodes, pcie)), "-M") == machine


def test_a_named_machine_writes_its_own_tree() -> None:
    assert not is_from_file(dataclasses.replace(VIRT, source="qemu:virt"))
    assert is_from_file(dataclasses.replace(VIRT, source="virt.dtb"))


def test_a_named_machine_is_made_as_it_was_named() -> None:
    """Also what its tree doesn't tell, such as a processor without a compatible string of its own."""
    source = "qemu:virt-7.2,gic-version=3,its=off,secure=on,cpu=a64fx,cpus=2,memory=1G"

    assert qemu_arguments(dataclasses.replace(VIRT, source=source)) == (
        *("-M", "virt-7.2,gic-version=3,its=off,secure=on"),
        *("-cpu", "a64fx"),
        *("-smp", "1,maxcpus=8"),  # as many as the tree has
        *("-m", "1G"),
    )


def test_memory_is_the_sum_of_all_banks() -> None:
    banks = (Region(base=0x4000_0000, size=512 << 20), Region(base=1 << 32, size=512 << 20))

    assert option(dataclasses.replace(VIRT, memory=banks), "-m") == "1024M"


@pytest.mark.parametrize(
    ("cpus", "name", "count"),
    [
        (("arm,cortex-a72", "arm,cortex-a72"), "cortex-a72", "2,maxcpus=8"),
        (("arm,neoverse-n1",), "neoverse-n1", "1,maxcpus=8"),
        (("acme,fast",), "max", "1,maxcpus=8"),
        (("arm,cortex-m3",), "max", "1,maxcpus=8"),
        (("arm,cortex-a53,aarch64=off",), "max", "1,maxcpus=8"),
        ((), "max", "1,maxcpus=8"),
    ],
)
def test_processor_is_the_boards_first(cpus: tuple[str, ...], name: str, count: str) -> None:
    board = dataclasses.replace(VIRT, cpus=cpus)

    assert (option(board, "-cpu"), option(board, "-smp")) == (name, count)


@pytest.mark.parametrize(
    ("compatible", "said"), [(("acme,board", "acme,soc"), "acme,board, acme,soc"), ((), "empty")]
)
def test_other_boards_are_refused_by_name(compatible: tuple[str, ...], said: str) -> None:
    with pytest.raises(BootError, match=rf"^/: compatible is {said}, QEMU's machine is "):
        qemu_arguments(dataclasses.replace(VIRT, compatible=compatible))
