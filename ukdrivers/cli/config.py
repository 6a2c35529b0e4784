"""``ukdrivers config``: set, unset, look at, compare, save and explain the values of a configuration."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from ukdrivers import pipeline
from ukdrivers.cli.common import installed, nearest, print_json, print_table, say
from ukdrivers.cli.parser import (
    Parser,
    add_defconfig,
    add_output,
    add_refresh,
    add_target,
    assignment,
    output_of,
    request_of,
)
from ukdrivers.errors import UsageError

if TYPE_CHECKING:
    import argparse

    from ukdrivers.model import Config
    from ukdrivers.output import Output
    from ukdrivers.pipeline import Configured

__all__ = ["run"]

DIFFERENT = 1  #: exit status when there are differences

VERBS = {
    "set": "give symbols values",
    "unset": "take back what was set",
    "get": "the values of symbols, and where each comes from",
    "diff": "what differs from the board's defaults, or from a file",
    "save": "write the fewest lines that say the same: a defconfig",
    "why": "what the value of a symbol follows from",
    "why-not": "what stands against a value, and the least change that allows it",
}
HELP = """\
usage: ukdrivers config VERB [ARGUMENT...]

Values of the driver menu in an output folder. Where there are several for a
symbol, that of the command line or the menu counts, then that of a defconfig,
then what the board asks for, then the default.

verbs:
{verbs}

exit status:
  0 done, 1 differences or causes were found, 2 usage, 3 the value can't be had

examples:
  # a configuration for QEMU's machine virt, with one more driver
  $ ukdrivers config set --board qemu:virt,gic-version=2 GICV3=y
  # why it isn't on otherwise, and why another can't be off
  $ ukdrivers config why GICV3
  $ ukdrivers config why-not PL011=n
"""
EXAMPLES = {
    "set": """
# turn a driver on and set an option of another; names as in .config or without the prefix
$ ukdrivers config set GICV3=y LIBUKDRIVER_PL011_DRAIN_US=100000
# begin with the values of a file, for a board
$ ukdrivers config set --board qemu:virt --defconfig my.defconfig
""",
    "unset": """
# let the board say whether the driver is in, and take the option's default
$ ukdrivers config unset GICV3 PL011_DRAIN_US
""",
    "get": """
# everything
$ ukdrivers config get
# two symbols, for a program
$ ukdrivers config get PL011 PL011_DRAIN_US --json
""",
    "diff": """
# what was chosen
$ ukdrivers config diff
# what differs from another configuration
$ ukdrivers config diff other/.config
""",
    "save": """
# keep what was chosen, and use it for another folder
$ ukdrivers config save my.defconfig
$ ukdrivers config set -o build2 --board qemu:virt --defconfig my.defconfig
""",
    "why": """
# which node, driver or file turned it on
$ ukdrivers config why VIRTIO_MMIO
""",
    "why-not": """
