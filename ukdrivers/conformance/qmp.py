"""Control of a machine that runs: a command to QEMU over its socket.

Source: QEMU Machine Protocol Specification, "Capabilities Negotiation" and "Issuing Commands".
"""

from __future__ import annotations

import json
import os
import socket
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["arguments", "command", "set_link"]

TIMEOUT = 10.0


def arguments(folder: str) -> tuple[str, str]:
    """Return QEMU's arguments for a socket in a folder."""
    return "-qmp", f"unix:{_path(folder)},server=on,wait=off"


def _path(folder: str) -> str:
    return os.path.join(folder, "qmp")


def command(folder: str, execute: str, **values: object) -> None:
    """Have QEMU execute a command, and wait until it has.

    :param folder: with its socket
    :raises OSError: it can't, or there is no machine any more
    """
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as control:
        control.settimeout(TIMEOUT)
        control.connect(_path(folder))
        lines = control.makefile("rw", encoding="utf-8")
        lines.readline()
        for one, those in (("qmp_capabilities", {}), (execute, values)):
            lines.write(json.dumps({"execute": one, "arguments": those}) + "\n")
            lines.flush()
            _answer(lines.readline)


def _answer(readline: Callable[[], str]) -> None:
    """Read up to the answer; events come in between."""
    while line := readline():
        answer = json.loads(line)
        if "return" in answer:
            return
        if "error" in answer:
            raise OSError(answer["error"]["desc"])
    raise EOFError("QEMU ended")


def set_link(folder: str, name: str, *, is_up: bool) -> None:
    """Take a network device's link down or up.

    :param name: ``id`` of the device
    """
    command(folder, "set_link", name=name, up=is_up)
