"""Suite ``unikraft``: the driver in the build of each stock Unikraft tree that the user names."""

from __future__ import annotations

import json
import os
import subprocess
from typing import TYPE_CHECKING, Any

from ukdrivers.build import INHERITED
from ukdrivers.conformance import images
from ukdrivers.conformance.model import Check, Result, Suite
from ukdrivers.diagnostics import blame
from ukdrivers.errors import UkdriversError
from ukdrivers.output import read_text
from ukdrivers.tools import CROSS
from ukdrivers.unikraft.adapter import ADAPTERS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ukdrivers.conformance.model import Settings, Subject

__all__ = ["SUITE"]

APP = os.path.join(os.path.dirname(os.path.abspath(__file__)), "apps", "unikraft")
PAGE = "docs/unikraft.md"
WIRED = Check(name="wired", wants="the driver in the overlay of the tree", source=PAGE)
BUILDS = Check(name="builds", wants="the tree to build an image with the driver", source=PAGE)
ALL = Check(name="unikraft", wants="a tree of every kind that is supported", source=PAGE)


def _run(subject: Subject, settings: Settings) -> Iterator[Result]:
    seen: set[str] = set()
    for tree in settings.trees:
        settings.on_progress(f"unikraft: {tree}")
        output = os.path.join(settings.folder, "unikraft", str(len(seen)))
        try:
            wired = _wire(subject, settings, tree, output)
        except UkdriversError as error:
            yield _result(WIRED, tree, str(error))
            continue
        seen.add(wired["adapter"])
        name = subject.driver.name
        why = wired["left_out"].get(name, "")
        yield _result(WIRED, tree, "" if name in wired["drivers"] else f"left out: {why}")
        if name in wired["drivers"]:
            yield _result(BUILDS, tree, _build(subject, settings, output))
    for adapter in ADAPTERS:
        if adapter.name not in seen:
            why = f"no tree of kind {adapter.name}; --unikraft TREE names one"
            yield Result(
                suite="unikraft", check=ALL, where=adapter.name, status="skipped", found=why
            )


def _result(check: Check, where: str, found: str) -> Result:
    return Result(
        suite="unikraft",
        check=check,
        where=where,
        status="failed" if found else "passed",
        found=found,
    )


def _wire(subject: Subject, settings: Settings, tree: str, output: str) -> dict[str, Any]:
    """Write the overlay; return what the program says of it."""
    arguments = ("--unikraft", tree, "--app", APP, "-o", output)
    sets = ("--set", f"{subject.driver.symbol}=y")
    said = images.program(subject, settings, "wire", *arguments, *sets, "--json")
    value: dict[str, Any] = json.loads(said)
    return value


def _build(subject: Subject, settings: Settings, output: str) -> str:
    """Build an image; return what is wrong with it."""
    make = os.path.join(output, "make")
    jobs = f"-j{len(os.sched_getaffinity(0))}"
    for goal in ([f"UK_DEFCONFIG={output}/defconfig", "defconfig"], [jobs]):
        done = _made([make, f"CROSS_COMPILE={CROSS}", *goal], settings)
        if done.returncode:
            return blame(done.stdout.splitlines(), ())
    config = read_text(os.path.join(output, ".config")) or ""
    is_on = f"CONFIG_{subject.driver.symbol}=y\n" in config
    return "" if is_on else f"CONFIG_{subject.driver.symbol} is not y in the tree's configuration"


def _made(command: list[str], settings: Settings) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if name not in INHERITED}
    with settings.slot():
        return subprocess.run(
            command,
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            env={**kept, "LC_ALL": "C"},
        )


SUITE = Suite(name="unikraft", run=_run, needs=("make", f"{CROSS}gcc", f"{CROSS}ld"))
