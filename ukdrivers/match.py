"""Match: which installed drivers can run which nodes of the board, and why.

In:  drivers (from :mod:`ukdrivers.registry`), a board (from :mod:`ukdrivers.board`).
Out: :class:`~ukdrivers.model.Matches` (to :mod:`ukdrivers.select`).
"""

from __future__ import annotations

from ukdrivers.model import Ignored, Match, Matches, Rival

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping, Sequence

    from ukdrivers.model import Board, Driver, Node

__all__ = ["match"]

#: nodes that describe the system rather than a device
STRUCTURE = {
    "/": "root of the tree",
    "/aliases": "names for other nodes, not a device",
    "/chosen": "parameters for the image, not a device",
    "/cpus": "processors, run by the image itself",
    "/reserved-memory": "memory, not a device",
}

#: nodes whose children are part of the same description
WHOLE = ("/cpus/", "/reserved-memory/")

#: ``#address-cells`` of a PCI bus, and of no other: one cell of flags and two of address
PCI_CELLS = (3).to_bytes(4, "big")

#: values of ``status`` that mean a device may be used; ``ok`` is the older spelling
USABLE = ("okay", "ok")


def match(drivers: Iterable[Driver], board: Board, preferred: Sequence[str] = ()) -> Matches:
    """Give every node of the board one verdict: found, ignored or unclaimed.

    A node's compatible strings are tried from the most specific to the most general; every driver
    that lists one is kept, so that a later stage can pass over those the platform cannot use.

    :param drivers: installed drivers and those of the host, names unique, in any order
    :param board: with its nodes in tree order
    :param preferred: names of drivers; of those that list the same string, the first named here
        comes first, and those that aren't come last, by name
    :returns: each node exactly once, in tree order within each verdict

    Source: Devicetree Specification v0.4, 2.3.1 (``compatible``), 2.3.4 (``status``); PCI Bus
    Binding to IEEE Std 1275-1994, revision 2.1 (cells of an address).
    """
    drivers_by_string = _index(drivers, preferred)
    status_by_path = {node.path: node.status for node in board.nodes if not node.enabled}
    typed = board.having("device_type")
    memory = {node.path for node in typed if node.value("device_type") == b"memory\0"}
    pci_buses = _pci_buses(board, typed)
    found: list[Match] = []
    ignored: list[Ignored] = []
    unclaimed: list[Ignored] = []
    for node in board.nodes:
        reason = _structure(node, memory) or _disability(node, status_by_path)
        if not reason and node.path.startswith(pci_buses):
            reason = "found by its bus"  # which is asked what is there
        rivals = () if reason else _rivals(node, drivers_by_string)
        if rivals and node.fault:
            ignored.append(Ignored(node=node, reason=f"can't be used: {node.fault}"))
        elif rivals:
            reason = _preference(node, rivals, preferred)
            found.append(Match(node=node, rivals=rivals, reason=reason))
        elif reason or "simple-bus" in node.compatible:
            ignored.append(Ignored(node=node, reason=reason or "transparent bus"))
        else:
            unclaimed.append(Ignored(node=node, reason=_nobody(node)))
    return Matches(found=tuple(found), ignored=tuple(ignored), unclaimed=tuple(unclaimed))


def _index(drivers: Iterable[Driver], preferred: Sequence[str]) -> dict[str, list[Driver]]:
    drivers_by_string: dict[str, list[Driver]] = {}
    rank = {name: number for number, name in enumerate(preferred)}
    for driver in sorted(drivers, key=lambda one: (rank.get(one.name, len(rank)), one.name)):
        for string in dict.fromkeys(driver.compatible):
            drivers_by_string.setdefault(string, []).append(driver)
    return drivers_by_string


def _structure(node: Node, memory: Container[str]) -> str | None:
    path = node.path
    if path in STRUCTURE:
        return STRUCTURE[path]
    if path.startswith(WHOLE):
        return f"part of /{path.split('/', 2)[1]}"
    if path in memory:
        return "memory, not a device"
    return None if node.compatible else "no compatible string, so not a device"


def _disability(node: Node, status_by_path: Mapping[str, str]) -> str | None:
    if node.enabled:
        return None
    if node.status not in USABLE:
        return f'disabled: status is "{node.status}"'
    above = node.path
    while above:
        above = above.rpartition("/")[0]
        status = status_by_path.get(above or "/", "okay")
        if status not in USABLE:
            return f'disabled: status of {above or "/"} is "{status}"'
    return "disabled"


def _pci_buses(board: Board, typed: Iterable[Node]) -> tuple[str, ...]:
    """Return how the paths of all nodes below a PCI bus start."""
    buses = [node for node in typed if node.value("device_type") == b"pci\0"]
    sized = board.having("#address-cells")
    buses += [node for node in sized if node.value("#address-cells") == PCI_CELLS]
    return tuple(f"{node.path}/" for node in buses if node.path != "/")


def _rivals(node: Node, drivers_by_string: Mapping[str, Sequence[Driver]]) -> tuple[Rival, ...]:
    rivals: dict[str, Rival] = {}
    for string in node.compatible:
        for driver in drivers_by_string.get(string, ()):
            rivals.setdefault(driver.name, Rival(driver=driver, compatible=string))
    return tuple(rivals.values())


def _preference(node: Node, rivals: Sequence[Rival], preferred: Sequence[str]) -> str:
    best = rivals[0]
    reason = f"{best.driver.name} lists {best.compatible}"
    if best.compatible == node.compatible[0]:
        reason += ", the most specific string of the node"
    else:
        passed = node.compatible[: node.compatible.index(best.compatible)]
        reason += f"; no driver lists {' or '.join(passed)}"
    equals = [one.driver.name for one in rivals[1:] if one.compatible == best.compatible]
    if equals:
        order = "in the driver set" if best.driver.name in preferred else "by name"
        reason += f"; so does {' and '.join(equals)}, later {order}"
    reason += "".join(
        f"; {one.driver.name} lists only {one.compatible}"
        for one in rivals
        if one.compatible != best.compatible
    )
    return reason


def _nobody(node: Node) -> str:
    return f"no installed driver lists any of {', '.join(node.compatible)}"
