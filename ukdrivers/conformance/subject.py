"""Subject: the drivers that a user's word stands for.

In:  a driver's name or a plugin's folder (from :mod:`ukdrivers.cli`).
Out: :class:`~ukdrivers.conformance.model.Subject`.

A plugin's folder needn't be installed: metadata as pip would write them are put beside it, and the
search path leads there first.
"""

from __future__ import annotations

import dataclasses
import os
import sys
import tomllib
from typing import TYPE_CHECKING, Any

from ukdrivers.conformance.model import Subject
from ukdrivers.conformance.sim import options_of
from ukdrivers.distributions import DRIVERS
from ukdrivers.errors import PluginError, UsageError
from ukdrivers.files import publish
from ukdrivers.manifest import MANIFEST
from ukdrivers.registry import discover

if TYPE_CHECKING:
    from ukdrivers.model import Driver, Registry

__all__ = ["find", "from_folder", "moved"]

PROJECT = "pyproject.toml"


def find(word: str, registry: Registry, *, site: str) -> tuple[Subject, ...]:
    """Return the drivers that a word stands for: one by its name, or those of a plugin's folder.

    :param registry: what is installed
    :param site: folder for the metadata of a plugin that isn't
    :raises UsageError: neither such a driver nor such a folder
    """
    for driver in registry.drivers:
        if driver.name == word:
            return (_subject(driver, registry, folder=_source_folder(driver)),)
    if os.path.isdir(word):
        return from_folder(word, site=site)
    for host in registry.hosts:
        if any(driver.name == word for driver in host.drivers):
            raise UsageError(
                f"driver '{word}': is part of host {host.name}, wanted an installed one"
            )
    raise _unknown(word, registry)


def from_folder(folder: str, *, site: str) -> tuple[Subject, ...]:
    """Return the drivers of a plugin's folder, installed or not.

    :param folder: holds ``pyproject.toml``; or a package with its manifest
    :param site: folder for the plugin's metadata
    :raises UsageError: no plugin's folder
    :raises PluginError: the plugin can't be used
    """
    folder = os.path.abspath(folder)
    if os.path.isfile(os.path.join(folder, MANIFEST)):
        folder = os.path.dirname(folder)
    name, version, drivers, path = _put(folder, site)
    registry = discover([*path, *sys.path])
    for problem in registry.problems:
        if name in problem.message or problem.subject in {name, f"{name} {version}"}:
            raise PluginError(f"{problem.subject}: {problem.message}", hint=problem.hint)
    return tuple(
        _subject(driver, registry, folder=folder, path=path)
        for driver in registry.drivers
        if driver.name in drivers
    )


def moved(subject: Subject, *, folder: str, site: str) -> Subject:
    """Return the same driver at a copy of its plugin's folder.

    :param folder: the copy
    :param site: folder for its metadata
    """
    assert subject.folder is not None  # noqa: S101 - who copies it has seen it
    *_, path = _put(folder, site)
    root = os.path.join(folder, os.path.relpath(subject.driver.root, subject.folder))
    driver = dataclasses.replace(subject.driver, root=root)
    return dataclasses.replace(subject, driver=driver, folder=folder, path=path)


def _put(folder: str, site: str) -> tuple[str, str, dict[str, str], tuple[str, ...]]:
    """Write a plugin's metadata; return its name, version, drivers, and the path to find it on."""
    name, version, drivers = _project(folder)
    info = f"{name.replace('-', '_')}-{version}.dist-info"
    entries = "".join(f"{driver} = {package}\n" for driver, package in drivers.items())
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
    publish(
        site,
        {f"{info}/METADATA": metadata, f"{info}/entry_points.txt": f"[{DRIVERS}]\n{entries}"},
        owned=(),
    )
    return name, version, drivers, (site, folder, os.path.join(folder, "src"))


def _subject(
    driver: Driver, registry: Registry, *, folder: str | None, path: tuple[str, ...] = ()
) -> Subject:
    try:
        options = options_of(driver)
    except ValueError:  # suite package says what is wrong with them
        options = {}
    return Subject(driver=driver, registry=registry, folder=folder, options=options, path=path)


def _project(folder: str) -> tuple[str, str, dict[str, str]]:
    """Return a plugin's name and version, and its packages by driver."""
    path = os.path.join(folder, PROJECT)
    try:
        with open(path, "rb") as file:
            project: dict[str, Any] = tomllib.load(file)["project"]
        drivers = {str(one): str(two) for one, two in project["entry-points"][DRIVERS].items()}
        return str(project["name"]), str(project.get("version", "0")), drivers
    except FileNotFoundError:
        raise UsageError(
            f"{folder}: has no {PROJECT}, wanted the folder of a plugin",
            hint="docs/write-a-driver.md shows one",
        ) from None
    except tomllib.TOMLDecodeError as error:
        raise PluginError(f"{path}: {error}") from error
    except (KeyError, TypeError, AttributeError):
        raise PluginError(
            f"{path}: has no entry point for a driver, wanted [project.entry-points.{DRIVERS}]"
        ) from None


def _source_folder(driver: Driver) -> str | None:
    """Return where the plugin was installed from, if its package stands there still."""
    above = os.path.dirname(driver.root)
    for folder in (above, os.path.dirname(above) if os.path.basename(above) == "src" else above):
        if os.path.isfile(os.path.join(folder, PROJECT)):
            return folder
    return None


def _unknown(word: str, registry: Registry) -> UsageError:
    import difflib

    names = [driver.name for driver in registry.drivers]
    near = next(iter(difflib.get_close_matches(word, names, n=1)), None)
    return UsageError(
        f"driver '{word}': neither installed nor a folder",
        hint=f"ukdrivers test {near}" if near else "ukdrivers list",
    )
