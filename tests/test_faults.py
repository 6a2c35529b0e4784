"""What an image says of its own faults."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from tests.tree_edit import edit, machine_tree

if TYPE_CHECKING:
    import pathlib

APPS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "apps")
REGISTERS = ("esr", "elr", "far", "spsr", *(f"x{number}" for number in range(31)), "sp")

Program = Callable[..., subprocess.CompletedProcess[str]]
Builder = Callable[..., str]


@pytest.fixture(scope="session")
def faulting(ukdrivers: Program, built: Builder) -> Callable[[str], list[str]]:
    """Return the console's lines after a fault of a name was committed."""

    def run(name: str) -> list[str]:
        folder = built(os.path.join(APPS, "fault"))
        done = ukdrivers("run", "-o", folder, "--expect", "which fault[?] $", "--send", name)
        assert done.returncode == 1, done.stdout
        assert done.stderr.startswith("ukdrivers: image: exception: "), done.stdout
        _, _, report = done.stdout.partition(f"fault: {name}\n")
        return report.splitlines()

    return run


@pytest.mark.parametrize(
    "name",
    [
        *("beyond", "brk", "data-code", "device-code", "float", "interrupt"),
        *("interrupt-overflow", "null-call", "null-read", "null-write", "odd-call", "overflow"),
        *("overflow-far", "registers", "rodata", "stack-code", "svc", "text"),
        *("thread-overflow", "undefined"),
    ],
)
def test_a_fault_is_reported_and_the_power_goes_off(
    faulting: Callable[[str], list[str]], name: str
) -> None:
    lines = faulting(name)

    assert lines[0].startswith("ukdrivers: exception: ")
    assert lines[-1] == "ukdrivers: halted: exception"
    assert not any(line.startswith("survived") for line in lines)


def test_a_fault_in_the_report_ends_it(
    ukdrivers: Program, built: Builder, tmp_path: pathlib.Path
) -> None:
    """Without the board's console there is the application's: it breaks after the first line."""
    machine = machine_tree(str(tmp_path / "virt.dtb"), "virt,gic-version=2")
    off = [("/pl011@9000000", "status", "s", ["disabled"])]
    tree = edit(machine, str(tmp_path / "silent.dtb"), put=off)
    words = ("--expect", "which fault[?] $", "--send", "twice", "--", "-dtb", tree)

    done = ukdrivers("run", "-o", built(os.path.join(APPS, "fault")), *words)

    assert done.returncode == 1
    assert done.stdout.endswith("fault: twice\nukdrivers: exception: undefined instruction\n")


def test_the_report_has_every_register(faulting: Callable[[str], list[str]]) -> None:
    report = "\n".join(faulting("registers"))

    values = dict(re.findall(r"\b([a-z]+\d*) +0x([0-9a-f]{16})\b", report))
    assert set(REGISTERS) <= set(values)
    for number in (0, 1, 2, 17, 18, 30):
        assert int(values[f"x{number}"], 16) == 0x100 + int(f"{number}", 16)


@pytest.mark.parametrize(
    "name", ["interrupt-overflow", "overflow", "overflow-far", "thread-overflow"]
)
def test_a_stack_that_overflows_is_named(faulting: Callable[[str], list[str]], name: str) -> None:
    assert faulting(name)[0] == "ukdrivers: exception: write: stack overflow"
