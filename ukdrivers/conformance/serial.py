"""Serial lines: a machine's consoles, with this program at their other ends.

Pipes that take all that an image of ``apps/console`` writes: however busy this machine is, no
console of the guest has to wait, but where the other end takes nothing on purpose.
"""

from __future__ import annotations

import contextlib
import dataclasses
import fcntl
import os
import re
import selectors
import subprocess
import tempfile
import time
from typing import TYPE_CHECKING

from ukdrivers.board import read_board
from ukdrivers.errors import BootError
from ukdrivers.fdt import packed
from ukdrivers.machine import is_from_file, qemu_arguments
from ukdrivers.output import read_record

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from ukdrivers.model import Board
    from ukdrivers.output import Output

__all__ = ["ETIMEDOUT", "boot", "byte_at", "pattern"]

QEMU = ("qemu-system-aarch64", "-nodefaults", "-display", "none", "-monitor", "none", "-no-reboot")
PIPE_BYTES, SMALL_BYTES = 1 << 20, 4096
STALL_SECONDS, POLL_SECONDS = 0.5, 0.05
ETIMEDOUT = 110
ASKED = re.compile(rb"^(?:type (\d+) (\d+)|(stall))\n", re.MULTILINE)
FATAL = re.compile(r"^ukdrivers: ((?:exception|halted): .*)$", re.MULTILINE)


def byte_at(place: int) -> int:
    """Return the byte at a place of what is sent, either way; as in ``apps/console``."""
    return (place + (place >> 8) * 31) & 0xFF


def pattern(first: int, count: int) -> bytes:
    """Return what is sent from a place on."""
    return bytes(byte_at(place) for place in range(first, first + count))


@dataclasses.dataclass(kw_only=True)
class _Line:
    """One line's pipes, by file descriptor, and what came."""

    taken: int
    sent: int
    text: bytearray = dataclasses.field(default_factory=bytearray)
    at: int = 0  #: what follows hasn't been answered

    def take(self) -> bytes:
        """Take what came, if anything did."""
        data = b""
        with contextlib.suppress(BlockingIOError):
            while more := os.read(self.taken, PIPE_BYTES):
                data += more
        self.text += data
        return data

    def answer(self) -> None:
        """Do what the image asked for."""
        while asked := ASKED.search(self.text, self.at):
            self.at = asked.end()
            if asked[3]:
                self._stall()
            else:
                os.write(self.sent, pattern(int(asked[1]), int(asked[2])))

    def _stall(self) -> None:
        self.take()
        fcntl.fcntl(self.taken, fcntl.F_SETPIPE_SZ, SMALL_BYTES)
        os.write(self.sent, b"s")
        time.sleep(STALL_SECONDS)
        fcntl.fcntl(self.taken, fcntl.F_SETPIPE_SZ, PIPE_BYTES)
        self.take()
        os.write(self.sent, b"g")


def boot(  # noqa: PLR0913 - those of pipeline.boot_image, and how many lines
    output: Output,
    *,
    timeout: float,
    on_text: Callable[[str], None],
    board: str,
    extra: Sequence[str],
    count: int,
    hidden: Collection[str] = (),
    script: Sequence[object] = (),
    inherits: Sequence[object] = (),
) -> None:
    """Run an image until it powers off: the other end of its first line does what it asks for.

    The others' ends send back what they get.

    :param on_text: called once, with what came by the first line, a character for each byte
    :param extra: arguments for QEMU, which has the lines as ``chardev:line0``, …
    :param hidden: compatible strings of devices that the image isn't to see
    :raises BootError: the machine didn't end by itself, or not well
    """
    assert not script  # noqa: S101 - what is typed is what the image asks for
    assert not inherits  # noqa: S101 - the lines are pipes
    record = read_record(output)
    assert record is not None  # noqa: S101 - it was built
    assert record.image is not None  # noqa: S101
    machine = read_board(board)
    with tempfile.TemporaryDirectory(prefix="ukd-") as folder, _lines(folder, count) as lines:
        command = [*QEMU, *qemu_arguments(machine), "-kernel", record.image.path]
        command += _tree(folder, machine, hidden)
        for number in range(count):
            command += ["-chardev", f"pipe,id=line{number},path={folder}/line{number}"]
        process = subprocess.Popen(
            [*command, *extra], stdin=subprocess.DEVNULL, stderr=subprocess.PIPE
        )
        with process:
            try:
                _talk(process, lines, deadline=time.monotonic() + timeout)
                status = process.poll()
            finally:
                process.kill()
            complaint = process.stderr.read().decode() if process.stderr else ""
        text = lines[0].text.decode("latin-1")
    on_text(text)
    if status is None:
        raise BootError(f"console: no power off within {timeout:.0f} s")
    if status:
        raise BootError(f"{QEMU[0]}: ended with status {status}: {complaint.strip()}")
    if fatal := FATAL.search(text):
        raise BootError(f"image: {fatal[1]}")


def _tree(folder: str, board: Board, hidden: Collection[str]) -> tuple[str, ...]:
    """Write the board's tree with some devices under names that no driver lists.

    :returns: QEMU's arguments; none where it writes that tree itself
    """
    if not hidden and not is_from_file(board):
        return ()
    blob = board.blob
    for node in board.nodes:
        if not set(hidden).isdisjoint(node.compatible):
            names = node.properties["compatible"]
            blob = blob.replace(names, names.upper())
    path = os.path.join(folder, "board.dtb")
    with open(path, "wb") as file:
        file.write(packed(blob))
    return ("-dtb", path)


@contextlib.contextmanager
def _lines(folder: str, count: int) -> Iterator[list[_Line]]:
    """Make a line's pipes, of which QEMU opens both ends."""
    with contextlib.ExitStack() as stack:

        def pipe(name: str) -> int:
            path = os.path.join(folder, name)
            os.mkfifo(path)
            end = os.open(path, os.O_RDWR | os.O_NONBLOCK)
            stack.callback(os.close, end)
            fcntl.fcntl(end, fcntl.F_SETPIPE_SZ, PIPE_BYTES)
            return end

        names = [f"line{number}" for number in range(count)]
        yield [_Line(taken=pipe(f"{one}.out"), sent=pipe(f"{one}.in")) for one in names]


def _talk(process: subprocess.Popen[bytes], lines: Sequence[_Line], *, deadline: float) -> None:
    with selectors.DefaultSelector() as selector:
        for line in lines:
            selector.register(line.taken, selectors.EVENT_READ, line)
        while process.poll() is None and time.monotonic() < deadline:
            for key, _ in selector.select(POLL_SECONDS):
                line = key.data
                data = line.take()
                if line is lines[0]:
                    line.answer()
                else:
                    os.write(line.sent, data)
    lines[0].take()
