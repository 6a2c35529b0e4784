"""The hooks: what ukdrivers asks of a plugin, through pluggy.

A plugin that only brings drivers needs none of this: an entry point in group ``ukdrivers`` whose
value is the package with ``ukdriver.toml``, which is read as data and never imported. One that has
code names a module, or an object in one, by an entry point in group ``ukdrivers.hooks``::

    [project.entry-points."ukdrivers.hooks"]
    acme = "acme.hooks"

and marks there what it implements::

    from ukdrivers.hooks import hookimpl
    from ukdrivers.model import Platform


    @hookimpl
    def ukdrivers_platforms() -> list[Platform]:
        return [Platform(name="acme", arch=("arm64",), summary="Acme's monitor", slots=())]

True of every hook: it is called once a command, after all plugins are registered, in no promised
order. It takes nothing and returns values of :mod:`ukdrivers.model`; an empty list, or None, is a
good answer. It reads what its own distribution installed, and changes nothing. When it raises, or
returns anything else, the user is told with the name of the distribution, what it returned is left
out, and the rest goes on. A name that another plugin gives too is an error that names both, and
neither is used. Wrappers are refused: each implementation's failure is its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pluggy

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ukdrivers.model import Driver, Host, Platform

__all__ = [
    "PROJECT",
    "hookimpl",
    "hookspec",
    "ukdrivers_drivers",
    "ukdrivers_hosts",
    "ukdrivers_platforms",
]

PROJECT = "ukdrivers"

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


@hookspec
def ukdrivers_drivers() -> Sequence[Driver] | None:
    """Return drivers.

    Every installed manifest is an implementation of this hook. Code that implements it too reads
    its manifests with :func:`ukdrivers.manifest.read_manifest`.

    :returns: drivers whose files exist, names unique
    """


@hookspec
def ukdrivers_platforms() -> Sequence[Platform] | None:
    """Return what an image can run on.

    :returns: platforms, names unique; a slot is an interface of which each image needs one provider
    """


@hookspec
def ukdrivers_hosts() -> Sequence[Host] | None:
    """Return what implements the kit and links images.

    :returns: hosts, names unique; each with the folder of its tree and the drivers that are part
        of it, which no installed driver may share a name with
    """
