"""Overlays: against golden ones, read by make, and their menus evaluated.

The golden ones are written by ``python -m tests.test_unikraft_overlay`` from the repository.
"""

from __future__ import annotations

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest

import ukdrivers
from tests.unikraft_drivers import BOTH, GICV2, GICV3, PL011, driver, wired
from tests.unikraft_tree import RELEASES, make_tree
from ukdrivers import kconfig
from ukdrivers.files import publish
from ukdrivers.unikraft.adapter import adapter_of
from ukdrivers.unikraft.glue import glued
from ukdrivers.unikraft.overlay import overlay
from ukdrivers.unikraft.replace import replaced_folders
from ukdrivers.unikraft.tree import read_tree

PACKAGE = os.path.dirname(os.path.abspath(ukdrivers.__file__))
GOLDEN = os.path.join(os.path.dirname(os.path.abspath(__file__)), "data", "unikraft")
RULES = os.path.join(PACKAGE, "hosts", "base", "support", "build", "Makefile.rules")

#: written by ukdrivers.wire, and tested with it
OTHERS = ("Linker.uk", "Makefile.uk", "table.c", "gicv2/exportsyms.uk", "pl011/exportsyms.uk")

#: variables that a tree's menu reads, and that matter to none of this
EMPTY = (
    *("BUILD_DIR", "HOST_ARCH", "UK_APP", "UK_CODENAME", "UK_NAME"),
    *(f"KCONFIG_{one}" for one in ("CONFIG", "EAPP_DIR", "ELIB_DIRS", "EPLAT_DIRS", "EXCLUDEDIRS")),
)

Files = Mapping[str, str]
Overlaid = Callable[..., tuple[str, str]]


def files(root: str, drivers: Sequence[Any] = BOTH, *, arch: str = "arm64") -> dict[str, str]:
    tree = read_tree(root)
    adapter = adapter_of(tree)
    users = {one.name for one in drivers if one.class_ == "pci-host"}
    return overlay(
        tree,
        adapter=adapter,
        replaced=replaced_folders(drivers, tree),
        wiring=glued(wired(drivers), adapter, bus_users=users),
        arch=arch,
    )


@pytest.fixture
def overlaid(tmp_path: pathlib.Path) -> Overlaid:
    """Write a tree and its overlay; return the folders of both."""

    def make(
        release: str, drivers: Sequence[Any] = BOTH, *, changes: Files | None = None
    ) -> tuple[str, str]:
        root = make_tree(tmp_path / "tree", release)
        for path, text in (changes or {}).items():
            (tmp_path / "tree" / path).write_text(text)
        output = str(tmp_path / "out")
        publish(output, files(root, drivers))
        return root, output

    return make


def menu(root: str, output: str | None, config: str = "", **variables: str) -> Any:
    """Evaluate the menu of a tree, with its own drivers or with an overlay."""
    base = output or root
    plat = f"{base}/plat" if os.path.isdir(f"{base}/plat") else f"{root}/plat"
    with tempfile.TemporaryDirectory() as scratch:
        values = {
            **dict.fromkeys(EMPTY, ""),
            "UK_BASE": root,
            "UK_ARCH": "arm64",
            "UK_FULLVERSION": "1",
            "KCONFIG_LIB_BASE": f"{root}/lib",
            "KCONFIG_DIR": scratch,
            "KCONFIG_DRIV_BASE": f"{base}/drivers",
            "KCONFIG_PLAT_BASE": plat,
            **variables,
        }
        with kconfig.environment(values):
            tree = kconfig.parse(f"{root}/Config.uk")
            path = os.path.join(scratch, "config")
            with open(path, "w", encoding="utf-8") as file:
                file.write(f"CONFIG_ARCH_ARM_64=y\nCONFIG_PLAT_KVM=y\n{config}")
            tree.load_config(path)
            return tree


def prompts(tree: Any) -> list[str]:
    """List the visible entries below *Device Drivers*, each as often as it is there."""
    drivers = next(one for one in tree.node_iter() if prompt(one) == "Device Drivers")
    found = []
    for node in tree.node_iter():
        above = node.parent
        while above is not None and above is not drivers:
            above = above.parent
        is_entry = node.item.__class__.__name__ == "Symbol" and node.prompt
        if above is drivers and is_entry and node.item.visibility:
            found.append(node.item.name)
    return sorted(found)


