"""What it costs to ask what is installed, with as many drivers as there may ever be.

``python -m benchmarks.registry`` prints how it grows from 100 drivers to 10,000.
"""

from __future__ import annotations

import os
import statistics
import sys
import sysconfig
import tempfile
import time
from typing import TYPE_CHECKING

from benchmarks.harness import ROOT, Figure, cpu_seconds, medians, run
from benchmarks.population import driver_name, populate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

#: of ours, that QEMU's machine virt needs
PLUGINS = ("gicv2", "pl011", "pl031", "virtio-mmio", "ecam-pci")
ENTRY_POINTS = "import importlib.metadata as m; m.entry_points(group='ukdrivers')"
SCAN = "import sys; from ukdrivers.distributions import find_distributions as f; f(sys.path)"
ROUNDS = 21


class Environment:
    """A virtual environment with the core, some plugins, and a population beside them."""

    def __init__(self, folder: str) -> None:
        root = os.path.join(folder, "registry")
        run([sys.executable, "-m", "venv", root])
        self.python = os.path.join(root, "bin", "python")
        self.program = os.path.join(root, "bin", "ukdrivers")
        self.site = sysconfig.get_path("purelib", vars={"base": root, "platbase": root})
        self.board = os.path.join(folder, "registry.dtb")
        self.count = 0
        plugins = [os.path.join(ROOT, "plugins", name) for name in PLUGINS]
        run([self.python, "-m", "pip", "install", "--quiet", "--upgrade", "pip"])
        run([self.python, "-m", "pip", "install", "--quiet", ROOT, *plugins])
        machine = f"virt,gic-version=2,dumpdtb={self.board}"
        run(["qemu-system-aarch64", "-M", machine, "-cpu", "cortex-a53", "-m", "64", "-nodefaults"])
        os.environ["XDG_CACHE_HOME"] = os.path.join(folder, "registry-cache")
        os.environ["XDG_STATE_HOME"] = os.path.join(folder, "registry-state")

    def grow(self, count: int, *, every: int = 1) -> None:
        """Let the population be so large, and the index be one of it."""
        populate(self.site, count - self.count, every=every, start=self.count)
        self.count = count
        time.sleep(0.1)
        run([self.program, "list"])

    def asking(self, *arguments: str) -> Callable[[], float]:
        return lambda: cpu_seconds([self.program, *arguments])

    def nothing(self) -> float:
        return cpu_seconds([self.python, "-c", "pass"])


def figures(folder: str) -> Iterator[Figure]:
    environment = Environment(folder)
    environment.grow(1000)
    listed, matched, floor = medians(
        environment.asking("list", "--json"),
        environment.asking("match", environment.board, "--json"),
        environment.nothing,
        rounds=ROUNDS,
    )
    over = "CPU over python -c pass"
    yield _times(f"list --json, 1,000 drivers, {over}", listed / floor, 2.5)
    yield _times(f"match one board, 1,000 drivers, {over}", matched / floor, 3.2)
    environment.grow(5000)
    listed, completed, floor = medians(
        environment.asking("list", "--json"),
        environment.asking("complete", "show", driver_name(4321)[:-2]),
        environment.nothing,
        rounds=ROUNDS,
    )
    yield _times(f"list --json, 5,000 drivers, {over}", listed / floor, 2.5)
    yield _times(f"completing a driver's name, 5,000 drivers, {over}", completed / floor, 1.5)
    scanned, asked = medians(
        lambda: cpu_seconds([environment.python, "-c", SCAN]),
        lambda: cpu_seconds([environment.python, "-c", ENTRY_POINTS]),
        rounds=ROUNDS // 2,
    )
    name = "cold scan of 5,000 distributions, all drivers, CPU over entry_points()"
    yield _times(name, scanned / asked, 0.5)


def _times(name: str, value: float, target: float) -> Figure:
    return Figure(name=name, value=value, unit="times", target=target)


def main() -> None:
    """Print CPU milliseconds of each command as the population grows, less those of Python."""
    with tempfile.TemporaryDirectory(prefix="ukdrivers-bench-") as folder:
        environment = Environment(folder)
        columns = {
            "list": ("list", "--json"),
            "show": ("show", "gicv2"),
            "complete": ("complete", "show", "acme-net1"),
            "match": ("match", environment.board, "--json"),
            "search": ("list", "--refresh"),
        }
        print("drivers", "python", *columns, sep="\t")
        for count in (100, 300, 1000, 3000, 10000):
            environment.grow(count)
            commands = [environment.asking(*arguments) for arguments in columns.values()]
            floor, *taken = medians(environment.nothing, *commands[:-1], rounds=7)
            taken.append(statistics.median(commands[-1]() for _ in range(3)))
            cells = [f"{(one - floor) * 1000:.1f}" for one in taken]
            print(count, f"{floor * 1000:.1f}", *cells, sep="\t", flush=True)


if __name__ == "__main__":
    main()
