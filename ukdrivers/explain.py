"""Explain: why a symbol has its value, why it can't have another, and what would allow that.

In:  an open tree (from :mod:`ukdrivers.config`) and the selection the menu was made of.
Out: causes and a change (to :mod:`ukdrivers.cli.config`).

The tree is a copy of the configuration: a request is set in it, and whatever then isn't as it must
be is what stands against the request. A change is looked for in the same way: set what would mend
the first thing that is wrong, look again, and go on from the attempt with the fewest changes.
"""

from __future__ import annotations

import heapq
import itertools
from typing import TYPE_CHECKING

from ukdrivers import kconfig, refusal
from ukdrivers.causes import Proofs
from ukdrivers.conditions import on_when
from ukdrivers.errors import ConfigError
from ukdrivers.logic import needed
from ukdrivers.values import Value, replace

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ukdrivers.causes import Cause
    from ukdrivers.config import Opened
    from ukdrivers.demands import Demand
    from ukdrivers.kconfig import Expression, Item
    from ukdrivers.model import Menu

__all__ = ["Answer", "Explainer"]

ATTEMPTS = 300  #: before no change is known


class Answer(Value):
    """What stands against a request, and what would allow it."""

    symbol: str
    value: str
    causes: tuple[Cause, ...]  #: empty: nothing
    change: Mapping[str, str] | None  #: what to set as well, by symbol; none: nothing is known


