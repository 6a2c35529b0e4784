"""``ukdrivers match``: which driver runs which node of a board, and why."""

from __future__ import annotations

import itertools

from ukdrivers.cli.common import harmless, installed, print_json, print_table
from ukdrivers.errors import SelectError
from ukdrivers.pipeline import choose, match_board
from ukdrivers.request import find_target
from ukdrivers.values import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ukdrivers.model import Board, Ignored, Match, Matches, Selection
    from ukdrivers.request import Target
    from ukdrivers.why import Case

__all__ = ["run"]

EXAMPLES = """
# what of QEMU's machine virt has a driver, and why that one
$ ukdrivers match qemu:virt,gic-version=2
# all that was thought about one node, and what keeps a driver out
$ ukdrivers match qemu:virt --why /pl011@9000000
$ ukdrivers match qemu:virt --why-not gicv3
# the nodes of a board that nothing drives
$ ukdrivers match board.dtb --json | jq -r '.unclaimed[].path'
"""


class _Wanted(Value):
    """What was asked for, as argparse names it."""

    board: str
    platform: str | None = None
    host: str | None = None
    all: bool = False
    json: bool = False
    refresh: bool = False
    why: str | None = None
    why_not: str | None = None


def run(arguments: list[str]) -> int:
    """Print the verdict on every node; fail when an image for the board couldn't boot."""
    options = _options(arguments)

    from ukdrivers.board import read_board

    registry = installed(refresh=options.refresh)
    target = find_target(registry, platform=options.platform, host=options.host)
    board = read_board(options.board)
    matches = match_board(target, board)
    try:
        selection, refusal = choose(target, board, matches, registry.platforms), None
    except SelectError as error:
        selection, refusal = None, error
    if options.why is not None or options.why_not is not None:
        from ukdrivers.why import Case

        case = Case(
            target=target,
            problems=registry.problems,
            board=board,
            matches=matches,
            selection=selection,
            refusal=str(refusal) if refusal else "",
        )
        return _explain(options, case)
    if options.json:
        print_json("match", _fields(target, board, matches, selection, refusal))
    else:
        _print(target, board, matches, selection, fold=not options.all)
    if refusal is not None:
        raise refusal
    return 0


def _options(arguments: list[str]) -> _Wanted:
    flags = {one for one in arguments if one[:1] == "-"}
    boards = [one for one in arguments if one not in flags]
    if len(boards) == 1 and flags <= {"--all", "--json"}:  # the usual is spared argparse
        return _Wanted(board=boards[0], all="--all" in flags, json="--json" in flags)
    from ukdrivers.cli.parser import Parser, add_board, add_refresh, add_target

    parser = Parser(
        "match",
        what="Print which driver runs which node of a board, and why. Ends with status 3 when what "
        "is installed cannot make an image for it.",
        examples=EXAMPLES,
    )
    add_board(parser)
    add_target(parser)
    parser.add_argument("--all", action="store_true", help="a line for each node without a driver")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--why", metavar="NODE", help="the whole reasoning about one node")
    parser.add_argument("--why-not", metavar="DRIVER", help="what keeps a driver out")
    add_refresh(parser)
    return _Wanted(**vars(parser.parse_args(arguments)))


def _explain(options: _Wanted, case: Case) -> int:
    from ukdrivers.why import why, why_not

    answers = []
    if options.why is not None:
        answers.append(why(case, options.why))
    if options.why_not is not None:
        answers.append(why_not(case, options.why_not))
    if options.json:
        print_json("why", {"answers": answers})
    else:
        print(harmless("\n\n".join("\n".join(lines) for lines in answers)))
    return 0


