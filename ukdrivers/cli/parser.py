"""An argument parser that fails as the rest of the program does."""

from __future__ import annotations

import argparse
import os
import textwrap
from typing import TYPE_CHECKING, NoReturn

from ukdrivers.errors import UsageError

if TYPE_CHECKING:
    from ukdrivers.output import Output
    from ukdrivers.request import Request

__all__ = [
    "Parser",
    "add_board",
    "add_defconfig",
    "add_output",
    "add_refresh",
    "add_request",
    "add_target",
    "assignment",
    "output_of",
    "request_of",
]

BOARD = "a device tree (FILE.dtb, FILE.dts), or QEMU's own (qemu:virt,gic-version=2)"


class Parser(argparse.ArgumentParser):
    """A verb's parser.

    :param verb: its name
    :param what: what the verb does, for ``--help``
    :param examples: lines ``# comment`` and ``$ command``
    """

    def __init__(self, verb: str, *, what: str, examples: str) -> None:
        lines = "".join(f"  {line}\n" for line in examples.strip().splitlines())
        super().__init__(
            prog=f"ukdrivers {verb}",
            description=textwrap.fill(what, 78),
            epilog=f"examples:\n{lines}",
            formatter_class=argparse.RawDescriptionHelpFormatter,
            allow_abbrev=False,
        )

    def error(self, message: str) -> NoReturn:
        """Raise what argparse would print."""
        raise UsageError(message, hint=f"{self.prog} --help")


def add_board(parser: Parser) -> None:
    """Add the board argument."""
    parser.add_argument("board", metavar="BOARD", help=BOARD)


def add_target(parser: Parser) -> None:
    """Add platform and host."""
    parser.add_argument("--platform", metavar="NAME", help="what the image runs on, e.g. kvm")
    parser.add_argument("--host", metavar="NAME", help="what links the image, e.g. base")


def add_output(parser: Parser) -> None:
    """Add the folder that everything generated goes to."""
    parser.add_argument(
        *("-o", "--output"),
        metavar="DIR",
        default="build",
        help="folder for everything that is generated (default: %(default)s)",
    )


def add_refresh(parser: Parser) -> None:
    """Add the option that doesn't believe the index."""
    text = "search for what is installed, whatever the index says"
    parser.add_argument("--refresh", action="store_true", help=text)


def add_request(parser: Parser) -> None:
    """Add all that says what an image is made from; what is left out is as it was last time."""
    text = f"{BOARD}; left out: the one this output folder was last made for"
    parser.add_argument("board", metavar="BOARD", nargs="?", help=text)
    add_output(parser)
    parser.add_argument("--app", metavar="APP", help="application: a folder, or hello or demo")
    add_target(parser)
    parser.add_argument(
        "--set",
        metavar="NAME=VALUE",
        dest="values",
        action="append",
        type=assignment,
        default=[],
        help="give a configuration symbol a value; may be repeated",
    )
    add_defconfig(parser)
    add_refresh(parser)


def add_defconfig(parser: Parser) -> None:
    """Add the file of values."""
    text = "take the values of FILE, but for those that were set otherwise"
    parser.add_argument("--defconfig", metavar="FILE", help=text)


def output_of(options: argparse.Namespace) -> Output:
    """Return the output folder that was asked for."""
    from ukdrivers.output import Output

    return Output(folder=os.path.abspath(options.output))


def request_of(options: argparse.Namespace) -> Request:
    """Return what the image is to be made from; not every verb sets values, or takes them back."""
    from ukdrivers.request import Request

    return Request(
        board=options.board,
        platform=options.platform,
        host=options.host,
        app=options.app,
        values=dict(getattr(options, "values", ())),
        defconfig=options.defconfig and os.path.abspath(options.defconfig),
        unset=getattr(options, "unset", ()),
    )


def assignment(text: str) -> tuple[str, str]:
    """Return name and value of ``NAME=VALUE``."""
    name, sign, value = text.partition("=")
    if not sign or not name:
        raise argparse.ArgumentTypeError(f"'{text}', wanted NAME=VALUE")
    return name, value
