"""``ukdrivers complete WORD...``: what the last word may become, for the script of a shell.

A shell waits for it after every press of a key, so driver names come out of the index alone, and
what is wrong is left for another command to tell.
"""

from __future__ import annotations

import sys

from ukdrivers import index

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

__all__ = ["run"]

#: verbs whose arguments are names of drivers
OF_DRIVERS = ("show", "test")
#: words that can only follow a verb
OWN = {
    "completion": ("bash", "fish", "zsh"),
    "config": ("diff", "get", "save", "set", "unset", "why", "why-not"),
}


def run(words: list[str]) -> int:
    """Print what the last of the words may become, a line each; nothing: a file perhaps."""
    begun, previous = words[-1] if words else "", words[-2] if words[1:] else ""
    for name in _candidates(words, previous, begun):
        if name.startswith(begun):
            sys.stdout.write(f"{name}\n")
    return 0


def _candidates(words: list[str], previous: str, begun: str) -> Iterable[str]:
    from ukdrivers.cli import VERBS

    if len(words) < 2 or words[0] == "help":  # noqa: PLR2004 - the verb itself
        return [*VERBS, "help"]
    if begun[:1] == "-":
        return _options(words[:-1]) if words[0] in VERBS else ()
    if words[0] in OWN and len(words) == 2:  # noqa: PLR2004 - the verb and its own
        return OWN[words[0]]
    if previous == "--why":
        return _nodes(words[1:])
    if words[0] in OF_DRIVERS or previous == "--why-not":
        return _drivers(begun)
    return ()


def _drivers(begun: str) -> list[str]:
    """Return the names that begin so; those of an index stand each at the start of a line."""
    kept = index.opened(index.search_path())
    if kept is None:
        from ukdrivers.cli.answers import renewed
        from ukdrivers.cli.common import all_drivers

        return [one.name for one in all_drivers(renewed()[0])]
    with kept:
        lines = kept.section("names").decode().split(f"\n{begun}")
    return [begun + line.partition("\t")[0] for line in lines[1:] if line]


def _nodes(words: list[str]) -> list[str]:
    from ukdrivers.errors import UkdriversError
    from ukdrivers.fdt import parse

    for board in words:
        if board.endswith(".dtb"):
            try:
                with open(board, "rb") as file:
                    return parse(file.read(), source=board).paths
            except (OSError, UkdriversError):
                return []
    return []


def _options(words: list[str]) -> list[str]:
    """Return the options that the verb's own help shows; some verbs have verbs of their own."""
    import contextlib
    import io
    import re

    text = io.StringIO()
    verb, *rest = words
    run: Callable[[list[str]], int] = __import__(f"ukdrivers.cli.{verb}", fromlist=["run"]).run
    own = rest[:1] if verb == "config" else []
    with contextlib.redirect_stdout(text), contextlib.suppress(SystemExit):
        run([*own, "--help"])
    return sorted(
        set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", text.getvalue().split("examples:")[0]))
    )
