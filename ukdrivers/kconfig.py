"""The one place that knows kconfiglib: import, environment, parsing, and its messages as ours.

In:  a Kconfig file and the variables it may use.
Out: a parsed tree, or one line that says where it is wrong (to :mod:`ukdrivers.menu` and
     :mod:`ukdrivers.config`).
"""

from __future__ import annotations

import contextlib
import gc
import os
import re
import sys
from typing import TYPE_CHECKING

from ukdrivers.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from types import ModuleType
    from typing import Any, TypeAlias

    # kconfiglib carries no types of its own
    Tree: TypeAlias = Any  #: a ``kconfiglib.Kconfig``
    Item: TypeAlias = Any  #: a ``kconfiglib.Symbol`` or ``kconfiglib.Choice``
    Expression: TypeAlias = Any  #: an item, or a tuple of an operator and expressions

__all__ = [
    "YES",
    "environment",
    "first_problem",
    "first_word",
    "is_loose",
    "library",
    "one_line",
    "parse",
    "platform_symbol",
    "statements",
    "undefined",
]

#: kconfiglib follows dependencies by recursion: 985 drivers that select one symbol are more than
#: Python's own limit of 1,000 calls allows. At 30,000 a stack of 8 MiB overflows
DEPTH = 10_000

#: ``y`` as a number of kconfiglib's
YES = 2

#: variables of the caller that would change how a tree is read or written
FOREIGN = ("CONFIG_", "srctree", "KCONFIG_")

#: kconfiglib imports a module of this name for user functions; this one does not exist
NO_FUNCTIONS = "ukdrivers.no_kconfig_functions"


def library() -> ModuleType:
    """Import kconfiglib, and make sure that it is kconfiglib.

    :raises ConfigError: it is missing, or another distribution's package hides it
    """
    try:
        import kconfiglib
    except ImportError as error:
        raise ConfigError(
            "kconfiglib: not installed, wanted 14.1 or later", hint="pip install kconfiglib"
        ) from error
    path = str(getattr(kconfiglib, "__file__", None))
    if os.path.basename(path) == "kconfiglib.py" and hasattr(kconfiglib, "Kconfig"):
        module: ModuleType = kconfiglib
        return module
    from importlib_metadata import packages_distributions

    owners = [one for one in packages_distributions().get("kconfiglib", ()) if one != "kconfiglib"]
    culprit = " and ".join(sorted(set(owners))) or path
    raise ConfigError(
        f"kconfiglib: hidden by {culprit}, wanted kconfiglib.py of the distribution kconfiglib",
        hint=f"pip uninstall {' '.join(sorted(set(owners)))}" if owners else None,
    )


@contextlib.contextmanager
def environment(variables: Mapping[str, str]) -> Iterator[None]:
    """Give Kconfig files *variables*, and nothing of the caller's that kconfiglib listens to.

    Parse, evaluate and write inside: the call depth that large trees need is granted here too. On
    the way out ``os.environ`` and the recursion limit are what they were.

    :raises ConfigError: the options depend on one another over too many levels
    """
    before = dict(os.environ)
    depth = sys.getrecursionlimit()
    was_collecting = gc.isenabled()
    for name in before:
        if name.startswith(FOREIGN):
            del os.environ[name]
    os.environ.update({"KCONFIG_FUNCTIONS": NO_FUNCTIONS, **variables})
    sys.setrecursionlimit(max(depth, DEPTH))
    gc.disable()  # a tree is one large circle, and lives to the end: half of the time for nothing
    try:
        yield
    except RecursionError as error:
        raise ConfigError(f"Kconfig: options depend on one another over {DEPTH} levels") from error
    finally:
        sys.setrecursionlimit(depth)
        if was_collecting:
            gc.enable()
        os.environ.clear()
        os.environ.update(before)


def parse(path: str) -> Tree:
    """Read a Kconfig file and all it sources.

    :returns: a :class:`kconfiglib.Kconfig`, its warnings collected and not printed
    :raises OSError: *path* cannot be read
    :raises ValueError: the text is malformed; the message starts with ``file:line:``
    """
    kconfiglib = library()
    tree = kconfiglib.Kconfig.__new__(kconfiglib.Kconfig)
    try:
        kconfiglib.Kconfig.__init__(tree, path, warn_to_stderr=False)
    except kconfiglib.KconfigError as error:
        _close(tree)
        raise ValueError(one_line(str(error))) from error
    except UnicodeDecodeError as error:
        _close(tree)
        raise ValueError(f"{path}: not UTF-8 at byte {error.start}") from error
    except RecursionError:
        _close(tree)
        raise
    return tree


