"""Disks for a machine: files that say what is to be done with them, and what they hold afterwards.

``apps/block`` reads the first sector; it fills a disk with numbers.
"""

from __future__ import annotations

import array
import sys

__all__ = ["drive", "make_disk", "numbers"]

MIB = 1 << 20


def make_disk(path: str, plan: str = "", *, size: int = 4 * MIB, content: bytes = b"") -> str:
    """Make a file of zeros, or of this, that begins with what is to be done with it.

    :returns: its path
    """
    with open(path, "wb") as file:
        file.write(content)
        file.truncate(size)
        if plan:
            file.seek(0)
            file.write(f"{plan}\n".encode())
    return path


def numbers(seed: int, size: int) -> bytes:
    """Return what a disk that was filled with this seed holds."""
    values = array.array("Q", range(seed << 48, (seed << 48) + size // 8))
    if sys.byteorder == "big":
        values.byteswap()
    return values.tobytes()


def drive(path: str, name: str = "d0", *options: str) -> tuple[str, str]:
    """Return QEMU's arguments for a drive that a device can take by its name."""
    kind = () if any(one.startswith("format=") for one in options) else ("format=raw",)
    return "-drive", ",".join((f"file={path},id={name},if=none", *kind, *options))
