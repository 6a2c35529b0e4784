"""Drivers that a suite's application brings with it, to be built beside the one under test."""

from __future__ import annotations

import dataclasses
import os
import tomllib
from typing import TYPE_CHECKING

from ukdrivers.conformance.variations import APPS
from ukdrivers.distributions import DRIVERS
from ukdrivers.files import publish
from ukdrivers.manifest import MANIFEST

if TYPE_CHECKING:
    from ukdrivers.conformance.model import Settings, Subject

__all__ = ["with_companion"]


def with_companion(
    subject: Subject, settings: Settings, suite: str, package: str
) -> tuple[Subject, dict[str, str]]:
    """Return the subject with another driver on its search path, and the symbols that turn it on.

    Whatever else lists one of its strings is turned off.

    :param suite: in whose application's folder the package is
    """
    above = os.path.join(APPS, suite)
    with open(os.path.join(above, package, MANIFEST), "rb") as file:
        driver = tomllib.load(file)["driver"]
    name, site = driver["name"], os.path.join(settings.folder, suite, "companion")
    info = f"{package}-0.dist-info"
    publish(
        site,
        {
            f"{info}/METADATA": f"Metadata-Version: 2.1\nName: ukdriver-{name}\nVersion: 0\n",
            f"{info}/entry_points.txt": f"[{DRIVERS}]\n{name} = {package}\n",
        },
        owned=(),
    )
    taken = set(driver["compatible"])
    values = {f"LIB{package.upper()}": "y"}
    values |= {one.symbol: "n" for one in subject.registry.drivers if taken & set(one.compatible)}
    return dataclasses.replace(subject, path=(site, above, *subject.path)), values
