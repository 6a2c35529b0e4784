"""Wire: the files that put a driver set into a host tree.

In:  :class:`~ukdrivers.model.Selection`, :class:`~ukdrivers.model.Menu`,
     :class:`~ukdrivers.model.Config`, and a :class:`~ukdrivers.model.Declared` for each driver
     that is on (from :mod:`ukdrivers.source`).
Out: :class:`~ukdrivers.model.Wiring` (through :mod:`ukdrivers.files` to :mod:`ukdrivers.build`).

The files name each other through the folder they stand in, so it can be moved; drivers and kit are
named where they are installed.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from ukdrivers import address
from ukdrivers.classes import FOLDER, class_symbol, exports, with_code
from ukdrivers.errors import WireError
from ukdrivers.fixed import fixed
from ukdrivers.model import Wiring
from ukdrivers.table import table

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping, Sequence

    from ukdrivers.model import Board, Config, Declared, Driver, Matches, Menu, Selection

__all__ = ["KIT_SYMBOLS", "wire"]

#: what the driver core and the table give to the rest of the image
KIT_SYMBOLS = (
    "ukd_adopt_irqchip",
    "ukd_bound_device",
    "ukd_device_add",
    "ukd_dma_address",
    "ukd_find",
    "ukd_has_driver",
    "ukd_irq_map",
    "ukd_needs_tree",
    "ukd_probe",
    "ukd_probe_classes",
    "ukd_property",
    "ukd_ranges",
    "ukd_region",
    "ukd_scan",
    "ukd_table",
)

SOURCE = "LIBUKD_SRCS-y +="
#: What the driver core is compiled from. All drivers scan:
SCANNED = (f"{SOURCE} $(sort $(wildcard $(UKD_KIT)/src/*.c))",)
#: some of them do
MIXED = (
    f"{SOURCE} $(sort $(filter-out %/find.c,$(wildcard $(UKD_KIT)/src/*.c)))",
    f"{SOURCE} $(UKD_KIT)/fixed/fixed.c",
    f"{SOURCE} $(UKD_KIT)/fixed/mixed_find.c",
)
#: none does
ALONE = (
    *(
        f"{SOURCE} $(UKD_KIT)/src/{name}.c"
        for name in ("bound", "bus_found", "devices", "match", "memory", "probe")
    ),
    *(f"{SOURCE} $(UKD_KIT)/fixed/{name}.c" for name in ("alone_find", "alone_node", "fixed")),
)

#: devices that buses may find, for which there is room besides those that are known
FOUND_MAX = 64

HEADER = "# Written by ukdrivers; changes are lost."


def wire(  # noqa: PLR0913 - the stages before, and a folder
    selection: Selection,
    menu: Menu,
    config: Config,
    *,
    declared: Mapping[str, Declared],
    kit: str,
    board: Board | None = None,
    matches: Matches | None = None,
) -> Wiring:
    """Write the menu, the build files and the driver table of an image.

    :param selection: every driver the platform can use goes into the files, on or off, so that
        switching one changes ``.config`` alone
    :param menu: becomes ``Config.uk``
    :param config: says which drivers are on; the C of these is checked. Says where each has its
        addresses from, too
    :param declared: by driver name; at least of the drivers that are on
    :param kit: folder of the kit
    :param board: what is built in is that of it
    :param matches: of the board
    :returns: text by path, the same for the same input
    :raises WireError: a driver's C says something else than its manifest, or what isn't scanned
        can't be built in
    """
    drivers = selection.usable
    for driver in drivers:
        if config.is_on(driver.symbol):
            _check(driver, declared[driver.name])

    on = [driver for driver in drivers if config.is_on(driver.symbol)]
    modes = {address.mode(config, driver) for driver in on}
    core: Sequence[str] = SCANNED
    files: dict[str, str] = {}
    if not modes.isdisjoint({address.BUILT_IN, address.BY_HAND}):
        if board is None or matches is None:
            raise WireError("device addresses: built in or by hand, wanted them scanned")
        known = fixed(board, matches, config, drivers)
        core = _core(known.devices, modes, is_checked=config.is_on(address.CHECK))
        files = {"addresses.c": known.text}
    files |= {
        "Config.uk": menu.text,
        "Linker.uk": _linker(drivers, selection.platform.name),
        "Makefile.uk": _makefile(drivers, kit, selection.arch, core),
        "table.c": table(drivers),
        "libukd/exportsyms.uk": _lines(_kit_symbols(drivers, kit)),
    }
    files |= {f"{driver.name}/exportsyms.uk": _lines([driver.object]) for driver in drivers}
    return Wiring(files=files, drivers=drivers)


def _check(driver: Driver, declared: Declared) -> None:
    """Refuse a driver whose manifest and C differ in what both say."""
    place = os.path.basename(declared.location)
    for field, says, wanted in (
        ("name", declared.name, driver.name),
        ("class", declared.class_, driver.class_),
    ):
        if says != wanted:
            raise WireError(f"{place}: {field} is {says}; the manifest declares {wanted}")
    file = place.rpartition(":")[0]
    if declared.compatible != driver.compatible:
        raise WireError(
            f"{file}: match table lists {_listed(declared.compatible)}; "
            f"the manifest declares {_listed(driver.compatible)}",
            hint=f"make {os.path.join(driver.root, 'ukdriver.toml')} say the same, in that order",
        )
    others = [name for name in declared.exported if name != driver.object]
    if others:
        raise WireError(
            f"{file}: {driver.distribution} exports {_listed(others)}; "
            f"a driver exports {driver.object} alone",
            hint="make what one file needs static, and keep a driver that needs more in one file",
        )


def _listed(names: Sequence[str]) -> str:
    *first, last = names or ("nothing",)
    return f"{', '.join(first)} and {last}" if first else last


def _lines(names: Iterable[str]) -> str:
    return "".join(f"{name}\n" for name in names)


def _kit_symbols(drivers: Iterable[Driver], kit: str) -> list[str]:
    """List what the core gives to the image; a class that is off leaves its names unused."""
    names = set(KIT_SYMBOLS)
    for class_ in with_code(drivers, kit):
        names.update(exports(class_, kit))
    return sorted(names)


def _linker(drivers: Iterable[Driver], platform: str) -> str:
    """Write which driver's object goes into which platform's final link."""
    lines = [HEADER, "", "# Base folder, library and switch of each part of the final link."]
    parts = [("libukd", "libukd", "y")]
    parts += [(one.name, one.library, f"$(CONFIG_{one.symbol})") for one in drivers]
    for folder, library, switch in parts:
        lines += [
            "",
            f"IMPORT_BASE := $(UKD_BASE)/{folder}",
            f"$(eval $(call addplatlib_s,{platform},{library},{switch}))",
        ]
    return _lines(lines)


def _core(devices: int, modes: Container[str], *, is_checked: bool) -> Sequence[str]:
    """Write what the driver core is compiled from when some devices, or all, aren't scanned."""
    lines = [*(MIXED if address.SCAN in modes else ALONE), f"{SOURCE} $(UKD_BASE)/addresses.c"]
    if is_checked:
        lines.append(f"{SOURCE} $(UKD_KIT)/fixed/check.c")
    if address.SCAN not in modes:
        lines.append(f"LIBUKD_CFLAGS-y += -DUKD_RECORDS_MAX={devices + FOUND_MAX}U")
    return lines


