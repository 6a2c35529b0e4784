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
from ukdrivers.unikraft.glue import ALWAYS, INTERRUPTS, OF_HOST, PAGED, STAND_INS, UNPAGED

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

ERRNO = {"EIO": -5, "ENOMEM": -12, "EBUSY": -16, "ENODEV": -19, "EINVAL": -22, "ERANGE": -34}

#: header stubs by the adapter that is for these releases, oldest release first
RELEASES = {"uart": ("0.15",), "uktty": ("0.15", "0.16.3"), "ukconsole": ("staging",)}

WARNINGS = ("-std=gnu11", "-Wall", "-Wextra", "-Werror", "-fno-common")

BOARD = """\
/dts-v1/;
/ {
    #address-cells = <1>; #size-cells = <1>; interrupt-parent = <&chip>;
    chosen { stdout-path = "STDOUT"; };
    chip: intc@1000 { compatible = "CHIP"; reg = <0x1000 0x1000>; phandle = <1>;
                      interrupt-controller; #interrupt-cells = <3>; };
    uart@UART { compatible = "test,uart"; reg = <0xUART 0x1001>; interrupts = <0 1 4>; };
    serial@5000 { compatible = "test,serial"; reg = <0x5000 0x100>; };
    clock@4000 { compatible = "test,clock"; reg = <0x4000 0x100>; };
    device@3000 { compatible = "test,device"; reg = <0x3000 0x100>; interrupts = <INTERRUPT>; };
};
"""


#: what stands in capitals in the board
DEFAULTS = {"chip": "test,chip", "uart": "2000", "stdout": "", "interrupt": "0 9 1"}

#: of the fake drivers
CLASSES = {
    "chip": "irqchip",
    "uart": "console",
    "serial": "console",
    "clock": "rtc",
    "device": "net",
}


def includes(release: str) -> list[str]:
    folders = [f"{STUBS}/{release}", f"{STUBS}/every", f"{KIT}/include"]
    return [f"-I{one}" for one in folders]


def sources(adapter: Adapter) -> set[str]:
    """Return every file of the glue that an image of an adapter may have."""
    parts = {one for part in adapter.parts for one in (*part.sources, *part.absent)}
    return {*ALWAYS, *PAGED, *UNPAGED, *STAND_INS, *parts}


