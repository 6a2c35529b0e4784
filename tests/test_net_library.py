"""The ``base`` host's libraries of network and block devices, over devices without hardware."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

import pytest

from tests.conftest import ROOT
from tests.net_guest import BOARD, built_with

if TYPE_CHECKING:
    import pathlib

    from tests.conftest import Program


@pytest.mark.parametrize(
    "switch", ["APPNET_THREADS=n", "APPNET_THREADS=y", "APPBLOCKLIB_THREADS=y"]
)
def test_the_libraries_without_hardware(
    ukdrivers: Program, tmp_path: pathlib.Path, switch: str
) -> None:
    app = switch.partition("_")[0].removeprefix("APP").lower()
    built_with(ukdrivers, str(tmp_path), os.path.join(ROOT, "tests", "apps", app), switch)

    done = ukdrivers("run", "-o", str(tmp_path))

    assert done.returncode == 0, done.stdout
    assert re.search(rf"^{app}: [1-9]\d+ checks, 0 failed$", done.stdout, re.MULTILINE)
    assert "FAIL" not in done.stdout


@pytest.mark.parametrize(("value", "wanted"), [("n", False), ("y", True)])
def test_libraries_are_linked_where_a_driver_needs_them(
    ukdrivers: Program, tmp_path: pathlib.Path, value: str, *, wanted: bool
) -> None:
    chosen = [f"LIBUKDRIVER_VIRTIO_{one}={value}" for one in ("MMIO", "NET")]
    chosen += [f"LIBUKDRIVER_VIRTIO_{one}=n" for one in ("PCI", "BLK")]
    options = [word for one in chosen for word in ("--set", one)]

    done = ukdrivers("menu", BOARD, "--app", "hello", "--print", "-o", str(tmp_path), *options)

    assert done.returncode == 0, done.stderr
    config = (tmp_path / ".config").read_text(encoding="utf-8").splitlines()
    for name in ("LIBUKALLOC", "LIBUKNET"):
        assert (f"CONFIG_{name}=y" in config) == wanted
    assert "CONFIG_LIBUKBLOCK=y" not in config
