"""Pitfalls: what is known to go wrong with a configuration of a Unikraft tree.

In:  the tree, the text of a ``.config``, and folders whose files make will read.
Out: what was found, and what mends it (to :mod:`ukdrivers.cli`).

What an overlay mends by itself is not looked for: menus that name a symbol with its prefix, and
``E=`` with two folders.
"""

from __future__ import annotations

import dataclasses
import os
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ukdrivers.unikraft.tree import Tree

__all__ = ["Pitfall", "find_pitfalls", "read_config"]

EXPORTS = "exportsyms.uk"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Pitfall:
    """Something that will go wrong, and how it is avoided."""

    message: str
    hint: str


def find_pitfalls(tree: Tree, config: str, folders: Iterable[str] = ()) -> tuple[Pitfall, ...]:
    """Look for what make won't tell.

    :param config: text of a ``.config`` that the tree's own tools have completed; may be empty
    :param folders: of the application and of external libraries
    """
    values = _values(config)
    found = [
        *_processor(tree, values),
        *_unmapped(tree, values),
        *_unasked(tree, values),
        *_empty_exports(tree, folders),
    ]
    return tuple(found)


def read_config(path: str) -> str:
    """Return the text of a ``.config``; nothing if there is none yet."""
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()
    except FileNotFoundError:
        return ""


def _values(config: str) -> dict[str, str]:
    return dict(re.findall(r"^CONFIG_(\w+)=(.*)$", config, re.MULTILINE))


def _is_on(values: dict[str, str], name: str) -> bool:
    return values.get(name) == "y"


def _processor(tree: Tree, values: dict[str, str]) -> Iterator[Pitfall]:
    if not _is_on(values, "ARCH_ARM_64"):
        return
    if _is_on(values, "MCPU_ARM64_NONE") and _is_on(values, "ARM64_FEAT_RNG"):
        yield Pitfall(
            message="ARM64_FEAT_RNG: is y, so all is compiled for Armv8.5; on an older processor, "
            "as the Cortex-A53, the image traps when a thread first sleeps",
            hint="choose the processor, e.g. CONFIG_MCPU_ARM64_CORTEX_A53=y, "
            "and # CONFIG_LIBUKRANDOM is not set",
        )
    older = any(name.startswith("MCPU_ARM64_CORTEX_") for name in values)
    if older and _is_on(values, "LIBUKRANDOM") and tree.has("lib/ukrandom"):
        yield Pitfall(
            message="LIBUKRANDOM: is y, but the processor has no random numbers; "
            "the image won't link for want of ukarch_random_…",
            hint="# CONFIG_LIBUKRANDOM is not set",
        )


def _unmapped(tree: Tree, values: dict[str, str]) -> Iterator[Pitfall]:
    """Find a PCI bridge whose registers nobody maps."""
    bridge = tree.text("drivers/ukbus/pci/pci_ecam.c")
    is_mapped = not bridge or "uk_bus_pf_devmap" in bridge
    if _is_on(values, "PAGING") and _is_on(values, "LIBUKBUS_PCI_ECAM") and not is_mapped:
        yield Pitfall(
            message="PAGING: is y, but this tree's PCI bridge doesn't map its registers; "
            "the image traps when it looks for PCI devices",
            hint="# CONFIG_LIBUKBUS_PCI is not set, and # CONFIG_LIBVIRTIO_PCI is not set",
        )


def _unasked(tree: Tree, values: dict[str, str]) -> Iterator[Pitfall]:
    """Find numbers without a default: make asks for them on its standard input, and waits."""
    for folder in tree.folders():
        for name, guards in _numbers(tree.text(f"{folder}/Config.uk")):
            if all(_is_on(values, guard) for guard in guards) and not values.get(name):
                yield Pitfall(
                    message=f"{name}: has no value and no default, so make will wait for one on "
                    "its standard input",
                    hint=f"give it one, e.g. CONFIG_{name}=0x9000000, or turn {guards[-1]} off",
                )


def _numbers(text: str) -> Iterator[tuple[str, list[str]]]:
    """Yield each number that must be typed in, and the options that it stands under."""
    guards: list[str] = []
    for block in re.split(r"\n(?=\s*(?:menuconfig|config|if|endif)\b)", f"\n{text}"):
        opened = re.match(r"\s*if\s+(\w+)\s*$", block.split("\n")[0])
        if opened:
            guards.append(opened.group(1))
        elif block.lstrip().startswith("endif"):
            del guards[block.count("endif") * -1 :]
        name = re.match(r"\s*(?:menu)?config\s+(\w+)", block)
        asked = re.search(r'^\s*(?:hex|int)\s+"', block, re.MULTILINE)
        if name and asked and guards and not re.search(r"^\s*default\b", block, re.MULTILINE):
            yield name.group(1), list(guards)


def _empty_exports(tree: Tree, folders: Iterable[str]) -> Iterator[Pitfall]:
    """Find lists of symbols without a byte: the tool that reads them fails without a word."""
    own = (os.path.join(tree.root, one) for one in tree.folders())
    for folder in (*own, *folders):
        path = os.path.join(folder, EXPORTS)
        if os.path.isfile(path) and os.path.getsize(path) == 0:
            yield Pitfall(
                message=f"{path}: is empty, and stops the build without a message",
                hint="write the name of a symbol into it, or remove it",
            )
