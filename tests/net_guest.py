"""A guest with network devices, each with its other end here."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import subprocess
import tempfile
import threading
from typing import TYPE_CHECKING

from ukdrivers.conformance import qmp
from ukdrivers.conformance.link import Link, cable, netdev

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterator, Sequence

    from tests.conftest import Program

__all__ = ["BOARD", "MODERN", "PROCESSORS", "Guest", "booted", "built_with"]

BOARD = "qemu:virt,gic-version=2"
QEMU = ("qemu-system-aarch64", "-cpu", "cortex-a53", "-nodefaults", "-display", "none")
#: with one alone, barriers have no effect; see ukdrivers/machine.py
PROCESSORS = ("-smp", "1,maxcpus=2")
CONSOLE = ("-serial", "stdio", "-monitor", "none", "-no-reboot")
MODERN = ("-global", "virtio-mmio.force-legacy=false")


def built_with(ukdrivers: Program, folder: str, app: str, *chosen: str) -> str:
    """Build with both interrupt controllers and return the path of the boot image."""
    options = [word for one in ("LIBUKDRIVER_GICV3=y", *chosen) for word in ("--set", one)]
    done = ukdrivers("build", BOARD, "--app", app, "-o", folder, "--json", *options)
    assert done.returncode == 0, done.stderr
    return str(json.loads(done.stdout)["image"])


@dataclasses.dataclass(frozen=True, kw_only=True)
class Guest:
    """One that runs.

    :ivar links: the other end of each device
    :ivar folder: with the socket that takes QEMU's control commands
    :ivar log: path of what QEMU complains of
    :ivar lines: of the console, as far as they were read
    """

    process: subprocess.Popen[str]
    links: Sequence[Link]
    folder: str
    log: str
    lines: list[str] = dataclasses.field(default_factory=list)

    def said(self, text: str) -> None:
        """Read the console up to a line that has the text."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line)
            if text in line:
                return
        raise EOFError(f"no {text!r} in {''.join(self.lines)}")

    def ended(self) -> str:
        """Wait for power off and return the console; QEMU must have complained of nothing."""
        assert self.process.stdout is not None
        text = "".join([*self.lines, self.process.stdout.read()])
        self.process.wait()
        with open(self.log, encoding="utf-8") as file:
            complaints = file.read()
        assert complaints == "", complaints
        assert self.process.returncode == 0, text
        return text


@contextlib.contextmanager
def booted(  # noqa: PLR0913 - settings, all by keyword
    image: str,
    *,
    device: str = "virtio-net-device",
    properties: str = "",
    count: int = 1,
    gic_version: int = 2,
    memory: str = "128",
    extra: Sequence[str] = (),
    timeout: float = 60,
) -> Iterator[Guest]:
    """Boot an image with devices whose frames come here.

    :param device: of QEMU, and its *properties*, with a comma before the first
    :param timeout: seconds from the start until QEMU is killed
    """
    machine = f"virt,gic-version={gic_version}"
    with tempfile.TemporaryDirectory(prefix="ukd-") as folder, contextlib.ExitStack() as stack:
        cables = [stack.enter_context(cable()) for _ in range(count)]
        log = os.path.join(folder, "log")
        command = [*QEMU, "-M", machine, "-m", memory, *PROCESSORS, *CONSOLE, "-kernel", image]
        command += ["-d", "guest_errors,unimp", "-D", log, *qmp.arguments(folder)]
        for number, (_, theirs) in enumerate(cables):
            name = f"net{number}"
            mac = f"mac=52:54:00:12:34:{0x56 + number:02x}"
            command += ["-netdev", netdev(name, theirs)]
            command += ["-device", f"{device},netdev={name},id={name}d,{mac}{properties}"]
        links = [link for link, _ in cables]
        with _started([*command, *extra], [theirs for _, theirs in cables], timeout) as process:
            yield Guest(process=process, links=links, folder=folder, log=log)


@contextlib.contextmanager
def _started(
    command: Sequence[str], inherits: Sequence[socket.socket], timeout: float
) -> Iterator[subprocess.Popen[str]]:
    """Start QEMU; it is killed in the end, and what it wrote is shown when something failed."""
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        pass_fds=[one.fileno() for one in inherits],
    )
    for one in inherits:  # or nobody sees that QEMU ended
        one.close()
    # a guest that hangs ends here, whatever is being waited for
    watchdog = threading.Timer(timeout, process.kill)
    watchdog.start()
    try:
        yield process
    except Exception as error:
        process.kill()
        assert process.stdout is not None
        error.add_note(process.stdout.read())
        raise
    finally:
        watchdog.cancel()
        process.kill()
        process.communicate()
