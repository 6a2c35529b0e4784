"""``ukdrivers wire``: put the installed drivers into a stock Unikraft tree's build."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from ukdrivers.cli.common import complain, harmless, installed, print_json, say
from ukdrivers.cli.parser import BOARD, Parser
from ukdrivers.unikraft.prepare import Wanted, prepare

if TYPE_CHECKING:
    from ukdrivers.unikraft.prepare import Prepared

__all__ = ["run"]

EXAMPLES = """
# the installed drivers, for a tree and an application
$ ukdrivers wire --unikraft ~/unikraft --app ~/my-app
$ build/unikraft/make UK_DEFCONFIG=$PWD/build/unikraft/defconfig defconfig
$ build/unikraft/make
# the same in a build of one's own
$ make -C ~/unikraft A=~/my-app $(cat build/unikraft/make.args) menuconfig
# only what one board needs, one driver left to the tree
$ ukdrivers wire --unikraft ~/unikraft --app . --board qemu:virt --set LIBUKDRIVER_PL011=n
"""


def run(arguments: list[str]) -> int:
    """Write the output folder, and print what is in it."""
    from ukdrivers.unikraft.values import read_values

    options = _parser().parse_args(arguments)
    wanted = Wanted(
        tree=options.unikraft,
        app=options.app,
        output=options.output,
        board=options.board,
        values=read_values(options.values),
    )
    prepared = prepare(installed(exact=True), wanted)
    for one in prepared.selection.rejected:
        say(f"{one.driver.name}: left out: {one.reason}")
    _warn(prepared)
    if options.json:
        print_json("wire", _fields(prepared))
    else:
        _print(prepared)
    return 0


def _parser() -> Parser:
    parser = Parser(
        "wire",
        what="Write a folder that a stock Unikraft tree's make is pointed at, so that it builds "
        "the installed drivers in place of its own. The tree is only read.",
        examples=EXAMPLES,
    )
    parser.add_argument("--unikraft", metavar="TREE", required=True, help="a tree from 0.15.0 on")
    parser.add_argument("--app", metavar="APP", required=True, help="folder of the application")
    parser.add_argument("--board", metavar="BOARD", help=f"{BOARD}; left out: any")
    parser.add_argument(
        "--set",
        metavar="FILE|NAME=VALUE",
        dest="values",
        action="append",
        default=[],
        help="values of options; a driver that is set to n is left to the tree; may be repeated",
    )
    parser.add_argument(
        *("-o", "--output"),
        metavar="DIR",
        default="build/unikraft",
        help="folder for everything that is generated (default: %(default)s)",
    )
    parser.add_argument("--json", action="store_true", help="print JSON")
    return parser


def _warn(prepared: Prepared) -> None:
    """Say what is known to go wrong with the configuration that this folder has by now."""
    from ukdrivers.unikraft.pitfalls import find_pitfalls, read_config

    config = read_config(os.path.join(prepared.output, ".config"))
    for one in find_pitfalls(prepared.tree, config, [prepared.app]):
        complain(f"warning: {one.message}", one.hint)


def _print(prepared: Prepared) -> None:
    drivers = " ".join(one.name for one in prepared.selection.usable) or "none"
    count = len(prepared.written)
    changed = f"{count} file{'s' if count > 1 else ''}" if count else "nothing"
    print(harmless(f"tree     {prepared.tree.root} ({prepared.tree.version})"))
    print(harmless(f"drivers  {drivers}"))
    print(harmless(f"replaces {' '.join(prepared.replaced) or 'nothing'}"))
    if prepared.stranded:
        print(
            harmless(f"without  {' '.join(prepared.stranded)}, for virtio transports of the tree")
        )
    print(harmless(f"make     {os.path.relpath(prepared.output)}/make"))
    print(f"changed  {changed}")


def _fields(prepared: Prepared) -> dict[str, object]:
    output = prepared.output
    rejected = prepared.selection.rejected
    return {
        "tree": prepared.tree.root,
        "version": prepared.tree.version,
        "adapter": prepared.adapter.name,
        "app": prepared.app,
        "output": output,
        "drivers": [one.name for one in prepared.selection.usable],
        "on": [one.driver.name for one in prepared.selection.selected],
        "left_out": {one.driver.name: one.reason for one in rejected},
        "replaced": prepared.replaced,
        "stranded": prepared.stranded,
        "written": [os.path.join(output, one) for one in prepared.written],
    }
