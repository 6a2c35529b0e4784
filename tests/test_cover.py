"""Driver sets, what they make of boards, and whether the checker believes it."""

from __future__ import annotations

import base64
import copy
import dataclasses
import json
import os
import subprocess
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from tests.board_sources import compiled
from tests.test_real_boards import ROOT, driver, paths, vendors
from ukdrivers import checker
from ukdrivers.board import from_blob, read_board
from ukdrivers.cli.common import as_json
from ukdrivers.cli.cover import _fields
from ukdrivers.cover import prove
from ukdrivers.driver_set import DriverSet, Wanted, chosen, read_driver_set
from ukdrivers.errors import UsageError
from ukdrivers.model import Platform, Slot

if TYPE_CHECKING:
    import pathlib

    from ukdrivers.model import Board, Driver

Program = Callable[..., subprocess.CompletedProcess[str]]
Proof = dict[str, Any]

SET = """\
[set]
name = "virt"
platform = "kvm"
host = "base"
drivers = ["gicv3>=0.1,<1", "gicv2", "pl011", "pl031", "ecam-pci", "virtio-mmio"]
boards = ["qemu:virt,gic-version=3", "qemu:virt,gic-version=2"]

[ignore]
"/fw-cfg@*" = "firmware"
"/flash@*" = "the image is not in flash memory"
"/gpio-keys" = "no keys"
"/pl061@*" = "no GPIO"
"/pmu" = "counters"
"/apb-pclk" = "a clock that nobody changes"
"/intc@*/*@*" = "no MSI"
"""
PLATFORM = Platform(
    name="kvm",
    arch=("arm64",),
    summary="",
    slots=(Slot(interface="irqchip@1", purpose="interrupt controller"),),
)
GIC = (
    "interrupt-parent = <&gic>; #address-cells = <1>; #size-cells = <1>;"
    'gic: gic@1000 { compatible = "arm,gic-400"; interrupt-controller; #interrupt-cells = <3>;'
    "reg = <0x1000 0x1000>; };"
)
CHIP = {"name": "gic", "compatible": ("arm,gic-400",), "provides": ("irqchip@1",)}
UART = {"name": "uart", "compatible": ("acme,uart",)}


@pytest.fixture
def set_file(tmp_path: pathlib.Path) -> str:
    path = tmp_path / "virt.toml"
    path.write_text(SET)
    return str(path)


def test_the_command_proves_and_checks(
    ukdrivers: Program, set_file: str, tmp_path: pathlib.Path
) -> None:
    proof = str(tmp_path / "proof.json")
    done = ukdrivers("cover", set_file, "-o", proof)

    assert done.returncode == 0, done.stdout + done.stderr
    rows = [line.split() for line in done.stdout.splitlines()]
    assert [(row[0], row[1], row[4]) for row in rows[1:]] == [
        ("qemu:virt,gic-version=3", "yes", "0"),
        ("qemu:virt,gic-version=2", "yes", "0"),
    ]
    assert ukdrivers("cover", "--check", proof).returncode == 0
    alone = [sys.executable, "-I", os.path.join(ROOT, "ukdrivers", "checker.py"), proof]
    assert subprocess.run(alone, capture_output=True, check=False).returncode == 0


def test_what_is_not_covered_is_said_by_node(
    ukdrivers: Program, set_file: str, tmp_path: pathlib.Path
) -> None:
    text = SET.replace('"gicv3>=0.1,<1", ', "").replace('"/pmu" = "counters"\n', "")
    (tmp_path / "virt.toml").write_text(text)
    done = ukdrivers("cover", set_file, "qemu:virt,gic-version=3", "--json")

    assert done.returncode == 1
    (board,) = json.loads(done.stdout)["boards"]
    found = {one["where"]: one["message"] for one in board["findings"]}
    assert found["/pmu"] == "no installed driver lists any of arm,armv8-pmuv3"
    assert found["/pl011@9000000"] == "pl011 needs /intc@8000000, which no driver of the set runs"
    assert found["slots"].endswith("nothing provides irqchip@1, wanted exactly one")


