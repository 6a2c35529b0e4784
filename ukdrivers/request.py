"""Request: what the user asked an image to be made from, and what that comes to."""

from __future__ import annotations

import os

from ukdrivers.errors import UsageError
from ukdrivers.output import Record
from ukdrivers.packages import Catalogues
from ukdrivers.values import Value, replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ukdrivers.model import Board, Driver, Host, Platform, Registry
    from ukdrivers.output import Output

__all__ = [
    "Request",
    "Target",
    "app_folder",
    "board_of",
    "find_target",
    "refuse_half",
    "settle",
]

PLATFORM = "kvm"
HOST = "base"
APP = "hello"


class Request(Value):
    """What the user asked an image to be made from; None: as last time in this output folder."""

    board: str | None = None  #: a file or ``qemu:…``
    platform: str | None = None
    host: str | None = None
    app: str | None = None  #: a folder, or the name of one of the host's own applications
    values: Mapping[str, str] = {}  #: by Kconfig symbol
    defconfig: str | None = None  #: a file of values that give way to all others that were set
    unset: Sequence[str] = ()  #: symbols whose values in this output folder no longer count


class Target(Value):
    """What the image is for: a platform, a host that can link for it, and the drivers of both."""

    platform: Platform
    host: Host
    drivers: tuple[Driver, ...]
    catalogues: Catalogues  #: of what isn't installed

    @property
    def arch(self) -> str:
        """The processor architecture; the platforms so far have one each."""
        return self.platform.arch[0]


def find_target(
    registry: Registry, *, platform: str | None = None, host: str | None = None
) -> Target:
    """Look up platform and host by name.

    :raises UsageError: no such platform or host, or the host can't link for the platform
    """
    platform, host = platform or PLATFORM, host or HOST
    runs_on = next((one for one in registry.platforms if one.name == platform), None)
    if runs_on is None:
        names = " or ".join(one.name for one in registry.platforms)
        raise UsageError(f"platform '{platform}': not installed, wanted {names or 'one'}")
    links = next((one for one in registry.hosts if one.name == host), None)
    if links is None:
        names = " or ".join(one.name for one in registry.hosts)
        raise UsageError(f"host '{host}': not installed, wanted {names or 'one'}")
    if platform not in links.platforms:
        raise UsageError(
            f"host '{host}': links for {', '.join(links.platforms)}, wanted {platform}"
        )
    drivers = (*registry.drivers, *links.drivers)
    known = Catalogues(drivers, registry.catalogues)
    return Target(platform=runs_on, host=links, drivers=drivers, catalogues=known)


def refuse_half(host: Host) -> None:
    """Refuse a host that is part of another build.

    :raises UsageError: it doesn't link an image by itself
    """
    if not os.path.isfile(os.path.join(host.root, "Makefile")):
        raise UsageError(
            f"host '{host.name}': is {host.summary}, wanted one that links an image by itself",
            hint="ukdrivers wire --help" if host.name == "unikraft" else None,
        )


def board_of(output: Output, named: str | None, record: Record) -> Board:
    """Read the board: the one that is named, else the copy that the output folder keeps.

    :raises BoardError: it can't be read
    """
    from ukdrivers.board import read_board

    if named is not None:
        return read_board(named)
    return replace(read_board(output.board), source=record.source)


def settle(output: Output, request: Request, last: Record | None) -> Record:
    """Fill in what was not asked for with what it was last time.

    :raises UsageError: no board was named, now or before
    """
    source = request.board or (last.source if last else None)
    if source is None:
        raise UsageError(
            f"{output.folder}: made for no board yet, wanted one",
            hint="name a BOARD, e.g. qemu:virt,gic-version=2",
        )
    before = last or Record(source=source, platform=PLATFORM, host=HOST, app=APP)
    app = request.app or before.app
    return Record(
        source=source,
        platform=request.platform or before.platform,
        host=request.host or before.host,
        app=os.path.abspath(app) if "/" in app else app,
    )


def app_folder(host: Host, app: str) -> str:
    """Return the folder of an application.

    :raises UsageError: there is no such folder, and the host has no application of that name
    """
    own = os.path.join(host.root, "app")
    names = sorted(os.listdir(own)) if os.path.isdir(own) else []
    if app in names:
        return os.path.join(own, app)
    if os.path.isdir(app):
        return os.path.abspath(app)
    raise UsageError(f"app '{app}': no such folder, wanted one, or {' or '.join(names)}")
