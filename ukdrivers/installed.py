"""What is installed: the values that the registry hands out. Part of :mod:`ukdrivers.model`.

They stand apart because ``ukdrivers show`` needs no others.
"""

from __future__ import annotations

from ukdrivers.values import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

__all__ = ["Driver", "Host", "Platform", "Problem", "Registry", "Rule", "Slot"]


class Driver(Value):
    """One driver, as its manifest describes it. Every other spelling of its name is derived."""

    name: str  #: lower case, words joined by a hyphen, e.g. ``virtio-net``
    summary: str
    class_: str  #: one of :data:`ukdrivers.manifest.CLASSES`
    arch: tuple[str, ...]
    platforms: tuple[str, ...]
    compatible: tuple[str, ...]  #: in the order of the C match table
    sources: tuple[str, ...]  #: relative to :attr:`root`
    config: str | None  #: the ``Config.uk`` fragment relative to :attr:`root`
    provides: tuple[str, ...]  #: interfaces, e.g. ``irqchip@1``
    requires: tuple[str, ...]
    kit: str  #: version specifier of the kit, e.g. ``>=1,<2``
    replaces: tuple[str, ...]
    root: str  #: folder that holds ``ukdriver.toml``
    distribution: str  #: e.g. ``ukdriver-gicv2``; of a host's own driver: ``host base``
    version: str

    @property
    def ident(self) -> str:
        """The name as a C and Kconfig identifier: ``virtio_net``."""
        return self.name.replace("-", "_")

    @property
    def library(self) -> str:
        """The library in a Unikraft tree: ``libukdriver_virtio_net``."""
        return f"libukdriver_{self.ident}"

    @property
    def symbol(self) -> str:
        """The Kconfig symbol: ``LIBUKDRIVER_VIRTIO_NET``."""
        return self.library.upper()

    @property
    def object(self) -> str:
        """The one symbol the driver exports to the linker: ``ukd_driver_virtio_net``."""
        return f"ukd_driver_{self.ident}"


class Platform(Value):
    """What an image runs on, and what it asks of the drivers."""

    name: str  #: e.g. ``kvm``
    arch: tuple[str, ...]
    summary: str
    slots: tuple[Slot, ...]  #: interfaces that every image needs exactly one provider of
    offers: tuple[str, ...] = ()  #: interfaces that it brings itself, e.g. ``console@1``
    drivers: tuple[str, ...] = ("*",)  #: names of those it can work with, as patterns of a shell


class Slot(Value):
    """An interface of which an image has exactly one provider at run time."""

    interface: str  #: e.g. ``irqchip@1``
    purpose: str  #: for messages: ``interrupt controller``


class Host(Value):
    """What implements the kit and links the image."""

    name: str  #: e.g. ``base``
    summary: str
    root: str  #: folder of the tree
    platforms: tuple[str, ...]
    drivers: tuple[Driver, ...]  #: drivers that are part of the host, e.g. its timer


class Rule(Value):
    """One more thing that every driver is to be like; a driver that isn't is used all the same."""

    name: str  #: lower case, words joined by a hyphen
    check: Callable[[Driver], Iterable[str]]  #: returns what is wrong with a driver, a line each


class Problem(Value):
    """What is wrong with an installed plugin. One never stops the rest."""

    subject: str  #: the distribution, e.g. ``acme-uart 2.0``
    message: str
    hint: str | None = None
    skipped: bool = False  #: well-formed but not for this kit; not a fault
    used: bool = False  #: what a rule found in a driver; any other problem leaves the plugin out


class Registry(Value):
    """What is installed."""

    drivers: tuple[Driver, ...]  #: by name, names unique
    platforms: tuple[Platform, ...]
    hosts: tuple[Host, ...]
    problems: tuple[Problem, ...]
    catalogues: tuple[str, ...] = ()  #: files of installed wheels that say which others there are
