"""The runner of the conformance kit: what is run beside what, and what becomes of what goes wrong."""

from __future__ import annotations

import contextlib
import dataclasses
import threading
import time
from typing import TYPE_CHECKING

import pytest

from tests.unikraft_drivers import driver, registry
from ukdrivers.conformance.model import Check, Result, Settings, Stopped, Subject, Suite
from ukdrivers.conformance.run import chosen, run_one, suites_of
from ukdrivers.conformance.work import each, stop
from ukdrivers.errors import UsageError

if TYPE_CHECKING:
    import pathlib
    from collections.abc import Iterator

CHECK = Check(name="one", wants="one", source="here")


def subject(class_: str = "rtc") -> Subject:
    one = driver("clock", class_)
    return Subject(driver=one, registry=registry(one), folder=None)


def settings(folder: pathlib.Path, *, jobs: int = 2) -> Settings:
    return Settings(folder=str(folder), jobs=jobs, slots=threading.Semaphore(jobs))


def test_results_come_in_a_report(tmp_path: pathlib.Path) -> None:
    passed = Result(suite="s", check=CHECK, status="passed")

    report = run_one(subject(), Suite(name="s", run=lambda *_: iter([passed])), settings(tmp_path))

    assert report.results == (passed,)
    assert report.is_passed
    assert report.count("passed") == 1


def test_a_missing_program_is_said_and_the_suite_not_begun(tmp_path: pathlib.Path) -> None:
    def never(*_: object) -> Iterator[Result]:
        raise AssertionError

    suite = Suite(name="s", run=never, needs=("sh", "no-such-program"))

    (result,) = run_one(subject(), suite, settings(tmp_path)).results

    assert (result.status, result.check.name) == ("skipped", "s")
    assert result.found == "no-such-program: not found, wanted on the search path"


def test_a_driver_that_no_machine_here_can_boot(tmp_path: pathlib.Path) -> None:
    other = dataclasses.replace(driver("clock", "rtc"), platforms=("xen",))
    ours = Subject(driver=other, registry=registry(other), folder=None)
    suite = Suite(name="s", run=lambda *_: iter([]), needs=("qemu-system-aarch64",))

    (result,) = run_one(ours, suite, settings(tmp_path)).results

    assert (result.status, result.check.name) == ("skipped", "s")
    assert result.found == (
        "the driver is for xen on arm64; what can be booted here is kvm on arm64"
    )


def test_a_suite_that_breaks_down_keeps_what_it_found(tmp_path: pathlib.Path) -> None:
    def breaks(*_: object) -> Iterator[Result]:
        yield Result(suite="s", check=CHECK, status="passed")
        raise LookupError("no such thing")

    report = run_one(subject(), Suite(name="s", run=breaks), settings(tmp_path))

    assert [one.status for one in report.results] == ["passed", "failed"]
    harness = report.results[-1]
    assert (harness.check.name, harness.found) == ("harness", "LookupError: no such thing")
    assert harness.where.startswith("test_conformance_run.py:")
    assert not report.is_passed


def test_every_suite_of_a_class_that_has_one() -> None:
    names = [one.name for one in suites_of(subject("rtc"))]

    assert names == ["package", "boot", "rtc", "sim", "coverage", "fuzz", "zoo", "unikraft"]


def test_a_class_without_a_suite_is_said(tmp_path: pathlib.Path) -> None:
    odd = subject("pci-device")
    (suite,) = (one for one in suites_of(odd) if one.name == "pci-device")

    (result,) = run_one(odd, suite, settings(tmp_path)).results

    assert (result.status, result.found) == (
        "skipped",
        "there is no suite for drivers of class pci-device",
    )


def test_a_suite_that_is_not_there_has_the_nearest_proposed() -> None:
    message = r"^suite 'covrage': no such suite, wanted one of package, boot, .*unikraft$"
    with pytest.raises(UsageError, match=message) as raised:
        chosen([subject()], wanted=["covrage"])
    assert raised.value.hint == "--suite coverage"


def test_unikraft_is_for_those_who_have_a_tree() -> None:
    for has_trees in (False, True):
        names = [suite.name for _, suite in chosen([subject()], has_trees=has_trees)]
        assert ("unikraft" in names) is has_trees


def test_no_more_programs_at_a_time_than_jobs(tmp_path: pathlib.Path) -> None:
    ours, running, most = settings(tmp_path, jobs=2), [0], [0]
    lock = threading.Lock()

    def work(_: int) -> int:
        with ours.slot():
            with lock:
                running[0] += 1
                most[0] = max(most[0], running[0])
            time.sleep(0.01)
            with lock:
                running[0] -= 1
        return 1

    suites = [threading.Thread(target=lambda: list(each(ours, work, range(4)))) for _ in range(3)]
    for one in suites:
        one.start()
    for one in suites:
        one.join()

    assert most[0] == 2


def test_after_a_stop_nothing_is_begun(tmp_path: pathlib.Path) -> None:
    ours = settings(tmp_path)
    stop(ours)

    with pytest.raises(Stopped), ours.slot():
        pytest.fail("began")
    with contextlib.suppress(Stopped):
        list(each(ours, lambda _: ours.slot().__enter__(), [1]))
        pytest.fail("began")
