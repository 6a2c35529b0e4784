"""``ukdrivers show``: all that one driver's manifest says."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from ukdrivers.cli.common import all_drivers, harmless, installed, nearest, print_json
from ukdrivers.cli.parser import Parser
from ukdrivers.errors import UsageError

if TYPE_CHECKING:
    from ukdrivers.installed import Driver, Registry

__all__ = ["run"]

EXAMPLES = """
# what pl011 runs, provides and is made of
$ ukdrivers show pl011
# where its sources are
$ ukdrivers show pl011 --json | jq -r .driver.root
"""


def run(arguments: list[str]) -> int:
    """Print one driver."""
    parser = Parser("show", what="Print all that a driver's manifest says.", examples=EXAMPLES)
    parser.add_argument("name", metavar="NAME", help="a driver's name, as `ukdrivers list` has it")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args(arguments)
    driver = _named(installed(), options.name)
    fields = _fields(driver)
    if options.json:
        print_json("show", {"driver": fields})
    else:
        width = max(map(len, fields))
        for name, value in fields.items():
            print(f"{name:<{width}}  {harmless(_text(value))}".rstrip())
    return 0


def _named(registry: Registry, name: str) -> Driver:
    drivers = all_drivers(registry)
    for driver in drivers:
        if driver.name == name:
            return driver
    near = nearest(name, [driver.name for driver in drivers])
    raise UsageError(
        f"driver '{name}': not installed",
        hint=f"ukdrivers show {near}" if near else "ukdrivers list",
    )


def _fields(driver: Driver) -> dict[str, str | tuple[str, ...]]:
    return {
        "name": driver.name,
        "summary": driver.summary,
        "class": driver.class_,
        "distribution": driver.distribution,
        "version": driver.version,
        "arch": driver.arch,
        "platforms": driver.platforms,
        "compatible": driver.compatible,
        "provides": driver.provides,
        "requires": driver.requires,
        "kit": driver.kit,
        "replaces": driver.replaces,
        "root": driver.root,
        "manifest": os.path.join(driver.root, "ukdriver.toml"),
        "sources": driver.sources,
        "config": driver.config or "",
        "symbol": f"CONFIG_{driver.symbol}",
        "library": driver.library,
        "object": driver.object,
    }


def _text(value: str | tuple[str, ...]) -> str:
    return value if isinstance(value, str) else " ".join(value)
