"""Suite ``console``: bytes out and in, in order, whole, and as many as there are.

The other end of the line is this program. A console on PCI is tried where the machine's own has no
driver; there may be several.
"""

from __future__ import annotations

import contextlib
import dataclasses
import re
from typing import TYPE_CHECKING

from ukdrivers.conformance import serial
from ukdrivers.conformance.machines import having
from ukdrivers.conformance.model import Check, Result, Suite
from ukdrivers.conformance.variations import Beside, Variation, run_each

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from ukdrivers.conformance.model import Settings, Subject

__all__ = ["CHECKS", "SUITE"]

OPS = "<ukd/console.h>, ukd_console_ops"
ADD = "<ukd/console.h>, ukd_console_add()"


CHECKS = (
    Check("early", "what was logged before there was a console to come first, and once", ADD),
    Check("nothing", "a text without bytes to be written, and to write nothing", f"{OPS}.write"),
    Check("every-byte", "each of the 256 bytes to come as it is", f"{OPS}.write"),
    Check("single-bytes", "1000 texts of a byte each, in order", f"{OPS}.write"),
    Check("sizes", "texts of sizes around any FIFO's depth, in order and whole", f"{OPS}.write"),
    Check("long", "64 KiB at once, in order and whole", f"{OPS}.write"),
    Check("no-input", "-EAGAIN when there is no byte", f"{OPS}.getc"),
    Check("typed", "each of the 256 bytes, one at a time", f"{OPS}.getc"),
    Check("burst", "4096 bytes that come at once, read with pauses", f"{OPS}.getc"),
    Check("unread", "what came while nobody asked", f"{OPS}.getc"),
    Check("echo", "both ways at once, in order and whole", f"{OPS}.write, .getc"),
    Check(
        "stalled",
        "a device that takes nothing to be waited for, or -ETIMEDOUT; and to go on after",
        f"{OPS}.write, -ETIMEDOUT",
    ),
    Check("others", "each of several consoles to have its own bytes", f"{ADD}, self"),
    Check("drained", "the last line to be whole when the machine is switched off", f"{OPS}.write"),
)

MACHINES = ("virt,gic-version=2", "virt,gic-version=3")
#: QEMU's device for a string that isn't in a tree
ON_PCI: Mapping[str, str] = {"pciclass,070002": "pci-serial"}
LONG, SINGLE, ECHO = 65536, 1000, 4096
RAW = re.compile(r"^raw (\S+)\n(.*?)\nend \1\n", re.MULTILINE | re.DOTALL)
SIZE = re.compile(r"^size of sizes: (\d+)$", re.MULTILINE)
STALLED = re.compile(r"^stalled: (-?\d+)$", re.MULTILINE)
FIRST = "ukdrivers base on "
LAST = re.compile(r"\nukdrivers: (?:power off|halted: main returned 1)\n$")
ALONE = {"others": "the machine has one console"}


@dataclasses.dataclass(frozen=True, kw_only=True)
class _Kind:
    """A variation: what the machine has, and its consoles."""

    name: str
    machine: str
    devices: Sequence[str] = ()  #: consoles on PCI; without any, the machine's own
    extra: tuple[str, ...] = ()

    @property
    def lines(self) -> int:
        return len(self.devices) or 1

    @property
    def arguments(self) -> tuple[str, ...]:
        if not self.devices:
            return (*self.extra, "-serial", "chardev:line0")
        with_lines = (f"{one},chardev=line{number}" for number, one in enumerate(self.devices))
        devices = (word for one in with_lines for word in ("-device", one))
        return (*self.extra, "-serial", "none", *devices)


def _own(machines: Sequence[str]) -> Iterator[_Kind]:
    """Yield what is tried with a console that a machine has."""
    first, last = machines[0], machines[-1]
    yield _Kind(name="cortex-a53, 64 MiB", machine=f"{first},memory=64M")
    yield _Kind(
        name="cortex-a72, 4 GiB, EL2",
        machine=f"{last},cpu=cortex-a72,memory=4G,virtualization=on",
    )
    # the machine then has a second one, which is for the Secure state and disabled for others
    secure = ("-machine", "secure=on")
    yield _Kind(name="max, a disabled twin", machine=f"{first},cpu=max", extra=secure)


