"""Select: which of the matched drivers go into an image for one platform, and why.

In:  matches (from :mod:`ukdrivers.match`), all drivers, the platform and the board.
Out: :class:`~ukdrivers.model.Selection` (to :mod:`ukdrivers.menu`).
"""

from __future__ import annotations

from ukdrivers.errors import SelectError
from ukdrivers.model import Rejected, Selected, Selection
from ukdrivers.packages import Catalogues
from ukdrivers.values import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ukdrivers.model import Board, Driver, Match, Matches, Node, Platform, Slot

__all__ = ["select"]

#: interfaces of buses that find their devices by asking, and how the strings look that stand for
#: such a device: ``pci1234,11e8``, ``pciclass,070002``, ``virtio,device1``
SCANNED = {
    "pci-bus@1": (
        r"pci(?:[0-9a-f]{1,4},[0-9a-f]{1,4}(?:\.[0-9a-f]{1,4})*|class,[0-9a-f]{4}(?:[0-9a-f]{2})?)"
    ),
    "virtio-transport@1": r"virtio,device[0-9a-f]{1,8}",
}


def select(  # noqa: PLR0913 - all by keyword
    matches: Matches,
    *,
    drivers: Iterable[Driver],
    platform: Platform,
    arch: str,
    board: Board,
    catalogues: Catalogues | None = None,
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
    :param catalogues: for what to install; none: those that are always there
    :returns: what the menu offers, what the board turns on, and what cannot be used
    :raises SelectError: the platform does not run on *arch*; a node's drivers require an interface
        that none provides; or no selected driver fills one of the platform's slots
    """
    if arch not in platform.arch:
        runs_on = " and ".join(platform.arch)
        raise SelectError(f"platform {platform.name}: runs on {runs_on}, wanted {arch}")

    everything = tuple(sorted(drivers, key=lambda one: one.name))
    verdicts = _verdicts(everything, platform, arch)
    usable = tuple(one for one in everything if one.name not in verdicts)
    selected = _selected(usable, _bind(matches, usable), platform.offers)
    known = catalogues or Catalogues(everything)
    lack = _Lack(matches=matches, board=board, verdicts=verdicts, catalogues=known)
    for slot in platform.slots:
        if slot.interface not in platform.offers and not any(
            slot.interface in one.driver.provides and one.nodes for one in selected
        ):
            raise _empty_slot(slot, lack, selected)
    _require_providers(lack)  # second: an empty slot is why what requires it has no provider
    rejected = (one for one in everything if one.name in verdicts)
    return Selection(
        platform=platform,
        arch=arch,
        usable=usable,
        selected=selected,
        rejected=tuple(
            Rejected(driver=one, reason=_with_hint(verdicts[one.name], known)) for one in rejected
        ),
    )


class _Verdict(Value):
    """Why a driver cannot be used, and the interface that is missing if that is why."""

    reason: str
    interface: str | None = None


class _Lack(Value):
    """What a message about a missing driver needs to know."""

    matches: Matches
    board: Board
    verdicts: Mapping[str, _Verdict]
    catalogues: Catalogues


def _verdicts(drivers: Sequence[Driver], platform: Platform, arch: str) -> dict[str, _Verdict]:
    verdicts: dict[str, _Verdict] = {}
    for driver in drivers:
        if platform.name not in driver.platforms:
            for_platforms = " and ".join(driver.platforms)
            reason = f"is for platform {for_platforms}, wanted {platform.name}"
            verdicts[driver.name] = _Verdict(reason=reason)
        elif not _works_with(platform, driver):
            reason = f"is none of those that {platform.name} works with"
            verdicts[driver.name] = _Verdict(reason=reason)
        elif arch not in driver.arch:
            reason = f"is for {' and '.join(driver.arch)}, wanted {arch}"
            verdicts[driver.name] = _Verdict(reason=reason)
    # one driver less may leave another without its provider, so look again until nothing changes
    before = -1
    while before != len(verdicts):
        before = len(verdicts)
        usable = [one for one in drivers if one.name not in verdicts]
        provided = {interface for one in usable for interface in one.provides}
        provided.update(platform.offers)
        for driver in usable:
            for interface in driver.requires:
                if interface not in provided:
                    reason = f"requires {interface}, which no usable driver provides"
                    verdicts[driver.name] = _Verdict(reason=reason, interface=interface)
    return verdicts


def _works_with(platform: Platform, driver: Driver) -> bool:
    if platform.drivers == ("*",):
        return True
    import fnmatch

    return any(fnmatch.fnmatchcase(driver.name, one) for one in platform.drivers)


def _bind(matches: Matches, usable: Sequence[Driver]) -> dict[str, list[Node]]:
    """Give each node to the best of its rivals that is usable; nodes by driver name."""
    names = {one.name for one in usable}
    nodes_by_name: dict[str, list[Node]] = {}
    for found in matches.found:
        best = next((one.driver.name for one in found.rivals if one.driver.name in names), None)
        if best is not None:
            nodes_by_name.setdefault(best, []).append(found.node)
    return nodes_by_name


def _require_providers(lack: _Lack) -> None:
    """Refuse a node that has rivals, none of them usable, for want of an interface."""
    for found in lack.matches.found:
        verdicts = [lack.verdicts.get(rival.driver.name) for rival in found.rivals]
        for rival, verdict in zip(found.rivals, verdicts, strict=True):
            if None not in verdicts and verdict and verdict.interface:
                raise SelectError(
                    f"{found.node.path}: {rival.driver.name} {verdict.reason}",
                    hint=lack.catalogues.for_interface(verdict.interface),
                )


def _with_hint(verdict: _Verdict, catalogues: Catalogues) -> str:
    if verdict.interface is None:
        return verdict.reason
    return f"{verdict.reason}; {catalogues.for_interface(verdict.interface)}"


def _selected(
    usable: Sequence[Driver], nodes_by_name: Mapping[str, Sequence[Node]], offers: Sequence[str]
) -> tuple[Selected, ...]:
    reasons = {
        driver.name: _bound_reason(nodes_by_name[driver.name], driver)
        for driver in usable
        if driver.name in nodes_by_name
    }
    _add_scanned(reasons, usable, nodes_by_name)
    _close(reasons, usable, offers)
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


def _close(reasons: dict[str, str], usable: Sequence[Driver], offers: Sequence[str]) -> None:
    """Add to *reasons* the drivers that those in it require, until nothing is missing."""
    driver_by_name = {one.name: one for one in usable}
    provider_by_interface = {one: driver for driver in reversed(usable) for one in driver.provides}
    waiting = sorted(reasons)
    provided = {*offers, *(one for name in waiting for one in driver_by_name[name].provides)}
    for name in waiting:  # grows while it is walked
        for interface in driver_by_name[name].requires:
            if interface not in provided:
                provider = provider_by_interface[interface]
                reasons[provider.name] = f"provides {interface} for {name}"
                provided.update(provider.provides)
                waiting.append(provider.name)


def _empty_slot(slot: Slot, lack: _Lack, selected: Sequence[Selected]) -> SelectError:
    path = _slot_path(slot, lack.board)
    for one in lack.matches.unclaimed:
        if one.node.path == path:
            return SelectError(
                f"{path}: {one.reason}, wanted one that provides {slot.interface}",
                hint=lack.catalogues.for_node(one.node, slot.interface),
            )
    for match in lack.matches.found:
        if match.node.path == path:
            return SelectError(
                f"{path}: {_unfit(match, slot, lack.verdicts, selected)}",
                hint=lack.catalogues.for_node(match.node, slot.interface),
            )
    for one in lack.matches.ignored:
        if one.node.path == path:
            wanted = f"wanted a node whose driver provides {slot.interface}"
            return SelectError(f"{path}: {one.reason}, {wanted}")
    nodes = [one.node for one in lack.matches.unclaimed]
    return SelectError(
        f"{lack.board.source}: the device tree names no {slot.purpose}, "
        f"wanted a node whose driver provides {slot.interface}",
        hint=lack.catalogues.for_board(nodes, slot.interface),
    )


def _slot_path(slot: Slot, board: Board) -> str | None:
    family = slot.interface.partition("@")[0]
    return {"irqchip": board.interrupt_parent, "console": board.stdout}.get(family)


def _unfit(
    match: Match, slot: Slot, verdicts: Mapping[str, _Verdict], selected: Sequence[Selected]
) -> str:
    for one in selected:
        if match.node in one.nodes:
            return f"{one.driver.name} does not provide {slot.interface}, and nothing else does"
    reasons = (f"{one.driver.name} {verdicts[one.driver.name].reason}" for one in match.rivals)
    return f"{'; '.join(reasons)}; nothing else provides {slot.interface}"
