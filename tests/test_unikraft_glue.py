"""The glue for Unikraft, compiled against header stubs: for every release, and natively to run.

``unikraft/stubs`` declares of Unikraft's headers what the glue uses, release by release, and
``unikraft/glue`` has a fake of what stands behind them.
"""

from __future__ import annotations

import dataclasses
import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from ukdrivers.model import Driver
from ukdrivers.table import table
from ukdrivers.unikraft.adapter import ADAPTERS
from ukdrivers.unikraft.glue import ALWAYS, PAGED, UNPAGED

if TYPE_CHECKING:
    import pathlib
    from collections.abc import Callable, Sequence

    from ukdrivers.unikraft.adapter import Adapter

    Run = Callable[..., list[str]]

HERE = os.path.dirname(__file__)
KIT = os.path.join(os.path.dirname(HERE), "ukdrivers", "kit")
GLUE = os.path.join(os.path.dirname(HERE), "ukdrivers", "hosts", "unikraft", "glue")
STUBS = os.path.join(HERE, "unikraft", "stubs")
FAKES = os.path.join(HERE, "unikraft", "glue")

ERRNO = {"EBUSY": -16, "ENODEV": -19, "EINVAL": -22, "ERANGE": -34}

#: header stubs by the adapter that is for these releases, oldest release first
RELEASES = {"uart": ("0.15",), "uktty": ("0.15", "0.16.3"), "ukconsole": ("staging",)}

WARNINGS = ("-std=gnu11", "-Wall", "-Wextra", "-Werror", "-fno-common")

BOARD = """\
/dts-v1/;
/ {
    #address-cells = <1>; #size-cells = <1>; interrupt-parent = <&chip>;
    chip: intc@1000 { compatible = "CHIP"; reg = <0x1000 0x1000>; phandle = <1>;
                      interrupt-controller; #interrupt-cells = <3>; };
    uart@UART { compatible = "test,uart"; reg = <0xUART 0x1001>; interrupts = <0 1 4>; };
    device@3000 { compatible = "test,device"; reg = <0x3000 0x100>; interrupts = <0 9 1>; };
};
"""


def includes(release: str) -> list[str]:
    folders = [f"{STUBS}/{release}", f"{STUBS}/every", f"{KIT}/include"]
    return [f"-I{one}" for one in folders]


def sources(adapter: Adapter) -> set[str]:
    """Return every file of the glue that an image of an adapter may have."""
    parts = {one for part in adapter.parts for one in (*part.sources, *part.absent)}
    return {*ALWAYS, *PAGED, *UNPAGED, *parts}


def compatible(name: str) -> Driver:
    class_ = {"uart": "console", "chip": "irqchip", "device": "rtc"}[name]
    return Driver(
        name=name,
        summary="",
        class_=class_,
        arch=("arm64",),
        platforms=("kvm",),
        compatible=(f"test,{name}",),
        sources=(),
        config=None,
        provides=(),
        requires=(),
        kit=">=1,<2",
        replaces=(),
        root="/",
        distribution="test",
        version="1",
    )


# Every file, for every release


def test_every_file_of_the_glue_is_of_an_adapter() -> None:
    files = {one for one in os.listdir(GLUE) if one.endswith(".c")}
    assert files == set().union(*(sources(adapter) for adapter in ADAPTERS))


def test_every_adapter_has_its_stubs() -> None:
    assert {adapter.name for adapter in ADAPTERS} == set(RELEASES)


@pytest.mark.parametrize("level", ["-1", "UKD_ERR", "UKD_INFO"])
@pytest.mark.parametrize("adapter", ADAPTERS, ids=lambda one: one.name)
def test_glue_compiles_for_its_releases(
    adapter: Adapter, level: str, tmp_path: pathlib.Path
) -> None:
    for release in RELEASES[adapter.name]:
        subprocess.run(
            ["aarch64-linux-gnu-gcc", *WARNINGS, "-O2", "-ffreestanding", "-mgeneral-regs-only"]
            + ["-c", f"-DUKD_LOG_MAX={level}", *includes(release)]
            + [f"-I{KIT}/arch/arm64/include"]
            + [os.path.join(GLUE, one) for one in sorted(sources(adapter))],
            cwd=tmp_path,
            check=True,
        )


# What it does


