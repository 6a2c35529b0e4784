"""What `ukdrivers list` costs in an environment of many distributions."""

from __future__ import annotations

import os
import sys
import sysconfig
from typing import TYPE_CHECKING

from benchmarks.harness import ROOT, Figure, cpu_seconds, medians, run

if TYPE_CHECKING:
    from collections.abc import Iterator

DISTRIBUTIONS = 200
PLUGINS = ("pl011", "gicv2")
METADATA = "Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n" + "Classifier: Filler\n" * 200
RECORD = "{name}/__init__.py,sha256=0,0\n" * 30


def figures(folder: str) -> Iterator[Figure]:
    python = _environment(os.path.join(folder, "venv"))
    program = os.path.join(os.path.dirname(python), "ukdrivers")
    entry_points = "import importlib.metadata as m; m.entry_points(group='ukdrivers')"
    listed, nothing, peer = medians(
        lambda: cpu_seconds([program, "list"]),
        lambda: cpu_seconds([python, "-c", "pass"]),
        lambda: cpu_seconds([python, "-c", entry_points]),
        rounds=41,
    )
    yield Figure(
        name=f"list, 2 plugins among {DISTRIBUTIONS} distributions, CPU over python -c pass",
        value=listed / nothing,
        unit="times",
        target=5,
    )
    yield Figure(
        name="entry_points() alone, same environment and run",
        value=peer / nothing,
        unit="times",
    )


def _environment(folder: str) -> str:
    """Make a virtual environment with the core, the plugins and fillers up to the count."""
    run([sys.executable, "-m", "venv", folder])
    python = os.path.join(folder, "bin", "python")
    plugins = [os.path.join(ROOT, "plugins", name) for name in PLUGINS]
    run([python, "-m", "pip", "install", "--quiet", ROOT, *plugins])
    site = sysconfig.get_path("purelib", vars={"base": folder, "platbase": folder})
    installed = sum(name.endswith(".dist-info") for name in os.listdir(site))
    for number in range(DISTRIBUTIONS - installed):
        _fill(site, f"filler{number:03}", scripts=number % 3 == 0)
    return python


def _fill(site: str, name: str, *, scripts: bool) -> None:
    """Write a distribution of ordinary size that is no plugin."""
    os.mkdir(os.path.join(site, name))
    texts = {
        f"{name}/__init__.py": "",
        f"{name}-1.0.dist-info/METADATA": METADATA.format(name=name),
        f"{name}-1.0.dist-info/RECORD": RECORD.format(name=name),
        f"{name}-1.0.dist-info/WHEEL": "Wheel-Version: 1.0\n",
        f"{name}-1.0.dist-info/INSTALLER": "pip\n",
    }
    if scripts:
        entry = f"[console_scripts]\n{name} = {name}:main\n"
        texts[f"{name}-1.0.dist-info/entry_points.txt"] = entry
    os.mkdir(os.path.join(site, f"{name}-1.0.dist-info"))
    for path, text in texts.items():
        with open(os.path.join(site, path), "w", encoding="utf-8") as file:
            file.write(text)
