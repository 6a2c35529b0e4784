"""The PCI core on made-up hardware, under the sanitizers; and what it weighs."""

from __future__ import annotations

import glob
import os
import subprocess
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import pathlib

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
SIM = os.path.join(ROOT, "ukdrivers", "hosts", "sim")
KIT = os.path.join(ROOT, "ukdrivers", "kit")
CORE = os.path.join(KIT, "classes", "pci-host")
ECAM = os.path.join(ROOT, "plugins", "ecam-pci", "ukdriver_ecam_pci", "c")
SOURCES = sorted(glob.glob(f"{CORE}/*.c"))
WARNINGS = ("-std=gnu11", "-Wall", "-Wextra", "-Werror", "-fno-common")
#: as the base host compiles for the machine's default CPU
ARM64 = "-O2 -mcpu=cortex-a53 -mgeneral-regs-only -mstrict-align -ffreestanding"
#: of ecam-pci and the core; the stock tree's PCI bus and ECAM weigh 4,196 and do less
TEXT_BYTES_MAX = 6000


@pytest.mark.parametrize("name", ["scan", "hostile", "random"])
def test_made_up_hardware(name: str, tmp_path: pathlib.Path) -> None:
    program = str(tmp_path / name)
    # model.c has pci_scan.c in it, and answers in place of sim.c whether a BAR can be mapped
    sources = [one for one in SOURCES if not one.endswith("/pci_scan.c")]
    sources += [f"{HERE}/pci/{name}_test.c", f"{HERE}/pci/model.c", *glob.glob(f"{SIM}/*.c")]
    includes = (f"{SIM}/include", SIM, f"{KIT}/include", CORE, f"{HERE}/pci")
    command = ["gcc", *WARNINGS, "-O1", "-g", "-fsanitize=address,undefined"]
    command += ["-fno-sanitize-recover=all", "-Wl,--wrap=ukd_map"]
    command += [*(f"-I{one}" for one in includes), *sources, "-o", program]
    subprocess.run(command, check=True)

    done = subprocess.run([program], capture_output=True, text=True, check=False, timeout=60)

    assert (done.returncode, done.stderr[:2000]) == (0, "")
    assert done.stdout.endswith(" checks, 0 failed\n")


def text_bytes(source: str, folder: pathlib.Path) -> int:
    result = str(folder / f"{os.path.basename(source)}.o")
    includes = (f"{KIT}/include", f"{KIT}/arch/arm64/include", f"{KIT}/blank/include")
    command = ["aarch64-linux-gnu-gcc", *WARNINGS, *ARM64.split()]
    command += [*(f"-I{one}" for one in includes), "-c", source, "-o", result]
    subprocess.run(command, check=True)
    done = subprocess.run(
        ["aarch64-linux-gnu-size", "-A", result], capture_output=True, text=True, check=True
    )
    return sum(
        int(line.split()[1]) for line in done.stdout.splitlines() if line.startswith(".text")
    )


def test_code_is_small(tmp_path: pathlib.Path) -> None:
    sources = (*SOURCES, os.path.join(ECAM, "ecam_pci.c"))

    assert 4000 < sum(text_bytes(one, tmp_path) for one in sources) <= TEXT_BYTES_MAX


def test_the_core_exports_no_more_than_its_header_and_its_own_names(tmp_path: pathlib.Path) -> None:
    for source in SOURCES:
        text_bytes(source, tmp_path)
    done = subprocess.run(
        ["aarch64-linux-gnu-nm", "-g", "--defined-only", *map(str, tmp_path.glob("*.o"))],
        capture_output=True,
        text=True,
        check=True,
    )
    names = [line.split()[2] for line in done.stdout.splitlines() if len(line.split()) == 3]

    assert names
    assert all(name.startswith("ukd_pci_") for name in names)
