"""Prepare: the order of what ``ukdrivers wire`` does.

In:  what is installed, and what the user named.
Out: an output folder that a tree's make can be pointed at.
"""

from __future__ import annotations

import contextlib
import dataclasses
import os
from typing import TYPE_CHECKING

from ukdrivers.errors import UsageError, WireError
from ukdrivers.model import Board, Config, Host, Symbol
from ukdrivers.unikraft import KIT, ROOT
from ukdrivers.unikraft.names import check_path

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ukdrivers.model import Declared, Driver, Registry, Selection
    from ukdrivers.unikraft.adapter import Adapter
    from ukdrivers.unikraft.tree import Tree

__all__ = ["Prepared", "Wanted", "prepare"]

ARCH = "arm64"
PLATFORM = "kvm"
HOST = "unikraft"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Wanted:
    """What the user named."""

    tree: str
    app: str
    output: str
    board: str | None = None
    values: Mapping[str, str] = dataclasses.field(default_factory=dict)  #: by Kconfig symbol


@dataclasses.dataclass(frozen=True, kw_only=True)
class Prepared:
    """What was decided, and what was written."""

    tree: Tree
    adapter: Adapter
    app: str
    output: str
    selection: Selection
    replaced: tuple[str, ...]  #: folders of the tree that are left out, relative to it
    stranded: tuple[str, ...]  #: those that are left out because what they work with is replaced
    written: tuple[str, ...]  #: files of the output folder that changed, relative to it


def prepare(registry: Registry, wanted: Wanted) -> Prepared:
    """Write all that puts the installed drivers into a tree's build.

    :raises UkdriversError: that of the stage that failed; nothing was written then
    """
    from ukdrivers.unikraft.adapter import adapter_of
    from ukdrivers.unikraft.choice import check_values, choose
    from ukdrivers.unikraft.needs import check_needs
    from ukdrivers.unikraft.replace import replaced_folders, stranded_folders
    from ukdrivers.unikraft.tree import read_tree

    tree = read_tree(wanted.tree)
    check_path(tree.root, "tree")
    app, output = _app(wanted.app), _output(wanted.output, tree)
    check_values(wanted.values, registry.drivers)
    board = _board(wanted.board)
    has_board = wanted.board is not None
    selection = choose(_select(registry, board), tree, values=wanted.values, has_board=has_board)
    adapter = adapter_of(tree)
    replaced = replaced_folders(selection.usable, tree)
    check_needs(tree, adapter, selection.usable)
    for one in selection.usable:
        check_path(one.root, one.distribution)

    prepared = Prepared(
        tree=tree,
        adapter=adapter,
        app=app,
        output=output,
        selection=selection,
        replaced=replaced,
        stranded=stranded_folders(replaced, tree),
        written=(),
    )
    cpu = board.cpus[0] if board.cpus else None
    return dataclasses.replace(prepared, written=_write(prepared, cpu, wanted.values))


def _app(folder: str) -> str:
    path = os.path.realpath(folder)
    if not os.path.isfile(os.path.join(path, "Makefile.uk")):
        what = "has no Makefile.uk" if os.path.isdir(path) else "no such folder"
        raise UsageError(f"app '{folder}': {what}, wanted the folder of a Unikraft application")
    return check_path(path, "app")


def _output(folder: str, tree: Tree) -> str:
    path = os.path.realpath(folder)
    if os.path.commonpath([path, tree.root]) == tree.root:
        raise UsageError(
            f"output '{folder}': inside the tree {tree.root}, which is never written to",
            hint="name another folder with -o DIR",
        )
    return check_path(path, "output")


def _board(source: str | None) -> Board:
    from ukdrivers.board import read_board

    if source is not None:
        return read_board(source)
    return Board(
        source="",
        compatible=(),
        model="",
        nodes=(),
        memory=(),
        interrupt_parent=None,
        stdout=None,
        cpus=(),
        blob=b"",
    )


