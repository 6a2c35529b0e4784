"""Device addresses that are scanned, built in, or given by hand: the image does the same in all.

Proof: on every variant of QEMU's machine, an image that scans and one that has the board built in
print the same list of drivers, nodes, addresses and interrupts. What drivers ask of buses is
compared on trees that QEMU doesn't write, in the driver core compiled for this machine.
"""

from __future__ import annotations

import glob
import itertools
import os
import re
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.board_edit import edited, find
from tests.core_program import FAKES, HERE, KIT, SIM, output, standard, tree, write_drivers
from ukdrivers.address import lines
from ukdrivers.board import from_blob, read_board
from ukdrivers.boot import boot
from ukdrivers.errors import BootError
from ukdrivers.fixed import fixed
from ukdrivers.match import match
from ukdrivers.model import Config, Image, Symbol
from ukdrivers.tree_hash import tree_hash

if TYPE_CHECKING:
    import pathlib
    from collections.abc import Callable, Sequence

    from tests.conftest import Program

    Make = Callable[..., Image]

BOARD = "qemu:virt,gic-version=3"
#: of the driver core, what an image has that scans nothing
CORE = ("bound", "bus_found", "devices", "match", "memory", "probe")
BUILT_IN = ("LIBUKD_ADDRESSES_BUILT_IN=y",)
UNCHECKED = (*BUILT_IN, "LIBUKD_CHECK_TREE=n")
BY_DRIVER = "LIBUKD_ADDRESSES_BY_DRIVER=y"
#: high memory is what is above 4 GiB, and RAM starts at 1 GiB
MACHINES = [
    f"qemu:virt,gic-version={gic},memory={mib},virtualization={el2},highmem={high}"
    for gic, mib, el2, high in itertools.product("23", ("64", "4096"), ("off", "on"), ("off", "on"))
    if not (mib == "4096" and high == "off")
]
ONE = ("-netdev", "user,id=net", "-device", "virtio-net-device,netdev=net")
OTHER = ("-netdev", "user,id=second", "-device", "virtio-net-device,netdev=second")
DEVICES = (
    *ONE,
    *("-blockdev", "driver=null-co,node-name=disk,size=1048576", "-device"),
    *("virtio-blk-pci,drive=disk", "-netdev", "user,id=other"),
    *("-device", "virtio-net-pci,netdev=other"),
)


@pytest.fixture(scope="module")
def make(ukdrivers: Program, tmp_path_factory: pytest.TempPathFactory) -> Make:
    """Build an image with drivers for both interrupt controllers, from what the last one left."""
    folder = str(tmp_path_factory.mktemp("modes"))

    def build(board: str, *values: str, app: str = "hello", apart: str = "all") -> Image:
        here = os.path.join(folder, apart)
        wanted = [f"--set={one}" for one in ("GICV2=y", "GICV3=y", "NS16550=y", *values)]
        done = ukdrivers("build", board, "--app", app, *wanted, "-o", here)
        assert done.returncode == 0, done.stderr
        os.remove(os.path.join(here, ".config"))  # or what was set once would stay
        path = os.path.join(here, "ukdrivers_kvm-arm64")
        return Image(path=path, elf=f"{path}.dbg", drivers=())

    return build


@pytest.fixture(scope="module")
def scanned(make: Make) -> Image:
    return make(BOARD, apart="scanned")


def said(image: Image, board: str, *extra: str) -> Sequence[str]:
    return boot(image, read_board(board), extra=extra).lines


def names_in(image: Image) -> set[str]:
    done = subprocess.run(
        ["aarch64-linux-gnu-nm", image.elf], check=True, capture_output=True, text=True
    )
    return {line.split()[-1] for line in done.stdout.splitlines()}


