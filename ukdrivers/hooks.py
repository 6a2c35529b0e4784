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

True of every hook:

- When: once a command that asks what is installed, after all plugins are registered, in no promised
  order. Such a command runs while this code is installed; without any it reads its answers from an
  index on disk. `list` and what a shell completes are such commands, so a hook that takes long is
  felt.
- It may assume that :mod:`ukdrivers.model` is as documented, and nothing about what else is
  installed, the current folder, or the terminal.
- It takes nothing and returns a list or tuple of the values named below; an empty one, or None, is a
  good answer. It reads what its own distribution installed, and changes nothing.
- When it raises, or returns anything else, the user is told with the name of the distribution and
  the place in the code; what it returned is left out, and the rest goes on. Raise
  :class:`ukdrivers.errors.UkdriversError` for what the user can mend, with a hint.
- A name that another plugin gives too is an error that names both, and neither is used; but rules
  may share names, and all of them are followed.
- Wrappers are refused: each implementation's failure is its own.
"""

from __future__ import annotations

import pluggy

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from ukdrivers.model import Driver, Host, Platform, Rule

__all__ = [
    "PROJECT",
    "hookimpl",
    "hookspec",
    "ukdrivers_checks",
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
    its manifests with :func:`ukdrivers.manifest.read_manifest`, whose errors may be let through:
    they name the distribution, the file and the key.

    :returns: drivers whose files exist, names unique; each is then matched, offered and built as if
        its manifest had been found
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


@hookspec
def ukdrivers_checks() -> Sequence[Rule] | None:
    """Return rules for drivers, beyond those of the manifest.

    The check of each is called for every installed driver that is used, in the order of their
    names, once all three other hooks have been asked; not for drivers that are part of a host. It
    may assume a driver whose manifest is sound and whose files exist, and return at most 100 lines
    of text, each what is, and what was wanted. A line is told to the user with the distribution of
    the driver, which is used all the same. When a check raises, or returns anything else, that is
    told with the distribution of the rule, and the rule is put to no more drivers.

    :returns: rules
    """
