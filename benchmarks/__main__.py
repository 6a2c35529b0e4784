"""Run every benchmark: a line a figure on stdout, the same as JSON in a file.

The line is ``name | value | unit | target | met`` (or ``short``; ``-`` where there is no target).
A figure that falls short is not a failure of the run: it is what the run is for.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import tempfile

from benchmarks import (
    boards,
    config,
    discovery,
    guest,
    interrupts,
    net,
    noop,
    pci,
    registry,
    size,
    unikraft_net,
    wire,
)

SUITES = (
    *(discovery, registry, boards, guest, interrupts, pci, net, noop, size, wire, config),
    unikraft_net,
)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("-o", "--output", default="build/bench.json", help="JSON file to write")
    output = parser.parse_args().output

    rows = []
    with tempfile.TemporaryDirectory(prefix="ukdrivers-bench-") as folder:
        for suite in SUITES:
            for figure in suite.figures(folder):
                print(figure, flush=True)
                rows.append({**dataclasses.asdict(figure), "verdict": figure.verdict})
    with open(output, "w", encoding="utf-8") as file:
        json.dump({"schema": "ukdrivers/bench/1", "figures": rows}, file, indent=2)
        file.write("\n")


if __name__ == "__main__":
    main()