def _select(registry: Registry, board: Board) -> Selection:
    """Select by the board; a slot that is left empty may be filled by a driver of the tree's."""
    from ukdrivers.packages import Catalogues
    from ukdrivers.pipeline import choose, match_board
    from ukdrivers.request import Target

    platform = next(one for one in registry.platforms if one.name == PLATFORM)
    target = Target(
        platform=dataclasses.replace(platform, slots=()),
        host=Host(name=HOST, summary="", root=ROOT, platforms=(PLATFORM,), drivers=()),
        drivers=registry.drivers,
        catalogues=Catalogues(registry.drivers, registry.catalogues),
    )
    return choose(target, board, match_board(target, board))


def _write(prepared: Prepared, cpu: str | None, values: Mapping[str, str]) -> tuple[str, ...]:
    from ukdrivers.files import publish
    from ukdrivers.menu import compose
    from ukdrivers.unikraft.buses import bus_users
    from ukdrivers.unikraft.defconfig import defconfig
    from ukdrivers.unikraft.glue import glued
    from ukdrivers.unikraft.overlay import overlay
    from ukdrivers.wire import wire

    for path in (ROOT, KIT):
        check_path(path, "ukdrivers")
    tree, selection, output = prepared.tree, prepared.selection, prepared.output
    drivers = selection.usable
    declared = _declared(drivers, os.path.join(output, "declared"))
    wiring = wire(selection, compose(selection), _all_on(drivers), declared=declared, kit=KIT)
    wiring = glued(wiring, prepared.adapter, bus_users=bus_users(drivers, KIT))
    gone = (*prepared.replaced, *prepared.stranded)
    files = overlay(tree, adapter=prepared.adapter, replaced=gone, wiring=wiring, arch=ARCH)
    files["defconfig"] = defconfig(tree, selection, cpu=cpu, values=values)
    files["make.args"] = _arguments(output, files)
    files["make"] = _wrapper(prepared)
    written = publish(output, files)
    _forget(os.path.join(output, "declared"), drivers)
    _make_executable(os.path.join(output, "make"))
    return written


def _declared(drivers: Iterable[Driver], cache: str) -> dict[str, Declared]:
    """Read the C of every driver in the menu: which of them are on is decided there."""
    from ukdrivers.source import declare
    from ukdrivers.tools import CROSS

    includes = (f"{KIT}/include", f"{KIT}/arch/{ARCH}/include")
    return {
        one.name: declare(one, compiler=f"{CROSS}gcc", includes=includes, cache=cache)
        for one in drivers
    }


def _forget(cache: str, drivers: Iterable[Driver]) -> None:
    """Remove what was kept of drivers that are not in the overlay any more."""
    kept = {f"{one.name}.json" for one in drivers}
    for name in os.listdir(cache) if os.path.isdir(cache) else ():
        # .new: of a run that was killed
        if name.endswith((".json", ".json.new")) and name not in kept:
            with contextlib.suppress(OSError):
                os.unlink(os.path.join(cache, name))


def _all_on(drivers: Iterable[Driver]) -> Config:
    names = [one.symbol for one in drivers]
    symbols = {one: Symbol(name=one, value="y", origin="default") for one in names}
    return Config(text="", symbols=symbols)


def _arguments(output: str, files: Iterable[str]) -> str:
    """Return what make is to be told: where the drivers are now.

    The tree joins the folders of ``E=`` with a variable that it never sets; without it, two of them
    would be excluded from the build but not from the menu.
    """
    folders = {"UK_DRIV_BASE": "drivers", "KCONFIG_DRIV_BASE": "drivers"}
    if any(path.startswith("plat/") for path in files):
        folders["KCONFIG_PLAT_BASE"] = "plat"
    return " ".join([*(f"{name}={output}/{one}" for name, one in folders.items()), "colon=:\n"])


def _wrapper(prepared: Prepared) -> str:
    """Return a script that runs the tree's make, with a configuration and a build of its own.

    They are not the application's: options of one release mean nothing to another.
    """
    output = prepared.output
    folders = f"-C {prepared.tree.root} A={prepared.app} O={output}/build C={output}/.config"
    return f'#!/bin/sh\nexec make {folders} $(cat {output}/make.args) "$@"\n'


def _make_executable(path: str) -> None:
    """Let everybody run a file who may read it."""
    mode = os.stat(path).st_mode
    wanted = mode | (mode & 0o444) >> 2
    if mode == wanted:
        return
    try:
        os.chmod(path, wanted)
    except OSError as error:
        raise WireError(f"{path}: can't be made executable") from error
