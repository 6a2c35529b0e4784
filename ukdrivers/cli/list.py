"""``ukdrivers list``: what drivers are installed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ukdrivers.cli.common import all_drivers, installed, print_json, print_table

if TYPE_CHECKING:
    from ukdrivers.installed import Driver

__all__ = ["run"]

EXAMPLES = """
# what is installed
$ ukdrivers list
# the names of the interrupt controller drivers
$ ukdrivers list --json | jq -r '.drivers[] | select(.class == "irqchip") | .name'
"""


def run(arguments: list[str]) -> int:
    """Print the installed drivers, then those that are part of a host."""
    as_json = _wants_json(arguments)
    drivers = all_drivers(installed())
    if as_json:
        print_json("list", {"drivers": [_fields(driver) for driver in drivers]})
    else:
        titles = ("NAME", "CLASS", "VERSION", "FROM", "SUMMARY")
        rows = ((d.name, d.class_, d.version, d.distribution, d.summary) for d in drivers)
        print_table(titles, rows)
    return 0


def _wants_json(arguments: list[str]) -> bool:
    if not arguments:  # the common case is spared argparse, a tenth of the whole run
        return False
    from ukdrivers.cli.parser import Parser

    parser = Parser("list", what="Print the installed drivers.", examples=EXAMPLES)
    parser.add_argument("--json", action="store_true", help="print JSON")
    return bool(parser.parse_args(arguments).json)


def _fields(driver: Driver) -> dict[str, object]:
    return {
        "name": driver.name,
        "class": driver.class_,
        "version": driver.version,
        "distribution": driver.distribution,
        "summary": driver.summary,
        "compatible": driver.compatible,
        "arch": driver.arch,
        "platforms": driver.platforms,
    }
