"""Board: one device tree, and what follows from it.

In:  the name of a device tree (from the command line): a file, or QEMU's own for a machine.
Out: :class:`~ukdrivers.model.Board` (to :mod:`ukdrivers.match` and all stages after it).
"""

from __future__ import annotations

from ukdrivers import fdt
from ukdrivers.errors import BoardError, UsageError
from ukdrivers.interrupts import Interrupts
from ukdrivers.model import Board, Node
from ukdrivers.properties import Properties
from ukdrivers.resources import Resources

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import NoReturn

    from ukdrivers.fdt import RawNode
    from ukdrivers.model import Interrupt, Region

    #: regions and interrupts of a node, and what is wrong with them
    _Known = tuple[tuple[Region, ...], tuple[Interrupt, ...], str]

__all__ = ["from_blob", "read_board"]

#: No device tree comes near it; it only keeps a wrong name from filling the memory.
MAX_BYTES = 1 << 26

#: ``ok`` is not in the specification (2.3.4), but on boards.
ENABLED = ("okay", "ok")

MAX_SHOWN = 8


def read_board(source: str) -> Board:
    """Read the device tree that the user named.

    :param source: a ``.dtb`` file; a ``.dts`` file, which ``dtc`` compiles; or
        ``qemu:virt[,property=value...]``, which QEMU is asked for, ``cpu``, ``cpus`` and
        ``memory`` among the properties standing for its options ``-cpu``, ``-smp`` and ``-m``
    :returns: the board, all its nodes in tree order
    :raises UsageError: no such file or machine
    :raises ToolError: ``dtc`` or QEMU is wanted and not installed
    :raises BoardError: the tree is malformed or contradicts itself; the message has the byte
        offset, the line of the source, or the path of the node
    """
    if source.startswith("qemu:"):
        from ukdrivers.devicetree_tools import ask_qemu

        return from_blob(ask_qemu(source), source=source)
    blob = _read(source)
    if source.endswith(".dts"):
        from ukdrivers.devicetree_tools import run_dtc

        blob = run_dtc(source, blob)
    return from_blob(blob, source=source)


def from_blob(blob: bytes, *, source: str) -> Board:
    """Work out a board from a flattened device tree in memory.

    :param blob: the tree; bytes after its own total size are left out of the board
    :param source: where it came from, for messages
    :returns: the board, all its nodes in tree order
    :raises BoardError: the tree is malformed or contradicts itself
    """
    raw = fdt.parse(blob, source=source)
    return _Assembly(raw, source).board(blob[: fdt.total_size(blob)])


class _TreeNode(Node):
    """A node of which most is worked out when somebody asks for it; of most nodes, nobody does."""

    def __init__(
        self,
        tree: _Assembly,
        index: int,
        compatible: tuple[str, ...],
        status: str,
        *,
        enabled: bool,
    ) -> None:
        raw = tree.raw[index]
        fields = vars(self)  # the attributes themselves are frozen
        fields["path"] = raw.path
        fields["compatible"] = compatible
        fields["status"] = status
        fields["enabled"] = enabled
        fields["value"] = raw.value
        fields["tree"] = tree
        fields["index"] = index

    @property  # type: ignore[misc]
    def properties(self) -> Mapping[str, bytes]:
        return self._raw().properties

    @property  # type: ignore[misc]
    def phandle(self) -> int | None:
        tree: _Assembly = vars(self)["tree"]
        return tree.properties.phandles.get(vars(self)["index"])

    @property  # type: ignore[misc]
    def regions(self) -> tuple[Region, ...]:
        return self._resources()[0]

    @property  # type: ignore[misc]
    def interrupts(self) -> tuple[Interrupt, ...]:
        return self._resources()[1]

    @property  # type: ignore[misc]
    def fault(self) -> str:
        return self._resources()[2] if self.enabled else ""

    def _raw(self) -> RawNode:
        raw: RawNode = vars(self)["tree"].raw[vars(self)["index"]]
        return raw

    def _resources(self) -> _Known:
        fields = vars(self)
        if "known" not in fields:
            fields["known"] = fields["tree"].resources(fields["index"])
        known: _Known = fields["known"]
        return known


