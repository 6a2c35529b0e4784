"""The menu on a real terminal: keys go in, and what then stands on the screen is read.

The terminal is a pair of pseudo-terminals, drawn by pyte.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import pty
import select
import struct
import subprocess
import sys
import termios
import time
from typing import TYPE_CHECKING

import pyte
import pytest

from tests.conftest import BOARD, ROOT

if TYPE_CHECKING:
    import pathlib
    from collections.abc import Iterator

    from tests.conftest import Program

LINES, COLUMNS = 40, 110
DEADLINE_SECONDS = 60


class Terminal:
    """A program on a terminal."""

    def __init__(self, *command: str) -> None:
        self.screen = pyte.Screen(COLUMNS, LINES)
        self.stream = pyte.ByteStream(self.screen)
        self.keyboard, end = pty.openpty()
        fcntl.ioctl(end, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
        self.process = subprocess.Popen(
            command,
            stdin=end,
            stdout=end,
            stderr=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": ROOT, "TERM": "linux"},
        )
        os.close(end)

    @property
    def text(self) -> str:
        return "\n".join(self.screen.display)

    def press(self, keys: str) -> None:
        os.write(self.keyboard, keys.encode())

    def wait(self, *wanted: str) -> str:
        """Read until all of these stand on the screen."""
        until = time.monotonic() + DEADLINE_SECONDS
        while not all(one in self.text for one in wanted):
            ready, _, _ = select.select([self.keyboard], [], [], max(0, until - time.monotonic()))
            assert ready, f"not on the screen: {wanted}\n{self.text}"
            self.stream.feed(os.read(self.keyboard, 4096))
        return self.text

    def leave(self, keys: str) -> tuple[int, str]:
        """Press the last keys; returns the exit status and what the program said."""
        self.press(keys)
        with contextlib.suppress(OSError):  # how Linux says that the other end is closed
            while os.read(self.keyboard, 4096):
                pass
        assert self.process.stderr is not None
        return self.process.wait(DEADLINE_SECONDS), self.process.stderr.read().decode()

    def close(self) -> None:
        self.process.kill()
        self.process.communicate()
        os.close(self.keyboard)


@pytest.fixture
def folder(tmp_path: pathlib.Path, ukdrivers: Program) -> str:
    folder = str(tmp_path / "out")
    values = ["LIBUKD_ADDRESSES_BY_DRIVER=y", "PL011_BY_HAND=y"]
    done = ukdrivers("config", "set", "--board", BOARD, "-o", folder, *values)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture
def terminal(folder: str) -> Iterator[Terminal]:
    one = Terminal(sys.executable, "-m", "ukdrivers", "menu", "-o", folder)
    yield one
    one.close()


def jump(terminal: Terminal, name: str) -> None:
    """Search for a symbol and go to its entry."""
    terminal.wait("[/] Jump to symbol")
    terminal.press("/")
    terminal.wait("Type text to narrow")
    terminal.press(f"^{name}$")
    terminal.wait(f"^{name}$")
    terminal.press("\n")
    terminal.wait("[/] Jump to symbol")


def test_opened_searched_turned_on_saved_and_built(
    terminal: Terminal, folder: str, ukdrivers: Program
) -> None:
    terminal.wait("Device Drivers", "Platform Configuration")

    jump(terminal, "LIBUKDRIVER_GICV3")
    terminal.wait("Device Drivers", "[ ] gicv3: ", "[*] gicv2: ", "*** Interrupt controllers ***")
    terminal.press("y")
    terminal.wait("[*] gicv3: ")
    jump(terminal, "LIBUKDRIVER_PL011_BASE")
    terminal.press("\n")
    terminal.wait("(hex)")
    terminal.press("\x15" + "0x9000000\n")  # Ctrl-U empties the line
    terminal.wait("(0x9000000)")
    terminal.press("q")
    terminal.wait("Save configuration?")
    status, said = terminal.leave("y")

    assert (status, said) == (0, f"{folder}/.config: choices saved\n")
    got = ukdrivers("config", "get", "-o", folder, "--json", "GICV3", "PL011_BASE", "PL011_BY_HAND")
    symbols = {
        one["name"].removeprefix("LIBUKDRIVER_"): one for one in json.loads(got.stdout)["symbols"]
    }
    assert (symbols["GICV3"]["value"], symbols["GICV3"]["origin"]) == ("y", "menu")
    assert symbols["PL011_BASE"]["value"] == "0x9000000"
    assert symbols["PL011_BY_HAND"]["origin"] == "command line"
    made = ukdrivers("build", "-o", folder, "--json")
    assert made.returncode == 0, made.stderr
    assert "gicv3" in json.loads(made.stdout)["drivers"]


def test_help_says_where_a_value_comes_from(terminal: Terminal) -> None:
    jump(terminal, "LIBUKDRIVER_GICV2")
    terminal.press("?")
    terminal.wait("Name: LIBUKDRIVER_GICV2", "Origin: board", "Runs arm,gic-400")
    terminal.press("q")
    jump(terminal, "LIBUKDRIVER_PL011_BY_HAND")
    terminal.press("?")
    terminal.wait("Origin: command line")
    terminal.press("q")
    jump(terminal, "LIBUKDRIVER_NS16550")
    terminal.press("y?")
    terminal.wait("Name: LIBUKDRIVER_NS16550", "Origin: menu")


def test_entry_that_cannot_be_changed_says_why(terminal: Terminal) -> None:
    jump(terminal, "LIBUKDRIVER_ECAM_PCI")
    terminal.press(" ")
    terminal.wait("Can't be changed", "selected by LIBUKDRIVER_VIRTIO_PCI", "which is y")
    terminal.press(" ?")
    terminal.wait("Can't be changed: selected by LIBUKDRIVER_VIRTIO_PCI, which is y")


def test_nothing_is_saved_without_a_change(terminal: Terminal, folder: str) -> None:
    terminal.wait("Device Drivers")

    assert terminal.leave("q") == (0, f"{folder}/.config: nothing to save\n")