def _print(
    target: Target, board: Board, matches: Matches, selection: Selection | None, *, fold: bool
) -> None:
    print(harmless(f"{board.source}: {board.model or 'a board without a model'}"))
    bank = ", ".join(f"{one.size >> 20} MiB at {one.base:#x}" for one in board.memory)
    print(harmless(f"memory {bank or 'none'}; console {board.stdout or 'not named'}"))
    print()
    print_table(("DRIVER", "NODE", "COMPATIBLE", "WHY"), _found(matches.found, fold=fold))
    without = [one for one in (selection.selected if selection else ()) if not one.nodes]
    if without:
        print()
        print_table(("ALSO ON", "WHY"), ((one.driver.name, one.reason) for one in without))
    if matches.unclaimed:
        rows = _folded(matches.unclaimed) if fold else _single(matches.unclaimed)
        install = {one.node.path: _install(target, one) for one in matches.unclaimed}
        print()
        print_table(
            ("NO DRIVER", "WHY", "INSTALL"),
            (
                (path, why, install[path.partition(" ")[0]] or "no known driver")
                for path, why in rows
            ),
        )
    if matches.ignored:
        print()
        rows = _folded(matches.ignored) if fold else _single(matches.ignored)
        print_table(("NOT A DEVICE", "WHY"), rows)
    if selection is not None and selection.rejected:
        print()
        rejected = ((one.driver.name, one.reason) for one in selection.rejected)
        print_table(("NOT USABLE", "WHY"), rejected)


def _found(matches: Iterable[Match], *, fold: bool) -> Iterator[tuple[str, str, str, str]]:
    """Put neighbours that go to one driver for one reason on one line, if *fold*."""
    for _, group in itertools.groupby(
        matches, key=lambda one: (_kind(one), one.reason) if fold else one.node.path
    ):
        first, *others = group
        best = first.rivals[0]
        more = f" … {len(others) + 1} nodes" if others else ""
        yield best.driver.name, f"{first.node.path}{more}", best.compatible, first.reason


def _single(nodes: Iterable[Ignored]) -> Iterator[tuple[str, str]]:
    return ((one.node.path, one.reason) for one in nodes)


def _folded(nodes: Iterable[Ignored]) -> Iterator[tuple[str, str]]:
    """Put neighbours of one kind and one reason on one line."""
    for (_, reason), group in itertools.groupby(nodes, key=lambda one: (_kind(one), one.reason)):
        paths = [one.node.path for one in group]
        more = f" … {len(paths)} nodes" if len(paths) > 1 else ""
        yield f"{paths[0]}{more}", reason


def _kind(one: Ignored | Match) -> str:
    path = one.node.path
    return path.partition("@")[0] if "@" in path else path


def _install(target: Target, unclaimed: Ignored) -> str | None:
    """Return the command that brings a driver for a node, and who says so."""
    for package in target.catalogues.of(unclaimed.node):
        if package.fits(target.platform, target.arch):
            return f"{package.install} (says {package.source})"
    return None


def _fields(
    target: Target,
    board: Board,
    matches: Matches,
    selection: Selection | None,
    refusal: SelectError | None,
) -> dict[str, object]:
    return {
        "board": {
            "source": board.source,
            "model": board.model,
            "compatible": board.compatible,
            "memory": [{"base": one.base, "size": one.size} for one in board.memory],
            "interrupt_parent": board.interrupt_parent,
            "stdout": board.stdout,
            "cpus": board.cpus,
        },
        "bound": [
            {
                "path": one.node.path,
                "driver": one.rivals[0].driver.name,
                "compatible": one.rivals[0].compatible,
                "reason": one.reason,
                "rivals": [
                    {"driver": rival.driver.name, "compatible": rival.compatible}
                    for rival in one.rivals
                ],
            }
            for one in matches.found
        ],
        "unclaimed": [
            {"path": one.node.path, "reason": one.reason, "install": _install(target, one)}
            for one in matches.unclaimed
        ],
        "ignored": [{"path": one.node.path, "reason": one.reason} for one in matches.ignored],
        "selected": [
            {"driver": one.driver.name, "reason": one.reason}
            for one in (selection.selected if selection else ())
        ],
        "rejected": [
            {"driver": one.driver.name, "reason": one.reason}
            for one in (selection.rejected if selection else ())
        ],
        "refusal": str(refusal) if refusal else None,
        "facts": refusal.facts if refusal else (),
        "change": refusal.change if refusal else None,
    }
