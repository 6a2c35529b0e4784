"""A board's graph as one page: each node unfolds to its reasoning.

In:  :class:`~ukdrivers.graph.Graph`.
Out: text of an HTML file, UTF-8, that loads nothing.

A node is a native disclosure (``details``), which a browser opens, announces and finds text in by
itself. The script only adds keys to get about; without it, Tab does. The page's own policy lets
nothing else run or load, whatever the names in it are.

Source: WAI-ARIA Authoring Practices Guide, "Disclosure" and "Tree View" (the keys).
"""

from __future__ import annotations

import base64
import hashlib

from ukdrivers.graph import VERDICTS
from ukdrivers.graph_look import LOOKS, colours, escaped

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ukdrivers.graph import Graph, GraphDriver, GraphNode

__all__ = ["as_html"]

STYLE = """\
body{font:15px/1.5 system-ui,sans-serif;background:var(--paper);color:var(--ink);margin:1.5rem}
a{color:inherit}
.refusal{border-left:.3rem solid var(--fault);padding-left:.7rem}
.verdicts{display:flex;flex-wrap:wrap;gap:.2rem 1.5rem;border:1px solid var(--line)}
ul{list-style:none;margin:0;padding-left:1.4rem}
#tree ul{border-left:1px solid var(--line);margin-left:.4rem}
summary{list-style:none;cursor:pointer;padding:0 .3rem;border-radius:.2rem}
summary::-webkit-details-marker{display:none}
summary:focus-visible{outline:2px solid var(--ink)}
summary code{font-weight:bold}
.symbol{display:inline-block;width:1rem;font-weight:bold}
details>div{border:1px solid var(--line);margin:.2rem 0 .6rem 1.3rem;padding:.4rem .8rem}
details>div li{overflow-wrap:anywhere}
h1{font-size:1.5rem;overflow-wrap:anywhere}
h2{font-size:1.2rem}
table{border-collapse:collapse}
th,td{border:1px solid var(--line);padding:.2rem .6rem;text-align:left;vertical-align:top}
@media print{.tools{display:none}body{margin:0}summary,tr{break-inside:avoid}}
"""

SCRIPT = """\
"use strict";
const tree = document.getElementById("tree");
const rows = [...tree.querySelectorAll("summary")];
const button = document.getElementById("all");
let current = rows[0], typed = "", last = 0;

function visible() { return rows.filter(row => row.offsetParent !== null); }
function go(row) { if (row) row.focus(); }
function above(row) {
  const item = row.closest("li").parentElement.closest("li");
  return item && item.querySelector("summary");
}
function find(shown, at, key) {  // the next whose name begins with what was typed
  const now = Date.now();
  typed = now - last < 700 && typed !== key ? typed + key : key;
  last = now;
  const from = typed.length > 1 ? at : at + 1;
  return [...shown.slice(from), ...shown.slice(0, from)]
    .find(row => row.dataset.name.startsWith(typed));
}

for (const row of rows) row.tabIndex = row === current ? 0 : -1;  // one stop for Tab
tree.addEventListener("focusin", event => {
  const row = event.target.closest("summary");
  if (!row) return;
  current.tabIndex = -1;
  current = row;
  row.tabIndex = 0;
});
tree.addEventListener("keydown", event => {
  const row = event.target.closest("summary");
  if (!row || event.ctrlKey || event.altKey || event.metaKey) return;
  const shown = visible(), at = shown.indexOf(row), box = row.parentElement;
  const key = event.key;
  if (key === "ArrowDown") go(shown[at + 1]);
  else if (key === "ArrowUp") go(shown[at - 1]);
  else if (key === "Home") go(shown[0]);
  else if (key === "End") go(shown.at(-1));
  else if (key === "ArrowRight") box.open ? go(shown[at + 1]) : box.open = true;
  else if (key === "ArrowLeft") box.open ? box.open = false : go(above(row));
  else if (key.length === 1 && key !== " ") go(find(shown, at, key.toLowerCase()));
  else return;
  event.preventDefault();
});
button.hidden = false;
button.addEventListener("click", () => {
  const open = button.getAttribute("aria-pressed") !== "true";
  for (const row of rows) row.parentElement.open = open;
  button.setAttribute("aria-pressed", open);
});
"""


def as_html(graph: Graph) -> str:
    """Return the page."""
    return "".join(_parts(graph))