def prompt(node: Any) -> str:
    return str(node.prompt[0]) if node.prompt else ""


def value(tree: Any, name: str) -> str:
    """Return a symbol's value; nothing for one that no menu defines."""
    known = name in tree.syms and tree.syms[name].nodes
    return str(tree.syms[name].str_value) if known else ""


# golden


def text_of(written: Files) -> str:
    parts = []
    for path, text in sorted(written.items()):
        if path.removeprefix("drivers/ukdrivers/") not in OTHERS:
            parts.append(f"==> {path}\n{text.replace(PACKAGE, '@UKDRIVERS@')}\n")
    return "".join(parts)


@pytest.mark.parametrize("release", RELEASES)
def test_overlay_is_the_golden_one(release: str, tmp_path: pathlib.Path) -> None:
    root = make_tree(tmp_path, release)

    with open(f"{GOLDEN}/{release}.txt", encoding="utf-8") as file:
        assert text_of(files(root)) == file.read()


def test_same_files_for_the_same_input(tmp_path: pathlib.Path) -> None:
    root = make_tree(tmp_path, "0.17.0")

    assert files(root) == files(root)


# menus


@pytest.mark.parametrize("release", RELEASES)
def test_menu_has_each_driver_once_and_no_replaced_one(release: str, overlaid: Overlaid) -> None:
    root, output = overlaid(release)

    before, after = prompts(menu(root, None)), prompts(menu(root, output))

    gone = {"LIBUKINTCTLR_GICV2", "LIBUKINTCTLR_GICV3", "LIBUKTTY_PL011", "LIBUKCONSOLE_PL011"}
    gone |= {"LIBUKTTY_PL011_EARLY_CONSOLE"}
    ours = ["LIBUKDRIVER_GICV2", "LIBUKDRIVER_PL011"]
    assert after == sorted([*(one for one in before if one not in gone), *ours])
    assert len(set(after)) == len(after)


@pytest.mark.parametrize("release", RELEASES)
def test_drivers_bring_what_their_glue_needs(release: str, overlaid: Overlaid) -> None:
    tree = menu(*overlaid(release))

    on = ["LIBUKDRIVER_GICV2", "LIBUKDRIVER_PL011", "LIBUKD", "LIBUKD_IRQCHIP", "LIBUKD_CONSOLE"]
    assert {value(tree, one) for one in [*on, "LIBUKINTCTLR"]} == {"y"}
    assert value(tree, "LIBUKCONSOLE") == ("y" if release == "staging" else "n")


@pytest.mark.parametrize("release", RELEASES)
def test_nothing_comes_in_twice(release: str, overlaid: Overlaid) -> None:
    tree = menu(*overlaid(release))

    for name in ("LIBUKINTCTLR_GICV2", "LIBUKTTY_PL011", "LIBUKCONSOLE_PL011", "UART_PL011"):
        assert value(tree, name) in ("", "n"), name
    assert value(tree, "UART_NS16550") in ("", "n")


def test_consoles_of_the_platform_come_back_with_ours_off(overlaid: Overlaid) -> None:
    root, output = overlaid("0.15.0")

    tree = menu(root, output, "# CONFIG_LIBUKDRIVER_PL011 is not set\n")

    assert value(tree, "UART_PL011") == "y"
    assert value(tree, "LIBUKD_CONSOLE") == "n"


@pytest.mark.parametrize("release", RELEASES)
def test_none_of_ours_on_another_architecture(release: str, overlaid: Overlaid) -> None:
    root, output = overlaid(release)

    tree = menu(root, output, "CONFIG_ARCH_X86_64=y\n")

    assert not [one for one in prompts(tree) if one.startswith("LIBUKDRIVER_")]
    assert value(tree, "LIBUKD") == "n"
    assert value(tree, "LIBUKINTCTLR_XPIC") == "y"


