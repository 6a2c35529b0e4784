"""Boot: run an image in QEMU and hold its console against what was expected.

In:  :class:`~ukdrivers.model.Image` (from :mod:`ukdrivers.build`) and
     :class:`~ukdrivers.model.Board` (from :mod:`ukdrivers.board`).
Out: :class:`~ukdrivers.model.BootLog` (to :mod:`ukdrivers.cli`).
"""

from __future__ import annotations

import contextlib
import os
import time
from typing import TYPE_CHECKING

from ukdrivers.console import Console
from ukdrivers.errors import BootError, ToolError
from ukdrivers.machine import is_from_file, qemu_arguments
from ukdrivers.model import BootLog

if TYPE_CHECKING:
    import socket
    import subprocess
    from collections.abc import Callable, Iterator, Sequence

    from ukdrivers.model import Board, Image
    from ukdrivers.script import Step

__all__ = ["boot"]

QEMU = "qemu-system-aarch64"
CONSOLE = ("-nodefaults", "-display", "none", "-serial", "stdio", "-monitor", "none", "-no-reboot")
#: how the base host starts the lines that say that it could not go on
FATAL = ("ukdrivers: exception: ", "ukdrivers: halted: ")
#: far more than any test prints; an image in a loop is stopped here instead of filling memory
MAX_BYTES = 16 << 20
MAX_COMPLAINT = 64 << 10
#: QEMU has this long to end once it has closed its output
GRACE_SECONDS = 5
#: a line without an end counts as a prompt when nothing followed it for so long
QUIET_SECONDS = 0.05


def boot(  # noqa: PLR0913 - settings, all by keyword
    image: Image,
    board: Board,
    *,
    script: Sequence[Step] = (),
    timeout: float = 10,
    on_text: Callable[[str], None] = lambda _: None,
    extra: Sequence[str] = (),
    attach: bool = False,
    inherits: Sequence[socket.socket] = (),
) -> BootLog:
    """Run an image until it powers off, sending and expecting what the script says.

    :param board: says what machine QEMU makes; if its tree came from a file, the image scans it
    :param script: in order; the next step starts where the last match ended
    :param timeout: seconds from the start to power off
    :param on_text: called with what the console wrote, as it comes, in pieces of any length
    :param extra: further arguments for QEMU, e.g. ``-icount shift=0``
    :param attach: pass this process's standard input to the console; *script* can then not send
    :param inherits: sockets that *extra* names by number: QEMU has them, and they are closed here
    :raises ToolError: QEMU isn't installed
    :raises BootError: QEMU refused to start, nothing was written, a line didn't come in time, the
        image halted or didn't power off, or QEMU ended with a status other than 0
    """
    machine = (QEMU, *qemu_arguments(board), *CONSOLE, "-kernel", image.path)
    start = time.monotonic()
    console = Console(script=script, on_text=on_text)
    with (
        _tree(board) as tree,
        _terminal_kept(),
        _running(command := (*machine, *tree, *extra), attach=attach, inherits=inherits) as process,
    ):
        complaint = _talk(process, console, deadline=start + timeout)
        if console.closed:
            _wait(process)
    _judge(console, process.returncode, complaint=complaint, timeout=timeout)
    return BootLog(
        lines=console.lines(),
        status=process.returncode,
        seconds=time.monotonic() - start,
        command=command,
    )


@contextlib.contextmanager
def _tree(board: Board) -> Iterator[tuple[str, ...]]:
    """Put the device tree where QEMU can read it, unless it is the one QEMU writes anyway."""
    if not is_from_file(board):
        yield ()
        return
    import tempfile

    from ukdrivers.fdt import packed

    with tempfile.TemporaryDirectory(prefix="ukdrivers-") as folder:
        path = os.path.join(folder, "board.dtb")
        with open(path, "wb") as file:
            file.write(packed(board.blob))  # QEMU doubles it, and 2 MiB is the most it may have
        yield ("-dtb", path)


