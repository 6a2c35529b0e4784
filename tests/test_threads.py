"""Threads on the ``base`` host: in turn, asleep, woken by interrupts, a hundred at a time."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

import pytest

from tests.conftest import ROOT

if TYPE_CHECKING:
    import pathlib
    from collections.abc import Callable

    from tests.conftest import Builder, Program

APP = os.path.join(ROOT, "tests", "apps", "threads")
TESTS = {
    *("yield", "join", "wake", "interrupt", "deadline", "sleep", "registers", "sleepers"),
    *("cost", "join twice", "count"),
}
#: time is counted in guest instructions, a nanosecond each: no busy machine makes a thread late
COUNTED = ("-icount", "shift=0,sleep=off")
#: a hundred may be due at once, and each has its turn
LATE_MAX_US = 30
SWITCH_MAX_NS = 70


@pytest.fixture(scope="module")
def console(
    ukdrivers: Program, built: Builder, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], str]:
    """Boot once for each memory size; return what the image wrote."""
    folder: pathlib.Path = tmp_path_factory.mktemp("threads")
    consoles: dict[str, str] = {}

    def boot(memory: str) -> str:
        if memory not in consoles:
            log = folder / f"{memory}.log"
            board = f"qemu:virt,gic-version=2,memory={memory}"
            noted = ("-d", "guest_errors,unimp", "-D", str(log))
            done = ukdrivers("run", "-o", built(APP), "--board", board, "--", *COUNTED, *noted)
            assert done.returncode == 0, done.stdout
            assert log.read_text() == ""
            consoles[memory] = done.stdout
        return consoles[memory]

    return boot


@pytest.mark.parametrize("memory", ["64", "512"])
def test_every_check_holds(console: Callable[[str], str], memory: str) -> None:
    text = console(memory)

    assert re.search(r"^threads: [1-9]\d+ checks, 0 failed$", text, re.MULTILINE)
    assert set(re.findall(r"^ok (.*)$", text, re.MULTILINE)) == TESTS


def test_a_hundred_sleepers_wake_on_time(console: Callable[[str], str]) -> None:
    said = r"^sleepers: (\d+) sleeps, at most (\d+) us late$"
    found = re.search(said, console("64"), re.MULTILINE)

    assert found
    assert int(found[1]) == 1000
    assert int(found[2]) <= LATE_MAX_US


def test_a_switch_is_cheap(console: Callable[[str], str]) -> None:
    found = re.search(r"^switch: (\d+) ns/10$", console("64"), re.MULTILINE)

    assert found
    assert 0 < int(found[1]) <= SWITCH_MAX_NS * 10


def test_threads_that_are_not_wanted_are_not_linked(built: Builder) -> None:
    folder = built("hello")

    assert not os.path.exists(os.path.join(folder, "libukthread.o"))
    with open(os.path.join(folder, ".config"), encoding="utf-8") as file:
        assert "CONFIG_LIBUKTHREAD_COUNT=0" in file.read().splitlines()


def test_threads_without_memory_for_stacks(ukdrivers: Program, tmp_path: pathlib.Path) -> None:
    """Stacks of 64 pages for 1,000 threads are more than the machine has."""
    folder = str(tmp_path / "out")
    sizes = ("LIBUKTHREAD_COUNT=1000", "LIBUKTHREAD_STACK_PAGES=64")
    chosen = [word for size in sizes for word in ("--set", size)]
    board = "qemu:virt,gic-version=2"
    done = ukdrivers("build", board, "--app", APP, "-o", folder, *chosen)
    assert done.returncode == 0, done.stderr

    ran = ukdrivers("run", "-o", folder, "--", *COUNTED)

    assert ran.returncode == 1
    said = r"^ukdrivers: memory: no \d+ bytes for stacks of threads$"
    assert re.search(said, ran.stdout, re.MULTILINE)
    assert "FAIL yield: !uk_thread_create" in ran.stdout
