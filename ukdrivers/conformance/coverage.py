"""Suite ``coverage``: which branches of the driver's own C its tests on the simulated host take.

What can't be taken stands in the plugin's ``tests/coverage.toml``, with the reason::

    [[branch]]
    source = "c/pl011.c"            # relative to the package
    line = "if (rc)"                # the whole line, without the space around it
    reason = "…"
"""

from __future__ import annotations

import collections
import functools
import glob
import json
import os
import subprocess
import tomllib
from typing import TYPE_CHECKING, Any

from ukdrivers.conformance.model import Check, Result, Suite
from ukdrivers.conformance.sim import compile_test, programs_of, why_none
from ukdrivers.conformance.work import each
from ukdrivers.errors import BuildError, UkdriversError
from ukdrivers.tools import find_tool

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ukdrivers.conformance.model import Settings, Status, Subject

__all__ = ["SUITE", "measure"]

LISTED = "coverage.toml"
SHARE_MIN = 95.0  #: per cent
KEYS = {"source", "line", "reason"}

PAGE = "docs/test-a-driver.md, The plugin's own part"

SHARE = Check(
    name="branches",
    wants=f"{SHARE_MIN:g} % of the branches of the driver's own C to be taken by its tests",
    source=PAGE,
)
REASONS = Check(
    name="reasons",
    wants=f"each line with a branch that isn't taken to be in tests/{LISTED}, and no other",
    source=PAGE,
)

#: source, line: how often each branch of that line is taken
Counts = dict[tuple[str, int], collections.Counter[int]]


def measure(subject: Subject, settings: Settings) -> Counts:
    """Run the plugin's test programs, and count the branches of the driver's own C.

    :returns: by source, relative to the package, and line
    :raises BuildError: a program doesn't compile, or doesn't end well
    """
    counts: Counts = {}
    one = functools.partial(_counts, subject, settings)
    for added in each(settings, one, programs_of(subject)):
        for place, branches in added.items():
            counts.setdefault(place, collections.Counter()).update(branches)
    return counts


def _counts(subject: Subject, settings: Settings, source: str) -> Counts:
    name = os.path.splitext(os.path.basename(source))[0]
    folder = os.path.join(settings.folder, "coverage", name)
    os.makedirs(folder, exist_ok=True)
    settings.on_progress(f"{name}.c")
    with settings.slot():
        program = os.path.join(folder, "test")
        compile_test(subject, settings, source, program, ("-O0", "-g", "--coverage"))
        try:
            done = subprocess.run(
                ["./test"], cwd=folder, capture_output=True, check=False, timeout=settings.timeout
            )
        except subprocess.TimeoutExpired as error:
            raise BuildError(f"{name}.c: no end within {settings.timeout:g} s") from error
        if done.returncode:
            raise BuildError(f"{name}.c: exit {done.returncode}; suite sim says more")
        data = glob.glob("*.gcda", root_dir=folder)
        read = [find_tool("gcov"), "--json-format", "--stdout", "--branch-probabilities", *data]
        text = subprocess.run(read, cwd=folder, capture_output=True, text=True, check=True).stdout
    return _read(text, os.path.realpath(subject.driver.root))


def _read(text: str, root: str) -> Counts:
    """Read what gcov writes: a line of JSON for each file of counts."""
    counts: Counts = {}
    for report in map(json.loads, text.splitlines()):
        for file in report["files"]:
            path = os.path.join(report["current_working_directory"], file["file"])
            source = os.path.relpath(os.path.realpath(path), root)
            if source.startswith(os.pardir):
                continue
            for line in file["lines"]:
                taken = counts.setdefault((source, line["line_number"]), collections.Counter())
                for index, branch in enumerate(line["branches"]):
                    taken[index] += branch["count"]
    return counts


def _run(subject: Subject, settings: Settings) -> Iterator[Result]:
    if not programs_of(subject):
        yield Result(suite="coverage", check=SHARE, status="skipped", found=why_none(subject))
        return
    try:
        counts = measure(subject, settings)
    except (UkdriversError, ValueError) as error:
        yield _result(SHARE, "failed", str(error))
        return
    branches = [taken for line in counts.values() for taken in line.values()]
    reached = sum(taken > 0 for taken in branches)
    share = 100 * reached / len(branches) if branches else 100.0
    found = f"{share:.1f} %, {reached} of {len(branches)}"
    yield _result(SHARE, "passed" if share >= SHARE_MIN else "failed", found)
    faults = list(_faults(subject, counts))
    for where, found in faults:
        yield _result(REASONS, "failed", found, where)
    if not faults:
        yield _result(REASONS, "passed", "")


def _result(check: Check, status: Status, found: str, where: str = "") -> Result:
    return Result(suite="coverage", check=check, status=status, found=found, where=where)


def _faults(subject: Subject, counts: Counts) -> Iterator[tuple[str, str]]:
    """Yield where and what: lines that aren't listed, and entries that don't fit."""
    try:
        listed = _listed(subject)
    except (OSError, ValueError) as error:
        yield LISTED, str(error)
        return
    missed = set[tuple[str, str]]()
    for (source, line), branches in sorted(counts.items()):
        left = sum(not taken for taken in branches.values())
        text = _line(subject, source, line)
        if left:
            missed.add((source, text))
        if left and (source, text) not in listed:
            yield f"{source}:{line}", f"{left} of {len(branches)} branches not taken: {text}"
    for source, text in sorted(listed - missed):
        yield LISTED, f"{source}: no line with a branch that isn't taken is: {text}"


def _listed(subject: Subject) -> set[tuple[str, str]]:
    """Return sources and lines of the branches that can't be taken.

    :raises ValueError: an entry that isn't source, line and reason
    """
    path = os.path.join(str(subject.tests), LISTED)
    if not os.path.exists(path):
        return set()
    with open(path, "rb") as file:
        entries: list[dict[str, Any]] = tomllib.load(file).get("branch", [])
    for number, entry in enumerate(entries, start=1):
        if entry.keys() != KEYS or not all(isinstance(one, str) and one for one in entry.values()):
            raise ValueError(
                f"branch {number}: has {', '.join(entry)}, wanted source, line, reason"
            )
    return {(one["source"], one["line"]) for one in entries}


def _line(subject: Subject, source: str, number: int) -> str:
    path = os.path.join(subject.driver.root, source)
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.read().splitlines()[number - 1].strip()


SUITE = Suite(name="coverage", run=_run, needs=("gcc", "gcov"))
