"""Suite ``sim``: the driver's own tests on the simulated host, under the sanitizers.

Each ``tests/*_test.c`` of a plugin is a program of its own that includes the driver's source.
``<fake.h>`` says what it can ask of the host.
"""

from __future__ import annotations

import functools
import glob
import os
import subprocess
import tempfile
import threading
import time
from typing import TYPE_CHECKING

from ukdrivers import kconfig
from ukdrivers.classes import KIT
from ukdrivers.conformance.model import Check, Result, Suite
from ukdrivers.conformance.work import each
from ukdrivers.errors import BuildError, UkdriversError
from ukdrivers.tools import find_tool

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ukdrivers.conformance.model import Settings, Subject
    from ukdrivers.model import Driver

__all__ = ["INCLUDES", "SOURCES", "SUITE", "compile_test", "options_of", "programs_of"]

HOST = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "hosts", "sim")
SOURCES = tuple(sorted(glob.glob(os.path.join(glob.escape(HOST), "*.c"))))
INCLUDES = (os.path.join(HOST, "include"), HOST, os.path.join(KIT, "include"))
WARNINGS = ("-std=gnu11", "-Wall", "-Wextra", "-Werror", "-fno-common")
STRICT = ("-O1", "-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all")
COMMON = (*WARNINGS, *(f"-I{one}" for one in INCLUDES))

HOLDS = Check(
    name="tests",
    wants="every CHECK of the program to hold, without a finding of a sanitizer",
    source="the driver's own tests, <fake.h>",
)
NO_TESTS = "has no tests/*_test.c, so there is nothing to run; docs/write-a-driver.md shows one"
NO_FOLDER = "the plugin's source isn't there; name its folder instead of the driver"


def options_of(driver: Driver) -> dict[str, str]:
    """Return the driver's options at their defaults, as C sees them, by name without ``CONFIG_``.

    :raises ValueError: its ``Config.uk`` is malformed; the message starts with ``file:line:``
    """
    lines = [f"config {driver.symbol}", "\tbool", "\tdefault y"]
    if driver.config is not None:
        path = os.path.join(driver.root, driver.config)
        lines += [f"if {driver.symbol}", f'source "{path}"', "endif"]
    with tempfile.TemporaryDirectory(prefix="ukdrivers-") as folder:
        menu = os.path.join(folder, "Config.uk")
        with open(menu, "w", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")
        tree = kconfig.parse(menu)
        header = os.path.join(folder, "config.h")
        tree.write_autoconf(header, "")
        with open(header, encoding="utf-8") as file:
            defines = [line.split(" ", 2) for line in file.read().splitlines()]
    return {name.removeprefix("CONFIG_"): value for _, name, value in defines}


def programs_of(subject: Subject) -> list[str]:
    """Return the plugin's test programs, as paths of their sources."""
    folder = subject.tests
    return sorted(glob.glob(os.path.join(glob.escape(folder), "*_test.c"))) if folder else []


def why_none(subject: Subject) -> str:
    """Say why there is no test program to run, and what would mend that."""
    return NO_FOLDER if subject.folder is None else f"{subject.folder}: {NO_TESTS}"


def compile_test(
    subject: Subject, settings: Settings, source: str, program: str, flags: Sequence[str] = STRICT
) -> None:
    """Compile a test program and link it with the simulated host.

    :param flags: of the compiler: what is instrumented, and how
    :raises BuildError: the compiler's first error
    :raises ToolError: there is no compiler
    """
    folder = os.path.dirname(program)
    test = f"{program}.o"
    options = [f"-DCONFIG_{name}={value}" for name, value in _options(subject).items()]
    _compiler([*COMMON, *flags, *options, "-c", source, "-o", test], folder)
    instruments = [one for one in flags if "sanitize" in one]
    libraries = ["-lgcov"] if "--coverage" in flags else []
    host = _host(settings, instruments)
    _compiler([*instruments, test, *host, *libraries, "-o", program], folder)


def _host(settings: Settings, instruments: Sequence[str]) -> list[str]:
    """Return the objects of the simulated host, compiled once a run."""
    folder = os.path.join(settings.folder, "sim-sanitized" if instruments else "sim-plain")
    with settings.locks.setdefault(folder, threading.Lock()):
        if not os.path.isdir(folder):
            os.makedirs(f"{folder}.new", exist_ok=True)
            _compiler([*COMMON, "-O1", "-g", *instruments, "-c", *SOURCES], f"{folder}.new")
            os.rename(f"{folder}.new", folder)
    return sorted(glob.glob(os.path.join(glob.escape(folder), "*.o")))


def _options(subject: Subject) -> dict[str, str]:
    """Return the options of all drivers of the plugin, which a test may include together."""
    own = dict(subject.options) or options_of(subject.driver)
    for one in subject.registry.drivers:
        if one.distribution == subject.driver.distribution and one.name != subject.driver.name:
            own |= options_of(one)
    return own


def _compiler(arguments: Sequence[str], folder: str) -> None:
    done = subprocess.run(
        [find_tool("gcc"), *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode:
        lines = [one for one in done.stderr.splitlines() if "error: " in one]
        raise BuildError(lines[0] if lines else done.stderr.strip()[:500])


def _run(subject: Subject, settings: Settings) -> Iterator[Result]:
    programs = programs_of(subject)
    if not programs:
        yield Result(suite="sim", check=HOLDS, status="skipped", found=why_none(subject))
    folder = os.path.join(settings.folder, "sim")
    os.makedirs(folder, exist_ok=True)
    yield from each(settings, functools.partial(_test, subject, settings, folder), programs)


def _test(subject: Subject, settings: Settings, folder: str, source: str) -> Result:
    where = os.path.basename(source)
    program = os.path.join(folder, os.path.splitext(where)[0])
    start = time.monotonic()
    settings.on_progress(where)
    with settings.slot():
        found = _fault(subject, settings, source, program)
    return Result(
        suite="sim",
        check=HOLDS,
        status="failed" if found else "passed",
        where=where,
        found=found,
        seconds=time.monotonic() - start,
    )


def _fault(subject: Subject, settings: Settings, source: str, program: str) -> str:
    try:
        compile_test(subject, settings, source, program)
        done = subprocess.run(
            [program],
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            timeout=settings.timeout,
        )
    except (UkdriversError, ValueError) as error:
        return str(error)
    except subprocess.TimeoutExpired:
        return f"no end within {settings.timeout:g} s"
    if done.returncode == 0 and not done.stderr and done.stdout.endswith(" checks, 0 failed\n"):
        return ""
    return _first_finding(done)


def _first_finding(done: subprocess.CompletedProcess[str]) -> str:
    """Return the line that says most: a check with its place, or a sanitizer's."""
    lines = [one for one in done.stderr.splitlines() if one.strip()]
    telling = ("does not hold", "runtime error", "ERROR: ", "sim: ")
    for line in lines:
        if any(one in line for one in telling):
            return line.strip()
    said = lines or done.stdout.splitlines()
    last = f", the last line was '{said[-1].strip()}'" if said else ""
    return f"exit {done.returncode}{last}"


SUITE = Suite(name="sim", run=_run, needs=("gcc",))