def test_versions_that_are_not_there(
    ukdrivers: Program, set_file: str, tmp_path: pathlib.Path
) -> None:
    (tmp_path / "virt.toml").write_text(SET.replace('"pl031"', '"pl031>=7", "acme-rtc"'))
    known = tmp_path / "data" / "ukdrivers" / "catalogue.toml"
    known.parent.mkdir(parents=True)
    environment = {"XDG_DATA_HOME": str(tmp_path / "data")}

    done = ukdrivers("cover", set_file, env=environment)
    assert done.returncode == 1
    lines = done.stdout.splitlines()
    assert (
        "driver set: pl031: 0.1.0 is installed, wanted pl031>=7; no known package is pl031>=7;"
        " the set could say pl031>=0.1.0"
    ) in lines
    unknown = "driver set: acme-rtc: not installed, wanted acme-rtc; no known package is acme-rtc"
    assert unknown in lines

    entries = (("ukdriver-pl031", "7.2", "pl031"), ("rtcs", "1.0", "acme-rtc"))
    known.write_text(
        "".join(
            f'[[package]]\ndistribution = "{distribution}"\nversion = "{version}"\nname = "{name}"\n'
            for distribution, version, name in entries
        )
    )
    lines = ukdrivers("cover", set_file, env=environment).stdout.splitlines()
    start = "driver set: pl031: 0.1.0 is installed, wanted pl031>=7; "
    assert f"{start}pip install 'ukdriver-pl031>=7'" in lines
    assert "driver set: acme-rtc: not installed, wanted acme-rtc; pip install 'rtcs'" in lines


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "has no table [set], wanted tables [set] and [ignore]"),
        ("[set]\nname = 1\n", "set.name: is int, wanted text"),
        (
            '[set]\nname = "x"\nplatform = "kvm"\n',
            "set.drivers: is missing, wanted a list of texts",
        ),
        (
            "[set]\nboard = []\n",
            "set: has 'board', wanted name, platform, host, drivers and boards",
        ),
        ("[sets]\n", "has 'sets', wanted tables [set] and [ignore]"),
        (
            "[set\n",
            "Expected ']' at the end of a table declaration (at line 1, column 5), wanted TOML",
        ),
        (SET.replace("gicv2", "gicv2=1"), "set.drivers: 'gicv2=1': Invalid specifier: '=1'"),
        (SET.replace('"gicv2"', '"../x"'), "set.drivers: '../x', wanted a driver, 'gicv3>=1,<2'"),
        (
            SET.replace('"/pmu"', '"pmu"'),
            "ignore: 'pmu' = 'counters', wanted a path of nodes and a",
        ),
    ],
)
def test_a_set_that_is_none(text: str, message: str, tmp_path: pathlib.Path) -> None:
    path = tmp_path / "x.toml"
    path.write_text(text)
    with pytest.raises(UsageError) as caught:
        read_driver_set(str(path))
    assert str(caught.value).startswith(f"{path}: {message}")


def test_no_file(ukdrivers: Program) -> None:
    done = ukdrivers("cover", "gone.toml", "qemu:virt")
    assert done.returncode == 2
    assert "gone.toml: no such file, wanted a driver set" in done.stderr


def test_the_set_decides_between_equals(set_file: str) -> None:
    board = from_blob(compiled(f'{GIC} u {{ compatible = "acme,uart"; }};'), source="x")
    one, other = made({**UART, "name": "a"}), made({**UART, "name": "b"})

    proof = prove(read_driver_set(set_file), board, platform=PLATFORM, drivers=[other, one])

    (verdict,) = (one for one in proof.verdicts if one.path == "/u")
    assert verdict.driver == "b"
    assert verdict.reason.endswith("so does a, later in the driver set")


@pytest.mark.parametrize(
    ("body", "where", "message"),
    [
        (
            'u { compatible = "acme,uart"; reg = <0x1800 0x1000>; };',
            "/u",
            "registers 0x1800+0x1000 are those of /gic@1000 too",
        ),
        (
            'u { compatible = "acme,uart"; interrupts = <0 988 4>; };',
            "/u",
            "/gic@1000 has no interrupt <0 988 4>",
        ),
        (
            'u { compatible = "acme,uart"; interrupts = <1 16 4>; };',
            "/u",
            "/gic@1000 has no interrupt <1 16 4>",
        ),
        (
            'u { compatible = "acme,uart"; interrupts = <2 0 4>; };',
            "/u",
            "/gic@1000 has no interrupt <2 0 4>",
        ),
        (
            'i { compatible = "acme,i2c"; u { compatible = "acme,uart"; }; };',
            "/i/u",
            "uart needs /i, which no driver of the set runs",
        ),
        (
            (
                'c: c { compatible = "acme,clock"; #clock-cells = <1>; };'
                'u { compatible = "acme,clocked"; clocks = <&c 1>; };'
            ),
            "/u",
            "clocked needs /c, which no driver of the set runs",
        ),
        (
            'g2 { compatible = "acme,gic"; };',
            "slots",
            "interrupt controller: gic and gic2 provides irqchip@1, wanted exactly one",
        ),
        (
            'u { compatible = "acme,uart"; reg = <1>; };',
            "/u",
            "can't be used: /u: reg of 4 bytes, entries of 8 were wanted (1 + 1 cells)",
        ),
    ],
)
def test_what_the_checker_and_we_find(
    body: str, where: str, message: str, tmp_path: pathlib.Path
) -> None:
    board = from_blob(compiled(GIC + body), source="x.dts")
    drivers = [
        made(CHIP, tmp_path),
        made(UART, tmp_path),
        made({**CHIP, "name": "gic2", "compatible": ("acme,gic",)}, tmp_path),
        made(
            {**UART, "name": "clocked", "compatible": ("acme,clocked",), "requires": ("clock@1",)},
            tmp_path,
        ),
    ]
    proof = written(board, drivers, ignore={"/i": "no", "/c": "no"})

    found = {one["where"]: one["message"] for one in proof["boards"][0]["findings"]}
    assert found == {where: message}
    assert is_believed(proof, tmp_path) is False
    proof["boards"][0]["findings"] = []
    assert is_believed(proof, tmp_path) is False


