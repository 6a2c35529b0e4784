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

    from ukdrivers.fdt import Tree
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
    tree = fdt.parse(blob, source=source)
    return _Assembly(tree, source).board(blob[: fdt.total_size(blob)])


class _TreeNode(Node):
    """A node of which most is worked out when somebody asks for it; of most nodes, nobody does."""

    def __init__(
        self, board: _Assembly, index: int, compatible: tuple[str, ...], status: str, is_on: bool
    ) -> None:
        vars(self).update(  # the attributes themselves are frozen
            path=board.tree.paths[index],
            compatible=compatible,
            status=status,
            enabled=is_on,
            place=(board, index),
        )

    def value(self, name: str) -> bytes | None:
        board, index = self._place()
        return board.tree.value(index, name)

    @property  # type: ignore[misc]
    def properties(self) -> Mapping[str, bytes]:
        board, index = self._place()
        return board.tree.properties(index)

    @property  # type: ignore[misc]
    def phandle(self) -> int | None:
        board, index = self._place()
        return board.properties.phandles.get(index)

    @property  # type: ignore[misc]
    def regions(self) -> tuple[Region, ...]:
        return self._resources()[0]

    @property  # type: ignore[misc]
    def interrupts(self) -> tuple[Interrupt, ...]:
        return self._resources()[1]

    @property  # type: ignore[misc]
    def fault(self) -> str:
        return self._resources()[2] if self.enabled else ""

    def _place(self) -> tuple[_Assembly, int]:
        place: tuple[_Assembly, int] = vars(self)["place"]
        return place

    def _resources(self) -> _Known:
        fields = vars(self)
        if "known" not in fields:
            board, index = self._place()
            fields["known"] = board.resources(index)
        known: _Known = fields["known"]
        return known


class _TreeBoard(Board):
    """A board that knows which of its nodes have a property without looking at each."""

    def having(self, name: str) -> list[Node]:
        tree: Tree | None = vars(self).get("tree")
        if tree is None:  # made from another
            return super().having(name)
        return [self.nodes[index] for index in tree.having(name)]


class _Assembly:
    """One board in the making."""

    def __init__(self, tree: Tree, source: str) -> None:
        self.tree = tree
        self.source = source
        self.properties = Properties(tree, source)
        self.registers = Resources(self.properties)
        self.interrupts = Interrupts(self.properties)

    def board(self, blob: bytes) -> Board:
        nodes = self._nodes()
        typed = [nodes[index] for index in self.tree.having("device_type")]
        _refuse_loops([nodes[one] for one in self.tree.having("#interrupt-cells")], self.source)
        root = nodes[0]
        board = _TreeBoard(
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
        vars(board)["tree"] = self.tree
        return board

    def _interrupt_parent(self, nodes: Sequence[Node]) -> str | None:
        """Find the controller that the root names, or else the one where all interrupts end.

        Source: Devicetree Specification v0.4, 2.4 (root of the interrupt tree).
        """
        named = self.properties.named(0, "interrupt-parent")
        if named is not None and not self.tree.has(named, "interrupt-map"):
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
        parents = self.tree.parents
        strings = {index: self._compatible(index) for index in self.tree.having("compatible")}
        statuses = {index: self._status(index) for index in self.tree.having("status")}
        off = {index for index, status in statuses.items() if status not in ENABLED}
        nodes = []
        for index, parent in enumerate(parents):
            if off and parent in off:
                off.add(index)
            status = statuses.get(index, "okay")  # 2.3.4
            compatible = strings.get(index, ())
            nodes.append(_TreeNode(self, index, compatible, status, index not in off))
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
        value = self.tree.value(index, name)
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
        if path in self.tree.paths:
            return path
        names = path.split("/")
        hits = [one for one in self.tree.paths if _leads_to(names, one)]
        return hits[0] if len(hits) == 1 else None

    def _properties_at(self, path: str) -> Mapping[str, bytes]:
        paths = self.tree.paths
        return self.tree.properties(paths.index(path)) if path in paths else {}

    def _fail(self, index: int, text: str) -> NoReturn:
        raise BoardError(f"{self.source}: {self.tree.paths[index]}: {text}")


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
