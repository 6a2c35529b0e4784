"""Suite ``zoo``: the driver made wrong in small ways, each of which a test of its must notice.

In:  ``tests/zoo.toml`` of a plugin: mutants, each one edit of one file and the test that catches it.
Out: a result a mutant, passed when that test fails of it and passes without.
"""

from __future__ import annotations

import dataclasses
import functools
import importlib
import os
import shutil
import subprocess
import tempfile
import time
import tomllib
from typing import TYPE_CHECKING

from ukdrivers.conformance import sim, work
from ukdrivers.conformance.model import Check, Result, Suite
from ukdrivers.conformance.subject import moved
from ukdrivers.errors import PluginError, UkdriversError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ukdrivers.conformance.model import Settings, Subject

__all__ = ["SUITE", "Mutant", "mutate", "read_zoo"]

ZOO = "zoo.toml"
PAGE = "docs/write-a-driver.md"


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Mutant:
    """One way to be wrong."""

    name: str
    source: str  #: the file that is edited, relative to the package's folder
    find: str  #: what stands in it, once
    replace: str  #: what stands there instead
    why: str  #: which driver was wrong so, or why one would be
    caught_by: str  #: ``SUITE: TEST``


def read_zoo(path: str) -> tuple[Mutant, ...]:
    """Read the mutants of a file.

    :raises PluginError: a table lacks a key or has one too many, or two share a name
    """
    with open(path, "rb") as file:
        try:
            tables = tomllib.load(file)["mutant"]
            mutants = tuple(Mutant(**table) for table in tables)
        except (tomllib.TOMLDecodeError, KeyError, TypeError) as error:
            wanted = ", ".join(one.name for one in dataclasses.fields(Mutant))
            raise PluginError(f"{path}: {error}, wanted [[mutant]] with {wanted}") from error
    names = [one.name for one in mutants]
    for one in mutants:
        if names.count(one.name) > 1:
            raise PluginError(f"{path}: mutant '{one.name}': twice, wanted names of their own")
        if not all((one.find, one.why, one.caught_by)) or one.find == one.replace:
            raise PluginError(f"{path}: mutant '{one.name}': changes nothing, or doesn't say why")
    return mutants


def mutate(mutant: Mutant, folder: str) -> None:
    """Make the driver in a folder wrong.

    :param folder: what the mutant's source is relative to
    :raises PluginError: what it replaces isn't there, or more than once
    """
    path = os.path.join(folder, mutant.source)
    try:
        with open(path, encoding="utf-8") as file:
            text = file.read()
    except OSError as error:
        raise PluginError(f"{mutant.source}: {error.strerror or error}") from error
    count = text.count(mutant.find)
    if count != 1:
        raise PluginError(f"{mutant.source}: has {count} of what is to be replaced, wanted one")
    with open(path, "w", encoding="utf-8") as file:
        file.write(text.replace(mutant.find, mutant.replace))


def _run(subject: Subject, settings: Settings) -> Iterator[Result]:
    path = os.path.join(subject.tests or "", ZOO)
    if not os.path.isfile(path):
        check = Check(name="mutants", wants="wrong versions of the driver, all caught", source=PAGE)
        found = f"the plugin has no tests/{ZOO}; write one, and name the plugin's folder"
        yield Result(suite="zoo", check=check, status="skipped", found=found)
        return
    mutants = read_zoo(path)
    os.makedirs(_scratch(settings), exist_ok=True)
    tests = sorted({one.caught_by for one in mutants})
    sound = set()
    # a test that fails anyway catches nothing
    for result in work.each(settings, functools.partial(_unchanged, subject, settings), tests):
        yield result
        if result.status == "passed":
            sound.add(result.where)
    yield from work.each(
        settings,
        functools.partial(_mutant, subject, settings),
        [one for one in mutants if one.caught_by in sound],
    )


def _scratch(settings: Settings) -> str:
    return os.path.join(settings.folder, "zoo")


def _unchanged(subject: Subject, settings: Settings, caught_by: str) -> Result:
    """See that a test passes as long as the driver is right."""
    started = time.monotonic()
    check = Check(name="no mutant", wants="the test to pass", source=f"tests/{ZOO}")
    try:
        with tempfile.TemporaryDirectory(dir=_scratch(settings)) as folder:
            found = _fault(subject, settings, caught_by, folder)
    except UkdriversError as error:
        found = str(error)
    return _result(check, caught_by, started, found)


def _mutant(subject: Subject, settings: Settings, mutant: Mutant) -> Result:
    """See that a test fails when the driver is wrong."""
    started = time.monotonic()
    settings.on_progress(f"zoo: {mutant.name}")
    check = Check(name=mutant.name, wants="the test to fail", source=f"tests/{ZOO}")
    try:
        with tempfile.TemporaryDirectory(dir=_scratch(settings)) as folder:
            wrong = _copy(subject, folder)
            mutate(mutant, wrong.driver.root)
            found = "" if _fault(wrong, settings, mutant.caught_by, folder) else "it passed"
    except UkdriversError as error:
        found = str(error)
    return _result(check, mutant.caught_by, started, found)


def _result(check: Check, where: str, started: float, found: str) -> Result:
    return Result(
        suite="zoo",
        check=check,
        where=where,
        status="failed" if found else "passed",
        found=found,
        seconds=time.monotonic() - started,
    )


def _copy(subject: Subject, folder: str) -> Subject:
    """Return the same driver in a copy of the plugin, which may be changed."""
    assert subject.folder is not None  # noqa: S101 - the zoo was found in it
    copy = os.path.join(folder, os.path.basename(subject.folder))
    shutil.copytree(subject.folder, copy, ignore=shutil.ignore_patterns("__pycache__", ".*"))
    return moved(subject, folder=copy, site=os.path.join(folder, "site"))


def _fault(subject: Subject, settings: Settings, caught_by: str, folder: str) -> str:
    """Return what a test found; empty when it passed.

    :raises UkdriversError: there is no such test, or the driver can't be compiled
    """
    suite, _, name = caught_by.partition(": ")
    if suite == "sim":
        return _fault_of_program(subject, settings, name, folder)
    if suite == subject.driver.class_:
        return _fault_of_check(subject, settings, name, folder)
    raise PluginError(
        f"caught_by '{caught_by}': wanted 'sim: FILE' or '{subject.driver.class_}: CHECK'"
    )


def _fault_of_program(subject: Subject, settings: Settings, name: str, folder: str) -> str:
    source = os.path.join(subject.tests or "", name)
    if source not in sim.programs_of(subject):
        raise PluginError(f"caught_by 'sim: {name}': the plugin has no tests/{name}")
    program = os.path.join(folder, "program")
    with settings.slot():
        sim.compile_test(subject, settings, source, program)
        try:
            done = subprocess.run(
                [program], capture_output=True, check=False, timeout=settings.timeout
            )
        except subprocess.TimeoutExpired:
            raise PluginError(f"no end within {settings.timeout:g} s, wanted a failure") from None
    return f"exit {done.returncode}" if done.returncode or done.stderr else ""


def _fault_of_check(subject: Subject, settings: Settings, name: str, folder: str) -> str:
    """Run the class's suite until the check was done."""
    module = f"ukdrivers.conformance.classes.{subject.driver.class_.replace('-', '_')}"
    suite: Suite = importlib.import_module(module).SUITE
    own = dataclasses.replace(settings, folder=folder, on_progress=lambda _: None)
    for result in suite.run(subject, own):
        if result.check.name == name and result.status == "failed":
            return result.found
    return ""


SUITE = Suite(name="zoo", run=_run, needs=("gcc",))
