"""Causes: why a symbol can't have another value, as few statements as it takes.

In:  a Kconfig tree with a request in it that fails, and what the request has to respect.
Out: the statements that contradict the request, none of which can be left out.

A statement is a rule (of the menu, of the platform, of the board) or a fact: the value of a symbol
that somebody could set. The proof walks from the request down to facts.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from ukdrivers import kconfig
from ukdrivers.choices import COMMAND_LINE
from ukdrivers.conditions import defaults_of, formula_of, on_when
from ukdrivers.refusal import few
from ukdrivers.values import Value

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from ukdrivers.choices import Chosen
    from ukdrivers.kconfig import Expression, Item, Tree
    from ukdrivers.logic import Formula

__all__ = ["Cause", "Proofs"]

_IDLE = " (no node of the board asks for it)"  #: how the text of such a fact ends
MANY = 4  #: of so many alternatives, those that are merely off are told in one


class Cause(Value):
    """One statement."""

    kind: str  #: ``kconfig``, ``interface``, ``platform``, ``device tree`` or ``value``
    text: str
    place: str  #: ``file:line``, or the node of a board
    formula: Formula  #: what it says of the symbols
    symbols: tuple[str, ...] = ()  #: of a fact: whose values they are


class Proofs:
    """Why the symbols of a tree have the values that they have."""

    def __init__(
        self,
        tree: Tree,
        *,
        chosen: Mapping[str, Chosen],
        comments: Mapping[str, str],
        given: Iterable[str] = (),
    ) -> None:
        """Look at a tree.

        :param chosen: what the user set
        :param comments: what the board says of a driver's symbol
        :param given: symbols whose value needs no reason
        """
        self.tree = tree
        self.chosen = chosen
        self.comments = comments
        self.given = set(given)
        self._known: dict[tuple[str, bool], list[Cause]] = {}
        self._lib = kconfig.library()

    def lacks(self, symbol: Item) -> list[Cause]:
        """Return why a symbol isn't y."""
        return self._once(symbol, False, self._lacks)

    def holds(self, symbol: Item) -> list[Cause]:
        """Return why a symbol is y."""
        return self._once(symbol, True, self._holds)

    def _once(self, symbol: Item, value: bool, prove: Callable[[Item], list[Cause]]) -> list[Cause]:
        if symbol.is_constant or symbol.name in self.given:
            return []
        key = (symbol.name, value)
        if key not in self._known:
            self._known[key] = prove(symbol)
        return self._known[key]

    def _lacks(self, symbol: Item) -> list[Cause]:
        chosen = self.chosen.get(symbol.name)
        if (
            not symbol.nodes
            or kconfig.YES in symbol.assignable
            or (chosen and symbol.user_value == 0)
        ):
            return [self.fact(symbol)]
        return self.barred(symbol, symbol.name)

    def barred(self, symbol: Item, what: Formula) -> list[Cause]:
        """Return why a symbol can't be set.

        :param what: what can't be so
        """
        lib = self._lib
        failing = [
            one for one in lib.split_expr(symbol.direct_dep, lib.AND) if not lib.expr_value(one)
        ]
        if failing:
            proofs = [
                _joined([self._depends(symbol, one, what)], self.false(one)) for one in failing
            ]
            return min(proofs, key=len)
        when = on_when(symbol, self.tree)
        return _joined([self._needs(symbol, when, what)], self.false(when))

    def _holds(self, symbol: Item) -> list[Cause]:
        if 0 in symbol.assignable or (symbol.choice is not None and symbol.visibility):
            return [self.fact(symbol)]
        return self.kept(symbol, symbol.name)

    def kept(self, symbol: Item, what: Formula) -> list[Cause]:
        """Return why a symbol can't be n."""
        lib = self._lib
        if symbol.choice is not None:
            members = [one for one in symbol.choice.syms if one.visibility]
            rule = Cause(
                kind="kconfig",
                text=f"one of {few([one.name for one in members], 'and', MANY)} has to be y",
                place=_place(symbol.choice.nodes[0]),
                formula=("or", *(one.name for one in members)),
            )
            return _joined([rule], *(self.lacks(one) for one in members if one is not symbol))
        proofs = []
        for selector in lib.split_expr(symbol.rev_dep, lib.OR):
            if lib.expr_value(selector):
                first, *conditions = lib.split_expr(selector, lib.AND)
                known = lib.split_expr(first.direct_dep, lib.AND)  # it is y, so they are
                parts = [first, *(one for one in conditions if one not in known)]
                rule = Cause(
                    kind="kconfig",
                    text=f"{first.name} selects {symbol.name}",
                    place=_place(first.nodes[0], symbol.name, "select"),
                    formula=("or", ("not", ("and", *map(formula_of, parts))), what),
                )
                proofs.append(_joined([rule], *map(self.true, parts)))
        for condition in [] if symbol.visibility else defaults_of(symbol, self.tree):
            if lib.expr_value(condition):
                rule = Cause(
                    kind=_kind(symbol),
                    text=f"{symbol.name} is y with {lib.expr_str(condition)}",
                    place=_place(symbol.nodes[0]),
                    formula=("or", ("not", formula_of(condition)), what),
                )
                proofs.append(_joined([rule], self.true(condition)))
        return min(proofs, key=len) if proofs else [self.fact(symbol)]

    def false(self, condition: Expression) -> list[Cause]:
        """Return why a condition is n."""
        return self._why(condition, False)

    def true(self, condition: Expression) -> list[Cause]:
        """Return why a condition is y."""
        return self._why(condition, True)

    def _why(self, condition: Expression, value: bool) -> list[Cause]:
        lib = self._lib
        if not isinstance(condition, tuple):
            if isinstance(condition, lib.Choice):
                return []
            return self.holds(condition) if value else self.lacks(condition)
        word, *parts = condition
        if word == lib.NOT:
            return self._why(parts[0], not value)
        if word not in (lib.AND, lib.OR):
            return [self._comparison(condition, value)]
        parts = lib.split_expr(condition, word)
        if value is (word == lib.OR):  # one is enough
            proofs = [self._why(one, value) for one in parts if bool(lib.expr_value(one)) is value]
            return min(proofs, key=len)
        return _merged(_joined(*(self._why(one, value) for one in parts)))

    def fact(self, symbol: Item) -> Cause:
        """Return the statement of a symbol's value."""
        value = symbol.str_value if symbol.nodes else "n"
        chosen = self.chosen.get(symbol.name)
        if not symbol.nodes:
            kind, why, place = "platform", "nothing defines it", _place(self.tree.top_node)
        elif chosen is not None:
            kind, why, place = "value", chosen.origin, chosen.place
        else:
            kind, place = "value", _place(symbol.nodes[0])
            why = self.comments.get(symbol.name) or "default"
        return Cause(
            kind=kind,
            text=f"{symbol.name} is {value} ({why})",
            place=place or COMMAND_LINE,
            formula=symbol.name if value == "y" else ("not", symbol.name),
            symbols=(symbol.name,),
        )

    def fact_as(self, symbol: Item, value: str) -> Cause:
        """Return the statement of the value that the user gave a symbol."""
        chosen = self.chosen[symbol.name]
        formula = symbol.name if value == "y" else f"{symbol.name} is {value}"
        return Cause(
            kind="value",
            text=f"{symbol.name} is set to {value} ({chosen.origin})",
            place=chosen.place or COMMAND_LINE,
            formula=("not", symbol.name) if value == "n" else formula,
            symbols=(symbol.name,),
        )

    def range(self, symbol: Item, low_high: tuple[str, str], what: Formula) -> Cause:
        """Return the statement of the values that a number may have."""
        return Cause(
            kind="kconfig",
            text=f"{symbol.name} is from {low_high[0]} to {low_high[1]}",
            place=_place(symbol.nodes[0], low_high[0], "range"),
            formula=("not", what),
        )

    def _comparison(self, condition: Expression, value: bool) -> Cause:
        names = [one for one in self._lib.expr_items(condition) if one.nodes]
        said = " and ".join(sorted(f"{one.name} is {one.str_value or 'empty'}" for one in names))
        formula = formula_of(condition)
        return Cause(
            kind="value",
            text=said or self._lib.expr_str(condition),
            place=_place(names[0].nodes[0]) if names else "",
            formula=formula if value else ("not", formula),
        )

    def _depends(self, symbol: Item, condition: Expression, what: Formula) -> Cause:
        lib = self._lib
        items = sorted(str(one.name) for one in lib.expr_items(condition))
        text = lib.expr_str(condition)
        return Cause(
            kind="kconfig",
            text=f"{symbol.name} depends on {text}",
            place=_place(symbol.nodes[0], items[0] if items else "", "depends", "if"),
            formula=("or", ("not", what), formula_of(condition)),
        )

    def _needs(self, symbol: Item, when: Expression, what: Formula) -> Cause:
        lib = self._lib
        names = [one.name for one in sorted(lib.expr_items(when), key=_rank) if one.name]
        text = f"one of {few(names, 'and', MANY)}" if len(names) > 1 else lib.expr_str(when)
        return Cause(
            kind=_kind(symbol),
            text=f"{symbol.name} is on only with {text}" if names else f"{symbol.name} is never on",
            place=_place(symbol.nodes[0]),
            formula=("or", ("not", what), formula_of(when)),
        )


