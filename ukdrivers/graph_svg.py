"""A board's graph as a drawing: a row a node, and a curve to each of its suppliers.

In:  :class:`~ukdrivers.graph.Graph`.
Out: text of an SVG file, UTF-8.
"""

from __future__ import annotations

from ukdrivers.graph_look import LOOKS, colours, escaped
from ukdrivers.values import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ukdrivers.graph import Graph, GraphNode

__all__ = ["as_svg"]

# in pixels
ROW = 20
INDENT = 18
MARGIN = 24
LETTER = 7.3  # of the font: 12 pixels high, every letter as wide
BEND_MAX = 420

LABEL_MAX = 72  # letters

STYLE = """\
text{font:12px monospace;fill:var(--ink)}
.head,tspan{font-weight:bold}
.head{font-size:15px}
.background{fill:var(--paper)}
path{fill:none;stroke:var(--line)}
.supplier{stroke-dasharray:5 3;opacity:.45}
.interface{stroke-dasharray:1 3;stroke-width:1.5}
.arrow{stroke-dasharray:none}
.row:hover path{stroke:var(--ink);stroke-width:2;opacity:1}
"""


class _Row(Value):
    """One line of the drawing."""

    name: str
    text: str
    kind: str  #: a verdict, ``driver``, or ``head``
    depth: int
    title: str
    curves: tuple[tuple[int, str, str], ...] = ()  #: to which row, its class, what it says

    @property
    def end(self) -> int:
        """Where its text ends."""
        return int(MARGIN + self.depth * INDENT + LETTER * len(f"{self.name} {self.text}") + 8)


def as_svg(graph: Graph) -> str:
    """Return the drawing; nothing is loaded by it, and nothing in it runs."""
    rows = [*_rows(graph)]
    gutter = max(row.end for row in rows) + 8
    bends = [_bend(here, there) for here, row in enumerate(rows) for there, _, _ in row.curves]
    width = gutter + int(0.75 * max(bends, default=0)) + MARGIN
    height = len(rows) * ROW + 2 * MARGIN
    title = escaped(f"{graph.source}: {graph.model or 'a board without a model'}")
    verdicts = "".join(f".{name}{{fill:var(--{name})}}\n" for name in LOOKS)
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}">\n<title>{title}</title>\n'
        f"<style>\n{colours()}{STYLE}{verdicts}</style>\n"
        f'<rect class="background" width="{width}" height="{height}"/>\n'
        f'<path d="{_branches(graph.nodes, _first(graph))}"/>\n<g role="list">\n'
    )
    drawn = "".join(_drawn(here, row, rows, gutter) for here, row in enumerate(rows))
    return f"{head}{drawn}</g>\n</svg>\n"


def _rows(graph: Graph) -> Iterator[_Row]:
    """Yield the lines from top to bottom: title, refusal, tree, drivers."""
    model = graph.model or "a board without a model"
    yield _Row(name=f"{graph.source}:", text=model, kind="head", depth=0, title="")
    if graph.refusal:
        yield _Row(name="no image:", text=graph.refusal, kind="fault", depth=0, title="")
    first = _first(graph)
    for node in graph.nodes:
        label = node.label
        short = label if len(label) <= LABEL_MAX else f"{label[: LABEL_MAX - 1]}…"
        yield _Row(
            name=f"{LOOKS[node.verdict].symbol} {node.name}",
            text=short,
            kind=node.verdict,
            depth=node.depth,
            title="\n".join((node.path, label, *node.reasoning)),
            curves=tuple(
                (first + one.node, "supplier", f"{node.path}: {one.what}") for one in node.suppliers
            ),
        )
    if graph.drivers:
        yield _Row(name="Drivers", text="", kind="head", depth=0, title="")
    first += len(graph.nodes) + 1
    for place, driver in enumerate(graph.drivers):
        links = [one for one in graph.links if one.user == place]
        requires = ", ".join(dict.fromkeys(one.interface for one in links))
        yield _Row(
            name=driver.name,
            text=f"requires {requires}" if requires else "",
            kind="driver",
            depth=0,
            title="\n".join(line for line in (driver.package, driver.reason) if line),
            curves=tuple(
                (first + one.provider, "interface", f"{driver.name}: {one.interface}")
                for one in links
            ),
        )


def _first(graph: Graph) -> int:
    """Return which row is the root's."""
    return 2 if graph.refusal else 1


def _middle(row: int) -> int:
    return MARGIN + row * ROW + ROW // 2


def _bend(here: int, there: int) -> int:
    return min(BEND_MAX, 24 + 4 * abs(here - there))


def _branches(nodes: Sequence[GraphNode], first: int) -> str:
    """Return the lines of the tree, each from under its parent's symbol to a node."""
    parts = []
    for place, node in enumerate(nodes):
        if node.parent is not None:
            x = MARGIN + (node.depth - 1) * INDENT + 4
            top, middle = _middle(first + node.parent) + 7, _middle(first + place)
            parts.append(f"M{x} {top}V{middle}h{INDENT - 8}")
    return "".join(parts)


def _drawn(here: int, row: _Row, rows: Sequence[_Row], gutter: int) -> str:
    x, y = MARGIN + row.depth * INDENT, _middle(here)
    curves = "".join(
        _curve(here, there, (row.end, gutter, rows[there].end), style, title)
        for there, style, title in row.curves
    )
    title = "\n".join(escaped(line) for line in row.title.split("\n"))
    return (
        f'<g class="row" role="listitem">{f"<title>{title}</title>" if title else ""}'
        f'<text class="{row.kind}" x="{x}" y="{y + 4}"><tspan>{escaped(row.name)}</tspan> '
        f"{escaped(row.text)}</text>{curves}</g>\n"
    )


def _curve(here: int, there: int, ends: tuple[int, int, int], style: str, title: str) -> str:
    """Draw from the end of one row's text through the gutter to another's, with an arrow."""
    start, gutter, end = ends
    top, bottom = _middle(here), _middle(there)
    out = gutter + _bend(here, there)
    return (
        f'<path class="{style}" d="M{start} {top}H{gutter}C{out} {top} {out} {bottom} '
        f'{gutter} {bottom}H{end}"><title>{escaped(title)}</title></path>'
        f'<path class="arrow" d="M{end + 6} {bottom - 3}l-6 3 6 3"/>'
    )
