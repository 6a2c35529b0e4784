"""The formats of a board's graph: each holds all of it, whatever the names are."""

from __future__ import annotations

import html.parser
import os
import re
import shutil
import subprocess
import time
import xml.etree.ElementTree as ET

import pytest

from tests.test_graph import acme, case_of
from tests.test_real_boards import paths, vendors
from tests.test_select import driver
from ukdrivers.board import read_board
from ukdrivers.graph import VERDICTS, Graph, GraphDriver, GraphLink, GraphNode, Supplier, graph
from ukdrivers.graph_dot import as_dot
from ukdrivers.graph_html import as_html
from ukdrivers.graph_look import LOOKS, plain
from ukdrivers.graph_svg import as_svg

SVG = "{http://www.w3.org/2000/svg}"
#: what closes an element, an attribute, a string or a comment somewhere, or can't be written
HOSTILE = (
    "</script></style></title><script>document.title='x'</script>",
    "\"'><img src=x onerror=alert(1)>",
    "]]>--><!--&amp;&#0;&lt;\\N\\G\\",
    "a\nb\r\tc\0\x1b[31m\x7f\x85\u2028\u202e\ufeff\udc80\ufffe",
)


def hostile() -> Graph:
    """Return a graph with each of those texts wherever a text can be."""
    nodes = [
        GraphNode(
            path=f"/{text}" if place else "/",
            parent=0 if place else None,
            depth=1 if place else 0,
            verdict="bound" if place else "ignored",
            driver=text if place else None,
            reason=text,
            suppliers=(Supplier(what=text, node=0),),
            reasoning=(text, text),
        )
        for place, text in enumerate(("root", *HOSTILE))
    ]
    drivers = [
        GraphDriver(name=text, package=text, reason=text, nodes=(place,))
        for place, text in enumerate(HOSTILE, 1)
    ]
    return Graph(
        source=HOSTILE[0],
        model=HOSTILE[1],
        refusal=HOSTILE[3],
        nodes=tuple(nodes),
        drivers=tuple(drivers),
        links=tuple(GraphLink(user=0, interface=text, provider=1) for text in HOSTILE),
    )


class Page(html.parser.HTMLParser):
    """What a parser makes of a page: its elements, and the text of each kind."""

    VOID = ("meta", "input", "br", "th", "td")

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.depth = 0
        self.text: dict[str, list[str]] = {}
        self._open: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.ids += [value or "" for name, value in attrs if name == "id"]
        self.links += [value or "" for name, value in attrs if name in {"href", "src"}]
        self.text.setdefault(tag, []).append("")
        if tag not in self.VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        for tag in self._open:
            self.text[tag][-1] += data


# how it looks


def test_every_verdict_has_a_look_of_its_own() -> None:
    assert VERDICTS.keys() == LOOKS.keys()
    assert len({one.symbol for one in LOOKS.values()}) == len(LOOKS)


@pytest.mark.parametrize("name", LOOKS)
def test_colours_can_be_read(name: str) -> None:
    assert contrast(LOOKS[name].on_light, "#ffffff") >= 4.5
    assert contrast(LOOKS[name].on_dark, "#0d1117") >= 4.5


