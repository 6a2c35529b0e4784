"""Overlay: the ``drivers/`` folder that a tree's make is pointed at instead of its own.

In:  :class:`~ukdrivers.unikraft.tree.Tree`, its adapter, what is replaced, and what
     :mod:`ukdrivers.wire` and :mod:`ukdrivers.unikraft.glue` wrote.
Out: text by path, relative to the output folder (through :mod:`ukdrivers.files`).

Make imports the same class folders as ever; each is ours, and imports the tree's drivers that stay.
The menu names them through the script that makes the tree's own menus, so that ``E=`` works on
them, also where the tree's menu would not have heeded it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ukdrivers.fragment import ARCH_SYMBOLS
from ukdrivers.unikraft import ROOT
from ukdrivers.unikraft.glue import SWITCH, switch_of
from ukdrivers.unikraft.tree import imported
from ukdrivers.unikraft.users import with_users

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ukdrivers.model import Wiring
    from ukdrivers.unikraft.adapter import Adapter
    from ukdrivers.unikraft.tree import DriverClass, Tree

__all__ = ["BUS", "HEADER", "PCI", "overlay"]

HEADER = "# Written by ukdrivers; changes are lost."

#: the tree's platform bus, in whose place ours comes
BUS = "drivers/ukbus/platform"

#: the tree's PCI bus: when a driver of ours replaces it, this much of it comes from us, too
PCI = "drivers/ukbus/pci"

#: in the menus; in makefiles it is ``$(CONFIG_UK_BASE)``
TREE = "$(UK_BASE)"


def overlay(
    tree: Tree, *, adapter: Adapter, replaced: Iterable[str], wiring: Wiring, arch: str
) -> dict[str, str]:
    """Write the class folders, the menu, and the wired drivers.

    :param replaced: folders of the tree's drivers that are left out, relative to the tree
    :param arch: of the image; in one of another, none of our drivers is offered
    :param wiring: with the glue; goes to ``drivers/ukdrivers``, its menu without a frame of its own
    :returns: the same for the same input; every path starts with ``drivers/``, or with ``plat/``
        where the menu of a platform has to change too
    """
    gone = frozenset(replaced)
    files = {"drivers/Config.uk": _menu(tree, gone), **_platforms(tree, adapter, wiring)}
    for number, one in enumerate(tree.classes):
        ours = ("ukdrivers", "ukdrivers/glue") if number == 0 else ()
        files[f"drivers/{one.name}/Makefile.uk"] = _makefile(one, gone, ours, arch)
    ours_menu = with_users(wiring.files["Config.uk"], adapter, wiring.drivers)
    wired = {**wiring.files, "Config.uk": _unframed(ours_menu, arch)}
    files |= {f"drivers/ukdrivers/{path}": text for path, text in wired.items()}
    return files


def _lines(lines: Iterable[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


def _makefile(one: DriverClass, gone: frozenset[str], ours: Sequence[str], arch: str) -> str:
    """Write a class's ``Makefile.uk``: that of the tree, with its own folder named in full."""
    lines = [HEADER, ""]
    if ours:
        imports = [f"$(eval $(call import_lib,$(UK_DRIV_BASE)/{name}))" for name in ours]
        lines += [f"ifeq ($(CONFIG_{SWITCH}),y)", *imports, "endif", ""]
    for line in one.makefile:
        folders = [one.folder(name) for name in imported([line])]
        theirs = line.replace("$(UK_DRIV_BASE)", "$(CONFIG_UK_BASE)/drivers")
        if PCI in folders and PCI in gone:
            lines += _by_arch(f"$(eval $(call import_lib,{ROOT}/pci))", theirs, arch)
        if not gone.isdisjoint(folders):
            continue
        if BUS in folders:
            lines.append(f"$(eval $(call import_lib,{ROOT}/bus))")
        else:
            lines.append(theirs)
    return _lines(lines)


def _by_arch(ours: str, theirs: str, arch: str) -> list[str]:
    """Have make read one line on our architecture, and the other elsewhere."""
    return [f"ifeq ($(CONFIG_{ARCH_SYMBOLS[arch]}),y)", ours, "else", theirs, "endif"]


