"""The platforms of our own, through the same hook as a stranger's."""

from __future__ import annotations

from ukdrivers.hooks import hookimpl
from ukdrivers.installed import Platform, Slot

__all__ = ["ukdrivers_platforms"]


@hookimpl
def ukdrivers_platforms() -> list[Platform]:
    """Return ``kvm``: a virtual machine of QEMU or another monitor with the same devices."""
    slots = (
        Slot(interface="irqchip@1", purpose="interrupt controller"),
        Slot(interface="console@1", purpose="console"),
    )
    summary = "virtual machine, as of QEMU"
    return [Platform(name="kvm", arch=("arm64",), summary=summary, slots=slots)]
