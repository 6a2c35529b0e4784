"""Pitfalls: each is found where it is, and not found where it isn't."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.unikraft_tree import make_tree
from ukdrivers.unikraft.pitfalls import find_pitfalls, read_config
from ukdrivers.unikraft.tree import Tree, read_tree

if TYPE_CHECKING:
    import pathlib

ARM = "CONFIG_ARCH_ARM_64=y\n"
NONE = f"{ARM}CONFIG_MCPU_ARM64_NONE=y\n"
A53 = f"{ARM}CONFIG_MCPU_ARM64_CORTEX_A53=y\n"
EARLY = f"{A53}CONFIG_LIBUKTTY_PL011=y\nCONFIG_LIBUKTTY_PL011_EARLY_CONSOLE=y\n"


@pytest.fixture
def tree(tmp_path: pathlib.Path) -> Tree:
    return read_tree(make_tree(tmp_path / "tree", "0.17.0"))


def subjects(tree: Tree, config: str, *folders: str) -> list[str]:
    return [one.message.partition(":")[0] for one in find_pitfalls(tree, config, folders)]


@pytest.mark.parametrize(
    ("config", "found"),
    [
        ("", []),
        (A53, []),
        (NONE, []),
        (f"{NONE}CONFIG_ARM64_FEAT_RNG=y\n", ["ARM64_FEAT_RNG"]),
        (f"{NONE}# CONFIG_ARM64_FEAT_RNG is not set\n", []),
        (f"{A53}CONFIG_LIBUKRANDOM=y\n", ["LIBUKRANDOM"]),
        (f"{NONE}CONFIG_LIBUKRANDOM=y\n", []),
        ("CONFIG_ARCH_X86_64=y\nCONFIG_LIBUKRANDOM=y\n", []),
        (EARLY, ["LIBUKTTY_PL011_EARLY_CONSOLE_BASE"]),
        (f"{EARLY}CONFIG_LIBUKTTY_PL011_EARLY_CONSOLE_BASE=0x9000000\n", []),
        (
            f"{EARLY}CONFIG_LIBUKTTY_PL011_EARLY_CONSOLE_BASE=\n",
            ["LIBUKTTY_PL011_EARLY_CONSOLE_BASE"],
        ),
        (f"{A53}CONFIG_LIBUKTTY_PL011=y\n", []),
    ],
)
def test_by_configuration(tree: Tree, config: str, found: list[str]) -> None:
    assert subjects(tree, config) == found


@pytest.mark.parametrize(
    ("bridge", "config", "found"),
    [
        ("map nothing", "CONFIG_PAGING=y\nCONFIG_LIBUKBUS_PCI_ECAM=y\n", ["PAGING"]),
        ("map nothing", "CONFIG_PAGING=y\n", []),
        ("map nothing", "CONFIG_LIBUKBUS_PCI_ECAM=y\n", []),
        ("uk_bus_pf_devmap(0, 1)", "CONFIG_PAGING=y\nCONFIG_LIBUKBUS_PCI_ECAM=y\n", []),
        (None, "CONFIG_PAGING=y\nCONFIG_LIBUKBUS_PCI_ECAM=y\n", []),
    ],
)
def test_bridge_that_maps_nothing(
    tree: Tree, bridge: str | None, config: str, found: list[str]
) -> None:
    if bridge is not None:
        with open(f"{tree.root}/drivers/ukbus/pci/pci_ecam.c", "w", encoding="utf-8") as file:
            file.write(bridge)

    assert subjects(tree, config) == found


def test_random_numbers_of_an_older_tree(tmp_path: pathlib.Path) -> None:
    old = read_tree(make_tree(tmp_path / "old", "0.15.0"))

    assert subjects(old, f"{A53}CONFIG_LIBUKRANDOM=y\n") == []


def test_empty_list_of_symbols(tree: Tree, tmp_path: pathlib.Path) -> None:
    for name, text in (("empty", ""), ("line", "\n"), ("full", "main\n")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "exportsyms.uk").write_text(text)

    found = find_pitfalls(
        tree, "", [str(tmp_path / one) for one in ("empty", "line", "full", "no")]
    )

    assert [one.message for one in found] == [
        f"{tmp_path}/empty/exportsyms.uk: is empty, and stops the build without a message"
    ]
    assert found[0].hint


def test_empty_list_of_symbols_in_the_tree(tree: Tree) -> None:
    with open(f"{tree.root}/drivers/ukrtc/pl031/exportsyms.uk", "w", encoding="utf-8"):
        pass

    assert subjects(tree, "") == [f"{tree.root}/drivers/ukrtc/pl031/exportsyms.uk"]


def test_configuration_that_is_not_there_yet(tmp_path: pathlib.Path) -> None:
    assert read_config(str(tmp_path / ".config")) == ""
