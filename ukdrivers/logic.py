"""Logic: which of several statements contradict each other, and which of them are needed for that.

A formula is ``True``, ``False``, a name, ``("not", f)``, ``("and", f, …)`` or ``("or", f, …)``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any, TypeAlias

    Formula: TypeAlias = Any  #: mypy knows no type that is made of itself and tuples of it

__all__ = ["evaluated", "is_satisfiable", "needed"]


def needed(statements: Sequence[Formula], given: Formula) -> list[int]:
    """Return which statements contradict *given*, when none of them can be left out.

    :param statements: at most so many that each may be left out in turn
    :returns: their numbers; all of them if even together they contradict nothing
    """
    left = list(range(len(statements)))
    for number in reversed(range(len(statements))):
        fewer = [one for one in left if one != number]
        if not is_satisfiable([given, *(statements[one] for one in fewer)]):
            left = fewer
    return left


def is_satisfiable(formulas: Sequence[Formula]) -> bool:
    """Whether there are values of all names for which every formula holds."""
    return _search(formulas, {})


def _search(formulas: Sequence[Formula], values: dict[str, bool]) -> bool:
    values = dict(values)
    open_ones = list(formulas)
    is_new = True
    while is_new:  # what must be so without a choice
        is_new = False
        undecided = []
        for formula in open_ones:
            verdict = evaluated(formula, values)
            if verdict is False:
                return False
            if verdict is None:
                undecided.append(formula)
                for name, value in _forced(formula, values):
                    if values.setdefault(name, value) is not value:
                        return False
                    is_new = True
        open_ones = undecided
    if not open_ones:
        return True
    name = next(one for one in _names(open_ones[0]) if one not in values)
    return any(_search(open_ones, {**values, name: value}) for value in (True, False))


def evaluated(formula: Formula, values: Mapping[str, bool]) -> bool | None:
    """Return whether a formula holds; None: that depends on names without a value."""
    if isinstance(formula, bool):
        return formula
    if isinstance(formula, str):
        return values.get(formula)
    word, *parts = formula
    verdicts = [evaluated(one, values) for one in parts]
    if word == "not":
        return None if verdicts[0] is None else not verdicts[0]
    decisive = bool(word == "or")
    if decisive in verdicts:
        return decisive
    return None if None in verdicts else not decisive


def _forced(formula: Formula, values: Mapping[str, bool]) -> Iterator[tuple[str, bool]]:
    """Yield what a formula that holds says of single names."""
    if isinstance(formula, str):
        yield formula, True
    elif not isinstance(formula, bool):
        word, *parts = formula
        if word == "not" and isinstance(parts[0], str):
            yield parts[0], False
        undecided = [one for one in parts if evaluated(one, values) is None]
        if word == "and" or (word == "or" and len(undecided) == 1):
            for one in undecided:
                yield from _forced(one, values)


def _names(formula: Formula) -> Iterator[str]:
    if isinstance(formula, str):
        yield formula
    elif not isinstance(formula, bool):
        for one in formula[1:]:
            yield from _names(one)