@pytest.mark.parametrize("release", ["0.16.3", "0.17.0", "staging"])
def test_paging_brings_the_platform_bus_to_the_trees_gic(release: str, overlaid: Overlaid) -> None:
    root, output = overlaid(release, [PL011])
    asked = "CONFIG_PAGING=y\n# CONFIG_LIBUKBUS_PLATFORM is not set\n# CONFIG_LIBUKRTC_PL031 is not set\n"

    tree = menu(root, output, f"{asked}# CONFIG_LIBUKDRIVER_PL011 is not set\n")

    mended = release in ("0.17.0", "staging")
    assert value(tree, "LIBUKINTCTLR_GICV2") == "y"
    assert value(tree, "LIBUKBUS_PLATFORM") == ("y" if mended else "n")
    assert value(menu(root, None, asked), "LIBUKBUS_PLATFORM") == "n"


def test_paging_brings_the_platform_bus_to_ours(overlaid: Overlaid) -> None:
    root, output = overlaid("0.17.0")
    asked = "# CONFIG_LIBUKBUS_PLATFORM is not set\n# CONFIG_LIBUKRTC_PL031 is not set\n"

    assert value(menu(root, output, asked), "LIBUKBUS_PLATFORM") == "n"
    assert value(menu(root, output, f"{asked}CONFIG_PAGING=y\n"), "LIBUKBUS_PLATFORM") == "y"


def test_flags_of_a_replaced_driver_are_declared_again(overlaid: Overlaid) -> None:
    pci = driver("ecam", "pci-host", "drivers/ukbus/pci")
    mmio = driver("mmio", "virtio-transport", "drivers/virtio/mmio")
    root, output = overlaid("0.17.0", [pci, mmio])

    tree = menu(root, output)

    assert value(tree, "HAVE_PCI") == "y"
    assert value(tree, "HAVE_MMIO") == "y"
    assert "LIBVIRTIO_MMIO" not in prompts(tree)


@pytest.mark.parametrize("release", RELEASES)
def test_excluded_driver_leaves_the_menu(release: str, overlaid: Overlaid) -> None:
    root, output = overlaid(release)
    name = {"0.15.0": "ukbus/pci", "staging": "ukrtc/pl031"}.get(release, "uktty/ns16550")

    full = prompts(menu(root, output))
    less = prompts(menu(root, output, KCONFIG_EXCLUDEDIRS=f"{root}/drivers/{name}"))

    assert len(set(full) - set(less)) == 1


# make


def make(root: str, output: str, *arguments: str) -> str:
    """Let make read the overlay with the macros of host base, and print what it gathered."""
    text = f"""\
include {RULES}
UK_PLATS :=
IMPORT_EXCLUDEDIRS := $(subst :, ,$(E))
include $(CONFIG_UK_BASE)/drivers/Makefile.uk
$(info libs $(UK_LIBS))
$(info plat $(KVM_LIBS))
$(info srcs $(LIBUKDHOST_SRCS-y))
$(info core $(notdir $(LIBUKD_SRCS-y)))
$(info base $(UK_DRIV_LIBVIRTIO_BASE))
all: ;@:
"""
    path = os.path.join(output, "probe.mk")
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    command = ["make", "-s", "-f", path, f"CONFIG_UK_BASE={root}", f"UK_DRIV_BASE={output}/drivers"]
    command += [f"BUILD_DIR={output}/build", f"O={output}/build", *arguments]
    done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=output)
    assert done.returncode == 0, done.stderr
    return done.stdout


ON = [
    f"CONFIG_{name}=y"
    for name in ("LIBUKD", "LIBUKD_IRQCHIP", "LIBUKD_CONSOLE", "LIBUKDRIVER_GICV2", "LIBVIRTIO_NET")
]


def words(text: str, key: str) -> list[str]:
    line = next(one for one in text.splitlines() if one.startswith(f"{key} "))
    return line.split()[1:]


@pytest.mark.parametrize("release", RELEASES)
def test_make_gathers_ours_and_the_trees(release: str, overlaid: Overlaid) -> None:
    root, output = overlaid(release)

    text = make(root, output, *ON)

    assert sorted(words(text, "plat")) == ["libukd", "libukdhost", "libukdriver_gicv2"]
    assert "libvirtio_net" in words(text, "libs")
    names = [os.path.basename(one) for one in words(text, "srcs")]
    console = "console_ukconsole.c" if release == "staging" else "console_tty.c"
    assert {"host.c", "irqchip.c", "map_identity.c", console} <= set(names)
    assert "irqchip_absent.c" not in names
    assert words(text, "base") == [f"{root}/drivers/virtio"]
    assert "table.c" in words(text, "core")


