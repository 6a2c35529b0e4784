"""What the ``base`` host maps, when, and as what."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

import pytest

from tests.conftest import BOARD, ROOT
from tests.tree_edit import edit, machine_tree

if TYPE_CHECKING:
    import pathlib

    from tests.conftest import Builder, Program

APP = os.path.join(ROOT, "tests", "apps", "map")


def test_every_check_holds(ukdrivers: Program, built: Builder, tmp_path: pathlib.Path) -> None:
    log = tmp_path / "qemu.log"
    noted = ("-d", "guest_errors,unimp", "-D", str(log))

    done = ukdrivers("run", "-o", built(APP), "--", *noted)

    assert done.returncode == 0, done.stdout
    assert log.read_text() == ""
    assert re.search(r"^map: [1-9]\d+ checks, 0 failed$", done.stdout, re.MULTILINE)
    tests = {"on demand", "high", "refused", "tables"}
    assert set(re.findall(r"^ok (.*)$", done.stdout, re.MULTILINE)) == tests


@pytest.mark.parametrize(
    ("reg", "error"),
    [
        pytest.param(("0", "41000000", "0", "1000"), 16, id="in RAM"),
        pytest.param(("100", "0", "0", "1000"), 34, id="beyond 40 bits"),
        pytest.param(("10000", "0", "0", "1000"), 34, id="beyond 48 bits"),
        pytest.param(("0", "9010000", "ffffffff", "0"), 34, id="too large"),
        pytest.param(("0", "1000", "0", "1000"), 34, id="a null pointer's"),
    ],
)
def test_a_device_that_cannot_be_mapped_is_left(
    ukdrivers: Program, built: Builder, tmp_path: pathlib.Path, reg: tuple[str, ...], error: int
) -> None:
    tree = machine_tree(str(tmp_path / "virt.dtb"), BOARD.removeprefix("qemu:"))
    node = "/pl031@9010000"
    changed = edit(tree, str(tmp_path / "changed.dtb"), put=[(node, "reg", "x", reg)])

    done = ukdrivers("run", "-o", built("hello"), "--", "-dtb", changed)

    assert done.returncode == 0, done.stdout
    said = f"pl031 {node}: reg: entry 0 can't be mapped (error -{error})"
    assert said in done.stdout.splitlines()
