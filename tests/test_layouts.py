"""What pip makes of wheels, in an environment of its own: importlib_metadata is the authority.

After each change the same question is put at once, with an index of the moment before at hand.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from typing import TYPE_CHECKING

import pytest

from tests.conftest import ROOT
from tests.site_folder import manifest, write

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

#: distribution, version and entry point of each plugin
Plugins = set[tuple[str, str, str]]

AUTHORITY = """\
import importlib_metadata as m
for one in m.entry_points(group="ukdrivers"):
    print(one.dist.name, one.dist.version, one.name)
"""
PROJECT = """\
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"
[project]
name = "ukdriver-{name}"
version = "{version}"
[project.entry-points.ukdrivers]
{name} = "ukdriver_{name}"
[tool.hatch.build]
packages = ["{packages}ukdriver_{name}"]
dev-mode-exact = {exact}
"""


class Environment:
    """A virtual environment that holds no plugin, and what asks it."""

    def __init__(self, folder: Path) -> None:
        self.folder = str(folder)
        root = str(folder / "venv")
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", root], check=True)
        self.python = os.path.join(root, "bin", "python")
        self.site = sysconfig.get_path("purelib", vars={"base": root, "platbase": root})
        library = os.path.dirname(os.path.dirname(_place("pluggy")))
        for name in os.listdir(library):  # what the program needs, but as no distribution
            if "." not in name or (name.endswith((".py", ".so")) and not name.startswith("_edit")):
                os.symlink(os.path.join(library, name), os.path.join(self.site, name))
        os.symlink(os.path.join(ROOT, "ukdrivers"), os.path.join(self.site, "ukdrivers"))
        self.path: list[str] = []  # more folders and archives, in front

    def pip(self, *arguments: str) -> None:
        command = [sys.executable, "-m", "pip", "--python", self.python, "-q", *arguments]
        subprocess.run(command, check=True, capture_output=True, env=self._environment())

    def install(self, wheel: str, *arguments: str) -> None:
        self.pip("install", "--no-index", "--no-deps", "--no-compile", *arguments, wheel)

    def ask(self) -> tuple[Plugins, Plugins]:
        """Return the plugins as the authority knows them, and as our program lists them."""
        authority = {
            (name, version, entry)
            for name, version, entry in map(str.split, self._run("-c", AUTHORITY).splitlines())
        }
        return authority, self.listed()

    def listed(self) -> Plugins:
        text = self._run("-c", "from ukdrivers.cli import main; main(['list', '--json'])")
        return {
            (one["distribution"], one["version"], one["name"])
            for one in json.loads(text)["drivers"]
            if not one["distribution"].startswith("host ")
        }

    def check(self, *wanted: str) -> None:
        """Check that both know the same plugins, twice: without an index that holds, and with one."""
        authority, ours = self.ask()
        for one in (ours, self.listed()):
            assert one == authority
            assert sorted(f"{entry} {version}" for _, version, entry in one) == sorted(wanted)

    def _run(self, *arguments: str) -> str:
        return subprocess.run(
            [self.python, "-P", *arguments],
            check=True,
            capture_output=True,
            text=True,
            env=self._environment(),
        ).stdout

    def _environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
        xdg = {f"XDG_{one}_HOME": os.path.join(self.folder, one) for one in ("CACHE", "STATE")}
        return {**kept, **xdg, "PYTHONPATH": os.pathsep.join(self.path)}


def _place(module: str) -> str:
    import importlib.util

    spec = importlib.util.find_spec(module)
    assert spec is not None
    assert spec.origin is not None
    return spec.origin


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Environment:
    return Environment(tmp_path_factory.mktemp("environment"))


@pytest.fixture
def environment(base: Environment) -> Environment:
    """The environment as it was: making one takes a second."""
    base.path = []
    for name in os.listdir(base.site):
        path = os.path.join(base.site, name)
        if not os.path.islink(path):
            shutil.rmtree(path) if os.path.isdir(path) else os.remove(path)
    return base


def wheel(folder: Path, name: str, version: str = "1.0", **changes: str) -> str:
    """Write a wheel of one driver.

    :param changes: ``spelling`` of the name in the metadata; ``entry``, the name of the driver
    """
    entry = changes.get("entry", name)
    package = f"ukdriver_{entry}"
    info = f"ukdriver_{name}-{version}.dist-info"
    spelling = changes.get("spelling", f"ukdriver-{name}")
    files = {
        f"{package}/ukdriver.toml": manifest(entry),
        f"{package}/c/{entry}.c": "",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {spelling}\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/entry_points.txt": f"[ukdrivers]\n{entry} = {package}\n",
    }
    record = "".join(f"{path},,\n" for path in (*files, f"{info}/RECORD"))
    path = folder / f"ukdriver_{name}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for file, text in {**files, f"{info}/RECORD": record}.items():
            archive.writestr(file, text)
    return str(path)


def test_install_upgrade_reinstall_uninstall(environment: Environment, tmp_path: Path) -> None:
    environment.check()
    environment.install(wheel(tmp_path, "uart"))
    environment.install(wheel(tmp_path, "clock"))
    environment.check("uart 1.0", "clock 1.0")
    environment.install(wheel(tmp_path, "uart", "1.1"))
    environment.check("uart 1.1", "clock 1.0")
    environment.pip("uninstall", "-y", "ukdriver-clock")
    environment.check("uart 1.1")


def test_one_version_again_with_another_entry_point_at_once(
    environment: Environment, tmp_path: Path
) -> None:
    first = wheel(tmp_path, "acme", entry="acme")
    environment.install(first)
    environment.check("acme 1.0")
    _, before = environment.ask()

    shutil.rmtree(os.path.join(environment.site, "ukdriver_acme"))
    second = wheel(tmp_path, "acme", spelling="acme-drivers", entry="uart")
    environment.install(second, "--force-reinstall")

    authority, ours = environment.ask()
    assert ours == authority == {("acme-drivers", "1.0", "uart")}
    assert before == {("ukdriver-acme", "1.0", "acme")}


def test_no_answer_is_older_than_what_is_installed(environment: Environment) -> None:
    """As quick as files can be written: each answer is that of its moment."""
    for turn in range(5):
        for name in os.listdir(environment.site):
            if name.startswith("ukdriver_"):
                shutil.rmtree(os.path.join(environment.site, name))
        write(environment.site, _unpacked(f"uart{turn}"))
        authority, ours = environment.ask()
        assert ours == authority == {(f"ukdriver-uart{turn}", "1.0", f"uart{turn}")}


def _unpacked(name: str) -> Mapping[str, str | bytes]:
    return {
        f"ukdriver_{name}/ukdriver.toml": manifest(name),
        f"ukdriver_{name}/c/{name}.c": "",
        f"ukdriver_{name}-1.0.dist-info/METADATA": f"Name: ukdriver-{name}\nVersion: 1.0\n",
        f"ukdriver_{name}-1.0.dist-info/entry_points.txt": (
            f"[ukdrivers]\n{name} = ukdriver_{name}\n"
        ),
    }


def test_target_shadows_what_is_installed(environment: Environment, tmp_path: Path) -> None:
    target = str(tmp_path / "target")
    environment.install(wheel(tmp_path, "uart"))
    environment.install(wheel(tmp_path, "uart", "2.0"), "--target", target)
    environment.check("uart 1.0")
    environment.path = [target]
    environment.check("uart 2.0")
    shutil.rmtree(target)
    environment.check("uart 1.0")


def test_one_name_in_two_spellings(environment: Environment, tmp_path: Path) -> None:
    target = str(tmp_path / "target")
    environment.install(wheel(tmp_path, "uart", spelling="UKdriver.Uart"))
    environment.check("uart 1.0")
    environment.install(wheel(tmp_path, "uart", "2.0"), "--target", target)
    environment.path = [target]
    environment.check("uart 2.0")


def test_folder_of_a_path_file(environment: Environment, tmp_path: Path) -> None:
    target = str(tmp_path / "target")
    environment.install(wheel(tmp_path, "uart"), "--target", target)
    environment.check()
    write(environment.site, {"more.pth": f"{target}\n"})
    environment.check("uart 1.0")
    os.remove(os.path.join(environment.site, "more.pth"))
    environment.check()


def test_archive_on_the_path_is_known_and_refused(environment: Environment, tmp_path: Path) -> None:
    environment.install(wheel(tmp_path, "clock"))
    environment.path = [wheel(tmp_path, "uart")]
    for _ in range(2):
        authority, ours = environment.ask()
        assert authority == {("ukdriver-uart", "1.0", "uart"), ("ukdriver-clock", "1.0", "clock")}
        assert ours == {("ukdriver-clock", "1.0", "clock")}  # the other: see test_distributions


@pytest.mark.parametrize(("exact", "packages"), [("false", ""), ("true", "src/")])
def test_editable(environment: Environment, tmp_path: Path, exact: str, packages: str) -> None:
    """Hatchling's two ways: a path file, and an import hook."""
    pytest.importorskip("hatchling.build")
    source = str(tmp_path / "source")
    write(
        source,
        {
            "pyproject.toml": PROJECT.format(
                name="uart", version="1.0", packages=packages, exact=exact
            ),
            f"{packages}ukdriver_uart/__init__.py": "raise AssertionError('imported')\n",
            f"{packages}ukdriver_uart/ukdriver.toml": manifest("uart"),
            f"{packages}ukdriver_uart/c/uart.c": "",
        },
    )
    build = "import hatchling.build as b, sys; print(b.build_editable(sys.argv[1]))"
    name = subprocess.run(
        [sys.executable, "-c", build, str(tmp_path)],
        check=True,
        cwd=source,
        capture_output=True,
        text=True,
    ).stdout.split()[-1]
    environment.install(str(tmp_path / name))
    environment.check("uart 1.0")

    broken = f"{packages}ukdriver_uart/ukdriver.toml"
    write(source, {broken: manifest("uart", class_="'clock'")})
    assert environment.ask()[1] == set()
    write(source, {broken: manifest("uart")})
    environment.check("uart 1.0")
    environment.pip("uninstall", "-y", "ukdriver-uart")
    environment.check()
