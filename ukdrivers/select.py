"""Select: which of the matched drivers go into an image for one platform, and why.

In:  matches (from :mod:`ukdrivers.match`), all drivers, the platform and the board.
Out: :class:`~ukdrivers.model.Selection` (to :mod:`ukdrivers.menu`).
"""

from __future__ import annotations

from ukdrivers.model import Rejected, Selected, Selection
from ukdrivers.usable import Case, find_usable, grounds_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ukdrivers.model import Board, Driver, Matches, Node, Platform
    from ukdrivers.usable import Usable

__all__ = ["select"]

#: interfaces of buses that find their devices by asking, and how the strings look that stand for
#: such a device: ``pci1234,11e8``, ``pciclass,070002``, ``virtio,device1``
SCANNED = {
    "pci-bus@1": (
        r"pci(?:[0-9a-f]{1,4},[0-9a-f]{1,4}(?:\.[0-9a-f]{1,4})*|class,[0-9a-f]{4}(?:[0-9a-f]{2})?)"
    ),
    "virtio-transport@1": r"virtio,device[0-9a-f]{1,8}",
}


def select(
    matches: Matches,
    *,
    drivers: Iterable[Driver],
    platform: Platform,
    arch: str,
    board: Board,
) -> Selection:
    """Choose one usable driver for each matched node, and whatever those drivers require.

    A driver is usable when it is for the platform and the architecture, and when every interface
    it requires has a usable provider. A driver for nothing but what a scanned bus finds is chosen
    when a driver of such a bus is: which devices are on it shows when the image runs.

    :param matches: the verdicts on the nodes of *board*
    :param drivers: the same drivers that were matched, names unique
    :param platform: the platform of the image
    :param arch: the architecture of the image, e.g. ``arm64``
    :param board: for its interrupt controller and its console
    :returns: what the menu offers, what the board turns on, and what cannot be used
    :raises SelectError: the platform does not run on *arch*; no selected driver fills one of the
        platform's slots, or two have to; or a node's drivers require an interface that none provides
    """
    if arch not in platform.arch:
        from ukdrivers.unmet import wrong_arch

        raise wrong_arch(platform, arch)

    everything = tuple(sorted(drivers, key=lambda one: one.name))
    usable = find_usable(everything, platform, arch)
    selected = _selected(usable, _bind(matches, usable.drivers), platform.offers)
    case = Case(
        drivers=everything,
        platform=platform,
        board=board,
        matches=matches,
        usable=usable,
        selected=selected,
    )
    _check_slots(case)
    _check_providers(case)  # last: an empty slot is why what requires it has no provider
    names = {one.name for one in usable.drivers}
    return Selection(
        platform=platform,
        arch=arch,
        usable=usable.drivers,
        selected=selected,
        rejected=tuple(
            Rejected(driver=one, reason=usable.reason(one))
            for one in everything
            if one.name not in names
        ),
    )


def _check_slots(case: Case) -> None:
    for slot in case.platform.slots:
        filled = any(slot.interface in one.driver.provides and one.nodes for one in case.selected)
        if not filled and slot.interface not in case.platform.offers:
            from ukdrivers.unmet import empty_slot

            raise empty_slot(case, slot)
    driver_by_path = {node.path: one.driver for one in case.selected for node in one.nodes}
    users: dict[str, str] = {}  # a node by where its interrupts go
    for one in case.selected:
        for node in one.nodes:
            for interrupt in node.interrupts:
                users.setdefault(interrupt.parent, node.path)
    for slot in case.platform.slots if len(users) > 1 else ():
        controllers = [
            path
            for path in users
            if path in driver_by_path and slot.interface in driver_by_path[path].provides
        ]
        if len(controllers) > 1:
            from ukdrivers.unmet import two_controllers

            raise two_controllers(case, slot, {path: users[path] for path in controllers[:2]})


def _check_providers(case: Case) -> None:
    """Refuse a node that has rivals, none of them usable, one of them for want of an interface."""
    names = {one.name for one in case.usable.drivers}
    for found in case.matches.found:
        rivals = [one.driver.name for one in found.rivals]
        if names.isdisjoint(rivals) and not case.usable.misfits.keys() >= {*rivals}:
            from ukdrivers.unmet import run_by_none

            raise run_by_none(case, found)


