"""Registry: which drivers, platforms and hosts are installed.

In:  the search path, and the entry points of the distributions on it.
Out: :class:`~ukdrivers.model.Registry` (to :mod:`ukdrivers.match`, select, menu and the hosts).

One unusable plugin never stops the rest: it ends as a :class:`~ukdrivers.model.Problem`. Values are
collected first and published at the end, so that nothing half done is ever seen.
"""

from __future__ import annotations

import itertools
import os
import sys

from ukdrivers.distributions import CATALOGUES, DRIVERS, HOOKS, find_distributions, normalised
from ukdrivers.errors import PluginError, UkdriversError
from ukdrivers.installed import Problem, Registry
from ukdrivers.manifest import MANIFEST, KitMismatch, read_manifest
from ukdrivers.plugins import Plugins
from ukdrivers.rules import quoted
from ukdrivers.values import Value, replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import TypeVar

    from ukdrivers.distributions import Distribution
    from ukdrivers.installed import Driver, Host, Platform

    Named = TypeVar("Named", Driver, Platform, Host)

__all__ = ["Found", "discover", "search"]

_PREFIX = "ukdriver-"
_CATALOGUE = "catalogue.toml"
_WATCHED_FOLDERS = 64  # of one package


class Found(Value):
    """What is installed, and what a later change of it would show in."""

    registry: Registry
    watched: tuple[str, ...]  #: files and folders, besides those on the path; some may not exist
    hooked: tuple[str, ...]  #: distributions whose code was asked, e.g. ``acme 2.0``


def discover(path: Sequence[str] | None = None) -> Registry:
    """Find what is installed.

    Manifests are read as data. Only entry points in group ``ukdrivers.hooks`` are imported, and
    that from ``sys.path`` whatever *path* is.

    :param path: folders searched, in this order; ``sys.path`` if None
    :returns: what is usable, by name, and a problem for each plugin that is not
    """
    return search(path).registry


def search(path: Sequence[str] | None = None) -> Found:
    """Find what is installed, as :func:`discover` does, and what to watch for a change of it."""
    searched = [one for one in (sys.path if path is None else path) if isinstance(one, str)]
    watched: list[str] = []
    distributions, problems = find_distributions(searched, watched=watched)
    drivers = _manifest_drivers(distributions, searched, problems, watched)
    catalogues = _catalogues(distributions, searched, problems, watched)
    plugins = Plugins(drivers, distributions)
    return Found(
        registry=replace(_asked(plugins, problems), catalogues=tuple(catalogues)),
        watched=tuple(dict.fromkeys(watched)),
        hooked=tuple(one.title for one in distributions if one.group(HOOKS)),
    )


def _asked(plugins: Plugins, problems: list[Problem]) -> Registry:
    """Return what the plugins give, and what was wrong before and is now."""
    platforms = _unrivalled("platform", plugins.platforms(), problems)
    hosts = _unrivalled("host", plugins.hosts(), problems)
    drivers = _unrivalled("driver", plugins.drivers(), problems)
    drivers = _without_hosts_own(drivers, hosts, problems)
    plugins.check(drivers)
    problems += plugins.problems
    return Registry(
        drivers=tuple(drivers),
        platforms=tuple(platforms),
        hosts=tuple(hosts),
        problems=tuple(sorted(problems, key=lambda one: (one.subject, one.message))),
    )


def _manifest_drivers(
    distributions: Iterable[Distribution],
    path: Sequence[str],
    problems: list[Problem],
    watched: list[str],
) -> list[Driver]:
    drivers = []
    for distribution in distributions:
        for name, package in distribution.group(DRIVERS):
            try:
                manifest = _located(distribution, (name, package, MANIFEST), path, watched)
                drivers.append(_driver(distribution, name, manifest))
            except UkdriversError as error:
                problems.append(_problem(distribution.title, error))
                watched += _looked_at(package, MANIFEST, (distribution.folder, *path))
    return drivers


def _catalogues(
    distributions: Iterable[Distribution],
    path: Sequence[str],
    problems: list[Problem],
    watched: list[str],
) -> list[str]:
    """Return the catalogues that distributions carry; what is in them is read where it is needed."""
    found = []
    for distribution in distributions:
        for name, package in distribution.group(CATALOGUES):
            try:
                file = _located(distribution, (name, package, _CATALOGUE), path, watched)
                if not os.path.isfile(file):
                    raise PluginError(f"{_CATALOGUE}: does not exist in {os.path.dirname(file)}")
                found.append(os.path.abspath(file))
            except UkdriversError as error:
                problems.append(_problem(distribution.title, error))
                watched += _looked_at(package, _CATALOGUE, (distribution.folder, *path))
    return found