@pytest.mark.parametrize("board", MACHINES)
def test_the_same_devices_on_every_machine(scanned: Image, make: Make, board: str) -> None:
    expected = said(scanned, board, *DEVICES)

    assert said(make(board, *BUILT_IN), board, *DEVICES) == expected
    assert len(expected) > 12  # all of the devices, and those on both buses


def test_modes_mix(scanned: Image, make: Make) -> None:
    """One driver each way, at least; the clock by hand, whose interrupt isn't attached."""
    built_in = [f"{one}_BUILT_IN=y" for one in ("GICV3", "VIRTIO_MMIO", "ECAM_PCI")]
    by_hand = ["PL031_BY_HAND=y", "PL031_IRQ=34", "PL011_BY_HAND=y", "PL011_IRQ=33"]
    image = make(BOARD, BY_DRIVER, *built_in, *by_hand)

    assert said(image, BOARD, *DEVICES) == said(scanned, BOARD, *DEVICES)
    assert "ukd_scan" in names_in(image)


@pytest.mark.parametrize("rest", ["BUILT_IN", "SCAN"])
def test_by_hand_is_where_it_was_typed(make: Make, rest: str) -> None:
    """Other devices of a driver that is given one by hand aren't looked for."""
    others = [f"{one}_{rest}=y" for one in ("GICV3", "PSCI", "ARMV8_TIMER", "PL011")]
    by_hand = ["VIRTIO_MMIO_BY_HAND=y", "VIRTIO_MMIO_BASE=0xa003e00", "VIRTIO_MMIO_SIZE=0x200"]
    by_hand += ["VIRTIO_MMIO_IRQ=79", "VIRTIO_MMIO_IRQ_EDGE=y"]
    off = ["PL031=n", "ECAM_PCI=n", "VIRTIO_PCI=n", "GICV2=n", "NS16550=n"]
    image = make(BOARD, BY_DRIVER, *others, *by_hand, *off)

    assert said(image, BOARD, *ONE, *OTHER)[-4:] == (
        "virtio-mmio /virtio-mmio@a003e00: 0xa003e00+0x200 irq 79 edge",
        "virtio-net /virtio-mmio@a003e00/device1: bound",
        "hello",
        "ukdrivers: power off",
    )
    assert ("ukd_scan" in names_in(image)) == (rest == "SCAN")


def test_nothing_reads_a_tree_when_nothing_scans(scanned: Image, make: Make) -> None:
    sources = ("scan", "nodes", "names", "property", "ranges", "regions", "interrupts", "buses")
    objects = [os.path.join(os.path.dirname(scanned.path), "libukd", f"{one}.o") for one in sources]
    command = ["aarch64-linux-gnu-nm", "--defined-only", *objects]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    reader = set(re.findall(r" [Tt] (ukd_\w+)$", done.stdout, re.MULTILINE))
    answered = {"ukd_property", "ukd_region", "ukd_bus_of", "ukd_note_irqchip"}  # otherwise
    unchecked = make(BOARD, *UNCHECKED, apart="unchecked")

    assert reader - names_in(scanned) <= answered
    assert not (reader - answered) & names_in(unchecked)
    assert not (reader - answered) & names_in(make(BOARD, *BUILT_IN))
    assert "ukd_check_tree" not in names_in(unchecked)


def test_no_tree_is_needed(scanned: Image, make: Make) -> None:
    """QEMU hands an ELF file no tree."""
    image = make(BOARD, *UNCHECKED, apart="unchecked")
    bare = Image(path=image.elf, elf=image.elf, drivers=())

    assert said(bare, BOARD) == said(scanned, BOARD)


def test_another_board_is_refused(make: Make) -> None:
    image = make(BOARD, *BUILT_IN)
    other = f"{BOARD},memory=256"
    heard: list[str] = []

    with pytest.raises(BootError, match=r"halted: made for another device tree$"):
        boot(image, read_board(other), on_text=heard.append)
    own, wanted = (tree_hash(read_board(one).blob) for one in (other, BOARD))
    assert "".join(heard).splitlines()[0] == (
        f"ukdrivers: device tree: its hash is {own:#x}, wanted {wanted:#x} "
        f"of linux,dummy-virt ({BOARD})"
    )


