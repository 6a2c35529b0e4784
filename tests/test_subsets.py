"""Every subset of the installed drivers is an image, or is refused with a reason.

Which it is follows from what the drivers require and what the board needs; that is worked out here
once more. A few of the images are built and run to their end; ``UKDRIVERS_SUBSETS`` says how many.
"""

from __future__ import annotations

import itertools
import json
import os
import random
from typing import TYPE_CHECKING

import pytest

from ukdrivers import pipeline
from ukdrivers.board import read_board
from ukdrivers.config import check_slots, evaluate
from ukdrivers.errors import ConfigError
from ukdrivers.menu import compose
from ukdrivers.registry import discover
from ukdrivers.request import find_target

if TYPE_CHECKING:
    import pathlib

    from tests.conftest import Program
    from ukdrivers.model import Driver

BOARD = "qemu:virt,gic-version=2"
SLOTS = {"gicv2", "pl011"}  # what this board's interrupt controller and console need
IMAGES = int(os.environ.get("UKDRIVERS_SUBSETS", "4"))

REGISTRY = discover()
TARGET = find_target(REGISTRY)


def is_whole(drivers: tuple[Driver, ...]) -> bool:
    provided = {interface for one in drivers for interface in one.provides}
    required = {interface for one in drivers for interface in one.requires}
    return required <= provided and {one.name for one in drivers} >= SLOTS


def subsets() -> list[tuple[Driver, ...]]:
    every = REGISTRY.drivers
    return [
        tuple(itertools.compress(every, chosen))
        for chosen in itertools.product((False, True), repeat=len(every))
    ]


def test_every_subset_is_whole_or_refused_with_a_reason(tmp_path: pathlib.Path) -> None:
    board = read_board(BOARD)
    matches = pipeline.match_board(TARGET, board)
    selection = pipeline.choose(TARGET, board, matches)
    menu = compose(selection, kit=pipeline.KIT, selecting=True, with_addresses=True)
    (tmp_path / "Config.uk").write_text(menu.text, encoding="utf-8")
    refused = 0
    for drivers in subsets():
        requested = {one.symbol: "y" if one in drivers else "n" for one in REGISTRY.drivers}
        try:
            config = evaluate(
                menu, host=TARGET.host, folder=str(tmp_path), requested=requested, saved=None
            )
            check_slots(config, selection)
        except ConfigError as error:
            refused += 1
            reason = str(error)
        else:
            reason = ""
        assert bool(reason) is not is_whole(drivers), reason
        if reason:
            assert any(one.symbol in reason for one in REGISTRY.drivers), reason
        else:
            assert {name: config.symbols[name].value for name in requested} == requested
    assert 0 < refused < 2 ** len(REGISTRY.drivers)


@pytest.mark.parametrize("number", range(IMAGES))
def test_a_whole_subset_builds_and_boots(
    ukdrivers: Program, tmp_path: pathlib.Path, number: int
) -> None:
    whole = [one for one in subsets() if is_whole(one)]
    drivers = random.Random(8).sample(whole, min(IMAGES, len(whole)))[number % len(whole)]
    values = [f"{one.symbol}={'ny'[one in drivers]}" for one in REGISTRY.drivers]
    folder = str(tmp_path)

    chosen = ukdrivers("config", "set", "--board", BOARD, "-o", folder, *values)
    made = ukdrivers("build", "-o", folder, "--json")
    ran = ukdrivers("run", "-o", folder, "--timeout", "60")

    assert chosen.returncode == 0, chosen.stderr
    assert made.returncode == 0, made.stderr
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert ran.stdout.endswith("power off\n")
    names = {one.name for one in (*drivers, *TARGET.host.drivers)}
    assert set(json.loads(made.stdout)["drivers"]) == names
