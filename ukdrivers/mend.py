"""Mend: one change after which what was refused isn't refused any more, found by trying.

In:  a refusal's :class:`~ukdrivers.unmet.Cause`, what is installed and what is known besides.
Out: a command or an option (to :mod:`ukdrivers.pipeline`, :mod:`ukdrivers.why`).
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from ukdrivers.errors import SelectError
from ukdrivers.values import replace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from ukdrivers.model import Platform
    from ukdrivers.packages import Catalogues, Package
    from ukdrivers.request import Target
    from ukdrivers.unmet import Cause

__all__ = ["mend", "mending"]

TRIES = 12  # each is a whole selection

Change = tuple[str, "Target"]  # what to do, and what is there then


def mend(
    error: SelectError,
    target: Target,
    platforms: Sequence[Platform],
    attempt: Callable[[Target], object],
) -> None:
    """Put the change that mends a refusal into it, if one is found.

    A change mends when the selection then succeeds, or is refused for what wasn't looked at before.

    :param platforms: that the user could name instead
    :param attempt: selects; its refusal is a SelectError
    """
    cause = error.cause
    if cause is None:
        return

    def mends(changed: Target) -> bool:
        try:
            attempt(changed)
        except SelectError as after:
            same = changed.platform is target.platform
            return same and after.cause is not None and after.cause.rank > cause.rank
        return True

    error.change = mending(cause, target, mends, platforms)
    error.hint = error.change
    if error.change is None and cause.sought and not any(_installs(cause, target)):
        error.hint = f"no known package {cause.sought}"


def mending(
    cause: Cause,
    target: Target,
    mends: Callable[[Target], bool],
    platforms: Sequence[Platform] = (),
) -> str | None:
    """Return the first change that mends, the likeliest tried first; none: of those tried, none."""
    changes = itertools.chain(
        _installs(cause, target), _platforms(cause, target, platforms), _uninstalls(cause, target)
    )
    once = dict(itertools.islice(changes, TRIES))
    return next((text for text, changed in once.items() if mends(changed)), None)


def _installs(cause: Cause, target: Target) -> Iterator[Change]:
    """Yield it with another package, or a newer version of one."""
    for package in _packages(cause, target.catalogues):
        brought = [
            one.driver(target.platform, target.arch)
            for one in target.catalogues.brought_by(package)
        ]
        kept = [one for one in target.drivers if one.distribution != package.distribution]
        if {one.name for one in kept}.isdisjoint(one.name for one in brought):
            yield package.install, replace(target, drivers=(*kept, *brought))


def _packages(cause: Cause, catalogues: Catalogues) -> Iterator[Package]:
    for interface in reversed(cause.lacking):
        yield from catalogues.providing(interface)
    for name in (*cause.drivers, *cause.surplus):
        yield from catalogues.of_driver(name)
    for node in cause.nodes:
        for package in catalogues.of(node):
            if cause.slot is None or cause.slot in package.provides:
                yield package


def _platforms(cause: Cause, target: Target, platforms: Iterable[Platform]) -> Iterator[Change]:
    """Yield it for each other platform that a driver is for."""
    driver_by_name = {one.name: one for one in target.drivers}
    names = {name for one in cause.drivers for name in driver_by_name[one].platforms}
    for platform in platforms:
        if platform.name in names and platform.name != target.platform.name:
            yield f"--platform {platform.name}", replace(target, platform=platform)


def _uninstalls(cause: Cause, target: Target) -> Iterator[Change]:
    """Yield it without one of the distributions that stand in the way."""
    distribution_by_name = {one.name: one.distribution for one in target.drivers}
    for name in cause.surplus:
        distribution = distribution_by_name[name]
        if not distribution.startswith("host "):
            rest = tuple(one for one in target.drivers if one.distribution != distribution)
            yield f"pip uninstall {distribution}", replace(target, drivers=rest)