def _on_pci(device: str) -> Iterator[_Kind]:
    """Yield what is tried with a console on PCI."""
    bridge = ("-device", "pci-bridge,id=bridge,chassis_nr=1,addr=3")
    yield _Kind(name=device, machine=f"{MACHINES[0]},memory=64M", devices=[f"{device},addr=1"])
    yield _Kind(
        name=f"three {device}, one behind a bridge",
        machine=f"{MACHINES[1]},cpu=cortex-a72,memory=4G",
        devices=[f"{device},addr=1", f"{device},addr=2", f"{device},bus=bridge,addr=5"],
        extra=bridge,
    )
    low = (f"{device},addr=8", f"{device},addr=9")
    yield _Kind(name=f"two {device}, max", machine=f"{MACHINES[0]},cpu=max", devices=low)


def _boots(kind: _Kind, hidden: frozenset[str]) -> Callable[..., None]:
    """Return what runs the machine and adds what was compared to what the image said.

    :param hidden: what the image isn't to see of the machine
    """

    def run(*arguments: object, on_text: Callable[[str], None], **settings: object) -> None:
        def judge(text: str) -> None:
            wrong = _compare(text)
            on_text(RAW.sub("", text))
            on_text("".join(f"\ncheck {name}: {what}" for name, what in wrong.items()) + "\n")

        given = {**settings, "count": kind.lines, "hidden": hidden}
        serial.boot(*arguments, on_text=judge, **given)  # type: ignore[arg-type]

    return run


def _compare(text: str) -> dict[str, str]:
    """Compare what was written: what came of each check that isn't the image's alone."""
    sizes, stalled = SIZE.search(text), STALLED.search(text)
    counts = {"nothing": 0, "every-byte": 256, "single-bytes": SINGLE, "long": LONG, "echo": ECHO}
    counts["sizes"] = int(sizes[1]) if sizes else -1
    counts["stalled"] = LONG
    found = dict(RAW.findall(text))
    if stalled and int(stalled[1]) == -serial.ETIMEDOUT:  # what came before it is whole
        counts["stalled"] = min(len(found.get("stalled", "")), LONG)
    said = {}
    for name, count in counts.items():
        why = _difference(found.get(name), serial.pattern(0, count).decode("latin-1"))
        if why:
            said[name] = f"FAILED: {why}"
    is_first = text.startswith(FIRST) and text.count(FIRST) == 1
    said["early"] = "ok" if is_first else f"FAILED: found {text[:40]!r}, wanted '{FIRST}…'"
    said["drained"] = "ok" if LAST.search(text) else f"FAILED: found {text[-40:]!r} at the end"
    return said


def _difference(found: str | None, wanted: str) -> str:
    if found is None:
        return "its end wasn't found"
    if found == wanted:
        return ""
    pairs = zip(found, wanted, strict=False)
    at = next((at for at, pair in enumerate(pairs) if pair[0] != pair[1]), len(found))
    return f"found {len(found)} bytes, other ones from byte {at} on, wanted {len(wanted)}"


def _variation(subject: Subject, kind: _Kind) -> Variation:
    """Return a variation; one on PCI without the consoles that other drivers take."""
    consoles = (one for one in subject.registry.drivers if one.class_ == subject.driver.class_)
    others = {string for one in consoles for string in one.compatible}
    hidden = others - set(subject.driver.compatible) if kind.devices else set()
    beside = Beside(arguments=kind.arguments)
    return Variation(
        name=kind.name,
        board=f"qemu:{kind.machine}",
        beside=lambda _: contextlib.nullcontext(beside),
        leaves_out=ALONE if kind.lines == 1 else {},
        boots=_boots(kind, frozenset(hidden)),
    )


def _variations(subject: Subject) -> tuple[_Kind, ...]:
    machines = having(subject, MACHINES)
    devices = [ON_PCI[one] for one in subject.driver.compatible if one in ON_PCI]
    on_pci = (kind for device in devices for kind in _on_pci(device))
    return (*(_own(machines) if machines else ()), *on_pci)


def _run(subject: Subject, settings: Settings) -> Iterator[Result]:
    kinds = _variations(subject)
    if not kinds:
        strings = " or ".join(subject.driver.compatible)
        found = f"no machine of QEMU has a console that is {strings}"
        check = Check("console", "every check to be done", "")
        yield Result(suite="console", check=check, status="skipped", found=found)
        return
    variations = [_variation(subject, kind) for kind in kinds]
    yield from run_each(subject, settings, "console", CHECKS, variations)


SUITE = Suite(name="console", run=_run, classes=("console",), needs=("qemu-system-aarch64",))
