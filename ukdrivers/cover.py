"""Cover: what a driver set makes of a board, as a proof that somebody else can check.

In:  a driver set (a TOML file), what is installed, a board (from :mod:`ukdrivers.board`).
Out: :class:`Proof` (to :mod:`ukdrivers.cli`; as JSON, to ``ukdrivers/checker.py``).

A board is covered when every node that is on has a driver of the set or a reason to have none, and
what is bound holds together: suppliers are bound too, each slot of the platform has one provider,
no registers are claimed twice, and no interrupt has a number that its controller doesn't have.
"""

from __future__ import annotations

from ukdrivers.match import match
from ukdrivers.values import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ukdrivers.driver_set import DriverSet
    from ukdrivers.model import Board, Driver, Match, Matches, Node, Platform

__all__ = ["Finding", "Proof", "Verdict", "bus_of", "named", "prove"]

#: buses whose children are reached without a driver for the bus
TRANSPARENT = ("simple-bus", "simple-mfd", "simple-pm-bus", "syscon")

#: how many interrupts a controller has of each kind, by a string of its binding: with three cells,
#: the first is the kind (0: shared, 1: of one processor) and the second the number; with fewer, the
#: first is the number.
#: Source: bindings arm,gic and arm,gic-v3; GICv2 IHI 0048B.b, 2.2.1 (interrupts 16 to 31 are of one
#: processor, 32 to 1019 shared).
INTERRUPTS: Mapping[str, Sequence[int]] = {
    "arm,gic-400": (988, 16),
    "arm,cortex-a15-gic": (988, 16),
    "arm,cortex-a9-gic": (988, 16),
    "arm,cortex-a7-gic": (988, 16),
    "arm,gic-v3": (988, 16, 1024, 64),
}

#: properties that name suppliers, by the interface that a driver requires when it needs them
SUPPLIERS = {"clock": "clocks", "reset": "resets", "power-domain": "power-domains"}


class Finding(Value):
    """One thing that keeps a board from being covered."""

    where: str  #: path of a node; or ``slots``, ``drivers``
    message: str


class Verdict(Value):
    """What becomes of one node."""

    path: str
    driver: str | None  #: that it is bound to
    compatible: str | None  #: the string that decided it
    reason: str  #: why that driver, or why none
    suppliers: tuple[str, ...] = ()  #: paths of nodes that have to be bound with it


class Proof(Value):
    """What a driver set makes of one board."""

    driver_set: DriverSet
    board: Board
    drivers: tuple[Driver, ...]
    verdicts: tuple[Verdict, ...]  #: one a node, in tree order
    providers: Mapping[str, tuple[str, ...]]  #: drivers by the interface of each slot
    findings: tuple[Finding, ...]


def prove(
    driver_set: DriverSet, board: Board, *, platform: Platform, drivers: Sequence[Driver]
) -> Proof:
    """Work out what a driver set makes of a board.

    :param platform: the set's
    :param drivers: those of the set that are installed, in its order
    :returns: the proof; the board is covered when it has no findings
    """
    matches = match(drivers, board, preferred=[one.name for one in drivers])
    node_by_path = {node.path: node for node in board.nodes}
    bound = {one.node.path: one for one in matches.found}
    verdicts = _verdicts(matches, driver_set, node_by_path, board)
    providers = {
        slot.interface: _providers(slot.interface, platform, matches) for slot in platform.slots
    }
    findings = [
        *_unclaimed(matches, driver_set),
        *_lacking(verdicts, bound),
        *_slots(platform, providers),
        *_overlaps([one.node for one in matches.found]),
        *_interrupts(matches, node_by_path),
    ]
    return Proof(
        driver_set=driver_set,
        board=board,
        drivers=tuple(drivers),
        verdicts=tuple(verdicts),
        providers=providers,
        findings=tuple(findings),
    )


# What becomes of the nodes


def _verdicts(
    matches: Matches, driver_set: DriverSet, node_by_path: Mapping[str, Node], board: Board
) -> list[Verdict]:
    path_by_phandle = {one.phandle: one.path for one in board.nodes if one.phandle is not None}
    verdict_by_path = {
        one.node.path: Verdict(
            path=one.node.path,
            driver=one.rivals[0].driver.name,
            compatible=one.rivals[0].compatible,
            reason=one.reason,
            suppliers=_suppliers(one, node_by_path, path_by_phandle),
        )
        for one in matches.found
    }
    for one in (*matches.ignored, *matches.unclaimed):
        reason = driver_set.ignored(one.node.path) if one in matches.unclaimed else None
        verdict_by_path[one.node.path] = Verdict(
            path=one.node.path, driver=None, compatible=None, reason=reason or one.reason
        )
    return [verdict_by_path[node.path] for node in board.nodes]


