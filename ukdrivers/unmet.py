"""Unmet: what the board or the platform needs and can't have, in as few facts as can't hold together.

In:  what :mod:`ukdrivers.select` was given, and what it made of it.
Out: :class:`~ukdrivers.errors.SelectError` with its :class:`Cause` (to :mod:`ukdrivers.mend`).

A fact says what a driver requires or is for, who provides an interface, who is for a node, or what
the platform needs. Were any one of them otherwise, the others could hold together.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ukdrivers.errors import SelectError
from ukdrivers.shortest import Way, shortest
from ukdrivers.values import Value

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from ukdrivers.model import Board, Driver, Match, Node, Platform, Slot
    from ukdrivers.usable import Case, Usable

__all__ = [
    "Cause",
    "empty_slot",
    "joined",
    "run_by_none",
    "two_controllers",
    "unusable",
    "wrong_arch",
]

FACTS_MAX = 12  # that a message has
NAMES_MAX = 8  # that a fact has


class Cause(Value):
    """The fewest facts that can't hold together, and where a change could set in."""

    facts: tuple[str, ...]
    rank: tuple[int, ...] = ()  #: what has a higher one was not looked at
    lacking: tuple[str, ...] = ()  #: interfaces that are not provided; the deepest come last
    drivers: tuple[str, ...] = ()  #: names of those that can't be used
    surplus: tuple[str, ...] = ()  #: names of drivers that are better left out
    nodes: tuple[Node, ...] = ()  #: that another driver would help, the likeliest first
    slot: str | None = None  #: interface that it has to provide
    sought: str = ""  #: what a package would do, for when none is known


def wrong_arch(platform: Platform, arch: str) -> SelectError:
    """Refuse an architecture that the platform hasn't got."""
    runs_on = " and ".join(platform.arch)
    facts = (f"platform {platform.name} runs on {runs_on}", f"the image is for {arch}")
    message = f"platform {platform.name}: runs on {runs_on}, wanted {arch}"
    return SelectError(message, cause=Cause(facts=facts, rank=(0,)))


def unusable(drivers: Sequence[Driver], platform: Platform, usable: Usable, name: str) -> Cause:
    """Return why a driver can't be used."""
    return _cause(shortest((), [name], _Ways(drivers, platform, usable).of_driver))


def run_by_none(case: Case, match: Match) -> SelectError:
    """Refuse a board with a node whose drivers all lack something."""
    path = match.node.path
    names = [one.driver.name for one in match.rivals]
    first = f"{path} has no driver but {_listed(names)}"
    ways = _Ways(case.drivers, case.platform, case.usable)
    known = shortest((first,), names, ways.of_driver)
    lacking = _cause(known).lacking
    cause = _cause(
        known,
        rank=(3, [one.path for one in case.board.nodes].index(path)),
        surplus=tuple(names),
        nodes=(match.node,),
        sought=f"provides {lacking[-1]}",
    )
    ends = [one for one in known.values() if one.driver and not one.names]
    why = joined(cause.facts[1:]) + ("" if ends else ", a circle")
    return SelectError(f"{path}: {why}", cause=cause)


def empty_slot(case: Case, slot: Slot) -> SelectError:
    """Refuse a board that has no node whose driver fills a slot."""
    interface, platform = slot.interface, case.platform
    rivals = [rival.driver for one in case.matches.found for rival in one.rivals]
    names = [*dict.fromkeys(one.name for one in rivals if interface in one.provides)]
    needs = f"platform {platform.name} needs a node whose driver provides {interface}"
    who = f"only {_listed(names)} could do that" if names else "no node has a driver that could"
    ways = _Ways(case.drivers, platform, case.usable)

    fillers = {f"filler {name}": name for name in names}

    def ways_of(item: str) -> list[Way]:
        return _unfilling(case, slot, fillers[item]) if item in fillers else ways.of_driver(item)

    known = shortest((needs, who), [*fillers], ways_of)
    # also what keeps a driver out of which the shortest says that its node goes to another
    usable = {one.name for one in case.usable.drivers}
    beside = shortest((), [one for one in names if one not in usable], ways.of_driver)
    path = _slot_path(slot, case.board)
    nodes = [one.node for one in case.matches.unclaimed]
    nodes += [one.node for one in case.matches.found]
    nodes.sort(key=lambda one: one.path != path)
    named = nodes[0].compatible if nodes and nodes[0].path == path else ()
    cause = _cause(
        {**beside, **known},
        facts=tuple(known),
        rank=(1, platform.slots.index(slot)),
        slot=interface,
        nodes=tuple(nodes),
        sought=f"lists {' or '.join(named)}" if named else "",
    )
    return SelectError(_empty(case, slot, path, cause.facts[2:]), cause=cause)


def _unfilling(case: Case, slot: Slot, name: str) -> list[Way]:
    """Return why a driver doesn't fill a slot: it can't be used, or others take all of its nodes."""
    ways = [] if any(one.name == name for one in case.usable.drivers) else [Way(names=(name,))]
    takers = {}
    for match in case.matches.found:
        if any(one.driver.name == name for one in match.rivals):
            taker = _taker(case, match)
            if taker is None:
                return ways
            goes = f"{match.node.path} goes to {taker.name}"
            takers[f"{goes}, which does not provide {slot.interface}"] = taker.name
    return [*ways, Way(facts=tuple(takers), surplus=tuple(takers.values()))]