class Explainer:
    """An open configuration that is asked about."""

    def __init__(self, opening: Opened, menu: Menu, demands: Sequence[Demand]) -> None:
        """Ask about *opening*, whose values are put back after each question.

        :param demands: what has to be kept besides the rules of Kconfig
        """
        self.tree, self.chosen, self.demands = opening.tree, opening.chosen, demands
        self.comments = {one.symbol: one.comment for one in menu.entries}
        self.kept = [
            (self.tree.syms[name], _text(self.tree.syms[name].user_value))
            for name, one in self.chosen.items()
            if not one.place or name in self.comments
        ]

    def why(self, symbol: Item) -> list[Cause]:
        """Return what the value of a symbol follows from."""
        proofs = self._proofs({})
        if symbol.str_value == "y":
            return proofs.holds(symbol)
        if symbol.str_value == "n" or not symbol.visibility:
            return proofs.lacks(symbol)
        return [proofs.fact(symbol)]

    def why_not(self, symbol: Item, value: str) -> Answer:
        """Return what stands against a value.

        :raises ConfigError: no symbol of that type ever has that value
        """
        request = {symbol.name: value}
        with_it = self._attempt(request)
        if with_it is None:
            wanted = refusal.wanted_form(symbol)
            raise ConfigError(f'{symbol.name}: set to "{value}", wanted {wanted}')
        given = _request_formula(symbol, value)
        causes: list[Cause] | None = None
        try:
            for problem in self._problems(request):
                found = self._causes(problem, request)
                numbers = needed([one.formula for one in found], given)
                found = [found[number] for number in numbers]
                causes = found if causes is None or len(found) < len(causes) else causes
        finally:
            with_it.undo()
        change = self._change(symbol, value) if causes else {}
        told = tuple(self._as_of_now(one) for one in causes or ())
        return Answer(symbol=symbol.name, value=value, causes=told, change=change)

    def _as_of_now(self, cause: Cause) -> Cause:
        """Tell a fact that comes only with the request as such."""
        if len(cause.symbols) == 1 and " is set to " not in cause.text:
            value = "y" if cause.formula == cause.symbols[0] else "n"
            if self.tree.syms[cause.symbols[0]].str_value != value:
                return replace(cause, text=cause.text.replace(" is ", " becomes ", 1))
        return cause

    def _proofs(self, request: Mapping[str, str]) -> Proofs:
        return Proofs(self.tree, chosen=self.chosen, comments=self.comments, given=request)

    def _causes(self, problem: _Problem, request: Mapping[str, str]) -> list[Cause]:
        proofs = self._proofs(request)
        if problem.demand is not None:
            demand = problem.demand
            causes = [demand.cause]
            if demand.driver is not None:
                causes += proofs.holds(self.tree.syms[demand.driver])
            symbols = (self.tree.syms[one] for one in demand.symbols)
            lacking = [cause for one in symbols for cause in proofs.lacks(one)]
            return list(dict.fromkeys([*causes, *lacking]))
        symbol, wanted = problem.symbol, problem.wanted
        own = [] if symbol.name in request else [proofs.fact_as(symbol, wanted)]
        what = _request_formula(symbol, wanted)
        if wanted == "n" and symbol.str_value == "y":
            return [*proofs.kept(symbol, ("not", what)), *own]
        low_high = refusal.range_of(symbol) if symbol.visibility else None
        if low_high is not None:
            return [proofs.range(symbol, low_high, what)]
        return [*proofs.barred(symbol, what), *own]

    # -- a request in the tree

    def _attempt(self, values: Mapping[str, str]) -> _Undo | None:
        """Set values; none: one of them has the wrong form."""
        undo = _Undo([self.tree.syms[name] for name in values])
        for name, value in values.items():
            if not self.tree.syms[name].set_value(value):
                undo.undo()
                return None
        return undo

    def _problems(self, values: Mapping[str, str]) -> Iterator[_Problem]:
        """Yield what isn't as it must be, that of *values* first."""
        mine = [(self.tree.syms[name], value) for name, value in values.items()]
        kept = ((symbol, value) for symbol, value in self.kept if symbol.name not in values)
        for symbol, value in itertools.chain(mine, kept):
            if symbol.str_value != value:
                yield _Problem(symbol=symbol, wanted=value)
        for demand in self.demands:
            is_due = demand.driver is None or self._is_on(demand.driver)
            if is_due and not any(map(self._is_on, demand.symbols)):
                yield _Problem(demand=demand)

    def _is_on(self, name: str) -> bool:
        return bool(self.tree.syms[name].str_value == "y")

    # -- a change that allows it

    def _change(self, symbol: Item, value: str) -> dict[str, str] | None:
        """Return the fewest further values with which all is as it must be."""
        count = itertools.count()
        waiting = [((0, 0), next(count), {symbol.name: value})]
        seen: set[frozenset[tuple[str, str]]] = set()
        while waiting and len(seen) < ATTEMPTS:
            (changes, overruled), _, values = heapq.heappop(waiting)
            if frozenset(values.items()) in seen:
                continue
            seen.add(frozenset(values.items()))
            undo = self._attempt(values)
            if undo is None:
                continue
            try:
                problem = next(self._problems(values), None)
                if problem is None and self._is_sound():
                    return {name: one for name, one in values.items() if name != symbol.name}
                moves = list(dict.fromkeys(self._moves(problem))) if problem else []
            finally:
                undo.undo()
            for name, one in moves:
                if name not in values:
                    cost = (changes + 1, overruled + (name in self.chosen))
                    heapq.heappush(waiting, (cost, next(count), {**values, name: one}))
        return None

    def _is_sound(self) -> bool:
        """Whether Kconfig has nothing to say against the values."""
        lib, before = kconfig.library(), len(self.tree.warnings)
        for one in self.tree.unique_defined_syms:
            if one.rev_dep is not self.tree.n or one.orig_type in (lib.INT, lib.HEX):
                one.str_value  # noqa: B018 - is worked out here, with its warnings
        sound = len(self.tree.warnings) == before
        del self.tree.warnings[before:]
        return sound

    def _moves(self, problem: _Problem) -> Iterator[tuple[str, str]]:
        """Yield what could be set against a problem; every way out begins with one of these."""
        if problem.demand is not None:
            for name in problem.demand.symbols:
                yield from self._turn(self.tree.syms[name], True)
            if problem.demand.driver is not None:
                yield from self._turn(self.tree.syms[problem.demand.driver], False)
            return
        symbol, wanted = problem.symbol, problem.wanted
        if symbol.name in self.chosen:
            yield symbol.name, "n" if wanted == "y" else "y"
        if wanted == "n":
            yield from self._release(symbol)
        elif not symbol.visibility:
            yield from self._toggle(on_when(symbol, self.tree), True)

    def _release(self, symbol: Item) -> Iterator[tuple[str, str]]:
        lib = kconfig.library()
        if symbol.choice is not None:
            yield from ((one.name, "y") for one in symbol.choice.syms if one is not symbol)
        for selector in lib.split_expr(symbol.rev_dep, lib.OR):
            if lib.expr_value(selector):
                yield from self._toggle(selector, False)
                return
        if not symbol.visibility:
            yield from self._toggle(on_when(symbol, self.tree), False)

    def _turn(self, symbol: Item, value: bool) -> Iterator[tuple[str, str]]:
        """Yield what makes a symbol y or n."""
        if symbol.is_constant or not symbol.nodes:
            return
        if any(one.prompt for one in symbol.nodes):
            yield symbol.name, "y" if value else "n"
        else:
            yield from self._toggle(on_when(symbol, self.tree), value)

    def _toggle(self, condition: Expression, value: bool) -> Iterator[tuple[str, str]]:
        """Yield what makes a condition y or n, or brings it nearer to that."""
        lib = kconfig.library()
        if not isinstance(condition, tuple):
            if not isinstance(condition, lib.Choice):
                yield from self._turn(condition, value)
            return
        word, *parts = condition
        if word == lib.NOT:
            yield from self._toggle(parts[0], not value)
        elif word in (lib.AND, lib.OR):
            parts = lib.split_expr(condition, word)
            wrong = [one for one in parts if bool(lib.expr_value(one)) is not value]
            for one in wrong if value is (word == lib.OR) else wrong[:1]:
                yield from self._toggle(one, value)
        elif value and word == lib.EQUAL and parts[0].nodes and not parts[1].nodes:
            yield parts[0].name, parts[1].str_value


class _Problem(Value):
    """A symbol that hasn't its value, or a demand that isn't met."""

    symbol: Item = None
    wanted: str = ""
    demand: Demand | None = None


class _Undo:
    """The values that symbols had."""

    def __init__(self, symbols: Sequence[Item]) -> None:
        self.before = [(one, one.user_value) for one in symbols]
        self.choices = {one.choice: one.choice.user_selection for one in symbols if one.choice}

    def undo(self) -> None:
        for choice, selection in self.choices.items():
            choice.unset_value()
            if selection is not None:
                selection.set_value(kconfig.YES)
        for symbol, value in self.before:
            if value is None:
                symbol.unset_value()
            elif symbol.choice is None or value != kconfig.YES:
                symbol.set_value(value)


def _text(value: object) -> str:
    return "nmy"[value] if isinstance(value, int) else str(value)


def _request_formula(symbol: Item, value: str) -> object:
    if value == "y":
        return symbol.name
    return ("not", symbol.name) if value == "n" else f"{symbol.name} is {value}"
