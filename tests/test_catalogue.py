"""What is known of packages that aren't installed: catalogues, and the wheels they are made from."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from tests.test_match import node
from tests.test_real_boards import ROOT
from tests.test_select import driver
from ukdrivers.errors import UkdriversError, UsageError
from ukdrivers.model import Platform
from ukdrivers.packages import Catalogues, own_catalogue, read_catalogue
from ukdrivers.values import replace
from ukdrivers.wheels import packages_in

if TYPE_CHECKING:
    import pathlib

Program = Callable[..., subprocess.CompletedProcess[str]]

ACME = """\
[[package]]
distribution = "ukdriver-acme-uart"
version = "1.4.2"
name = "acme-uart"
provides = ["console@1"]
compatible = ["acme,uart-v2", "acme,uart"]
"""
MANIFEST = """\
schema = 1
[driver]
name = "acme-uart"
summary = "Acme's UART"
class = "console"
arch = ["arm64"]
platforms = ["kvm"]
compatible = ["acme,uart"]
sources = ["uart.c"]
provides = ["console@1"]
kit = ">=1,<2"
"""
WHEEL = {
    "ukdriver_acme_uart/ukdriver.toml": MANIFEST,
    "ukdriver_acme_uart/uart.c": "",
    "ukdriver_acme_uart/__init__.py": "raise SystemExit('was imported')",
    "ukdriver_acme_uart-2.1.dist-info/METADATA": "Name: ukdriver-acme-uart\nVersion: 2.1\n\n",
    "ukdriver_acme_uart-2.1.dist-info/entry_points.txt": (
        "[ukdrivers]\nacme-uart = ukdriver_acme_uart\n"
    ),
}


@pytest.fixture(autouse=True)
def home(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> str:
    folder = str(tmp_path / "data")
    monkeypatch.setenv("XDG_DATA_HOME", folder)
    return folder


@pytest.fixture
def acme(tmp_path: pathlib.Path) -> str:
    path = tmp_path / "acme.toml"
    path.write_text(ACME)
    return str(path)


def wheel(folder: pathlib.Path, **changes: str | None) -> str:
    path = folder / "ukdriver_acme_uart-2.1-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as file:
        for name, text in {**WHEEL, **changes}.items():
            if text is not None:
                file.writestr(name, text)
    return str(path)


def test_a_node_gets_the_exact_command(acme: str) -> None:
    known = Catalogues([], [acme])

    (package,) = known.of(node("/u", "acme,uart-v3", "acme,uart"))
    assert package.install == "pip install 'ukdriver-acme-uart>=1.4.2,<2'"
    assert package.source == acme
    assert [*known.of(node("/u", "acme,uart-v3"))] == []
    assert [*known.of_driver("acme-uart")] == [package]
    assert [one.name for one in known.providing("console@1")] == ["ns16550", "pl011", "acme-uart"]
    assert [*known.providing("console@2")] == []


@pytest.mark.parametrize(
    ("present", "offered"),
    [("", True), ("1.4.1", True), ("1.4.2", False), ("1.10", False), ("odd", False)],
)
def test_of_what_is_installed_only_a_newer_version_is_offered(
    present: str, offered: bool, acme: str
) -> None:
    old = replace(driver("uart"), distribution="ukdriver-acme-uart", version=present)

    packages = [*Catalogues([old] if present else [], [acme]).of(node("/u", "acme,uart"))]

    assert [one.version for one in packages] == (["1.4.2"] if offered else [])


def test_a_newer_version_that_no_command_would_bring_is_not_offered(acme: str) -> None:
    with open(acme, "w", encoding="utf-8") as file:
        file.write(ACME.replace("1.4.2", "v1.4.2"))
    old = replace(driver("uart"), distribution="ukdriver-acme-uart", version="1.0")

    assert [*Catalogues([old], [acme]).of(node("/u", "acme,uart"))] == []


def test_a_package_for_another_platform_is_not_named(
    ukdrivers: Program, tmp_path: pathlib.Path, home: str
) -> None:
    board = tmp_path / "board.dts"
    board.write_text('/dts-v1/;\n/ { uart { compatible = "acme,uart"; }; };\n')
    os.makedirs(os.path.join(home, "ukdrivers"))

    def named(platform: str) -> str | None:
        with open(own_catalogue(), "w", encoding="utf-8") as file:
            file.write(f'{ACME}platforms = ["{platform}"]\n')
        done = ukdrivers("match", str(board), "--json", env={"XDG_DATA_HOME": home})
        install: str | None = json.loads(done.stdout)["unclaimed"][-1]["install"]
        return install

    assert (named("kvm") or "").startswith("pip install 'ukdriver-acme-uart>=1.4.2,<2'")
    assert named("xen") is None


def test_what_is_not_known_of_a_package_does_not_keep_it_out(acme: str) -> None:
    (package,) = Catalogues([], [acme]).of(node("/u", "acme,uart"))
    kvm = Platform(name="kvm", arch=("arm64",), summary="", slots=())

    assert package.fits(kvm, "arm64")
    assert not replace(package, platforms=("xen",)).fits(kvm, "arm64")
    assert not replace(package, arch=("riscv64",)).fits(kvm, "arm64")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[[package", "Expected ']]' at the end of an array declaration"),
        ("package = 1", "'int' object is not iterable, wanted a catalogue"),
        ("[[package]]\nname = 1", "package 1: distribution, version and name are texts, the rest"),
        ("[[package]]\ndistribution = 'x; y'", "'x; y' is no name or version of a"),
        ("[[package]]\ndistribution = 'x'\nversion = '1$(y)'", "'1$(y)' is no name or version"),
        (f"{ACME}provides = []", "Cannot overwrite a value"),
        ("x = " + "[" * 5000, "wanted a catalogue"),
    ],
)
def test_what_is_no_catalogue(text: str, message: str, acme: str) -> None:
    with open(acme, "w", encoding="utf-8") as file:
        file.write(text)
    with pytest.raises(UsageError) as caught:
        read_catalogue(acme)
    assert str(caught.value).startswith(f"{acme}: ")
    assert message in str(caught.value)


def test_a_wheel_is_read_and_not_run(tmp_path: pathlib.Path) -> None:
    (package,) = packages_in(wheel(tmp_path))

    assert (package.name, package.distribution) == ("acme-uart", "ukdriver-acme-uart")
    assert (package.version, package.compatible) == ("2.1", ("acme,uart",))
    assert package.requirement == "'ukdriver-acme-uart>=2.1,<3'"
    assert "ukdriver_acme_uart" not in sys.modules


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"ukdriver_acme_uart/uart.c": None}, "driver.sources[0]: 'uart.c'"),
        ({"ukdriver_acme_uart/ukdriver.toml": None}, "does not exist"),
        ({"ukdriver_acme_uart/ukdriver.toml": "schema = 2"}, "schema: is 2, wanted 1"),
        ({"ukdriver_acme_uart/../../x": "x"}, "has a file 'ukdriver_acme_uart/../../x'"),
        ({"ukdriver_acme_uart/big": "x" * (17 << 20)}, "big is larger than"),
        (
            {"ukdriver_acme_uart-2.1.dist-info/METADATA": "Name: x; y\nVersion: 1\n"},
            "'x; y' is no name or version of a distribution, wanted a wheel",
        ),
        ({"ukdriver_acme_uart-2.1.dist-info/METADATA": None}, "has no ukdriver_acme_uart-2.1"),
        (
            {"ukdriver_acme_uart-2.1.dist-info/entry_points.txt": None},
            "has no entry point in group ukdrivers",
        ),
    ],
)
def test_a_wheel_with_a_fault(
    changes: dict[str, str | None], message: str, tmp_path: pathlib.Path
) -> None:
    path = wheel(tmp_path, **changes)
    with pytest.raises(UkdriversError) as caught:
        packages_in(path)
    assert message in str(caught.value)
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize("content", [b"", b"PK\3\4", b"no wheel" * 100])
def test_no_wheel_at_all(content: bytes, tmp_path: pathlib.Path) -> None:
    path = tmp_path / "x.whl"
    path.write_bytes(content)
    with pytest.raises(UsageError, match=r"wanted a wheel$"):
        packages_in(str(path))


def test_the_command_adds_shows_uses_and_removes(
    ukdrivers: Program, tmp_path: pathlib.Path, home: str
) -> None:
    board = tmp_path / "board.dts"
    board.write_text('/dts-v1/;\n/ { uart { compatible = "acme,uart"; }; };\n')
    env = {"XDG_DATA_HOME": home}

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return ukdrivers(*arguments, env=env)

    assert json.loads(run("match", str(board), "--json").stdout)["unclaimed"][-1]["install"] is None
    assert run("catalogue", "add", wheel(tmp_path)).returncode == 0
    assert os.path.exists(own_catalogue())
    said = json.loads(run("match", str(board), "--json").stdout)["unclaimed"][-1]
    assert said["path"] == "/uart"
    assert said["install"] == (
        "pip install 'ukdriver-acme-uart>=2.1,<3'"
        " (says the wheel ukdriver_acme_uart-2.1-py3-none-any.whl)"
    )
    assert "ukdriver-acme-uart" in run("catalogue").stdout
    assert run("catalogue", "remove", "ukdriver-acme-uart").returncode == 0
    assert "ukdriver-acme-uart" not in run("catalogue").stdout
    again = run("catalogue", "remove", "ukdriver-acme-uart")
    assert again.returncode == 2
    assert "has no ukdriver-acme-uart" in again.stderr


def test_one_bad_wheel_adds_none(ukdrivers: Program, tmp_path: pathlib.Path, home: str) -> None:
    bad = tmp_path / "bad.whl"
    bad.write_bytes(b"x")
    done = ukdrivers("catalogue", "add", wheel(tmp_path), str(bad), env={"XDG_DATA_HOME": home})

    assert done.returncode == 2
    assert not os.path.exists(own_catalogue())


def test_our_own_wheels_say_what_the_shipped_catalogue_says(tmp_path: pathlib.Path) -> None:
    plugin = os.path.join(ROOT, "plugins", "pl031")
    command = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", str(tmp_path), plugin]
    subprocess.run(command, check=True)
    (name,) = os.listdir(tmp_path)

    (ours,) = packages_in(str(tmp_path / name))
    shipped = next(one for one in Catalogues([]).of(node("/r", "arm,pl031")) if one.name == "pl031")
    for key in (
        *("distribution", "version", "name", "provides", "requires"),
        *("compatible", "platforms", "arch"),
    ):
        assert getattr(ours, key) == getattr(shipped, key)
