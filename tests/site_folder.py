"""A folder of installed distributions, written as pip would leave it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

MANIFEST = """\
schema = 1

[driver]
name       = "{name}"
summary    = "A driver for tests"
class      = "console"
arch       = ["arm64"]
platforms  = ["kvm"]
compatible = ["arm,{name}"]
sources    = ["c/{name}.c"]
kit        = ">=1,<2"
"""


def write(root: str, files: Mapping[str, str | bytes]) -> str:
    """Write files into a folder, and return it."""
    for name, content in files.items():
        path = os.path.join(root, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(content.encode() if isinstance(content, str) else content)
    return root


def manifest(name: str = "pl011", /, **changes: str | None) -> str:
    """Return a sound manifest with some lines of it changed, added, or (None) left out."""
    lines = MANIFEST.format(name=name).splitlines()
    for key, value in changes.items():
        lines = [line for line in lines if line.split(" ")[0] != key.rstrip("_")]
        if value is not None:
            lines.append(f"{key.rstrip('_')} = {value}")
    return "\n".join(lines) + "\n"


class Site:
    """One folder of a search path."""

    def __init__(self, path: str) -> None:
        self.path = path
        os.makedirs(path, exist_ok=True)

    def add(
        self,
        name: str,
        version: str = "0.1",
        *,
        entry_points: str | bytes = "",
        files: Mapping[str, str | bytes] | None = None,
        info: str = "",
    ) -> str:
        """Install a distribution.

        :param info: its metadata folder, if not as pip would name it
        """
        folder = info or f"{name.replace('-', '_')}-{version}.dist-info"
        metadata = "PKG-INFO" if folder.endswith(".egg-info") else "METADATA"
        text = f"Metadata-Version: 2.4\nName: {name}\nVersion: {version}\n\nName: not this one\n"
        write(self.path, {f"{folder}/{metadata}": text, **(files or {})})
        if entry_points:
            write(self.path, {f"{folder}/entry_points.txt": entry_points})
        return os.path.join(self.path, folder)

    def add_driver(self, name: str = "pl011", *, distribution: str = "", **changes: str) -> str:
        """Install a plugin of one driver whose manifest has some lines changed."""
        package = (distribution or f"ukdriver-{name}").replace("-", "_")
        return self.add(
            distribution or f"ukdriver-{name}",
            entry_points=f"[ukdrivers]\n{name} = {package}\n",
            files=package_files(package, name, **changes),
        )


def package_files(package: str, name: str = "pl011", /, **changes: str) -> dict[str, str | bytes]:
    """Return the files of a driver's package. It can't be imported: a manifest is data."""
    return {
        f"{package}/__init__.py": "raise AssertionError('imported')\n",
        f"{package}/ukdriver.toml": manifest(name, **changes),
        f"{package}/c/{name}.c": "/* nothing */\n",
    }
