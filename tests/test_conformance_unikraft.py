"""Suite ``unikraft``, on small trees of our own writing: they can be wired, and not be built."""

from __future__ import annotations

import dataclasses
import os
import threading
from typing import TYPE_CHECKING

from tests.unikraft_tree import make_tree
from ukdrivers.conformance.model import Settings, Subject
from ukdrivers.conformance.run import run_one
from ukdrivers.conformance.unikraft import APP, SUITE
from ukdrivers.registry import discover
from ukdrivers.unikraft.adapter import ADAPTERS

if TYPE_CHECKING:
    import pathlib

    from ukdrivers.conformance.run import Report

KINDS = ("ukconsole", "uktty", "uart")


def run(tmp_path: pathlib.Path, *trees: str) -> Report:
    registry = discover()
    (driver,) = (one for one in registry.drivers if one.name == "pl031")
    settings = Settings(folder=str(tmp_path / "scratch"), slots=threading.Semaphore(1))
    return run_one(
        Subject(driver=driver, registry=registry, folder=None),
        SUITE,
        dataclasses.replace(settings, trees=trees),
    )


def test_a_tree_is_wired_built_and_its_kind_noted(tmp_path: pathlib.Path) -> None:
    tree = make_tree(tmp_path / "tree", "0.17.0")

    wired, built, *others = run(tmp_path, tree).results

    assert (wired.check.name, wired.status, wired.where) == ("wired", "passed", tree)
    assert (built.check.name, built.status) == ("builds", "failed")
    assert built.found == "make: No rule to make target 'defconfig'.  Stop."
    assert [one.where for one in others] == [one for one in KINDS if one != "uktty"]
    assert {one.status for one in others} == {"skipped"}


def test_the_application_has_what_any_class_depends_on() -> None:
    wanted = {part.library for adapter in ADAPTERS for part in adapter.parts if part.library}

    with open(os.path.join(APP, "Config.uk"), encoding="utf-8") as file:
        selected = {line.split()[1] for line in file if line.split()[:1] == ["select"]}
    assert wanted
    assert wanted <= selected


def test_what_is_no_tree(tmp_path: pathlib.Path) -> None:
    report = run(tmp_path, str(tmp_path))

    assert report.results[0].status == "failed"
    assert report.results[0].found == f"{tmp_path}: has no Config.uk, wanted a Unikraft tree"
    assert [one.where for one in report.left_out] == list(KINDS)