def _makefile(drivers: Sequence[Driver], kit: str, arch: str, core: Sequence[str]) -> str:
    """Write what each library is compiled from."""
    lines = [
        HEADER,
        "",
        "UKD_BASE := $(IMPORT_BASE)",
        f"UKD_KIT := {_quoted(kit)}",
        f"UKD_INCLUDES := -I$(UKD_KIT)/include -I$(UKD_KIT)/arch/{arch}/include",
        "",
        "include $(UKD_BASE)/Linker.uk",
        "",
        "# The driver core, and the table of this image's drivers",
        "LIBUKD_CINCLUDES-y += $(UKD_INCLUDES)",
        *core,
        "LIBUKD_SRCS-y += $(UKD_BASE)/table.c",
        *map(_class_code, with_code(drivers, kit)),
    ]
    for driver in drivers:
        lines += ["", *_library(driver)]
    return _lines(lines)


def _class_code(class_: str) -> str:
    sources = f"$(sort $(wildcard $(UKD_KIT)/{FOLDER}/{class_}/*.c))"
    return f"LIBUKD_SRCS-$(CONFIG_{class_symbol(class_)}) += {sources}"


def _library(driver: Driver) -> list[str]:
    sources = [os.path.normpath(os.path.join(driver.root, one)) for one in driver.sources]
    folders = dict.fromkeys(os.path.dirname(one) for one in sources)
    includes = " ".join(f"-I{_quoted(folder)}" for folder in folders)
    return [
        f"# {driver.name} of {driver.distribution} {driver.version}",
        f"{driver.symbol}_CINCLUDES-y += $(UKD_INCLUDES) {includes}",
        *(f"{driver.symbol}_SRCS-y += {_quoted(source)}" for source in sources),
    ]


def _quoted(path: str) -> str:
    """Spell a path for make; what make can't be told, :mod:`ukdrivers.build` refuses."""
    return path.replace("$", "$$").replace("#", "\\#")
