"""Stage 1. The search path is a folder that each test writes; what runs the tests is not on it."""

from __future__ import annotations

import importlib.machinery
import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.site_folder import Site, manifest, package_files, write
from ukdrivers.registry import discover

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(str(tmp_path / "site"))


def problems(*sites: Site) -> list[tuple[str, str]]:
    found = discover([one.path for one in sites]).problems
    return [(one.subject, one.message) for one in found]


def names(*sites: Site) -> list[str]:
    return [one.name for one in discover([one.path for one in sites]).drivers]


def test_nothing_installed(site: Site) -> None:
    result = discover([site.path])

    assert result.drivers == ()
    assert result.problems == ()


def test_our_own_platform_and_host_come_through_the_hooks(site: Site) -> None:
    result = discover([site.path])

    kvm = next(one for one in result.platforms if one.name == "kvm")
    assert (kvm.name, kvm.arch) == ("kvm", ("arm64",))
    assert [slot.interface for slot in kvm.slots] == ["irqchip@1", "console@1"]
    base, unikraft = result.hosts
    assert (base.name, base.platforms) == ("base", ("kvm",))
    assert base.root == os.path.join(ROOT, "ukdrivers", "hosts", "base")
    assert {one.distribution for one in base.drivers} <= {"host base"}
    assert (unikraft.name, unikraft.platforms, unikraft.drivers) == ("unikraft", ("kvm",), ())


def test_installed_drivers_by_name_and_unimported(site: Site) -> None:
    site.add_driver("pl011")
    site.add_driver("virtio-net")
    site.add_driver("gicv2")

    result = discover([site.path])

    assert [one.name for one in result.drivers] == ["gicv2", "pl011", "virtio-net"]
    assert result.drivers[2].root == os.path.join(site.path, "ukdriver_virtio_net")
    assert (result.drivers[2].distribution, result.drivers[2].version) == (
        "ukdriver-virtio-net",
        "0.1",
    )
    assert result.problems == ()
    assert not any(name.startswith("ukdriver_") for name in sys.modules)


def test_several_drivers_of_one_plugin(site: Site) -> None:
    entries = "[ukdrivers]\nacme-uart = acme.drivers.uart\nacme-net = acme.drivers.net\n"
    files = {
        **package_files("acme/drivers/uart", "acme-uart"),
        **package_files("acme/drivers/net", "acme-net"),
    }
    site.add("ukdriver-acme", entry_points=entries, files=files)

    assert names(site) == ["acme-net", "acme-uart"]


def test_editable_installation_lies_elsewhere_on_the_path(site: Site, tmp_path: Path) -> None:
    site.add("ukdriver-pl011", entry_points="[ukdrivers]\npl011 = ukdriver_pl011\n")
    source = write(str(tmp_path / "source"), package_files("ukdriver_pl011"))

    (driver,) = discover([site.path, source]).drivers

    assert driver.root == os.path.join(source, "ukdriver_pl011")


def test_editable_installation_goes_before_what_an_older_one_left(
    site: Site, tmp_path: Path
) -> None:
    site.add("ukdriver-pl011", entry_points="[ukdrivers]\npl011 = ukdriver_pl011\n")
    os.makedirs(os.path.join(site.path, "ukdriver_pl011", "__pycache__"))
    source = write(str(tmp_path / "source"), package_files("ukdriver_pl011"))

    (driver,) = discover([site.path, source]).drivers

    assert driver.root == os.path.join(source, "ukdriver_pl011")


