"""What a menu of thousands of drivers costs: to write, to evaluate, and to ask about.

``python -m benchmarks.config`` prints how it grows from 100 drivers to 5,000.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
from typing import TYPE_CHECKING

from benchmarks.harness import ROOT, Figure, cpu_seconds, medians, run
from benchmarks.population import driver_name, populate

if TYPE_CHECKING:
    from collections.abc import Iterator

BOARD = "qemu:virt,gic-version=2"
ROUNDS = 9
TARGET_MENU_MS, TARGET_WHY_MS = 250, 500
#: prints the CPU milliseconds of the stages from the selection to ``.config``, as the program runs
#: them: without a collector
MENU = """
import gc, os, sys, time
gc.disable()
from ukdrivers import config, menu, pipeline
from ukdrivers.board import read_board
from ukdrivers.registry import discover
from ukdrivers.request import find_target
import tempfile
target = find_target(discover())
board = read_board(sys.argv[1])
selection = pipeline.choose(target, board, pipeline.match_board(target, board))
with tempfile.TemporaryDirectory() as folder:
    start = time.process_time()
    offered = menu.compose(selection, kit=pipeline.KIT, selecting=True, with_addresses=True)
    with open(os.path.join(folder, "Config.uk"), "w") as file:
        file.write(offered.text)
    made = config.evaluate(offered, host=target.host, folder=folder, requested={}, saved=None)
    with open(os.path.join(folder, ".config"), "w") as file:
        file.write(made.text)
    print(1000 * (time.process_time() - start))
    start = time.process_time()

    with config.opened(host=target.host, folder=folder, app=None, sources=config.Sources()):
        print(1000 * (time.process_time() - start))
"""
FRAGMENT = 'config LIBUKDRIVER_{name}_DEPTH\n\tint "Depth"\n\tdefault 4\n\trange 1 8\n'


class Population:
    """So many drivers on the search path, beside those that are installed."""

    def __init__(self, folder: str) -> None:
        self.folder, self.count = folder, 0
        self.site = os.path.join(folder, "config-site")
        os.environ["PYTHONPATH"] = os.pathsep.join((self.site, ROOT))
        os.environ["XDG_CACHE_HOME"] = os.path.join(folder, "config-cache")

    def grow(self, count: int) -> None:
        populate(self.site, count - self.count, start=self.count)
        self.count = count

    def give_options(self) -> None:
        """Give each driver an option of its own."""
        for number in range(self.count):
            ident = driver_name(number).replace("-", "_")
            path = os.path.join(self.site, f"ukdriver_{ident}", "Config.uk")
            with open(path, "w", encoding="utf-8") as file:
                file.write(FRAGMENT.format(name=ident.upper()))

    def menu(self) -> tuple[float, float]:
        """Return the milliseconds of all, and those of kconfiglib's reading alone."""
        taken = [run([sys.executable, "-c", MENU, BOARD]).split() for _ in range(ROUNDS)]
        whole, reading = zip(*taken, strict=True)
        return statistics.median(map(float, whole)), statistics.median(map(float, reading))

    def why_not(self) -> float:
        """Return the milliseconds of the whole program."""
        output = os.path.join(self.folder, "config-out")
        program = [sys.executable, "-m", "ukdrivers", "config"]
        run([*program, "set", "--board", BOARD, "-o", output, "VIRTIO_MMIO=n", "VIRTIO_PCI=n"])
        command = [*program, "why-not", "-o", output, f"{driver_name(4000)}=y"]
        (seconds,) = medians(lambda: cpu_seconds(command), rounds=ROUNDS)
        return 1000 * seconds


def figures(folder: str) -> Iterator[Figure]:
    before = {name: os.environ.get(name) for name in ("PYTHONPATH", "XDG_CACHE_HOME")}
    population = Population(folder)
    try:
        population.grow(1000)
        thousand, _ = population.menu()
        population.grow(5000)
        whole, reading = population.menu()
        what = "menu of 5,000 drivers"
        yield _ms(f"{what}: generate, evaluate, write .config, CPU", whole, TARGET_MENU_MS)
        yield _ms(f"{what}: of that, kconfiglib's reading", reading)
        yield Figure(
            name=f"{what}: a driver, over that of a menu of 1,000",
            value=whole / 5 / thousand,
            unit="times",
            target=1.25,
        )
        asked = population.why_not()
        yield _ms("config why-not, 5,000 drivers, whole program, CPU", asked, TARGET_WHY_MS)
        population.give_options()
        yield _ms(f"{what}, each with an option of its own, CPU", population.menu()[0])
    finally:
        for name, value in before.items():
            os.environ.pop(name, None)
            os.environ.update({name: value} if value is not None else {})


def _ms(name: str, value: float, target: float | None = None) -> Figure:
    return Figure(name=name, value=value, unit="ms", target=target)


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="ukdrivers-bench-") as folder:
        population = Population(folder)
        for count in (100, 500, 1000, 2500, 5000):
            population.grow(count)
            whole, reading = population.menu()
            print(
                f"{count:>6,} drivers | {whole:6.1f} ms, of which kconfiglib reads {reading:6.1f}"
            )


if __name__ == "__main__":
    main()
