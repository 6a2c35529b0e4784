"""The page and the drawing in a real browser: nothing is loaded, and the keyboard is enough."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import pytest

from tests.test_graph import acme, case_of
from tests.test_graph_formats import HOSTILE, REAL, hostile
from tests.test_real_boards import paths, vendors
from ukdrivers.board import read_board
from ukdrivers.graph import graph
from ukdrivers.graph_html import as_html
from ukdrivers.graph_look import plain
from ukdrivers.graph_svg import as_svg
from ukdrivers.why import why

if TYPE_CHECKING:
    import pathlib
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, Page

    Opener = Callable[..., "Seen"]

CHROMIUM = shutil.which("chromium")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")


class Seen:
    """A page that was opened, and what it asked for and complained of."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.requests: list[str] = []
        self.complaints: list[str] = []
        page.on("request", lambda one: self.requests.append(one.url))
        page.on("console", lambda one: self.complaints.append(one.text))
        page.on("pageerror", lambda one: self.complaints.append(str(one)))

    def press(self, *keys: str) -> str:
        """Press keys, one after the other; return the name of the node that has the focus then."""
        for key in keys:
            self.page.keyboard.press(key)
        return str(self.page.evaluate("document.activeElement.dataset.name ?? ''"))

    def unfolded(self) -> list[str]:
        return self.page.locator("details[open] > summary > code").all_inner_texts()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture
def opened(browser: Browser, tmp_path: pathlib.Path) -> Iterator[Opener]:
    contexts = []

    def open_text(text: str, name: str = "board.html", **settings: object) -> Seen:
        file = tmp_path / name
        file.write_text(text, encoding="utf-8")
        contexts.append(browser.new_context(**settings))  # type: ignore[arg-type]
        seen = Seen(contexts[-1].new_page())
        seen.page.goto(file.as_uri())
        return seen

    yield open_text
    for one in contexts:
        one.close()


def test_nothing_is_loaded_and_nothing_complains(opened: Opener) -> None:
    for name, text in (("a.html", as_html(graph(acme()))), ("a.svg", as_svg(graph(acme())))):
        seen = opened(text, name)

        assert [os.path.basename(one) for one in seen.requests] == [name]
        assert seen.complaints == []


def test_a_node_unfolds_by_keyboard_to_its_reasoning(opened: Opener) -> None:
    seen = opened(as_html(graph(acme())))
    reasoning = seen.page.locator("details:has(> summary[data-name='uart@3000']) .reasoning li")
    seen.page.locator("#tree summary").first.focus()

    assert not reasoning.first.is_visible()
    assert seen.press("u", "Enter") == "uart@3000"
    assert seen.unfolded() == ["uart@3000"]
    assert reasoning.first.is_visible()
    assert reasoning.all_inner_texts() == [line.strip() for line in why(acme(), "/uart@3000")[1:]]
    seen.press("Space")
    assert seen.unfolded() == []


@pytest.mark.parametrize(
    ("keys", "at", "unfolded"),
    [
        (["ArrowDown"], "gic@1000", []),
        (["ArrowDown", "ArrowDown", "ArrowUp"], "gic@1000", []),
        (["ArrowUp"], "/", []),
        (["End"], "led", []),
        (["End", "ArrowDown"], "led", []),
        (["End", "Home"], "/", []),
        (["End", "ArrowLeft"], "soc", []),
        (["End", "ArrowLeft", "ArrowLeft", "ArrowLeft"], "/", []),
        (["ArrowRight"], "/", ["/"]),
        (["ArrowRight", "ArrowRight"], "gic@1000", ["/"]),
        (["ArrowRight", "ArrowLeft"], "/", []),
        (["o"], "off", []),
        (["o", "d"], "odd@5000", []),
        (["o", "o"], "odd@5000", []),
        (["r", "e", "g"], "reg", []),
        (["i", "2", "c"], "i2c@6000", []),
        (["q"], "/", []),
        (["Control+u"], "/", []),
    ],
)
def test_keys(opened: Opener, keys: list[str], at: str, unfolded: list[str]) -> None:
    seen = opened(as_html(graph(acme())))
    seen.page.clock.set_fixed_time(0)  # however long the keys take here
    seen.page.locator("#tree summary").first.focus()

    assert seen.press(*keys) == at
    assert seen.unfolded() == unfolded
    assert seen.complaints == []


def test_letters_after_a_while_begin_another_name(opened: Opener) -> None:
    seen = opened(as_html(graph(acme())))
    seen.page.clock.set_fixed_time(0)
    seen.page.locator("#tree summary").first.focus()

    assert seen.press("r") == "reg"
    seen.page.clock.set_fixed_time(1)
    assert seen.press("e") == "eye@1"