def _joined(*lists: Sequence[Cause]) -> list[Cause]:
    """Return all causes, each once."""
    seen: dict[tuple[str, str], Cause] = {}
    for one in itertools.chain(*lists):
        seen.setdefault((one.text, one.place), one)
    return list(seen.values())


def _merged(causes: list[Cause]) -> list[Cause]:
    """Tell many facts about what nobody turned on as one."""
    idle = [one for one in causes if one.symbols and one.text.endswith(_IDLE)]
    if len(idle) <= MANY:
        return causes
    names = [name for one in idle for name in one.symbols]
    whole = Cause(
        kind="value",
        text=f"{few(names, 'and', MANY)} are n{_IDLE}",
        place=idle[0].place,
        formula=("and", *(one.formula for one in idle)),
        symbols=tuple(names),
    )
    told = set(map(id, idle))
    return [*(one for one in causes if id(one) not in told), whole]


def _rank(item: Item) -> tuple[str, int]:
    return (item.nodes[0].filename, item.nodes[0].linenr) if item.nodes else ("", 0)


def _kind(symbol: Item) -> str:
    if symbol.name.startswith("HAVE_UKD_"):
        return "interface"
    return "platform" if symbol.name.startswith("HAVE_LIBUKDRIVER_") else "kconfig"


def _place(node: Item, name: str = "", *words: str) -> str:
    """Return where an entry stands, or the line of it that starts with one of *words*."""
    path, line = node.filename, node.linenr
    if name:
        with open(path, encoding="utf-8") as file:
            for number, text in enumerate(itertools.islice(file, line, None), line + 1):
                if text.startswith(("config ", "menuconfig ", "choice")):
                    break
                if text.split(None, 1)[:1] in [[one] for one in words] and name in text:
                    return f"{path}:{number}"
    return f"{path}:{line}"
