"""Why not: the causes are true and each of them is needed; the change works and is the cheapest.

The menus are made at random from a number, and each is asked for something at random. What stands
against a request is compared with a truth table of its own; a change is put through the evaluation
that a build goes through.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import random
from typing import TYPE_CHECKING, Any

import pytest

from tests.test_config import driver, host
from ukdrivers.config import Sources, check_slots, evaluate, opened
from ukdrivers.demands import demands_of
from ukdrivers.errors import ConfigError
from ukdrivers.explain import Answer, Explainer
from ukdrivers.menu import compose
from ukdrivers.model import Node, Platform, Selected, Selection, Slot

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from ukdrivers.model import Config, Driver, Menu

REQUESTS = 1000
INTERFACES = [f"i{number}@1" for number in range(4)]


class World:
    """A menu, the board it was made for, and what the user set in it."""

    def __init__(self, folder: Path, selection: Selection, options: str, saved: str) -> None:
        self.folder, self.selection, self.saved = folder, selection, saved
        self.menu: Menu = compose(selection, selecting=True)
        (folder / "drivers").mkdir(parents=True)
        (folder / "drivers" / "Config.uk").write_text(self.menu.text, encoding="utf-8")
        (folder / "app").mkdir()
        (folder / "app" / "Config.uk").write_text(options, encoding="utf-8")

    @property
    def where(self) -> dict[str, Any]:
        folder = str(self.folder)
        return {"host": host(), "folder": f"{folder}/drivers", "app": f"{folder}/app"}

    def evaluate(self, requested: Mapping[str, str]) -> Config:
        config = evaluate(self.menu, requested=requested, saved=self.saved, **self.where)
        check_slots(config, self.selection)
        return config

    @contextlib.contextmanager
    def explainer(self) -> Iterator[Explainer]:
        with opened(**self.where, sources=Sources(saved=self.saved)) as opening:
            yield Explainer(opening, self.menu, demands_of(self.menu, self.selection, "board.dtb"))

    def why_not(self, name: str, value: str) -> Answer:
        with self.explainer() as explainer:
            return explainer.why_not(explainer.tree.syms[name], value)


def selection_of(
    drivers: Sequence[Driver], on: Sequence[Driver], slots: Sequence[str] = ()
) -> Selection:
    wanted = tuple(Slot(interface=one, purpose="console") for one in slots)
    nodes = {
        one.name: Node(
            path=f"/{one.name}",
            compatible=one.compatible,
            status="okay",
            enabled=True,
            regions=(),
            interrupts=(),
            properties={},
        )
        for one in on
    }
    return Selection(
        platform=Platform(name="kvm", arch=("arm64",), summary="", slots=wanted),
        arch="arm64",
        usable=tuple(drivers),
        selected=tuple(Selected(driver=one, nodes=(nodes[one.name],), reason="") for one in on),
        rejected=(),
    )


def random_world(chance: random.Random, folder: Path) -> World:
    drivers = [
        driver(
            f"d{number}",
            provides=chance.sample(INTERFACES, chance.choice((0, 1, 1, 2))),
            requires=chance.sample(INTERFACES, chance.choice((0, 0, 1, 1, 2))),
        )
        for number in range(chance.randint(2, 7))
    ]
    on = [one for one in drivers if chance.random() < 0.4]
    filled = sorted({interface for one in on for interface in one.provides})
    slots = chance.sample(filled, min(len(filled), chance.choice((0, 0, 1))))
    names = [one.symbol for one in drivers]
    lines = ["choice", '\tprompt "one of"', "", "config C0", '\tbool "0"', ""]
    lines += ["config C1", '\tbool "1"', f"\tdepends on {chance.choice(names)}", ""]
    lines += ["endchoice", ""]
    for number in range(3):
        known = [*names, *(f"A{one}" for one in range(number)), "C1", "TRACE"]
        lines += [f"config A{number}", f'\tbool "A{number}"' if chance.random() < 0.7 else "\tbool"]
        lines += [f"\tdepends on {condition(chance, known)}"] * (chance.random() < 0.6)
        lines += [f"\tdefault y if {condition(chance, known)}"] * (chance.random() < 0.6)
        lines += ["\tselect TRACE"] * (chance.random() < 0.2)
    lines += [
        "config NUMBER",
        '\tint "n"',
        f"\tdepends on {condition(chance, names)}",
        "\trange 1 9",
    ]
    saved = "".join(
        f"CONFIG_{name}=y\n" if chance.random() < 0.4 else f"# CONFIG_{name} is not set\n"
        for name in names
        if chance.random() < 0.3
    )
    text = "\n".join(lines) + "\n"
    return World(folder, selection_of(drivers, on, slots), text, saved)


def condition(chance: random.Random, names: Sequence[str]) -> str:
    one, two = chance.choice(names), chance.choice(names)
    return chance.choice(
        (one, one, f"!{one}", f"{one} && {two}", f"{one} || {two}", f"!({one} || {two})")
    )


def value_of(formula: Any, values: Mapping[str, bool]) -> bool:
    if isinstance(formula, bool):
        return formula
    if isinstance(formula, str):
        return values[formula]
    word, *parts = formula
    if word == "not":
        return not value_of(parts[0], values)
    return (all if word == "and" else any)(value_of(one, values) for one in parts)


def names_in(formula: Any) -> set[str]:
    if isinstance(formula, tuple):
        return set().union(*(names_in(one) for one in formula[1:]))
    return {formula} if isinstance(formula, str) else set()


def can_all_hold(formulas: Sequence[Any]) -> bool:
    names = sorted(set().union(*(names_in(one) for one in formulas)))
    return any(
        all(value_of(one, dict(zip(names, values, strict=True))) for one in formulas)
        for values in itertools.product((False, True), repeat=len(names))
    )


def asked(name: str, value: str) -> Any:
    return {"y": name, "n": ("not", name)}.get(value, f"{name} is {value}")


def test_causes_and_changes_of_random_requests(tmp_path: Path) -> None:
    chance = random.Random(8)
    asked_for = refused = changed = 0
    for number in itertools.count():
        if asked_for >= REQUESTS:
            break
        world = random_world(chance, tmp_path / str(number))
        try:
            config = world.evaluate({})
        except ConfigError:
            continue  # what the user set is already more than can be had
        with world.explainer() as explainer:
            names = [
                one.name
                for one in explainer.tree.unique_defined_syms
                if one.name not in {"NAME", "LOAD_BASE", "HEAP_KIB"}
            ]
        for _ in range(5):
            name = chance.choice(names)
            value = chance.choice(("0", "5")) if name == "NUMBER" else chance.choice("yyn")
            answer = world.why_not(name, value)
            asked_for += 1
            try:
                taken = world.evaluate({name: value})
            except ConfigError:
                refused += 1
                check_causes(answer, config)
                changed += check_change(world, answer, chance)
            else:
                assert taken.symbols[name].value == value
                assert answer.causes == ()
                assert answer.change == {}
    assert refused > REQUESTS / 5
    assert changed > REQUESTS / 10


def check_causes(answer: Answer, config: Config) -> None:
    rules = [one.formula for one in answer.causes]
    request = asked(answer.symbol, answer.value)
    assert rules
    assert not can_all_hold([request, *rules]), answer
    for number in range(len(rules)):
        assert can_all_hold([request, *rules[:number], *rules[number + 1 :]]), answer
    for one in answer.causes:  # what is said is so
        known = {
            name: config.symbols[name].value == "y"
            for name in names_in(one.formula)
            if name in config.symbols
        }
        if known.keys() >= names_in(one.formula) and " becomes " not in one.text:
            assert value_of(one.formula, known), one
        path, _, line = one.place.rpartition(":")
        assert one.place.startswith((".config:", "board.dtb:", "/plugins")) or (
            line.isdigit() and os.path.exists(path)
        ), one


def check_change(world: World, answer: Answer, chance: random.Random) -> bool:
    """Whether there is one; it is tried, and what would be cheaper is tried as well."""
    change = answer.change
    request = {answer.symbol: answer.value}
    if change is not None:
        assert change
        taken = world.evaluate({**request, **change})
        assert taken.symbols[answer.symbol].value == answer.value
    if len(change or ()) > 1 or (change is None and chance.random() < 0.1):
        with world.explainer() as explainer:
            bools = [
                one.name
                for one in explainer.tree.unique_defined_syms
                if one.name != answer.symbol
                and any(node.prompt for node in one.nodes)
                and one.type == 2
            ]
        sizes = range(1, 3 if change is None else min(3, len(change)))
        for size in sizes:
            for names in itertools.combinations(bools, size):
                for values in itertools.product("yn", repeat=size):
                    with contextlib.suppress(ConfigError):
                        taken = world.evaluate({**request, **dict(zip(names, values, strict=True))})
                        pytest.fail(f"{answer}: {names} = {values} would do")
    return change is not None
