"""Console: bytes in, how far the script has come out."""

from __future__ import annotations

import pytest

from ukdrivers.console import Console
from ukdrivers.script import read_script


def console(script: str = "") -> tuple[Console, list[str]]:
    texts: list[str] = []
    return Console(script=read_script(script, source="s"), on_text=texts.append), texts


def test_lines_are_put_together_from_pieces_and_carriage_returns_dropped() -> None:
    one, texts = console()

    for piece in (b"he", b"llo\r", b"\nwor", b"ld"):
        one.take(piece)

    assert one.lines() == ("hello", "world")
    assert "".join(texts) == "hello\nworld"


def test_bytes_that_are_no_text_are_spelled_out() -> None:
    one, _ = console()

    one.take(b"\xc3")
    one.take(b"\xa9 \xff\n")

    assert one.lines() == ("é \\xff",)


def test_half_a_line_is_not_matched_until_nothing_follows_it() -> None:
    one, _ = console("expect ^ticks: 1$")

    one.take(b"ticks: 1")
    assert one.wanted == "^ticks: 1$"
    one.take(b"0\n")
    assert one.wanted == "^ticks: 1$"
    one.take(b"ticks: 1")
    one.rest()
    assert one.wanted is None


def test_what_is_sent_follows_what_was_expected() -> None:
    one, _ = console("expect name: \nsend me\nsend again\nexpect hello me")

    assert one.due() == b""
    one.take(b"your name: ")
    one.rest()
    assert one.due() == b"me\ragain\r"
    assert one.due() == b""
    one.take(b"me\nhello me\n")
    assert one.wanted is None


def test_matches_follow_each_other() -> None:
    one, _ = console("expect b\nexpect a")

    one.take(b"a b\n")
    assert one.wanted == "a"
    one.take(b"a\n")
    assert one.wanted is None


def test_two_matches_in_one_line() -> None:
    one, _ = console("expect a\nexpect b")

    one.take(b"a b\n")

    assert one.wanted is None


def test_an_unfinished_last_line_counts_once_the_console_is_closed() -> None:
    one, _ = console("expect ^end$")

    one.take(b"end")
    one.close()

    assert one.wanted is None
    assert one.closed


@pytest.mark.parametrize(("data", "last"), [(b"", ""), (b"a\n\n \n", "a"), (b"a\nb", "b")])
def test_last_line_that_says_something(data: bytes, last: str) -> None:
    one, _ = console()

    one.take(data)

    assert one.last() == last
