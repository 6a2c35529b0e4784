"""A population of installed distributions, written as pip leaves wheels: drivers among others.

Which driver is what depends on its number alone, so two populations of one size are equal.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["driver_name", "populate"]

VENDORS = ("acme", "brcm", "cdns", "fsl", "marvell", "nxp", "qcom", "rockchip", "snps", "ti")
#: class, what it provides, what it requires; a bus or transport is one in twenty
KINDS = (
    *(("net", ("net@1",), ("virtio-transport@1",)),) * 3,
    *(("block", ("block@1",), ()),) * 3,
    *(("console", ("console@1",), ()),) * 4,
    *(("rtc", ("rtc@1",), ()),) * 3,
    *(("irqchip", ("irqchip@1",), ()),) * 3,
    *(("timer", (), ()),) * 3,
    ("virtio-transport", ("virtio-transport@1",), ()),
)
METADATA = "Metadata-Version: 2.1\nName: {name}\nVersion: {version}\nSummary: One of many\n"
CLASSIFIERS = "Classifier: Topic :: System :: Hardware :: Hardware Drivers\n" * 60  # 4 KB as usual
RECORD = "{package}/file{number}.py,sha256=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA,1000\n"
MANIFEST = """\
schema = 1

[driver]
name       = "{name}"
summary    = "{vendor} {class_} controller of the series {number}"
class      = "{class_}"
arch       = ["arm64"]
platforms  = ["kvm"]
compatible = [{compatible}]
sources    = ["c/{ident}.c"]
config     = "Config.uk"
provides   = [{provides}]
requires   = [{requires}]
kit        = ">=1,<2"
"""


def driver_name(number: int) -> str:
    """Return the name of the driver with a number."""
    return f"{VENDORS[number % len(VENDORS)]}-{KINDS[number % len(KINDS)][0]}{number}"


def populate(site: str, count: int, *, every: int = 1, start: int = 0) -> None:
    """Install distributions.

    :param site: folder of the search path; made if it isn't there
    :param count: how many distributions
    :param every: of so many, one is a driver; the rest are anybody's
    :param start: number of the first
    """
    for number in range(start, start + count):
        write_files(site, _driver(number) if number % every == 0 else _other(number))


def write_files(site: str, files: Mapping[str, str]) -> None:
    for folder in sorted({os.path.dirname(path) for path in files}):
        os.makedirs(os.path.join(site, folder), exist_ok=True)
    for path, text in files.items():
        with open(os.path.join(site, path), "w", encoding="utf-8") as file:
            file.write(text)


def _driver(number: int) -> dict[str, str]:
    name = driver_name(number)
    class_, provides, requires = KINDS[number % len(KINDS)]
    vendor = VENDORS[number % len(VENDORS)]
    ident = name.replace("-", "_")
    package = f"ukdriver_{ident}"
    strings = [f"{vendor},{class_}{number}{letter}" for letter in "abc"[: 1 + number % 3]]
    manifest = MANIFEST.format(
        name=name,
        ident=ident,
        vendor=vendor,
        class_=class_,
        number=number,
        compatible=_listed(strings),
        provides=_listed(provides),
        requires=_listed(requires),
    )
    return {
        f"{package}/__init__.py": "",
        f"{package}/ukdriver.toml": manifest,
        f"{package}/Config.uk": "",
        f"{package}/c/{ident}.c": "",
        **_metadata(f"ukdriver-{name}", package, f"[ukdrivers]\n{name} = {package}\n"),
    }


def _other(number: int) -> dict[str, str]:
    name = f"filler{number}"
    scripts = f"[console_scripts]\n{name} = {name}:main\n" if number % 3 == 0 else ""
    return {f"{name}/__init__.py": "", **_metadata(name, name, scripts)}


def _metadata(name: str, package: str, entry_points: str) -> dict[str, str]:
    info = f"{name.replace('-', '_')}-1.0.dist-info"
    files = {
        f"{info}/METADATA": METADATA.format(name=name, version="1.0") + CLASSIFIERS,
        f"{info}/RECORD": "".join(RECORD.format(package=package, number=one) for one in range(30)),
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/INSTALLER": "pip\n",
    }
    return {**files, f"{info}/entry_points.txt": entry_points} if entry_points else files


def _listed(texts: tuple[str, ...] | list[str]) -> str:
    return ", ".join(f'"{text}"' for text in texts)
