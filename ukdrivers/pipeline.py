"""Pipeline: the order of the stages, and nothing else.

In:  names and folders (from :mod:`ukdrivers.cli`).
Out: each stage's value, for the command line to print.
"""

from __future__ import annotations

import os

from ukdrivers.classes import KIT
from ukdrivers.errors import SelectError, UsageError
from ukdrivers.output import read_record, read_text, write_bytes, write_record
from ukdrivers.request import app_folder, board_of, find_target, refuse_half, settle
from ukdrivers.values import Value, fields, replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Iterable, Sequence

    from ukdrivers.model import (
        Board,
        BootLog,
        Config,
        Declared,
        Image,
        Matches,
        Menu,
        Platform,
        Registry,
        Selection,
        Wiring,
    )
    from ukdrivers.output import Output, Record
    from ukdrivers.request import Request, Target
    from ukdrivers.script import Step

__all__ = [
    "KIT",
    "Configured",
    "Offered",
    "Prepared",
    "boot_image",
    "choose",
    "configure",
    "edit_menu",
    "make_image",
    "match_board",
    "offer",
    "prepare",
]


class Offered(Value):
    """What the board asks for, and what there is to choose."""

    target: Target
    record: Record
    app: str  #: folder of the application
    board: Board
    matches: Matches
    selection: Selection
    menu: Menu


class Configured(Offered):
    """The same, and what the user made of it."""

    config: Config


class Prepared(Value):
    """Everything but the compiler's work."""

    configured: Configured
    wiring: Wiring
    written: tuple[str, ...]  #: the wired files that changed


def match_board(target: Target, board: Board) -> Matches:
    """Pair the board's nodes with drivers."""
    from ukdrivers.match import match

    return match(target.drivers, board)


def choose(
    target: Target, board: Board, matches: Matches, platforms: Iterable[Platform] = ()
) -> Selection:
    """Select what the board needs.

    :param platforms: that the user could name instead
    :raises SelectError: the board can't be served by what is installed; with the change that mends
        it, if one is known
    """
    try:
        return _selected(target, board, matches)
    except SelectError as error:
        from ukdrivers.mend import mend

        others = [one for one in platforms if one.name in target.host.platforms]
        mend(error, target, others, lambda one: _selected(one, board, match_board(one, board)))
        raise


def _selected(target: Target, board: Board, matches: Matches) -> Selection:
    from ukdrivers.select import select

    drivers, platform, arch = target.drivers, target.platform, target.arch
    return select(matches, drivers=drivers, platform=platform, arch=arch, board=board)


def offer(registry: Registry, output: Output, request: Request) -> Offered:
    """Do everything up to the menu, in the output folder.

    :raises UkdriversError: that of the stage that failed
    """
    from ukdrivers.files import publish
    from ukdrivers.menu import compose

    record = settle(output, request, read_record(output))
    target = find_target(registry, platform=record.platform, host=record.host)
    refuse_half(target.host)
    app = app_folder(target.host, record.app)
    board = board_of(output, request.board, record)
    matches = match_board(target, board)
    selection = choose(target, board, matches, registry.platforms)
    others = [one for one in registry.platforms if one.name in target.host.platforms]
    menu = compose(selection, kit=KIT, platforms=others, selecting=True, with_addresses=True)
    publish(output.drivers, {"Config.uk": menu.text}, owned=())
    return Offered(
        target=target,
        record=record,
        app=app,
        board=board,
        matches=matches,
        selection=selection,
        menu=menu,
    )


def configure(registry: Registry, output: Output, request: Request) -> Configured:
    """Do everything up to the evaluated menu, in the output folder.

    :raises UkdriversError: that of the stage that failed
    """
    from ukdrivers.config import check_slots, evaluate

    last = read_record(output)
    offered = offer(registry, output, request)
    config = evaluate(
        offered.menu,
        host=offered.target.host,
        folder=output.drivers,
        requested=request.values,
        saved=read_text(output.config),
        app=offered.app,
        defconfig=request.defconfig,
        unset=request.unset,
    )
    check_slots(config, offered.selection)
    configured = Configured(**fields(offered), config=config)
    _keep(output, configured, last)
    return configured


