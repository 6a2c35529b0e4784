"""What every benchmark shares: a figure with its target, and how CPU time is taken."""

from __future__ import annotations

import dataclasses
import os
import statistics
import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

__all__ = ["ROOT", "Figure", "cpu_seconds", "medians", "run"]

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


@dataclasses.dataclass(frozen=True, kw_only=True)
class Figure:
    """One measured value, and the most it may be; no target: for information."""

    name: str
    value: float
    unit: str
    target: float | None = None

    @property
    def verdict(self) -> str:
        if self.target is None:
            return "-"
        return "met" if self.value <= self.target else "short"

    def __str__(self) -> str:
        target = "-" if self.target is None else f"{self.target:,g}"
        return f"{self.name} | {_number(self.value)} | {self.unit} | {target} | {self.verdict}"


def run(command: Sequence[str], *, env: Mapping[str, str] | None = None) -> str:
    """Run a program that must succeed and return what it wrote to stdout."""
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(command)}: exit status {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def cpu_seconds(command: Sequence[str]) -> float:
    """Return the user and system time of one whole process and its children."""
    with open(os.devnull, "wb") as nothing:
        child = subprocess.Popen(command, stdout=nothing)
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    return usage.ru_utime + usage.ru_stime


def medians(*measures: Callable[[], float], rounds: int) -> list[float]:
    """Take each measure once a round, in turn, after one round that is not counted.

    :returns: the median of each, in the order given
    """
    for measure in measures:
        measure()
    taken = [[measure() for measure in measures] for _ in range(rounds)]
    return [statistics.median(column) for column in zip(*taken, strict=True)]


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 1000 or value == int(value) else f"{value:.2f}"