def _parts(graph: Graph) -> Iterator[str]:
    title = escaped(f"{graph.source}: {graph.model or 'a board without a model'}")
    style = colours() + STYLE + "".join(_of_verdicts())
    policy = (
        f"default-src 'none'; base-uri 'none'; form-action 'none'; "
        f"style-src '{_hash(style)}'; script-src '{_hash(SCRIPT)}'"
    )
    yield (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n<style>{style}</style>\n</head>\n<body>\n<h1>{title}</h1>\n"
    )
    if graph.refusal:
        refusal = escaped(graph.refusal)
        yield f'<p class="refusal"><b>No image can be made for it:</b> {refusal}</p>\n'
    yield from _tools(graph)
    yield '<main>\n<h2 id="nodes">Nodes</h2>\n'
    yield from _tree(graph)
    yield "</main>\n"
    if graph.drivers:
        yield from _drivers(graph)
    yield f"<script>{SCRIPT}</script>\n</body>\n</html>\n"


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _of_verdicts() -> Iterator[str]:
    for name in LOOKS:
        yield f".{name}>summary,.{name}{{color:var(--{name})}}\n.{name}>div{{color:var(--ink)}}\n"
        yield f":root:has(#show-{name}:not(:checked)) #tree .{name}{{display:none}}\n"


def _tools(graph: Graph) -> Iterator[str]:
    """Yield what each verdict means, with a box to show its nodes or not, and the keys."""
    yield '<fieldset class="verdicts"><legend>Show</legend>\n'
    for name, meaning in VERDICTS.items():
        count = sum(node.verdict == name for node in graph.nodes)
        if count:
            yield (
                f'<label><input type="checkbox" id="show-{name}" checked> {count} <b class="{name}">'
                f"{LOOKS[name].symbol} {name}</b>: {escaped(meaning)}</label>\n"
            )
    yield (
        '</fieldset>\n<p class="tools"><button type="button" id="all" aria-pressed="false" hidden>'
        "Unfold all</button> Keys: ↑ ↓ Home End and the letters of a name to go to a node, Enter, "
        "Space or → to unfold it, ← to fold it and to go to the node above.</p>\n"
    )


def _tree(graph: Graph) -> Iterator[str]:
    yield '<ul id="tree" aria-labelledby="nodes">\n'
    depth = 0
    for place, node in enumerate(graph.nodes):
        if node.depth > depth:
            yield "<ul>\n"
        elif place:
            yield "</li>\n" + "</ul>\n</li>\n" * (depth - node.depth)
        depth = node.depth
        yield f"<li>{_node(place, node, graph)}"
    yield "</li>\n" + "</ul>\n</li>\n" * depth + "</ul>\n"


def _node(place: int, node: GraphNode, graph: Graph) -> str:
    symbol, name = LOOKS[node.verdict].symbol, escaped(node.name)
    steps = "".join(f"<li>{escaped(line)}</li>\n" for line in node.reasoning)
    needs = "".join(f"<li>{_supplier(one.what, one.node, graph)}</li>\n" for one in node.suppliers)
    return (
        f'<details class="{node.verdict}"><summary id="n{place}" data-name="{name.lower()}">'
        f'<span class="symbol" aria-hidden="true">{symbol}</span> <code>{name}</code> '
        f"{escaped(node.label)}</summary>\n<div><code>{escaped(node.path)}</code>\n"
        f'<ul class="reasoning">\n{steps}</ul>\n'
        f"{f'Needs<ul>{needs}</ul>' if needs else ''}"
        f"{_interfaces(node, graph)}</div></details>\n"
    )


def _supplier(what: str, place: int, graph: Graph) -> str:
    node = graph.nodes[place]
    link = f'<a href="#n{place}"><code>{escaped(node.path)}</code></a>'
    return f"{escaped(what)}: {link}, {node.verdict}{f': {node.driver}' if node.driver else ''}"


def _interfaces(node: GraphNode, graph: Graph) -> str:
    """Link a node's driver to its row among the drivers."""
    if node.verdict != "bound":
        return ""
    place = next(at for at, one in enumerate(graph.drivers) if one.name == node.driver)
    return f'Driver: <a href="#d{place}">{escaped(graph.drivers[place].name)}</a>'


def _drivers(graph: Graph) -> Iterator[str]:
    yield "<h2>Drivers</h2>\n<table>\n<tr><th>Driver<th>Why<th>Requires<th>Provides</tr>\n"
    for place, driver in enumerate(graph.drivers):
        needs = [(one.interface, one.provider) for one in graph.links if one.user == place]
        gives = [(one.interface, one.user) for one in graph.links if one.provider == place]
        yield (
            f'<tr id="d{place}" tabindex="-1"><th>{escaped(driver.name)}<br>'
            f"<small>{escaped(driver.package)}</small><td>{_why(driver)}"
            f"<td>{_linked(needs, 'of', graph)}<td>{_linked(gives, 'to', graph)}</tr>\n"
        )
    yield "</table>\n"


def _why(driver: GraphDriver) -> str:
    reason = escaped(driver.reason)
    return f'<a href="#n{driver.nodes[0]}">{reason}</a>' if driver.nodes else reason


def _linked(ends: list[tuple[str, int]], word: str, graph: Graph) -> str:
    return "<br>".join(
        f'{escaped(interface)} {word} <a href="#d{end}">{escaped(graph.drivers[end].name)}</a>'
        for interface, end in ends
    )
