"""The three wheels: what they carry, and that each plugin is installable without the other."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from typing import TYPE_CHECKING

import pytest

from tests.conftest import ROOT

if TYPE_CHECKING:
    import pathlib

PLUGINS = ("gicv2", "pl011")


def run(*command: str | os.PathLike[str]) -> str:
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Build each distribution's wheel; by name."""
    folder = tmp_path_factory.mktemp("wheels")
    projects = {"ukdrivers": ROOT} | {
        f"ukdriver_{name}": os.path.join(ROOT, "plugins", name) for name in PLUGINS
    }
    run(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "-w", folder,
        *projects.values())  # fmt: skip
    built = {name.split("-")[0]: str(folder / name) for name in os.listdir(folder)}
    assert set(built) == set(projects)
    return built


@pytest.mark.parametrize("name", PLUGINS)
def test_a_plugin_s_wheel_is_data(name: str, wheels: dict[str, str]) -> None:
    package = f"ukdriver_{name}"
    with zipfile.ZipFile(wheels[package]) as wheel:
        names = set(wheel.namelist())

    assert wheels[package].endswith("-py3-none-any.whl")
    wanted = {f"{package}/ukdriver.toml", f"{package}/Config.uk", f"{package}/c/{name}.c"}
    assert wanted <= names


def test_the_core_s_wheel_carries_the_kit_and_the_base_tree(wheels: dict[str, str]) -> None:
    with zipfile.ZipFile(wheels["ukdrivers"]) as wheel:
        carried = set(wheel.namelist())

    tracked = run("git", "-C", ROOT, "ls-files", "ukdrivers").splitlines()
    assert "ukdrivers/hosts/base/support/build/Makefile.rules" in carried
    assert sorted(set(tracked) - carried) == []


def test_each_plugin_is_installable_alone(wheels: dict[str, str], tmp_path: pathlib.Path) -> None:
    venv = tmp_path / "venv"
    run(sys.executable, "-m", "venv", venv)
    pip = (venv / "bin" / "python", "-m", "pip", "--disable-pip-version-check", "--quiet")

    def listed() -> list[str]:
        found = json.loads(run(venv / "bin" / "ukdrivers", "list", "--json"))
        return [
            driver["name"] for driver in found["drivers"] if "host" not in driver["distribution"]
        ]

    run(*pip, "install", wheels["ukdrivers"])
    assert listed() == []
    for name in PLUGINS:
        run(*pip, "install", wheels[f"ukdriver_{name}"])
        assert listed() == [name]
        run(*pip, "uninstall", "--yes", f"ukdriver-{name}")
    assert listed() == []
