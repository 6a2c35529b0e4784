"""Drivers for tests of host unikraft, and what the stages make of them."""

from __future__ import annotations

import dataclasses
import os
from typing import TYPE_CHECKING

import ukdrivers
from ukdrivers.menu import compose
from ukdrivers.model import (
    Config,
    Declared,
    Driver,
    Platform,
    Registry,
    Selected,
    Selection,
    Symbol,
)
from ukdrivers.platforms import ukdrivers_platforms
from ukdrivers.wire import wire

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ukdrivers.model import Wiring

KIT = os.path.join(os.path.dirname(os.path.abspath(ukdrivers.__file__)), "kit")
KVM = next(one for one in ukdrivers_platforms() if one.name == "kvm")


def driver(name: str, class_: str = "console", *replaces: str, **changes: object) -> Driver:
    one = Driver(
        name=name,
        summary=f"{name} for tests",
        class_=class_,
        arch=("arm64",),
        platforms=("kvm",),
        compatible=(f"arm,{name}",),
        sources=(f"c/{name}.c",),
        config=None,
        provides=(f"{class_}@1",),
        requires=(),
        kit=">=1,<2",
        replaces=replaces,
        root=f"/plugins/{name}",
        distribution=f"ukdriver-{name}",
        version="1.0",
    )
    return dataclasses.replace(one, **changes)  # type: ignore[arg-type]


PL011 = driver("pl011", "console", "drivers/ukconsole/pl011", "drivers/uktty/pl011")
GICV2 = driver("gicv2", "irqchip", "drivers/ukintctlr/gic")
GICV3 = driver("gicv3", "irqchip", "drivers/ukintctlr/gic")
BOTH = (GICV2, PL011)


def selection(drivers: Iterable[Driver] = BOTH, *, on: Iterable[Driver] | None = None) -> Selection:
    usable = tuple(drivers)
    selected = usable if on is None else tuple(on)
    return Selection(
        platform=KVM,
        arch="arm64",
        usable=usable,
        selected=tuple(Selected(driver=one, nodes=(), reason="for tests") for one in selected),
        rejected=(),
    )


def wired(drivers: Iterable[Driver] = BOTH) -> Wiring:
    chosen = selection(drivers)
    declared = {
        one.name: Declared(
            name=one.name,
            class_=one.class_,
            compatible=one.compatible,
            exported=(one.object,),
            location=f"{one.root}/c/{one.name}.c:1",
        )
        for one in chosen.usable
    }
    names = [one.symbol for one in chosen.usable]
    symbols = {one: Symbol(name=one, value="y", origin="default") for one in names}
    config = Config(text="", symbols=symbols)
    return wire(chosen, compose(chosen), config, declared=declared, kit=KIT)


def registry(*drivers: Driver, platforms: tuple[Platform, ...] = (KVM,)) -> Registry:
    return Registry(drivers=drivers, platforms=platforms, hosts=(), problems=())
