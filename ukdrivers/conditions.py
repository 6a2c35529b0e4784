"""Conditions: what Kconfig's own say of a symbol, in one form. Part of :mod:`ukdrivers.causes`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ukdrivers import kconfig

if TYPE_CHECKING:
    from ukdrivers.kconfig import Expression, Item, Tree
    from ukdrivers.logic import Formula

__all__ = ["defaults_of", "formula_of", "on_when"]


def formula_of(condition: Expression) -> Formula:
    """Return a condition of Kconfig as a formula; a comparison becomes a name."""
    lib = kconfig.library()
    if not isinstance(condition, tuple):
        if isinstance(condition, lib.Choice):
            return True
        if condition.is_constant:
            return condition.name == "y"
        return condition.name
    word, *parts = condition
    if word == lib.NOT:
        return ("not", formula_of(parts[0]))
    if word in (lib.AND, lib.OR):
        parts = lib.split_expr(condition, word)
        return ("and" if word == lib.AND else "or", *map(formula_of, parts))
    return lib.expr_str(condition)


def on_when(symbol: Item, tree: Tree) -> Expression:
    """Return the condition without which a symbol isn't y."""
    lib = kconfig.library()
    ways = [one.prompt[1] for one in symbol.nodes if one.prompt]
    ways += [*defaults_of(symbol, tree), symbol.rev_dep]
    ways = [one for one in ways if one is not tree.n]
    when = tree.n
    for one in ways:
        when = one if when is tree.n else (lib.OR, when, one)
    return when


def defaults_of(symbol: Item, tree: Tree) -> list[Expression]:
    """Return the conditions under which a symbol is y without being set, each enough."""
    lib = kconfig.library()
    conditions: list[Expression] = []
    before: list[Expression] = []
    for value, condition in symbol.defaults:
        whole = condition if value is tree.y else (lib.AND, value, condition)
        for one in before:
            whole = (lib.AND, whole, (lib.NOT, one))
        if value is not tree.n:
            conditions.append(whole)
        if value is not tree.y:  # what comes after a y decides nothing that this didn't
            before.append(condition)
    if symbol.weak_rev_dep is not tree.n:
        conditions.append((lib.AND, symbol.weak_rev_dep, symbol.direct_dep))
    return conditions
