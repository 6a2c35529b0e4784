"""Choices: what is replaced, left out, turned on and written to start from."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.unikraft_drivers import BOTH, GICV2, GICV3, PL011, driver, selection
from tests.unikraft_tree import RELEASES, make_tree
from ukdrivers.errors import ConfigError, SelectError, UsageError
from ukdrivers.unikraft.choice import check_values, choose
from ukdrivers.unikraft.defconfig import defconfig
from ukdrivers.unikraft.names import check_path
from ukdrivers.unikraft.replace import replaced_folders
from ukdrivers.unikraft.tree import Tree, read_tree
from ukdrivers.unikraft.values import read_values

if TYPE_CHECKING:
    import pathlib


@pytest.fixture
def tree(tmp_path: pathlib.Path) -> Tree:
    return read_tree(make_tree(tmp_path / "tree", "0.17.0"))


# replaced


@pytest.mark.parametrize("release", RELEASES)
def test_folders_of_this_release_are_replaced(release: str, tmp_path: pathlib.Path) -> None:
    found = replaced_folders(BOTH, read_tree(make_tree(tmp_path, release)))

    console = {"0.15.0": [], "staging": ["drivers/ukconsole/pl011"]}
    consoles = console.get(release, ["drivers/uktty/pl011"])
    assert found == tuple(sorted([*consoles, "drivers/ukintctlr/gic"]))


def test_no_driver_replaces_nothing(tree: Tree) -> None:
    assert replaced_folders([], tree) == ()


@pytest.mark.parametrize(
    ("folder", "hint"),
    [
        ("drivers/ukintctlr/gicc", "did its author mean drivers/ukintctlr/gic?"),
        ("lib/ukintctlr", None),
    ],
)
def test_folder_that_is_not_there(tree: Tree, folder: str, hint: str | None) -> None:
    one = driver("gicv9", "irqchip", folder)

    with pytest.raises(
        SelectError, match=rf"^ukdriver-gicv9: replaces {folder}, which {tree.root} hasn't got$"
    ) as caught:
        replaced_folders([one], tree)

    assert hint is None or caught.value.hint == hint


def test_folder_of_a_class_of_other_releases_is_passed_over(tree: Tree) -> None:
    assert replaced_folders([driver("x", "rtc", "drivers/firmware/x")], tree) == ()


def test_two_that_replace_one_folder_for_one_device(tree: Tree) -> None:
    other = driver("acme-uart", "console", *PL011.replaces, compatible=PL011.compatible)

    with pytest.raises(
        SelectError,
        match=r"^drivers/uktty/pl011: replaced by ukdriver-acme-uart and ukdriver-pl011, "
        r"both for arm,pl011, wanted one$",
    ) as caught:
        replaced_folders([other, PL011], tree)

    assert caught.value.hint == "leave one out: --set LIBUKDRIVER_PL011=n"


def test_two_generations_may_replace_one_folder(tree: Tree) -> None:
    assert replaced_folders([GICV2, GICV3], tree) == ("drivers/ukintctlr/gic",)


# chosen


def names(drivers: object) -> list[str]:
    return [getattr(one, "driver", one).name for one in drivers]  # type: ignore[attr-defined]


def test_without_a_board_all_are_on(tree: Tree) -> None:
    chosen = choose(selection(on=()), tree, values={}, has_board=False)

    assert names(chosen.usable) == names(chosen.selected) == ["gicv2", "pl011"]


def test_with_a_board_what_nobody_needs_leaves_the_trees_own(tree: Tree) -> None:
    rtc = driver("rtc", "rtc")

    chosen = choose(selection([*BOTH, rtc], on=[PL011]), tree, values={}, has_board=True)

    assert names(chosen.usable) == ["pl011", "rtc"]
    assert names(chosen.selected) == ["pl011"]
    assert [(one.driver.name, one.reason) for one in chosen.rejected] == [
        (
            "gicv2",
            "no node of the board asks for it, and it replaces drivers/ukintctlr/gic",
        )
    ]


def test_what_is_asked_for_stays_and_is_on(tree: Tree) -> None:
    values = {"LIBUKDRIVER_GICV2": "y"}

    chosen = choose(selection(on=[PL011]), tree, values=values, has_board=True)

    assert names(chosen.usable) == names(chosen.selected) == ["gicv2", "pl011"]
    assert not chosen.rejected


def test_what_is_set_to_n_is_left_out(tree: Tree) -> None:
    chosen = choose(selection(), tree, values={"LIBUKDRIVER_PL011": "n"}, has_board=False)

    assert names(chosen.usable) == ["gicv2"]
    assert [(one.driver.name, one.reason) for one in chosen.rejected] == [("pl011", "set to n")]


@pytest.mark.parametrize("class_", ["timer", "power"])
def test_what_no_library_can_bring_is_left_out(tree: Tree, class_: str) -> None:
    chosen = choose(selection([driver("one", class_)]), tree, values={}, has_board=False)

    assert not chosen.usable
    assert chosen.rejected[0].reason.startswith("the tree's platform ")


# values


def test_values_from_files_and_assignments(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "set"
    path.write_text('# a comment\n\nCONFIG_A=y\nB = 2\n# CONFIG_C is not set\nD="x y"\n')

    found = read_values([str(path), "CONFIG_A=n", "E=0x1"])

    assert found == {"A": "n", "B": "2", "C": "n", "D": '"x y"', "E": "0x1"}


def test_values_none() -> None:
    assert read_values([]) == {}


def test_values_of_a_missing_file() -> None:
    with pytest.raises(
        UsageError,
        match=r"^--set nowhere: no such file or directory, wanted a file, or NAME=VALUE$",
    ):
        read_values(["nowhere"])


@pytest.mark.parametrize("line", ["LIBUKDRIVER_PL011", "= y", "a b=c"])
def test_values_of_a_malformed_line(tmp_path: pathlib.Path, line: str) -> None:
    path = tmp_path / "set"
    path.write_text(f"A=y\n{line}\n")

    with pytest.raises(UsageError, match=rf"^{path}:2: '{line}', wanted NAME=VALUE$"):
        read_values([str(path)])


def test_values_that_are_not_text(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "set"
    path.write_bytes(b"\xff\xfe")

    with pytest.raises(
        UsageError, match=rf"^--set {path}: not UTF-8, wanted the form of a \.config$"
    ):
        read_values([str(path)])


def test_value_of_a_driver_that_is_not_installed() -> None:
    with pytest.raises(
        ConfigError, match=r"^LIBUKDRIVER_PL01: no such driver is installed$"
    ) as caught:
        check_values({"LIBUKDRIVER_PL01": "y"}, BOTH)

    assert caught.value.hint == "did you mean LIBUKDRIVER_PL011?"


def test_value_that_a_driver_cannot_have() -> None:
    with pytest.raises(ConfigError, match=r'^LIBUKDRIVER_PL011: set to "m", wanted y or n$'):
        check_values({"LIBUKDRIVER_PL011": "m"}, BOTH)


def test_values_of_options_and_of_the_tree_are_left_to_it() -> None:
    check_values({"LIBUKDRIVER_PL011_DRAIN_US": "5", "PAGING": "y"}, BOTH)


# defconfig


def test_defconfig_boots_on_the_least_processor(tree: Tree) -> None:
    text = defconfig(tree, selection(), cpu=None, values={"PAGING": "y", "X": "n"})

    assert text.splitlines() == [
        "CONFIG_ARCH_ARM_64=y",
        "CONFIG_PLAT_KVM=y",
        "CONFIG_MCPU_ARM64_CORTEX_A53=y",
        "# CONFIG_LIBUKRANDOM is not set",
        "CONFIG_LIBUKDRIVER_GICV2=y",
        "CONFIG_LIBUKDRIVER_PL011=y",
        "CONFIG_PAGING=y",
        "# CONFIG_X is not set",
    ]


@pytest.mark.parametrize(
    ("cpu", "symbol"),
    [
        ("arm,cortex-a72", "MCPU_ARM64_CORTEX_A72"),
        ("arm,cortex-a53", "MCPU_ARM64_CORTEX_A53"),
        ("acme,unheard-of", "MCPU_ARM64_CORTEX_A53"),
    ],
)
def test_defconfig_by_the_boards_processor(tree: Tree, cpu: str, symbol: str) -> None:
    assert f"CONFIG_{symbol}=y\n" in defconfig(tree, selection(), cpu=cpu, values={})


def test_defconfig_says_nothing_of_a_library_that_is_not_there(tmp_path: pathlib.Path) -> None:
    old = read_tree(make_tree(tmp_path / "old", "0.15.0"))

    assert "LIBUKRANDOM" not in defconfig(old, selection(), cpu=None, values={})


def test_defconfig_without_options_of_what_is_left_out(tree: Tree) -> None:
    values = {"LIBUKDRIVER_PL011": "n", "LIBUKDRIVER_PL011_DRAIN_US": "5"}
    chosen = choose(selection(), tree, values=values, has_board=False)

    assert "PL011" not in defconfig(tree, chosen, cpu=None, values=values)


def test_defconfig_of_the_users_wins(tree: Tree) -> None:
    text = defconfig(tree, selection(), cpu=None, values={"LIBUKRANDOM": "y"})

    assert "CONFIG_LIBUKRANDOM=y\n" in text
    assert "LIBUKRANDOM is not set" not in text


# paths


@pytest.mark.parametrize(
    ("path", "what"),
    [("/a b", "a space"), ("/a$b", r"the character '\$'"), ("/a:b", "the character ':'")],
)
def test_path_that_make_cannot_take(path: str, what: str) -> None:
    with pytest.raises(
        UsageError,
        match=rf"^app '{re.escape(path)}': has {what}, wanted a path that make can take$",
    ):
        check_path(path, "app")


def test_path_that_make_can_take() -> None:
    assert check_path("/usr/lib/python3.11/x-y_z+1", "app") == "/usr/lib/python3.11/x-y_z+1"
