"""Both interrupt controllers, booted: one image with both drivers, on machines of either kind."""

from __future__ import annotations

import os
import re
import struct
import subprocess
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import libfdt
import pytest

from benchmarks import interrupts
from ukdrivers.conformance.classes.irqchip import CHECKS
from ukdrivers.conformance.variations import APPS

if TYPE_CHECKING:
    import pathlib

APP = os.path.join(APPS, "irqchip")
NAMES = tuple(check.name for check in CHECKS)
STORM = 100_000
GOOD = re.compile(rf"^checks: {len(NAMES)} done, 0 failed$", re.MULTILINE)
INTC = "/intc@8000000"
DISTRIBUTOR = (0x800_0000, 0x1_0000)
REDISTRIBUTORS = 0x80A_0000  # of QEMU's virt machine, one after the other
REDISTRIBUTOR_SIZE = 0x2_0000

Program = Callable[..., subprocess.CompletedProcess[str]]
#: boots the one image and returns its console, after a look at QEMU's log
Boot = Callable[..., str]
#: writes a device tree of a machine with 8 CPUs, edited, and returns QEMU's arguments for it
Tree = Callable[..., tuple[str, ...]]


@pytest.fixture(scope="module")
def image(ukdrivers: Program, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Build for a machine with a GICv2, and with both drivers."""
    folder = str(tmp_path_factory.mktemp("irq"))
    command = ("build", "qemu:virt,gic-version=2", "--app", APP, "-o", folder)
    done = ukdrivers(*command, "--set", "LIBUKDRIVER_GICV3=y", "--json")
    assert done.returncode == 0, done.stderr
    assert {"gicv2", "gicv3"} <= set(re.findall(r"\bgicv\d\b", done.stdout))
    return folder


@pytest.fixture
def boot(ukdrivers: Program, image: str, tmp_path: pathlib.Path) -> Boot:
    def run(machine: str, *arguments: str, status: int = 0) -> str:
        log = tmp_path / "qemu.log"
        extra = ("-d", "guest_errors,unimp", "-D", str(log), "-icount", "shift=0", *arguments)
        command = ("run", "-o", image, "--board", f"qemu:{machine}", "--timeout", "20")
        done = ukdrivers(*command, "--", *extra)
        assert done.returncode == status, done.stdout
        assert log.read_text() == ""
        return done.stdout

    return run


@pytest.fixture
def tree(tmp_path: pathlib.Path) -> Tree:
    def edit(change: Callable[[libfdt.Fdt], None]) -> tuple[str, ...]:
        path = tmp_path / "edited.dtb"
        machine = ("-M", f"virt,gic-version=3,dumpdtb={path}", "-cpu", "cortex-a53")
        command = ("qemu-system-aarch64", *machine, "-smp", "8", "-m", "64", "-nodefaults")
        subprocess.run(command, check=True, capture_output=True)
        blob = libfdt.Fdt(path.read_bytes())
        change(blob)
        blob.pack()  # QEMU leaves room of a MiB, which would be doubled
        path.write_bytes(blob.as_bytearray())
        return ("-smp", "8", "-dtb", str(path))

    return edit


def with_regions(*regions: tuple[int, int]) -> Callable[[libfdt.Fdt], None]:
    """Give the controller these regions of redistributors."""

    def change(blob: libfdt.Fdt) -> None:
        node = blob.path_offset(INTC)
        blob.setprop_u32(node, "#redistributor-regions", len(regions))
        numbers = [number for region in (DISTRIBUTOR, *regions) for number in region]
        blob.setprop(node, "reg", struct.pack(f">{len(numbers)}Q", *numbers))

    return change


def of_cpus(cpus: Sequence[int], size: int = REDISTRIBUTOR_SIZE) -> list[tuple[int, int]]:
    """Return a region for each CPU."""
    return [(REDISTRIBUTORS + cpu * REDISTRIBUTOR_SIZE, size) for cpu in cpus]


@pytest.mark.parametrize(
    ("cpu", "options"),
    [
        ("cortex-a53", ""),
        ("max", ""),
        ("cortex-a53", "virtualization=on"),
        ("max", "secure=on"),  # two Security states, of which the image is in the Non-secure one
    ],
)
@pytest.mark.parametrize(("version", "other"), [(2, 3), (3, 2)])
def test_interrupts_of_every_kind(
    boot: Boot, version: int, other: int, cpu: str, options: str
) -> None:
    machine = ("-machine", options) if options else ()
    console = boot(f"virt,gic-version={version}", "-cpu", cpu, *machine)

    assert "FAIL" not in console
    assert tuple(re.findall(r"^check (.+): ok$", console, re.MULTILINE)) == NAMES
    assert GOOD.search(console)
    assert f"\nstorm: {STORM} of {STORM} interrupts, 0 early, 0 late\n" in console
    assert f"\ngicv{version} {INTC}: 0x8000000+0x10000 " in console
    assert f"gicv{other}" not in console
    assert re.findall(r"^ukdrivers: interrupt .*$", console, re.MULTILINE) == [
        "ukdrivers: interrupt 102: no driver takes it; masked",
        "ukdrivers: interrupt 103: /test/unclaimed doesn't claim it; masked",
    ]


def test_the_boot_cpu_finds_its_redistributor_in_the_last_of_many_regions(
    boot: Boot, tree: Tree
) -> None:
    console = boot("virt,gic-version=3", *tree(with_regions(*of_cpus(range(7, -1, -1)))))

    assert f"gicv3 {INTC}: 0x8000000+0x10000 0x8180000+0x20000 " in console
    assert GOOD.search(console)


@pytest.mark.parametrize(
    ("regions", "said"),
    [
        (of_cpus(range(1, 8)), "reg: no redistributor with the affinity 0 of this CPU"),
        (
            of_cpus([0], size=0x1_0000),
            "reg: entry 1: 0x10000 bytes, wanted at least 0x20000 for a redistributor",
        ),
    ],
)
def test_a_tree_without_the_boot_cpus_redistributor(
    boot: Boot, tree: Tree, regions: list[tuple[int, int]], said: str
) -> None:
    console = boot("virt,gic-version=3", *tree(with_regions(*regions)), status=1)

    assert f"\ngicv3 {INTC}: {said}\n" in console


def test_devices_whose_interrupts_the_controller_does_not_have(boot: Boot, tree: Tree) -> None:
    specifiers = {"/pl011@9000000": (0, 256, 4), "/pl031@9010000": (2, 1, 4)}

    def change(blob: libfdt.Fdt) -> None:
        for path, cells in specifiers.items():
            blob.setprop(blob.path_offset(path), "interrupts", struct.pack(">3I", *cells))

    console = boot("virt,gic-version=3", *tree(change))

    for path in specifiers:
        assert re.search(rf"{path}: interrupts: entry 0 refused\b.* \(error -", console)
    said = "interrupt of type 2, number 1: neither extended ranges nor partitions are driven"
    assert f"\ngicv3 {INTC}: {said}\n" in console
    assert GOOD.search(console)


def test_an_interrupt_costs_no_more_than_its_target(tmp_path: pathlib.Path) -> None:
    costs = list(interrupts.costs(str(tmp_path)))

    assert {cost.version for cost in costs} == {2, 3}
    for cost in costs:
        assert 20 < cost.to_handler <= interrupts.TO_HANDLER_MAX, cost
        assert cost.to_handler < cost.whole <= interrupts.WHOLE_MAX, cost
