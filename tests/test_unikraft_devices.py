"""The glue for network devices and disks, run against a fake driver and a fake tree."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.test_unikraft_glue import GLUE, HERE, WARNINGS, includes

if TYPE_CHECKING:
    import pathlib

FAKES = os.path.join(HERE, "unikraft", "devices")

SOURCES = {
    "block": ("blkdev.c", "memory.c"),
    "memory": ("memory.c",),
    "net": ("netdev.c", "netdev_frames.c", "memory.c"),
}


@pytest.mark.parametrize("paging", [(), ("-DCONFIG_PAGING=1",)], ids=["direct", "paging"])
@pytest.mark.parametrize("name", SOURCES)
def test_glue(name: str, paging: tuple[str, ...], tmp_path: pathlib.Path) -> None:
    program = str(tmp_path / "test")
    subprocess.run(
        ["gcc", *WARNINGS, "-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"]
        + [*includes("0.15"), f"-I{GLUE}", f"-I{FAKES}", *paging, "-o", program]
        + [os.path.join(GLUE, one) for one in SOURCES[name]]
        + [os.path.join(FAKES, one) for one in ("tree.c", f"{name}_test.c")],
        check=True,
    )
    done = subprocess.run([program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
