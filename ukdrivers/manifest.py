"""The manifest: one ``ukdriver.toml`` to a checked :class:`~ukdrivers.model.Driver`.

In:  the file (found by :mod:`ukdrivers.registry`, or part of a host), and whose it is.
Out: :class:`~ukdrivers.model.Driver` (to the registry).
"""

from __future__ import annotations

import os
import tomllib

from ukdrivers import rules
from ukdrivers.bounded import read_bounded
from ukdrivers.errors import ManifestError
from ukdrivers.installed import Driver
from ukdrivers.rules import fault

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["CLASSES", "KIT_VERSION", "MANIFEST", "KitMismatch", "read_manifest"]

MANIFEST = "ukdriver.toml"
SCHEMA = 1
KIT_VERSION = "1"
#: in the order of probing, as in the kit's ``enum ukd_class``
CLASSES = (
    "power",
    "irqchip",
    "console",
    "timer",
    "rtc",
    "bus",
    "pci-host",
    "pci-device",
    "virtio-transport",
    "net",
    "block",
)

_TEXTS = ("name", "summary", "class", "kit", "config")
_ARRAYS = ("arch", "platforms", "compatible", "sources", "provides", "requires", "replaces")
_REQUIRED = ("name", "summary", "class", "arch", "platforms", "compatible", "sources", "kit")
_NOT_EMPTY = ("arch", "platforms", "sources")
_SOURCE_SUFFIXES = (".c", ".S")
_PACKAGE_PREFIX = "ukdriver_"

_MANIFEST_BYTES = 64 * 1024
_KEY_PARTS = 16  # more than any key has; what tomllib takes is quadratic in them


class KitMismatch(ManifestError):  # noqa: N818 - the driver is sound, only not for this kit
    """The driver is written for another version of the kit."""


def read_manifest(path: str, *, distribution: str, version: str) -> Driver:
    """Read and check one manifest.

    :param path: of the file; the folder it stands in is the driver's root
    :param distribution: whose it is, for messages, e.g. ``ukdriver-pl011``
    :param version: of the distribution
    :returns: the driver, with every name, path and interface checked
    :raises ManifestError: the file can't be read or breaks a rule; names distribution, file and key
    :raises KitMismatch: the driver is for a kit of another version
    """
    path = os.path.abspath(path)
    try:
        table = _driver_table(_parsed(_text(path)))
        return _driver(table, os.path.dirname(path), distribution, version)
    except ManifestError as error:
        message = f"{distribution} {version}: {os.path.basename(path)}{error}"
        raise type(error)(message, hint=error.hint) from error


def _text(path: str) -> str:
    root = os.path.dirname(path)
    if os.path.islink(path) and not rules.is_inside(path, root):
        raise fault(f"is a link that leaves {root}, wanted a file inside it")
    try:
        data = read_bounded(path, _MANIFEST_BYTES)
    except FileNotFoundError as error:
        raise fault(f"does not exist in {os.path.dirname(path)}") from error
    except OSError as error:
        raise fault((error.strerror or "cannot be read").lower()) from error
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise fault("is not UTF-8", line=data.count(b"\n", 0, error.start) + 1) from error


def _parsed(text: str) -> dict[str, object]:
    for number, line in enumerate(text.splitlines(), 1):
        key = line.partition("#")[0].partition("=")[0]
        if key.count(".") >= _KEY_PARTS:
            raise fault(f"a key has more than {_KEY_PARTS} parts", line=number)
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _toml_fault(str(error), text) from error
    except (RecursionError, ValueError) as error:  # nested too deeply; a number too long to read
        raise fault("cannot be read as TOML, wanted strings and arrays of them") from error


def _toml_fault(message: str, text: str) -> ManifestError:
    """Put the line first: the parser says ``Expected … (at line 3, column 5)``."""
    what, _, place = message.removesuffix(")").rpartition(" (at ")
    line = place.removeprefix("line ").partition(",")[0]
    last = len(text.splitlines())  # "end of document"
    return fault(f"{what[:1].lower()}{what[1:]}", line=int(line) if line.isdecimal() else last)


def _driver_table(document: Mapping[str, object]) -> dict[str, object]:
    schema = document.get("schema", SCHEMA)
    if type(schema) is not int:
        raise rules.wrong_type("schema", schema, "an integer")
    if schema != SCHEMA:
        hint = "upgrade ukdrivers" if schema > SCHEMA else None
        raise fault(f"is {schema}, wanted {SCHEMA}", key="schema", hint=hint)
    _check_keys(document, ("schema", "driver"), ("schema", "driver"))
    table = document["driver"]
    if not isinstance(table, dict):
        raise rules.wrong_type("driver", table, "one table")
    return table


