"""``ukdrivers show``: all that one driver's manifest says."""

from __future__ import annotations

import os
import sys

from ukdrivers import index
from ukdrivers.cli.answers import BROKEN, driver_named, tier_of
from ukdrivers.cli.common import all_drivers, harmless, installed, nearest, print_json
from ukdrivers.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ukdrivers.installed import Driver

__all__ = ["run"]

EXAMPLES = """
# what pl011 runs, provides and is made of
$ ukdrivers show pl011
# where its sources are
$ ukdrivers show pl011 --json | jq -r .driver.root
"""


def run(arguments: list[str]) -> int:
    """Print one driver."""
    name, as_json, refresh = _options(arguments)
    driver, tier = _found(name, refresh=True) if refresh else _kept(name)
    fields = _fields(driver, tier)
    if as_json:
        print_json("show", {"driver": fields})
    else:
        width = max(map(len, fields))
        for key, value in fields.items():
            print(f"{key:<{width}}  {harmless(_text(value))}".rstrip())
    return 0


def _options(arguments: list[str]) -> tuple[str, bool, bool]:
    """Return the driver's name, and whether JSON is wanted, and a search."""
    name, *rest = arguments or ("",)
    if name and name[0] != "-" and rest in ([], ["--json"]):  # the usual is spared argparse
        return name, bool(rest), False
    from ukdrivers.cli.parser import Parser, add_refresh

    parser = Parser("show", what="Print all that a driver's manifest says.", examples=EXAMPLES)
    parser.add_argument("name", metavar="NAME", help="a driver's name, as `ukdrivers list` has it")
    parser.add_argument("--json", action="store_true", help="print JSON")
    add_refresh(parser)
    options = parser.parse_args(arguments)
    return options.name, options.json, options.refresh


def _kept(name: str) -> tuple[Driver, str]:
    """Return a driver and its tier as the index has them, if it does."""
    kept = index.opened(index.search_path())
    if kept is None:
        return _found(name)
    with kept:
        try:
            found, said = driver_named(kept, name), kept.section("said").decode()
        except BROKEN:
            return _found(name, refresh=True)
    if found is None:
        return _found(name)
    sys.stderr.write(said)
    return found


def _found(name: str, *, refresh: bool = False) -> tuple[Driver, str]:
    drivers = all_drivers(installed(refresh=refresh))
    for driver in drivers:
        if driver.name == name:
            return driver, tier_of(driver)
    near = nearest(name, [driver.name for driver in drivers])
    raise UsageError(
        f"driver '{name}': not installed",
        hint=f"ukdrivers show {near}" if near else "ukdrivers list",
    )


def _fields(driver: Driver, tier: str) -> dict[str, str | tuple[str, ...]]:
    return {
        "name": driver.name,
        "summary": driver.summary,
        "class": driver.class_,
        "distribution": driver.distribution,
        "version": driver.version,
        "tier": tier,
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