@dataclasses.dataclass(frozen=True, kw_only=True)
class Image:
    """One choice of the glue's files, compiled natively."""

    release: str
    console: str
    paging: bool = False
    off: tuple[str, ...] = ()

    def compile(self, folder: pathlib.Path) -> None:
        drivers = [compatible(one) for one in ("uart", "chip", "device")]
        (folder / "table.c").write_text(table(drivers))
        glue = ["start.c", "host.c", "irqchip.c", "firmware.c", "irq.c", "devices.c"]
        glue += [f"console_{self.console}.c", *(PAGED if self.paging else UNPAGED)]
        fakes = ["glue_test.c", "drivers.c", "tree.c", f"tree_{self.console}.c"]
        fakes += ["construct.c" if self.paging else "construct_none.c"]
        kit = sorted(one for one in os.listdir(f"{KIT}/src") if one.endswith(".c"))
        subprocess.run(
            ["gcc", *WARNINGS, "-g", "-fsanitize=address,undefined"]
            + ["-fno-sanitize-recover=all", *includes(self.release), f"-I{FAKES}"]
            + [f"-DCONFIG_{one.symbol}=1" for one in drivers if one.name not in self.off]
            + [os.path.join(GLUE, one) for one in glue]
            + [os.path.join(FAKES, one) for one in fakes]
            + [os.path.join(KIT, "src", one) for one in kit]
            + ["table.c", "-o", "image"],
            cwd=folder,
            check=True,
        )