def test_sources_by_what_is_on(overlaid: Overlaid) -> None:
    root, output = overlaid("0.17.0")

    text = make(root, output, "CONFIG_LIBUKD=y", "CONFIG_PAGING=y", "CONFIG_LIBUKDRIVER_PL011=y")

    names = {os.path.basename(one) for one in words(text, "srcs")}
    assert {"irqchip_absent.c", "map_paging.c"} <= names
    assert not {"irqchip.c", "firmware.c", "map_identity.c", "console_tty.c"} & names


def test_nothing_of_ours_with_every_driver_off(overlaid: Overlaid) -> None:
    root, output = overlaid("0.17.0")

    text = make(root, output)

    assert words(f"{text}plat ", "plat") == []
    assert words(text, "core") == []


@pytest.mark.parametrize("release", RELEASES)
def test_every_source_of_the_glue_is_there(release: str, overlaid: Overlaid) -> None:
    root, output = overlaid(release)

    for on in (ON, [*ON, "CONFIG_PAGING=y"], ["CONFIG_LIBUKD=y"]):
        for path in words(make(root, output, *on), "srcs"):
            assert os.path.isfile(path), path


def test_unwritten_tree(overlaid: Overlaid, tmp_path: pathlib.Path) -> None:
    root, output = overlaid("0.17.0")
    before = listing(root)

    menu(root, output)
    make(root, output, *ON)

    assert listing(root) == before
    assert str(tmp_path / "tree") == root


def listing(root: str) -> list[tuple[str, float]]:
    paths = [os.path.join(above, one) for above, _, names in os.walk(root) for one in names]
    return sorted((one, os.stat(one).st_mtime_ns) for one in paths)


# what replaces what


def test_two_generations_replace_one_folder_once(overlaid: Overlaid) -> None:
    root, output = overlaid("0.17.0", [GICV2, GICV3, PL011])

    tree = menu(root, output)

    assert value(tree, "LIBUKDRIVER_GICV2") == value(tree, "LIBUKDRIVER_GICV3") == "y"
    assert "LIBUKINTCTLR_GICV2" not in prompts(tree)


def test_no_driver_leaves_the_trees_menu(overlaid: Overlaid) -> None:
    root, output = overlaid("0.17.0", [])

    assert prompts(menu(root, output)) == prompts(menu(root, None))


def test_a_plugin_may_bring_the_platform_bus(overlaid: Overlaid) -> None:
    bus = driver("platform", "bus", "drivers/ukbus/platform")
    root, output = overlaid("0.17.0", [bus])

    with open(f"{output}/drivers/ukbus/Makefile.uk", encoding="utf-8") as file:
        assert "hosts/unikraft/bus" not in file.read()
    assert "LIBUKBUS_PLATFORM" not in prompts(menu(root, output))


def test_statements_of_a_class_are_kept(overlaid: Overlaid) -> None:
    text = "ifeq ($(CONFIG_X),y)\nX_BASE := $(UK_DRIV_BASE)/xen\n$(eval $(call import_lib,$(X_BASE)/9p))\nendif\n"
    _, output = overlaid("0.17.0", changes={"drivers/xen/Makefile.uk": text})

    with open(f"{output}/drivers/xen/Makefile.uk", encoding="utf-8") as file:
        assert file.read().split("\n\n")[1] == text.replace(
            "$(UK_DRIV_BASE)", "$(CONFIG_UK_BASE)/drivers"
        )


def regenerate() -> None:
    shutil.rmtree(GOLDEN, ignore_errors=True)
    os.makedirs(GOLDEN)
    for release in RELEASES:
        with tempfile.TemporaryDirectory() as scratch:
            text = text_of(files(make_tree(pathlib.Path(scratch), release)))
        with open(f"{GOLDEN}/{release}.txt", "w", encoding="utf-8") as file:
            file.write(text)
        sys.stdout.write(f"{GOLDEN}/{release}.txt\n")


if __name__ == "__main__":
    regenerate()
