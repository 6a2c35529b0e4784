"""The platforms of our own, through the same hook as a stranger's."""

from __future__ import annotations

from ukdrivers.hooks import hookimpl
from ukdrivers.installed import Platform, Slot

__all__ = ["ukdrivers_platforms"]


IRQCHIP = Slot(interface="irqchip@1", purpose="interrupt controller")
CONSOLE = Slot(interface="console@1", purpose="console")


@hookimpl
def ukdrivers_platforms() -> list[Platform]:
    """Return what a unikernel of ours may run on.

    Which drivers are for one of them is for the drivers to say, each in its manifest; what comes
    from the platform itself needs none.
    """
    return [
        Platform(
            name="kvm",
            arch=("arm64",),
            summary="virtual machine, as of QEMU",
            slots=(IRQCHIP, CONSOLE),
        ),
        Platform(
            name="xen",
            arch=("arm64",),
            summary="guest of the Xen hypervisor, whose console is a ring in memory",
            slots=(IRQCHIP, CONSOLE),
            offers=("console@1",),
        ),
        Platform(
            name="linuxu",
            arch=("arm64",),
            summary="process of Linux, with signals for interrupts and a terminal for console",
            slots=(IRQCHIP, CONSOLE),
            offers=("irqchip@1", "console@1"),
        ),
    ]
