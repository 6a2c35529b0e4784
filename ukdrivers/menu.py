"""Menu: the driver menu as Kconfig text, with what the board needs turned on.

In:  a selection (from :mod:`ukdrivers.select`).
Out: :class:`~ukdrivers.model.Menu` (to :mod:`ukdrivers.config` and :mod:`ukdrivers.wire`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ukdrivers import fragment, kconfig
from ukdrivers.classes import KIT, class_symbol, with_code
from ukdrivers.model import Menu, MenuEntry

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ukdrivers.model import Driver, Node, Selected, Selection

__all__ = ["compose"]

#: heading of each class, in menu order
HEADINGS = {
    "power": "Power and reset",
    "irqchip": "Interrupt controllers",
    "console": "Consoles",
    "timer": "Timers",
    "rtc": "Real-time clocks",
    "bus": "Buses",
    "pci-host": "PCI host bridges",
    "pci-device": "PCI devices",
    "virtio-transport": "Virtio transports",
    "net": "Network",
    "block": "Block devices",
}

HELP_WIDTH = 76


def compose(selection: Selection, *, kit: str = KIT) -> Menu:
    """Write one entry for each usable driver, grouped by class, its own options under it.

    A hidden switch ``HAVE_…`` stands beside each entry, turned on by the platform. A driver that
    requires an interface depends on the drivers that provide it. Where the kit has code of a class,
    a hidden switch says that one driver of the class at least is on.

    :param selection: its usable drivers are offered, its selected ones are on by default
    :param kit: folder of the kit
    :returns: the text of ``Config.uk``, the same bytes for the same selection, and its entries
    :raises MenuError: a driver's ``Config.uk`` fragment is unreadable, or holds more than options
        of the driver
    """
    fragments = fragment.check(selection.usable)
    selected_by_name = {one.driver.name: one for one in selection.selected}
    drivers = sorted(selection.usable, key=lambda one: (_rank(one), one.name))
    entries = tuple(_entry(one, selected_by_name.get(one.name)) for one in drivers)
    needs_by_name = _needs(selection.usable)

    lines = ['menu "Device Drivers"', ""]
    for driver in drivers:
        lines += _switch(driver, selection.platform.name)
    for class_ in with_code(drivers, kit):
        lines += _class_switch(class_, drivers)
    heading = ""
    for entry in entries:
        if entry.driver.class_ != heading:
            heading = entry.driver.class_
            lines += [f'comment "{_quoted(HEADINGS.get(heading, heading))}"', ""]
        lines += _block(entry, needs_by_name[entry.driver.name], fragments.get(entry.driver.name))
    lines.append("endmenu")
    return Menu(text="\n".join(lines) + "\n", entries=entries)


def _rank(driver: Driver) -> tuple[int, str]:
    classes = list(HEADINGS)
    known = driver.class_ in HEADINGS
    return (classes.index(driver.class_) if known else len(classes), driver.class_)


def _entry(driver: Driver, selected: Selected | None) -> MenuEntry:
    comment = "no node of the board asks for it"
    if selected is not None:
        comment = _comment(driver, selected.nodes) if selected.nodes else selected.reason
    return MenuEntry(
        symbol=driver.symbol, driver=driver, default=selected is not None, comment=comment
    )


def _comment(driver: Driver, nodes: Sequence[Node]) -> str:
    string = next((one for one in nodes[0].compatible if one in driver.compatible), driver.name)
    more = f" and {len(nodes) - 1} more" if len(nodes) > 1 else ""
    return f"{nodes[0].path} ({string}){more}"


def _needs(drivers: Sequence[Driver]) -> dict[str, list[list[str]]]:
    """Return, for each driver and each interface it requires, the symbols that would provide it.

    Drivers that require each other in a circle are left out: Kconfig knows no such dependency. The
    configuration is checked for them once it is evaluated.
    """
    providers: dict[str, list[Driver]] = {}
    for driver in sorted(drivers, key=lambda one: one.name):
        for interface in driver.provides:
            providers.setdefault(interface, []).append(driver)
    wanted = {interface for driver in drivers for interface in driver.requires}
    behind = {interface: _behind(interface, providers) for interface in wanted}
    return {
        driver.name: [
            [one.symbol for one in providers[interface]]
            for interface in driver.requires
            if interface in providers and driver.name not in behind[interface]
        ]
        for driver in drivers
    }


def _behind(interface: str, providers: Mapping[str, Sequence[Driver]]) -> set[str]:
    """Return the names of the drivers that provide *interface*, and of all that those require."""
    names, seen, waiting = set[str](), {interface}, [interface]
    while waiting:
        for driver in providers.get(waiting.pop(), ()):
            names.add(driver.name)
            waiting += [one for one in driver.requires if one not in seen]
            seen.update(driver.requires)
    return names


def _switch(driver: Driver, platform: str) -> list[str]:
    on = f"\tdefault y if {kconfig.platform_symbol(platform)}"
    return [f"config HAVE_{driver.symbol}", "\tbool", on, ""]


def _class_switch(class_: str, drivers: Sequence[Driver]) -> list[str]:
    own = _any_of([one.symbol for one in drivers if one.class_ == class_])
    return [f"config {class_symbol(class_)}", "\tbool", f"\tdefault y if {own}", ""]


def _block(entry: MenuEntry, needs: Sequence[Sequence[str]], path: str | None) -> list[str]:
    driver = entry.driver
    lines = [
        f"config {entry.symbol}",
        f'\tbool "{_quoted(f"{driver.name}: {driver.summary}")}"',
        f"\tdepends on HAVE_{entry.symbol}",
        *(f"\tdepends on {_any_of(symbols)}" for symbols in needs),
        f"\tdefault {'y' if entry.default else 'n'}  # {entry.comment}",
        "\thelp",
        *(f"\t  {line}".rstrip() for line in _help(driver)),
        "",
    ]
    if path is not None:
        lines += [f"if {entry.symbol}", f'source "{path}"', "endif", ""]
    return lines


def _help(driver: Driver) -> list[str]:
    import textwrap

    lines = textwrap.wrap(driver.summary, HELP_WIDTH)
    if driver.compatible:
        strings = f"Runs {', '.join(driver.compatible)}"
        wrapped = textwrap.wrap(strings, HELP_WIDTH, break_long_words=False, break_on_hyphens=False)
        lines += ["", *wrapped]
    return [*lines, "", f"From {driver.distribution} {driver.version}"]


def _any_of(symbols: Sequence[str]) -> str:
    """Join by halves: a flat list of a thousand would nest a thousand deep in a parser."""
    few = 4
    if len(symbols) <= few:
        return " || ".join(symbols)
    middle = len(symbols) // 2
    return f"({_any_of(symbols[:middle])}) || ({_any_of(symbols[middle:])})"


def _quoted(text: str) -> str:
    """Escape what Kconfig would take for the end of a string or for a macro."""
    plain = " ".join(text.split())
    return plain.replace("\\", "\\\\").replace('"', '\\"').replace("$(", "\\$(")
