"""Usable: which drivers an image can have. Part of :mod:`ukdrivers.select`.

In:  drivers, the platform and the architecture of the image.
Out: :class:`Usable`.

A driver is usable when it is for the platform and the architecture, and when the platform or
another usable driver provides each interface that it requires. Drivers that only have each other to
stand on aren't.
"""

from __future__ import annotations

from ukdrivers.values import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ukdrivers.model import Board, Driver, Matches, Platform, Selected

__all__ = ["Case", "Usable", "find_usable", "grounds_of", "works_with"]


class Usable(Value):
    """What can be used of some drivers, and what keeps the rest out."""

    drivers: tuple[Driver, ...]  #: in the order they were given
    misfits: Mapping[str, str]  #: what a driver is for, if it isn't for this image, by its name
    #: the interfaces that are provided, each with the first usable driver that does, which requires
    #: nothing that stands on it; none: the platform
    grounds: Mapping[str, Driver | None]

    def missing(self, driver: Driver) -> list[str]:
        """Return the interfaces that a driver requires and nothing usable provides."""
        return [one for one in dict.fromkeys(driver.requires) if one not in self.grounds]

    def reason(self, driver: Driver) -> str:
        """Return why a driver can't be used, in words that go after its name; empty: it can."""
        missing = self.missing(driver)
        if driver.name in self.misfits or not missing:
            return self.misfits.get(driver.name, "")
        return f"requires {missing[0]}, which no usable driver provides"


class Case(Value):
    """What was given, what was found usable, and what would be selected."""

    drivers: tuple[Driver, ...]
    platform: Platform
    board: Board
    matches: Matches
    usable: Usable
    selected: tuple[Selected, ...]


def find_usable(drivers: Sequence[Driver], platform: Platform, arch: str) -> Usable:
    """Find the drivers that an image can have, in time that is in proportion to their number.

    :param drivers: names unique
    """
    reasons = ((one.name, _misfit(one, platform, arch)) for one in drivers)
    misfits = {name: reason for name, reason in reasons if reason}
    fitting = [one for one in drivers if one.name not in misfits]
    grounds = grounds_of(fitting, platform.offers)
    return Usable(
        drivers=tuple(one for one in fitting if grounds.keys() >= {*one.requires}),
        misfits=misfits,
        grounds=grounds,
    )


def grounds_of(drivers: Iterable[Driver], offers: Iterable[str]) -> dict[str, Driver | None]:
    """Return the interfaces that drivers provide without standing on themselves.

    :param offers: interfaces that are there without a driver
    :returns: the first driver that provides each; none: it is offered
    """
    grounds: dict[str, Driver | None] = dict.fromkeys(offers)
    waiting: dict[str, list[Driver]] = {}
    open_by_name: dict[str, int] = {}
    ready = []
    for driver in drivers:
        missing = {one for one in driver.requires if one not in grounds}
        if not missing:
            ready.append(driver)
        open_by_name[driver.name] = len(missing)
        for interface in missing:
            waiting.setdefault(interface, []).append(driver)
    for driver in ready:  # grows while it is walked
        for interface in driver.provides:
            if interface in grounds:
                continue
            grounds[interface] = driver
            for one in waiting.get(interface, ()):
                open_by_name[one.name] -= 1
                if not open_by_name[one.name]:
                    ready.append(one)
    return grounds


def works_with(platform: Platform, driver: Driver) -> bool:
    """Whether a driver is one of those that a platform lists."""
    if platform.drivers == ("*",):
        return True
    import fnmatch

    return any(fnmatch.fnmatchcase(driver.name, one) for one in platform.drivers)


def _misfit(driver: Driver, platform: Platform, arch: str) -> str:
    if platform.name not in driver.platforms:
        return f"is for platform {' and '.join(driver.platforms)}, wanted {platform.name}"
    if not works_with(platform, driver):
        return f"is none of those that {platform.name} works with"
    if arch not in driver.arch:
        return f"is for {' and '.join(driver.arch)}, wanted {arch}"
    return ""