def _bind(matches: Matches, usable: Sequence[Driver]) -> dict[str, list[Node]]:
    """Give each node to the best of its rivals that is usable; nodes by driver name."""
    names = {one.name for one in usable}
    nodes_by_name: dict[str, list[Node]] = {}
    for found in matches.found:
        best = next((one.driver.name for one in found.rivals if one.driver.name in names), None)
        if best is not None:
            nodes_by_name.setdefault(best, []).append(found.node)
    return nodes_by_name


def _selected(
    found: Usable, nodes_by_name: Mapping[str, Sequence[Node]], offers: Sequence[str]
) -> tuple[Selected, ...]:
    usable = found.drivers
    reasons = {
        driver.name: _bound_reason(nodes_by_name[driver.name], driver)
        for driver in usable
        if driver.name in nodes_by_name
    }
    _add_scanned(reasons, usable, nodes_by_name)
    if not _close(reasons, found, offers):
        _close(reasons, found, offers, grounded=True)
    return tuple(
        Selected(
            driver=driver,
            nodes=tuple(nodes_by_name.get(driver.name, ())),
            reason=reasons[driver.name],
        )
        for driver in usable
        if driver.name in reasons
    )


def _bound_reason(nodes: Sequence[Node], driver: Driver) -> str:
    first = nodes[0]
    string = next(one for one in first.compatible if one in driver.compatible)
    more = f" and {len(nodes) - 1} more" if len(nodes) > 1 else ""
    return f"runs {first.path} ({string}){more}"


def _add_scanned(
    reasons: dict[str, str],
    usable: Sequence[Driver],
    nodes_by_name: Mapping[str, Sequence[Node]],
) -> None:
    """Add to *reasons* the drivers for what the buses in it find, and so on."""
    drivers_by_bus = _scanned(usable)
    place_by_name = {name: nodes_by_name[name][0].path for name in reasons}
    provides_by_name = {one.name: one.provides for one in usable}
    waiting = sorted(reasons)
    for name in waiting:  # grows while it is walked
        for driver in (
            one for bus in provides_by_name[name] for one in drivers_by_bus.get(bus, ())
        ):
            if driver.name not in reasons:
                more = len(driver.compatible) - 1
                strings = driver.compatible[0] + (f" and {more} more" if more else "")
                place_by_name[driver.name] = place_by_name[name]
                reasons[driver.name] = f"for what {place_by_name[name]} finds ({strings})"
                waiting.append(driver.name)


def _scanned(usable: Sequence[Driver]) -> dict[str, list[Driver]]:
    """Return the drivers that are for nothing but what a scanned bus finds, by its interface."""
    found: dict[str, list[Driver]] = {}
    for interface, pattern in SCANNED.items():
        start = pattern.partition("(")[0].partition("[")[0]
        for driver in usable:
            if driver.compatible and all(one.startswith(start) for one in driver.compatible):
                import re  # only for what is left now: it takes long

                if all(re.fullmatch(pattern, one) for one in driver.compatible):
                    found.setdefault(interface, []).append(driver)
    return found


def _close(
    reasons: dict[str, str], usable: Usable, offers: Sequence[str], *, grounded: bool = False
) -> bool:
    """Add to *reasons* the drivers that those in it require, until nothing is missing.

    :param grounded: require for each interface the provider that stands on its own
    :returns: whether they now stand on their own; if not, two of them only have each other
    """
    driver_by_name = {one.name: one for one in usable.drivers}
    waiting = sorted(reasons)
    provided = {*offers}
    if not grounded:
        provided.update(one for name in waiting for one in driver_by_name[name].provides)
    for name in waiting:  # grows while it is walked
        for interface in driver_by_name[name].requires:
            provider = usable.grounds[interface]
            if interface not in provided and provider is not None:
                provided.update((interface,) if grounded else provider.provides)
                if provider.name not in reasons:
                    reasons[provider.name] = f"provides {interface} for {name}"
                    waiting.append(provider.name)
    chosen = [driver_by_name[name] for name in reasons]
    grounds = grounds_of(chosen, offers)
    return all(grounds.keys() >= {*one.requires} for one in chosen)
