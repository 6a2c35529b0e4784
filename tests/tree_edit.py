"""Device trees of real machines with a few nodes changed, through dtc's own tools."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence

#: a property as ``fdtput`` takes it: node, name, type (``s`` text, ``x`` cells), values
Put = tuple[str, str, str, Sequence[str]]


def machine_tree(path: str, machine: str, *options: str) -> str:
    """Write down the tree that QEMU gives to a machine, without what is only room to grow."""
    command = ["qemu-system-aarch64", "-nographic", "-M", f"{machine},dumpdtb={path}", *options]
    subprocess.run(command, check=True, capture_output=True)
    packed = subprocess.run(
        ["dtc", "-q", "-I", "dtb", "-O", "dtb", path], check=True, capture_output=True
    ).stdout
    with open(path, "wb") as file:
        file.write(packed)
    return path


def edit(  # noqa: PLR0913 - what to change, all by keyword
    source: str, path: str, *, remove: Sequence[str] = (), add: Sequence[str] = (),
    put: Sequence[Put] = (), drop: Sequence[tuple[str, str]] = (),
) -> str:  # fmt: skip
    """Copy a tree and change the copy: remove nodes, add nodes, set properties, drop properties.

    A node that is added becomes the first one of its parent.
    """
    with open(source, "rb") as read, open(path, "wb") as written:
        written.write(read.read())
    commands = [["fdtput", "-r", path, node] for node in remove]
    commands += [["fdtput", "-c", path, node] for node in add]
    commands += [
        ["fdtput", "-t", kind, path, node, name, *values] for node, name, kind, values in put
    ]
    commands += [["fdtput", "-d", path, node, name] for node, name in drop]
    for command in commands:
        subprocess.run(command, check=True)
    return path