def _located(
    distribution: Distribution,
    wanted: tuple[str, str, str],
    path: Sequence[str],
    watched: list[str],
) -> str:
    """Return the file in the package that one entry point names.

    :param wanted: the entry point's name and value, and the file's name
    """
    name, package, file = wanted
    parts = package.split(".")
    if not all(part.isidentifier() for part in parts):
        raise PluginError(f"entry point {quoted(name)}: is {quoted(package)}, wanted a package")
    found = _found(parts, (distribution.folder, *path), file)
    if found is None:
        raise PluginError(f"entry point {quoted(name)}: package {quoted(package)} is not installed")
    if not found.startswith(os.path.join(distribution.folder, "")):  # an editable installation
        watched += _looked_at(package, file, path)
        watched += _contents(found)  # which only an import hook may know
    return found


def _driver(distribution: Distribution, name: str, manifest: str) -> Driver:
    """Read the driver that one entry point stands for."""
    driver = read_manifest(manifest, distribution=distribution.name, version=distribution.version)
    if driver.name != name:
        wanted = f"wanted the driver's own name, '{driver.name}'"
        raise PluginError(f"entry point {quoted(name)}: {wanted}")
    _check_distribution(distribution, driver)
    return driver


def _contents(file: str) -> Iterator[str]:
    """Return a file and the folders below its own: what is made or removed shows in them."""
    yield file
    for count, (folder, names, _) in enumerate(os.walk(os.path.dirname(file))):
        names[:] = [name for name in names if name.isidentifier() and name != "__pycache__"]
        if count == _WATCHED_FOLDERS:
            return
        yield folder


def _looked_at(package: str, file: str, folders: Iterable[str]) -> Iterator[str]:
    """Return all that finding a file in a package, and reading it, depends on."""
    for folder in folders:
        place = folder
        for part in package.split("."):
            if not part.isidentifier() or not os.path.isdir(place):
                break
            place = os.path.join(place, part)
            yield place
        else:
            yield from _contents(os.path.join(place, file))


def _check_distribution(distribution: Distribution, driver: Driver) -> None:
    """Refuse a distribution that bears the name of another driver than its only one."""
    wanted = _PREFIX + driver.name
    is_named = normalised(distribution.name).startswith(normalised(_PREFIX))
    is_single = len(distribution.group(DRIVERS)) == 1
    if is_named and is_single and normalised(distribution.name) != normalised(wanted):
        raise PluginError(
            f"{MANIFEST}: driver.name: is '{driver.name}' in the distribution"
            f" {quoted(distribution.name)}, wanted '{wanted}'"
        )


def _found(parts: Sequence[str], folders: Iterable[str], file: str) -> str | None:
    """Return where a package's file is, or would be; None if there is no such package."""
    places = []
    for place in itertools.chain((os.path.join(one, *parts) for one in folders), _editable(parts)):
        if os.path.isfile(os.path.join(place, file)):
            return os.path.join(place, file)
        if os.path.isdir(place):
            places.append(place)
    return os.path.join(places[0], file) if places else None


def _editable(parts: Sequence[str]) -> Iterator[str]:
    """Return where an editable installation that lies outside the search path has a package."""
    import importlib.util

    try:
        spec = importlib.util.find_spec(parts[0])  # of a package at the top: nothing is imported
    except (ImportError, ValueError):
        return
    for folder in (spec and spec.submodule_search_locations) or ():
        yield os.path.join(folder, *parts[1:])


def _problem(title: str, error: UkdriversError) -> Problem:
    return Problem(
        subject=title,
        message=str(error).removeprefix(f"{title}: "),
        hint=error.hint,
        skipped=isinstance(error, KitMismatch),
    )


def _unrivalled(
    kind: str, claims: Iterable[tuple[str, Named]], problems: list[Problem]
) -> list[Named]:
    """Return, by name, what just one distribution gives; rivals are all left out."""
    rivals: dict[str, list[tuple[str, Named]]] = {}
    for title, value in claims:
        rivals.setdefault(value.name, []).append((title, value))
    for name, all_of_one in rivals.items():
        if len(all_of_one) > 1:
            titles = " and ".join(sorted(title for title, _ in all_of_one))
            message = f"claimed by {titles}"
            hint = "uninstall all but one of them; until then none is used"
            problems.append(Problem(subject=f"{kind} '{name}'", message=message, hint=hint))
    return [all_of_one[0][1] for _, all_of_one in sorted(rivals.items()) if len(all_of_one) == 1]


def _without_hosts_own(
    drivers: Iterable[Driver], hosts: Iterable[Host], problems: list[Problem]
) -> list[Driver]:
    """Return the drivers whose name no driver that is part of a host has."""
    owners = {
        driver.name: f"{driver.distribution} {driver.version}"
        for host in hosts
        for driver in host.drivers
    }
    kept = []
    for driver in drivers:
        owner = owners.get(driver.name)
        if owner is None:
            kept.append(driver)
            continue
        title = f"{driver.distribution} {driver.version}"
        message = f"claimed by {title} and {owner}, whose part it is"
        hint = f"pip uninstall {driver.distribution}"
        problems.append(Problem(subject=f"driver '{driver.name}'", message=message, hint=hint))
    return kept
