"""Endurance: many boots of one image, and many runs that are killed at a random moment.

``python -m benchmarks.endurance --boots 1000 --kills 1000`` takes about an hour. Every boot has to
show what the first on such a machine showed; after every kill the next run has to complete with the
result of one that never was, and to leave no half-written file.
"""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import hashlib
import itertools
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from typing import TYPE_CHECKING

from benchmarks.harness import ROOT
from tests.unikraft_tree import make_tree
from ukdrivers.conformance.work import descendants

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

__all__ = ["Task", "boots", "kills", "tasks"]

BOARDS = tuple(f"qemu:virt,gic-version={version}" for version in (2, 3))
CPUS = ("cortex-a53", "cortex-a72", "max")
MEMORY = ("64M", "128M", "256M", "1G")
SCRIPT = os.path.join(ROOT, "demo", "console.script")
BOOT_SECONDS = 60
#: numbers that no two boots share
TIMES = re.compile(r"\bat \d+ us\b|\bafter [\d.]+ s\b")
#: what a run leaves on purpose that isn't the same each time
LOGS = re.compile(r"\.log$|^\.cache/")


def program(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "ukdrivers", *arguments]


def environment(folder: str) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": ROOT, "XDG_CACHE_HOME": os.path.join(folder, ".cache")}