def last(proof: Proof) -> dict[str, Any]:
    node: dict[str, Any] = proof["boards"][0]["nodes"][-1]
    return node


TAMPERED: dict[str, Callable[[Proof], object]] = {
    "a node less": lambda proof: proof["boards"][0]["nodes"].pop(),
    "a verdict less": lambda proof: last(proof).update(driver=None),
    "another string": lambda proof: last(proof).update(compatible="acme,x"),
    "another driver": lambda proof: last(proof).update(driver="gic"),
    "a driver that lists more": lambda proof: proof["drivers"][0]["compatible"].append("acme,x"),
    "no boards": lambda proof: proof["boards"].clear(),
    "another slot": lambda proof: proof["platform"]["slots"].append("console@1"),
    "another tree": lambda proof: proof["boards"][0].update(
        tree=base64.b64encode(compiled(GIC)).decode()
    ),
    "not even a tree": lambda proof: proof["boards"][0].update(tree="AAAA"),
    "a manifest elsewhere": lambda proof: proof["drivers"][0].update(manifest="/none"),
}


@pytest.mark.parametrize("how", TAMPERED)
def test_a_proof_that_was_changed_is_not_believed(how: str, tmp_path: pathlib.Path) -> None:
    body = 'u { compatible = "acme,uart"; reg = <0x8000 0x10>; interrupts = <0 1 4>; };'
    board = from_blob(compiled(GIC + body), source="x.dts")
    proof = written(board, [made(CHIP, tmp_path), made(UART, tmp_path)])
    assert proof["covered"]
    assert is_believed(proof, tmp_path)

    changed = copy.deepcopy(proof)
    TAMPERED[how](changed)

    assert not is_believed(changed, tmp_path)


@pytest.mark.parametrize("vendor", vendors())
def test_both_say_the_same_of_real_boards(vendor: str, tmp_path: pathlib.Path) -> None:
    """One driver lists all strings of the GICs, another all others: few boards are then clean."""
    for path in paths(vendor)[::4]:
        board = read_board(path)
        strings = sorted({string for node in board.nodes for string in node.compatible})
        gics = tuple(one for one in strings if one in {"arm,gic-400", "arm,gic-v3"})
        rest = tuple(one for one in strings if one not in {*gics, "simple-bus"})
        drivers = [
            made({**CHIP, "compatible": gics}, tmp_path),
            made({**UART, "compatible": rest}, tmp_path),
        ]
        proof = written(board, drivers)
        (one,) = proof["boards"]
        is_clean, one["findings"] = not one["findings"], []

        assert is_believed(proof, tmp_path) is is_clean, path


def made(fields: dict[str, Any], folder: pathlib.Path | None = None) -> Driver:
    """Make a driver, with a manifest if there is a folder for it."""
    plain = driver(fields["name"], [])
    result = dataclasses.replace(plain, **fields)
    if folder is not None:
        root = folder / f"drivers-{fields['name']}"
        root.mkdir(exist_ok=True)
        keys = ("name", "compatible", "provides", "requires")
        lines = [f"{key} = {json.dumps(getattr(result, key))}" for key in keys]
        (root / "ukdriver.toml").write_text("[driver]\n" + "\n".join(lines) + "\n")
        result = dataclasses.replace(result, root=str(root))
    return result


def written(board: Board, drivers: list[Driver], ignore: dict[str, str] | None = None) -> Proof:
    driver_set = DriverSet(
        path="x.toml",
        name="x",
        platform="kvm",
        host=None,
        drivers=tuple(Wanted(name=one.name, versions="") for one in drivers),
        boards=(),
        ignore=ignore or {},
    )
    found, wrong = chosen(driver_set, drivers)
    proof = prove(driver_set, board, platform=PLATFORM, drivers=found)
    text = as_json("cover", _fields(driver_set, PLATFORM, found, [proof], wrong))
    fields: Proof = json.loads(text)
    return fields


def is_believed(proof: Proof, folder: pathlib.Path) -> bool:
    path = folder / "proof.json"
    path.write_text(json.dumps(proof))
    return checker.main(str(path)) == 0
