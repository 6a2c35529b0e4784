"""Check a proof that ``ukdrivers cover`` wrote, with none of the code that made it.

usage: python checker.py PROOF.json        exit status: 0 it holds, 1 it doesn't

Source: Devicetree Specification v0.4, 2.3, 2.4, chapter 5; bindings arm,gic and arm,gic-v3.
"""

import base64
import fnmatch
import json
import pathlib
import struct
import sys
import tomllib
from typing import Any

SYSTEM = ("/", "/aliases", "/chosen", "/cpus", "/reserved-memory")
TRANSPARENT = {"simple-bus", "simple-mfd", "simple-pm-bus", "syscon"}
GICV2 = ("arm,gic-400", "arm,cortex-a15-gic", "arm,cortex-a9-gic", "arm,cortex-a7-gic")
INTERRUPTS = {**dict.fromkeys(GICV2, (988, 16)), "arm,gic-v3": (988, 16, 1024, 64)}
PHANDLES = {"clock": "clocks", "reset": "resets", "power-domain": "power-domains"}


def want(holds: object, what: str) -> None:
    if not holds:
        raise ValueError(what)


class Tree:  # flattened: properties by path
    def __init__(self, blob: bytes) -> None:
        self.nodes: dict[str, dict[str, bytes]] = {}
        at, strings = struct.unpack_from(">II", blob, 8)
        path: list[str] = []
        while (token := struct.unpack_from(">I", blob, at)[0]) != 9:
            at += 4
            if token == 1:
                end = blob.index(b"\0", at)
                path.append(blob[at:end].decode("ascii"))
                self.nodes["/".join(path) or "/"] = {}
                at = (end + 4) & ~3
            elif token == 2:
                path.pop()
            elif token == 3:
                size, name = struct.unpack_from(">II", blob, at)
                key = blob[strings + name : blob.index(b"\0", strings + name)].decode("ascii")
                self.nodes["/".join(path) or "/"][key] = blob[at + 8 : at + 8 + size]
                at = (at + 11 + size) & ~3
        self.by_phandle = {cell: one for one in self.nodes for cell in self.cells(one, "phandle")}

    def cells(self, path: str, name: str) -> list[int]:
        value = self.nodes[path].get(name, b"")
        return list(struct.unpack(f">{len(value) // 4}I", value[: len(value) & ~3]))

    def number(self, path: str, name: str, default: int = 0) -> int:
        return (self.cells(path, name) or [default])[0]

    def strings(self, path: str, name: str) -> list[str]:
        return [one.decode() for one in self.nodes[path].get(name, b"").split(b"\0") if one]

    def above(self, path: str) -> list[str]:
        parts = path.split("/")
        return ["/".join(parts[:end]) or "/" for end in range(len(parts) - 1, 0, -1) if path != "/"]

    def may_have_driver(self, path: str) -> bool:
        system = path in SYSTEM or path.startswith(("/cpus/", "/reserved-memory/"))
        system = system or self.strings(path, "device_type") == ["memory"]
        status = [self.strings(one, "status") or ["okay"] for one in (path, *self.above(path))]
        is_pci = [
            self.strings(one, "device_type") == ["pci"] or self.number(one, "#address-cells") == 3
            for one in self.above(path)[:-1]
        ]
        is_on = all(one[0] in {"okay", "ok"} for one in status)
        return is_on and not (system or any(is_pci))

    def rows(self, path: str, name: str, *widths: int) -> list[list[int]]:
        cells, rows = self.cells(path, name), list[list[int]]()
        while cells and sum(widths):
            rows.append([])
            for width in widths:
                rows[-1].append(int.from_bytes(struct.pack(f">{width}I", *cells[:width]), "big"))
                cells = cells[width:]
        return rows

    def widths(self, path: str) -> tuple[int, int]:
        return self.number(path, "#address-cells", 2), self.number(path, "#size-cells", 1)

    def regions(self, path: str) -> list[tuple[int, int, str]]:
        found, parents = list[tuple[int, int, str]](), self.above(path)
        for address, size in self.rows(path, "reg", *self.widths(parents[0])):
            for bus, over in zip(parents, parents[1:], strict=False):
                outer, (inner, length) = self.widths(over)[0], self.widths(bus)
                ranges = self.rows(bus, "ranges", inner, outer, length)
                hits = [to - at for at, to, span in ranges if at <= address < at + span]
                if "ranges" not in self.nodes[bus] or (ranges and not hits):
                    return found  # the CPU doesn't reach it
                address += hits[0] if hits else 0  # noqa: PLW2901
            found.append((address, address + size, path))
        return [one for one in found if one[0] < one[1]]

    def interrupts(self, path: str) -> list[tuple[str, list[int]]]:
        found, cells, parent = [], self.cells(path, "interrupts-extended"), ""
        if not cells and (cells := self.cells(path, "interrupts")):
            named = [one for one in (path, *self.above(path)) if self.names_parent(one, path)]
            parent = self.by_phandle.get(self.number(named[0], "interrupt-parent"), named[0])
        while cells:
            to = parent or self.by_phandle[cells.pop(0)]
            width = self.number(to, "#interrupt-cells")
            want(width, f"{to}: no #interrupt-cells")
            found.append(self.passed(to, self.cells(path, "reg"), cells[:width]))
            cells = cells[width:]
        return found

    def names_parent(self, one: str, path: str) -> bool:
        found = self.nodes[one].keys() & {"interrupt-parent", "#interrupt-cells"}
        return bool(found if one != path else found - {"#interrupt-cells"})

    def passed(self, at: str, unit: list[int], cells: list[int]) -> tuple[str, list[int]]:
        while "interrupt-map" in self.nodes[at]:
            key = [*unit, *[0] * 64][: self.number(at, "#address-cells")] + cells
            mask = self.cells(at, "interrupt-map-mask") or [0xFFFFFFFF] * len(key)
            rest, cells = self.cells(at, "interrupt-map"), []
            while rest and not cells:
                head, to = rest[: len(key)], self.by_phandle[rest[len(key)]]
                middle = len(key) + 1 + self.number(to, "#address-cells")
                end = middle + self.number(to, "#interrupt-cells")
                if all((h ^ k) & m == 0 for h, k, m in zip(head, key, mask, strict=True)):
                    at, unit, cells = to, rest[len(key) + 1 : middle], rest[middle:end]
                rest = rest[end:]
            want(cells, f"{at}: no entry in interrupt-map")
        return at, cells