def _suppliers(
    found: Match, node_by_path: Mapping[str, Node], path_by_phandle: Mapping[int, str]
) -> tuple[str, ...]:
    """Return what a node needs beside its driver: controllers, its bus, and what the driver asks."""
    node = found.node
    paths = [one.parent for one in node.interrupts]
    bus = bus_of(node.path, node_by_path)
    paths += [bus] if bus else []
    for interface in found.rivals[0].driver.requires:
        name = SUPPLIERS.get(interface.partition("@")[0])
        if name:
            paths += named(node, name, node_by_path, path_by_phandle)
    return tuple(dict.fromkeys(one for one in paths if one != node.path))


def bus_of(path: str, node_by_path: Mapping[str, Node]) -> str | None:
    """Return the nearest node above that needs a driver for those below it to be reached."""
    while path := path.rpartition("/")[0]:
        node = node_by_path[path]
        if node.compatible and not set(node.compatible) & set(TRANSPARENT):
            return path
    return None


def named(
    node: Node,
    name: str,
    node_by_path: Mapping[str, Node],
    path_by_phandle: Mapping[int, str],
) -> Iterator[str]:
    """Yield the nodes that a list of phandles with arguments names.

    Source: Devicetree Specification v0.4, 2.3.3; clock binding, ``#clock-cells``.
    """
    value = node.value(name) or b""
    cells = [int.from_bytes(value[at : at + 4], "big") for at in range(0, len(value), 4)]
    counted = f"#{name.removesuffix('s')}-cells"
    at = 0
    while at < len(cells):
        path = path_by_phandle.get(cells[at])
        if path is None:
            return
        yield path
        arguments = node_by_path[path].value(counted) or b""
        at += 1 + int.from_bytes(arguments, "big")


# What keeps it from being covered


def _unclaimed(matches: Matches, driver_set: DriverSet) -> Iterator[Finding]:
    for one in matches.unclaimed:
        if driver_set.ignored(one.node.path) is None:
            yield Finding(where=one.node.path, message=one.reason)
    for one in matches.ignored:
        if one.node.fault:
            yield Finding(where=one.node.path, message=one.reason)


def _lacking(verdicts: Sequence[Verdict], bound: Mapping[str, Match]) -> Iterator[Finding]:
    for one in verdicts:
        for supplier in one.suppliers:
            if supplier not in bound:
                message = f"{one.driver} needs {supplier}, which no driver of the set runs"
                yield Finding(where=one.path, message=message)


def _providers(interface: str, platform: Platform, matches: Matches) -> tuple[str, ...]:
    """Return who provides an interface: drivers that a node is bound to, or the platform."""
    bound = {one.rivals[0].driver.name: one.rivals[0].driver for one in matches.found}
    names = [name for name, driver in sorted(bound.items()) if interface in driver.provides]
    own = [f"platform {platform.name}"] if interface in platform.offers else []
    return (*own, *names)


def _slots(platform: Platform, providers: Mapping[str, Sequence[str]]) -> Iterator[Finding]:
    for slot in platform.slots:
        names = providers[slot.interface]
        if len(names) != 1:
            who = " and ".join(names) or "nothing"
            message = f"{slot.purpose}: {who} provides {slot.interface}, wanted exactly one"
            yield Finding(where="slots", message=message)


def _overlaps(nodes: Sequence[Node]) -> Iterator[Finding]:
    """Compare each region with the one that reaches furthest of those before it."""
    regions = sorted(
        (region.base, region.base + region.size, node.path)
        for node in nodes
        for region in node.regions
        if region.size
    )
    reach, owner = 0, ""
    for base, end, path in regions:
        if base < reach and path != owner:
            message = f"registers {base:#x}+{end - base:#x} are those of {owner} too"
            yield Finding(where=path, message=message)
        if end > reach:
            reach, owner = end, path


def _interrupts(matches: Matches, node_by_path: Mapping[str, Node]) -> Iterator[Finding]:
    for found in matches.found:
        for one in found.node.interrupts:
            limits = _limits(node_by_path[one.parent])
            if limits is None:
                message = f"nothing is known of how many interrupts {one.parent} has"
                yield Finding(where=found.node.path, message=message)
                break
            kind, number = (0, one.cells[0]) if len(one.cells) < 3 else one.cells[:2]  # noqa: PLR2004
            if kind >= len(limits) or number >= limits[kind]:
                cells = " ".join(str(cell) for cell in one.cells)
                message = f"{one.parent} has no interrupt <{cells}>"
                yield Finding(where=found.node.path, message=message)


def _limits(node: Node) -> Sequence[int] | None:
    return next((INTERRUPTS[one] for one in node.compatible if one in INTERRUPTS), None)
