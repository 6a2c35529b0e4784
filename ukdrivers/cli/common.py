"""What every verb shares: text made harmless, tables, JSON, complaints and the registry."""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ukdrivers.installed import Driver, Registry

__all__ = [
    "all_drivers",
    "as_json",
    "as_table",
    "complain",
    "complaints",
    "harmless",
    "installed",
    "is_fancy",
    "nearest",
    "print_json",
    "print_table",
    "say",
]

#: control characters of C0 and C1 apart from tab and newline, and those that turn the direction of
#: writing: printed as they are, foreign text could repaint the terminal
UNSAFE = {
    **{code: f"\\x{code:02x}" for code in (*range(9), *range(11, 32), *range(0x7F, 0xA0))},
    **{code: f"\\u{code:04x}" for code in (*range(0x2028, 0x202F), *range(0x2066, 0x206A))},
}


def harmless(text: str) -> str:
    """Return foreign text with every control character spelled out."""
    return text.translate(UNSAFE).encode("utf-8", "backslashreplace").decode()


def say(text: str) -> None:
    """Tell the user how things go, on standard error."""
    print(harmless(text), file=sys.stderr, flush=True)


def complain(message: str, hint: str | None = None) -> None:
    """Print one thing that is wrong, and what to do about it, on standard error."""
    say(f"ukdrivers: {message}")
    if hint:
        say(f"hint: {hint}")


def is_fancy() -> bool:
    """Whether standard output is to have colours and rules.

    Source: no-color.org (``NO_COLOR``), force-color.org (``FORCE_COLOR``).
    """
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return sys.stdout.isatty() and os.environ.get("TERM") != "dumb"


def print_table(titles: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print rows under titles: aligned columns, with rules and colours on a terminal only."""
    if is_fancy():
        _print_rich(titles, [[harmless(cell) for cell in row] for row in rows])
    else:
        sys.stdout.write(as_table(titles, rows))


def as_table(titles: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return aligned columns under titles, without rules and colours."""
    table = [list(titles), *([harmless(cell) for cell in row] for row in rows)]
    widths = [max(len(row[column]) for row in table) for column in range(len(titles))]
    lines = (
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        for row in table
    )
    return "".join(f"{line.rstrip()}\n" for line in lines)


def _print_rich(titles: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="bold")
    for number, title in enumerate(titles):
        table.add_column(title, style="cyan" if number == 0 else "", overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    Console().print(table)


def print_json(verb: str, value: Mapping[str, object]) -> None:
    """Print one JSON object that names its own schema."""
    sys.stdout.write(as_json(verb, value))


def as_json(verb: str, value: Mapping[str, object]) -> str:
    """Return one JSON object that names its own schema, as ``json.dumps(…, indent=2)`` would."""
    return f"{_json({'schema': f'ukdrivers/{verb}/1', **value}, chr(10))}\n"


def _json(value: object, line: str) -> str:
    """Return a value as JSON.

    Importing :mod:`json` takes most of what a whole warm run does, so it is left to what is rare.

    :param line: a line break and the indentation of the value
    """
    inner = f"{line}  "
    if value and isinstance(value, dict):
        items = [f"{_json(str(name), inner)}: {_json(one, inner)}" for name, one in value.items()]
        return f"{{{inner}{f',{inner}'.join(items)}{line}}}"
    if value and isinstance(value, (list, tuple)):
        return f"[{inner}{f',{inner}'.join([_json(one, inner) for one in value])}{line}]"
    if isinstance(value, str) and value.isascii() and value.isprintable():
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}"'
    if type(value) is int:
        return str(value)
    for plain, text in ((None, "null"), (True, "true"), (False, "false"), ((), "[]"), ([], "[]")):
        if value is plain or (value == plain and type(value) is type(plain)):
            return text
    import json

    return json.dumps(value)


def nearest(name: str, names: Iterable[str]) -> str | None:
    """Return the name that looks most like a mistyped one, if any does."""
    import difflib

    return next(iter(difflib.get_close_matches(name, list(names), n=1)), None)


def installed(*, refresh: bool = False, exact: bool = False) -> Registry:
    """Return what is installed; what is wrong with it goes to standard error.

    :param refresh: search, whatever the index says
    :param exact: look at every manifest for an edit that shows in no folder; for what builds images
    """
    from ukdrivers.cli.answers import registry

    found = registry(refresh=refresh, exact=exact)
    sys.stderr.write(complaints(found))
    return found


def complaints(registry: Registry) -> str:
    """Return what is wrong with what is installed, as it is printed."""
    lines = []
    for problem in registry.problems:
        verdict = "skipped: " if problem.skipped else ""
        lines.append(f"ukdrivers: {problem.subject}: {verdict}{problem.message}")
        lines += [f"hint: {problem.hint}"] if problem.hint else []
    return "".join(f"{harmless(line)}\n" for line in lines)


def all_drivers(registry: Registry) -> tuple[Driver, ...]:
    """Return the installed drivers, then those that are part of a host."""
    return (*registry.drivers, *(driver for host in registry.hosts for driver in host.drivers))