def check_bound(tree: Tree, path: str, driver: Any, bound: Any, listed: set[str]) -> None:
    one, strings = bound[path], tree.strings(path, "compatible")
    want(tree.may_have_driver(path), f"{path}: is bound, but off or no device")
    want(one["compatible"] in driver["compatible"], f"{path}: {one['compatible']} isn't listed")
    better = listed.intersection(strings[: strings.index(one["compatible"])])
    want(not better, f"{path}: has a better driver, for {better}")
    suppliers = []
    for controller, cells in tree.interrupts(path):
        limits = INTERRUPTS.get(next(iter(tree.strings(controller, "compatible")), ""), ())
        want(cells[0] < len(limits) and cells[1] < limits[cells[0]], f"{path}: interrupt {cells}")
        suppliers.append(controller)
    kinds_above = [(bus, set(tree.strings(bus, "compatible"))) for bus in tree.above(path)[:-1]]
    suppliers += [bus for bus, kinds in kinds_above if kinds and not kinds & TRANSPARENT][:1]
    for name in filter(None, (PHANDLES.get(one.partition("@")[0]) for one in driver["requires"])):
        cells = tree.cells(path, name)
        while cells:
            suppliers.append(tree.by_phandle[cells[0]])
            cells = cells[1 + tree.number(suppliers[-1], f"#{name[:-1]}-cells") :]
    missing = sorted(set(suppliers) - {path, *bound})
    want(not missing, f"{path}: {' and '.join(missing)} isn't bound")


def check_board(board: Any, proof: Any, drivers: Any) -> None:
    want(not board["findings"], f"{board['source']}: isn't covered, by its own words")
    tree = Tree(base64.b64decode(board["tree"]))
    want([one["path"] for one in board["nodes"]] == list(tree.nodes), "nodes are missing")
    bound = {one["path"]: one for one in board["nodes"] if one["driver"]}
    listed = {string for one in drivers.values() for string in one["compatible"]}
    for path in tree.nodes:
        strings = set(tree.strings(path, "compatible"))
        if path in bound:
            check_bound(tree, path, drivers[bound[path]["driver"]], bound, listed)
        elif strings and tree.may_have_driver(path):
            want(not strings & listed, f"{path}: isn't bound")
            ignored = any(fnmatch.fnmatchcase(path, one) for one in proof["ignore"])
            want(ignored or "simple-bus" in strings, f"{path}: no driver, and no reason")
    regions = sorted(one for path in bound for one in tree.regions(path))
    for one, *rest in (regions[number:] for number in range(len(regions))):
        for start, _, other in rest:
            want(one[2] == other or one[1] <= start, f"{other}: has registers of {one[2]}")
    running = {one["driver"] for one in bound.values()}
    for slot in proof["platform"]["slots"]:
        who = [one for one in running if slot in drivers[one]["provides"]]
        count = len(who) + (slot in proof["platform"]["offers"])
        want(count == 1, f"{board['source']}: {slot} has {count} providers")


def main(path: str) -> int:
    try:
        proof = json.loads(pathlib.Path(path).read_bytes())
        want(proof["schema"] == "ukdrivers/cover/1" and proof["boards"], "is no proof")
        for one in proof["drivers"]:
            data = pathlib.Path(one["manifest"]).read_bytes()
            said = tomllib.loads(data.decode())["driver"]
            for key in ("name", "compatible", "provides", "requires"):
                want(said.get(key, []) == one[key], f"{one['manifest']}: has another {key}")
        for board in proof["boards"]:
            check_board(board, proof, {one["name"]: one for one in proof["drivers"]})
    except (LookupError, ValueError, OSError, struct.error) as error:
        print(f"{path}: doesn't hold: {error or type(error).__name__}")
        return 1
    print(f"{path}: holds for {', '.join(board['source'] for board in proof['boards'])}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
