"""The drivers in this repository, on the ``sim`` host, under the sanitizers.

Each ``plugins/<name>/tests/*_test.c`` is a program of its own, which includes the driver's source.
"""

from __future__ import annotations

import glob
import os
import subprocess
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import pathlib

ROOT = os.path.dirname(os.path.dirname(__file__))
SIM = os.path.join(ROOT, "ukdrivers", "hosts", "sim")
KIT = os.path.join(ROOT, "ukdrivers", "kit")
TESTS = sorted(glob.glob(os.path.join(ROOT, "plugins", "*", "tests", "*_test.c")))
OPTIONS = {
    "LIBUKDRIVER_PL011_DRAIN_US": "40000",
    "LIBUKDRIVER_NS16550_DRAIN_US": "40000",
    "LIBUKDRIVER_NS16550_PCI_DIVISOR": "1",
    "LIBUKDRIVER_GICV2_PRIORITY": "0xa0",
    "LIBUKDRIVER_GICV3_PRIORITY": "0xa0",
    "LIBUKDRIVER_VIRTIO_BLK_QUEUE": "256",
    "LIBUKDRIVER_VIRTIO_NET_QUEUE": "256",
}

#: what the stock tree's drivers of these devices weigh at the same flags
TEXT_BYTES_MAX = {"pl011": 1824, "ns16550": 1904, "gicv2": 2792, "gicv3": 2984, "pl031": 1512}
ARM64 = "-O2 -mcpu=cortex-a53 -mgeneral-regs-only -mstrict-align -ffreestanding -fno-common"


def compiled(compiler: str, *args: str, folder: pathlib.Path) -> str:
    options = [f"-DCONFIG_{name}={value}" for name, value in OPTIONS.items()]
    warnings = ["-std=gnu11", "-Wall", "-Wextra", "-Werror", "-fno-common"]
    result = str(folder / "result")
    subprocess.run([compiler, *warnings, *options, *args, "-o", result], check=True)
    return result


@pytest.mark.parametrize("source", TESTS, ids=os.path.basename)
def test_driver_on_a_fake_device(source: str, tmp_path: pathlib.Path) -> None:
    program = compiled(
        "gcc",
        "-O1",
        "-g",
        "-fsanitize=address,undefined",
        "-fno-sanitize-recover=all",
        *(f"-I{one}" for one in (f"{SIM}/include", SIM, f"{KIT}/include")),
        *(source, f"{SIM}/sim.c", f"{SIM}/fake.c"),
        folder=tmp_path,
    )
    done = subprocess.run([program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith(" checks, 0 failed\n")


@pytest.mark.parametrize("name", sorted(TEXT_BYTES_MAX))
def test_code_is_no_larger_than_the_stock_driver(name: str, tmp_path: pathlib.Path) -> None:
    result = compiled(
        "aarch64-linux-gnu-gcc",
        *ARM64.split(),
        *(f"-I{KIT}/include", f"-I{KIT}/arch/arm64/include", f"-I{KIT}/blank/include"),
        *("-c", os.path.join(ROOT, "plugins", name, f"ukdriver_{name}", "c", f"{name}.c")),
        folder=tmp_path,
    )
    done = subprocess.run(
        ["aarch64-linux-gnu-size", "-A", result], capture_output=True, text=True, check=True
    )
    sizes = dict(line.split()[:2] for line in done.stdout.splitlines() if line.startswith(".text"))
    assert 0 < int(sizes[".text"]) <= TEXT_BYTES_MAX[name]