def _close(tree: Tree) -> None:
    """Close the files that kconfiglib was reading when it gave up; it leaves them open."""
    readers = [one for _, one in getattr(tree, "_filestack", ())]
    for reader in (*readers, getattr(tree, "_readline", None)):
        if reader is not None:
            reader.__self__.close()


def platform_symbol(name: str) -> str:
    """Return the Kconfig symbol of a platform: ``PLAT_KVM`` of ``kvm``."""
    return f"PLAT_{name.upper().replace('-', '_')}"


def one_line(message: str) -> str:
    """Turn a message of kconfiglib into ``file:line: clause``."""
    text = message.strip()
    places = re.findall(r"(\w+) \(defined at ([^,)]+)", text)
    if text.startswith("Dependency loop"):
        names = list(dict.fromkeys(name for name, _ in places))
        return f"{places[0][1]}: dependency loop: {' needs '.join([*names, names[0]])}"
    first = text.partition("\n")[0].partition(". Check that")[0]
    first = re.sub(r"^(.*?:\d+: )?(?:warning|error): ", r"\1", first)
    first = re.sub(r" \((?:defined at [^)]*|undefined)\)", "", first).rstrip(".:")
    listed = re.findall(r"^ - (\w+)", text, re.MULTILINE)
    first = first.replace("the following symbols", " and ".join(listed))
    first = re.sub(r"^(.*) at end of '(.*)'$", r"\2: \1 before its end", first)
    if places and not re.match(r".*?:\d+: ", first):
        first = f"{places[0][1]}: {first}"
    return first


def statements(text: str) -> Iterator[tuple[int, str]]:
    """Yield line number and text of all that is neither comment nor help."""
    is_help, indent, joined = False, 0, ""
    for number, line in enumerate(text.split("\n"), start=1):
        plain = line.expandtabs()
        width = len(plain) - len(plain.lstrip())
        if is_help and (not plain.strip() or width >= max(indent, 1)):
            indent = indent or width
            continue
        is_help, indent = False, 0
        statement = (joined + line).strip()
        joined = ""
        if statement.endswith("\\"):
            joined = statement[:-1]
        elif statement and not statement.startswith("#"):
            is_help = first_word(statement) in {"help", "---help---"}
            yield number, statement


def first_word(statement: str) -> str:
    """Return the keyword of a statement, which a string may follow without a space."""
    found = re.match(r"[\w-]+", statement)
    return found.group() if found else ""


def undefined(tree: Tree) -> list[tuple[str, str, int]]:
    """List the symbols that a tree refers to but does not define.

    :returns: name, file and line of the first reference to each, in menu order
    """
    if not any(is_loose(one) for one in tree.syms.values() if one is not tree.modules):
        return []
    place_by_name: dict[str, tuple[str, int]] = {}
    for node in tree.node_iter():
        for item in sorted(node.referenced, key=lambda one: one.name or ""):
            if is_loose(item):
                place_by_name.setdefault(item.name, (node.filename, node.linenr))
    return [(name, *_mention(name, *place)) for name, place in place_by_name.items()]


def first_problem(tree: Tree, *, assumed: frozenset[str] = frozenset()) -> str | None:
    """Return what is wrong with a tree that could be parsed, as ``file:line: clause``.

    :param assumed: symbols that are defined elsewhere
    """
    for name, path, line in undefined(tree):
        if name not in assumed:
            return f"{path}:{line}: symbol {name} is not defined anywhere"
    return one_line(tree.warnings[0]) if tree.warnings else None


def is_loose(item: Item) -> bool:
    """Whether it is a name that nothing defines."""
    return (
        not item.nodes
        and bool(item.name)
        and not getattr(item, "is_constant", False)
        and not re.fullmatch(r"-?\d+|0[xX][0-9a-fA-F]+", item.name)
    )


def _mention(name: str, path: str, line: int) -> tuple[str, int]:
    """Move from the first line of a menu node to the line below (or above) that names *name*."""
    with open(path, encoding="utf-8") as file:
        lines = list(statements(file.read()))
    word = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)")
    hits = [number for number, text in lines if word.search(text.partition("#")[0])]
    return path, next((one for one in hits if one >= line), hits[0] if hits else line)
