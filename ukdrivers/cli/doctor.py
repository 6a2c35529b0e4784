"""``ukdrivers doctor``: what is missing on this machine, and what installs it."""

from __future__ import annotations

import dataclasses
import os
import sys
from typing import TYPE_CHECKING

from ukdrivers.cli.common import print_json, print_table
from ukdrivers.cli.parser import Parser, add_output, output_of
from ukdrivers.errors import UkdriversError
from ukdrivers.index import folder

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

__all__ = ["run"]

EXAMPLES = """
# what is missing here
$ ukdrivers doctor
# what would go wrong with a Unikraft tree and a configuration of it
$ ukdrivers doctor --unikraft ~/unikraft --config .config
# only the commands that would install it
$ ukdrivers doctor --json | jq -r '.checks[] | select(.ok | not) | .fix'
"""
PYTHON = (3, 11)
TOOLS = ("make", "aarch64-linux-gnu-gcc", "dtc", "qemu-system-aarch64")
#: what is imported, and the distribution that brings it
MODULES = {
    "importlib_metadata": "importlib-metadata",
    "packaging": "packaging",
    "pluggy": "pluggy",
    "pycparser": "pycparser",
    "rich": "rich",
}


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Check:
    """One thing this program needs."""

    name: str
    ok: bool
    found: str  #: version or place; or what is wrong
    fix: str = ""  #: the command that mends it
    wrong: str = "missing"  #: what it is when it isn't ok


def run(arguments: list[str]) -> int:
    """Print every check; fail if one did."""
    parser = Parser(
        "doctor",
        what="Check that this machine has all that is needed, and print the command that installs "
        "what it lacks. Ends with status 1 when something is missing.",
        examples=EXAMPLES,
    )
    add_output(parser)
    parser.add_argument("--unikraft", metavar="TREE", help="look for what goes wrong there, too")
    parser.add_argument("--app", metavar="APP", help="folder of the application for that tree")
    parser.add_argument(
        "--config", metavar="FILE", help="its configuration (default: .config in the output folder)"
    )
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args(arguments)

    modules = list(_modules())
    checks = [
        _python(),
        *(_tool(name) for name in TOOLS),
        *modules,
        _kconfiglib(),
        *(_plugins() if all(module.ok for module in modules) else ()),
        _writable(output_of(options).folder),
        *(_tree(options.unikraft, options) if options.unikraft else ()),
    ]
    if options.json:
        print_json("doctor", {"checks": [dataclasses.asdict(check) for check in checks]})
    else:
        rows = ((c.name, "ok" if c.ok else c.wrong, c.found, c.fix) for c in checks)
        print_table(("CHECK", "IS", "FOUND", "FIX"), rows)
    return 0 if all(check.ok for check in checks) else 1


def _python() -> Check:
    version = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info >= PYTHON:
        return Check(name="python", ok=True, found=version)
    wanted = ".".join(map(str, PYTHON))
    found = f"{version}, wanted {wanted} or later"
    return Check(name="python", ok=False, found=found, fix="apt-get install python3")


def _tool(program: str) -> Check:
    from ukdrivers.errors import ToolError
    from ukdrivers.tools import find_tool

    try:
        path = find_tool(program)
    except ToolError as error:
        return Check(name=program, ok=False, found="not on the search path", fix=error.hint or "")
    return Check(name=program, ok=True, found=_version(path))


def _version(path: str) -> str:
    """Return the first line of what a program says of itself; its path if it says nothing."""
    import subprocess

    try:
        done = subprocess.run(
            [path, "--version"], capture_output=True, check=False, timeout=10, errors="replace"
        )
    except (OSError, subprocess.TimeoutExpired):
        return path
    return next(iter(done.stdout.splitlines()), path)


def _modules() -> Iterator[Check]:
    import importlib.util

    for name, distribution in MODULES.items():
        ok = importlib.util.find_spec(name) is not None
        fix = "" if ok else f"pip install {distribution}"
        yield Check(name=distribution, ok=ok, found="installed" if ok else "not installed", fix=fix)


def _kconfiglib() -> Check:
    """Check that it is the library itself: another distribution brings a package of its name."""
    from ukdrivers.kconfig import library

    try:
        found = library()
    except UkdriversError as error:
        return Check(name="kconfiglib", ok=False, found=str(error), fix=error.hint or "")
    return Check(name="kconfiglib", ok=True, found=".".join(map(str, found.VERSION)))


def _plugins() -> Iterator[Check]:
    from ukdrivers.cli.answers import renewed

    registry, reason = renewed()
    names = " ".join(driver.name for driver in registry.drivers)
    yield Check(
        name="drivers",
        ok=bool(registry.drivers),
        found=names or "none installed",
        fix="" if names else "pip install ukdriver-gicv2 ukdriver-pl011",
    )
    found = f"not kept: {reason}" if reason else folder()
    yield Check(name="index", ok=True, found=found)  # without it all is as it was, only slower
    for problem in registry.problems:
        yield Check(
            name=problem.subject,
            ok=problem.skipped or problem.used,
            found=problem.message,
            fix=problem.hint or "",
        )


def _writable(folder: str) -> Check:
    above = folder
    while not os.path.exists(above):
        above = os.path.dirname(above)
    ok = os.path.isdir(above) and os.access(above, os.W_OK | os.X_OK)
    found = folder if ok else f"{above} can't be written"
    return Check(name="output", ok=ok, found=found, fix="" if ok else "name another with -o DIR")


def _tree(folder: str, options: argparse.Namespace) -> Iterator[Check]:
    """Check a Unikraft tree, and a configuration of it."""
    from ukdrivers.unikraft.adapter import adapter_of
    from ukdrivers.unikraft.needs import check_needs
    from ukdrivers.unikraft.pitfalls import find_pitfalls, read_config
    from ukdrivers.unikraft.tree import read_tree

    try:
        tree = read_tree(folder)
        check_needs(tree, adapter_of(tree), ())
    except UkdriversError as error:
        yield Check(
            name="unikraft", ok=False, found=str(error), fix=error.hint or "", wrong="unfit"
        )
        return
    yield Check(name="unikraft", ok=True, found=f"{tree.root} ({tree.version})")
    config = read_config(options.config or output_of(options).config)
    for one in find_pitfalls(tree, config, [options.app] if options.app else []):
        name, _, found = one.message.partition(": ")
        yield Check(name=name, ok=False, found=found, fix=one.hint, wrong="trap")
