"""The allocator of the ``base`` host: natively under the sanitizers, and over a machine's RAM."""

from __future__ import annotations

import itertools
import os
import re
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.conftest import BOARD, ROOT
from tests.tree_edit import edit, machine_tree

if TYPE_CHECKING:
    import pathlib
    from collections.abc import Callable

    from tests.conftest import Builder, Program

APP = os.path.join(ROOT, "tests", "apps", "alloc")
MIB = 1 << 20
RAM = 0x4000_0000
GOOD = re.compile(r"^alloc: [1-9]\d+ checks, 0 failed$", re.MULTILINE)

Ranges = list[tuple[int, int]]


@pytest.fixture
def ranges(ukdrivers: Program, built: Builder, tmp_path: pathlib.Path) -> Callable[..., Ranges]:
    """Boot with some memory; return what of it is the allocator's, all of it tried."""

    def boot(*options: str, memory: int = 64) -> Ranges:
        log = tmp_path / "qemu.log"
        words = ("--board", f"{BOARD},memory={memory}", "--expect", "which misuse[?] $")
        noted = ("-d", "guest_errors,unimp", "-D", str(log), *options)
        done = ukdrivers("run", "-o", built(APP), *words, "--send", "none", "--", *noted)
        assert done.returncode == 0, done.stdout
        assert GOOD.search(done.stdout)
        assert log.read_text() == ""
        found = re.findall(r"^range 0x([0-9a-f]+) to 0x([0-9a-f]+)$", done.stdout, re.MULTILINE)
        return sorted((int(first, 16), int(end, 16)) for first, end in found)

    return boot


def test_the_heap_under_the_sanitizers(tmp_path: pathlib.Path) -> None:
    program = str(tmp_path / "heap_test")
    sanitized = ("-fsanitize=address,undefined", "-fno-sanitize-recover=all")
    strict = ("-std=gnu11", "-O1", "-g", "-Wall", "-Wextra", "-Werror")
    source = os.path.join(ROOT, "tests", "base", "heap_test.c")
    subprocess.run(["gcc", *strict, *sanitized, source, "-o", program], check=True)

    environment = {**os.environ, "ASAN_OPTIONS": "detect_leaks=0"}
    done = subprocess.run([program], capture_output=True, text=True, check=False, env=environment)

    assert (done.returncode, done.stderr) == (0, "")
    assert re.fullmatch(r"heap: [1-9]\d+ checks, 0 failed\n", done.stdout)


@pytest.mark.parametrize("memory", [64, 512, 4096])
def test_all_ram_but_a_few_blocks(ranges: Callable[..., Ranges], memory: int) -> None:
    """The image and the tree are in one block of 2 MiB each."""
    found = ranges(memory=memory)

    assert sum(end - first for first, end in found) == (memory - 4) * MIB
    assert found[0][0] == RAM + 2 * MIB
    assert found[-1][1] == RAM + memory * MIB


def test_reserved_memory_is_kept(ranges: Callable[..., Ranges], tmp_path: pathlib.Path) -> None:
    """By /reserved-memory in whole blocks, by the reservation block to the byte."""
    tree = machine_tree(str(tmp_path / "virt.dtb"), BOARD.removeprefix("qemu:"))
    node = "/reserved-memory/firmware@43100000"
    cells: list[tuple[str, str, str, list[str]]] = [
        ("/reserved-memory", "#address-cells", "x", ["2"]),
        ("/reserved-memory", "#size-cells", "x", ["2"]),
        ("/reserved-memory", "ranges", "x", []),
        (node, "reg", "x", ["0", "43100000", "0", "10000"]),
    ]
    tree = edit(tree, str(tmp_path / "reserved.dtb"), add=["/reserved-memory", node], put=cells)
    text = subprocess.run(
        ["dtc", "-q", "-I", "dtb", "-O", "dts", tree], capture_output=True, text=True, check=True
    ).stdout
    text = text.replace("/dts-v1/;", "/dts-v1/;\n/memreserve/ 0x40a00100 0x1000;", 1)
    subprocess.run(
        ["dtc", "-q", "-I", "dts", "-O", "dtb", "-o", tree], input=text, text=True, check=True
    )

    found = ranges("-dtb", tree)

    holes = [(before[1], after[0]) for before, after in itertools.pairwise(found)]
    assert (0x40A0_0100, 0x40A0_1100) in holes
    assert (0x4300_0000, 0x4320_0000) in holes


@pytest.mark.parametrize(
    ("misuse", "said"),
    [
        ("beyond", "was written beyond its end"),
        ("freed", "was written to while it was free"),
        ("inside", "is no block, or its header was written to"),
        ("twice", "is free already"),
    ],
)
def test_misuse_is_said(ukdrivers: Program, built: Builder, misuse: str, said: str) -> None:
    words = ("--expect", "which misuse[?] $", "--send", misuse)

    done = ukdrivers("run", "-o", built(APP), *words)

    assert done.returncode == 1
    last = done.stdout.splitlines()[-1]
    assert re.fullmatch(rf"ukdrivers: halted: heap: 0x4[0-9a-f]{{7}} {said}", last)
