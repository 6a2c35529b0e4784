"""``pytest --ukdriver``: the suites as tests beside an author's own."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

from tests.acme import MANIFEST, write_plugin
from tests.conftest import ROOT

if TYPE_CHECKING:
    import pathlib


def test_as_a_pytest_plugin(tmp_path: pathlib.Path) -> None:
    plugin = write_plugin(tmp_path, (MANIFEST, '"rtc"', '"pci-device"'))
    command = [sys.executable, "-m", "pytest", "-p", "ukdrivers.conformance.pytest_plugin"]
    command += ["--ukdriver", plugin, "-p", "no:cacheprovider", "-rA"]
    command += ["--ukdriver-suite", "package", "--ukdriver-suite", "pci-device"]
    changed = {"PYTHONPATH": ROOT, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "COLUMNS": "200"}

    done = subprocess.run(
        command,
        check=False,
        cwd=tmp_path,
        env={**os.environ, **changed},
        capture_output=True,
        text=True,
    )

    assert done.returncode == 1, done.stdout
    assert "ukdriver::acme-rtc::package - Failed: acme-rtc: package: names: failed" in done.stdout
    assert "there is no suite for drivers of class pci-device" in done.stdout
    assert "1 failed, 1 skipped" in done.stdout


def test_pytest_finds_the_plugin_by_itself() -> None:
    from importlib.metadata import entry_points

    (entry,) = entry_points(group="pytest11", name="ukdrivers")
    assert callable(entry.load().pytest_addoption)
