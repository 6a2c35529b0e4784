"""The virtio core on a device by hand, under the sanitizers; what it weighs and exports.

``tests/virtio/include`` has barriers at which that device steps in, so that every order in which
driver and device can see each other's writes comes up; ``tests/virtio/ordered`` has memory that
keeps no more order than the barriers ask for.
"""

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
CORE = os.path.join(KIT, "classes", "virtio-transport")
SOURCES = sorted(glob.glob(f"{CORE}/*.c"))
WARNINGS = ("-std=gnu11", "-Wall", "-Wextra", "-Werror", "-fno-common")
#: as the base host compiles for the machine's default CPU
ARM64 = "-O2 -mcpu=cortex-a53 -mgeneral-regs-only -mstrict-align -ffreestanding"
#: text and read-only data; most of the latter is what is said of devices at fault
TEXT_BYTES_MAX = 7000


@pytest.mark.parametrize(
    ("name", "memory"),
    [
        ("traffic", "include"),
        ("notify", "include"),
        ("hostile", "include"),
        ("setup", "include"),
        ("order", "ordered"),
    ],
)
def test_a_device_by_hand(name: str, memory: str, tmp_path: pathlib.Path) -> None:
    program = str(tmp_path / name)
    tests = os.path.join(HERE, "virtio")
    sources = [*SOURCES, f"{tests}/{name}_test.c", f"{tests}/model.c"]
    includes = (f"{tests}/{memory}", f"{SIM}/include", SIM, f"{KIT}/include", CORE, tests)
    command = ["gcc", *WARNINGS, "-O1", "-g", "-fsanitize=address,undefined"]
    command += ["-fno-sanitize-recover=all", *(f"-I{one}" for one in includes)]
    command += [*sources, *glob.glob(f"{SIM}/*.c"), "-o", program]
    subprocess.run(command, check=True)

    done = subprocess.run([program], capture_output=True, text=True, check=False, timeout=60)

    assert (done.returncode, done.stderr[:2000]) == (0, "")
    assert done.stdout.endswith(" checks, 0 failed\n")


def objects(folder: pathlib.Path) -> list[str]:
    includes = (f"{KIT}/include", f"{KIT}/arch/arm64/include", f"{KIT}/blank/include")
    command = ["aarch64-linux-gnu-gcc", *WARNINGS, *ARM64.split()]
    command += [*(f"-I{one}" for one in includes), "-c", *SOURCES]
    subprocess.run(command, check=True, cwd=folder)
    return sorted(map(str, folder.glob("*.o")))


def test_code_is_small(tmp_path: pathlib.Path) -> None:
    done = subprocess.run(
        ["aarch64-linux-gnu-size", *objects(tmp_path)], capture_output=True, text=True, check=True
    )

    sizes = [int(line.split()[0]) for line in done.stdout.splitlines()[1:]]
    assert len(sizes) == len(SOURCES)
    assert 4000 < sum(sizes) <= TEXT_BYTES_MAX


def test_the_core_exports_no_more_than_its_own_names(tmp_path: pathlib.Path) -> None:
    done = subprocess.run(
        ["aarch64-linux-gnu-nm", "-g", "--defined-only", *objects(tmp_path)],
        capture_output=True,
        text=True,
        check=True,
    )
    names = {line.split()[2] for line in done.stdout.splitlines() if len(line.split()) == 3}
    with open(os.path.join(CORE, "exportsyms.uk"), encoding="utf-8") as file:
        exported = {line.strip() for line in file if line.startswith("ukd_")}

    assert exported <= names
    assert all(name.startswith(("ukd_virtio_", "ukd_virtq_")) for name in names)
