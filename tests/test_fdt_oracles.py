"""Good trees are read as dtc and libfdt read them: QEMU's own, and those in data/boards."""

from __future__ import annotations

import os
import subprocess
from typing import Any

import pytest

from tests.board_sources import contents
from ukdrivers.board import from_blob, read_board

BOARDS = os.path.join(os.path.dirname(__file__), "data", "boards")

SOURCES = [
    *sorted(os.path.join(BOARDS, name) for name in os.listdir(BOARDS) if name.endswith(".dts")),
    "qemu:virt,gic-version=2",
    "qemu:virt,gic-version=3",
    "qemu:virt,gic-version=3,virtualization=on",
    "qemu:virt,secure=on",
    "qemu:virt,highmem=off,memory=256",
]


@pytest.fixture(params=SOURCES, ids=os.path.basename)
def blob(request: pytest.FixtureRequest) -> bytes:
    source: str = request.param
    return read_board(source).blob


def test_dtc_there_and_back_changes_nothing(blob: bytes) -> None:
    text = subprocess.run(
        ["dtc", "-q", "-I", "dtb", "-O", "dts"], input=blob, capture_output=True, check=True
    ).stdout
    again = subprocess.run(
        ["dtc", "-q", "-I", "dts", "-O", "dtb"], input=text, capture_output=True, check=True
    ).stdout

    assert contents(again) == contents(blob)


@pytest.mark.filterwarnings("ignore:builtin type:DeprecationWarning")
def test_libfdt_reads_the_same(blob: bytes) -> None:
    import libfdt

    nodes = from_blob(blob, source="blob").nodes

    assert [
        (node.path, list(node.properties.items()), node.phandle or 0) for node in nodes
    ] == libfdt_nodes(libfdt, blob)


def libfdt_nodes(libfdt: Any, blob: bytes) -> list[tuple[str, list[tuple[str, bytes]], int]]:
    """Every node as libfdt sees it: path, properties in order, phandle (0: none)."""
    tree, quiet = libfdt.Fdt(blob), [libfdt.NOTFOUND]
    nodes = []
    names: list[str] = []
    offset, depth = 0, 0
    while True:
        names[depth:] = [tree.get_name(offset)]
        properties = []
        at = tree.first_property_offset(offset, quiet)
        while at >= 0:
            one = tree.get_property_by_offset(at)
            properties.append((one.name, bytes(one)))
            at = tree.next_property_offset(at, quiet)
        nodes.append(("/".join(names) or "/", properties, tree.get_phandle(offset)))
        following = tree.next_node(offset, depth, quiet)
        if isinstance(following, int) or following[1] < 0:
            return nodes
        offset, depth = following
