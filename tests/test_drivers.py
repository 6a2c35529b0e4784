"""The drivers in this repository, on the ``sim`` host: under the sanitizers, and what they weigh."""

from __future__ import annotations

import os
import subprocess
import threading
from typing import TYPE_CHECKING

import pytest

from ukdrivers.classes import KIT
from ukdrivers.conformance import coverage, sim, subject
from ukdrivers.conformance.model import Settings
from ukdrivers.registry import discover

if TYPE_CHECKING:
    import pathlib

    from ukdrivers.conformance.model import Subject, Suite

ROOT = os.path.dirname(os.path.dirname(__file__))
PLUGINS = sorted(os.listdir(os.path.join(ROOT, "plugins")))

#: what the stock tree's drivers of these devices weigh at the same flags
TEXT_BYTES_MAX = {"pl011": 1824, "ns16550": 1904, "gicv2": 2792, "gicv3": 2984, "pl031": 1512}
ARM64 = "-O2 -mcpu=cortex-a53 -mgeneral-regs-only -mstrict-align -ffreestanding -fno-common"


def subject_of(name: str, folder: pathlib.Path) -> Subject:
    (one,) = subject.find(name, discover(), site=str(folder / "site"))
    return one


@pytest.mark.parametrize("suite", [sim.SUITE, coverage.SUITE], ids=lambda one: one.name)
@pytest.mark.parametrize("name", PLUGINS)
def test_driver_on_the_simulated_host(name: str, suite: Suite, tmp_path: pathlib.Path) -> None:
    settings = Settings(folder=str(tmp_path), jobs=2, slots=threading.Semaphore(2))

    results = list(suite.run(subject_of(name, tmp_path), settings))

    assert results
    assert [(one.where, one.found) for one in results if one.status != "passed"] == []


@pytest.mark.parametrize("name", sorted(TEXT_BYTES_MAX))
def test_code_is_no_larger_than_the_stock_driver(name: str, tmp_path: pathlib.Path) -> None:
    driver = subject_of(name, tmp_path).driver
    result = str(tmp_path / "result.o")
    options = [f"-DCONFIG_{key}={value}" for key, value in sim.options_of(driver).items()]
    includes = [f"-I{KIT}/{one}/include" for one in (".", "arch/arm64", "blank")]
    source = os.path.join(driver.root, *driver.sources)
    command = ["aarch64-linux-gnu-gcc", *sim.WARNINGS, *ARM64.split(), *options, *includes]
    subprocess.run([*command, "-c", source, "-o", result], check=True)
    done = subprocess.run(
        ["aarch64-linux-gnu-size", "-A", result], capture_output=True, text=True, check=True
    )
    sizes = dict(line.split()[:2] for line in done.stdout.splitlines() if line.startswith(".text"))
    assert 0 < int(sizes[".text"]) <= TEXT_BYTES_MAX[name]
