"""``ukdrivers list``: what drivers are installed."""

from __future__ import annotations

import sys

from ukdrivers import index
from ukdrivers.cli.common import is_fancy

__all__ = ["run"]

EXAMPLES = """
# what is installed
$ ukdrivers list
# the names of the interrupt controller drivers
$ ukdrivers list --json | jq -r '.drivers[] | select(.class == "irqchip") | .name'
"""


def run(arguments: list[str]) -> int:
    """Print the installed drivers, then those that are part of a host."""
    as_json, refresh = _options(arguments)
    if refresh or not _print_kept("json" if as_json else "table"):
        _print(as_json=as_json, refresh=refresh)
    return 0


def _print_kept(what: str) -> bool:
    """Print what the index has; return whether it has it."""
    kept = None if what == "table" and is_fancy() else index.opened(index.search_path())
    if kept is None:
        return False
    with kept:
        try:
            said, text = kept.section("said").decode(), kept.section(what).decode()
        except (ValueError, KeyError):
            return False
    sys.stderr.write(said)
    sys.stdout.write(text)
    return True


def _options(arguments: list[str]) -> tuple[bool, bool]:
    """Return whether JSON is wanted, and a search. The usual is spared argparse: a half of a run."""
    if arguments in ([], ["--json"]):
        return bool(arguments), False
    from ukdrivers.cli.parser import Parser, add_refresh

    parser = Parser("list", what="Print the installed drivers.", examples=EXAMPLES)
    parser.add_argument("--json", action="store_true", help="print JSON")
    add_refresh(parser)
    options = parser.parse_args(arguments)
    return options.json, options.refresh


def _print(*, as_json: bool, refresh: bool) -> None:
    from ukdrivers.cli.answers import TITLES, list_fields, list_row, tier_of
    from ukdrivers.cli.common import all_drivers, installed, print_json, print_table

    drivers = [(one, tier_of(one)) for one in all_drivers(installed(refresh=refresh))]
    if as_json:
        print_json("list", {"drivers": [list_fields(*one) for one in drivers]})
    else:
        print_table(TITLES, (list_row(*one) for one in drivers))