@contextlib.contextmanager
def _running(
    command: Sequence[str], *, attach: bool, inherits: Sequence[socket.socket]
) -> Iterator[subprocess.Popen[bytes]]:
    """Start QEMU, and leave none behind, whatever happens."""
    import subprocess

    pipe = subprocess.PIPE
    source = None if attach else pipe
    passed = [one.fileno() for one in inherits]
    try:
        process = subprocess.Popen(
            command, bufsize=0, stdin=source, stdout=pipe, stderr=pipe, pass_fds=passed
        )
    except FileNotFoundError:
        raise ToolError(
            f"{QEMU}: not found, wanted to run the image",
            hint="apt-get install qemu-system-arm",
        ) from None
    finally:
        for one in inherits:  # or nobody sees that QEMU ended
            one.close()
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout, process.stderr):
            if stream is not None:
                stream.close()


@contextlib.contextmanager
def _terminal_kept() -> Iterator[None]:
    """Put the terminal back as it was: QEMU switches echo off and may be killed before its end."""
    try:
        import termios

        before = termios.tcgetattr(0)
    except (ImportError, termios.error):
        yield
        return
    try:
        yield
    finally:
        termios.tcsetattr(0, termios.TCSADRAIN, before)


def _talk(process: subprocess.Popen[bytes], console: Console, *, deadline: float) -> str:
    """Move bytes both ways until QEMU closes its output or the deadline has passed.

    :returns: what QEMU itself complained of last; empty if it didn't
    """
    import selectors

    assert process.stdout is not None  # noqa: S101 - Popen was given pipes
    assert process.stderr is not None  # noqa: S101
    complaints = b""
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        selector.register(process.stderr, selectors.EVENT_READ)
        while selector.get_map() and (left := deadline - time.monotonic()) > 0:
            ready = selector.select(min(left, QUIET_SECONDS))
            for key, _ in ready:
                data = os.read(key.fd, 65536)
                if not data:
                    selector.unregister(key.fileobj)
                if key.fileobj is process.stderr:
                    complaints = (complaints + data)[-MAX_COMPLAINT:]
                else:
                    _take(console, data)
            if not ready:
                console.rest()
            _send(process, console.due())
    return _last_line(complaints)


def _wait(process: subprocess.Popen[bytes]) -> None:
    import subprocess

    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(timeout=GRACE_SECONDS)


def _take(console: Console, data: bytes) -> None:
    if not data:
        console.close()
    console.take(data)
    if console.size > MAX_BYTES:
        raise BootError(f"console: more than {MAX_BYTES >> 20} MiB written, wanted an end")


def _send(process: subprocess.Popen[bytes], data: bytes) -> None:
    if data and process.stdin is not None:
        with contextlib.suppress(BrokenPipeError):  # it has ended: what it wrote says the rest
            process.stdin.write(data)


def _last_line(complaints: bytes) -> str:
    lines = complaints.decode("utf-8", "backslashreplace").strip().splitlines()
    return lines[-1].removeprefix(f"{QEMU}: ") if lines else ""


def _judge(console: Console, status: int, *, complaint: str, timeout: float) -> None:
    """Raise the first thing that went wrong, in the order in which it would be understood."""
    ended = console.closed
    if ended and status:
        how = f"ended with status {status}" if status > 0 else f"ended by signal {-status}"
        raise BootError(f"{QEMU}: {complaint or how}")
    for line in console.lines():
        if line.startswith(FATAL):
            raise BootError(f"image: {line.removeprefix('ukdrivers: ')}")
    limit = "before the image powered off" if ended else f"within {timeout:g} s"
    if not console.size:
        raise BootError(f"console: no output {limit}")
    if console.wanted is not None:
        raise BootError(
            f"console: no line '{console.wanted}' {limit}; the last line was '{console.last()}'"
        )
    if not ended:
        raise BootError(
            f"image: did not power off within {timeout:g} s; the last line was '{console.last()}'"
        )
