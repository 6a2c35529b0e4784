"""PCI devices on QEMU's machine virt: found, reached and heard, wherever they are plugged in.

The image's drivers of ``edu`` and ``pci-testdev`` say where each BAR is and which interrupt came,
try the devices, and print ``works`` for each. That BARs and interrupts are the right ones is
worked out here once more, from the machine's device tree and the slots.
"""

from __future__ import annotations

import dataclasses
import itertools
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from benchmarks.pci import scan_instructions
from tests.site_folder import Site

if TYPE_CHECKING:
    import pathlib

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
PLUGINS = os.path.join(HERE, "pci", "plugins")
HOST = "/pcie@10000000"
#: QEMU's windows, by what is printed of a BAR
WINDOWS = {"io": [(0x3EFF0000, 0x10000)], "memory": [(0x10000000, 0x2EFF0000)]}
WINDOW_64 = (0x8000000000, 0x8000000000)
#: shared interrupts 3 to 6 are the host's INTA to INTD; the GIC counts from 32
FIRST_IRQ = 35
#: it masters the bus at 28 bits unless told otherwise, and RAM begins above
EDU = "edu,dma_mask=0xffffffffff"
LINE = re.compile(r"^(edu|pci-testdev) (\S+): (.*)$", re.MULTILINE)
BAR = re.compile(r"^BAR (\d) (io|memory) 0x([0-9a-f]+)\+0x([0-9a-f]+)(?: irq (\d+))?$")

Done = subprocess.CompletedProcess[str]
Program = Callable[..., Done]
Boot = Callable[..., "Seen"]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Bar:
    kind: str
    base: int
    size: int


@dataclasses.dataclass(kw_only=True)
class Device:
    """What a driver said of its device."""

    bars: dict[int, Bar] = dataclasses.field(default_factory=dict)
    irq: int | None = None
    works: bool = False


@dataclasses.dataclass(frozen=True, kw_only=True)
class Seen:
    """One boot: devices by path without the host's, and all that was printed."""

    devices: dict[str, Device]
    text: str

    @property
    def at(self) -> list[str]:
        return sorted(self.devices)


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory, ukdrivers: Program) -> str:
    """Build one image with both test drivers and both interrupt controllers."""
    site = Site(str(tmp_path_factory.mktemp("site")))
    for name in ("edu", "pci-testdev"):
        package = f"ukdriver_{name.replace('-', '_')}"
        site.add(f"ukdriver-{name}", entry_points=f"[ukdrivers]\n{name} = {package}\n")
        shutil.copytree(os.path.join(PLUGINS, package), os.path.join(site.path, package))
    folder = str(tmp_path_factory.mktemp("image"))
    app = os.path.join(HERE, "pci", "app")

    done = ukdrivers(
        *("build", "qemu:virt,gic-version=2", "--app", app, "-o", folder),
        *("--set", "LIBUKDRIVER_GICV3=y"),
        env={"PYTHONPATH": os.pathsep.join((site.path, ROOT))},
    )

    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture
def boot(image: str, ukdrivers: Program, tmp_path: pathlib.Path) -> Boot:
    """Boot it with further arguments for QEMU, and read what the drivers said."""

    def run(*arguments: str, reports: int = 0) -> Seen:
        log = tmp_path / "qemu.log"
        watched = ("-d", "guest_errors,unimp", "-D", str(log))
        done = ukdrivers("run", "-o", image, "--", *watched, *arguments)
        assert done.returncode == 0, done.stdout + done.stderr
        assert not log.exists() or log.read_text() == ""
        assert len(re.findall(rf"^ecam-pci {HOST}: ..:..[.]", done.stdout, re.MULTILINE)) == reports
        devices: dict[str, Device] = {}
        for _, path, text in LINE.findall(done.stdout):
            note(devices.setdefault(path.removeprefix(f"{HOST}/"), Device()), text)
        return Seen(devices=devices, text=done.stdout)

    return run


def note(device: Device, text: str) -> None:
    found = BAR.match(text)
    if found:
        number, kind, base, size, irq = found.groups()
        device.bars[int(number)] = Bar(kind=kind, base=int(base, 16), size=int(size, 16))
        device.irq = int(irq) if irq else device.irq
    device.works = device.works or text == "works"


