"""Wrong versions of our drivers and of the kit's code: each has to be caught by the test it names."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from ukdrivers.conformance import zoo
from ukdrivers.conformance.model import Settings
from ukdrivers.conformance.subject import from_folder
from ukdrivers.errors import PluginError

if TYPE_CHECKING:
    import pathlib

    from ukdrivers.conformance.zoo import Mutant

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
KIT = os.path.join("ukdrivers", "kit")
#: what the tests of the kit's code are made of
COPIED = ("ukdrivers", "tests", "plugins", "pyproject.toml")
LEFT_OUT = shutil.ignore_patterns("__pycache__", "data", "apps", "*.pyc")
MUTANTS = zoo.read_zoo(os.path.join(HERE, "zoo.toml"))
ONE = (
    "[[mutant]]\nname = 'one'\nsource = 'c'\nfind = 'a'\nreplace = 'b'\n"
    "why = 'because'\ncaught_by = 'sim: x_test.c'\n"
)
PLUGINS = sorted(os.listdir(os.path.join(ROOT, "plugins")))


def copied(folder: pathlib.Path) -> pathlib.Path:
    for name in COPIED:
        source = os.path.join(ROOT, name)
        if os.path.isdir(source):
            shutil.copytree(source, folder / name, ignore=LEFT_OUT)
        else:
            shutil.copy(source, folder)
    return folder


def run(tests: list[str], folder: pathlib.Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "-n", "0"]
    return subprocess.run(
        [*command, *tests], check=False, capture_output=True, text=True, cwd=folder, timeout=300
    )


@pytest.mark.parametrize("name", PLUGINS)
def test_a_plugin(name: str, tmp_path: pathlib.Path) -> None:
    folder = os.path.join(ROOT, "plugins", name)
    (subject,) = from_folder(folder, site=str(tmp_path / "site"))
    jobs = os.cpu_count() or 1
    settings = Settings(folder=str(tmp_path), jobs=jobs, slots=threading.Semaphore(jobs))
    results = list(zoo.SUITE.run(subject, settings))

    faults = [f"{one.check.name}: {one.where}: {one.found}" for one in results if one.found]
    assert not faults
    assert all(one.status == "passed" for one in results)
    names = {one.name for one in zoo.read_zoo(os.path.join(folder, "tests", "zoo.toml"))}
    assert len(names) >= 2
    assert names == {one.check.name for one in results} - {"no mutant"}


MASK = "pl031_write(base, PL031_IMSC, 0);"


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({}, ""),
        ({"replace": f"{MASK}{MASK}"}, "it passed"),
        ({"replace": "nonsense"}, "error: "),
        ({"find": "return rc;"}, "c/pl031.c: has 2 of what is to be replaced, wanted one"),
        ({"find": "not there"}, "c/pl031.c: has 0 of what is to be replaced, wanted one"),
        ({"source": "c/none.c"}, "c/none.c: No such file or directory"),
        ({"caught_by": "sim: none_test.c"}, "the plugin has no tests/none_test.c"),
        ({"caught_by": "net: echo"}, "wanted 'sim: FILE' or 'rtc: CHECK'"),
    ],
)
def test_what_is_wrong_with_a_zoo(
    change: dict[str, str], fault: str, tmp_path: pathlib.Path
) -> None:
    folder = shutil.copytree(os.path.join(ROOT, "plugins", "pl031"), tmp_path / "pl031")
    mutant = {
        "name": "one",
        "source": "c/pl031.c",
        "find": MASK,
        "replace": MASK.replace(" 0)", " 1)"),
        "why": "it was so",
        "caught_by": "sim: pl031_test.c",
    }
    lines = [f"{key} = {json.dumps(value)}" for key, value in {**mutant, **change}.items()]
    (folder / "tests" / "zoo.toml").write_text("\n".join(["[[mutant]]", *lines]))
    (subject,) = from_folder(str(folder), site=str(tmp_path / "site"))
    results = list(zoo.SUITE.run(subject, Settings(folder=str(tmp_path / "scratch"))))

    found = [one.found for one in results if one.status == "failed"]
    assert len(found) == (1 if fault else 0)
    assert all(fault in one for one in found)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "wanted [[mutant]] with name, source, find, replace, why, caught_by"),
        ("[[mutant]]\nname = 'one'", "missing 5 required keyword-only arguments"),
        ("[[mutant]", "wanted [[mutant]] with"),
        (f"{ONE}{ONE}", "mutant 'one': twice, wanted names of their own"),
        (ONE.replace("'b'", "'a'"), "mutant 'one': changes nothing, or doesn't say why"),
        (ONE.replace("'because'", "''"), "mutant 'one': changes nothing, or doesn't say why"),
    ],
)
def test_a_zoo_that_cannot_be_read(text: str, fault: str, tmp_path: pathlib.Path) -> None:
    path = tmp_path / "zoo.toml"
    path.write_text(text)
    with pytest.raises(PluginError, match=re.escape(fault)):
        zoo.read_zoo(str(path))


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    """Copy what the kit is tested with, and see that it passes as it is."""
    folder = copied(tmp_path_factory.mktemp("zoo"))
    done = run(sorted({one.caught_by for one in MUTANTS}), folder)
    assert done.returncode == 0, done.stdout
    return folder


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda one: one.name)
def test_the_kit(mutant: Mutant, tree: pathlib.Path) -> None:
    path = tree / KIT / mutant.source
    before = path.read_text()
    zoo.mutate(mutant, str(tree / KIT))
    try:
        done = run([mutant.caught_by], tree)
    finally:
        path.write_text(before)

    assert done.returncode == 1, done.stdout
    assert "CalledProcessError" not in done.stdout, done.stdout  # it was compiled