def test_what_the_hash_is_of() -> None:
    blob = read_board(BOARD).blob

    def changed(path: str, name: str, value: bytes) -> int:
        return tree_hash(
            edited(blob, lambda root: find(root, path).properties.update({name: value}))
        )

    plain = changed("/chosen", "bootargs", b"")
    assert changed("/chosen", "bootargs", b"quiet\0") == plain
    assert changed("/psci", "method", b"hvc\0") == plain
    assert changed("/psci", "method", b"smc\0") != plain
    assert changed("/psci", "methoe", b"hvc\0") != plain
    assert changed("/psci", "x", b"") != plain


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (
            ["GICV3_BY_HAND=y"],
            (
                "LIBUKDRIVER_GICV3_BY_HAND: gicv3 is an interrupt controller, which takes more "
                "than one address, wanted it scanned or built in"
            ),
        ),
        (
            ["PL011_BY_HAND=y", "PL011_BASE=0x0"],
            "LIBUKDRIVER_PL011_BASE: is 0x0, wanted that of the device's registers",
        ),
        (
            ["PL011_BY_HAND=y", "PL011_BASE=0xffffffffffff0000", "PL011_SIZE=0x10001"],
            "LIBUKDRIVER_PL011_SIZE: reaches beyond 64 bits of address",
        ),
    ],
)
def test_what_no_device_can_have(
    ukdrivers: Program, tmp_path: pathlib.Path, values: Sequence[str], message: str
) -> None:
    wanted = [f"--set={one}" for one in (BY_DRIVER, *values)]
    done = ukdrivers("build", BOARD, *wanted, "-o", str(tmp_path))

    assert (done.returncode, done.stderr.splitlines()[0]) == (1, f"ukdrivers: {message}")


def test_long_menus_have_a_choice_where_the_board_asks() -> None:
    (one, *_) = [fake.driver for fake in FAKES]
    nodes = read_board(BOARD).nodes[1:2]

    assert lines(one, (), 100)
    assert not lines(one, (), 101)
    assert lines(one, nodes, 101)
    (card,) = (fake.driver for fake in FAKES if fake.name == "card")
    assert not lines(card, (), 1)


# In the driver core, on trees with buses

