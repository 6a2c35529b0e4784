"""Images of a real Unikraft tree, built with its own make."""

from __future__ import annotations

import os
import subprocess
import sys

__all__ = ["APPS", "TREE", "image_of"]

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
APPS = os.path.join(ROOT, "tests", "unikraft", "apps")

#: the one that is to be built in; empty: none
TREE = os.environ.get("UKDRIVERS_UNIKRAFT", "")

CROSS = {"CROSS_COMPILE": "aarch64-linux-gnu-"}


def image_of(app: str, folder: str, *values: str, tree: str = TREE) -> str:
    """Wire, configure and build, and return the path of the boot image.

    :param app: name of a folder of :data:`APPS`
    :param folder: for everything that is generated
    :param values: of options, ``NAME=VALUE``
    """
    wire = [sys.executable, "-m", "ukdrivers", "wire", "--unikraft", tree, "-o", folder]
    wire += ["--app", os.path.join(APPS, app)]
    _run([*wire, *(word for one in values for word in ("--set", one))])
    make = os.path.join(folder, "make")
    _run([make, f"UK_DEFCONFIG={folder}/defconfig", "defconfig"])
    _run([make])
    build = os.path.join(folder, "build")
    (image,) = (one for one in os.listdir(build) if one.endswith("-arm64"))
    return os.path.join(build, image)


def _run(command: list[str]) -> None:
    environment = {**os.environ, **CROSS, "PYTHONPATH": ROOT}
    done = subprocess.run(
        command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode:
        sys.exit(f"{' '.join(command)}: exit status {done.returncode}\n{done.stdout}{done.stderr}")
