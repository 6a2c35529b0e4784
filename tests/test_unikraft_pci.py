"""The PCI bus for Unikraft: for the tree's own drivers, over the kit's core; compiled natively.

``unikraft/pci/include`` and the folders of the other stubs declare of Unikraft what these files use,
and nothing else.
"""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.test_unikraft_overlay import files, menu, prompts, value
from tests.unikraft_drivers import BOTH, driver
from tests.unikraft_tree import RELEASES, make_tree
from ukdrivers.files import publish
from ukdrivers.unikraft import ROOT

if TYPE_CHECKING:
    import pathlib

HERE = os.path.dirname(os.path.abspath(__file__))
PCI = os.path.join(ROOT, "pci")
KIT = os.path.join(os.path.dirname(HERE), "ukdrivers", "kit")
STUBS = ("unikraft/pci/include", "unikraft/bus/include", "unikraft/stubs/every")
INCLUDES = (f"{PCI}/include", f"{KIT}/include", *(f"{HERE}/{one}" for one in STUBS))
WARNINGS = ("-std=gnu11", "-Wall", "-Wextra", "-Werror", "-fno-common", "-D__LIBNAME__=test")

IO, INVAL, NOMEM, NODEV, RANGE = -5, -22, -12, -19, -34

ECAM = driver("ecam", "pci-host", "drivers/ukbus/pci")
OURS = f"$(eval $(call import_lib,{PCI}))"


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("pci")
    sources = [f"{PCI}/bus_pci.c", f"{PCI}/functions.c", f"{HERE}/unikraft/pci/pci_test.c"]
    sanitize = ("-O1", "-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all")
    includes = [f"-I{one}" for one in INCLUDES]
    command = ["gcc", *WARNINGS, *sanitize, *includes, *sources, "-o", "program"]
    subprocess.run(command, cwd=folder, check=True)
    return str(folder / "program")