def _keep(output: Output, configured: Configured, last: Record | None) -> None:
    """Write down what was decided; an image made from something else is forgotten."""
    from ukdrivers.files import publish

    changed = write_bytes(output.board, configured.board.blob)
    changed |= bool(publish(output.folder, {".config": configured.config.text}, owned=()))
    known = last is not None and replace(last, image=None) == configured.record
    if changed or not known:
        write_record(output, configured.record)


def edit_menu(configured: Configured, output: Output) -> str:
    """Open the menu on this terminal.

    :returns: one line on what was saved
    """
    from ukdrivers.terminal import edit

    return edit(
        configured.menu,
        host=configured.target.host,
        folder=output.drivers,
        path=output.config,
        app=configured.app,
    )


def prepare(registry: Registry, output: Output, request: Request) -> Prepared:
    """Do everything up to the wired drivers, in the output folder.

    :raises UkdriversError: that of the stage that failed
    """
    from ukdrivers.files import publish
    from ukdrivers.wire import wire

    configured = configure(registry, output, request)
    wiring = wire(
        configured.selection,
        configured.menu,
        configured.config,
        declared=_declared(configured, output),
        kit=KIT,
        board=configured.board,
        matches=configured.matches,
    )
    written = publish(output.drivers, wiring.files)
    return Prepared(configured=configured, wiring=wiring, written=written)


def _declared(configured: Configured, output: Output) -> dict[str, Declared]:
    """Read the C of the drivers that are on; what is off is not in the image and not read."""
    from ukdrivers.source import declare
    from ukdrivers.tools import CROSS

    target = configured.target
    kit = (os.path.join(KIT, "include"), os.path.join(KIT, "arch", target.arch, "include"))
    own = (*kit, os.path.join(target.host.root, "include"))  # a host's driver sees its tree too
    return {
        driver.name: declare(
            driver,
            compiler=f"{CROSS}gcc",
            includes=own if driver in target.host.drivers else kit,
            cache=output.declared,
        )
        for driver in configured.selection.usable
        if configured.config.is_on(driver.symbol)
    }


def make_image(
    prepared: Prepared,
    output: Output,
    *,
    verbose: bool = False,
    on_line: Callable[[str], None] = lambda _: None,
) -> Image:
    """Compile and link what changed.

    :param verbose: let make show its commands
    :param on_line: called with each line that make and its commands write
    :raises BuildError: the compiler or the linker refused
    """
    from ukdrivers.build import build

    configured = prepared.configured
    image = build(
        host=configured.target.host,
        drivers_folder=output.drivers,
        config=configured.config,
        app=configured.app,
        output=output.folder,
        drivers=prepared.wiring.drivers,
        verbose=verbose,
        on_line=on_line,
    )
    write_record(output, replace(configured.record, image=image))
    return image


def boot_image(  # noqa: PLR0913 - settings, all by keyword
    output: Output,
    *,
    script: Sequence[Step],
    timeout: float,
    on_text: Callable[[str], None],
    board: str | None = None,
    attach: bool = False,
    extra: Sequence[str] = (),
    inherits: Sequence[socket.socket] = (),
) -> BootLog:
    """Run the image of an output folder; the other arguments are :func:`ukdrivers.boot.boot`'s.

    :param board: to run it on; None: the one it was built for
    :raises UsageError: there is no image in the folder
    :raises BootError: the image did not do what was expected
    """
    from ukdrivers.boot import boot

    record = read_record(output)
    if record is None or record.image is None or not os.path.exists(record.image.path):
        raise UsageError(
            f"{output.folder}: holds no image, wanted one",
            hint=f"ukdrivers build -o {output.folder}",
        )
    return boot(
        record.image,
        board_of(output, board, record),
        script=script,
        timeout=timeout,
        on_text=on_text,
        attach=attach,
        extra=extra,
        inherits=inherits,
    )
