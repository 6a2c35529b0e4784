"""Menu: the driver menu as Kconfig text, with what the board needs turned on.

In:  a selection (from :mod:`ukdrivers.select`).
Out: :class:`~ukdrivers.model.Menu` (to :mod:`ukdrivers.config` and :mod:`ukdrivers.wire`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ukdrivers import address, fragment, kconfig
from ukdrivers.classes import KIT, class_symbol, with_code
from ukdrivers.model import Menu, MenuEntry
from ukdrivers.needs import Need, any_of, find_needs, interface_symbol
from ukdrivers.refusal import few
from ukdrivers.usable import works_with

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ukdrivers.model import Driver, Node, Platform, Selected, Selection
    from ukdrivers.needs import Needs

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

RANKS = {class_: rank for rank, class_ in enumerate(HEADINGS)}

HELP_WIDTH = 76

NOTHING = Need()


def compose(
    selection: Selection,
    *,
    kit: str = KIT,
    platforms: Iterable[Platform] = (),
    selecting: bool = False,
    with_addresses: bool = False,
) -> Menu:
    """Write one entry for each usable driver, grouped by class, its own options under it.

    A hidden switch ``HAVE_…`` stands beside each entry, turned on by each platform that can use it.
    A driver that requires an interface depends on the symbol of it, which is on when a driver that
    provides it is. Where the kit has code of a class, a hidden switch says that one driver of the
    class at least is on.

    :param selection: its usable drivers are offered, its selected ones are on by default
    :param kit: folder of the kit
    :param platforms: further ones that the tree may be configured for
    :param selecting: let a driver turn on what alone provides an interface that it requires; not
        for a tree that adds dependencies of its own to the entries
    :param with_addresses: offer where drivers have the addresses of their devices from
    :returns: the text of ``Config.uk``, the same bytes for the same selection, and its entries
    :raises MenuError: a driver's ``Config.uk`` fragment is unreadable, or holds more than options
        of the driver
    """
    fragments = fragment.check(selection.usable)
    selected_by_name = {one.driver.name: one for one in selection.selected}
    drivers = sorted(selection.usable, key=lambda one: (_rank(one), one.name))
    entries = tuple(_entry(one, selected_by_name.get(one.name)) for one in drivers)
    offers = selection.platform.offers
    slots = [one.interface for one in selection.platform.slots]
    needs = find_needs(drivers, slots=slots, offers=offers, selecting=selecting)

    lines = ['menu "Device Drivers"', ""]
    lines += _switches(entries, {one.name: one for one in (selection.platform, *platforms)})
    lines += _behind(entries, needs, with_code(drivers, kit))
    lines += _shortages(selection.platform, drivers, needs)
    if with_addresses:
        lines += address.global_lines()
    heading = ""
    for entry in entries:
        if entry.driver.class_ != heading:
            heading = entry.driver.class_
            lines += [f'comment "{_quoted(HEADINGS.get(heading, heading))}"', ""]
        need = needs.by_name.get(entry.driver.name, NOTHING)
        lines.append(_block(entry, need, fragments.get(entry.driver.name)))
        if with_addresses:
            one = selected_by_name.get(entry.driver.name)
            lines += address.lines(entry.driver, one.nodes if one else (), len(entries))
    lines.append("endmenu")
    return Menu(text="\n".join(lines) + "\n", entries=entries, offers=offers)


def _rank(driver: Driver) -> tuple[int, str]:
    return (RANKS.get(driver.class_, len(RANKS)), driver.class_)


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


def _behind(entries: Sequence[MenuEntry], needs: Needs, classes: Iterable[str]) -> list[str]:
    """Write the hidden symbols of classes and interfaces, and those between many drivers and one."""
    lines: list[str] = []
    for class_ in classes:
        own = [one.symbol for one in entries if one.driver.class_ == class_]
        lines += _hidden(class_symbol(class_), any_of(own))
    for interface, providers in needs.providers.items():
        own = [one.symbol for one in providers]
        lines += _hidden(interface_symbol(interface), any_of(own))
    for symbol, target in needs.groups:
        lines += _hidden(symbol, [f"\tselect {target}"])
    return lines


def _hidden(symbol: str, says: Iterable[str]) -> list[str]:
    return [f"config {symbol}", "\tbool", *says, ""]


def _switches(entries: Iterable[MenuEntry], platforms: Mapping[str, Platform]) -> list[str]:
    """Write the hidden switch of each driver, on for each of the platforms that can use it."""
    symbols_by_platforms: dict[tuple[str, ...], list[str]] = {}
    for entry in entries:
        able = tuple([name for name, one in platforms.items() if _can_use(one, entry.driver)])
        symbols_by_platforms.setdefault(able, []).append(entry.symbol)
    lines: list[str] = []
    for able, symbols in symbols_by_platforms.items():
        on = " || ".join(kconfig.platform_symbol(name) for name in able)
        lines += [f"if {on}", *(f"config HAVE_{one}\n\tdef_bool y" for one in symbols), "endif", ""]
    return lines


def _can_use(platform: Platform, driver: Driver) -> bool:
    return platform.name in driver.platforms and works_with(platform, driver)


def _shortages(platform: Platform, drivers: Sequence[Driver], needs: Needs) -> list[str]:
    """Write what is to be seen in the menu while nothing that provides an interface is on."""
    wanted_by: dict[str, list[str]] = {}
    for driver in drivers:
        for interface in driver.requires:
            wanted_by.setdefault(interface, []).append(driver.name)
    purposes = {one.interface: one.purpose for one in platform.slots}
    lines: list[str] = []
    for interface, providers in needs.providers.items():
        what = purposes.get(interface) or few(wanted_by[interface], "and")
        text = (
            f"{what}: there once one of these is on: {few([one.name for one in providers], 'or')}"
        )
        switch = interface_symbol(interface)
        lines += [f'comment "{_quoted(text)}"', f"\tdepends on !{switch}", ""]
    return lines


def _block(entry: MenuEntry, need: Need, path: str | None) -> str:
    driver, symbol = entry.driver, entry.symbol
    text = (
        f'config {symbol}\n\tbool "{_quoted(f"{driver.name}: {driver.summary}")}"\n'
        f"\tdepends on HAVE_{symbol}\n"
    )
    for one in need.waits:
        text += f"\tdepends on {one}\n"
    if entry.default:
        text += f"\tdefault y  # {entry.comment}\n"
    for one in need.selects:
        text += f"\tselect {one}\n"
    text += "\thelp\n"
    if driver.compatible:
        text += f"\t  {_wrapped('Runs ' + ', '.join(driver.compatible))}\n"
    text += f"\t  From {driver.distribution} {driver.version}\n"
    if path is not None:
        text += f'\nif {symbol}\nsource "{path}"\nendif\n'
    return text


def _wrapped(text: str) -> str:
    if len(text) <= HELP_WIDTH:
        return text
    import textwrap

    lines = textwrap.wrap(text, HELP_WIDTH, break_long_words=False, break_on_hyphens=False)
    return "\n\t  ".join(lines)


def _quoted(text: str) -> str:
    """Escape what Kconfig would take for the end of a string or for a macro."""
    plain = " ".join(text.split())
    if '"' not in plain and "\\" not in plain and "$" not in plain:
        return plain
    return plain.replace("\\", "\\\\").replace('"', '\\"').replace("$(", "\\$(")
