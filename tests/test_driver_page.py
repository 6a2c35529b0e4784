"""docs/write-a-driver.md: the plugin that it builds up is installed as it stands, and boots."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

import pytest

from tests.conftest import BOARD, ROOT

if TYPE_CHECKING:
    import pathlib

    from tests.conftest import Program

BLOCK = re.compile(r"^\*\*`([^`]+)`\*\*\n\n```\w*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ENTRY_POINTS = "[ukdrivers]\npl031 = ukdriver_pl031\n"
METADATA = "Metadata-Version: 2.1\nName: ukdriver-pl031\nVersion: 0.1.0\n"


@pytest.fixture
def plugin(tmp_path: pathlib.Path) -> pathlib.Path:
    """Write the page's files, and what pip would write beside them."""
    with open(os.path.join(ROOT, "docs", "write-a-driver.md"), encoding="utf-8") as page:
        files = dict(BLOCK.findall(page.read()))
    info = "ukdriver_pl031-0.1.0.dist-info"
    files |= {f"{info}/METADATA": METADATA, f"{info}/entry_points.txt": ENTRY_POINTS}
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path


def test_the_page_s_driver_boots(plugin: pathlib.Path, ukdrivers: Program) -> None:
    path = {"PYTHONPATH": f"{plugin}{os.pathsep}{ROOT}"}
    output = str(plugin / "out")

    built = ukdrivers("build", BOARD, "--app", "hello", "-o", output, env=path)
    assert built.returncode == 0, built.stderr

    booted = ukdrivers("run", "-o", output, "--expect", r"^pl031 /pl031@9010000: \d+ s", env=path)
    assert booted.returncode == 0, booted.stdout + booted.stderr
