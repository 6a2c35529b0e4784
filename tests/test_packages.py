"""The wheels: what each carries, and that each plugin is installable without the others."""

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

PLUGINS = tuple(sorted(os.listdir(os.path.join(ROOT, "plugins"))))


def run(*command: str | os.PathLike[str]) -> str:
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def package_of(name: str) -> str:
    return f"ukdriver_{name.replace('-', '_')}"


def carried_by(wheel: str) -> set[str]:
    with zipfile.ZipFile(wheel) as opened:
        return set(opened.namelist())


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Build each distribution's wheel; by name."""
    folder = tmp_path_factory.mktemp("wheels")
    projects = {"ukdrivers": ROOT} | {
        package_of(name): os.path.join(ROOT, "plugins", name) for name in PLUGINS
    }
    run(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "-w", folder,
        *projects.values())  # fmt: skip
    built = {name.split("-")[0]: str(folder / name) for name in os.listdir(folder)}
    assert set(built) == set(projects)
    return built


@pytest.mark.parametrize("name", PLUGINS)
def test_a_plugin_s_wheel_is_data(name: str, wheels: dict[str, str]) -> None:
    package, project = package_of(name), os.path.join(ROOT, "plugins", name)
    files = {
        os.path.relpath(os.path.join(above, one), project)
        for above, _, names in os.walk(os.path.join(project, package))
        for one in names
        if not one.endswith(".pyc")
    }

    assert wheels[package].endswith("-py3-none-any.whl")
    assert {f"{package}/ukdriver.toml", f"{package}/__init__.py"} < files
    assert {one for one in carried_by(wheels[package]) if "dist-info" not in one} == files


def test_the_core_s_wheel_carries_the_kit_and_the_base_tree(wheels: dict[str, str]) -> None:
    carried = carried_by(wheels["ukdrivers"])

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
        run(*pip, "install", wheels[package_of(name)])
        assert listed() == [name]
        run(*pip, "uninstall", "--yes", f"ukdriver-{name}")
    assert listed() == []
