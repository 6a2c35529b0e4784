"""Why: the whole reasoning about one node of a board, or about one driver that isn't used.

In:  what `match` and `select` were given, and what they returned.
Out: lines of text (to :mod:`ukdrivers.cli`).
"""

from __future__ import annotations

from ukdrivers.errors import UsageError
from ukdrivers.values import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ukdrivers.model import Board, Driver, Matches, Node, Problem, Selection
    from ukdrivers.request import Target

__all__ = ["Case", "why", "why_not"]


class Case(Value):
    """What was decided, and from what."""

    target: Target
    problems: tuple[Problem, ...]  #: what is installed but can't be used
    board: Board
    matches: Matches
    selection: Selection | None  #: none: it was refused
    refusal: str = ""  #: with these words


def why(case: Case, path: str) -> list[str]:
    """Tell step by step what becomes of a node.

    :raises UsageError: the board has no such node
    """
    node = next((one for one in case.board.nodes if one.path == path), None)
    if node is None:
        raise UsageError(f"{case.board.source}: has no node {path}", hint=_near(case.board, path))
    return [path, *(f"  {line}" for line in _node(case, node))]


def _near(board: Board, path: str) -> str | None:
    import difflib

    near = difflib.get_close_matches(path, [one.path for one in board.nodes], n=1)
    return f"did you mean {near[0]}?" if near else None


def _node(case: Case, node: Node) -> Iterator[str]:
    yield from _state(case.board, node)
    for rank, string in enumerate(node.compatible, 1):
        lists = [one for one in case.target.drivers if string in one.compatible]
        names = ", ".join(_with_verdict(case, one) for one in lists) or "no installed driver"
        yield f"string {rank} of {len(node.compatible)}, {string}: {names}"
    matched = next((one for one in case.matches.found if one.node is node), None)
    if matched is None:
        others = (*case.matches.ignored, *case.matches.unclaimed)
        reason = next(one.reason for one in others if one.node is node)
        yield f"not bound: {reason}"
        return
    yield f"best: {matched.reason}"
    taker = _taker(case, node)
    if taker is None:
        yield f"not bound: {case.refusal or 'no driver for it can be used'}"
        return
    yield f"bound to {taker.name} ({taker.distribution} {taker.version})"
    yield from _needs(case, node, taker)


def _state(board: Board, node: Node) -> Iterator[str]:
    """Say what of its ancestors and itself decides whether a node is on."""
    chain = [one for one in board.nodes if node.path.startswith(f"{one.path.rstrip('/')}/")]
    off = [one for one in (*chain, node) if one.status not in {"okay", "ok"}]
    for one in off:
        yield f'off: status of {one.path} is "{one.status}"'
    if not off:
        yield "on: no status of it or above it says otherwise"
    for region in node.regions:
        yield f"registers: {region.base:#x}+{region.size:#x}"
    for interrupt in node.interrupts:
        cells = " ".join(str(cell) for cell in interrupt.cells)
        yield f"interrupt: <{cells}> of {interrupt.parent}"
    if node.fault:
        yield f"at fault: {node.fault}"


def _with_verdict(case: Case, driver: Driver) -> str:
    reason = _unusable(case, driver)
    return f"{driver.name} ({reason})" if reason else driver.name


def _unusable(case: Case, driver: Driver) -> str | None:
    if case.selection is None:
        return None
    rejected = (one for one in case.selection.rejected if one.driver.name == driver.name)
    return next((one.reason for one in rejected), None)


def _taker(case: Case, node: Node) -> Driver | None:
    if case.selection is None:
        return None
    return next((one.driver for one in case.selection.selected if node in one.nodes), None)


def _needs(case: Case, node: Node, taker: Driver) -> Iterator[str]:
    """Say who takes the node's interrupts, and who provides what its driver requires."""
    at = {one.path: one for one in case.board.nodes}
    for path in dict.fromkeys(one.parent for one in node.interrupts):
        driver = _taker(case, at[path])
        yield f"its interrupts go to {path}: {driver.name if driver else 'no driver'}"
    assert case.selection is not None  # noqa: S101 - something was selected
    for interface in taker.requires:
        names = [
            one.driver.name for one in case.selection.selected if interface in one.driver.provides
        ]
        yield f"{taker.name} requires {interface}: {' or '.join(names) or case.target.platform.name}"


def why_not(case: Case, name: str) -> list[str]:
    """Tell everything that keeps a driver out of the image for a board.

    :returns: lines; the first says whether it is in
    """
    driver = next((one for one in case.target.drivers if one.name == name), None)
    if driver is None:
        return [f"{name}: is not installed", *(f"  {one}" for one in _not_installed(case, name))]
    chosen = case.selection.selected if case.selection else ()
    for one in chosen:
        if one.driver.name == name:
            return [f"{name}: is in, since it {one.reason}"]
    causes = [*_causes(case, driver)]
    return [f"{name}: is not in", *(f"  {one}" for one in causes or ["nothing asks for it"])]


def _not_installed(case: Case, name: str) -> Iterator[str]:
    for problem in case.problems:
        if name in problem.message or problem.subject.startswith(f"ukdriver-{name} "):
            yield f"{problem.subject}: {problem.message}"
    known = (one.install for one in case.target.catalogues.of_driver(name))
    yield next(known, f"no known package brings a driver {name}")


def _causes(case: Case, driver: Driver) -> Iterator[str]:
    target = case.target
    if target.platform.name not in driver.platforms:
        yield f"platform: is for {' and '.join(driver.platforms)}, wanted {target.platform.name}"
    if target.arch not in driver.arch:
        yield f"arch: is for {' and '.join(driver.arch)}, wanted {target.arch}"
    yield from _unusable_facts(case, driver)
    yield from _nodes(case, driver)
    if case.refusal:
        yield f"board: {case.refusal}"


def _unusable_facts(case: Case, driver: Driver) -> Iterator[str]:
    """Say what a driver lacks, if anything, and what would change that."""
    from ukdrivers.mend import mending
    from ukdrivers.unmet import joined, unusable
    from ukdrivers.usable import Usable, find_usable

    def found(target: Target) -> Usable:
        return find_usable(target.drivers, target.platform, target.arch)

    def mends(target: Target) -> bool:
        return any(one.name == driver.name for one in found(target).drivers)

    usable = found(case.target)
    misfit = usable.misfits.get(driver.name, "")
    if misfit.startswith("is none"):
        yield f"platform: {misfit}"
    if misfit or not usable.missing(driver):
        return
    cause = unusable(case.target.drivers, case.target.platform, usable, driver.name)
    yield f"interfaces: {joined(cause.facts)}"
    yield f"change: {mending(cause, case.target, mends) or 'none is known'}"


def _nodes(case: Case, driver: Driver) -> Iterator[str]:
    """Say of each node that has one of the driver's strings why another got it, or nobody."""
    strings = set(driver.compatible)
    listed = [node for node in case.board.nodes if strings.intersection(node.compatible)]
    if not listed:
        shown = ", ".join(driver.compatible[:4]) + (", …" if len(driver.compatible) > 4 else "")  # noqa: PLR2004
        yield f"nodes: {case.board.source} has none that is {shown}"
    verdicts = {one.node.path: one for one in (*case.matches.ignored, *case.matches.unclaimed)}
    for node in listed:
        if node.path in verdicts:
            yield f"{node.path}: {verdicts[node.path].reason}"
            continue
        matched = next(one for one in case.matches.found if one.node is node)
        if matched.rivals[0].driver.name != driver.name:
            yield f"{node.path}: {matched.reason}"
