"""Suite ``net``: frames out and in, with a peer at the other end of each device's cable."""

from __future__ import annotations

import contextlib
import functools
import re
from typing import TYPE_CHECKING

from ukdrivers.conformance import qmp
from ukdrivers.conformance.link import cable, netdev
from ukdrivers.conformance.model import Check, Result, Suite
from ukdrivers.conformance.peer import Peer
from ukdrivers.conformance.variations import BOARD, Beside, Variation, run_each

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ukdrivers.conformance.model import Settings, Subject

__all__ = ["CHECKS", "SUITE"]

OPS = "<ukd/net.h>, ukd_net_ops"
FRAME = "<ukd/net.h>, ukd_frame"
INFO = "<ukd/net.h>, ukd_net_info"


CHECKS = (
    Check("open", "each device starts, takes buffers, sends and receives", f"{OPS}.start, .supply"),
    Check("info", "an address of one device, an MTU of 68 or more, a link that is up", INFO),
    Check(
        "every-size",
        "frames of 14 bytes to the longest come as they were sent, with no byte behind them",
        f"{OPS}.send, .receive",
    ),
    Check(
        "parts",
        "a frame up to the MTU that needs several buffers comes in parts, all in one call",
        f"{FRAME}.more; {OPS}.receive",
    ),
    Check(
        "refused",
        "a frame shorter than its header or longer than the MTU allows isn't sent, "
        "and stays the sender's",
        f"{OPS}.send",
    ),
    Check(
        "oversized",
        "reception goes on after twice as many frames beyond the MTU as there are buffers",
        f"{INFO}.mtu; {OPS}.receive",
    ),
    Check("short", "reception goes on after frames shorter than a header", f"{OPS}.receive"),
    Check("in-flight", "no more frames are taken than can be in flight", f"{INFO}.send_max"),
    Check("burst", "frames that come while nobody looks come up, in order", f"{OPS}.receive"),
    Check("starved", "reception goes on when buffers are there again", f"{OPS}.supply, .receive"),
    Check("polling", "no interrupt for frames while they are off", f"{OPS}.set_interrupt"),
    Check(
        "interrupt-once",
        "one interrupt, then none; what is there already is told instead",
        f"{OPS}.set_interrupt; <ukd/net.h>, ukd_net_calls.wake",
    ),
    Check("waiting", "each frame that is waited for wakes", "<ukd/net.h>, ukd_net_calls.wake"),
    Check("switching", "nothing is lost between interrupts and polling", f"{OPS}.set_interrupt"),
    Check(
        "checksum",
        "a checksum that is left to the device is right; one that nobody checked isn't called good",
        f"{FRAME}.flags, .checksum_start, .checksum_offset; RFC 1071",
    ),
    Check("many", "6,000 frames come back, and no memory is used up", f"{OPS}.send, .receive"),
    Check(
        "link",
        "a link that goes down and up is told of, also with interrupts for frames off",
        f"{OPS}.is_link_up; <ukd/net.h>, ukd_net_calls.wake",
    ),
    Check(
        "stop",
        "after a stop amid frames all buffers are back, and it works again after a start",
        f"{OPS}.stop, .start",
    ),
    Check("memory", "all that was allocated is free after the last stop", f"{OPS}.stop"),
    Check(
        "mac", "frames come from the address that the machine has given the device", f"{INFO}.mac"
    ),
)

#: QEMU's device for a compatible string, as far as it has one
DEVICES: Mapping[str, tuple[str, ...]] = {
    "virtio,device1": ("virtio-net-device", "virtio-net-pci"),
    "pci8086,100e": ("e1000",),
    "pci8086,10d3": ("e1000e",),
    "pci10ec,8139": ("rtl8139",),
    "pci1022,2000": ("pcnet",),
    "pci15ad,07b0": ("vmxnet3",),
}
MODERN = ("-global", "virtio-mmio.force-legacy=false")
GIC_V3 = "qemu:virt,gic-version=3"
LARGER = "cortex-a72, 1 GiB"
LARGER_ARGUMENTS = ("-cpu", "cortex-a72", "-m", "1G")
LINK = re.compile(r"link (\S+) (down|up)")
NO_LINK = {"link": "the device doesn't tell of its link"}


