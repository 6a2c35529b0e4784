"""Graph: a board as it is looked at: its tree, each node with verdict, suppliers and reasoning.

In:  what was decided, and from what (:class:`~ukdrivers.why.Case`, from :mod:`ukdrivers.cli`).
Out: :class:`Graph` (to :mod:`ukdrivers.graph_html`, :mod:`ukdrivers.graph_svg` and
     :mod:`ukdrivers.graph_dot`).
"""

from __future__ import annotations

from ukdrivers.cover import bus_of, named
from ukdrivers.values import Value
from ukdrivers.why import why

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator

    from ukdrivers.model import Board, Matches, Selected, Selection
    from ukdrivers.why import Case

__all__ = ["VERDICTS", "Graph", "GraphDriver", "GraphLink", "GraphNode", "Supplier", "graph"]

#: what each verdict means
VERDICTS = {
    "bound": "a driver runs it",
    "matched": "a driver lists it, but none can be used",
    "unclaimed": "no installed driver lists it",
    "fault": "its registers or interrupts can't be worked out",
    "disabled": "off, by its own status or that of a node above it",
    "ignored": "needs no driver",
}

#: lists of nodes that another one needs, each with ``#…-cells`` of arguments; beside them, what ends
#: in ``-supply`` names a regulator. Source: Devicetree Specification v0.4, 2.3.3; Linux,
#: ``drivers/of/property.c``, ``of_supplier_bindings``.
LISTS = ("clocks", "resets", "power-domains", "dmas", "phys", "iommus", "pwms")


class Supplier(Value):
    """A node that another needs."""

    what: str  #: ``interrupts``, ``bus``, or the property that names it; with commas, if several
    node: int  #: place among the nodes of the graph


class GraphNode(Value):
    """One node of the tree."""

    path: str
    parent: int | None  #: place among the nodes; none: it is the root
    depth: int  #: 0 of the root
    verdict: str  #: one of :data:`VERDICTS`
    driver: str | None  #: that runs it, or would
    reason: str
    suppliers: tuple[Supplier, ...]
    reasoning: tuple[str, ...]  #: step by step

    @property
    def name(self) -> str:
        """The last part of its path."""
        return self.path.rpartition("/")[2] or "/"

    @property
    def label(self) -> str:
        """The verdict in words, with the driver or the reason."""
        if self.driver is not None:
            return f"{self.verdict}: {self.driver}"
        return f"{self.verdict}: {self.reason.removeprefix(f'{self.verdict}: ')}"


class GraphDriver(Value):
    """A driver that goes into the image; or the platform, for what it offers itself."""

    name: str
    package: str  #: distribution and version
    reason: str
    nodes: tuple[int, ...]  #: places of those that it runs


class GraphLink(Value):
    """An interface that one driver requires and another provides."""

    user: int  #: place among the drivers
    interface: str
    provider: int  #: place among the drivers


class Graph(Value):
    """A board with everything that was decided about it."""

    source: str
    model: str
    refusal: str  #: why no image can be made for it; empty: one can
    nodes: tuple[GraphNode, ...]  #: tree order
    drivers: tuple[GraphDriver, ...]  #: by name; last the platform, if one requires it
    links: tuple[GraphLink, ...]


def graph(case: Case) -> Graph:
    """Put together all there is to see of a board.

    :returns: each node of the board once; drivers and links only if an image can be made for it
    """
    links = tuple(_links(case.selection)) if case.selection else ()
    return Graph(
        source=case.board.source,
        model=case.board.model,
        refusal=case.refusal,
        nodes=tuple(_nodes(case)),
        drivers=tuple(_drivers(case.board, case.selection, links)) if case.selection else (),
        links=links,
    )


def _nodes(case: Case) -> Iterator[GraphNode]:
    places = _places(case.board)
    chosen = case.selection.selected if case.selection else ()
    driver_by_path = {one.node.path: one.rivals[0].driver.name for one in case.matches.found}
    driver_by_path |= {node.path: one.driver.name for one in chosen for node in one.nodes}
    verdicts = _verdicts(case.matches, chosen)
    devices = {path for path, (verdict, _) in verdicts.items() if verdict != "ignored"}
    suppliers = _suppliers(case.board, devices)
    for node in case.board.nodes:
        path = node.path
        verdict, reason = verdicts[path]
        yield GraphNode(
            path=path,
            parent=None if path == "/" else places[path.rpartition("/")[0] or "/"],
            depth=0 if path == "/" else path.count("/"),
            verdict=verdict,
            driver=driver_by_path.get(path),
            reason=reason,
            suppliers=tuple(
                Supplier(what=what, node=places[one])
                for one, what in suppliers.get(path, {}).items()
            ),
            reasoning=tuple(line.strip() for line in why(case, path)[1:]),
        )


def _places(board: Board) -> dict[str, int]:
    return {node.path: place for place, node in enumerate(board.nodes)}


def _verdicts(matches: Matches, chosen: tuple[Selected, ...]) -> dict[str, tuple[str, str]]:
    """Return verdict and reason of each node, by its path."""
    verdicts = {one.node.path: ("unclaimed", one.reason) for one in matches.unclaimed}
    for one in matches.ignored:
        off = "disabled" if one.reason.startswith("disabled") else "ignored"
        verdicts[one.node.path] = ("fault" if one.node.fault else off, one.reason)
    taken = {node.path for one in chosen for node in one.nodes}
    for found in matches.found:
        path = found.node.path
        verdicts[path] = ("bound" if path in taken else "matched", found.reason)
    return verdicts


def _suppliers(board: Board, devices: Container[str]) -> dict[str, dict[str, str]]:
    """Return what each device needs: by its path, what for by the supplier's path."""
    node_by_path = {node.path: node for node in board.nodes}
    path_by_phandle = {one.phandle: one.path for one in board.nodes if one.phandle is not None}
    found = {}
    for node in (one for one in board.nodes if one.path in devices):
        needs: dict[str, list[str]] = {one.parent: ["interrupts"] for one in node.interrupts}
        bus = bus_of(node.path, node_by_path) if node.compatible else None
        if bus is not None:
            needs.setdefault(bus, []).append("bus")
        for name in node.properties:
            if name in LISTS or name.endswith("-supply"):
                for path in named(node, name, node_by_path, path_by_phandle):
                    needs.setdefault(path, []).append(name)
        needs.pop(node.path, None)  # a controller whose interrupts end in itself
        found[node.path] = {path: ", ".join(dict.fromkeys(what)) for path, what in needs.items()}
    return found


def _links(selection: Selection) -> Iterator[GraphLink]:
    chosen = selection.selected
    for user, one in enumerate(chosen):
        for interface in one.driver.requires:
            providers = [
                place for place, other in enumerate(chosen) if interface in other.driver.provides
            ]
            for provider in providers or [len(chosen)]:  # the platform
                yield GraphLink(user=user, interface=interface, provider=provider)


def _drivers(
    board: Board, selection: Selection, links: Iterable[GraphLink]
) -> Iterator[GraphDriver]:
    places = _places(board)
    for one in selection.selected:
        yield GraphDriver(
            name=one.driver.name,
            package=f"{one.driver.distribution} {one.driver.version}",
            reason=one.reason,
            nodes=tuple(places[node.path] for node in one.nodes),
        )
    if any(link.provider == len(selection.selected) for link in links):
        platform = selection.platform
        yield GraphDriver(
            name=f"platform {platform.name}", package="", reason=platform.summary, nodes=()
        )
