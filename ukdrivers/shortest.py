"""Shortest: the fewest facts that explain something. Part of :mod:`ukdrivers.unmet`."""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING

from ukdrivers.values import Value

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

__all__ = ["Way", "shortest"]

COPIES_MAX = 100_000  # facts that are copied in a search; then the first way is taken


class Way(Value):
    """One way to explain why something isn't so."""

    facts: tuple[str, ...] = ()
    names: Sequence[str] = ()  #: what the last fact leaves to be explained
    driver: str | None = None  #: that can't be used: it is for something else, or
    lacking: str | None = None  #: requires this interface
    surplus: tuple[str, ...] = ()  #: names of drivers that are better left out


class _State:
    """Some facts, and what they leave to be explained."""

    def __init__(self, known: dict[str, Way], done: set[str], waiting: list[str]) -> None:
        self.known = known
        self.done = done
        self.waiting = waiting  # the next one last

    def copy(self) -> _State:
        return _State({**self.known}, {*self.done}, [*self.waiting])

    def go(self, way: Way) -> None:
        if not way.facts or way.facts[-1] not in self.known:  # else its names are there already
            self.waiting += reversed(way.names)
        for fact in way.facts:
            self.known.setdefault(fact, way)


def shortest(
    first: Iterable[str], names: Sequence[str], ways: Callable[[str], Sequence[Way]]
) -> dict[str, Way]:
    """Explain all of some names in the fewest facts.

    :param first: facts that are there anyway
    :param ways: returns the ways to explain a name, at least one
    :returns: the facts in the order in which they explain each other, each with its way

    Source: E. W. Dijkstra, A note on two problems in connexion with graphs, 1959: what has the
    fewest facts so far is gone on with, so that the first to be complete has the fewest of all.
    """
    states = [(0, 0, _State(dict.fromkeys(first, Way()), set(), [*reversed(names)]))]
    pushed = copied = 0
    while True:
        state = heapq.heappop(states)[2]
        while not states or len(state.known) <= states[0][0]:
            if not state.waiting:
                return state.known
            name = state.waiting.pop()
            if name in state.done:
                continue
            state.done.add(name)
            best, *others = ways(name)
            for way in others if copied < COPIES_MAX else ():
                other = state.copy()
                other.go(way)
                pushed, copied = pushed + 1, copied + len(state.done)
                heapq.heappush(states, (len(other.known), pushed, other))
            state.go(best)
        pushed += 1
        heapq.heappush(states, (len(state.known), pushed, state))
