"""Trees: every probe answered both ways, for the layout of each release."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

from tests.unikraft_drivers import BOTH, GICV2, PL011, driver
from tests.unikraft_tree import CLASSES, RELEASES, make_tree
from ukdrivers.errors import SelectError, UsageError
from ukdrivers.unikraft import GLUE, ROOT
from ukdrivers.unikraft.adapter import ADAPTERS, adapter_of
from ukdrivers.unikraft.glue import ALWAYS, PAGED, STAND_INS, UNPAGED
from ukdrivers.unikraft.needs import NEEDS, check_needs
from ukdrivers.unikraft.tree import read_tree

if TYPE_CHECKING:
    import pathlib

    from ukdrivers.unikraft.needs import Need

Make = Callable[[str], str]


@pytest.fixture
def make(tmp_path: pathlib.Path) -> Make:
    return lambda release: make_tree(tmp_path, release)


# what is read


@pytest.mark.parametrize("release", RELEASES)
def test_classes_and_drivers_are_those_that_make_imports(make: Make, release: str) -> None:
    tree = read_tree(make(release))

    assert tree.version == ("0.17.0" if release == "staging" else release)
    assert {one.name: one.drivers for one in tree.classes} == {
        one.name: CLASSES[one.name][0] for one in tree.classes
    }
    consoles = {"0.15.0": [], "staging": ["ukconsole"]}.get(release, ["uktty"])
    assert [one.name for one in tree.classes if one.title == "Serial console"] == consoles


def test_folder_that_make_does_not_import_is_no_driver(make: Make) -> None:
    root = make("0.17.0")
    os.makedirs(f"{root}/drivers/ukbus/unused")

    assert "drivers/ukbus/unused" not in read_tree(root).folders()


def test_commented_import_is_none(make: Make) -> None:
    root = make("0.17.0")
    with open(f"{root}/drivers/ukbus/Makefile.uk", "a", encoding="utf-8") as file:
        file.write("# $(eval $(call import_lib,$(UK_DRIV_BUS_BASE)/old))\n")

    assert "drivers/ukbus/old" not in read_tree(root).folders()


def test_class_without_a_menu_is_named_for_its_folder(make: Make) -> None:
    root = make("0.17.0")
    os.makedirs(f"{root}/drivers/new/one")
    with open(f"{root}/drivers/Makefile.uk", "a", encoding="utf-8") as file:
        file.write("$(eval $(call import_lib,$(UK_DRIV_BASE)/new))\n")
    with open(f"{root}/drivers/new/Makefile.uk", "w", encoding="utf-8") as file:
        file.write("$(eval $(call import_lib,$(UK_DRIV_BASE)/new/one))\n")

    new = read_tree(root).classes[-1]

    assert (new.name, new.title, new.drivers, new.configured) == (
        "new",
        "new",
        ("one",),
        frozenset(),
    )


def test_link_to_a_tree_is_followed(make: Make, tmp_path: pathlib.Path) -> None:
    root = make("0.17.0")
    link = tmp_path.parent / f"{tmp_path.name}-link"
    link.symlink_to(root)

    assert read_tree(str(link)).root == root


# adapters


@pytest.mark.parametrize(
    ("release", "name"),
    [("0.15.0", "uart"), ("0.16.0", "uktty"), ("0.16.3", "uktty"), ("0.17.0", "uktty")],
)
def test_adapter_by_what_the_tree_has(make: Make, release: str, name: str) -> None:
    assert adapter_of(read_tree(make(release))).name == name


def test_staging_calls_itself_0_17_0_and_is_told_apart(make: Make) -> None:
    tree = read_tree(make("staging"))

    assert (tree.version, adapter_of(tree).name) == ("0.17.0", "ukconsole")


def test_unknown_newer_tree_gets_the_newest_adapter(make: Make) -> None:
    root = make("0.17.0")
    shutil.rmtree(f"{root}/drivers/uktty")
    with open(f"{root}/version.mk", "w", encoding="utf-8") as file:
        file.write("UK_VERSION = 0\nUK_SUBVERSION = 99\n")

    tree = read_tree(root)

    assert (tree.version, adapter_of(tree)) == ("0.99", ADAPTERS[0])


@pytest.mark.parametrize("adapter", ADAPTERS, ids=lambda one: one.name)
def test_every_file_of_an_adapter_is_there(adapter: object) -> None:
    parts = adapter.parts  # type: ignore[attr-defined]
    named = {one for part in parts for one in (*part.sources, *part.absent)}

    for one in named | {*ALWAYS, *PAGED, *UNPAGED, *STAND_INS}:
        assert os.path.isfile(os.path.join(GLUE, one)), one


def test_every_file_of_the_glue_is_of_an_adapter() -> None:
    parts = [part for one in ADAPTERS for part in one.parts]
    named = {one for part in parts for one in (*part.sources, *part.absent)}

    files = {one for one in os.listdir(GLUE) if one.endswith(".c")}

    assert files == named | {*ALWAYS, *PAGED, *UNPAGED, *STAND_INS}


# not a tree, or too old


def test_no_such_folder(tmp_path: pathlib.Path) -> None:
    with pytest.raises(UsageError, match=r"^/.*/nowhere: no such folder, wanted a Unikraft tree$"):
        read_tree(str(tmp_path / "nowhere"))


@pytest.mark.parametrize("missing", ["Config.uk", "Makefile", "version.mk"])
def test_not_a_tree(make: Make, missing: str) -> None:
    root = make("0.17.0")
    os.remove(f"{root}/{missing}")

    with pytest.raises(UsageError, match=rf"^{root}: has no {missing}, wanted a Unikraft tree$"):
        read_tree(root)


def test_older_than_the_oldest_says_what_it_lacks(make: Make) -> None:
    root = make("0.15.0")
    shutil.rmtree(f"{root}/drivers")
    shutil.rmtree(f"{root}/lib/ukintctlr")
    with open(f"{root}/version.mk", "w", encoding="utf-8") as file:
        file.write("UK_VERSION = 0\nUK_SUBVERSION = 14\nUK_EXTRAVERSION = 0\n")

    with pytest.raises(UsageError) as caught:
        read_tree(root)

    assert str(caught.value) == (
        f"{root}: is Unikraft 0.14.0, wanted 0.15.0 or later: no drivers/Makefile.uk (a folder of "
        "drivers); no lib/ukintctlr/Makefile.uk (the interrupt controller library)"
    )


def test_old_by_its_version_alone(make: Make) -> None:
    root = make("0.15.0")
    with open(f"{root}/version.mk", "w", encoding="utf-8") as file:
        file.write("UK_VERSION = 0\nUK_SUBVERSION = 5\n")

    with pytest.raises(UsageError, match=r": is Unikraft 0\.5, wanted 0\.15\.0 or later$"):
        read_tree(root)


def test_version_that_nobody_can_read_is_no_reason(make: Make) -> None:
    root = make("0.17.0")
    with open(f"{root}/version.mk", "w", encoding="utf-8") as file:
        file.write("UK_VERSION = $(shell git describe)\n")

    assert adapter_of(read_tree(root)).name == "uktty"


# needs

TREE_HEADER = re.compile(r"^#include <((?:uk/|arm/)[^>]*|libfdt\.h)>", re.MULTILINE)
OWN = ("uk/bus/pci.h", "uk/bus/platform.h")


def sources() -> Iterator[tuple[str, str]]:
    for folder, prefix in ((GLUE, ""), (f"{ROOT}/bus", "bus/"), (f"{ROOT}/pci", "pci/")):
        for above, _, names in os.walk(folder):
            for name in names:
                path = os.path.join(above, name)
                if name.endswith((".c", ".h")):
                    yield f"{prefix}{os.path.relpath(path, folder)}", path


@pytest.mark.parametrize(("source", "path"), sorted(sources()))
def test_every_header_of_a_tree_is_probed(source: str, path: str) -> None:
    with open(path, encoding="utf-8") as file:
        text = file.read()

    included = {one for one in TREE_HEADER.findall(text) if one not in OWN}

    assert {need.header for need in NEEDS.get(source, ())} == included


def test_every_symbol_that_is_probed_is_used() -> None:
    texts = {}
    for source, path in sources():
        with open(path, encoding="utf-8") as file:
            texts[source] = set(re.findall(r"\w+", file.read()))

    used = set().union(*texts.values())
    for source, needs in NEEDS.items():
        for need in needs:
            assert set(need.names) <= used, f"{source}: <{need.header}>"


def test_every_probe_is_of_a_file() -> None:
    assert set(NEEDS) <= {source for source, _ in sources()}


@pytest.mark.parametrize("release", RELEASES)
def test_each_release_has_all_that_is_needed(make: Make, release: str) -> None:
    tree = read_tree(make(release))

    check_needs(tree, adapter_of(tree), BOTH)


def needs_of(release: str) -> list[Need]:
    """Return what the drivers of ``BOTH`` need."""
    other = "console_tty.c" if release == "staging" else "console_ukconsole.c"
    devices = ("blkdev.c", "clock.c", "devices.c", "memory.c")
    without = (other, *devices, "netdev.c", "netdev.h", "netdev_frames.c")
    needs = [
        need
        for source, one in NEEDS.items()
        if source not in without and not source.startswith("pci/")
        for need in one
    ]
    return sorted(set(needs), key=lambda one: (one.place, one.header))


@pytest.mark.parametrize("release", ["0.15.0", "0.17.0", "staging"])
def test_missing_header_is_named(make: Make, release: str) -> None:
    root = make(release)
    for need in needs_of(release):
        path = os.path.join(root, need.place, need.header)
        os.rename(path, f"{path}.away")
        tree = read_tree(root)

        with pytest.raises(SelectError) as caught:
            check_needs(tree, ADAPTERS[0] if release == "staging" else adapter_of(tree), BOTH)

        said = f"<{need.header}> in {need.place} (in Unikraft from {need.since} on), wanted by "
        assert str(caught.value).startswith(f"{root}: lacks ")
        assert said in str(caught.value)
        os.rename(f"{path}.away", path)


@pytest.mark.parametrize("release", ["0.15.0", "0.17.0", "staging"])
def test_missing_symbol_is_named(make: Make, release: str) -> None:
    root = make(release)
    for need in needs_of(release):
        path = os.path.join(root, need.place, need.header)
        with open(path, encoding="utf-8") as file:
            text = file.read()
        for name in need.names:
            with open(path, "w", encoding="utf-8") as file:
                file.write(text.replace(name, f"{name}_v2"))

            tree = read_tree(root)
            with pytest.raises(
                SelectError, match=rf"\b{name}\b.* in <{need.header}> \(in Unikraft"
            ):
                check_needs(tree, adapter_of(tree), BOTH)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)


@pytest.mark.parametrize("library", ["lib/ukofw", "lib/fdt", "lib/ukbus", "lib/ukdebug"])
def test_missing_library_is_named(make: Make, library: str) -> None:
    root = make("0.17.0")
    shutil.rmtree(f"{root}/{library}")

    tree = read_tree(root)

    with pytest.raises(
        SelectError, match=rf"^{root}: lacks .*{library} \(in Unikraft from 0\.15\.0"
    ):
        check_needs(tree, adapter_of(tree), BOTH)


def test_library_is_missed_by_who_needs_it(make: Make) -> None:
    root = make("0.17.0")
    shutil.rmtree(f"{root}/lib/ukofw")
    tree = read_tree(root)

    check_needs(tree, adapter_of(tree), [PL011])
    with pytest.raises(
        SelectError, match=r"lib/ukofw \(in Unikraft from 0\.15\.0 on\), wanted by gicv2$"
    ):
        check_needs(tree, adapter_of(tree), [GICV2])


def test_clock_of_the_tree_is_needed_by_a_clock_alone(make: Make) -> None:
    root = make("0.17.0")
    os.remove(f"{root}/include/uk/plat/time.h")
    tree = read_tree(root)

    check_needs(tree, adapter_of(tree), BOTH)
    with pytest.raises(
        SelectError, match=r"lacks <uk/plat/time\.h> in include \(.*\), wanted by pl031$"
    ):
        check_needs(tree, adapter_of(tree), [driver("pl031", "rtc"), *BOTH])


def test_console_library_of_newer_trees(make: Make) -> None:
    root = make("staging")
    shutil.rmtree(f"{root}/lib/ukboot")

    tree = read_tree(root)

    with pytest.raises(
        SelectError,
        match=r"^/.*: lacks lib/ukboot \(in Unikraft from 0\.18\.0 on\), wanted by pl011$",
    ):
        check_needs(tree, adapter_of(tree), BOTH)


def test_all_that_is_missing_is_named_at_once(make: Make) -> None:
    root = make("0.17.0")
    shutil.rmtree(f"{root}/lib/ukofw")
    shutil.rmtree(f"{root}/lib/ukbus")

    tree = read_tree(root)

    with pytest.raises(SelectError, match=r"lib/ukofw.*; lib/ukbus"):
        check_needs(tree, adapter_of(tree), [driver("rtc", "rtc"), *BOTH])