@contextlib.contextmanager
def _cables(
    folder: str, *, device: str, count: int, extra: tuple[str, ...], has_link: bool
) -> Iterator[Beside]:
    """Lay a cable to each device, with a peer at its other end."""
    arguments = [*extra, *qmp.arguments(folder)]
    with contextlib.ExitStack() as stack:
        peers, ends = {}, []
        for number in range(count):
            link, theirs = stack.enter_context(cable())
            peer = Peer(link, has_link=has_link)
            mac = f"52:54:00:12:34:{0x56 + number:02x}"
            name = f"n{number}"
            arguments += ["-netdev", netdev(name, theirs)]
            arguments += ["-device", f"{device},netdev={name},id=d{number},mac={mac}"]
            peers[mac] = peer
            ends.append(theirs)
            peer.start()
            stack.callback(peer.close)
        yield Beside(
            arguments=arguments,
            inherits=ends,
            on_text=_Links(folder, list(peers)).take,
            found=lambda _: {"mac": _compare(peers)},
        )


class _Links:
    """Takes links down and up when the image says so.

    :param macs: of the devices, in order
    """

    def __init__(self, folder: str, macs: list[str]) -> None:
        self.folder = folder
        self.macs = macs
        self.rest = ""

    def take(self, text: str) -> None:
        """Look for whole lines in what is written."""
        *lines, self.rest = (self.rest + text).split("\n")
        for line in lines:
            if (found := LINK.fullmatch(line.strip())) and found[1] in self.macs:
                name = f"d{self.macs.index(found[1])}"
                qmp.set_link(self.folder, name, is_up=found[2] == "up")


def _compare(peers: Mapping[str, Peer]) -> str:
    """Return what addresses frames came from instead of those that were given."""
    seen = {wanted: peer.mac.hex(":") if peer.mac else "none" for wanted, peer in peers.items()}
    return ", ".join(
        f"found {found}, wanted {wanted}" for wanted, found in seen.items() if found != wanted
    )


def _variation(
    name: str, device: str, *, count: int = 1, extra: tuple[str, ...] = (), board: str = BOARD
) -> Variation:
    has_link = "status=off" not in device
    start = functools.partial(_cables, device=device, count=count, extra=extra, has_link=has_link)
    return Variation(name=name, beside=start, board=board, leaves_out={} if has_link else NO_LINK)


def _variations(devices: tuple[str, ...]) -> Iterator[Variation]:
    for device in devices:
        yield _variation(device, device)
        yield _variation(
            f"four {device}, {LARGER}", device, count=4, extra=LARGER_ARGUMENTS, board=GIC_V3
        )
        if not device.startswith("virtio-net"):
            continue
        modern = MODERN if device.endswith("-device") else ()
        for properties in (
            "mrg_rxbuf=off,csum=off,guest_csum=off",
            "event_idx=off,indirect_desc=off,status=off",
            "host_mtu=9000",
            "host_mtu=576,rx_queue_size=1024",
        ):
            yield _variation(f"{device},{properties}", f"{device},{properties}", extra=modern)
        if modern:
            yield _variation(f"{device},any_layout=off", f"{device},any_layout=off")


def _run(subject: Subject, settings: Settings) -> Iterator[Result]:
    devices = [one for key in subject.driver.compatible for one in DEVICES.get(key, ())]
    if not devices:
        yield Result(
            suite="net",
            check=Check("net", "a device for the driver", ""),
            status="skipped",
            found=f"QEMU has no device that is {' or '.join(subject.driver.compatible)}",
        )
        return
    yield from run_each(subject, settings, "net", CHECKS, tuple(_variations(tuple(devices))))


SUITE = Suite(name="net", run=_run, classes=("net",), needs=("qemu-system-aarch64",))
