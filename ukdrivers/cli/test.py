"""``ukdrivers test``: put drivers through the conformance kit."""

from __future__ import annotations

import os
import signal
import sys
import tempfile
import threading
import time
from typing import TYPE_CHECKING

from ukdrivers.cli.common import harmless, installed, print_json, print_table, say
from ukdrivers.cli.parser import BOARD, Parser
from ukdrivers.cli.run import seconds
from ukdrivers.conformance import report, subject, tiers
from ukdrivers.conformance.model import Settings
from ukdrivers.conformance.run import run as run_suites
from ukdrivers.conformance.run import suites_of
from ukdrivers.errors import UsageError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence
    from types import FrameType

    from ukdrivers.conformance.model import Subject
    from ukdrivers.conformance.run import Report
    from ukdrivers.conformance.tiers import Tier

__all__ = ["run"]

EXAMPLES = """
# all that applies to one installed driver
$ ukdrivers test pl011
# a plugin that isn't installed, its class's suite alone, every check shown
$ ukdrivers test ./ukdriver-acme-rtc --suite rtc -v
# for a build server
$ ukdrivers test acme-rtc --junit build/acme-rtc.xml
# wired into stock Unikraft trees, too
$ ukdrivers test acme-rtc --unikraft ~/unikraft-0.16 --unikraft ~/unikraft-0.17
"""


def run(arguments: list[str]) -> int:
    """Run the suites, print the table, and say what was wrong."""
    options = _parser().parse_args(arguments)
    signal.signal(signal.SIGTERM, _end)
    with tempfile.TemporaryDirectory(prefix="ukdrivers-") as folder:
        subjects = _subjects(options.drivers, folder)
        if options.list:
            _print_suites(subjects)
            return 0
        progress = _Progress(is_verbose=options.verbose)
        settings = _settings(options, folder, progress)
        evidence = [tiers.Evidence(one.driver) for one in subjects]
        start = time.monotonic()
        reports = run_suites(subjects, settings, wanted=options.suite, on_report=progress.end)
        progress.clear()
        took = time.monotonic() - start
    for one in evidence:
        one.add([each for each in reports if each.subject.driver == one.driver], settings)
    tier_by_name = {one.driver.name: tiers.tier(one.driver) for one in subjects}
    if options.junit:
        _write(options.junit, report.junit(reports, seconds=took))
    if options.json:
        print_json("test", report.as_json(reports, tier_by_name, seconds=took))
    else:
        _print(reports, tier_by_name, took)
    return report.exit_code(reports)


def _parser() -> Parser:
    parser = Parser(
        "test",
        what="Put drivers through every suite that applies to their class. Ends with status 0 when "
        "all was passed, 1 when something failed, 77 when nothing failed but something could not "
        "be run; each is named.",
        examples=EXAMPLES,
    )
    what = "a driver's name, as `ukdrivers list` has it, or the folder of a plugin"
    parser.add_argument("drivers", metavar="DRIVER|FOLDER", nargs="+", help=what)
    parser.add_argument(
        "--suite", metavar="NAME", action="append", default=[], help="run this one; may be repeated"
    )
    parser.add_argument(
        *("--board",),
        metavar="BOARD",
        action="append",
        default=[],
        help=f"instead of ours: {BOARD}",
    )
    parser.add_argument("--list", action="store_true", help="print the suites, and run none")
    parser.add_argument("--junit", metavar="FILE", help="write JUnit's XML, for a build server")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument(
        *("--fuzz-runs",),
        metavar="N",
        type=_count,
        default=Settings(folder="").fuzz_runs,
        help="executions of each fuzz target (default: %(default)s)",
    )
    parser.add_argument(
        "--unikraft",
        metavar="TREE",
        action="append",
        default=[],
        help="wire and build it in this stock Unikraft tree, too; may be repeated",
    )
    parser.add_argument(
        *("-j", "--jobs"),
        metavar="N",
        type=_count,
        default=len(os.sched_getaffinity(0)),
        help="programs at a time (default: one a processor, %(default)s)",
    )
    parser.add_argument(
        "--timeout",
        metavar="S",
        type=seconds,
        default=Settings(folder="").timeout,
        help="seconds for one machine or test program (default: %(default)g)",
    )
    parser.add_argument("-v", "--verbose", action="store_true", help="show each check as it ends")
    return parser


def _count(text: str) -> int:
    value = int(text)
    if value < 1:
        raise ValueError(text)
    return value


_count.__name__ = "number"  # what argparse calls a wrong one


def _end(_: int, __: FrameType | None) -> None:
    """End as an interrupt would, so that no machine is left behind."""
    raise KeyboardInterrupt


def _subjects(words: Sequence[str], folder: str) -> tuple[Subject, ...]:
    registry = installed()
    found: dict[str, Subject] = {}
    for number, word in enumerate(words):
        for one in subject.find(word, registry, site=os.path.join(folder, f"site{number}")):
            if one.driver.name in found:
                raise UsageError(f"'{word}': driver '{one.driver.name}' is named twice")
            found[one.driver.name] = one
    return tuple(found.values())


def _settings(options: argparse.Namespace, folder: str, progress: _Progress) -> Settings:
    return Settings(
        folder=folder,
        jobs=options.jobs,
        timeout=options.timeout,
        fuzz_runs=options.fuzz_runs,
        trees=tuple(map(os.path.abspath, options.unikraft)),
        boards=tuple(options.board),
        on_progress=progress.say,
        building=os.path.join(folder, "building"),
        slots=threading.Semaphore(options.jobs),
    )


class _Progress:
    """Says on standard error how things go: one line that changes, on a terminal only.

    :param is_verbose: a line a check, and no other
    """

    def __init__(self, *, is_verbose: bool) -> None:
        self._is_verbose = is_verbose
        self._is_shown = sys.stderr.isatty() and not is_verbose
        self._lock = threading.Lock()

    def say(self, text: str) -> None:
        """Show what is being done; called from any thread."""
        if self._is_shown:
            width = os.get_terminal_size(sys.stderr.fileno()).columns - 1
            with self._lock:
                print(f"\r\x1b[K{harmless(text)[:width]}", end="", file=sys.stderr, flush=True)

    def end(self, one: Report) -> None:
        """Show what came of a suite."""
        if self._is_verbose:
            for result in one.results:
                where = f" [{result.where}]" if result.where else ""
                name = f"{one.subject.driver.name}: {one.suite}: {result.check.name}{where}"
                say(f"{name}: {result.status}")

    def clear(self) -> None:
        """Take the line away."""
        self.say("")


def _print_suites(subjects: Sequence[Subject]) -> None:
    print_table(
        ("DRIVER", "SUITE", "NEEDS"),
        [
            (one.driver.name, suite.name, " ".join(suite.needs))
            for one in subjects
            for suite in suites_of(one)
        ],
    )


def _print(reports: Sequence[Report], tier_by_name: dict[str, Tier], took: float) -> None:
    print_table(report.TITLES, report.rows(reports))
    for text in report.complaints(reports):
        print(f"\n{harmless(text)}" if "\n" in text else harmless(text))
    print()
    for name, tier in tier_by_name.items():
        print(harmless(f"{name}: {tier.name}"))
        for one in tier.missing:
            print(harmless(f"  missing for {one}"))
    print(f"{took:.1f} s")


def _write(path: str, text: str) -> None:
    from ukdrivers.output import write_bytes

    write_bytes(os.path.abspath(path), text.encode())
