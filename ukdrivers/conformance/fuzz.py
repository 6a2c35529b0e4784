"""Suite ``fuzz``: the driver on devices whose every answer a fuzzer chose, under the sanitizers.

In:  ``tests/fuzz/*_fuzz.c`` of a plugin, each a target of libFuzzer on the simulated host
     (``<fuzz.h>``), and ``tests/fuzz/seeds/TARGET/``: inputs to begin with.
Out: a result a target, passed when no input in so many was a finding.

The inputs follow from the seeds and the number of runs alone.
"""

from __future__ import annotations

import functools
import glob
import os
import re
import subprocess
import time
from typing import TYPE_CHECKING

from ukdrivers.conformance import work
from ukdrivers.conformance.model import Check, Result, Suite

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ukdrivers.conformance.model import Settings, Subject

__all__ = ["SUITE", "compiled", "finding", "targets"]

PAGE = "docs/write-a-driver.md"
PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SIM = os.path.join(PACKAGE, "hosts", "sim")
KIT = os.path.join(PACKAGE, "kit")
INCLUDES = (f"{SIM}/fuzz", f"{SIM}/include", SIM, f"{KIT}/include")
FLAGS = ("-std=gnu11", "-O2", "-g", "-Wall", "-Wextra", "-Werror", "-fno-omit-frame-pointer")
SANITIZERS = (
    "-fsanitize=fuzzer,address,undefined",
    "-fno-sanitize-recover=all",
    f"-fsanitize-coverage-ignorelist={SIM}/fuzz/uncovered.txt",
)

#: bytes of an input at most: more make runs slow and findings long
LENGTH = 1024


def targets(folder: str) -> tuple[str, ...]:
    """Return the sources of the fuzz targets in a ``tests`` folder."""
    return tuple(sorted(glob.glob(os.path.join(glob.escape(folder), "fuzz", "*_fuzz.c"))))


def compiled(
    source: str,
    *others: str,
    folder: str,
    options: Mapping[str, str],
    includes: Sequence[str] = (),
) -> str:
    """Compile a target and return the program.

    :param others: further sources
    :param options: of the driver, without ``CONFIG_``
    :param includes: folders of headers, besides those of the kit and the simulated host
    :raises subprocess.CalledProcessError: it doesn't compile
    """
    program = os.path.join(folder, os.path.basename(source).removesuffix(".c"))
    sources = [source, *others, f"{SIM}/fuzz/fuzz.c", *sorted(glob.glob(f"{SIM}/*.c"))]
    defines = [f"-DCONFIG_{name}={value}" for name, value in options.items()]
    headers = [f"-I{one}" for one in (*includes, *INCLUDES)]
    command = ["clang", *FLAGS, *SANITIZERS, *defines, *headers, *sources]
    command += ["-Wl,--wrap=fake_check", "-o", program]
    subprocess.run(command, capture_output=True, text=True, check=True)
    return program


def finding(program: str, *, seeds: str, runs: int, timeout: float, keep: str = ".") -> str:
    """Run a target and return what was found, nothing if there was no finding.

    :param seeds: folder of inputs to begin with; needn't be there
    :param runs: how many executions
    :param timeout: seconds for all of them
    :param keep: folder for the input that is a finding
    """
    prefix = os.path.join(os.path.abspath(keep), f"{os.path.basename(program)}-")
    before = set(glob.glob(f"{glob.escape(prefix)}*"))
    # new inputs are written to the first folder
    own = f"{program}-inputs"
    os.makedirs(own, exist_ok=True)
    command = [program, f"-runs={runs}", "-seed=1", f"-max_len={LENGTH}", "-timeout=10"]
    command += [f"-artifact_prefix={prefix}", own, *([seeds] if os.path.isdir(seeds) else [])]
    # frames with names where llvm-symbolizer isn't installed; less memory that was freed is kept
    environment = {**os.environ, "ASAN_OPTIONS": "allow_addr2line=1:quarantine_size_mb=16"}
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            timeout=timeout,
            env=environment,
        )
    except subprocess.TimeoutExpired:
        return f"no end within {timeout:.0f} s"
    if done.returncode == 0:
        return ""
    new = sorted(set(glob.glob(f"{glob.escape(prefix)}*")) - before)
    return f"{_said(done.stderr)}; input {new[0] if new else 'not kept'}"


def _said(log: str) -> str:
    """Return what a sanitizer or a check says of a finding, and where in the driver that is."""
    line = re.search(r"^.*(?:does not hold|runtime error|ERROR|^sim: ).*$", log, re.MULTILINE)
    frames = re.findall(r"^ +#\d+ 0x[0-9a-f]+ in (\S+) (\S+)$", log, re.MULTILINE)
    own = [f"{name} at {place}" for name, place in frames if _is_own(place)]
    what = line.group(0).strip() if line else log.strip().rpartition("\n")[2]
    return f"{what} in {own[0]}" if own else what


def _is_own(place: str) -> bool:
    """Whether a frame is neither the simulated host's, nor a library's or a sanitizer's."""
    return place.startswith("/") and not place.startswith(SIM) and "compiler-rt" not in place


def _seeds(source: str) -> str:
    folder, name = os.path.split(source)
    return os.path.join(folder, "seeds", name.removesuffix("_fuzz.c"))


def _run(subject: Subject, settings: Settings) -> Iterator[Result]:
    sources = targets(subject.tests) if subject.tests else ()
    if not sources:
        check = Check(name="fuzz", wants="a fuzz target without a finding", source=PAGE)
        found = "the plugin has no tests/fuzz/*_fuzz.c; write one, and test the plugin's folder"
        yield Result(suite="fuzz", check=check, status="skipped", found=found)
        return
    os.makedirs(os.path.join(settings.folder, "fuzz"), exist_ok=True)
    yield from work.each(settings, functools.partial(_fuzzed, subject, settings), sources)


def _fuzzed(subject: Subject, settings: Settings, source: str) -> Result:
    name = os.path.basename(source)
    settings.on_progress(f"fuzz: {name}")
    check = Check(
        name=name,
        wants=f"no finding in {settings.fuzz_runs} inputs",
        source=f"tests/fuzz/{name}",
    )
    started = time.monotonic()
    with settings.slot():
        try:
            program = compiled(
                source, folder=os.path.join(settings.folder, "fuzz"), options=subject.options
            )
        except subprocess.CalledProcessError as error:
            found = f"doesn't compile: {error.stderr.strip().splitlines()[0]}"
        else:
            # at a tenth of the speed that they are known to have
            timeout = settings.timeout + settings.fuzz_runs / 2000
            found = finding(program, seeds=_seeds(source), runs=settings.fuzz_runs, timeout=timeout)
    return Result(
        suite="fuzz",
        check=check,
        status="failed" if found else "passed",
        where=name,
        found=found,
        seconds=time.monotonic() - started,
    )


SUITE = Suite(name="fuzz", run=_run, needs=("clang",))