BUSES = """
    #address-cells = <2>; #size-cells = <2>; interrupt-parent = <&chip>; model = "buses";
    memory@40000000 { device_type = "memory"; reg = <0 0x40000000 0 0x1000 1 0 0 0x2000>; };
    reserved-memory { #address-cells = <2>; #size-cells = <2>; ranges;
        a@5000 { reg = <0 0x5000 0 0x1000>; }; };
    chip: chip { compatible = "test,chip"; phandle = <1>; #interrupt-cells = <3>;
        interrupt-controller; reg = <0 0x100 0 0x10>; };
    outer { compatible = "simple-bus"; #address-cells = <1>; #size-cells = <1>;
        ranges = <0 0x80 0x10000000 0x1000000>, <0x8000000 0 0x9000000 0x10000>;
        dma-ranges = <0 0 0x40000000 0x8000>, <0x10000 0 0x50000000 0x1000>;
        uart@8000100 { compatible = "test,uart"; reg = <0x8000100 0x10>; test-region = <0>;
            interrupts = <1 2 1 0 3 0>; test-dma = <0x40001000 0x1000>; };
        inner { compatible = "test,bus"; #address-cells = <2>; #size-cells = <1>;
            ranges = <1 0 0x100000 0x1000>, <2 0 0x8001000 0x1000>, <3 0 0x70000000 0x10>;
            dma-ranges = <1 0 0x4000 0x10000>; test-ranges;
            b@1,20 { compatible = "test,absent", "test,contested"; reg = <1 0x20 0x10 2 4 8>;
                test-region = <1>; test-dma = <0x40005000 0x1000>; test-property = "a", "b";
                interrupts-extended = <&chip 0 7 1>; };
            c@2,8 { compatible = "test,general"; reg = <2 8 0x10>; test-region = <1>;
                test-dma = <0x40001000 0x1000>; test-property = [01 02 03]; };
        };
    };
    left { compatible = "test,broken-bus"; ranges; #address-cells = <2>; #size-cells = <2>;
        d { compatible = "test,general"; test-property; }; };
    pcie@10000000 { compatible = "test,host"; device_type = "pci"; test-ranges; phandle = <2>;
        #address-cells = <3>; #size-cells = <2>; #interrupt-cells = <1>; reg = <0 0x200 0 0x10>;
        ranges = <0x1000000 0 0 0 0x3eff0000 0 0x10000>, <0x3000000 0x80 0 0x80 0 0x80 0>;
        interrupt-map-mask = <0x1800 0 0 7>;
        interrupt-map = <0 0 0 1 &chip 0 3 4>, <0x800 0 0 1 &chip 0 4 5>, <0 0 0 2 &nexus 9>;
        test-map = <0 0 0 1>, <0x800 5 6 1>, <0 0 0 2>, <0x1000 0 0 1>;
        dma-ranges = <0x2000000 0 0 0 0x40000000 0 0x10000>; test-dma = <0x40001000 0x1000>;
        test-property = <1 2>; test-add = "1", "pci1234,11e8", "2", "pci9999,1"; };
    nexus: nexus { phandle = <3>; #interrupt-cells = <1>; interrupt-map = <9 &chip 0 40 1>; };
    quiet { compatible = "test,uart"; status = "disabled"; };
"""


def alone(folder: pathlib.Path, blob: bytes) -> str:
    """Compile the core with a tree built in, and return the program."""
    board = from_blob(blob, source="tree.dtb")
    drivers = [one.driver for one in FAKES]
    on = [*(one.symbol for one in drivers), "LIBUKD_ADDRESSES_BUILT_IN"]
    symbols = {one: Symbol(name=one, value="y", origin="default") for one in on}
    known = fixed(board, match(drivers, board), Config(text="", symbols=symbols), drivers)
    write_drivers(folder, FAKES)
    (folder / "addresses.c").write_text(known.text)
    core = [f"{KIT}/src/{one}.c" for one in CORE]
    subprocess.run(
        ["gcc", "-std=gnu11", "-O1", "-g", "-Wall", "-Wextra", "-Werror"]
        + ["-fsanitize=address,undefined", "-fno-sanitize-recover=all", "-Dukd_scan=ukd_find"]
        + [f"-DCONFIG_{one.symbol}=1" for one in drivers]
        + [f"-I{SIM}/include", f"-I{SIM}", f"-I{KIT}/include", f"-I{HERE}/core"]
        + [f"{HERE}/core/core_test.c", f"{HERE}/core/core_driver.c", *glob.glob(f"{SIM}/*.c")]
        + [*core, *(f"{KIT}/fixed/{one}.c" for one in ("fixed", "alone_find", "alone_node"))]
        + ["table.c", "drivers.c", "addresses.c", "-o", "alone"],
        cwd=folder,
        check=True,
    )
    return str(folder / "alone")


def test_buses_answer_the_same(
    tmp_path_factory: pytest.TempPathFactory, tmp_path: pathlib.Path
) -> None:
    file = tree(tmp_path, BUSES)
    expected = output(standard(tmp_path_factory.getbasetemp()), file)

    with open(file, "rb") as stream:
        program = alone(tmp_path, stream.read())
    assert output(program, file) == expected
    text = "\n".join(expected)
    for wanted in ("dma 0x1000", "rc -34", "map 40", "map rc -19", "left out, its bus", "range rc"):
        assert wanted in text, wanted
