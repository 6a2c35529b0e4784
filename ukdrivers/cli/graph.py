"""``ukdrivers graph``: a board's tree to look at, with every verdict."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from ukdrivers.cli.common import installed, say
from ukdrivers.cli.parser import Parser, add_board, add_refresh, add_target
from ukdrivers.errors import SelectError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from ukdrivers.graph import Graph

__all__ = ["run"]

EXAMPLES = """
# a page to open in a browser, where each node unfolds to its reasoning
$ ukdrivers graph qemu:virt,gic-version=3 -o board.html
# a drawing for a document
$ ukdrivers graph board.dtb -o board.svg
# the same, laid out by graphviz
$ ukdrivers graph board.dtb -o board.dot; dot -Tpdf board.dot -o board.pdf
"""
WANTED = ".html, .svg or .dot"


def run(arguments: list[str]) -> int:
    """Draw a board, whether or not an image can be made for it."""
    parser = Parser(
        "graph",
        what="Draw a board's tree: each node with its verdict, its driver, its suppliers and the "
        "reasoning; and the interfaces that drivers require of each other.",
        examples=EXAMPLES,
    )
    add_board(parser)
    text = f"the drawing; the name ends in {WANTED}, which says what is drawn"
    parser.add_argument("-o", "--output", metavar="FILE", help=text)
    add_target(parser)
    add_refresh(parser)
    options = parser.parse_args(arguments)
    draw = _format(options.output)

    from ukdrivers.board import read_board
    from ukdrivers.files import publish
    from ukdrivers.graph import graph
    from ukdrivers.pipeline import choose, match_board
    from ukdrivers.request import find_target
    from ukdrivers.why import Case

    registry = installed(refresh=options.refresh)
    target = find_target(registry, platform=options.platform, host=options.host)
    board = read_board(options.board)
    matches = match_board(target, board)
    try:
        selection, refusal = choose(target, board, matches), ""
    except SelectError as error:
        selection, refusal = None, str(error)
    drawn = graph(
        Case(
            target=target,
            problems=registry.problems,
            board=board,
            matches=matches,
            selection=selection,
            refusal=refusal,
        )
    )
    folder, name = os.path.split(os.path.abspath(options.output))
    publish(folder, {name: draw(drawn)}, owned=(name,))
    say(_summary(options.output, drawn))
    return 0


def _format(path: str | None) -> Callable[[Graph], str]:
    """Return what draws the kind of file that a name asks for."""
    if path is None:
        raise UsageError(f"no FILE given, wanted -o and a name that ends in {WANTED}")
    suffix = os.path.splitext(path)[1]
    if suffix == ".html":
        from ukdrivers.graph_html import as_html

        return as_html
    if suffix == ".svg":
        from ukdrivers.graph_svg import as_svg

        return as_svg
    if suffix == ".dot":
        from ukdrivers.graph_dot import as_dot

        return as_dot
    raise UsageError(f"{path}: ends in '{suffix}', wanted {WANTED}")


def _summary(path: str, drawn: Graph) -> str:
    from ukdrivers.graph import VERDICTS

    counts = ((name, sum(one.verdict == name for one in drawn.nodes)) for name in VERDICTS)
    found = ", ".join(f"{count} {name}" for name, count in counts if count)
    refusal = f"\nno image can be made for it: {drawn.refusal}" if drawn.refusal else ""
    return f"{path}: {len(drawn.nodes)} nodes: {found}{refusal}"
