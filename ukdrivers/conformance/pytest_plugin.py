"""Pytest plugin: ``pytest --ukdriver NAME`` runs a driver's suites beside an author's own tests.

Each suite is a test. What can't be run here is skipped, with the reason.
"""

from __future__ import annotations

import tempfile
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ukdrivers.conformance.model import Subject, Suite

__all__ = ["pytest_addoption", "pytest_collection_modifyitems"]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add our options."""
    group = parser.getgroup("ukdrivers", "conformance of device drivers")
    group.addoption(
        "--ukdriver",
        metavar="NAME|FOLDER",
        action="append",
        default=[],
        help="run the suites of this driver, or of the plugin in this folder; may be repeated",
    )
    group.addoption(
        "--ukdriver-suite",
        metavar="NAME",
        action="append",
        default=[],
        help="of these suites, run this one; may be repeated",
    )


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(session: pytest.Session, items: list[pytest.Item]) -> None:
    """Add a test for each suite, after everything that selects by file."""
    words: list[str] = session.config.getoption("--ukdriver")
    if words:
        items.extend(_suites(session, words))


def _suites(session: pytest.Session, words: list[str]) -> Iterator[SuiteItem]:
    from ukdrivers.conformance.run import chosen
    from ukdrivers.conformance.subject import find
    from ukdrivers.errors import UkdriversError
    from ukdrivers.registry import discover

    folder = session.config.stash.setdefault(_SCRATCH, tempfile.TemporaryDirectory())
    try:
        registry = discover()
        subjects = [
            one
            for number, word in enumerate(words)
            for one in find(word, registry, site=f"{folder.name}/site{number}")
        ]
        pairs = chosen(subjects, wanted=session.config.getoption("--ukdriver-suite"))
    except UkdriversError as error:
        hint = f"\nhint: {error.hint}" if error.hint else ""
        raise pytest.UsageError(f"{error}{hint}") from error
    for subject, suite in pairs:
        name = f"ukdriver::{subject.driver.name}::{suite.name}"
        item: SuiteItem = SuiteItem.from_parent(session, name=name, nodeid=name)
        item.subject, item.suite, item.folder = subject, suite, folder.name
        yield item


_SCRATCH = pytest.StashKey["tempfile.TemporaryDirectory[str]"]()


class SuiteItem(pytest.Item):
    """One suite of one driver."""

    subject: Subject
    suite: Suite
    folder: str  #: scratch

    def runtest(self) -> None:
        """Run it; fail with all that failed, skip with all that was skipped."""
        import os
        import threading

        from ukdrivers.conformance.model import Settings
        from ukdrivers.conformance.report import complaints
        from ukdrivers.conformance.run import run_one

        jobs = len(os.sched_getaffinity(0))
        settings = Settings(
            folder=self.folder,
            jobs=jobs,
            building=os.path.join(self.folder, "building"),
            slots=threading.Semaphore(jobs),
        )
        report = run_one(self.subject, self.suite, settings)
        text = "\n".join(complaints([report]))
        if report.count("failed"):
            pytest.fail(text, pytrace=False)
        if report.left_out:
            pytest.skip(text)

    def reportinfo(self) -> tuple[str, None, str]:
        """Return what a report calls it."""
        return self.subject.driver.root, None, self.name
