"""Names: paths as make, a shell and Kconfig can read them."""

from __future__ import annotations

from ukdrivers.errors import UsageError

__all__ = ["check_path"]

#: what make, the shell it runs, or Kconfig would read as something else than a part of a path. A
#: tree's own makefiles quote nothing, so nothing can be quoted for them either
UNSAFE = frozenset(" \t\n$#:;%\\'\"`*?[]|&<>(){}!=,")


def check_path(path: str, what: str) -> str:
    """Return a path that can be put into the generated files as it is.

    :param what: says whose path it is
    :raises UsageError: a character in it has a meaning there
    """
    found = sorted(UNSAFE.intersection(path))
    if found:
        named = "a space" if found[0] == " " else f"the character {found[0]!r}"
        raise UsageError(f"{what} '{path}': has {named}, wanted a path that make can take")
    return path