def _menu(tree: Tree, gone: frozenset[str]) -> str:
    """Write one menu a class, of the tree's drivers that stay."""
    lines = [HEADER, "", 'source "$(KCONFIG_DRIV_BASE)/ukdrivers/glue/Config.uk"']
    for one in tree.classes:
        kept = [one.folder(name) for name in one.drivers if name in one.configured]
        folders = [folder for path in kept if (folder := _folder(path, gone))]
        lines += ["", *_flags(tree, [path for path in kept if path in gone])]
        lines += [f'menu "{one.title}"', *_source(one.name, folders), *one.options, "endmenu"]
        lines += [line for path in folders for line in _mended(tree, path)]
    return _lines(lines)


def _folder(path: str, gone: frozenset[str]) -> str | None:
    """Return where the menu of a tree's driver is now; nothing if it has none any more."""
    if path in gone:
        return f"{ROOT}/pci" if path == PCI else None
    return f"{ROOT}/bus" if path == BUS else f"{TREE}/{path}"


def _source(name: str, folders: Sequence[str]) -> list[str]:
    if not folders:
        return []
    listed = " ".join(f"-l '{one}'" for one in folders)
    script = f"{TREE}/support/build/config-submenu.sh -q -o '$(KCONFIG_DIR)/drivers-{name}.uk'"
    return [f"source \"$(shell,{script} {listed} -e '$(KCONFIG_EXCLUDEDIRS)')\""]


def _flags(tree: Tree, gone: Iterable[str]) -> Iterator[str]:
    """Declare again the symbols of folders that are gone which have a value only by ``select``."""
    for folder in gone:
        blocks = re.split(r"^config\s+", tree.text(f"{folder}/Config.uk"), flags=re.MULTILINE)
        for block in blocks[1:]:
            name, *properties = block.split("\n\n")[0].split("\n")
            if [one.strip() for one in properties if one.strip()] == ["bool"]:
                yield from (f"config {name.strip()}", "\tbool", "")


def _mended(tree: Tree, folder: str) -> Iterator[str]:
    """Add what a driver's menu means but doesn't say.

    Kconfig symbols carry no prefix, so a ``select X if CONFIG_Y`` never fires.
    """
    symbol = ""
    for line in tree.text(f"{folder.removeprefix(TREE)[1:]}/Config.uk").splitlines():
        opened = re.match(r"\s*(?:menu)?config\s+(\w+)", line)
        symbol = opened.group(1) if opened else symbol
        never = re.match(r"\s*select\s+(\w+)\s+if\s+CONFIG_(\w+)\s*$", line)
        if never:
            yield from ("", f"config {symbol}", f"\tselect {never.group(1)} if {never.group(2)}")


def _platforms(tree: Tree, adapter: Adapter, wiring: Wiring) -> dict[str, str]:
    """Write the platforms' menus, without the consoles of their own while one of ours is on."""
    ours = [one for one in wiring.drivers if one.class_ == "console"]
    if not ours or not adapter.platform_consoles:
        return {}
    without = f"\n\tdepends on !{switch_of('console')}"
    pattern = rf"^[ \t]*config[ \t]+(?:{'|'.join(adapter.platform_consoles)})$"
    files = {"plat/Config.uk": f'{HEADER}\nsource "{TREE}/plat/Config.uk"\n'}
    for name in tree.platforms:
        text = tree.text(f"plat/{name}/Config.uk")
        changed = re.sub(pattern, rf"\g<0>{without}", text, flags=re.MULTILINE)
        plain = f'source "{TREE}/plat/{name}/Config.uk"\n'
        files[f"plat/{name}/Config.uk"] = f"{HEADER}\n{plain if changed == text else changed}"
    return files


def _unframed(menu: str, arch: str) -> str:
    """Take the frame off: the tree's menu *Device Drivers* stands around ours already."""
    lines = menu.splitlines()
    framed = bool(lines) and lines[0].startswith("menu ") and lines[-1] == "endmenu"
    inner = lines[1:-1] if framed else lines
    return _lines([HEADER, "", f"if {ARCH_SYMBOLS[arch]}", *inner, "endif"])
