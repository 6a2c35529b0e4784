"""Select: which of the matched drivers go into an image for one platform, and why.

In:  matches (from :mod:`ukdrivers.match`), all drivers, the platform and the board.
Out: :class:`~ukdrivers.model.Selection` (to :mod:`ukdrivers.menu`).
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from ukdrivers.errors import SelectError
from ukdrivers.model import Rejected, Selected, Selection

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ukdrivers.model import Board, Driver, Match, Matches, Node, Platform, Slot

__all__ = ["select"]


def select(
    matches: Matches, *, drivers: Iterable[Driver], platform: Platform, arch: str, board: Board
) -> Selection:
    """Choose one usable driver for each matched node, and whatever those drivers require.

    A driver is usable when it is for the platform and the architecture, and when every interface
    it requires has a usable provider.

    :param matches: the verdicts on the nodes of *board*
    :param drivers: the same drivers that were matched, names unique
    :param platform: the platform of the image
    :param arch: the architecture of the image, e.g. ``arm64``
    :param board: for its interrupt controller and its console
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
    selected = _selected(usable, _bind(matches, usable))
    lack = _Lack(matches=matches, board=board, verdicts=verdicts, installed=everything)
    for slot in platform.slots:
        if not any(slot.interface in one.driver.provides and one.nodes for one in selected):
            raise _empty_slot(slot, lack, selected)
    _require_providers(lack)  # second: an empty slot is why what requires it has no provider
    rejected = (one for one in everything if one.name in verdicts)
    return Selection(
        platform=platform,
        arch=arch,
        usable=usable,
        selected=selected,
        rejected=tuple(Rejected(driver=one, reason=verdicts[one.name].reason) for one in rejected),
    )


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class _Verdict:
    """Why a driver cannot be used, and the interface that is missing if that is why."""

    reason: str
    interface: str | None = None


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class _Lack:
    """What a message about a missing driver needs to know."""

    matches: Matches
    board: Board
    verdicts: Mapping[str, _Verdict]
    installed: tuple[Driver, ...]


def _verdicts(drivers: Sequence[Driver], platform: Platform, arch: str) -> dict[str, _Verdict]:
    verdicts: dict[str, _Verdict] = {}
    for driver in drivers:
        if platform.name not in driver.platforms:
            for_platforms = " and ".join(driver.platforms)
            reason = f"is for platform {for_platforms}, wanted {platform.name}"
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
        for driver in usable:
            for interface in driver.requires:
                if interface not in provided:
                    reason = f"requires {interface}, which no usable driver provides"
                    verdicts[driver.name] = _Verdict(reason=reason, interface=interface)
    return verdicts


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
                    hint=_provider_hint(verdict.interface, lack.installed),
                )


def _selected(
    usable: Sequence[Driver], nodes_by_name: Mapping[str, Sequence[Node]]
) -> tuple[Selected, ...]:
    reasons = {
        driver.name: _bound_reason(nodes_by_name[driver.name], driver)
        for driver in usable
        if driver.name in nodes_by_name
    }
    _close(reasons, usable)
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


def _close(reasons: dict[str, str], usable: Sequence[Driver]) -> None:
    """Add to *reasons* the drivers that those in it require, until nothing is missing."""
    driver_by_name = {one.name: one for one in usable}
    waiting = sorted(reasons)
    provided = {one for name in waiting for one in driver_by_name[name].provides}
    for name in waiting:  # grows while it is walked
        for interface in driver_by_name[name].requires:
            if interface not in provided:
                provider = next(one for one in usable if interface in one.provides)
                reasons[provider.name] = f"provides {interface} for {name}"
                provided.update(provider.provides)
                waiting.append(provider.name)


def _empty_slot(slot: Slot, lack: _Lack, selected: Sequence[Selected]) -> SelectError:
    path = _slot_path(slot, lack.board)
    for one in lack.matches.unclaimed:
        if one.node.path == path:
            return SelectError(
                f"{path}: {one.reason}, wanted one that provides {slot.interface}",
                hint=_compatible_hint(one.node, slot, lack.installed),
            )
    for match in lack.matches.found:
        if match.node.path == path:
            return SelectError(
                f"{path}: {_unfit(match, slot, lack.verdicts, selected)}",
                hint=_compatible_hint(match.node, slot, lack.installed),
            )
    for one in lack.matches.ignored:
        if one.node.path == path:
            wanted = f"wanted a node whose driver provides {slot.interface}"
            return SelectError(f"{path}: {one.reason}, {wanted}")
    return SelectError(
        f"{lack.board.source}: the device tree names no {slot.purpose}, "
        f"wanted a node whose driver provides {slot.interface}",
        hint=_any_hint(slot, lack),
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


def _catalogue(installed: Sequence[Driver]) -> list[dict[str, list[str]]]:
    """Return the known packages that are not installed, read only when something is missing."""
    import os.path
    import tomllib

    path = os.path.join(os.path.dirname(__file__), "catalogue.toml")
    with open(path, "rb") as file:
        packages = tomllib.load(file)["package"]
    present = {one.distribution for one in installed}
    return [one for one in packages if one["distribution"] not in present]


def _install(package: Mapping[str, object]) -> str:
    return f"pip install {package['distribution']}"


def _provider_hint(interface: str, installed: Sequence[Driver]) -> str:
    for package in _catalogue(installed):
        if interface in package["provides"]:
            return _install(package)
    return f"no known package provides {interface}"


def _compatible_hint(node: Node, slot: Slot, installed: Sequence[Driver]) -> str:
    packages = [one for one in _catalogue(installed) if slot.interface in one["provides"]]
    for string in node.compatible:
        for package in packages:
            if string in package["compatible"]:
                return _install(package)
    return f"no known package lists {' or '.join(node.compatible)}"


def _any_hint(slot: Slot, lack: _Lack) -> str | None:
    packages = [one for one in _catalogue(lack.installed) if slot.interface in one["provides"]]
    for one in lack.matches.unclaimed:
        for package in packages:
            if not set(package["compatible"]).isdisjoint(one.node.compatible):
                return _install(package)
    return None
