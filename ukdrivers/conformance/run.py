"""Run: put drivers through their suites, beside each other, and collect what comes of it.

In:  subjects (from :mod:`ukdrivers.conformance.subject`) and which suites are wanted.
Out: results, in the order of drivers and suites (to :mod:`ukdrivers.conformance.report`).
"""

from __future__ import annotations

import concurrent.futures
import dataclasses
import difflib
import importlib
import os
import time
import traceback
from typing import TYPE_CHECKING

from ukdrivers.conformance.model import Check, Result, Stopped, Suite
from ukdrivers.conformance.work import stop
from ukdrivers.errors import ToolError, UsageError
from ukdrivers.tools import find_tool

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from ukdrivers.conformance.model import Settings, Subject

__all__ = ["Report", "chosen", "left_out", "run", "run_one", "suites_of"]

#: modules with a ``SUITE``, in the order of the table; the class's own suite comes after AHEAD
GENERAL = ("package", "boots", "sim", "coverage", "fuzz", "zoo", "unikraft")
AHEAD = 2
QEMU = "qemu-system-aarch64"
PLATFORM, ARCH = "kvm", "arm64"
CLASSES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "classes")
#: an interrupted run looks this often for programs that were started meanwhile
POLL_SECONDS = 0.1


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """What came of one suite of one driver."""

    subject: Subject
    suite: str
    results: tuple[Result, ...]
    seconds: float

    def count(self, status: str) -> int:
        """Return how many checks ended so."""
        return sum(one.status == status for one in self.results)

    @property
    def left_out(self) -> tuple[Result, ...]:
        """What could not be run; not what the driver doesn't offer."""
        return tuple(
            one for one in self.results if one.status == "skipped" and one.check.name == self.suite
        )

    @property
    def is_passed(self) -> bool:
        """Whether something was checked, nothing failed, and nothing was left out."""
        return bool(self.count("passed")) and not self.count("failed") and not self.left_out


def suites_of(subject: Subject) -> tuple[Suite, ...]:
    """Return the suites that apply to a driver, in order."""
    class_ = subject.driver.class_
    general = [importlib.import_module(f"ukdrivers.conformance.{one}").SUITE for one in GENERAL]
    suites: list[Suite] = [*general[:AHEAD], _class_suite(class_), *general[AHEAD:]]
    return tuple(one for one in suites if not one.classes or class_ in one.classes)


def _class_suite(class_: str) -> Suite:
    """Return a class's own suite; where there is none, one that says so."""
    ident = class_.replace("-", "_")
    if os.path.isfile(os.path.join(CLASSES, f"{ident}.py")):
        suite: Suite = importlib.import_module(f"ukdrivers.conformance.classes.{ident}").SUITE
        return suite
    why = f"there is no suite for drivers of class {class_}"
    return Suite(name=class_, run=lambda *_: iter([left_out(class_, why)]))


def left_out(suite: str, why: str) -> Result:
    """Return the result of a suite that can't run.

    :param why: and what would mend that
    """
    check = Check(name=suite, wants="the suite to run", source="")
    return Result(suite=suite, check=check, status="skipped", found=why)


def run(
    subjects: Sequence[Subject],
    settings: Settings,
    *,
    wanted: Sequence[str] = (),
    on_report: Callable[[Report], None] = lambda _: None,
) -> list[Report]:
    """Run suites beside each other, as many programs at a time as *settings* say.

    :param wanted: names of suites; empty: all that apply
    :param on_report: called with each suite's report as it ends
    :raises UsageError: a name that no suite of these drivers has
    :raises KeyboardInterrupt: after everything that was started has ended
    """
    pairs = chosen(subjects, wanted=wanted, has_trees=bool(settings.trees))
    # What reads options changes this process's environment: it ends before anything else begins.
    ahead = {id(one): run_one(*one, settings, on_report) for one in pairs if _is_first(one)}
    with concurrent.futures.ThreadPoolExecutor(2 * settings.jobs) as pool:
        later = {
            id(one): pool.submit(run_one, *one, settings, on_report)
            for one in pairs
            if id(one) not in ahead
        }
        try:
            return [ahead.get(id(one)) or later[id(one)].result() for one in pairs]
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            while concurrent.futures.wait(later.values(), timeout=POLL_SECONDS).not_done:
                stop(settings)
            raise


def _is_first(pair: tuple[Subject, Suite]) -> bool:
    return pair[1].name == "package"


def chosen(
    subjects: Sequence[Subject], *, wanted: Sequence[str] = (), has_trees: bool = False
) -> list[tuple[Subject, Suite]]:
    """Return each subject with each of the suites that are to be run.

    :param wanted: names of suites; empty: all that apply
    :param has_trees: whether the user named a Unikraft tree
    :raises UsageError: a name that no suite of these drivers has
    """
    pairs = [(subject, suite) for subject in subjects for suite in suites_of(subject)]
    known = list(dict.fromkeys(suite.name for _, suite in pairs))
    for name in wanted:
        if name not in known:
            near = next(iter(difflib.get_close_matches(name, known, n=1)), None)
            raise UsageError(
                f"suite '{name}': no such suite, wanted one of {', '.join(known)}",
                hint=f"--suite {near}" if near else None,
            )
    if wanted:
        return [pair for pair in pairs if pair[1].name in wanted]
    return [pair for pair in pairs if pair[1].name != "unikraft" or has_trees]


def run_one(
    subject: Subject,
    suite: Suite,
    settings: Settings,
    on_report: Callable[[Report], None] = lambda _: None,
) -> Report:
    """Run one suite; whatever goes wrong in it is a result."""
    name = subject.driver.name

    def say(text: str) -> None:
        settings.on_progress(f"{name}: {text}")

    own = os.path.join(settings.folder, name)
    os.makedirs(own, exist_ok=True)
    start = time.monotonic()
    results = tuple(
        _results(subject, suite, dataclasses.replace(settings, folder=own, on_progress=say))
    )
    seconds = time.monotonic() - start
    report = Report(subject=subject, suite=suite.name, results=results, seconds=seconds)
    on_report(report)
    return report


def _results(subject: Subject, suite: Suite, settings: Settings) -> Iterator[Result]:
    settings.on_progress(suite.name)
    why = _why_not(subject, suite)
    if why:
        yield left_out(suite.name, why)
        return
    try:
        yield from suite.run(subject, settings)
    except Stopped:
        raise
    except Exception as error:  # noqa: BLE001 - one suite's fault doesn't end the others
        place = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{os.path.basename(place.filename)}:{place.lineno}"
        check = Check(name="harness", wants="the suite itself to work", source="")
        found = f"{type(error).__name__}: {error}"
        yield Result(suite=suite.name, check=check, status="failed", where=where, found=found)


def _why_not(subject: Subject, suite: Suite) -> str:
    """Return why a suite can't run here, and what would mend that."""
    driver = subject.driver
    is_bootable = PLATFORM in driver.platforms and ARCH in driver.arch
    if QEMU in suite.needs and not is_bootable:
        what = f"{' and '.join(driver.platforms)} on {' and '.join(driver.arch)}"
        return f"the driver is for {what}; what can be booted here is {PLATFORM} on {ARCH}"
    for program in suite.needs:
        try:
            find_tool(program)
        except ToolError as error:
            return f"{error}; {error.hint}" if error.hint else str(error)
    return ""
