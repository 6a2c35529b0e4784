"""The driver menu means the same to Linux's ``conf``, which a stock tree is configured with.

Debian's package ``linux-kbuild-6.1`` brings the program. Each tree is given random values, and both
work out the rest.
"""

from __future__ import annotations

import functools
import glob
import os
import random
import re
import subprocess
from typing import TYPE_CHECKING

import pytest

import ukdrivers
from tests.test_config import driver
from tests.test_explain import selection_of
from ukdrivers import kconfig
from ukdrivers.menu import compose
from ukdrivers.registry import discover

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ukdrivers.model import Driver

BASE = os.path.join(os.path.dirname(ukdrivers.__file__), "hosts", "base")
PROGRAMS = glob.glob("/usr/lib/linux-kbuild-*/scripts/kconfig/conf")

pytestmark = pytest.mark.skipif(not PROGRAMS, reason="no conf of Linux; setup/prepare test")


def tree(folder: Path, drivers: Sequence[Driver], on: Sequence[Driver]) -> dict[str, str]:
    """Write a tree that both can read; returns the variables it is read with."""
    selection = selection_of(drivers, on, ["console@1"])
    text = compose(selection, selecting=True, with_addresses=True).text
    (folder / "Config.uk").write_text(text, encoding="utf-8")
    with open(os.path.join(BASE, "Config.uk"), encoding="utf-8") as file:
        top = re.sub(r"^osource .*$", "", file.read(), flags=re.MULTILINE)  # Linux has no such word
    (folder / "top").write_text(top, encoding="utf-8")
    return {"UK_BASE": BASE, "KCONFIG_DRIV_BASE": str(folder), "UK_APP": os.devnull}


def values(path: Path) -> list[str]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return [one for one in lines if re.match(r"CONFIG_|# CONFIG_\w+ is not set", one)]


def random_values(chance: random.Random, read: kconfig.Tree) -> str:
    lines = []
    for symbol in read.unique_defined_syms:
        if any(node.prompt for node in symbol.nodes) and chance.random() < 0.3:
            if symbol.type == kconfig.library().BOOL:
                value = chance.choice("yn")
                no = f"# CONFIG_{symbol.name} is not set"
                lines.append(f"CONFIG_{symbol.name}=y" if value == "y" else no)
            elif symbol.type == kconfig.library().INT:
                lines.append(f"CONFIG_{symbol.name}={chance.choice((0, 1, 7, 64, 100_000))}")
    return "\n".join(lines) + "\n"


def compare(folder: Path, variables: dict[str, str], *, count: int, seed: int) -> set[str]:
    """Compare so many random configurations; returns the symbols that were y in one."""
    chance = random.Random(seed)
    seen: set[str] = set()
    command = [PROGRAMS[0], "-s", "--olddefconfig", str(folder / "top")]
    theirs, ours = folder / "theirs", folder / "ours"
    with kconfig.environment(variables):
        read = kconfig.parse(str(folder / "top"))
        for number in range(count):
            text = random_values(chance, read) if number else ""
            theirs.write_text(text, encoding="utf-8")
            environment = {**os.environ, "KCONFIG_CONFIG": str(theirs)}
            done = subprocess.run(  # it leaves an include/ where it runs
                command, env=environment, cwd=folder, capture_output=True, text=True, check=False
            )
            assert done.returncode == 0, done.stderr
            (folder / "asked").write_text(text, encoding="utf-8")
            read.load_config(str(folder / "asked"))
            read.write_config(str(ours), save_old=False)
            assert values(ours) == values(theirs), text
            seen.update(one for one in values(ours) if one.endswith("=y"))
    return seen


def test_installed_drivers(tmp_path: Path) -> None:
    registry = discover()
    (base,) = (host for host in registry.hosts if host.name == "base")
    drivers = (*registry.drivers, *base.drivers)
    by_name = {one.name: one for one in drivers}
    on = [by_name[name] for name in ("gicv2", "pl011", "virtio-mmio", "virtio-net")]

    seen = compare(tmp_path, tree(tmp_path, drivers, on), count=60, seed=1)

    assert {f"CONFIG_{one.symbol}=y" for one in drivers} <= seen


@functools.cache
def many(seed: int) -> list[Driver]:
    chance = random.Random(seed)
    names = [f"i{number}@1" for number in range(6)] + ["console@1"]
    return [
        driver(
            f"d{number}",
            provides=[chance.choice(names)] if chance.random() < 0.5 else [],
            requires=chance.sample(names, chance.choice((0, 1, 1, 2))),
        )
        for number in range(chance.choice((5, 40, 150)))
    ]


@pytest.mark.parametrize("seed", range(12))
def test_random_menus(tmp_path: Path, seed: int) -> None:
    drivers = many(seed)

    seen = compare(tmp_path, tree(tmp_path, drivers, drivers[::3]), count=10, seed=seed)

    assert any("LIBUKDRIVER_D" in one for one in seen)


def test_thousands_that_select_one(tmp_path: Path) -> None:
    drivers = [driver("bus", provides=["bus@1"])]
    drivers += [driver(f"u{number}", requires=["bus@1"]) for number in range(1200)]

    seen = compare(tmp_path, tree(tmp_path, drivers, drivers[1:2]), count=3, seed=1)

    assert "CONFIG_LIBUKDRIVER_BUS=y" in seen