def _slot_path(slot: Slot, board: Board) -> str | None:
    family = slot.interface.partition("@")[0]
    return {"irqchip": board.interrupt_parent, "console": board.stdout}.get(family)


def _empty(case: Case, slot: Slot, path: str | None, why: Sequence[str]) -> str:
    """Say what the node has that should fill the slot."""
    for one in case.matches.unclaimed:
        if one.node.path == path:
            return f"{path}: {one.reason}, wanted one that provides {slot.interface}"
    for match in case.matches.found:
        if match.node.path == path:
            taker = _taker(case, match)
            if taker:
                why = [f"{taker.name} does not provide {slot.interface}"]
            why = why or [f"{one.driver.name} can't be used" for one in match.rivals]
            return f"{path}: {joined(why)}; nothing else provides {slot.interface}"
    wanted = f"wanted a node whose driver provides {slot.interface}"
    wanted += f"; {joined(why)}" if why else ""
    for one in case.matches.ignored:
        if one.node.path == path:
            return f"{path}: {one.reason}, {wanted}"
    return f"{case.board.source}: the device tree names no {slot.purpose}, {wanted}"


def _taker(case: Case, match: Match) -> Driver | None:
    """Return the best usable driver for a node."""
    misfits = case.usable.misfits
    rivals = (one.driver for one in match.rivals if one.driver.name not in misfits)
    return next((one for one in rivals if not case.usable.missing(one)), None)


def two_controllers(case: Case, slot: Slot, users: Mapping[str, str]) -> SelectError:
    """Refuse a board whose nodes need two providers of a slot that has one.

    :param users: a node by where its interrupts go, which is two places
    """
    name_by_path = {node.path: one.driver.name for one in case.selected for node in one.nodes}
    facts = [f"platform {case.platform.name} takes one provider of {slot.interface}"]
    for path, user in users.items():
        provider = f"{name_by_path[path]} provides {slot.interface}"
        facts.append(f"{user} has its interrupts at {path}, where {provider}")
    root = case.board.interrupt_parent  # whose driver is the last to be left out
    cause = Cause(
        facts=tuple(facts),
        rank=(2, case.platform.slots.index(slot)),
        surplus=tuple(name_by_path[path] for path in sorted(users, key=lambda one: one == root)),
    )
    return SelectError(f"{case.board.source}: {joined(facts)}", cause=cause)


class _Ways:
    """The ways to explain why a driver isn't used."""

    def __init__(self, drivers: Sequence[Driver], platform: Platform, usable: Usable) -> None:
        self._usable = usable
        self._driver_by_name = {one.name: one for one in drivers}
        self.providers: dict[str, list[str]] = {}
        for driver in drivers:
            for interface in dict.fromkeys(driver.provides):
                self.providers.setdefault(interface, []).append(driver.name)
        for interface in platform.offers:
            self.providers.setdefault(interface, []).append(f"platform {platform.name}")
        self._versions: dict[str, list[str]] = {}
        for interface in self.providers:
            self._versions.setdefault(interface.partition("@")[0], []).append(interface)
        self._who: dict[str, str] = {}

    def of_driver(self, name: str) -> list[Way]:
        """Return why a driver can't be used: it is for something else, or lacks an interface."""
        misfit = self._usable.misfits.get(name)
        if misfit:
            return [Way(facts=(f"{name} {misfit}",), driver=name)]
        missing = self._usable.missing(self._driver_by_name[name])
        return [self._lacks(name, interface) for interface in missing]

    def _lacks(self, name: str, interface: str) -> Way:
        if interface not in self._who:
            self._who[interface] = self._who_provides(interface)
        return Way(
            facts=(f"{name} requires {interface}", self._who[interface]),
            names=self.providers.get(interface, ()),
            driver=name,
            lacking=interface,
        )

    def _who_provides(self, interface: str) -> str:
        if interface in self.providers:
            return f"only {self._provides(interface)}"
        others = self._versions.get(interface.partition("@")[0], ())
        near = _listed([self._provides(one) for one in others[:NAMES_MAX]])
        return f"no driver provides {interface}" + (f", but {near}" if near else "")

    def _provides(self, interface: str) -> str:
        names = self.providers[interface]
        return f"{_listed(names)} provide{'s' * (len(names) == 1)} {interface}"


def _cause(known: Mapping[str, Way], **more: Any) -> Cause:  # noqa: ANN401
    ways = known.values()
    surplus = (name for one in ways for name in one.surplus)
    return Cause(
        lacking=tuple(dict.fromkeys(one.lacking for one in ways if one.lacking)),
        drivers=tuple(dict.fromkeys(one.driver for one in ways if one.driver)),
        **{"facts": tuple(known), "surplus": tuple(dict.fromkeys(surplus)), **more},
    )


def joined(facts: Sequence[str]) -> str:
    """Return facts as one line, the first of them if they are many."""
    more = len(facts) - FACTS_MAX
    return "; ".join(facts[:FACTS_MAX]) + (f"; and {more} more like these" if more > 0 else "")


def _listed(names: Sequence[str]) -> str:
    more = len(names) - NAMES_MAX
    shown = [*names[:NAMES_MAX], f"{more} more"] if more > 0 else names
    return " and ".join(", ".join(one) for one in (shown[:-1], shown[-1:]) if one)
