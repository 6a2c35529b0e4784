"""Get a flattened device tree out of a program: ``dtc`` for a source file, QEMU for a machine.

In:  what the user named (from :mod:`ukdrivers.board`).
Out: the bytes of the tree (back to it).
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from typing import TYPE_CHECKING

from ukdrivers.errors import BoardError, UsageError
from ukdrivers.tools import find_tool

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["ask_qemu", "named_machine", "run_dtc"]

DTC = "dtc"
QEMU = "qemu-system-aarch64"

PREPROCESS = (
    "dtc knows no #include: let the C preprocessor make a plain source of it first, "
    "cpp -nostdinc -undef -x assembler-with-cpp -I INCLUDES IN.dts OUT.dts"
)

#: Both programs take milliseconds; a machine under load takes longer, a hang takes forever.
TIMEOUT_SECONDS = 60


def run_dtc(path: str, text: bytes) -> bytes:
    """Compile a device tree source.

    :param path: the ``.dts`` file
    :param text: what is in it, to tell why it may be refused
    :returns: the flattened tree
    :raises ToolError: ``dtc`` is not installed
    :raises BoardError: ``dtc`` refuses the source; the message is its own, with file and line
    """
    done = _run((DTC, "-q", "-I", "dts", "-O", "dtb", "-o", "-", "--", path), subject=path)
    if done.returncode:
        complaint = _complaint(done.stderr) or f"dtc ended with status {done.returncode}"
        raise BoardError(
            complaint if path in complaint else f"{path}: {complaint}",
            hint=PREPROCESS if b"#include" in text else None,
        )
    return done.stdout


def ask_qemu(source: str) -> bytes:
    """Let QEMU write down the device tree that it would give to a guest.

    :param source: ``qemu:virt[,property=value...]``
    :returns: the flattened tree
    :raises ToolError: QEMU is not installed
    :raises UsageError: not a machine with a device tree, or QEMU refuses a property
    """
    machine, options = named_machine(source)
    with tempfile.TemporaryDirectory(prefix="ukdrivers-") as folder:
        path = os.path.join(folder, "board.dtb")
        # no random seeds in /chosen: the same name stands for the same tree
        dump = f"{machine},dtb-randomness=off,dumpdtb={path.replace(',', ',,')}"
        # without the default network card: its boot ROM comes in a package of its own
        quiet = ("-nodefaults", "-display", "none")
        rest = (text for pair in options.items() for text in pair)
        command = (QEMU, "-M", dump, *rest, *quiet)
        done = _run(command, subject=source)
        try:
            with open(path, "rb") as file:
                return file.read()
        except FileNotFoundError:
            text = _complaint(done.stderr) or f"status {done.returncode} and no device tree"
            raise UsageError(f"{source}: {QEMU}: {text}") from None


def named_machine(source: str) -> tuple[str, dict[str, str]]:
    """Split a board name into QEMU's machine and its other options.

    :param source: ``qemu:virt[,property=value...]``
    :returns: the value of ``-M``; those of ``-cpu``, ``-smp`` and ``-m``
    :raises UsageError: not a machine with a device tree, or no property
    """
    machine, *properties = source.removeprefix("qemu:").split(",")
    if machine != "virt" and not machine.startswith("virt-"):
        raise UsageError(
            f"{source}: QEMU makes no device tree for machine '{machine}', virt was wanted"
        )
    options = {"-cpu": "cortex-a53", "-smp": "1", "-m": "64"}
    short = {"cpu": "-cpu", "cpus": "-smp", "memory": "-m"}
    rest = [machine]
    for text in properties:
        name, equals, value = text.partition("=")
        if not (name and equals and value):
            raise UsageError(f"{source}: '{text}' is no machine property, name=value was wanted")
        if name in short:
            options[short[name]] = value
        else:
            rest.append(text)
    return ",".join(rest), options


def _run(command: Sequence[str], *, subject: str) -> subprocess.CompletedProcess[bytes]:
    program, *arguments = command
    try:
        return subprocess.run(
            (find_tool(program), *arguments),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=TIMEOUT_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise BoardError(f"{subject}: {program} did not end in {TIMEOUT_SECONDS} s") from error


def _complaint(stderr: bytes) -> str:
    """Pick the line of a program's output that says what is wrong, without its prefixes."""
    lines = [line.strip() for line in stderr.decode(errors="replace").splitlines()]
    first = next((line for line in lines if "error" in line.lower()), (*lines, "")[0])
    for prefix in ("Error: ", "FATAL ERROR: ", f"{QEMU}: "):
        first = first.removeprefix(prefix)
    return first