# what keeps a driver from being off
$ ukdrivers config why-not PL011=n
# the same for a program
$ ukdrivers config why-not PL011=n --json
""",
}


def run(arguments: list[str]) -> int:
    """Do what the second verb says."""
    verb, rest = (arguments[0], arguments[1:]) if arguments else ("--help", [])
    if verb in ("-h", "--help"):
        print(
            HELP.format(verbs="\n".join(f"  {one:<9} {what}" for one, what in VERBS.items())),
            end="",
        )
        return 0 if arguments else UsageError.exit_code
    if verb not in VERBS:
        near = nearest(verb, VERBS)
        raise UsageError(
            f"'{verb}': no such verb, wanted one of {', '.join(VERBS)}",
            hint=f"ukdrivers config {near or '--help'}",
        )
    if verb in ("why", "why-not"):
        from ukdrivers.cli import config_why

        return config_why.run(_parser(verb), rest)
    run_verb = {"set": _set, "unset": _set, "get": _get, "diff": _diff, "save": _save}[verb]
    return run_verb(_parser(verb).parse_args(rest))


def _parser(verb: str) -> Parser:
    parser = Parser(f"config {verb}", what=f"{VERBS[verb].capitalize()}.", examples=EXAMPLES[verb])
    text = "a device tree or qemu:…; left out: the one this output folder was last made for"
    if verb == "set":
        what = "a symbol and its value; CONFIG_ and LIBUKDRIVER_ may be left out"
        parser.add_argument("values", metavar="NAME=VALUE", nargs="*", type=assignment, help=what)
    elif verb == "unset":
        what = "a symbol; then a defconfig's value counts, or the board's, or the default"
        parser.add_argument("unset", metavar="NAME", nargs="+", help=what)
    elif verb == "get":
        parser.add_argument("names", metavar="NAME", nargs="*", help="a symbol; left out: all")
    elif verb == "diff":
        what = "a .config or defconfig; left out: what the board turns on"
        parser.add_argument("file", metavar="FILE", nargs="?", help=what)
    elif verb == "save":
        parser.add_argument("file", metavar="FILE", help="to write")
    parser.add_argument("--board", metavar="BOARD", help=text)
    add_output(parser)
    parser.add_argument("--app", metavar="APP", help="application: a folder, or hello or demo")
    add_target(parser)
    add_defconfig(parser)
    add_refresh(parser)
    parser.add_argument("--json", action="store_true", help="print JSON")
    return parser


def _configured(options: argparse.Namespace) -> tuple[Configured, Output]:
    output = output_of(options)
    registry = installed(refresh=options.refresh, exact=True)
    return pipeline.configure(registry, output, request_of(options)), output


def _set(options: argparse.Namespace) -> int:
    from ukdrivers.choices import values_in
    from ukdrivers.output import read_text

    before = values_in(read_text(output_of(options).config) or "")
    configured, output = _configured(options)
    now = configured.config
    rows = _differences(before, now) if before else []
    if options.json:
        kind = "config-unset" if "unset" in options else "config-set"
        print_json(kind, {"config": output.config, "changed": _fields(rows)})
    else:
        if rows:
            print_table(("NAME", "WAS", "IS", "FROM"), rows)
        say(f"written to {output.config}")
    return 0


def _get(options: argparse.Namespace) -> int:
    from ukdrivers.config import known_symbol

    configured, _ = _configured(options)
    symbols = configured.config.symbols
    names = [known_symbol(symbols, one) for one in options.names]
    shown = [symbols[one] for one in names] or [one for one in symbols.values() if one.value]
    if options.json:
        found = [{"name": one.name, "value": one.value, "origin": one.origin} for one in shown]
        print_json("config-get", {"symbols": found})
    else:
        print_table(("NAME", "VALUE", "FROM"), [(one.name, one.value, one.origin) for one in shown])
    return 0


def _diff(options: argparse.Namespace) -> int:
    from ukdrivers.choices import read_file
    from ukdrivers.config import evaluate

    configured, output = _configured(options)
    other = evaluate(
        configured.menu,
        host=configured.target.host,
        folder=output.drivers,
        requested={},
        saved=None if options.file is None else read_file(options.file),
        place=options.file,
        app=configured.app,
    )
    before = {one.name: one.value for one in other.symbols.values()}
    rows = _differences(before, configured.config)
    if options.json:
        print_json("config-diff", {"changed": _fields(rows)})
    elif rows:
        print_table(("NAME", options.file or "BOARD", "IS", "FROM"), rows)
    return DIFFERENT if rows else 0


def _save(options: argparse.Namespace) -> int:
    from ukdrivers.config import minimal
    from ukdrivers.output import write_bytes

    configured, output = _configured(options)
    text = minimal(
        host=configured.target.host,
        folder=output.drivers,
        app=configured.app,
        saved=configured.config.text,
    )
    path = os.path.abspath(options.file)
    write_bytes(path, text.encode())
    if options.json:
        print_json("config-save", {"file": path, "lines": text.splitlines()})
    else:
        say(f"written to {options.file}: {len(text.splitlines())} lines")
    return 0


def _differences(before: dict[str, str], now: Config) -> list[tuple[str, str, str, str]]:
    return [
        (one.name, before.get(one.name, ""), one.value, one.origin)
        for one in now.symbols.values()
        if before.get(one.name, "") != one.value
        and not (before.get(one.name, "n") == one.value == "n")
    ]


def _fields(rows: list[tuple[str, str, str, str]]) -> list[dict[str, object]]:
    return [
        {"name": name, "before": before, "value": value, "origin": origin}
        for name, before, value, origin in rows
    ]
