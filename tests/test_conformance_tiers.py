"""Tiers: computed from results, kept while the files that they are about are the same."""

from __future__ import annotations

import dataclasses
import json
import os
import shutil
from typing import TYPE_CHECKING

import pytest

from tests.site_folder import write
from tests.unikraft_drivers import driver, registry
from ukdrivers.conformance.model import Check, Result, Settings, Status, Subject
from ukdrivers.conformance.run import Report
from ukdrivers.conformance.tiers import Evidence, kept, tier, watched

if TYPE_CHECKING:
    import pathlib

    from ukdrivers.model import Driver

ALL = ("package", "boot", "rtc", "sim", "coverage", "fuzz", "zoo", "unikraft")


@pytest.fixture
def clock(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> Driver:
    """Write a plugin's folder; results are kept beside it."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    root = write(
        str(tmp_path / "plugin"),
        {
            "pyproject.toml": "",
            "ukdriver_clock/c/clock.c": "int one;\n",
            "tests/clock_test.c": "int two;\n",
        },
    )
    return driver("clock", "rtc", root=os.path.join(root, "ukdriver_clock"))


def report(one: Driver, suite: str, status: Status = "passed", found: str = "") -> Report:
    name = suite if status == "skipped" else "check"
    result = Result(
        suite=suite, check=Check(name=name, wants="", source=""), status=status, found=found
    )
    subject = Subject(driver=one, registry=registry(one), folder=None)
    return Report(subject=subject, suite=suite, results=(result,), seconds=0)


def keep(one: Driver, *suites: str, **changes: object) -> None:
    settings = dataclasses.replace(Settings(folder=""), **changes)  # type: ignore[arg-type]
    Evidence(one).add([report(one, name) for name in suites], settings)


@pytest.mark.parametrize(
    ("count", "name", "first"),
    [
        (0, "-", "bronze: package: not run yet"),
        (1, "-", "bronze: boot: not run yet"),
        (2, "bronze", "silver: rtc: not run yet"),
        (3, "silver", "gold: sim: not run yet"),
        (4, "silver", "gold: coverage: not run yet"),
        (5, "gold", "platinum: fuzz: not run yet"),
        (7, "gold", "platinum: unikraft: not run yet"),
    ],
)
def test_each_tier_stands_on_the_one_before(
    clock: Driver, count: int, name: str, first: str
) -> None:
    found = tier(clock, dict.fromkeys(ALL[:count], ""))

    assert (found.name, found.missing[0]) == (name, first)


def test_the_highest_tier_lacks_nothing(clock: Driver) -> None:
    found = tier(clock, dict.fromkeys(ALL, ""))

    assert (found.name, found.missing) == ("platinum", ())


def test_results_are_kept_over_runs_of_some_suites(clock: Driver) -> None:
    keep(clock, "package")
    keep(clock, "boot", "rtc")

    assert kept(clock) == {"package": "", "boot": "", "rtc": ""}
    assert tier(clock).name == "silver"


def test_what_failed_or_could_not_run_is_kept_too(clock: Driver) -> None:
    keep(clock, "package", "boot")
    Evidence(clock).add(
        [report(clock, "boot", "failed"), report(clock, "rtc", "skipped", "no QEMU")],
        Settings(folder=""),
    )

    assert kept(clock) == {"package": "", "boot": "1 of 1 checks failed", "rtc": "no QEMU"}
    assert tier(clock).name == "-"


@pytest.mark.parametrize("name", ["ukdriver_clock/c/clock.c", "tests/clock_test.c", "tests/new.c"])
def test_a_change_of_a_file_ends_it(clock: Driver, name: str) -> None:
    keep(clock, "package")
    assert kept(clock)

    write(os.path.dirname(clock.root), {name: "int three;\n"})

    assert kept(clock) == {}


def test_the_same_files_written_anew_do_not(clock: Driver, tmp_path: pathlib.Path) -> None:
    keep(clock, "package")
    shutil.copytree(tmp_path / "plugin", tmp_path / "copy")
    shutil.rmtree(tmp_path / "plugin")
    shutil.move(tmp_path / "copy", tmp_path / "plugin")

    assert kept(clock) == {"package": ""}


def test_a_change_while_it_ran_keeps_nothing(clock: Driver) -> None:
    evidence = Evidence(clock)
    write(clock.root, {"c/clock.c": "int three;\n"})
    evidence.add([report(clock, "package")], Settings(folder=""))

    assert kept(clock) == {}


def test_a_short_run_is_no_evidence(clock: Driver) -> None:
    keep(clock, "fuzz", fuzz_runs=1)
    keep(clock, "package", boards=("qemu:virt",))

    assert kept(clock) == {}


@pytest.mark.parametrize("text", ["", "{", "[]", '{"schema": "ukdrivers/tiers/1"}'])
def test_a_broken_file_is_no_evidence(clock: Driver, text: str) -> None:
    keep(clock, "package")
    with open(Evidence(clock).path, "w", encoding="utf-8") as file:
        file.write(text)

    assert kept(clock) == {}


def test_of_another_schema_nothing_is_believed(clock: Driver) -> None:
    keep(clock, "package")
    path = Evidence(clock).path
    with open(path, encoding="utf-8") as file:
        value = json.load(file)
    with open(path, "w", encoding="utf-8") as file:
        json.dump({**value, "schema": "ukdrivers/tiers/2"}, file)

    assert kept(clock) == {}


def test_what_a_tier_depends_on_is_named(clock: Driver) -> None:
    before = watched([clock])
    keep(clock, "package")
    after = watched([clock])

    assert len(before) == 1
    assert {Evidence(clock).path, clock.root, os.path.join(clock.root, "c", "clock.c")} < set(after)
    assert len(set(after)) == len(after)
