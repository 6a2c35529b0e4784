"""Needs: how the driver menu says what a driver requires of others. Part of :mod:`ukdrivers.menu`.

In:  the drivers of the menu, and the interfaces that the platform brings.
Out: for each driver what it selects and what it waits for, and the hidden symbols for that.

Each required interface is a symbol, on when one of its providers is. A driver waits for the symbol,
so that what provides it is for the user to choose; where only one driver provides it, there is
nothing to choose, and that one is selected. Drivers that require each other in a circle can't be
told to Kconfig at all; the configuration is checked for them once it is evaluated.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ukdrivers.values import Value

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ukdrivers.model import Driver

__all__ = ["Need", "Needs", "any_of", "find_needs", "interface_symbol"]

#: so many symbols stand in one condition, or select one. kconfiglib nests them, and goes in by
#: recursion: at 985 it is deeper than Python allows
GROUP = 32


class Need(Value):
    """What one driver's entry says of others."""

    selects: tuple[str, ...] = ()  #: symbols
    waits: tuple[str, ...] = ()  #: symbols of interfaces


class Needs(Value):
    """What all of them say, and the hidden symbols that it takes."""

    by_name: Mapping[str, Need]  #: by driver; one that needs nothing is left out
    providers: Mapping[str, tuple[Driver, ...]]  #: by interface that has a symbol
    groups: tuple[tuple[str, str], ...]  #: symbol between many that select one, and what it selects


def interface_symbol(interface: str) -> str:
    """Return the Kconfig symbol that is on when something provides it: ``HAVE_UKD_PCI_BUS_1``."""
    return f"HAVE_UKD_{interface.upper().replace('-', '_').replace('@', '_')}"


def any_of(symbols: Sequence[str]) -> list[str]:
    """Return the lines that make a hidden symbol on when one of *symbols* is."""
    return [
        f"\tdefault y if {' || '.join(symbols[start : start + GROUP])}"
        for start in range(0, len(symbols), GROUP)
    ]


def find_needs(
    drivers: Sequence[Driver],
    *,
    slots: Iterable[str] = (),
    offers: Iterable[str] = (),
    selecting: bool = False,
) -> Needs:
    """Work out how each driver's requirements are put.

    :param drivers: in the order in which a group of them is written
    :param slots: interfaces that the platform requires
    :param offers: interfaces that need no driver
    :param selecting: select the only provider of an interface; otherwise it is waited for too
    """
    providers: dict[str, list[Driver]] = {}
    for driver in drivers:
        for interface in driver.provides:
            providers.setdefault(interface, []).append(driver)
    for interface in offers:
        providers.pop(interface, None)
    required = _required(drivers, providers)
    sole = _sole(required, providers) if selecting else {}
    needs = {name: _need(interfaces, sole) for name, interfaces in required.items()}
    if sole and _is_circular(drivers, needs, providers):
        needs = {name: _need(interfaces, {}) for name, interfaces in required.items()}
    waited = dict.fromkeys(one for one in slots if one in providers)
    waited.update(dict.fromkeys(one for _, waits in needs.values() for one in waits))
    by_name, groups = _grouped(needs)
    return Needs(
        by_name=by_name,
        providers={one: tuple(providers[one]) for one in waited},
        groups=groups,
    )


def _required(
    drivers: Sequence[Driver], providers: Mapping[str, Sequence[Driver]]
) -> dict[str, list[str]]:
    """Return the interfaces that each driver requires, but for those that require it in turn."""
    from graphlib import CycleError, TopologicalSorter

    required = {
        driver.name: [one for one in dict.fromkeys(driver.requires) if one in providers]
        for driver in drivers
        if driver.requires
    }
    wanted = {interface for interfaces in required.values() for interface in interfaces}
    behind = {one: {driver.name for driver in providers[one]} & required.keys() for one in wanted}
    try:
        TopologicalSorter({**required, **behind}).prepare()
    except CycleError:
        required = {
            name: [one for one in interfaces if name not in _behind(one, required, behind)]
            for name, interfaces in required.items()
        }
    return {name: interfaces for name, interfaces in required.items() if interfaces}