def check(seen: Seen, *, has_64_bits: bool = True) -> None:
    """All devices work; every BAR lies in a window, aligned, and apart from all others."""
    assert seen.devices
    assert all(device.works for device in seen.devices.values()), seen.text
    assert f"pci: {len(seen.devices)} devices, 0 failed" in seen.text
    bars = [bar for device in seen.devices.values() for bar in device.bars.values()]
    for bar in bars:
        assert bar.base % bar.size == 0
        windows = WINDOWS[bar.kind] + ([WINDOW_64] if has_64_bits else [])
        assert any(
            base <= bar.base and bar.base + bar.size <= base + size for base, size in windows
        ), bar
    bars.sort(key=lambda bar: bar.base)
    for one, other in itertools.pairwise(bars):
        assert one.base + one.size <= other.base, (one, other)


def intx(*slots: int) -> int:
    """Return the interrupt of pin A of a device, by the slots on its way from the host."""
    return FIRST_IRQ + sum(slots) % 4


def test_nothing_plugged_in(image: str, ukdrivers: Program) -> None:
    done = ukdrivers("run", "-o", image)

    assert done.returncode == 0, done.stdout
    assert "pci: 0 devices, 0 failed" in done.stdout
    assert "/00:" not in done.stdout


MACHINES = [
    pytest.param(2, "on", "cortex-a53", "64M", id="gicv2-a53-64M"),
    pytest.param(2, "off", "cortex-a57", "512M", id="gicv2-a57-512M-highmem=off"),
    pytest.param(2, "on", "cortex-a72", "4G", id="gicv2-a72-4G"),
    pytest.param(3, "on", "cortex-a57", "512M", id="gicv3-a57-512M"),
    pytest.param(3, "off", "cortex-a53", "64M", id="gicv3-a53-64M-highmem=off"),
    pytest.param(3, "on", "max", "4G", id="gicv3-max-4G"),
]


@pytest.mark.parametrize(("version", "highmem", "cpu", "memory"), MACHINES)
def test_on_the_root_bus_and_behind_two_bridges(
    boot: Boot, version: int, highmem: str, cpu: str, memory: str
) -> None:
    machine = ("-machine", f"gic-version={version},highmem={highmem}", "-cpu", cpu, "-m", memory)

    seen = boot(
        *machine,
        *("-device", f"{EDU},addr=1", "-device", "pci-testdev,addr=2,membar=64M"),
        *("-device", f"{EDU},addr=3", "-device", "pci-testdev,addr=4"),
        *("-device", "pcie-root-port,id=link,chassis=1,addr=5"),
        *("-device", "pcie-pci-bridge,id=first,bus=link"),
        *("-device", f"{EDU},bus=first,addr=1", "-device", "pci-testdev,bus=first,addr=6"),
        *("-device", "pci-bridge,id=second,chassis_nr=2,bus=first,addr=7"),
        *("-device", f"{EDU},bus=second,addr=3"),
        *("-device", "pci-testdev,bus=second,addr=4,membar=1M"),
    )

    roots = ["00:01.0", "00:02.0", "00:03.0", "00:04.0"]
    assert seen.at == [*roots, "02:01.0", "02:06.0", "03:03.0", "03:04.0"]
    check(seen, has_64_bits=highmem == "on")
    irqs = {path: device.irq for path, device in seen.devices.items() if device.irq}
    assert irqs == {
        "00:01.0": intx(1),
        "00:03.0": intx(3),
        "02:01.0": intx(5, 0, 1),
        "03:03.0": intx(5, 0, 7, 3),
    }
    assert (seen.devices["00:02.0"].bars[2].base >= 1 << 32) == (highmem == "on")
    assert seen.devices["03:04.0"].bars[2].size == 1 << 20


def test_many_of_each_on_one_line(boot: Boot) -> None:
    places = [f"{device:x}.{function}" for device in (1, 5, 9) for function in (0, 3)]
    devices = [f"{EDU},multifunction=on,addr={place}" for place in places]
    devices += [f"pci-testdev,addr={device:x},membar=16M" for device in range(0x18, 0x20)]

    seen = boot(*(word for device in devices for word in ("-device", device)))

    assert len(seen.devices) == 14
    check(seen)
    assert {device.irq for device in seen.devices.values()} == {intx(1), None}