def contrast(one: str, other: str) -> float:
    """Source: WCAG 2.2, definitions of contrast ratio and relative luminance."""
    low, high = sorted(luminance(colour) for colour in (one, other))
    return (high + 0.05) / (low + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


# the formats


def test_html_has_each_node_with_its_reasoning() -> None:
    drawn = graph(acme())
    page = Page(as_html(drawn))

    assert [" ".join(one.split()) for one in page.text["summary"]] == [
        f"{LOOKS[one.verdict].symbol} {one.name} {one.label}" for one in drawn.nodes
    ]
    for one, text in zip(drawn.nodes, page.text["details"], strict=True):
        assert all(line in text for line in one.reasoning)
    assert page.links
    assert {link[1:] for link in page.links} <= set(page.ids)
    assert len(set(page.ids)) == len(page.ids)


def test_html_of_hostile_names() -> None:
    page, usual = Page(as_html(hostile())), Page(as_html(graph(acme())))

    assert set(page.tags) <= set(usual.tags) | {"p", "b"}
    assert page.tags.count("script") == page.tags.count("style") == 1
    for text in HOSTILE:
        assert any(plain(text) in one for one in page.text["summary"])
        assert any(plain(text) in one for one in page.text["li"])
        assert any(plain(text) in one for one in page.text["table"])


def test_svg_has_a_row_for_each_node() -> None:
    drawn = graph(acme())
    rows = ET.fromstring(as_svg(drawn)).findall(f".//{SVG}g[@class='row']")
    texts = ["".join(text.itertext()) for row in rows for text in row.findall(f"{SVG}text")]
    titles = [row.findtext(f"{SVG}title", "") for row in rows]

    assert len(rows) == 1 + len(drawn.nodes) + 1 + len(drawn.drivers)
    for one, text, title in zip(drawn.nodes, texts[1:], titles[1:], strict=False):
        shown = text.removesuffix("…")  # long ones end so
        assert f"{LOOKS[one.verdict].symbol} {one.name} {one.label}".startswith(shown)
        assert shown == text or len(one.label) > 72
        assert title == "\n".join((one.path, one.label, *one.reasoning))
    curves = [path.findtext(f"{SVG}title") for row in rows for path in row.iter(f"{SVG}path")]
    assert [one for one in curves if one and one.startswith("/uart")] == [
        "/uart@3000: interrupts, clocks",
        "/uart@3000: clocks",
        "/uart@3000: vcc-supply",
    ]
    assert "uart: irqchip@1" in curves


def test_svg_of_hostile_names() -> None:
    root = ET.fromstring(as_svg(hostile()).encode())
    kinds = {one.tag.removeprefix(SVG) for one in root.iter()}
    texts = ["".join(one.itertext()) for one in root.iter(f"{SVG}text")]

    assert kinds == {"svg", "title", "style", "rect", "path", "g", "text", "tspan"}
    for text in HOSTILE:
        assert any(one.startswith(f"✓ {plain(text).rpartition('/')[2]} ") for one in texts)


@pytest.mark.skipif(shutil.which("dot") is None, reason="graphviz is not installed")
def test_dot_as_graphviz_draws_it() -> None:
    for drawn in (graph(acme()), hostile()):
        done = subprocess.run(
            ["dot", "-Tsvg"], input=as_dot(drawn).encode(), capture_output=True, check=True
        )
        assert done.stderr == b""
        root = ET.fromstring(done.stdout)
        kinds = {kind: root.findall(f".//{SVG}g[@class='{kind}']") for kind in ("node", "edge")}
        texts = [[one.text for one in node.iter(f"{SVG}text")] for node in kinds["node"]]

        suppliers = sum(len(one.suppliers) for one in drawn.nodes)
        assert len(kinds["edge"]) == len(drawn.nodes) - 1 + suppliers + len(drawn.links)
        assert len(texts) == len(drawn.nodes) + len(drawn.drivers)
        for one in drawn.nodes:
            last = " ".join((LOOKS[one.verdict].symbol, plain(one.driver or "")))
            assert [spaced(plain(one.name)), spaced(f"{last.rstrip()} ({one.verdict})")] in [
                [spaced(text or "") for text in both] for both in texts
            ]


def spaced(text: str) -> str:
    return text.replace("\u00a0", " ")  # graphviz keeps spaces so


# real boards


def sample() -> list[str]:
    return [path for vendor in vendors() for path in paths(vendor)][::29]


REAL = (
    driver("gicv2", "arm,gic-400", provides=("irqchip@1",)),
    driver("gicv3", "arm,gic-v3", provides=("irqchip@1",)),
    driver("pl011", "arm,pl011", requires=("irqchip@1",)),
    driver("ns16550", "snps,dw-apb-uart", "ns16550a", requires=("irqchip@1",)),
)


@pytest.mark.parametrize("path", sample(), ids=os.path.basename)
def test_real_boards(path: str) -> None:
    case = case_of(read_board(path), *REAL)
    drawn = graph(case)
    count = len(case.board.nodes)

    assert [one.path for one in drawn.nodes] == [one.path for one in case.board.nodes]
    matched = sum(one.verdict in {"bound", "matched"} for one in drawn.nodes)
    assert matched == len(case.matches.found)
    assert len(Page(as_html(drawn)).text["summary"]) == count
    assert as_svg(drawn).count('<text class="') >= count
    ET.fromstring(as_svg(drawn))
    if shutil.which("dot"):
        plainly = ["dot", "-Tcanon"]  # a node a line, as it was read
        done = subprocess.run(
            plainly, input=as_dot(drawn).encode(), capture_output=True, check=True
        )
        assert len(re.findall(rb"^\tn\d+\t", done.stdout, re.MULTILINE)) == count
        assert done.stderr == b""


@pytest.mark.parametrize("draw", [as_html, as_svg, as_dot])
def test_the_biggest_board_is_drawn_fast(draw: object) -> None:
    assert callable(draw)
    trees = [path for vendor in vendors() for path in paths(vendor)]
    biggest = max(trees, key=os.path.getsize)
    before = time.process_time()
    draw(graph(case_of(read_board(biggest), *REAL)))

    assert time.process_time() - before < 1