def _driver(table: dict[str, object], root: str, distribution: str, version: str) -> Driver:
    # First of all: a driver for another kit may follow other rules.
    _check_kit(table)
    _check_keys(table, (*_TEXTS, *_ARRAYS), _REQUIRED, prefix="driver.")
    text = {key: rules.string(f"driver.{key}", table[key]) for key in _TEXTS if key in table}
    array = {key: rules.strings(f"driver.{key}", table.get(key, [])) for key in _ARRAYS}
    _check_texts(text, root)
    _check_arrays(array, root)
    return Driver(
        name=text["name"],
        summary=text["summary"],
        class_=text["class"],
        kit=text["kit"],
        config=text.get("config"),
        **array,
        root=root,
        distribution=distribution,
        version=version,
    )


def _check_keys(
    table: Mapping[str, object],
    known: tuple[str, ...],
    required: tuple[str, ...],
    *,
    prefix: str = "",
) -> None:
    for key in table:
        if key not in known:
            name = prefix + rules.shown_key(key)
            raise fault(f"unknown key, {rules.nearest(key, known)}", key=name)
    for key in required:
        if key not in table:
            raise fault("missing", key=prefix + key)


def _check_kit(table: Mapping[str, object]) -> None:
    if "kit" not in table:
        return
    kit = rules.string("driver.kit", table["kit"])
    if not _is_for_this_kit(kit):
        raise fault(
            f"is {rules.quoted(kit)}, this kit is {KIT_VERSION}",
            key="driver.kit",
            hint="install a version of the plugin, or of ukdrivers, that fits the other",
            kind=KitMismatch,
        )


def _is_for_this_kit(kit: str) -> bool:
    least, _, below = kit.removeprefix(">=").partition(",<")
    if kit.startswith(">=") and rules.is_number(least) and rules.is_number(below):
        return int(least) <= int(KIT_VERSION) < int(below)  # as nearly all write it
    from packaging.specifiers import InvalidSpecifier, SpecifierSet

    try:
        return SpecifierSet(kit).contains(KIT_VERSION)
    except InvalidSpecifier as error:
        message = f"is {rules.quoted(kit)}, wanted a version specifier such as '>=1,<2'"
        raise fault(message, key="driver.kit") from error


def _check_texts(text: Mapping[str, str], root: str) -> None:
    rules.require_name("driver.name", text["name"])
    folder = os.path.basename(root)
    wanted = _PACKAGE_PREFIX + text["name"].replace("-", "_")
    if folder.startswith(_PACKAGE_PREFIX) and folder != wanted:
        message = f"is '{text['name']}' in the package {rules.quoted(folder)}, wanted '{wanted}'"
        raise fault(message, key="driver.name")
    rules.choice("driver.class", text["class"], CLASSES)
    if "config" in text:
        rules.existing_file("driver.config", text["config"], root)


def _check_arrays(array: Mapping[str, tuple[str, ...]], root: str) -> None:
    for key in _NOT_EMPTY:
        if not array[key]:
            raise fault("is empty, wanted one string at least", key=f"driver.{key}")
    if not array["compatible"] and not array["requires"]:
        message = "is empty, and driver.requires too: nothing would ever bind the driver"
        raise fault(message, key="driver.compatible")
    rules.each(rules.require_arch, "driver.arch", array["arch"])
    rules.each(rules.require_name, "driver.platforms", array["platforms"])
    rules.each(rules.require_compatible, "driver.compatible", array["compatible"])
    rules.each(rules.require_interface, "driver.provides", array["provides"])
    rules.each(rules.require_interface, "driver.requires", array["requires"])
    rules.each(rules.require_path, "driver.replaces", array["replaces"])
    for index, source in enumerate(array["sources"]):
        _check_source(f"driver.sources[{index}]", source, root)


def _check_source(key: str, source: str, root: str) -> None:
    if not source.endswith(_SOURCE_SUFFIXES):
        wanted = " or ".join(_SOURCE_SUFFIXES)
        raise fault(f"is {rules.quoted(source)}, wanted a name ending in {wanted}", key=key)
    rules.existing_file(key, source, root)