def _behind(
    interface: str, required: Mapping[str, Iterable[str]], behind: Mapping[str, Iterable[str]]
) -> set[str]:
    """Return the names of the drivers that provide *interface*, and of all that those require."""
    names, seen, waiting = set[str](), {interface}, [interface]
    while waiting:
        for name in behind[waiting.pop()]:
            names.add(name)
            waiting += [one for one in required[name] if one not in seen]
            seen.update(required[name])
    return names


def _sole(
    required: Mapping[str, Sequence[str]], providers: Mapping[str, Sequence[Driver]]
) -> dict[str, Driver]:
    """Return the only driver that provides an interface, where it may be selected.

    What is selected is on whatever it depends on, so it must depend on nothing.
    """
    sole = {interface: them[0] for interface, them in providers.items() if len(them) == 1}
    while True:
        bound = [one for one, it in sole.items() if not sole.keys() >= {*required.get(it.name, ())}]
        if not bound:
            return sole
        for interface in bound:
            del sole[interface]


def _need(
    interfaces: Sequence[str], sole: Mapping[str, Driver]
) -> tuple[dict[str, None], list[str]]:
    """Return the symbols of the drivers that are selected, and the interfaces that are waited for."""
    selected = {sole[one].symbol: sole[one] for one in interfaces if one in sole}
    provided = {one for driver in selected.values() for one in driver.provides}
    return dict.fromkeys(selected), [one for one in interfaces if one not in provided]


def _is_circular(
    drivers: Sequence[Driver],
    needs: Mapping[str, tuple[Iterable[str], Iterable[str]]],
    providers: Mapping[str, Sequence[Driver]],
) -> bool:
    """Whether some value would follow from itself.

    What a driver waits for decides over the driver, but the driver decides over what it selects.
    """
    from graphlib import CycleError, TopologicalSorter

    follows: dict[str, set[str]] = {}
    for driver in drivers:
        selects, waits = needs.get(driver.name, ((), ()))
        for symbol in selects:
            follows.setdefault(symbol, set()).add(driver.symbol)
        for interface in waits:
            follows.setdefault(driver.symbol, set()).add(interface)
            if interface not in follows:
                follows[interface] = {one.symbol for one in providers[interface]}
    try:
        TopologicalSorter(follows).prepare()
    except CycleError:
        return True
    return False


def _grouped(
    needs: Mapping[str, tuple[Iterable[str], Iterable[str]]],
) -> tuple[dict[str, Need], tuple[tuple[str, str], ...]]:
    """Put symbols between a driver and the many that select it, and further ones between those."""
    selectors: dict[str, list[str]] = {}
    for name, (selects, _) in needs.items():
        for symbol in selects:
            selectors.setdefault(symbol, []).append(name)
    groups: list[tuple[str, str]] = []
    through: dict[tuple[str, str], str] = {}
    for symbol, names in selectors.items():
        targets = _between(symbol, len(names), groups)
        through.update({(name, symbol): targets[at // GROUP] for at, name in enumerate(names)})
    by_name = {
        name: Need(
            selects=tuple(through[name, one] for one in selects),
            waits=tuple(interface_symbol(one) for one in waits),
        )
        for name, (selects, waits) in needs.items()
    }
    return by_name, tuple(groups)


def _between(symbol: str, count: int, groups: list[tuple[str, str]]) -> list[str]:
    """Return what *count* symbols select in place of *symbol*, each for :data:`GROUP` of them.

    :param groups: grows by the symbols in between
    """
    sizes = []
    while count > GROUP:
        count = -(-count // GROUP)
        sizes.append(count)
    targets, ident = [symbol], symbol.removeprefix("LIBUKDRIVER_")
    for level, size in enumerate(reversed(sizes)):
        fresh = [f"LIBUKD_NEED_{level}_{number}_{ident}" for number in range(size)]
        groups += [(one, targets[number // GROUP]) for number, one in enumerate(fresh)]
        targets = fresh
    return targets
