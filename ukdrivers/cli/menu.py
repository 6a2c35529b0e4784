"""``ukdrivers menu``: choose drivers and set their options."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from ukdrivers.cli.common import installed, print_json, print_table, say
from ukdrivers.cli.parser import Parser, add_request, output_of, request_of
from ukdrivers.pipeline import configure, edit_menu

if TYPE_CHECKING:
    from ukdrivers.model import MenuEntry
    from ukdrivers.pipeline import Configured

__all__ = ["run"]

EXAMPLES = """
# open the driver menu for QEMU's machine virt
$ ukdrivers menu qemu:virt,gic-version=2
# print it instead
$ ukdrivers menu qemu:virt,gic-version=2 --print
# set an option of a driver
$ ukdrivers menu --set LIBUKDRIVER_PL011_DRAIN_US=100000
"""


def run(arguments: list[str]) -> int:
    """Open the menu on a terminal; print its entries elsewhere, or when values are given."""
    parser = Parser(
        "menu",
        what="Compose the driver menu of a board in the output folder and open it; off a terminal, "
        "or with --print, --json or --set, print its entries and their values.",
        examples=EXAMPLES,
    )
    add_request(parser)
    parser.add_argument("--print", action="store_true", help="print the entries, open nothing")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args(arguments)

    output = output_of(options)
    registry = installed(refresh=options.refresh, exact=True)
    configured = configure(registry, output, request_of(options))
    if options.json:
        print_json("menu", {"config": output.config, "entries": _fields(configured)})
    elif options.print or options.values or not (sys.stdin.isatty() and sys.stdout.isatty()):
        entries = configured.menu.entries
        rows = [
            (_value(one, configured), one.driver.name, _asked(one, configured), one.symbol)
            for one in entries
        ]
        print_table(("ON", "DRIVER", "WHY", "SYMBOL"), rows)
        say(f"written to {output.config}")
    else:
        say(edit_menu(configured, output))
    return 0


def _value(entry: MenuEntry, configured: Configured) -> str:
    return configured.config.symbols[entry.symbol].value


def _origin(entry: MenuEntry, configured: Configured) -> str:
    return configured.config.symbols[entry.symbol].origin


def _asked(entry: MenuEntry, configured: Configured) -> str:
    """Say which node asked for a driver, and who overruled it."""
    origin = _origin(entry, configured)
    return entry.comment if origin == "board" else f"{origin} ({entry.comment})"


def _fields(configured: Configured) -> list[dict[str, object]]:
    return [
        {
            "symbol": one.symbol,
            "driver": one.driver.name,
            "value": _value(one, configured),
            "origin": _origin(one, configured),
            "default": "y" if one.default else "n",
            "comment": one.comment,
        }
        for one in configured.menu.entries
    ]