class _Assembly:
    """One board in the making."""

    def __init__(self, raw: Sequence[RawNode], source: str) -> None:
        self.raw = raw
        self.source = source
        self.properties = Properties(raw, source)
        self.registers = Resources(self.properties)
        self.interrupts = Interrupts(self.properties)

    def board(self, blob: bytes) -> Board:
        nodes = self._nodes()
        typed = [node for node in nodes if node.value("device_type")]
        _refuse_loops([node for node in nodes if node.value("#interrupt-cells")], self.source)
        root = nodes[0]
        return Board(
            source=self.source,
            compatible=root.compatible,
            model=_shown(root.value("model") or b""),
            nodes=nodes,
            memory=tuple(region for node in typed if _is_memory(node) for region in node.regions),
            interrupt_parent=self._interrupt_parent(nodes),
            stdout=self._stdout(),
            cpus=tuple((*node.compatible, "")[0] for node in typed if _is_cpu(node)),
            blob=blob,
        )

    def _interrupt_parent(self, nodes: Sequence[Node]) -> str | None:
        """Find the controller that the root names, or else the one where all interrupts end.

        Source: Devicetree Specification v0.4, 2.4 (root of the interrupt tree).
        """
        named = self.properties.named(0, "interrupt-parent")
        if named is not None and not self.raw[named].has("interrupt-map"):
            return nodes[named].path
        taken = {one.parent for node in nodes if node.enabled for one in node.interrupts}
        ends = [
            node.path
            for node in nodes
            if node.path in taken
            and node.value("interrupt-controller") is not None
            and not any(_other_parents(node))
        ]
        return ends[0] if len(ends) == 1 else None

    def _nodes(self) -> tuple[Node, ...]:
        enabled: list[bool] = []
        nodes = []
        for index, raw in enumerate(self.raw):
            status = self._status(index) if raw.has("status") else "okay"  # 2.3.4
            is_on = status in ENABLED and (index == 0 or enabled[raw.parent])
            enabled.append(is_on)
            compatible = self._compatible(index) if raw.has("compatible") else ()
            nodes.append(_TreeNode(self, index, compatible, status, enabled=is_on))
        return tuple(nodes)

    def resources(self, index: int) -> _Known:
        """Decode a node's registers and interrupts, or say what is wrong with them.

        Boards leave disabled nodes unfinished, and some have a mistake in one that works without.
        """
        try:
            self.registers.check_dma(index)
            return self.registers.regions(index), self.interrupts.of(index), ""
        except BoardError as error:
            return (), (), str(error).removeprefix(f"{self.source}: ")

    def _status(self, index: int) -> str:
        strings = self._strings(index, "status")
        return strings[0] if strings else ""

    def _compatible(self, index: int) -> tuple[str, ...]:
        return tuple(string for string in self._strings(index, "compatible") if string)

    def _strings(self, index: int, name: str) -> Sequence[str]:
        """Read a list of strings, each printable and null-terminated (2.2.4.2)."""
        value = self.raw[index].value(name)
        if not value:
            return ()
        text = value.decode("ascii", errors="replace")
        if text[-1] != "\0":
            self._fail(index, f"{name} does not end in a null byte")
        strings = text[:-1].split("\0")
        if not (text.isascii() and "".join(strings).isprintable()):
            bad = next(one for one in strings if not (one.isascii() and one.isprintable()))
            self._fail(index, f"{name} has a string that is not printable ASCII, {bad!a}")
        return strings

    def _stdout(self) -> str | None:
        """Find the console that the firmware chose; none: it names none that exists.

        Source: Devicetree Specification v0.4, 3.6 (``/chosen``), 3.3 (``/aliases``).
        """
        chosen = self._properties_at("/chosen")
        value = chosen.get("stdout-path") or chosen.get("linux,stdout-path") or b""
        path = _text(value).partition(":")[0]
        if not path.startswith("/"):
            alias, slash, rest = path.partition("/")
            start = _text(self._properties_at("/aliases").get(alias, b""))
            path = start + slash + rest if start else ""
        return self._find(path) if path else None

    def _find(self, path: str) -> str | None:
        """Find a node by a path that may leave out unit addresses (2.2.3)."""
        if any(node.path == path for node in self.raw):
            return path
        names = path.split("/")
        hits = [node.path for node in self.raw if _leads_to(names, node.path)]
        return hits[0] if len(hits) == 1 else None

    def _properties_at(self, path: str) -> Mapping[str, bytes]:
        for node in self.raw:
            if node.path == path:
                return node.properties
        return {}

    def _fail(self, index: int, text: str) -> NoReturn:
        raise BoardError(f"{self.source}: {self.raw[index].path}: {text}")


def _leads_to(names: Sequence[str], path: str) -> bool:
    parts = path.split("/")
    return len(parts) == len(names) and all(
        part == name or part.partition("@")[0] == name
        for part, name in zip(parts, names, strict=True)
    )


def _is_memory(node: Node) -> bool:
    return node.enabled and node.value("device_type") == b"memory\0"


def _is_cpu(node: Node) -> bool:
    return node.path.startswith("/cpus/") and node.value("device_type") == b"cpu\0"


def _text(value: bytes) -> str:
    """Read a string that is only compared: what is not ASCII in it equals nothing."""
    return value.partition(b"\0")[0].decode("ascii", errors="replace")


def _shown(value: bytes) -> str:
    """Read a string that is only printed, whatever is in it."""
    text = value.partition(b"\0")[0].decode(errors="replace")
    return "".join(char if char.isprintable() else "?" for char in text)


def _refuse_loops(nodes: Sequence[Node], source: str) -> None:
    """Make sure that every interrupt ends somewhere.

    A controller whose own interrupts go to itself is the usual way to write the last one.

    Source: Devicetree Specification v0.4, 2.4 (an interrupt tree has no cycles).
    """
    graph = {node.path: tuple(_other_parents(node)) for node in nodes}
    if not any(graph.values()):
        return
    import graphlib

    try:
        graphlib.TopologicalSorter(graph).prepare()
    except graphlib.CycleError as error:
        paths = [*reversed(error.args[1])]
        more = [] if len(paths) <= MAX_SHOWN else ["..."]
        loop = " -> ".join(paths[:MAX_SHOWN] + more)
        raise BoardError(f"{source}: {loop}: interrupt parents in a loop") from error


def _other_parents(node: Node) -> Iterator[str]:
    return (one.parent for one in node.interrupts if one.parent != node.path)


def _read(source: str) -> bytes:
    try:
        with open(source, "rb") as file:
            blob = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise UsageError(
            f"{source}: no such file",
            hint="a board is FILE.dtb, FILE.dts, or qemu:virt for that of QEMU's machine",
        ) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UsageError(f"{source}: cannot be read: {reason}") from error
    if not blob:
        raise BoardError(f"{source}: the file is empty, a device tree was wanted")
    if len(blob) > MAX_BYTES:
        raise BoardError(f"{source}: more than {MAX_BYTES >> 20} MiB, which no device tree has")
    return blob
