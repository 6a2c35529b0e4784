"""What an interrupt costs on the base host, in guest instructions, with either controller.

From the vector's first instruction to the handler's first, and to the registers restored, ERET
counted. QEMU's plugin interface counts under ``-icount shift=0``; a thousand times each.
"""

from __future__ import annotations

import dataclasses
import json
import os
import re
import sys
from typing import TYPE_CHECKING

from benchmarks.counting import compiled, counted, machine, symbols
from benchmarks.harness import ROOT, Figure, run

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["Cost", "costs", "figures"]

TO_HANDLER_MAX = 60
WHOLE_MAX = 110
VERSIONS = (2, 3)
HANDLERS = {"shared interrupt": "on_spi", "timer interrupt": "on_timer"}
ROUNDS = 1000
#: the vector of an interrupt taken from the exception level and stack that it is served on
VECTOR_OFFSET = 0x280


@dataclasses.dataclass(frozen=True, kw_only=True)
class Cost:
    """The most instructions that one kind of interrupt took."""

    version: int  #: of the GIC
    kind: str
    to_handler: int  #: vector to handler, without the handler's own
    whole: int  #: vector to ERET, both counted, with what the handler does


def figures(folder: str) -> Iterator[Figure]:
    for cost in costs(folder):
        yield Figure(
            name=f"GICv{cost.version}, {cost.kind}, vector to handler",
            value=cost.to_handler,
            unit="instructions",
            target=TO_HANDLER_MAX,
        )
        yield Figure(
            name=f"GICv{cost.version}, {cost.kind}, vector to restored registers, with its handler",
            value=cost.whole,
            unit="instructions",
            target=WHOLE_MAX,
        )


def costs(folder: str, versions: Sequence[int] = VERSIONS) -> Iterator[Cost]:
    """Count in one image with both drivers, on a machine with each controller."""
    plugin = compiled(folder, "marks")
    app = os.path.join(ROOT, "benchmarks", "interrupt_app")
    command = [sys.executable, "-m", "ukdrivers", "build", "qemu:virt,gic-version=2"]
    command += ["--app", app, "--set", "LIBUKDRIVER_GICV3=y", "--json"]
    image = str(json.loads(run([*command, "-o", os.path.join(folder, "interrupts")]))["image"])
    marks = _marks(f"{image}.dbg")
    for version in versions:
        yield from _counted(plugin, image, marks, version)


def _marks(elf: str) -> str:
    """Name the places to the plugin: the vector, its ERET, and the handlers."""
    at = symbols(elf)
    vector = at["uk_vectors"] + VECTOR_OFFSET
    code = ["aarch64-linux-gnu-objdump", "-d", f"--start-address={vector}"]
    code += [f"--stop-address={vector + 0x80}", elf]
    ends = re.findall(r"^\s*([0-9a-f]+):\s.*\beret\b", run(code), re.MULTILINE)
    if len(ends) != 1:
        sys.exit(f"{elf}: {len(ends)} ERETs in the vector, wanted one")
    places = ",".join(f"at={at[name]:#x}" for name in HANDLERS.values())
    return f"start={vector:#x},end=0x{ends[0]},{places}"


def _counted(plugin: str, image: str, marks: str, version: int) -> Iterator[Cost]:
    lines = counted(plugin, image, marks=marks, where=machine(version))
    for kind, (count, _, to_handler, _, whole) in zip(HANDLERS, lines, strict=True):
        if count != ROUNDS:
            sys.exit(f"{image}: {count} times {kind}, wanted {ROUNDS}")
        yield Cost(version=version, kind=kind, to_handler=to_handler, whole=whole)
