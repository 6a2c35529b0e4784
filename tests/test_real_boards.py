"""Hundreds of real boards, read and matched as dtc, fdtget and libfdt say it has to be.

They are the ones that Debian's kernel for arm64 ships; ``setup/boards`` puts them here.
"""

from __future__ import annotations

import functools
import glob
import os
import re
import subprocess
import zlib

import pytest

from tests.board_sources import contents
from tests.test_fdt_oracles import libfdt_nodes
from ukdrivers import fdt
from ukdrivers.board import read_board
from ukdrivers.match import match
from ukdrivers.model import Board, Driver, Node

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BOARDS = os.path.join(ROOT, "build", "boards")
DRIVERS = 1000
OPENS = re.compile(r"\t*(?:\w+: )?([^\s{]+) \{")
VALUE = re.compile(r"\t*([\w#,.+?-]+) = (.*);")
STRINGS = re.compile(r'"((?:[^"\\]|\\.)*)"')
NO_DEVICES = re.compile(r"/|/aliases|/chosen|/cpus(/.*)?|/reserved-memory(/.*)?")
#: of nodes with a driver; no more boards than this have a mistake in one
FAULTS_MAX = 20

Properties = dict[str, str]


def vendors() -> list[str]:
    return sorted(os.listdir(BOARDS)) if os.path.isdir(BOARDS) else []


def paths(vendor: str) -> list[str]:
    found = glob.glob(os.path.join(BOARDS, vendor, "**", "*.dtb"), recursive=True)
    assert found
    return sorted(found)


@functools.cache
def read(path: str) -> Board:
    return read_board(path)


def test_there_are_hundreds() -> None:
    assert sum(len(paths(vendor)) for vendor in vendors()) > 500, "setup/boards puts them here"


@pytest.mark.filterwarnings("ignore:builtin type:DeprecationWarning")
@pytest.mark.parametrize("vendor", vendors())
def test_read_as_libfdt_reads_them(vendor: str) -> None:
    import libfdt

    for path in paths(vendor):
        board = read(path)
        assert [
            (node.path, list(node.properties.items()), node.phandle or 0) for node in board.nodes
        ] == libfdt_nodes(libfdt, board.blob)


@pytest.mark.parametrize("vendor", vendors())
def test_matched_as_dtc_shows_them(vendor: str) -> None:
    faults = 0
    for path in paths(vendor):
        board = read(path)
        matches = match(population(), board)
        bound = {one.node.path: one.rivals[0].driver.name for one in matches.found}
        faulty = {one.node.path for one in matches.ignored if one.reason.startswith("can't be")}
        verdicts = [one.node.path for one in (*matches.ignored, *matches.unclaimed)]
        wanted = expected(path)

        assert {one: name for one, name in wanted.items() if one not in faulty} == bound
        assert faulty <= wanted.keys()
        assert sorted([*verdicts, *bound]) == sorted(one.path for one in board.nodes)
        faults += len(faulty)
    assert faults <= FAULTS_MAX


@pytest.mark.parametrize("vendor", vendors())
def test_strings_are_those_of_fdtget(vendor: str) -> None:
    for path in paths(vendor):
        nodes = [one for one in named_clearly(read(path)) if one.compatible][::7]
        asked = [word for one in nodes for word in (one.path, "compatible")]
        command = ["fdtget", "-t", "s", path, *asked]
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout

        assert said.split("\n")[:-1] == [" ".join(one.compatible) for one in nodes]


def named_clearly(board: Board) -> list[Node]:
    """Leave out what libfdt takes for another: it lets a name stand for one with a unit address."""
    with_unit = {one.path.rpartition("@")[0] for one in board.nodes if "@" in one.path}
    doubtful = {one.path for one in board.nodes} & with_unit
    return [one for one in board.nodes if doubtful.isdisjoint((one.path, *ancestors(one.path)))]


def test_packed_trees_read_the_same() -> None:
    for path in paths(vendors()[0]):
        before, after = read(path).blob, fdt.packed(read(path).blob)

        assert len(after) <= len(before)
        assert contents(after) == contents(before)


# An independent reading: dtc's text, line by line.


def expected(path: str) -> dict[str, str]:
    """Work out from dtc's text which driver of the population each node goes to."""
    properties_by_path = decompiled(path)
    bound = {}
    for node, properties in properties_by_path.items():
        above = list(ancestors(node))
        is_on = all(status(properties_by_path[one]) in {"okay", "ok"} for one in [node, *above])
        is_device = not NO_DEVICES.fullmatch(node) and '"memory"' not in properties.get(
            "device_type", ""
        )
        if is_on and is_device and not any(is_pci(properties_by_path[one]) for one in above[:-1]):
            strings = strings_of(properties.get("compatible", ""))
            name = next((found for one in strings if (found := owner(one))), None)
            if name:
                bound[node] = name
    return bound


def decompiled(path: str) -> dict[str, Properties]:
    command = ["dtc", "-q", "-I", "dtb", "-O", "dts", path]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    found: dict[str, Properties] = {}
    at: list[str] = []
    for line in text.splitlines():
        if opens := OPENS.fullmatch(line):
            at.append(opens[1].strip("/"))
            found["/" + "/".join(at[1:])] = {}
        elif line.strip() == "};":
            at.pop()
        elif at and (value := VALUE.fullmatch(line)):
            found["/" + "/".join(at[1:])][value[1]] = value[2]
    return found


def ancestors(path: str) -> list[str]:
    """Return those of a node from its parent up, the root last."""
    parts = path.split("/")[1:]
    return ["/" + "/".join(parts[:count]) for count in range(len(parts) - 1, -1, -1)]


def strings_of(value: str) -> list[str]:
    """Read a list of strings; some versions of dtc put a comma between them, others a null."""
    return [one for text in STRINGS.findall(value) for one in text.split("\\0")]


def status(properties: Properties) -> str:
    return properties.get("status", '"okay"').strip('"')


def is_pci(properties: Properties) -> bool:
    return properties.get("device_type") == '"pci"' or properties.get("#address-cells") == "<0x03>"


def owner(string: str) -> str | None:
    """Return the driver of a string; about half of all have one."""
    number = zlib.crc32(string.encode())
    return f"d{number % DRIVERS:03}" if number % 2 else None


@functools.cache
def population() -> list[Driver]:
    """Make drivers that list every string of every board that is to have one."""
    strings_by_name: dict[str, set[str]] = {}
    for vendor in vendors():
        for path in paths(vendor):
            for node in read(path).nodes:
                for string in node.compatible:
                    if name := owner(string):
                        strings_by_name.setdefault(name, set()).add(string)
    return [driver(name, sorted(strings)) for name, strings in strings_by_name.items()]


def driver(name: str, strings: list[str]) -> Driver:
    return Driver(
        name=name,
        version="1.0",
        summary="one of many",
        class_="rtc",
        arch=("arm64",),
        platforms=("kvm",),
        compatible=tuple(strings),
        provides=(),
        requires=(),
        kit=">=1,<2",
        replaces=(),
        root="/",
        sources=(),
        config=None,
        distribution=f"ukdriver-{name}",
    )
