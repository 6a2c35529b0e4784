"""What is installed, with importlib_metadata as the oracle."""

from __future__ import annotations

import os
import random
import sys
import zipfile
from typing import TYPE_CHECKING

import importlib_metadata
import pytest

from tests.site_folder import Site
from ukdrivers.distributions import DRIVERS, HOOKS, find_distributions, normalised

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    Layout = Callable[[Site, Site], object]

ENTRY = "[ukdrivers]\n{0} = ukdriver_{0}\n"
BOTH = """\
# drivers of Acme
[console_scripts]
ukdrivers-acme = acme:main

[ukdrivers]
uart=acme.uart
  net = acme.net
# off = acme.off

[ukdrivers.hooks]
acme = acme.hooks:plugin [extra]

[ukdrivers.other]
x = y
"""


def wheel(first: Site, second: Site) -> None:
    first.add_driver("pl011")
    second.add_driver("gicv2")


def shadowed(first: Site, second: Site) -> None:
    first.add("ukdriver-pl011", "0.1", entry_points=ENTRY.format("pl011"))
    second.add("ukdriver-pl011", "0.2", entry_points=ENTRY.format("gicv2"))


def shadowed_by_one_without_drivers(first: Site, second: Site) -> None:
    first.add("ukdriver-pl011")
    second.add_driver("pl011")


def shadowed_by_a_torn_one(first: Site, second: Site) -> None:
    os.mkdir(os.path.join(first.path, "ukdriver_pl011-0.1.dist-info"))
    second.add_driver("pl011")


def shadowed_in_another_spelling(first: Site, second: Site) -> None:
    info = "UKdriver.pl-011-0.1.dist-info"  # the name ends at the first hyphen
    first.add("UKdriver.pl", entry_points=ENTRY.format("a"), info=info)
    second.add("ukdriver-pl", "0.2", entry_points=ENTRY.format("b"))
    second.add("ukdriver__x", "1", entry_points=ENTRY.format("x"))
    second.add("ukdriver.x", "1", info="ukdriver.x-1.dist-info")


def develop(first: Site, second: Site) -> None:
    info = "ukdriver_pl011.egg-info"
    first.add("ukdriver-pl011", entry_points=ENTRY.format("pl011"), info=info)
    info = "ukdriver_gicv2-0.1-py3.11.egg-info"
    second.add("ukdriver-gicv2", entry_points=ENTRY.format("gicv2"), info=info)


def metadata_in_one_file(first: Site, second: Site) -> None:
    with open(os.path.join(first.path, "old-1.egg-info"), "w", encoding="ascii") as file:
        file.write("Name: old\n")
    second.add_driver("pl011")


def several_of_one_distribution(first: Site, second: Site) -> None:
    first.add("acme", "2", entry_points=BOTH)
    second.add("other", entry_points="[console_scripts]\nukdrivers = other:main\n")


def nothing(_first: Site, second: Site) -> None:
    os.rmdir(second.path)


def random_ones(seed: int) -> Layout:
    """Return a layout of few names in many spellings, so that many shadow each other."""
    pick = random.Random(seed)

    def write(*sites: Site) -> None:
        for number in range(12):
            name = pick.choice("-_.").join(pick.choices(["ukdriver", "UKDriver", "a", "B"], k=2))
            entries = pick.choice(["", ENTRY.format(f"d{number}"), BOTH])
            stem = name.replace("-", pick.choice("_."))
            site = pick.choice(sites)
            # Of two in one folder neither is the first: it is as the file system lists them.
            if all(
                normalised(stem) != normalised(one.split("-")[0]) for one in os.listdir(site.path)
            ):
                suffix = pick.choice(["dist-info", "egg-info"])
                site.add(name, "1", entry_points=entries, info=f"{stem}-{number}.{suffix}")

    return write


@pytest.mark.parametrize(
    "layout",
    [
        wheel,
        shadowed,
        shadowed_by_one_without_drivers,
        shadowed_by_a_torn_one,
        shadowed_in_another_spelling,
        develop,
        metadata_in_one_file,
        several_of_one_distribution,
        nothing,
        *map(random_ones, range(20)),
    ],
)
def test_same_as_the_oracle(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, layout: Layout
) -> None:
    first, second = Site(str(tmp_path / "first")), Site(str(tmp_path / "second"))
    layout(first, second)
    path = [first.path, second.path, first.path, str(tmp_path / "gone")]

    found, problems = find_distributions(path)

    ours = {(one.name, one.version, *entry) for one in found for entry in one.entries}
    assert ours == _oracle(path, monkeypatch)
    assert not problems


