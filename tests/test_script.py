"""Scripts: text in, steps out."""

from __future__ import annotations

import pytest

from ukdrivers.errors import UsageError
from ukdrivers.script import Expect, Send, read_script


def test_steps_in_order_without_comments_and_empty_lines() -> None:
    steps = read_script("# a comment\n\nexpect ^ready$\n  send hello there\n", source="s")

    first, second = steps
    assert isinstance(first, Expect)
    assert first.pattern.pattern == "^ready$"
    assert second == Send(text="hello there")


def test_a_bare_send_types_the_enter_key_alone() -> None:
    assert read_script("send", source="s") == (Send(text=""),)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("\nwait 3", r"^s:2: 'wait 3', wanted 'expect REGEX' or 'send TEXT'$"),
        ("expect", r"^s:1: 'expect', wanted 'expect REGEX' or 'send TEXT'$"),
        ("expect (", r"^s:1: '\(' is no regular expression: missing \), .* at column 0$"),
    ],
)
def test_a_line_that_is_no_step(text: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        read_script(text, source="s")
