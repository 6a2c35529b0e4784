"""The programs this project runs, and the Debian package that brings each."""

from __future__ import annotations

from ukdrivers.errors import ToolError

__all__ = ["PACKAGES", "find_tool"]

CROSS = "aarch64-linux-gnu-"

#: package by program
PACKAGES = {
    "make": "make",
    f"{CROSS}gcc": "gcc-aarch64-linux-gnu",
    f"{CROSS}ld": "binutils-aarch64-linux-gnu",
    f"{CROSS}objcopy": "binutils-aarch64-linux-gnu",
    "dtc": "device-tree-compiler",
    "qemu-system-aarch64": "qemu-system-arm",
}


def find_tool(program: str) -> str:
    """Look a program up on the search path.

    :param program: a name, or a path that is taken as it is
    :returns: its path
    :raises ToolError: there is none, or it can't be run; the hint installs its package
    """
    import shutil

    path = shutil.which(program)
    if path is None:
        package = PACKAGES.get(program)
        raise ToolError(
            f"{program}: not found, wanted on the search path",
            hint=f"apt-get install {package}" if package else None,
        )
    return path
