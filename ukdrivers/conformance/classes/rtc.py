"""Suite ``rtc``: the date that a machine is given, how it goes on, and how it is set.

The machine's time is that of its instructions, and leaps where the image sleeps: a day is short.
"""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
import functools
import re
from typing import TYPE_CHECKING

from ukdrivers.conformance.machines import having
from ukdrivers.conformance.model import Check, Result, Suite
from ukdrivers.conformance.variations import Beside, Variation, run_each

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ukdrivers.conformance.model import Settings, Subject

__all__ = ["CHECKS", "SUITE", "arguments"]

OPS = "<ukd/rtc.h>, ukd_rtc_ops"
ADD = "<ukd/rtc.h>, ukd_rtc_add()"


CHECKS = (
    Check("handed-over", "one clock, with both operations", ADD),
    Check("date", "the date that the machine was given, in seconds since 1970", f"{OPS}.read"),
    Check("steady", "no reading before an earlier one, and no leap", f"{OPS}.read"),
    Check("second", "a second to be one, by the CPU's counter", f"{OPS}.read"),
    Check("day", "a day to be one, to a second", f"{OPS}.read"),
    Check("set", "what was set to be read, the first second of 1970 too", f"{OPS}.set"),
    Check("keeps", "what was set to go on from there", f"{OPS}.set, .read"),
    Check("2038", "times of 32 bits, and no leap where the 32nd begins", f"{OPS}.set, .read"),
    Check(
        "range",
        "a time that the device can't hold to be refused, and to change nothing",
        f"{OPS}.set, -ERANGE",
    ),
    Check("host", "the host's date to be the clock's", ADD),
    Check("moved", "a date that goes forward with the clock, and never back", ADD),
)

MACHINES = ("virt,gic-version=2", "virt,gic-version=3")
#: what the machine is given must have been read this many of its seconds later
SOON_SECONDS = 2
MOVED = 1000


@dataclasses.dataclass(frozen=True, kw_only=True)
class _Kind:
    """What one variation has: the date, and the machine besides."""

    date: str = "2026-01-01T00:00:00"
    machine: str = ""
    extra: tuple[str, ...] = ()


KINDS = (
    _Kind(machine=",memory=64M"),
    _Kind(date="1970-01-01T00:00:01", machine=",cpu=cortex-a72,memory=4G,virtualization=on"),
    _Kind(date="2038-01-19T03:14:06", machine=",cpu=max", extra=("-machine", "secure=on")),
    _Kind(date="2096-02-29T23:59:59", machine=",memory=512M"),
)


def arguments(date: str) -> tuple[str, ...]:
    """Return QEMU's arguments for a machine that starts at a date, and sleeps in no time."""
    return ("-rtc", f"base={date},clock=vm", "-icount", "shift=0,sleep=off")


@contextlib.contextmanager
def _dated(_: str, *, kind: _Kind) -> Iterator[Beside]:
    def found(text: str) -> dict[str, str]:
        return _compare(dict(re.findall(r"^(\w+): (\d+)$", text, re.MULTILINE)), kind.date)

    yield Beside(arguments=(*arguments(kind.date), *kind.extra), found=found)


def _compare(said: dict[str, str], date: str) -> dict[str, str]:
    """Hold the dates that the image said against the one that it was given."""
    start = int(dt.datetime.fromisoformat(f"{date}+00:00").timestamp())
    first, *moved = (int(said.get(one, -1)) for one in ("date", "forward", "back", "again"))
    is_dated = 0 <= first - start <= SOON_SECONDS
    is_moved = all(MOVED - 1 <= one - first <= MOVED + SOON_SECONDS for one in moved)
    return {
        "date": "" if is_dated else f"found {first}, wanted {start}",
        "moved": "" if is_moved else f"found {moved}, wanted {first + MOVED} each",
    }


def _variations(machines: tuple[str, ...]) -> Iterator[Variation]:
    for number, kind in enumerate(KINDS):
        machine = machines[number % len(machines)]
        beside = functools.partial(_dated, kind=kind)
        yield Variation(name=kind.date, board=f"qemu:{machine}{kind.machine}", beside=beside)


def _run(subject: Subject, settings: Settings) -> Iterator[Result]:
    machines = having(subject, MACHINES)
    if not machines:
        strings = " or ".join(subject.driver.compatible)
        found = f"no machine of QEMU has a clock that is {strings}"
        check = Check("rtc", "every check to be done", "")
        yield Result(suite="rtc", check=check, status="skipped", found=found)
        return
    yield from run_each(subject, settings, "rtc", CHECKS, tuple(_variations(machines)))


SUITE = Suite(name="rtc", run=_run, classes=("rtc",), needs=("qemu-system-aarch64",))
