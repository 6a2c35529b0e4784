"""Fuzzing the kit's own code, in C and in Python; and that the suite finds what is wrong.

Each target runs for a short count here; ``UKDRIVERS_FUZZ_RUNS`` asks for more (``--timeout 0``, then).
"""

from __future__ import annotations

import dataclasses
import glob
import importlib.util
import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests import core_program
from ukdrivers.conformance import fuzz
from ukdrivers.conformance.model import Settings, Subject
from ukdrivers.conformance.sim import options_of
from ukdrivers.registry import discover

if TYPE_CHECKING:
    import pathlib

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
KIT = os.path.join(ROOT, "ukdrivers", "kit")
TARGETS = os.path.join(HERE, "fuzz")
RUNS = int(os.environ.get("UKDRIVERS_FUZZ_RUNS", "20000"))

needs_clang = pytest.mark.skipif(not shutil.which("clang"), reason="clang isn't installed")
needs_atheris = pytest.mark.skipif(
    not importlib.util.find_spec("atheris"), reason="atheris has no wheel for this Python"
)


def sources(*folder: str) -> list[str]:
    return sorted(glob.glob(os.path.join(KIT, *folder, "*.c")))


def virtqueue(folder: pathlib.Path) -> str:
    return fuzz.compiled(f"{TARGETS}/virtqueue_fuzz.c", folder=str(folder), options={})


def pci(folder: pathlib.Path) -> str:
    # model.c has pci_scan.c in it, and answers in place of sim.c whether a BAR can be mapped
    core = [one for one in sources("classes", "pci-host") if not one.endswith("/pci_scan.c")]
    return fuzz.compiled(
        f"{TARGETS}/pci_fuzz.c",
        f"{HERE}/pci/model.c",
        *core,
        "-Wl,--wrap=ukd_map",
        folder=str(folder),
        options={},
        includes=[f"{KIT}/classes/pci-host", f"{HERE}/pci"],
    )


def fdt(folder: pathlib.Path) -> str:
    core_program.write_drivers(folder, core_program.FAKES)
    return fuzz.compiled(
        f"{TARGETS}/fdt_fuzz.c",
        f"{HERE}/core/core_driver.c",
        *(str(folder / one) for one in ("table.c", "drivers.c")),
        *sources("src"),
        folder=str(folder),
        options={one.driver.symbol: "1" for one in core_program.FAKES},
        includes=[f"{HERE}/core"],
    )


PROGRAMS = {"virtqueue": virtqueue, "pci": pci, "fdt": fdt}


@needs_clang
@pytest.mark.parametrize("name", PROGRAMS)
def test_nothing_is_found(name: str, tmp_path: pathlib.Path) -> None:
    found = fuzz.finding(
        PROGRAMS[name](tmp_path),
        seeds=f"{TARGETS}/seeds/{name}",
        runs=RUNS,
        timeout=120 + RUNS / 500,
        keep=str(tmp_path),
    )

    assert found == ""


@needs_atheris
@pytest.mark.parametrize(("name", "share"), [("board", 1), ("manifest", 4)])
def test_nothing_is_found_in_python(name: str, share: int, tmp_path: pathlib.Path) -> None:
    inputs = tmp_path / "inputs"
    inputs.mkdir()

    command = [sys.executable, f"{TARGETS}/{name}_fuzz.py", f"-runs={RUNS // share}", "-seed=1"]
    command += ["-max_len=2048", "-timeout=10", f"-artifact_prefix={tmp_path}/"]

    done = subprocess.run(
        [*command, str(inputs), f"{TARGETS}/seeds/{name}"],
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
        env={**os.environ, "PYTHONPATH": ROOT},
    )

    assert done.returncode == 0, done.stderr[-3000:]
    assert f"Done {RUNS // share} runs" in done.stderr


def subject(folder: pathlib.Path, name: str) -> Subject:
    """Return a driver of ours at a copy of its plugin."""
    shutil.copytree(f"{ROOT}/plugins/{name}", folder / name)
    registry = discover()
    driver = next(one for one in registry.drivers if one.name == name)
    return Subject(
        driver=driver, registry=registry, folder=str(folder / name), options=options_of(driver)
    )


@needs_clang
def test_a_driver_at_fault_is_found(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = subject(tmp_path, "gicv2")
    source = tmp_path / "gicv2" / "ukdriver_gicv2" / "c" / "gicv2.c"
    text = source.read_text()
    source.write_text(text.replace("if (intid >= GICV2_INTID_END)", "if (intid > GICV2_INTID_END)"))
    assert source.read_text() != text
    monkeypatch.chdir(tmp_path)

    (result,) = fuzz.SUITE.run(broken, Settings(folder=str(tmp_path / "scratch")))

    assert (result.suite, result.status, result.where) == ("fuzz", "failed", "controller_fuzz.c")
    what, kept = result.found.rsplit("; input ", 1)
    assert "does not hold: number == (iar & 0x3ff)" in what
    assert "gicv2.c:" in what
    assert os.path.dirname(kept) == str(tmp_path)
    assert os.path.isfile(kept)


@needs_clang
def test_a_driver_without_fault_passes(tmp_path: pathlib.Path) -> None:
    sound = subject(tmp_path, "pl031")

    (result,) = fuzz.SUITE.run(sound, Settings(folder=str(tmp_path / "scratch"), fuzz_runs=5000))

    assert (result.status, result.found) == ("passed", "")
    assert result.check.wants == "no finding in 5000 inputs"


def test_a_plugin_without_targets_is_skipped(tmp_path: pathlib.Path) -> None:
    bare = dataclasses.replace(subject(tmp_path, "pl031"), folder=None)

    (result,) = fuzz.SUITE.run(bare, Settings(folder=str(tmp_path / "scratch")))

    assert result.status == "skipped"
    assert "tests/fuzz/*_fuzz.c" in result.found


@needs_clang
def test_a_target_that_does_not_compile_fails(tmp_path: pathlib.Path) -> None:
    broken = subject(tmp_path, "pl031")
    (tmp_path / "pl031" / "tests" / "fuzz" / "clock_fuzz.c").write_text("#error none\n")

    (result,) = fuzz.SUITE.run(broken, Settings(folder=str(tmp_path / "scratch")))

    assert result.status == "failed"
    assert result.found.startswith("doesn't compile: ")


def test_every_plugin_of_ours_has_targets_with_seeds() -> None:
    for plugin in glob.glob(f"{ROOT}/plugins/*/pyproject.toml"):
        tests = os.path.join(os.path.dirname(plugin), "tests")
        sources = fuzz.targets(tests)
        assert sources, plugin
        for one in sources:
            name = os.path.basename(one).removesuffix("_fuzz.c")
            assert glob.glob(f"{tests}/fuzz/seeds/{name}/*"), one