def completed(command: Sequence[str], folder: str) -> str:
    """Run to the end.

    :returns: what it wrote to stdout
    :raises RuntimeError: it failed; with what it said
    """
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env=environment(folder), timeout=600
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}: {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


# boots


def boots(folder: str, count: int) -> Iterator[str]:
    """Boot the demo's image on one machine after the other.

    :returns: one line for each boot that failed or differed from the first on its machine
    """
    output = os.path.join(folder, "demo")
    command = ("build", BOARDS[1], "--set", "LIBUKDRIVER_GICV2=y", "--app", "demo", "-o", output)
    completed(program(*command), folder)
    machines = itertools.cycle(itertools.product(CPUS, MEMORY, BOARDS))
    first: dict[tuple[str, ...], str] = {}
    for number, (cpu, memory, board) in zip(range(count), machines, strict=False):
        run = program("run", "-o", output, "--board", board, "--script", SCRIPT)
        machine = ("--timeout", str(BOOT_SECONDS), "--", "-cpu", cpu, "-m", memory)
        where = f"boot {number}: {board} {cpu} {memory}"
        _show(where)
        try:
            console = TIMES.sub("", completed([*run, *machine], folder))
        except (RuntimeError, subprocess.TimeoutExpired) as error:
            yield f"{where}: {error}"
            continue
        if first.setdefault((cpu, memory, board), console) != console:
            yield f"{where}: differs from the first:\n{console}"


# kills


@dataclasses.dataclass(frozen=True, kw_only=True)
class Task:
    """Something that is done in a folder, in several ways in turn, and what comes of it."""

    name: str
    commands: tuple[tuple[str, ...], ...]
    output: str  #: the folder that is written to
    prints: bool = False  #: what it prints is its result, too
    fresh: float = 0.0  #: how often it begins with nothing


def tasks(folder: str, trees: str) -> tuple[Task, ...]:
    """Return everything that writes what the project keeps.

    :param trees: folder for a tree to wire
    """
    return (
        _wire(os.path.join(folder, "wired"), trees),
        _build(os.path.join(folder, "built")),
        Task(
            name="list",
            commands=(tuple(program("list")),),
            output=os.path.join(folder, ".cache"),
            prints=True,
            fresh=1.0,
        ),
        _publish(os.path.join(folder, "published")),
    )


def _wire(output: str, trees: str) -> Task:
    import pathlib

    tree = make_tree(pathlib.Path(trees), "0.17.0")
    app = os.path.join(trees, "app")
    os.makedirs(app)
    with open(os.path.join(app, "Makefile.uk"), "w", encoding="ascii") as file:
        file.write("$(eval $(call addlib,appdemo))\n")
    command = (*program("wire", "--unikraft", tree, "--app", app, "-o", output),)
    boards = (("--board", BOARDS[0]), ("--board", BOARDS[1]), ())
    return Task(
        name="wire", commands=tuple((*command, *one) for one in boards), output=output, fresh=0.4
    )


def _build(output: str) -> Task:
    options = [f"--set=LIBUKDRIVER_PL011_DRAIN_US={value}" for value in (40000, 5000)]
    commands = (
        (*program("build", board, "--app", "demo", "-o", output), option)
        for board, option in itertools.product(BOARDS, options)
    )
    return Task(name="build", commands=tuple(commands), output=output)


def _publish(output: str) -> Task:
    publish = (
        "import sys; from ukdrivers.files import publish\n"
        "n = int(sys.argv[2])\n"
        "publish(sys.argv[1], {f'd{i % 7}/f{i}': f'{n} {i}\\n' * 3000 for i in range(n, n + 60)})"
    )
    return Task(
        name="publish",
        commands=tuple((sys.executable, "-c", publish, output, str(one)) for one in (0, 30, 90)),
        output=output,
        fresh=0.2,
    )


def kills(folder: str, each: Mapping[Task, int], *, seed: int = 1) -> Iterator[str]:
    """Kill runs of each task so often, at random moments, and complete what they began.

    :returns: one line for each run afterwards that failed, or whose result was another
    """
    chance = random.Random(seed)
    for task, count in each.items():
        wanted, seconds = _without_a_kill(task, folder)
        turns = range(len(task.commands))
        for number in range(count):
            killed, turn = chance.choice(turns), chance.choice(turns)
            if chance.random() < task.fresh:
                shutil.rmtree(task.output, ignore_errors=True)
            moment = chance.uniform(0, seconds[killed] * 1.05)
            alone = chance.random() < 0.5
            ended = _killed(task.commands[killed], folder, after=moment, alone=alone)
            where = f"{task.name} {number}: {killed} after {moment:.3f} s, then {turn}"
            _show(where)
            try:
                result = _result(task, completed(task.commands[turn], folder))
            except (RuntimeError, subprocess.TimeoutExpired) as error:
                yield f"{where}: {error}"
                continue
            if result != wanted[turn]:
                how = f"{ended}{' alone' if alone else ''}"
                yield f"{where}: {how}: {_difference(result, wanted[turn])}"


def _without_a_kill(task: Task, folder: str) -> tuple[list[dict[str, str]], list[float]]:
    """Do all of a task twice; return the results and times of the second round."""
    results, seconds = [], []
    for round_ in range(2):
        for command in task.commands:
            if task.fresh == 1:
                shutil.rmtree(task.output, ignore_errors=True)
            started = time.monotonic()
            printed = completed(command, folder)
            if round_:
                seconds.append(time.monotonic() - started)
                results.append(_result(task, printed))
    return results, seconds


def _killed(command: Sequence[str], folder: str, *, after: float, alone: bool) -> str:
    """Run for some time and kill it: the program alone, or with all that it started.

    :returns: in words, whether it had ended by itself
    """
    process = subprocess.Popen(
        command,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=environment(folder),
        start_new_session=True,
    )
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(after)
        return "had ended"
    os.kill(process.pid, signal.SIGSTOP)
    below = [] if alone else list(descendants(process.pid))
    for one in (process.pid, *below):
        with contextlib.suppress(ProcessLookupError):
            os.kill(one, signal.SIGKILL)
    process.wait()
    return "killed"


def _result(task: Task, printed: str) -> dict[str, str]:
    """Return a digest of every file, by its path, and of what was printed if that counts."""
    result = {"stdout": _digest(printed.encode())} if task.prints else {}
    for above, _, names in os.walk(task.output):
        for name in names:
            path = os.path.join(above, name)
            relative = os.path.relpath(path, task.output)
            if task.prints:
                result[re.sub(r"\d+", "N", relative)] = ""
            elif not LOGS.search(relative):
                with open(path, "rb") as file:
                    result[relative] = _digest(file.read())
    return result


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _difference(found: Mapping[str, str], wanted: Mapping[str, str]) -> str:
    parts = {
        "too many": sorted(found.keys() - wanted.keys()),
        "missing": sorted(wanted.keys() - found.keys()),
        "other": sorted(one for one in found.keys() & wanted.keys() if found[one] != wanted[one]),
    }
    return "; ".join(f"{what}: {', '.join(names)}" for what, names in parts.items() if names)


def shares(task: Sequence[Task], count: int) -> dict[Task, int]:
    """Divide the kills: building takes longest, so it gets fewest."""
    weights = {"wire": 40, "build": 10, "list": 20, "publish": 30}
    return {one: count * weights[one.name] // 100 for one in task}


def _show(where: str) -> None:
    """Say what is going on, on a terminal's last line."""
    if sys.stderr.isatty():
        print(f"\r\033[K{where}", end="", file=sys.stderr, flush=True)


def _told(faults: Iterator[str], what: str) -> int:
    """Print what is at fault as it comes; return how many."""
    count = 0
    for one in faults:
        count += 1
        print(one, flush=True)
    print(f"{what}: {count} at fault", flush=True)
    return count


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="endurance", description=__doc__)
    parser.add_argument("--boots", type=int, default=0, metavar="N")
    parser.add_argument("--kills", type=int, default=0, metavar="N")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="endurance-") as folder:
        count = _told(boots(folder, options.boots), f"{options.boots} boots")
        trees = os.path.join(folder, "trees")
        os.makedirs(trees)
        for task, share in shares(tasks(folder, trees), options.kills).items():
            count += _told(kills(folder, {task: share}), f"{share} kills of {task.name}")
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