def test_behind_a_switch(boot: Boot) -> None:
    seen = boot(
        *("-device", "pcie-root-port,id=link,chassis=1,addr=2"),
        *("-device", "x3130-upstream,id=up,bus=link"),
        *("-device", "xio3130-downstream,id=left,bus=up,chassis=2,addr=0"),
        *("-device", "xio3130-downstream,id=right,bus=up,chassis=3,addr=3"),
        *("-device", f"{EDU},bus=left", "-device", "pci-testdev,bus=right,membar=32G"),
    )

    assert seen.at == ["03:00.0", "04:00.0"]
    check(seen)
    assert seen.devices["03:00.0"].irq == intx(2)
    assert seen.devices["04:00.0"].bars[2].base >= WINDOW_64[0]


@pytest.mark.parametrize("where", ["root", "bridge"])
def test_large_memory(boot: Boot, where: str) -> None:
    bus = ",bus=bridge" if where == "bridge" else ""
    sizes = ["128G", "1M", "64G", "4K", "1G"]
    devices = [f"pci-testdev,membar={size}{bus},addr={n + 1}" for n, size in enumerate(sizes)]

    seen = boot(
        *("-device", "pci-bridge,id=bridge,chassis_nr=1,addr=8"),
        *(word for device in devices for word in ("-device", device)),
    )

    assert len(seen.devices) == len(sizes)
    check(seen)
    assert all(device.bars[2].base >= WINDOW_64[0] for device in seen.devices.values())


def test_a_bar_larger_than_any_window(boot: Boot) -> None:
    seen = boot(
        *("-device", "pci-testdev,addr=1,membar=1T", "-device", "pci-testdev,addr=2,membar=1M"),
        *("-device", f"{EDU},addr=3"),
        reports=1,
    )

    assert seen.at == ["00:02.0", "00:03.0"]
    check(seen)
    said = "00:01.0: BAR 2 of 0x10000000000 bytes: no room in the host's ranges"
    assert f"ecam-pci {HOST}: {said}\n" in seen.text


@pytest.mark.parametrize("version", [2, 3])
def test_a_bus_range_that_does_not_begin_at_0(
    boot: Boot, tmp_path: pathlib.Path, version: int
) -> None:
    """The tree shows the buses from 128 on, which begin with the one of a second root."""
    tree = edited(tmp_path, version, lambda node: replaced(node, ECAM_AT_128, BUSES_AT_128))

    seen = boot(
        *("-machine", f"gic-version={version}", "-dtb", tree),
        *("-device", f"{EDU},addr=2"),  # on bus 0, and so out of sight
        *SECOND_ROOT,
    )

    assert seen.at == ["82:02.0", "82:03.0", "83:00.0"]
    check(seen)
    assert seen.devices["82:02.0"].irq == intx(1, 0, 2)


def test_two_hosts(boot: Boot, tmp_path: pathlib.Path) -> None:
    """A second node has the second root, and the upper half of each window."""

    def with_another(node: str) -> str:
        high = replaced(node, ("pcie@10000000", "pcie@20000000"), ECAM_AT_128, BUSES_AT_128)
        return replaced(node, ECAM_TO_128, BUSES_TO_127, *RANGES_LOW) + replaced(high, *RANGES_HIGH)

    seen = boot(
        *("-dtb", edited(tmp_path, 2, with_another)),
        *("-device", f"{EDU},addr=2", "-device", "pci-testdev,addr=3,membar=1G"),
        *SECOND_ROOT,
    )

    other = "/pcie@20000000/"
    assert seen.at == [
        f"{other}82:02.0",
        f"{other}82:03.0",
        f"{other}83:00.0",
        "00:02.0",
        "00:03.0",
    ]
    check(seen)
    for path, device in seen.devices.items():
        bars = device.bars.values()
        assert {bar.base >= 0x28000000 for bar in bars if bar.base < 0x3EFF0000} == {other in path}
        assert {bar.base >= 0x3EFF8000 for bar in bars if bar.kind == "io"} <= {other in path}