def compatible(name: str) -> Driver:
    class_ = CLASSES[name]
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
            + [f"-I{KIT}/arch/arm64/include", f"-I{KIT}/src"]
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
    off: tuple[str, ...] = ("clock", "serial")
    small: bool = False  #: without interrupts for devices

    def compile(self, folder: pathlib.Path) -> None:
        drivers = [compatible(one) for one in CLASSES]
        (folder / "table.c").write_text(table(drivers))
        glue = ["start.c", "host.c", "firmware.c", "devices.c", "clock.c"]
        glue += ["irqchip_absent.c" if "chip" in self.off else "irqchip.c"]
        glue += [f"console_{self.console}.c", *(PAGED if self.paging else UNPAGED)]
        glue += ["irq_absent.c", *STAND_INS] if self.small else ["irq.c"]
        fakes = ["glue_test.c", "drivers.c", "tree.c", f"tree_{self.console}.c"]
        fakes += ["construct.c" if self.paging else "construct_none.c"]
        fakes += ["tree_gic.c"] if "chip" in self.off else []
        kit = sorted(one for one in os.listdir(f"{KIT}/src") if one.endswith(".c"))
        if self.small:
            kit = [
                one
                for one in kit
                if one not in (INTERRUPTS, OF_HOST) and not one.startswith("bus_")
            ]
        subprocess.run(
            ["gcc", *WARNINGS, "-g", "-fsanitize=address,undefined"]
            + ["-fno-sanitize-recover=all", *includes(self.release), f"-I{FAKES}"]
            + [f"-I{KIT}/src"]
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
MUTE = Image(release="0.15", console="tty", off=("clock", "serial", "uart"))
TREE_GIC = Image(release="0.15", console="tty", off=("chip", "clock", "serial", "uart"))
CLOCK = Image(release="0.15", console="tty", off=("serial", "uart"))
SMALL = Image(release="0.15", console="tty", off=("clock", "serial"), small=True)
TWO_TTY = Image(release="0.15", console="tty", off=("clock",))
TWO_UKCONSOLE = Image(release="staging", console="ukconsole", off=("clock",))


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Return a function that boots an image on a board, does some steps, and returns lines."""
    folders: dict[Image, pathlib.Path] = {}

    def run(
        image: Image,
        *steps: str,
        blob: bytes | None = None,
        **changes: str,
    ) -> list[str]:
        if image not in folders:
            folders[image] = tmp_path_factory.mktemp("image")
            image.compile(folders[image])
        folder = folders[image]
        board = BOARD
        for name, text in (DEFAULTS | changes).items():
            board = board.replace(name.upper(), text)
        (folder / "board.dts").write_text(board)
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
    assert run(MUTE, "probe", "irq=40")[-2:] == [
        "chip self its own",
        "tree handles 40 of registers",
    ]


def test_a_controller_without_a_self_is_called_with_the_registers_alone(run: Run) -> None:
    lines = run(MUTE, "without_self", "probe", "irq=40", "unmask=40")
    assert lines[-2:] == ["tree handles 40 of registers", "chip unmask 40"]


def test_an_interrupt_beyond_the_table_is_masked(run: Run) -> None:
    assert run(MUTE, "probe", "without_self", "irq=63", "irq=1019", "irq=4294967295")[-3:] == [
        "tree handles 63 of registers",
        "chip mask 1019",
        "chip mask 4294967295",
    ]


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


def interrupts(run: Run, *steps: str) -> list[str]:
    """Return what comes of steps once the fake device is there, without the driver's own lines."""
    lines = run(MUTE, "without_self", "probe", "bus", *steps)
    return lines[lines.index("bus 0") + 1 :]


def test_devices_start_with_the_buses_and_take_interrupts(run: Run) -> None:
    assert "probe device /device@3000 0x3000 irqs 1" in run(MUTE, "probe", "bus", "bus")
    assert interrupts(run, "attach=one", "irq=41") == [
        *("chip 41 edge", "chip unmask 41", "attach one 0"),
        *("tree handles 41 of registers", "device one", "handler says 1"),
    ]


def test_an_interrupt_nobody_claims_is_left_to_the_tree(run: Run) -> None:
    assert interrupts(run, "attach=three-not", "irq=41")[-2:] == [
        "device three-not",
        "handler says 0",
    ]


def test_devices_share_a_line_and_all_are_asked(run: Run) -> None:
    lines = interrupts(run, "attach=one", "attach=three-not", "attach=two", "irq=41")
    assert lines == [
        *("chip 41 edge", "chip unmask 41", "attach one 0", "attach three-not 0", "attach two 0"),
        "tree handles 41 of registers",
        *("device two", "device three-not", "device one", "handler says 1"),
    ]


def test_a_line_is_masked_when_the_last_has_left_it(run: Run) -> None:
    steps = ("attach=one", "attach=two", "detach=one", "irq=41", "detach=two", "irq=41")
    assert interrupts(run, *steps)[4:] == [
        "detach one 0",
        *("tree handles 41 of registers", "device two", "handler says 1"),
        *("chip mask 41", "detach two 0"),
        "tree handles 41 of registers",
    ]


def test_a_line_can_be_taken_again(run: Run) -> None:
    assert interrupts(run, "attach=one", "detach=one", "attach=two", "irq=41")[-5:] == [
        *("chip unmask 41", "attach two 0"),
        *("tree handles 41 of registers", "device two", "handler says 1"),
    ]


def test_what_is_not_attached_cannot_be_detached(run: Run) -> None:
    steps = ("detach=one", "attach=one", "detach=two", "detach=one", "detach=one")
    lines = [one for one in interrupts(run, *steps) if one.startswith("detach")]
    invalid = ERRNO["EINVAL"]
    wanted = ["one {0}", "two {0}", "one 0", "one {0}"]
    assert lines == [f"detach {one.format(invalid)}" for one in wanted]


def test_interrupts_that_cannot_be_attached(run: Run) -> None:
    busy, out_of_range = ERRNO["EBUSY"], ERRNO["ERANGE"]
    assert interrupts(run, "attach_missing=one", "attach=one", "attach_others") == [
        f"attach one {out_of_range}",
        *("chip 41 edge", "chip unmask 41", "attach one 0"),
        f"attach others {busy} {out_of_range}",
    ]
    assert interrupts(run, "attach_all")[-1] == f"attached 32 {ERRNO['ENOMEM']}"


def test_without_devices_that_interrupt_none_is_looked_for(run: Run) -> None:
    lines = run(SMALL, "probe", "out=hello", "bus", "attach=one", "detach=one")
    assert "probe uart /uart@2000 0x2000 irqs 0" in lines
    assert "probe device /device@3000 0x3000 irqs 0" in lines
    assert lines[-2:] == [f"attach one {ERRNO['ENODEV']}", f"detach one {ERRNO['EINVAL']}"]


@pytest.mark.parametrize(
    ("cells", "found"),
    [("0 9 1", "41 edge"), ("0 986 4", "1018 level"), ("1 15 0xf08", "31 level")],
)
def test_interrupts_through_the_controller_of_the_tree(run: Run, cells: str, found: str) -> None:
    lines = run(TREE_GIC, "probe", "bus", "attach=one", interrupt=cells)
    number = found.split(maxsplit=1)[0]
    assert lines == [
        *("intctlr 0 gic", "probe device /device@3000 0x3000 irqs 1", "bus 0"),
        *(f"gic {found}", f"gic enable {number}", "attach one 0"),
    ]


@pytest.mark.parametrize("cells", ["0 988 4", "1 16 4", "2 0 4", "0 9 0", "0 9 3", "0 9"])
def test_interrupts_that_the_tree_cannot_have(run: Run, cells: str) -> None:
    lines = run(TREE_GIC, "probe", "bus", "attach=one", interrupt=cells)
    assert lines[1:] == [
        "probe device /device@3000 0x3000 irqs 0",
        *("bus 0", f"attach one {ERRNO['ERANGE']}"),
    ]


def test_first_console_speaks_and_the_other_is_silent(run: Run) -> None:
    lines = run(TWO_TTY, "out=hello", "in=typed")
    assert [one for one in lines if one.startswith("probe")] == [
        "probe uart /uart@2000 0x2000 irqs 0",
        "probe serial /serial@5000 0x5000 irqs 0",
    ]
    assert lines[-2:] == ["uart hello", "in 5 typed"]
    assert "uart silent: /uart@2000 speaks" in lines
    assert not [one for one in lines if one.startswith("serial")]


def test_only_the_first_console_is_for_standard_output(run: Run) -> None:
    lines = run(TWO_UKCONSOLE, "early", "out=hello")
    assert [one for one in lines if one.startswith("console")] == [
        "console uart flags 3",
        "console serial flags 0",
    ]
    assert lines[-1] == "uart hello"


@pytest.mark.parametrize("image", [TWO_TTY, TWO_UKCONSOLE])
def test_stdout_path_decides_which_console_speaks(run: Run, image: Image) -> None:
    assert run(image, "early", "out=hello", stdout="/serial@5000:115200n8")[-1] == "serial hello"


def test_date_comes_from_the_clock_and_goes_on_by_itself(run: Run) -> None:
    steps = ("clock", "date=1700000000", "bus", "date=5", "clock", "clock")
    assert [one for one in run(CLOCK, "probe", *steps) if "clock" in one or "date" in one] == [
        "date 42",
        f"clock 0 {ERRNO['EBUSY']}",
        *("date 1700000001", "date 1700000002"),
    ]


@pytest.mark.parametrize(
    ("date", "rc"), [("-5", ERRNO["EIO"]), ("9223372037", ERRNO["ERANGE"])], ids=["dead", "wild"]
)
def test_a_clock_without_a_date_is_left_out(run: Run, date: str, rc: int) -> None:
    lines = run(CLOCK, "probe", f"date={date}", "bus", "clock")
    assert f"clock {rc} {rc}" in lines
    assert lines[-1] == "date 42"


@pytest.mark.parametrize(("blob", "end"), [(b"", []), (b"not a tree" * 8, ["hvc"])])
def test_without_a_readable_tree_there_is_no_controller(
    run: Run, blob: bytes, end: list[str]
) -> None:
    lines = run(TTY, "out=lost", "probe", blob=blob)
    assert lines == [f"intctlr {ERRNO['ENODEV']} none", *end]
