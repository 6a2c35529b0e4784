"""A short run of what `make endurance` does a thousand times: boots in a row, and kills."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from benchmarks import endurance
from benchmarks.harness import ROOT
from ukdrivers import cache

if TYPE_CHECKING:
    import pathlib

    from tests.conftest import Builder, Program

KILLS = {"wire": 6, "build": 2, "list": 4, "publish": 8}


def test_boots_in_a_row(tmp_path: pathlib.Path) -> None:
    assert list(endurance.boots(str(tmp_path), 10)) == []


@pytest.mark.parametrize("name", KILLS)
def test_killed_runs_are_completed(name: str, tmp_path: pathlib.Path) -> None:
    (task,) = (one for one in tasks(tmp_path) if one.name == name)

    assert list(endurance.kills(str(tmp_path), {task: KILLS[name]})) == []


def tasks(folder: pathlib.Path) -> tuple[endurance.Task, ...]:
    trees = folder / "trees"
    trees.mkdir()
    return endurance.tasks(str(folder), str(trees))


def test_a_cache_that_was_killed_leaves_nothing(tmp_path: pathlib.Path) -> None:
    read = tmp_path / "read"
    read.write_text("x")
    os.utime(read, (1, 1))
    program = (
        "import os, sys, time; from ukdrivers import cache\n"
        "if sys.argv[3:]: os.replace = lambda *_: os.kill(os.getpid(), 9)\n"
        "cache.save(sys.argv[1], key=(), files=[sys.argv[2]], value={}, since=time.time_ns() * 2)\n"
    )
    kept = tmp_path / "kept" / "value.json"
    command = [sys.executable, "-c", program, str(kept), str(read)]
    for more in (["kill"], ["kill"], []):
        done = subprocess.run(
            [*command, *more], check=False, env={**os.environ, "PYTHONPATH": ROOT}
        )
        assert done.returncode == (-signal.SIGKILL if more else 0)
        assert len(os.listdir(kept.parent)) == 1

    assert cache.load(str(kept), key=()) == {}


def test_what_a_killed_wire_had_begun_to_keep_goes(tmp_path: pathlib.Path) -> None:
    (task,) = (one for one in tasks(tmp_path) if one.name == "wire")
    begun = [tmp_path / "wired" / "declared" / f"{one}.json.new" for one in ("gicv2", "gone")]
    begun[0].parent.mkdir(parents=True)
    for one in begun:
        one.write_text("{")

    endurance.completed(task.commands[1], str(tmp_path))  # of a board with a GICv3

    assert begun[0].parent.joinpath("gicv3.json").exists()
    assert not [one for one in begun if one.exists()]


def test_what_a_killed_build_had_begun_goes(ukdrivers: Program, built: Builder) -> None:
    folder = built("hello")
    begun = [os.path.join(folder, one) for one in ("libukboot/gone.o.tmp", "gone.o.tmp")]
    for one in begun:
        with open(one, "wb"):
            pass

    done = ukdrivers("build", "-o", folder)

    assert done.returncode == 0, done.stderr
    assert not [one for one in begun if os.path.exists(one)]


def test_a_half_written_file_is_noticed(tmp_path: pathlib.Path) -> None:
    """The check itself: a run that leaves a file of another length, or one more, is at fault."""
    folder = tmp_path / "out"
    program = (
        "import os, sys; folder = sys.argv[1]; os.makedirs(folder, exist_ok=True)\n"
        "count = len(os.listdir(folder))\n"
        "open(f'{folder}/{count}', 'w').write('x')"
    )
    task = endurance.Task(
        name="leaves more",
        commands=((sys.executable, "-c", program, str(folder)),) * 2,
        output=str(folder),
    )

    (fault,) = endurance.kills(str(tmp_path), {task: 1})

    assert "too many: " in fault


def test_a_console_that_differs_is_noticed(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = iter(["", "tick 1 at 100 us\n", "tick 1 at 107 us\n", "tick 2 at 100 us\n"])
    monkeypatch.setattr(endurance, "completed", lambda *_: next(said))
    monkeypatch.setattr(endurance, "CPUS", ("max",))
    monkeypatch.setattr(endurance, "MEMORY", ("64M",))
    monkeypatch.setattr(endurance, "BOARDS", ("qemu:virt", "qemu:virt"))

    (fault,) = endurance.boots(str(tmp_path), 3)

    assert fault.startswith("boot 2: qemu:virt max 64M: differs from the first:\n")
