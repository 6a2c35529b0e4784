"""A class's suite on QEMU: its application on each variation of a machine, with something beside it.

The application prints a line a check (``apps/common/check.h``); what runs beside the machine, such
as the other end of a cable, may have checks of its own.
"""

from __future__ import annotations

import contextlib
import dataclasses
import os
import re
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from ukdrivers.conformance import images, work
from ukdrivers.conformance.model import Check, Result
from ukdrivers.errors import BootError, UkdriversError
from ukdrivers.pipeline import boot_image

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterator

    from ukdrivers.conformance.model import Settings, Status, Subject
    from ukdrivers.output import Output

__all__ = ["APPS", "BOARD", "Beside", "Variation", "run_each"]

APPS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "apps")
BOARD = "qemu:virt,gic-version=2"
LINE = re.compile(r"^check ([\w-]+): (ok|FAILED|skipped)(?:: (.*))?$", re.MULTILINE)
STATUS: Mapping[str, Status] = {"ok": "passed", "FAILED": "failed", "skipped": "skipped"}
ENDS = Check(
    name="ends",
    wants="the image to power off, without an access that the machine calls an error",
    source="QEMU's manual, Invocation, -d guest_errors,unimp",
)
UNKNOWN = Check(name="harness", wants="no check that the suite doesn't know", source="")


@dataclasses.dataclass(frozen=True, kw_only=True)
class Beside:
    """What runs beside a machine.

    :ivar arguments: for QEMU
    :ivar inherits: sockets that the arguments name by number
    :ivar on_text: called with what the image writes, in pieces
    :ivar ends: what is said of a machine that is to be ended from here
    :ivar found: called when the machine has ended, with what the image said: what was found
        instead of what its checks want, by their names; an empty text where that was found
    """

    arguments: Sequence[str] = ()
    inherits: Sequence[socket.socket] = ()
    on_text: Callable[[str], None] = lambda _: None
    ends: str = ""
    found: Callable[[str], Mapping[str, str]] = lambda _: {}


#: given a folder that is the machine's own, with a short path
Starter = Callable[[str], AbstractContextManager[Beside]]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Variation:
    """A machine, and what is expected on it.

    :ivar beside: starts what runs beside it
    :ivar leaves_out: checks that can't be done here, by name, and why
    :ivar values: of Kconfig symbols
    :ivar boots: runs the machine; takes what :func:`~ukdrivers.pipeline.boot_image` takes
    """

    name: str
    beside: Starter
    board: str = BOARD
    leaves_out: Mapping[str, str] = dataclasses.field(default_factory=dict)
    values: Mapping[str, str] = dataclasses.field(default_factory=dict)
    boots: Callable[..., object] = boot_image


def run_each(
    subject: Subject,
    settings: Settings,
    suite: str,
    checks: Sequence[Check],
    variations: Sequence[Variation],
) -> Iterator[Result]:
    """Build the application of a suite, boot it on each variation, and say what came of each check.

    :param suite: its name, which is that of its application's folder
    """
    items = [
        dataclasses.replace(one, name=f"{one.name} on {board}", board=board)
        for one in variations
        for board in settings.boards or (one.board,)
    ]

    def results(one: Variation) -> list[Result]:
        settings.on_progress(f"{suite}: {one.name}")
        return list(_results(subject, settings, suite, checks, one))

    for several in work.each(settings, results, items):
        yield from several


def _results(
    subject: Subject,
    settings: Settings,
    suite: str,
    checks: Sequence[Check],
    variation: Variation,
) -> Iterator[Result]:
    """Yield what came of the checks on one variation."""
    start = time.monotonic()
    ended, text, found = "", "", dict[str, str]()
    try:
        app = os.path.join(APPS, suite)
        output = images.build(
            subject, settings, app=app, board=variation.board, values=variation.values
        )
    except UkdriversError as error:
        ended = f"no image: {error}"
    else:
        ended, text, seen = _boot(settings, output, variation)
        found.update(seen)
    said = {name: (STATUS[word], why) for name, word, why in LINE.findall(text)}
    said |= {name: ("failed" if why else "passed", why) for name, why in found.items()}
    for check in [*checks, ENDS]:
        status, why = said.pop(check.name, ("failed", f"did not run; {ended or _last(text)}"))
        if check is ENDS:
            status, why = ("failed" if ended else "passed"), ended
        elif check.name in variation.leaves_out:
            if status == "failed":
                continue
            status, why = "skipped", variation.leaves_out[check.name]
        yield Result(
            suite=suite,
            check=check,
            status=status,
            where=variation.name,
            found=why,
            seconds=time.monotonic() - start if check is ENDS else 0,
        )
    for name in said:
        yield Result(suite=suite, check=UNKNOWN, status="failed", where=variation.name, found=name)


def _boot(
    settings: Settings, output: Output, variation: Variation
) -> tuple[str, str, Mapping[str, str]]:
    """Boot a variation.

    :returns: why it didn't end well, what it wrote, and what was found beside it
    """
    texts: list[str] = []
    ended = ""
    with tempfile.TemporaryDirectory(prefix="ukd-") as folder, settings.slot():
        log = os.path.join(folder, "log")
        with variation.beside(folder) as beside:

            def take(text: str) -> None:
                texts.append(text)
                beside.on_text(text)

            try:
                variation.boots(
                    output,
                    script=(),
                    timeout=settings.timeout,
                    on_text=take,
                    board=variation.board,
                    extra=("-d", "guest_errors,unimp", "-D", log, *beside.arguments),
                    inherits=beside.inherits,
                )
            except BootError as error:
                ended = str(error)
        text = "".join(texts).replace("\r", "")
        found = beside.found(text)
        with contextlib.suppress(FileNotFoundError), open(log, encoding="utf-8") as file:
            ended = ended or file.read(200).strip()
    # the first when a check failed, which is told apart
    fine = {"image: halted: main returned 1", beside.ends}
    return "" if ended in fine else ended, text, found


def _last(text: str) -> str:
    lines = text.strip().splitlines()
    return f"the last line was '{lines[-1]}'" if lines else "nothing was said"
