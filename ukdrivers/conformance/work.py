"""Work that is done beside other work, and ended with it."""

from __future__ import annotations

import concurrent.futures
import contextlib
import os
import signal
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from ukdrivers.conformance.model import Settings

__all__ = ["descendants", "each", "stop"]

Item = TypeVar("Item")
Made = TypeVar("Made")


def each(
    settings: Settings, function: Callable[[Item], Made], items: Iterable[Item]
) -> Iterator[Made]:
    """Call a function with each item, some at a time, and yield what comes back as it comes.

    :param function: takes a slot around each program that it runs
    """
    with concurrent.futures.ThreadPoolExecutor(settings.jobs) as pool:
        futures = [pool.submit(function, one) for one in items]
        try:
            for future in concurrent.futures.as_completed(futures):
                yield future.result()
        finally:
            for future in futures:
                future.cancel()


def stop(settings: Settings) -> None:
    """Let nothing more be started, and end every program that this process started.

    They are found by their parents, because some lead process groups of their own.
    """
    settings.stopped.set()
    for process in list(descendants(os.getpid())):  # all, before the first one loses its children
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, signal.SIGTERM)


def descendants(process: int) -> Iterator[int]:
    """Yield the processes below one, parents first.

    Source: proc_pid_task(5), ``children``.
    """
    folder = f"/proc/{process}/task"
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        for thread in os.listdir(folder):
            with open(f"{folder}/{thread}/children", encoding="ascii") as file:
                children = [int(one) for one in file.read().split()]
            for child in children:
                yield child
                yield from descendants(child)
