"""What tests of the whole program share: the program itself, and images built once a run."""

from __future__ import annotations

import fcntl
import os
import re
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence

import pytest

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BOARD = "qemu:virt,gic-version=2"
#: of the caller's, that change what the program prints
FOREIGN = ("NO_COLOR", "FORCE_COLOR", "TERM", "COLUMNS", "MAKEFLAGS")

Done = subprocess.CompletedProcess[str]


#: runs ``ukdrivers`` as a user would
Program = Callable[..., Done]
#: returns an output folder that holds a built image
Builder = Callable[..., str]


@pytest.fixture(scope="session")
def ukdrivers(tmp_path_factory: pytest.TempPathFactory) -> Program:
    empty = tmp_path_factory.mktemp("cwd")
    cache = str(tmp_path_factory.mktemp("cache"))

    def run(*arguments: str, env: Mapping[str, str] | None = None, cwd: str | None = None) -> Done:
        kept = {name: value for name, value in os.environ.items() if name not in FOREIGN}
        return subprocess.run(
            [sys.executable, "-m", "ukdrivers", *arguments],
            check=False,
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            timeout=120,
            cwd=cwd or empty,
            env={**kept, "PYTHONPATH": ROOT, "XDG_CACHE_HOME": cache, **(env or {})},
        )

    return run


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory, ukdrivers: Program) -> Builder:
    """Build each image once, however many workers want it."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base

    def build(app: str = "hello", *chosen: str, board: str = BOARD) -> str:
        name = " ".join((os.path.basename(app), board, *chosen))
        folder = str(shared / "images" / re.sub(r"\W+", "-", name))
        options = [f"--set={one}" for one in chosen]
        os.makedirs(folder, exist_ok=True)
        with open(f"{folder}.lock", "w", encoding="ascii") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            done = ukdrivers("build", board, "--app", app, "-o", folder, *options)
        assert done.returncode == 0, done.stderr
        return folder

    return build


@pytest.fixture
def tools(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Sequence[str]], str]:
    """Make a search path of all the tools but some."""

    def without(missing: Sequence[str]) -> str:
        folder = tmp_path_factory.mktemp("path")
        for above in reversed(os.environ["PATH"].split(os.pathsep)):
            for name in os.listdir(above) if os.path.isdir(above) else ():
                link = folder / name
                if name not in missing:
                    link.unlink(missing_ok=True)
                    link.symlink_to(os.path.join(above, name))
        return str(folder)

    return without
