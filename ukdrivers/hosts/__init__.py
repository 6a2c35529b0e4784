"""The hosts of our own, through the same hook as a stranger's."""

from __future__ import annotations

import os

from ukdrivers import __version__
from ukdrivers.hooks import hookimpl
from ukdrivers.installed import Host
from ukdrivers.manifest import MANIFEST, read_manifest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ukdrivers.installed import Driver

__all__ = ["ukdrivers_hosts"]


@hookimpl
def ukdrivers_hosts() -> list[Host]:
    """Return our hosts.

    ``base`` is a small arm64 tree for demos, tests and driver development. ``unikraft`` is our half
    of a stock Unikraft tree; the other half is the user's, and links the image.
    """
    return [
        _host("base", "our own small arm64 tree"),
        _host("unikraft", "a stock Unikraft tree, through `ukdrivers wire`"),
    ]


def _host(name: str, summary: str) -> Host:
    root = os.path.join(os.path.dirname(os.path.abspath(__file__)), name)
    drivers = _own_drivers(name, root)
    return Host(name=name, summary=summary, root=root, platforms=("kvm",), drivers=drivers)


def _own_drivers(host: str, root: str) -> tuple[Driver, ...]:
    """Return the drivers that are part of a host's tree, by name."""
    folder = os.path.join(root, "drivers")
    names = sorted(os.listdir(folder)) if os.path.isdir(folder) else ()
    paths = [os.path.join(folder, name, MANIFEST) for name in names]
    return tuple(
        read_manifest(path, distribution=f"host {host}", version=__version__)
        for path in paths
        if os.path.isfile(path)
    )