def run(program: str, *arguments: str) -> list[str]:
    done = subprocess.run([program, *arguments], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[:2] == ["error: driver 8086:ffff left out: error -5", "init"]
    return lines[2:]


VIRTIO = ("1", "0x1af4", "0x1000", "0x00011af4", "0x020000")


# Functions


def test_a_function_is_given_to_its_driver(program: str) -> None:
    assert run(program, *VIRTIO, "0x3eff1000", "36") == [
        *("asked 0", "irq 36 level", "master 0xa5f3 1"),
        "vendor: 0:a5:1e.3 1af4:1000 1af4:0001 class 0x200 0 base 0x3eff1000 irq 36 state 0",
        "taken 0",
    ]


def test_an_edge_is_one(program: str) -> None:
    assert "irq 37 edge" in run(program, *VIRTIO, "0x1000", "37")


@pytest.mark.parametrize(
    ("function", "taker"),
    [
        (("0x1234", "1", "0", "0xff0000"), "device"),
        (("0x1234", "2", "0", "0xff0000"), None),
        (("0x8086", "0x100e", "0", "0x020000"), "device"),  # after the one that is out
        (("0x8086", "0x100f", "0", "0x020000"), None),
        (("0x9999", "1", "0", "0x070002"), "serial"),
        (("0x9999", "1", "0", "0x070100"), None),
        (("0x9999", "1", "0xbbbbaaaa", "0xff0000"), "card"),
        (("0x9999", "1", "0xbbbbaaab", "0xff0000"), None),
        (("0x1af4", "1", "0xbbbbaaaa", "0x070002"), "vendor"),  # the first that fits
    ],
)
def test_the_first_driver_that_fits(
    program: str, function: tuple[str, ...], taker: str | None
) -> None:
    lines = run(program, "1", *function, "0x1000", "40")
    if taker is None:
        assert lines == [f"asked {NODEV}", f"taken {NODEV}"]
    else:
        assert [one.split(":")[0] for one in lines][-2:] == [taker, "taken 0"]


def test_asking_takes_nothing(program: str) -> None:
    assert run(program, *VIRTIO) == ["asked 0"]


@pytest.mark.parametrize(
    ("base", "irq", "lack"), [("0", "36", "BAR 0 in reach"), ("0x1000", "0", "interrupt")]
)
def test_a_function_that_lacks_something(program: str, base: str, irq: str, lack: str) -> None:
    assert run(program, *VIRTIO, base, irq)[1:] == [
        f"log 0 0: PCI device 1af4:1000: no {lack}, which the tree's driver wants",
        f"taken {NODEV}",
    ]


@pytest.mark.parametrize(
    ("irq", "lines"),
    [("99", ["irq 99 edge", f"taken {INVAL}"]), ("1019", [f"taken {RANGE}"])],
)
def test_an_interrupt_that_cannot_be(program: str, irq: str, lines: list[str]) -> None:
    assert run(program, *VIRTIO, "0x1000", irq)[1:] == lines


def test_out_of_memory(program: str) -> None:
    assert run(program, "0", *VIRTIO[1:], "0x1000", "36")[1:] == [f"taken {NOMEM}"]


@pytest.mark.parametrize(("rc", "taken"), [("-5", IO), ("1", 0)])
def test_what_a_driver_says(program: str, rc: str, taken: int) -> None:
    assert run(program, *VIRTIO, "0x1000", "36", rc)[-1] == f"taken {taken}"


def test_it_compiles_for_arm64(tmp_path: pathlib.Path) -> None:
    flags = ("-O2", "-ffreestanding", "-mgeneral-regs-only", f"-I{KIT}/blank/include")
    includes = [f"-I{one}" for one in INCLUDES]
    sources = [f"{PCI}/bus_pci.c", f"{PCI}/functions.c"]
    command = ["aarch64-linux-gnu-gcc", *WARNINGS, *flags, *includes, "-c", *sources]
    subprocess.run(command, cwd=tmp_path, check=True)


# Overlay


def overlaid(folder: pathlib.Path, release: str) -> tuple[str, str]:
    root = make_tree(folder / "tree", release)
    output = str(folder / "out")
    publish(output, files(root, [*BOTH, ECAM]))
    return root, output


@pytest.mark.parametrize("release", RELEASES)
def test_our_bus_comes_with_the_host(release: str, tmp_path: pathlib.Path) -> None:
    root, output = overlaid(tmp_path, release)
    with open(f"{output}/drivers/ukbus/Makefile.uk", encoding="utf-8") as file:
        lines = file.read().splitlines()

    at = lines.index(OURS)
    assert lines[at - 1] == "ifeq ($(CONFIG_ARCH_ARM_64),y)"
    assert lines[at + 1 : at + 4 : 2] == ["else", "endif"]
    assert lines[at + 2].endswith("/pci))")
    assert prompts(menu(root, output)).count("LIBUKBUS_PCI") == 1


def test_without_the_host_the_trees_own_stays(tmp_path: pathlib.Path) -> None:
    text = files(make_tree(tmp_path, "0.17.0"))["drivers/ukbus/Makefile.uk"]

    assert OURS not in text
    assert "/pci))" in text


def test_drivers_of_the_tree_still_find_their_bus(tmp_path: pathlib.Path) -> None:
    root, output = overlaid(tmp_path, "0.17.0")

    tree = menu(root, output, "CONFIG_LIBUKBUS_PCI=y\n")

    assert value(tree, "LIBUKBUS_PCI") == "y"
    assert value(tree, "HAVE_PCI") == "y"
    assert value(tree, "LIBUKBUS") == "y"


def test_the_controller_of_the_tree_is_adopted_where_there_is_none_of_the_kit(
    tmp_path: pathlib.Path,
) -> None:
    text = files(make_tree(tmp_path, "0.17.0"), [ECAM])["drivers/ukdrivers/glue/Makefile.uk"]

    assert "else\nLIBUKDHOST_SRCS-y += $(UKD_GLUE)/irqchip_absent.c\nendif" in text
    assert (
        "ifeq ($(CONFIG_LIBUKD_IRQCHIP),y)\n"
        "LIBUKD_SRCS-y := $(filter-out $(UKD_KIT)/src/host_irqchip.c,$(LIBUKD_SRCS-y))\nendif"
    ) in text
