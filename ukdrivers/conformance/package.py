"""Suite ``package``: what can be said of a driver without building or booting anything."""

from __future__ import annotations

import os
import subprocess
import tempfile
from typing import TYPE_CHECKING

from ukdrivers.classes import KIT
from ukdrivers.conformance.model import Check, Result, Suite
from ukdrivers.diagnostics import first_error
from ukdrivers.errors import UkdriversError
from ukdrivers.fragment import check as check_fragment
from ukdrivers.manifest import read_manifest
from ukdrivers.source import declare
from ukdrivers.tools import CROSS, find_tool

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ukdrivers.conformance.model import Settings, Subject
    from ukdrivers.model import Declared

__all__ = ["SUITE"]

PAGE = "docs/write-a-driver.md"
COMPILER = f"{CROSS}gcc"
INCLUDES = (os.path.join(KIT, "include"), os.path.join(KIT, "arch", "arm64", "include"))
#: configuration of nothing, and the headers that a freestanding compiler lacks
BLANK = os.path.join(KIT, "blank", "include")
FLAGS = ("-std=gnu11", "-ffreestanding", "-fno-common", "-O2", "-mcpu=cortex-a53")
STRICT = ("-mgeneral-regs-only", "-mstrict-align", "-Wall", "-Wextra", "-Werror")

MANIFEST = Check(
    name="manifest", wants="a manifest that can be read", source=f"{PAGE}, The manifest"
)
OPTIONS = Check(
    name="options",
    wants="options of the driver's own, in plain Kconfig",
    source=f"{PAGE}, The options",
)
FILES = Check(
    name="files",
    wants="sources that include <ukd/…>, the compiler's headers and the package's files alone",
    source=f"{PAGE}, The kit",
)
NAMES = Check(
    name="names",
    wants="one name and class in manifest and C",
    source=f"{PAGE}, One name, every spelling",
)
COMPATIBLE = Check(
    name="compatible",
    wants="the match table to list what the manifest declares, in that order",
    source=f"{PAGE}, The manifest",
)
EXPORTS = Check(
    name="exports", wants="one exported symbol, the driver object", source=f"{PAGE}, Rules"
)
WARNINGS = Check(
    name="warnings",
    wants="C without a warning under -Wall -Wextra",
    source=f"{PAGE}, What is refused, and when",
)


def _run(subject: Subject, settings: Settings) -> Iterator[Result]:
    yield _result(MANIFEST, lambda: _manifest(subject))
    yield _result(OPTIONS, lambda: _options(subject))
    settings.on_progress("package: reading the C")
    with settings.slot():
        yield from _declared(subject)
        yield _result(FILES, lambda: _files(subject))
        yield _result(WARNINGS, lambda: _warnings(subject))


def _declared(subject: Subject) -> Iterator[Result]:
    """Check what the C says of itself, if it can be read."""
    try:
        declared = declare(subject.driver, compiler=COMPILER, includes=INCLUDES)
    except UkdriversError as error:
        yield Result(suite="package", check=NAMES, status="failed", found=str(error))
        return
    yield _result(NAMES, lambda: _names(subject, declared))
    yield _result(COMPATIBLE, lambda: _compatible(subject, declared))
    yield _result(EXPORTS, lambda: _exports(subject, declared))


def _result(check: Check, fault: Callable[[], str]) -> Result:
    try:
        found = fault()
    except UkdriversError as error:
        found = str(error)
    return Result(suite="package", check=check, status="failed" if found else "passed", found=found)


def _manifest(subject: Subject) -> str:
    driver = subject.driver
    path = os.path.join(driver.root, "ukdriver.toml")
    read_manifest(path, distribution=driver.distribution, version=driver.version)
    return ""


def _options(subject: Subject) -> str:
    check_fragment([subject.driver])
    return ""


def _names(subject: Subject, declared: Declared) -> str:
    driver = subject.driver
    if (declared.name, declared.class_) == (driver.name, driver.class_):
        return ""
    return (
        f"{declared.name} of class {declared.class_} in {os.path.basename(declared.location)}, "
        f"{driver.name} of class {driver.class_} in the manifest"
    )


def _compatible(subject: Subject, declared: Declared) -> str:
    wanted = subject.driver.compatible
    if declared.compatible == wanted:
        return ""
    return f"{', '.join(declared.compatible)} in C, {', '.join(wanted)} in the manifest"


def _exports(subject: Subject, declared: Declared) -> str:
    others = [one for one in declared.exported if one != subject.driver.object]
    return f"{', '.join(others)} as well as {subject.driver.object}" if others else ""


def _files(subject: Subject) -> str:
    """Name the first file that the sources include and may not."""
    root = os.path.join(os.path.realpath(subject.driver.root), "")
    allowed = [os.path.join(os.path.realpath(one), "") for one in (KIT, _own_headers())]
    for source in subject.driver.sources:
        done = _compiled(subject, source, "-M", "-MT", "x")
        if done.returncode:
            return _first_error(done.stderr)
        names = done.stdout.replace("\\\n", " ").removeprefix("x:").split()
        for path in map(os.path.realpath, names):
            if not path.startswith((root, *allowed)):
                return f"{source} includes {path}"
    return ""


def _warnings(subject: Subject) -> str:
    for source in subject.driver.sources:
        with tempfile.TemporaryDirectory(prefix="ukdrivers-") as folder:
            done = _compiled(subject, source, "-c", "-o", os.path.join(folder, "x.o"), *STRICT)
        if done.returncode:
            return _first_error(done.stderr)
    return ""


def _first_error(text: str) -> str:
    found = first_error(text.splitlines())
    return ": ".join(found[1:]) if found else text.strip()


def _compiled(subject: Subject, source: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    path = os.path.join(subject.driver.root, source)
    includes = [part for one in (*INCLUDES,) for part in ("-I", one)]
    headers = ["-nostdinc", *includes, "-isystem", _own_headers(), "-idirafter", BLANK]
    options = [f"-DCONFIG_{name}={value}" for name, value in subject.options.items()]
    return subprocess.run(
        [find_tool(COMPILER), *FLAGS, *headers, *options, *arguments, path],
        check=False,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        env={**os.environ, "LC_ALL": "C"},
    )


def _own_headers() -> str:
    command = (find_tool(COMPILER), "-print-file-name=include")
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


SUITE = Suite(name="package", run=_run, needs=(COMPILER,))