def test_a_window_smaller_than_its_bus_range(boot: Boot, tmp_path: pathlib.Path) -> None:
    """The buses that it has are used, and what needs more is named."""
    shorter = (ECAM, "reg = <0x40 0x10000000 0x00 0x200000>;")

    seen = boot(
        *("-dtb", edited(tmp_path, 2, lambda node: replaced(node, shorter))),
        *("-device", f"{EDU},addr=1", "-device", "pci-bridge,id=one,chassis_nr=1,addr=2"),
        *(
            "-device",
            f"{EDU},bus=one,addr=1",
            "-device",
            "pci-bridge,id=two,chassis_nr=2,bus=one,addr=2",
        ),
        *("-device", f"{EDU},bus=two,addr=1"),
        reports=1,
    )

    assert seen.at == ["00:01.0", "01:01.0"]
    check(seen)
    assert f"ecam-pci {HOST}: reg: the window ends with bus 1, bus-range with 255\n" in seen.text
    said = "01:02.0: bridge left, with all behind it: no bus number is left"
    assert f"ecam-pci {HOST}: {said}\n" in seen.text


#: what QEMU writes of its host, and what boards might have there
ECAM = "reg = <0x40 0x10000000 0x00 0x10000000>;"
ECAM_TO_128 = (ECAM, "reg = <0x40 0x10000000 0x00 0x8000000>;")
ECAM_AT_128 = (ECAM, "reg = <0x40 0x18000000 0x00 0x8000000>;")
BUSES_TO_127 = ("bus-range = <0x00 0xff>;", "bus-range = <0x00 0x7f>;")
BUSES_AT_128 = ("bus-range = <0x00 0xff>;", "bus-range = <0x80 0xff>;")
RANGES_LOW = (
    ("0x00 0x10000 0x2000000", "0x00 0x8000 0x2000000"),
    ("0x00 0x2eff0000", "0x00 0x18000000"),
    ("0x80 0x00 0x80 0x00 0x80 0x00>;", "0x80 0x00 0x80 0x00 0x40 0x00>;"),
)
RANGES_HIGH = (
    (
        "0x1000000 0x00 0x00 0x00 0x3eff0000 0x00 0x10000",
        "0x1000000 0 0x8000 0 0x3eff8000 0 0x8000",
    ),
    ("0x10000000 0x00 0x10000000 0x00 0x2eff0000", "0x28000000 0x00 0x28000000 0x00 0x16ff0000"),
    ("0x80 0x00 0x80 0x00 0x80 0x00>;", "0xc0 0x00 0xc0 0x00 0x40 0x00>;"),
)
#: bus 128 of QEMU's one host, with devices behind two bridges and behind one
SECOND_ROOT = (
    *("-device", "pxb-pcie,id=root,bus_nr=128,addr=4"),
    *("-device", "pcie-root-port,id=link,bus=root,chassis=1,addr=1"),
    *("-device", "pcie-pci-bridge,id=bridge,bus=link"),
    *("-device", f"{EDU},bus=bridge,addr=2", "-device", "pci-testdev,bus=bridge,addr=3"),
    *("-device", "pcie-root-port,id=other,bus=root,chassis=2,addr=3"),
    *("-device", "pci-testdev,bus=other,membar=4G"),
)


def replaced(text: str, *changes: tuple[str, str]) -> str:
    for before, after in changes:
        assert text.count(before) == 1, before
        text = text.replace(before, after)
    return text


def edited(folder: pathlib.Path, version: int, edit: Callable[[str], str]) -> str:
    """Write QEMU's own tree with the node of its PCI host changed."""
    blob, tree = str(folder / "virt.dtb"), str(folder / "edited.dtb")
    machine = f"virt,gic-version={version},dumpdtb={blob}"
    subprocess.run(["qemu-system-aarch64", "-M", machine], check=True, capture_output=True)
    dts = subprocess.run(
        ["dtc", "-q", "-I", "dtb", "-O", "dts", blob], check=True, capture_output=True, text=True
    ).stdout
    (node,) = re.findall(r"^\tpcie@10000000 {\n.*?^\t};\n", dts, re.MULTILINE | re.DOTALL)
    dts = dts.replace(node, edit(node))
    subprocess.run(["dtc", "-q", "-O", "dtb", "-o", tree], input=dts.encode(), check=True)
    return tree


def test_a_scan_costs_little(image: str, tmp_path: pathlib.Path) -> None:
    """The stock tree's takes 396,000 guest instructions."""
    built = os.path.join(image, "ukdrivers_kvm-arm64")

    assert 1000 < scan_instructions(built, str(tmp_path)) < 10_000
