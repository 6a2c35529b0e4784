"""The values of the conformance kit: what is checked, of whom, and what came of it."""

from __future__ import annotations

import contextlib
import dataclasses
import threading
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from ukdrivers.model import Driver, Registry

__all__ = ["Check", "Result", "Settings", "Status", "Stopped", "Subject", "Suite"]

Status = Literal["passed", "failed", "skipped"]


class Stopped(Exception):  # noqa: N818 - not an error: the user wanted it
    """The run was interrupted: nothing more is to be started."""


@dataclasses.dataclass(frozen=True, slots=True)
class Check:
    """One thing that is expected of a driver."""

    name: str
    wants: str  #: in words, e.g. ``a masked interrupt is not delivered``
    source: str  #: who says so: ``IHI 0048B.b, 4.3.5`` or ``<ukd/net.h>, ukd_net_ops.stop``


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Result:
    """What came of a check."""

    suite: str
    check: Check
    status: Status
    where: str = ""  #: board variation, or test program
    found: str = ""  #: what was found instead, or why it was skipped and what would mend that
    seconds: float = 0.0


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Subject:
    """The driver that is put to the test."""

    driver: Driver
    registry: Registry  #: to build with: what is installed, and the driver itself
    folder: str | None  #: of the plugin's source, with ``tests/``; None: only the package is there
    options: Mapping[str, str] = dataclasses.field(default_factory=dict)  #: C value by symbol
    path: tuple[str, ...] = ()  #: searched before ``sys.path`` by whoever is to find the driver

    @property
    def tests(self) -> str | None:
        """The folder of the plugin's own tests; None if there is none."""
        import os

        folder = os.path.join(self.folder, "tests") if self.folder else None
        return folder if folder and os.path.isdir(folder) else None


@dataclasses.dataclass(frozen=True, kw_only=True)
class Settings:
    """How a run is done; shared by all suites, which run beside each other."""

    folder: str  #: scratch, of this run and subject alone; removed afterwards
    jobs: int = 1  #: how many compilers, machines and test programs run at a time
    timeout: float = 60.0  #: seconds for one machine or test program
    fuzz_runs: int = 20_000  #: executions of each fuzz target
    trees: tuple[str, ...] = ()  #: of Unikraft, given by the user
    boards: tuple[str, ...] = ()  #: to use instead of the suites' own; empty: theirs
    on_progress: Callable[[str], None] = lambda _: None  #: one line on what is being done
    slots: threading.Semaphore = dataclasses.field(default_factory=threading.Semaphore)
    building: str = ""  #: folder in which images are built, one after the other; empty: in folder
    locks: dict[str, threading.Lock] = dataclasses.field(default_factory=dict)  #: by folder
    stopped: threading.Event = dataclasses.field(default_factory=threading.Event)

    @contextlib.contextmanager
    def slot(self) -> Iterator[None]:
        """Hold one of the *jobs* places while a compiler, machine or test program runs.

        Not to be held while another is asked for.

        :raises Stopped: the run was interrupted
        """
        with self.slots:
            if self.stopped.is_set():
                raise Stopped("interrupted")
            yield


@dataclasses.dataclass(frozen=True, kw_only=True, slots=True)
class Suite:
    """Checks that run together."""

    name: str
    run: Callable[[Subject, Settings], Iterator[Result]]  #: yields each result as it comes
    classes: tuple[str, ...] = ()  #: of drivers that it is for; empty: all
    needs: tuple[str, ...] = ()  #: programs; without one of them the suite is skipped