def test_editable_installation_that_only_an_import_hook_knows(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.add("ukdriver-pl011", entry_points="[ukdrivers]\npl011 = ukdriver_pl011\n")
    source = write(str(tmp_path / "source"), package_files("ukdriver_pl011"))

    class Finder:
        @staticmethod
        def find_spec(
            name: str, _path: Sequence[str] | None, _target: object = None
        ) -> importlib.machinery.ModuleSpec | None:
            return importlib.machinery.PathFinder.find_spec(name, [source])

    monkeypatch.setattr(sys, "meta_path", [Finder, *sys.meta_path])

    (driver,) = discover([site.path]).drivers

    assert driver.root == os.path.join(source, "ukdriver_pl011")
    assert "ukdriver_pl011" not in sys.modules


def test_first_on_the_path_shadows(site: Site, tmp_path: Path) -> None:
    target = Site(str(tmp_path / "target"))
    target.add_driver("pl011", summary="'of the target'")
    site.add_driver("pl011")

    (driver,) = discover([target.path, site.path]).drivers

    assert driver.summary == "of the target"


def test_two_plugins_with_one_driver_name_are_both_named(site: Site) -> None:
    site.add_driver("pl011")
    site.add_driver("gicv2")
    entries = "[ukdrivers]\npl011 = acme_uart\n"
    site.add("acme-uart", "2.0", entry_points=entries, files=package_files("acme_uart"))

    assert names(site) == ["gicv2"]
    assert problems(site) == [
        ("driver 'pl011'", "claimed by acme-uart 2.0 and ukdriver-pl011 0.1"),
    ]


def test_driver_with_the_name_of_a_hosts_own_is_left_out(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    host = write(site.path, {"host/psci/ukdriver.toml": manifest("psci"), "host/psci/c/psci.c": ""})
    site.add_driver("psci")
    site.add_driver("pl011")
    monkeypatch.setattr("ukdrivers.hosts._own_drivers", lambda *_: (_read(f"{host}/host/psci"),))

    result = discover([site.path])

    assert [one.name for one in result.drivers] == ["pl011"]
    (problem,) = result.problems
    assert problem.subject == "driver 'psci'"
    assert problem.message == "claimed by ukdriver-psci 0.1 and host base 9, whose part it is"
    assert problem.hint == "pip uninstall ukdriver-psci"


def _read(folder: str) -> object:
    from ukdrivers.manifest import read_manifest

    return read_manifest(f"{folder}/ukdriver.toml", distribution="host base", version="9")


def test_plugin_for_another_kit_is_skipped_and_said(site: Site) -> None:
    site.add_driver("pl011", kit="'>=2,<3'")
    site.add_driver("gicv2")

    result = discover([site.path])

    assert [one.name for one in result.drivers] == ["gicv2"]
    (problem,) = result.problems
    assert problem.skipped
    assert problem.subject == "ukdriver-pl011 0.1"
    assert problem.message == "ukdriver.toml: driver.kit: is '>=2,<3', this kit is 1"


def test_broken_manifest_stops_nothing_else(site: Site) -> None:
    site.add_driver("pl011", compatible="'arm,pl011'")
    site.add_driver("gicv2")

    result = discover([site.path])

    assert [one.name for one in result.drivers] == ["gicv2"]
    (problem,) = result.problems
    assert not problem.skipped
    assert problem.subject == "ukdriver-pl011 0.1"
    assert problem.message == (
        "ukdriver.toml: driver.compatible: is a string, wanted an array of strings"
    )


def test_package_without_a_manifest(site: Site) -> None:
    site.add_driver("absent")
    os.remove(os.path.join(site.path, "ukdriver_absent", "ukdriver.toml"))

    place = os.path.join(site.path, "ukdriver_absent")
    assert problems(site) == [("ukdriver-absent 0.1", f"ukdriver.toml: does not exist in {place}")]


def test_package_that_is_not_there(site: Site) -> None:
    site.add_driver("absent")
    shutil.rmtree(os.path.join(site.path, "ukdriver_absent"))

    message = "entry point 'absent': package 'ukdriver_absent' is not installed"
    assert problems(site) == [("ukdriver-absent 0.1", message)]


@pytest.mark.parametrize("value", ["../etc", "a:b", "a.", "", ".a", "a/b", "a [x]", "a\x1bb"])
def test_value_that_is_no_package(site: Site, value: str) -> None:
    site.add("acme", entry_points=f"[ukdrivers]\npl011 = {value}\n")

    shown = repr(value)
    message = f"entry point 'pl011': is {shown}, wanted a package"
    assert problems(site) == [("acme 0.1", message)]


def test_entry_point_called_otherwise_than_the_driver(site: Site) -> None:
    files = package_files("ukdriver_virtio_net", "virtio-net")
    entries = "[ukdrivers]\nvirtio_net = ukdriver_virtio_net\n"
    site.add("ukdriver-virtio-net", entry_points=entries, files=files)

    message = "entry point 'virtio_net': wanted the driver's own name, 'virtio-net'"
    assert problems(site) == [("ukdriver-virtio-net 0.1", message)]


def test_distribution_called_otherwise_than_its_driver(site: Site) -> None:
    entries = "[ukdrivers]\npl011 = ukdriver_pl011\n"
    files = package_files("ukdriver_pl011")
    site.add("ukdriver-pl11", entry_points=entries, files=files)

    assert problems(site) == [
        (
            "ukdriver-pl11 0.1",
            (
                "ukdriver.toml: driver.name: is 'pl011' in the distribution 'ukdriver-pl11',"
                " wanted 'ukdriver-pl011'"
            ),
        )
    ]


def test_distribution_in_another_spelling_is_the_same(site: Site) -> None:
    entries = "[ukdrivers]\nvirtio-net = ukdriver_virtio_net\n"
    files = package_files("ukdriver_virtio_net", "virtio-net")
    site.add("UKdriver.virtio_net", entry_points=entries, files=files)

    assert names(site) == ["virtio-net"]


def test_catalogues_are_found_and_not_imported(site: Site, tmp_path: Path) -> None:
    entries = "[ukdrivers.catalogue]\nacme = acme.known\n"
    files = {"acme/__init__.py": "1 / 0", "acme/known/catalogue.toml": ""}
    site.add("acme", entry_points=entries, files=files)
    site.add("editable", entry_points="[ukdrivers.catalogue]\nx = elsewhere\n")
    source = write(str(tmp_path / "source"), {"elsewhere/catalogue.toml": ""})
    site.add("empty", entry_points="[ukdrivers.catalogue]\nx = empty\n", files={"empty/x": ""})

    result = discover([site.path, source])

    assert sorted(result.catalogues) == [
        os.path.join(site.path, "acme", "known", "catalogue.toml"),
        os.path.join(source, "elsewhere", "catalogue.toml"),
    ]
    (problem,) = result.problems
    place = os.path.join(site.path, "empty")
    assert (problem.subject, problem.message) == (
        "empty 0.1",
        f"catalogue.toml: does not exist in {place}",
    )


def test_path_entries_that_are_no_text_are_ignored(site: Site, tmp_path: Path) -> None:
    site.add_driver("pl011")

    result = discover([tmp_path, site.path])  # type: ignore[list-item]

    assert [one.name for one in result.drivers] == ["pl011"]


def test_same_answer_twice(site: Site) -> None:
    site.add_driver("pl011")
    site.add_driver("gicv2", kit="'>=2'")

    assert discover([site.path]) == discover([site.path])


def test_no_slow_import_on_the_way(site: Site) -> None:
    site.add_driver("pl011")
    site.add("other", entry_points="[console_scripts]\nx = y:z\n")
    program = (
        "import sys; sys.path.append(sys.argv[1]);"
        "from ukdrivers.registry import discover; print(len(discover().problems), *sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, site.path],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )

    slow = {"importlib.metadata", "importlib_metadata", "packaging", "difflib", "pathlib", "json"}
    slow |= {"subprocess", "tempfile", "importlib.util", "argparse", "logging", "email"}
    assert slow.isdisjoint(done.stdout.split())
    assert "ukdriver_pl011" not in done.stdout.split()
