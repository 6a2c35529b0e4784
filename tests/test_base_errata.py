"""Cortex-A53's errata: with the options on, no image has the sequences that they are about."""

from __future__ import annotations

import os
import re
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.conftest import ROOT

if TYPE_CHECKING:
    import pathlib

    from tests.conftest import Program

APP = os.path.join(ROOT, "tests", "apps", "errata")
RESULT = "near 1007, far 2007, product 627"


def code_of(elf: str, function: str, count: int) -> list[str]:
    """Return a function's first instructions, in words."""
    listing = subprocess.run(
        ["aarch64-linux-gnu-objdump", "-d", f"--disassemble={function}", elf],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    code = re.findall(r"^\s*[0-9a-f]+:\t[0-9a-f]{8} \t(\S+)", listing, re.MULTILINE)
    return code[:count]


@pytest.mark.parametrize("value", ["y", "n"])
def test_sequences_are_gone_or_left(ukdrivers: Program, tmp_path: pathlib.Path, value: str) -> None:
    folder = str(tmp_path / "out")
    chosen = ("--set", f"ARM64_ERRATUM_843419={value}", "--set", f"ARM64_ERRATUM_835769={value}")
    board = "qemu:virt,gic-version=2"
    done = ukdrivers("build", board, "--app", APP, "-o", folder, *chosen)
    assert done.returncode == 0, done.stderr

    ran = ukdrivers("run", "-o", folder)

    assert ran.returncode == 0, ran.stdout
    assert RESULT in ran.stdout.splitlines()
    elf = os.path.join(folder, "ukdrivers_kvm-arm64.dbg")
    sequences = {
        "read_near": ["adrp", "ldr", "ldr"],
        "read_far": ["adrp", "ldr", "ldr"],
        "multiply": ["ldr", "madd"],
    }
    for function, sequence in sequences.items():
        found = code_of(elf, function, len(sequence))
        assert len(found) == len(sequence)
        assert (found == sequence) == (value == "n")