def _oracle(
    path: Iterable[str], monkeypatch: pytest.MonkeyPatch
) -> set[tuple[str, str, str, str, str]]:
    with monkeypatch.context() as patch:
        patch.setattr(sys, "path", list(path))
        return {
            (entry.dist.name, entry.dist.version, group, entry.name, entry.value)
            for group in (DRIVERS, HOOKS)
            for entry in importlib_metadata.entry_points(group=group)
            if entry.dist is not None
        }


def test_what_pip_was_removing_is_ignored(tmp_path: Path) -> None:
    site = Site(str(tmp_path))
    info = "~kdriver_pl011-0.1.dist-info"
    site.add("ukdriver-pl011", entry_points=ENTRY.format("pl011"), info=info)

    assert find_distributions([site.path]) == ([], [])


def test_name_is_spelled_as_in_the_metadata(tmp_path: Path) -> None:
    site = Site(str(tmp_path))
    site.add_driver("pl011")

    ((only,), _) = find_distributions([site.path])

    assert (only.title, only.folder) == ("ukdriver-pl011 0.1", site.path)


def test_without_metadata_the_folder_says_the_name(tmp_path: Path) -> None:
    site = Site(str(tmp_path))
    info = site.add("ukdriver-pl011", entry_points=ENTRY.format("pl011"))
    os.remove(os.path.join(info, "METADATA"))

    ((only,), _) = find_distributions([site.path])

    assert only.title == "ukdriver_pl011 0.1"


@pytest.mark.parametrize(
    ("entry_points", "message"),
    [
        ("[ukdrivers]\npl011\n", "line 2: is no 'name = value'"),
        (b"[ukdrivers]\n\xff = x\n", "is not UTF-8"),
        ("#" * (1024 * 1024 + 1), "is larger than 1048576 bytes"),
    ],
)
def test_broken_entry_points_stop_nothing_else(
    tmp_path: Path, entry_points: str | bytes, message: str
) -> None:
    site = Site(str(tmp_path))
    site.add("acme-uart", "2.0", entry_points=entry_points)
    site.add_driver("pl011")

    found, (problem,) = find_distributions([site.path])

    assert [one.name for one in found] == ["ukdriver-pl011"]
    assert (problem.subject, problem.message) == ("acme-uart 2.0", f"entry_points.txt: {message}")


def test_broken_entry_points_of_others_are_their_own_matter(tmp_path: Path) -> None:
    site = Site(str(tmp_path))
    site.add("other", entry_points=b"[console_scripts]\n\xff\n")

    assert find_distributions([site.path]) == ([], [])


def test_plugin_in_an_archive_is_refused(tmp_path: Path) -> None:
    archive = str(tmp_path / "plugins.zip")
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("ukdriver_pl011-0.1.dist-info/METADATA", "Name: ukdriver-pl011\nVersion: 0.1")
        file.writestr("ukdriver_pl011-0.1.dist-info/entry_points.txt", ENTRY.format("pl011"))
        file.writestr("other-0.1.dist-info/METADATA", "Name: other\nVersion: 0.1")
        file.writestr("other-0.1.dist-info/entry_points.txt", "[broken]\nno equals sign\n")

    found, (problem,) = find_distributions([archive])

    assert not found
    assert problem.subject == "ukdriver-pl011 0.1"
    assert problem.message == (
        f"is inside the archive {archive}, wanted files: C sources are compiled"
    )
    assert problem.hint == "pip install ukdriver-pl011"


def test_file_that_is_no_archive_is_ignored(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no archive")

    assert find_distributions([str(tmp_path / "file")]) == ([], [])


def test_folder_that_cannot_be_listed_is_said(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to("loop")

    found, (problem,) = find_distributions([str(tmp_path / "loop")])

    assert not found
    assert problem.subject == str(tmp_path / "loop")
    assert problem.message.startswith("too many levels of symbolic links")


def test_current_folder_of_an_empty_path_entry(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Site(str(tmp_path)).add_driver("pl011")
    monkeypatch.chdir(tmp_path)

    ((only,), _) = find_distributions([""])

    assert only.title == "ukdriver-pl011 0.1"
