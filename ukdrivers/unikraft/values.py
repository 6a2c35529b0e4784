"""Values: what the user wants options to be, from files and from the command line.

In:  arguments of ``--set`` (from :mod:`ukdrivers.cli`).
Out: value by Kconfig symbol.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from ukdrivers.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["read_values"]

_SET = re.compile(r"(?:CONFIG_)?(\w+)\s*=\s*(.*?)\s*")
_UNSET = re.compile(r"#\s*(?:CONFIG_)?(\w+) is not set\s*")


def read_values(arguments: Iterable[str]) -> dict[str, str]:
    """Return the value of each symbol; what comes later wins.

    :param arguments: each ``NAME=VALUE``, or a file of such lines in the form of a ``.config``; the
        names with or without ``CONFIG_``
    :raises UsageError: a file can't be read, or a line is something else
    """
    values: dict[str, str] = {}
    for argument in arguments:
        if os.path.isfile(argument) or "=" not in argument:
            values.update(_file(argument))
        else:
            values.update([_assignment(argument, "--set")])
    return values


def _file(path: str) -> Iterator[tuple[str, str]]:
    try:
        with open(path, encoding="utf-8") as file:
            lines = file.read().splitlines()
    except OSError as error:
        what = (error.strerror or "unreadable").lower()
        raise UsageError(f"--set {path}: {what}, wanted a file, or NAME=VALUE") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"--set {path}: not UTF-8, wanted the form of a .config") from error
    for number, line in enumerate(lines, start=1):
        unset = _UNSET.fullmatch(line)
        if unset:
            yield unset.group(1), "n"
        elif line.strip() and not line.lstrip().startswith("#"):
            yield _assignment(line, f"{path}:{number}")


def _assignment(text: str, place: str) -> tuple[str, str]:
    found = _SET.fullmatch(text.strip())
    if found is None:
        raise UsageError(f"{place}: '{text.strip()}', wanted NAME=VALUE")
    name, value = found.groups()
    return name, value