def test_the_tree_is_one_stop_for_tab(opened: Opener) -> None:
    seen = opened(as_html(graph(acme())))
    seen.page.locator("#all").focus()

    assert seen.press("Tab") == "/"
    assert seen.press("ArrowDown", "ArrowDown") == "clk"
    assert seen.press("Tab") == ""
    assert seen.page.evaluate("document.activeElement.closest('table') !== null")
    assert seen.press("Shift+Tab") == "clk"


def test_a_supplier_is_a_link_that_leads_there(opened: Opener) -> None:
    seen = opened(as_html(graph(acme())))
    seen.page.locator("#tree summary").first.focus()
    seen.press("u", "Enter", "Tab")

    assert seen.page.evaluate("document.activeElement.innerText") == "/gic@1000"
    assert seen.press("Enter") == "gic@1000"
    assert seen.press("ArrowDown") == "clk"
    assert len(seen.requests) == 1


def test_verdicts_are_hidden_and_keys_pass_over_them(opened: Opener) -> None:
    seen = opened(as_html(graph(acme())))
    seen.page.locator("#show-unclaimed").uncheck()
    seen.page.locator("#tree summary").first.focus()

    assert seen.press("ArrowDown", "ArrowDown") == "uart@3000"
    assert not seen.page.locator("summary[data-name='clk']").is_visible()


def test_all_unfold_and_fold(opened: Opener) -> None:
    seen = opened(as_html(graph(acme())))
    button = seen.page.locator("#all")
    button.press("Enter")

    assert len(seen.unfolded()) == len(acme().board.nodes)
    assert button.get_attribute("aria-pressed") == "true"
    button.press("Enter")
    assert seen.unfolded() == []


def test_without_scripts(opened: Opener) -> None:
    seen = opened(as_html(graph(acme())), java_script_enabled=False)
    seen.page.locator("summary[data-name='clk']").focus()
    seen.page.keyboard.press("Tab")
    seen.page.keyboard.press("Enter")

    assert seen.unfolded() == ["reg"]
    assert not seen.page.locator("#all").is_visible()


def test_hostile_names_stay_text(opened: Opener) -> None:
    seen = opened(as_html(hostile()))

    assert seen.complaints == []
    assert len(seen.requests) == 1
    assert seen.page.title().startswith(plain(HOSTILE[0]))
    assert seen.page.locator("img, #tree script").count() == 0
    shown = seen.page.locator("#tree").inner_text()
    assert all(plain(text) in shown for text in HOSTILE)


def test_the_policy_holds_what_escapes(opened: Opener) -> None:
    """Should a name ever get through as an element, the page still runs and loads nothing of it."""
    through = "<script>document.title = 'taken'</script><img src='http://127.0.0.1:9/a.png'>"
    seen = opened(as_html(graph(acme())).replace("<h1>", f"{through}<h1>"))

    assert seen.page.title().startswith("x.dts")
    assert len(seen.complaints) == 2
    assert all("Content Security Policy" in one for one in seen.complaints)


@pytest.mark.parametrize(
    ("scheme", "medium", "paper"),
    [
        ("light", "screen", "rgb(255, 255, 255)"),
        ("dark", "screen", "rgb(13, 17, 23)"),
        ("dark", "print", "rgb(255, 255, 255)"),
    ],
)
def test_dark_mode_and_paper(opened: Opener, scheme: str, medium: str, paper: str) -> None:
    seen = opened(as_html(graph(acme())), color_scheme=scheme)
    seen.page.emulate_media(media=medium)  # type: ignore[arg-type]
    colour = "getComputedStyle(document.body).backgroundColor"

    assert seen.page.evaluate(colour) == paper
    assert seen.page.locator("#all").is_visible() == (medium == "screen")

    drawing = opened(as_svg(graph(acme())), "board.svg", color_scheme=scheme)
    drawing.page.emulate_media(media=medium)  # type: ignore[arg-type]
    fill = "getComputedStyle(document.querySelector('.background')).fill"
    assert drawing.page.evaluate(fill) == paper


def test_the_biggest_board_is_quick_to_use(opened: Opener) -> None:
    biggest = max((one for vendor in vendors() for one in paths(vendor)), key=os.path.getsize)
    drawn = graph(case_of(read_board(biggest), *REAL))
    seen = opened(as_html(drawn))
    seen.page.locator("#tree summary").first.focus()

    assert seen.press("End") == drawn.nodes[-1].name
    took = seen.page.evaluate("""() => {
        const before = performance.now();
        for (let count = 0; count < 20; count++)
            document.activeElement.dispatchEvent(
                new KeyboardEvent("keydown", {key: "ArrowUp", bubbles: true}));
        return (performance.now() - before) / 20;
    }""")
    assert seen.press("ArrowDown") == drawn.nodes[-20].name
    assert took < 100  # milliseconds a key
