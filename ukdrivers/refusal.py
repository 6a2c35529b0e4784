"""Refusals: why Kconfig does not take a value, in the user's words.

In:  an evaluated Kconfig symbol and the value that was asked for.
Out: a :class:`~ukdrivers.errors.ConfigError` that names every cause (to :mod:`ukdrivers.config`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ukdrivers import kconfig
from ukdrivers.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ukdrivers.kconfig import Expression, Item, Tree

__all__ = ["explain", "few", "held", "near", "nearest", "range_of", "wanted_form"]

FOLLOWS = "it follows from other options and cannot be set"


def explain(symbol: Item, wanted: str) -> ConfigError:
    """Say what keeps *symbol* from having the value *wanted*.

    Every condition that fails is named, and no other: each of them alone is enough to refuse the
    value, so that none can be left out.
    """
    failing = _failing(symbol)
    cause, hint = FOLLOWS, None
    if failing:
        cause, hint = _depends(failing), _remedy(failing)
    elif failing is not None:
        cause = _hold(symbol, wanted)
        by_board = [one.name for one in _selectors(symbol) if one.user_value is None]
        if wanted == "n" and len(by_board) == 1 and symbol.choice is None:
            hint = f"set {by_board[0]}=n as well"
    return ConfigError(f"{symbol.name}: set to {wanted}, but {cause}", hint=hint)


def held(symbol: Item) -> str:
    """Say why the value of *symbol* can't be changed."""
    failing = _failing(symbol)
    if failing is None:
        return FOLLOWS
    return _depends(failing) if failing else _hold(symbol, "n" if symbol.str_value == "y" else "y")


def few(names: Sequence[str], word: str, enough: int = 3) -> str:
    """List names with a word before the last, the first of them if they are more than *enough*."""
    if len(names) > enough:
        return f"{', '.join(names[:enough])} {word} {len(names) - enough} more"
    return f" {word} ".join(names)


def nearest(tree: Tree, name: str) -> str | None:
    """Propose the option whose name is nearest to *name*."""
    symbols = tree.unique_defined_syms
    return near((one.name for one in symbols if any(node.prompt for node in one.nodes)), name)


def near(names: Iterable[str], name: str) -> str | None:
    """Propose the one of *names* that is nearest to *name*."""
    import difflib

    name_by_bare = {_bare(one): one for one in names}
    close = difflib.get_close_matches(_bare(name), name_by_bare, n=1)
    return f"did you mean {name_by_bare[close[0]]}?" if close else None


def _bare(name: str) -> str:
    plain = name.upper().replace("-", "_")
    return plain.removeprefix("CONFIG_").removeprefix("LIBUKDRIVER_")


def wanted_form(symbol: Item) -> str:
    """Say what a value of the type of *symbol* looks like."""
    kconfiglib = kconfig.library()
    forms = {
        kconfiglib.BOOL: "y or n",
        kconfiglib.TRISTATE: "y, m or n",
        kconfiglib.INT: "a whole number",
        kconfiglib.HEX: "a hexadecimal number such as 0x1000",
    }
    return forms.get(symbol.orig_type, "text")


def _failing(symbol: Item) -> list[Expression] | None:
    """Return the conditions that are n, none when it is visible, ``None`` without a prompt."""
    kconfiglib = kconfig.library()
    prompts = [one.prompt[1] for one in symbol.nodes if one.prompt]
    if not prompts:
        return None
    if symbol.visibility:
        return []
    operands = kconfiglib.split_expr(prompts[0], kconfiglib.AND)
    failing: list[Expression] = []
    for one in operands:
        if not kconfiglib.expr_value(one) and one not in failing:
            failing.append(one)
    return failing


def _depends(failing: list[Expression]) -> str:
    kconfiglib = kconfig.library()
    texts = [kconfiglib.expr_str(one) for one in failing]
    verb = "which is n" if len(texts) == 1 else "which are n"
    return f"depends on {' and '.join(texts)}, {verb}"


def _remedy(failing: list[Expression]) -> str | None:
    """Name what to set, or what in turn keeps the only cause from being set."""
    kconfiglib = kconfig.library()
    if len(failing) != 1:
        return None
    items = sorted(kconfiglib.expr_items(failing[0]), key=lambda one: str(one.name))
    is_or = kconfiglib.expr_str(failing[0]).replace(" || ", "").isidentifier()
    settable = [one.name for one in items if kconfig.YES in getattr(one, "assignable", ())]
    if not settable and failing[0] is items[0]:
        deeper = _failing(items[0])
        if deeper:
            return f"{items[0].name} {_depends(deeper)}"
        settable = _switches(items[0]) if deeper is None else []
    if settable and is_or:
        return f"set {' or '.join(f'{name}=y' for name in settable)} as well"
    return None


def _switches(symbol: Item) -> list[str]:
    """Return what can be set that turns on a symbol without a prompt."""
    kconfiglib = kconfig.library()
    items = [item for _, condition in symbol.defaults for item in kconfiglib.expr_items(condition)]
    return sorted(one.name for one in items if kconfig.YES in getattr(one, "assignable", ()))


def _hold(symbol: Item, wanted: str) -> str:
    """Say what holds the value of a symbol that is there to be set."""
    if symbol.choice is not None:
        chosen = symbol.choice.selection
        if chosen is not None and chosen is not symbol:
            return f"{chosen.name} of the same choice is y"
        return "one option of its choice has to be y"
    selectors = _selectors(symbol)
    if wanted == "n" and selectors:
        return f"selected by {' and '.join(one.name for one in selectors)}, which is y"
    low_high = range_of(symbol)
    if low_high is not None:
        return f"its range is {low_high[0]} to {low_high[1]}"
    return f"Kconfig makes it {symbol.str_value}"


def _selectors(symbol: Item) -> list[Expression]:
    kconfiglib = kconfig.library()
    alternatives = kconfiglib.split_expr(symbol.rev_dep, kconfiglib.OR)
    active = [one for one in alternatives if kconfiglib.expr_value(one)]
    return [kconfiglib.split_expr(one, kconfiglib.AND)[0] for one in active]


def range_of(symbol: Item) -> tuple[str, str] | None:
    """Return the least and the greatest value that a number may have."""
    kconfiglib = kconfig.library()
    for low, high, condition in symbol.ranges:
        if kconfiglib.expr_value(condition):
            return low.str_value, high.str_value
    return None
