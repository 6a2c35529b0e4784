"""What an image says of its own faults, and what it says of its interrupt controller."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Callable

import pytest

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
        *("beyond", "brk", "data-code", "device-code", "float", "interrupt", "null-call"),
        *("null-read", "null-write", "odd-call", "overflow", "registers", "rodata"),
        *("stack-code", "svc", "text", "undefined"),
    ],
)
def test_a_fault_is_reported_and_the_power_goes_off(
    faulting: Callable[[str], list[str]], name: str
) -> None:
    lines = faulting(name)

    assert lines[0].startswith("ukdrivers: exception: ")
    assert lines[-1] == "ukdrivers: halted: exception"
    assert not any(line.startswith("survived") for line in lines)


def test_a_fault_in_the_report_ends_it(faulting: Callable[[str], list[str]]) -> None:
    (only,) = faulting("twice")

    assert only.startswith("ukdrivers: exception: ")


def test_the_report_has_every_register(faulting: Callable[[str], list[str]]) -> None:
    report = "\n".join(faulting("registers"))

    values = dict(re.findall(r"\b([a-z]+\d*) +0x([0-9a-f]{16})\b", report))
    assert set(REGISTERS) <= set(values)
    for number in (0, 1, 2, 17, 18, 30):
        assert int(values[f"x{number}"], 16) == 0x100 + int(f"{number}", 16)


def test_interrupts_of_every_kind(ukdrivers: Program, built: Builder) -> None:
    done = ukdrivers("run", "-o", built(os.path.join(APPS, "irq")))

    assert done.returncode == 0, done.stdout
    assert "FAIL" not in done.stdout
    assert re.search(r"^irq: [1-9]\d* checks, 0 failed$", done.stdout, re.MULTILINE)
