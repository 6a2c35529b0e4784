"""A board's graph for graphviz, and what else reads its language.

In:  :class:`~ukdrivers.graph.Graph`.
Out: text, UTF-8.

Source: graphviz.org, "DOT Language" (quoted strings) and "escString".
"""

from __future__ import annotations

from ukdrivers.graph_look import LOOKS, plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ukdrivers.graph import Graph, GraphNode

__all__ = ["as_dot"]


def as_dot(graph: Graph) -> str:
    """Return a directed graph: the tree, suppliers dashed, interfaces between drivers dotted."""
    return "".join(f"{line}\n" for line in _lines(graph))


def _lines(graph: Graph) -> Iterator[str]:
    yield "digraph board {"
    yield f"  graph [rankdir=LR, ranksep=1, splines=polyline, label={_text(*_title(graph))}, labelloc=t];"
    yield '  node [shape=box, style=rounded, fontname="monospace"];'
    yield '  edge [fontname="monospace", fontsize=9];'
    for place, node in enumerate(graph.nodes):
        yield f"  n{place} [{_node(node)}];"
        if node.parent is not None:
            yield f"  n{node.parent} -> n{place} [arrowhead=none];"
    for place, node in enumerate(graph.nodes):
        for one in node.suppliers:
            yield f"  n{place} -> n{one.node} [style=dashed, constraint=false, {_says(one.what)}];"
    yield "  subgraph cluster_drivers {"
    yield '    label="drivers"; node [shape=ellipse, style=solid];'
    for place, driver in enumerate(graph.drivers):
        yield f"    d{place} [label={_text(driver.name)}, tooltip={_text(driver.reason)}];"
    for link in graph.links:
        yield f"    d{link.user} -> d{link.provider} [style=dotted, {_says(link.interface)}];"
    yield "  }"
    yield "}"


def _title(graph: Graph) -> tuple[str, ...]:
    lines = (f"{graph.source}: {graph.model or 'a board without a model'}", graph.refusal)
    return tuple(line for line in lines if line)


def _node(node: GraphNode) -> str:
    look = LOOKS[node.verdict]
    shown = f"{look.symbol} {node.driver or ''}".rstrip()
    label = _text(node.name, f"{shown} ({node.verdict})")
    tooltip = _text(node.path, node.label, *node.reasoning)
    return f'label={label}, tooltip={tooltip}, color="{look.on_light}", fontcolor="{look.on_light}"'


def _says(text: str) -> str:
    return f"label={_text(text)}, tooltip={_text(text)}"


def _text(*lines: str) -> str:
    r"""Return lines as one quoted string; in it, ``\N`` or ``&amp;`` would be replaced."""
    return '"' + r"\n".join(_escaped(plain(line)) for line in lines) + '"'


def _escaped(line: str) -> str:
    return line.replace("&", "&amp;").replace("\\", "\\\\").replace('"', '\\"')
