"""QEMU's machine ``virt`` with two consoles, each with an end of its own.

The machine has one PL011. The other console is QEMU's 16550 on PCI, found by scanning the bus, or in
the device tree: then at an address that a few instructions of firmware give it before the image
starts. QEMU has no 16550 in the tree of any Arm machine that this project's images run on.
"""

from __future__ import annotations

import os
import subprocess
import threading
from typing import TYPE_CHECKING, NamedTuple

from tests.conftest import BOARD
from tests.tree_edit import Put, edit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

HERE = os.path.dirname(os.path.abspath(__file__))
MACHINE = BOARD.removeprefix("qemu:")
PROCESSOR = ("-cpu", "cortex-a53")
PL011, NS16550, PCI = "/pl011@9000000", "/serial@3eff1000", "/pcie@10000000"
#: of virt's tree: the CPU's address of the PCI host's I/O window
IO_WINDOW, PORT = 0x3EFF0000, 0x1000
#: free RAM, of the 128 MiB that the machine has
FIRMWARE = 0x47000000
PROMPT = b"type a line: "
TIMEOUT_SECONDS = 60

SERIAL: list[Put] = [
    (NS16550, "compatible", "s", ["ns16550a"]),
    (NS16550, "reg", "x", ["0", f"{IO_WINDOW + PORT:x}", "0", "8"]),
]
UART: list[Put] = [
    (PL011, "compatible", "s", ["arm,pl011", "arm,primecell"]),
    (PL011, "reg", "x", ["0", "9000000", "0", "1000"]),
]


class Said(NamedTuple):
    """What each console wrote, and what QEMU's log has."""

    pl011: str
    ns16550: str
    log: str

    def at(self, node: str) -> str:
        return self.pl011 if node == PL011 else self.ns16550


def tree_of_both(
    virt: str, path: str, *, first: str, stdout: str | None, put: Sequence[Put] = ()
) -> str:
    """Write a tree that has both consoles, one of them first, and no PCI.

    :param stdout: the stdout-path, or None for none
    :param put: further properties, also of ``/aliases``
    """
    changes: list[Put] = [*SERIAL, *UART, *put]
    if stdout is not None:
        changes.append(("/chosen", "stdout-path", "s", [stdout]))
    nodes = [NS16550, PL011] if first == PL011 else [PL011, NS16550]
    return edit(
        virt,
        path,
        remove=[PCI, PL011],
        add=[*nodes, "/aliases"],
        put=changes,
        drop=[] if stdout is not None else [("/chosen", "stdout-path")],
    )


def firmware(folder: str) -> list[str]:
    """Assemble the firmware; the arguments that make QEMU start with it."""
    elf, flat = os.path.join(folder, "firmware.elf"), os.path.join(folder, "firmware.bin")
    command = ["aarch64-linux-gnu-gcc", "-nostdlib", "-static", "-no-pie", "-Wl,--build-id=none"]
    command += [f"-Wl,-Ttext={FIRMWARE:#x}", f"-DPORT={PORT:#x}", f"{HERE}/firmware.S", "-o", elf]
    subprocess.run(command, check=True)
    subprocess.run(["aarch64-linux-gnu-objcopy", "-O", "binary", elf, flat], check=True)
    loaded, started = f"file={flat},force-raw=on,addr", "cpu-num=0,addr"
    return [
        *("-device", f"loader,{loaded}={FIRMWARE:#x}"),
        *("-device", f"loader,{started}={FIRMWARE:#x}"),
    ]


def boot(  # noqa: PLR0913 - settings, all by keyword
    image: str,
    tree: str,
    folder: str,
    *,
    typed_at: str = PL011,
    extra: Sequence[str] = (),
    backends: Mapping[str, str] | None = None,
    fds: Sequence[int] = (),
) -> Said:
    """Boot an image until it powers off.

    :param typed_at: the console that gets a line typed once it asks for one
    :param backends: what is behind a console, where it isn't a file or what is typed at
    """
    files = {node: os.path.join(folder, node.strip("/")) for node in (PL011, NS16550)}
    ends = {node: f"file,path={path}" for node, path in files.items()}
    ends |= {typed_at: "stdio", **(backends or {})}
    log = os.path.join(folder, "qemu.log")
    text = talk(
        [
            *("-M", MACHINE, *PROCESSOR, "-m", "128M", "-dtb", tree, "-kernel", image),
            *("-chardev", f"{ends[PL011]},id=pl011", "-serial", "chardev:pl011"),
            *("-chardev", f"{ends[NS16550]},id=ns16550"),
            *("-device", "pci-serial,chardev=ns16550,addr=1", "-D", log, *extra),
        ],
        fds=fds,
    )
    said = {node: read(path) for node, path in files.items()} | {typed_at: text}
    return Said(said[PL011], said[NS16550], read(log))


def read(path: str) -> str:
    if not os.path.exists(path):
        return ""
    with open(path, encoding="utf-8", newline="\r\n") as file:
        return file.read()


def talk(arguments: Sequence[str], *, fds: Sequence[int] = ()) -> str:
    """Run QEMU until the image powers off, and type a line when it asks for one."""
    command = ["qemu-system-aarch64", "-nodefaults", "-display", "none", "-no-reboot"]
    command += ["-d", "guest_errors,unimp", *arguments]
    output, pipe = b"", subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, pass_fds=fds) as qemu:
        assert qemu.stdin is not None
        assert qemu.stdout is not None
        timer = threading.Timer(TIMEOUT_SECONDS, qemu.kill)
        timer.start()
        while data := os.read(qemu.stdout.fileno(), 4096):
            if PROMPT in output + data and PROMPT not in output:
                qemu.stdin.write(b"typed\r")
                qemu.stdin.flush()
            output += data
        status = qemu.wait()
        timer.cancel()
    assert status == 0, output.decode()
    return output.decode()