TTY = Image(release="0.15", console="tty")
TTY_PAGING = Image(release="0.16.3", console="tty", paging=True)
UKCONSOLE = Image(release="staging", console="ukconsole")
UKCONSOLE_PAGING = Image(release="staging", console="ukconsole", paging=True)
MUTE = Image(release="0.15", console="tty", off=("uart",))


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Return a function that boots an image on a board, does some steps, and returns lines."""
    folders: dict[Image, pathlib.Path] = {}

    def run(
        image: Image,
        *steps: str,
        chip: str = "test,chip",
        uart: str = "2000",
        blob: bytes | None = None,
    ) -> list[str]:
        if image not in folders:
            folders[image] = tmp_path_factory.mktemp("image")
            image.compile(folders[image])
        folder = folders[image]
        (folder / "board.dts").write_text(BOARD.replace("CHIP", chip).replace("UART", uart))
        subprocess.run(
            ["dtc", "-q", "-O", "dtb", "-o", "board.dtb", "board.dts"], cwd=folder, check=True
        )
        if blob is not None:
            (folder / "board.dtb").write_bytes(blob)
        return output([str(folder / "image"), str(folder / "board.dtb"), *steps])

    return run


def output(command: Sequence[str]) -> list[str]:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.splitlines()


def test_first_output_starts_the_console(run: Run) -> None:
    assert run(TTY, "out=hello\n", "out=two\nlines") == [
        "probe uart /uart@2000 0x2000 irqs 0",
        *("uart uart /uart@2000: ", "uart 0x2000+0x1001", r"uart \r\n"),
        *("uart hello", r"uart \r\n", "uart two", r"uart \r\n", "uart lines"),
    ]


def test_output_is_kept_until_registers_can_be_mapped(run: Run) -> None:
    lines = run(TTY_PAGING, "out=kept\n", "construct", "out=now")
    assert lines[:4] == [
        "devmap 0x2000+0x1001",
        "probe uart /uart@2000 0x100002000 irqs 0",
        "uart kept",
        r"uart \r\n",
    ]
    assert lines[-1] == "uart now"


def test_controller_starts_before_the_console_and_says_so_on_it(run: Run) -> None:
    lines = run(TTY_PAGING, "out=kept", "probe")
    assert lines[:4] == [
        *("devmap 0x1000+0x1000", "probe chip /intc@1000 0x100001000 irqs 0"),
        *("devmap 0x2000+0x1001", "probe uart /uart@2000 0x100002000 irqs 1"),
    ]
    assert lines[4] == "uart kept"
    assert lines[-4:-1] == ["uart chip /intc@1000: ", "uart 0x100001000+0x1000", r"uart \r\n"]
    assert lines[-1] == "intctlr 0 chip"


def test_output_without_a_console_is_dropped_in_the_end(run: Run) -> None:
    assert run(MUTE, *["out=" + "x" * 999] * 3, "in=typed") == ["in 0 "]


def test_input_comes_from_the_console(run: Run) -> None:
    assert run(TTY, "out=a", "in=typed", "in=more than fits")[-2:] == [
        "in 5 typed",
        "in 8 more tha",
    ]


def test_early_table_starts_the_console(run: Run) -> None:
    assert run(UKCONSOLE, "early", "out=hello\n", "in=typed") == [
        "probe uart /uart@2000 0x2000 irqs 0",
        "keeps 0x2000+0x2000, 2 pages",
        "console uart flags 3",
        *("uart uart /uart@2000: ", "uart 0x2000+0x1001", r"uart \n"),
        "early 1 0",
        r"uart hello\n",
        "in 5 typed",
    ]


def test_early_console_stays_where_the_boot_code_mapped_it(run: Run) -> None:
    lines = run(UKCONSOLE_PAGING, "early", "probe")
    assert "probe uart /uart@2000 0x2000 irqs 0" in lines
    assert "probe chip /intc@1000 0x100001000 irqs 0" in lines
    assert lines[-1] == "intctlr 0 chip"


def test_registers_that_cannot_be_mapped_leave_the_device_alone(run: Run) -> None:
    lines = run(TTY_PAGING, "probe", uart="bad000")
    assert [one for one in lines if one.startswith(("probe", "devmap"))] == [
        *("devmap 0x1000+0x1000", "probe chip /intc@1000 0x100001000 irqs 0"),
        "devmap 0xbad000+0x1001",
    ]


@pytest.mark.parametrize("image", [TTY, TTY_PAGING, UKCONSOLE, UKCONSOLE_PAGING])
def test_a_controller_without_a_driver_is_named_and_the_machine_can_be_switched_off(
    run: Run, image: Image
) -> None:
    lines = run(image, "early", "probe", chip="test,other")
    assert "uart /intc@1000: no linked driver for test,other" in lines
    assert lines[-2:] == [f"intctlr {ERRNO['ENODEV']} none", "hvc"]


def test_interrupts_reach_the_generic_layer_with_the_registers(run: Run) -> None:
    assert run(MUTE, "probe", "irq=40")[-1:] == ["tree handles 40 of registers"]


def test_an_interrupt_beyond_the_table_is_masked(run: Run) -> None:
    assert run(MUTE, "probe", "irq=64", "irq=1019")[-2:] == ["chip mask 64", "chip mask 1019"]


def test_only_numbers_of_the_controller_are_unmasked(run: Run) -> None:
    assert run(MUTE, "probe", "unmask=63", "unmask=64")[-1] == "chip unmask 63"


def test_trigger_none_changes_nothing(run: Run) -> None:
    assert run(MUTE, "probe", "configure_none=40", "configure_edge=40", "configure_edge=70")[
        -5:
    ] == [
        *("configure 0", "chip 40 edge", "configure 0"),
        *("chip 70 edge", f"configure {ERRNO['ERANGE']}"),
    ]


def test_specifiers_are_translated_by_the_controller(run: Run) -> None:
    steps = ("xlat=3", "cells=3", "xlat=3", "xlat_level=4", "xlat=99", "cells=2", "xlat=3")
    assert run(MUTE, "probe", *steps)[-5:] == [
        "xlat -1: 0 trigger 0",
        "xlat 0: 35 trigger 1",
        "xlat 0: 36 trigger 2",
        "xlat -15: 0 trigger 0",
        "xlat -15: 0 trigger 0",
    ]


def test_a_further_cpu_is_refused(run: Run) -> None:
    assert int(run(MUTE, "probe", "cpu")[-1].split()[1]) < 0


def test_devices_start_with_the_buses_and_take_interrupts(run: Run) -> None:
    busy, out_of_range, invalid = ERRNO["EBUSY"], ERRNO["ERANGE"], ERRNO["EINVAL"]
    assert (
        run(MUTE, "probe", "bus", "bus", "irq=41")[-12:]
        == [
            "probe device /device@3000 0x3000 irqs 1",
            *("chip 41 edge", "chip unmask 41"),
            f"attach 0 {busy} {out_of_range}",
            *("chip mask 41", "chip 41 edge", "chip unmask 41"),
            f"detach 0 {invalid} attach 0",
            *("bus 0", "bus 0"),
            "tree handles 41 of registers",
            "device served",
            "handler says 0",
        ][-12:]
    )


@pytest.mark.parametrize(("blob", "end"), [(b"", []), (b"not a tree" * 8, ["hvc"])])
def test_without_a_readable_tree_there_is_no_controller(
    run: Run, blob: bytes, end: list[str]
) -> None:
    lines = run(TTY, "out=lost", "probe", blob=blob)
    assert lines == [f"intctlr {ERRNO['ENODEV']} none", *end]
