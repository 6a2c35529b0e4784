"""Slots: what is on provides each, and which of several does is the tree's matter."""

from __future__ import annotations

import pytest

from ukdrivers.config import check_slots
from ukdrivers.errors import ConfigError
from ukdrivers.model import Config, Driver, Node, Platform, Selected, Selection, Slot, Symbol

IRQCHIP = Slot(interface="irqchip@1", purpose="interrupt controller")


def gic(name: str) -> Driver:
    return Driver(
        name=name,
        summary=name,
        class_="irqchip",
        arch=("arm64",),
        platforms=("kvm",),
        compatible=(f"arm,{name}",),
        sources=(),
        config=None,
        provides=("irqchip@1",),
        requires=(),
        kit=">=1,<2",
        replaces=(),
        root=f"/plugins/{name}",
        distribution=f"ukdriver-{name}",
        version="0.1",
    )


V2, V3 = gic("gicv2"), gic("gicv3")
INTC = Node(
    path="/intc@8000000",
    compatible=("arm,gicv3",),
    status="okay",
    enabled=True,
    regions=(),
    interrupts=(),
    properties={},
)
SELECTION = Selection(
    platform=Platform(name="kvm", arch=("arm64",), summary="", slots=(IRQCHIP,)),
    arch="arm64",
    usable=(V2, V3),
    selected=(Selected(driver=V3, nodes=(INTC,), reason=""),),
    rejected=(),
)


def config(*on: Driver) -> Config:
    symbols = [Symbol(name=one.symbol, value="y", origin="command line") for one in on]
    return Config(text="", symbols={one.name: one for one in symbols})


@pytest.mark.parametrize("on", [(V3,), (V2, V3)], ids=["one", "both"])
def test_the_tree_s_controller_is_among_those_that_are_on(on: tuple[Driver, ...]) -> None:
    check_slots(config(*on), SELECTION)


@pytest.mark.parametrize("on", [(), (V2,)], ids=["none", "another"])
def test_without_the_tree_s_controller_there_is_no_image(on: tuple[Driver, ...]) -> None:
    with pytest.raises(
        ConfigError,
        match=r"^LIBUKDRIVER_GICV3: is n, wanted y: this board's interrupt controller is "
        r"/intc@8000000$",
    ):
        check_slots(config(*on), SELECTION)
