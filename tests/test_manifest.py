"""The manifest. Every file is written here; nothing has to be installed."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from tests.conftest import ROOT
from tests.site_folder import manifest, write
from ukdrivers.errors import ManifestError
from ukdrivers.manifest import CLASSES, KIT_VERSION, KitMismatch, read_manifest
from ukdrivers.model import Driver

if TYPE_CHECKING:
    from pathlib import Path

FULL = """\
schema = 1

[driver]
name       = "virtio-net"
summary    = 'Virtio "network" device'
class      = "net"
arch       = ["arm64", "x86_64"]
platforms  = ["kvm", "xen"]
compatible = ["virtio,net"]
sources    = ["c/net.c", "c/ring.S"]
config     = "Config.uk"
provides   = ["net@1"]
requires   = ["virtio-transport@1", "dma@12"]
kit        = ">=1,<2"
replaces   = ["drivers/virtio/net"]
"""


def read(folder: Path, text: str | bytes, *, package: str = "ukdriver_pl011") -> Driver:
    root = folder / package
    write(str(root), {"ukdriver.toml": text, "c/pl011.c": "", "c/net.c": "", "c/ring.S": ""})
    write(str(root), {"Config.uk": ""})
    path = str(root / "ukdriver.toml")
    return read_manifest(path, distribution="ukdriver-pl011", version="0.1")


def refused(folder: Path, text: str | bytes, *, kind: type[ManifestError] = ManifestError) -> str:
    """Return what is said after the distribution and the file."""
    with pytest.raises(kind, match=r"^ukdriver-pl011 0\.1: ukdriver\.toml:") as caught:
        read(folder, text)
    assert str(caught.value).isprintable()
    return str(caught.value).removeprefix("ukdriver-pl011 0.1: ukdriver.toml").lstrip(": ")


def test_every_key_reaches_the_driver(tmp_path: Path) -> None:
    assert read(tmp_path, FULL, package="ukdriver_virtio_net") == Driver(
        name="virtio-net",
        summary='Virtio "network" device',
        class_="net",
        arch=("arm64", "x86_64"),
        platforms=("kvm", "xen"),
        compatible=("virtio,net",),
        sources=("c/net.c", "c/ring.S"),
        config="Config.uk",
        provides=("net@1",),
        requires=("virtio-transport@1", "dma@12"),
        kit=">=1,<2",
        replaces=("drivers/virtio/net",),
        root=str(tmp_path / "ukdriver_virtio_net"),
        distribution="ukdriver-pl011",
        version="0.1",
    )


def test_other_spellings_of_the_name(tmp_path: Path) -> None:
    driver = read(tmp_path, FULL, package="ukdriver_virtio_net")

    assert driver.ident == "virtio_net"
    assert driver.library == "libukdriver_virtio_net"
    assert driver.symbol == "LIBUKDRIVER_VIRTIO_NET"
    assert driver.object == "ukd_driver_virtio_net"


def test_what_may_be_left_out(tmp_path: Path) -> None:
    driver = read(tmp_path, manifest())

    assert driver.config is None
    assert (driver.provides, driver.requires, driver.replaces) == ((), (), ())


@pytest.mark.parametrize("name", CLASSES)
def test_every_class_is_taken(tmp_path: Path, name: str) -> None:
    assert read(tmp_path, manifest(class_=f'"{name}"')).class_ == name


@pytest.mark.parametrize(
    "key", ["name", "summary", "class", "arch", "platforms", "compatible", "sources", "kit"]
)
def test_missing_key(tmp_path: Path, key: str) -> None:
    assert refused(tmp_path, manifest(**{key: None})) == f"driver.{key}: missing"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "schema: missing"),
        ("schema = 1", "driver: missing"),
        ("schema = 2\n[thing]", "schema: is 2, wanted 1"),
        ("schema = true\n[driver]", "schema: is a boolean, wanted an integer"),
        ("schema = '1'\n[driver]", "schema: is a string, wanted an integer"),
        ("schema = 1\ndriver = 'x'", "driver: is a string, wanted one table"),
        ("schema = 1\n[[driver]]", "driver: is an array of tables, wanted one table"),
        ("schema = 1\n[drivers]", "drivers: unknown key, the nearest is 'driver'"),
        ("schema = 1\n[driver]\n[zzz]", "zzz: unknown key, wanted one of driver, schema"),
        (
            manifest(compatable="['x']", compatible=None),
            "driver.compatable: unknown key, the nearest is 'compatible'",
        ),
        (
            manifest() + '"a\\u001b[31m" = 1',
            (
                r"driver.'a\x1b[31m': unknown key, wanted one of arch, class, compatible, config,"
                " kit, name, platforms, provides, replaces, requires, sources, summary"
            ),
        ),
    ],
)
def test_keys(tmp_path: Path, text: str, message: str) -> None:
    assert refused(tmp_path, text) == message


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("compatible", '"arm,pl011"', "is a string, wanted an array of strings"),
        ("compatible", "[1]", "[0]: is an integer, wanted a string"),
        ("compatible", "[['a']]", "[0]: is an array, wanted a string"),
        ("sources", "{ a = 1 }", "is a table, wanted an array of strings"),
        ("sources", "[{ a = 1 }]", "[0]: is a table, wanted a string"),
        ("requires", "1979-05-27", "is a date or time, wanted an array of strings"),
        ("summary", "1.5", "is a float, wanted a string"),
        ("summary", "['a']", "is an array, wanted a string"),
        ("config", "false", "is a boolean, wanted a string"),
        ("kit", "1", "is an integer, wanted a string"),
        ("summary", "' '", "is empty"),
        ("summary", f"'{'x' * 300}'", "is 300 characters long, wanted at most 256"),
        ("summary", '"a\\nb"', r"is 'a\nb', wanted printable text on one line"),
        ("summary", '"\\u001b[2J"', r"is '\x1b[2J', wanted printable text on one line"),
        ("summary", '"a\\u202eb"', r"is 'a\u202eb', wanted printable text on one line"),
        ("arch", "[]", "is empty, wanted one string at least"),
        ("platforms", "[]", "is empty, wanted one string at least"),
        ("sources", "[]", "is empty, wanted one string at least"),
        (
            "compatible",
            "[]",
            "is empty, and driver.requires too: nothing would ever bind the driver",
        ),
        ("compatible", "['a,b', 'a,b']", "lists 'a,b' twice"),
        ("sources", "['c/pl011.c', 'c/pl011.c']", "lists 'c/pl011.c' twice"),
    ],
)
def test_type_and_shape(tmp_path: Path, key: str, value: str, message: str) -> None:
    between = "" if message.startswith("[") else ": "
    assert refused(tmp_path, manifest(**{key: value})) == f"driver.{key}{between}{message}"


def test_driver_without_compatible_strings_is_bound_through_an_interface(tmp_path: Path) -> None:
    driver = read(tmp_path, manifest(compatible="[]", requires="['virtio-transport@1']"))

    assert driver.compatible == ()


@pytest.mark.parametrize(
    "name", ["PL011", "pl_011", "-pl011", "pl011-", "pl--011", "0pl", "pl 011", "../pl", "ä"]
)
def test_bad_name(tmp_path: Path, name: str) -> None:
    wanted = "wanted lower case words joined by hyphens, such as 'virtio-net'"
    assert refused(tmp_path, manifest(name=f"'{name}'")) == f"driver.name: is '{name}', {wanted}"


def test_name_spelled_unlike_the_package(tmp_path: Path) -> None:
    assert refused(tmp_path, manifest(name="'pl-011'")) == (
        "driver.name: is 'pl-011' in the package 'ukdriver_pl011', wanted 'ukdriver_pl_011'"
    )


def test_package_of_a_host_may_be_called_anything(tmp_path: Path) -> None:
    assert read(tmp_path, manifest(), package="anything").name == "pl011"


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("class", "'consol'", ": is 'consol', the nearest is 'console'"),
        ("arch", "['arm64', 'ARM']", "[1]: is 'ARM', wanted a name such as 'arm64'"),
        (
            "platforms",
            "['K_VM']",
            "[0]: is 'K_VM', wanted lower case words joined by hyphens, such as 'virtio-net'",
        ),
        (
            "compatible",
            "['arm,pl011', 'arm pl011']",
            "[1]: is 'arm pl011', wanted a compatible string such as 'arm,pl011'",
        ),
        (
            "compatible",
            "[',pl011']",
            "[0]: is ',pl011', wanted a compatible string such as 'arm,pl011'",
        ),
    ],
)
def test_bad_value(tmp_path: Path, key: str, value: str, message: str) -> None:
    assert refused(tmp_path, manifest(**{key: value})) == f"driver.{key}{message}"


@pytest.mark.parametrize("key", ["provides", "requires"])
@pytest.mark.parametrize(
    "interface", ["irqchip", "irqchip@", "irqchip@0", "irqchip@01", "irqchip@1.0", "@1", "a@b@1"]
)
def test_bad_interface(tmp_path: Path, key: str, interface: str) -> None:
    wanted = "wanted a name and a version such as 'irqchip@1'"
    message = refused(tmp_path, manifest(**{key: f"['{interface}']"}))
    assert message == f"driver.{key}[0]: is '{interface}', {wanted}"


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("c/gone.c", "'c/gone.c' does not exist in {root}"),
        ("c", "is 'c', wanted a name ending in .c or .S"),
        ("folder.c", "'folder.c' is no file in {root}"),
        ("/etc/x.c", "'/etc/x.c' leaves the package, wanted a path inside it"),
        ("../x.c", "'../x.c' leaves the package, wanted a path inside it"),
        ("c/../../x.c", "'c/../../x.c' leaves the package, wanted a path inside it"),
        ("c/link.c", "'c/link.c' is a link that leaves the package, wanted a file inside it"),
        ("up/x.c", "'up/x.c' is a link that leaves the package, wanted a file inside it"),
        ("./c/pl011.c", "is './c/pl011.c', wanted 'c/pl011.c'"),
        ("c//pl011.c", "is 'c//pl011.c', wanted 'c/pl011.c'"),
        ("c/a b.c", "is 'c/a b.c', wanted a path of letters, digits and any of . _ + - /"),
        ("c/$(x).c", "is 'c/$(x).c', wanted a path of letters, digits and any of . _ + - /"),
    ],
)
def test_bad_source(tmp_path: Path, source: str, message: str) -> None:
    root, outside = tmp_path / "ukdriver_pl011", tmp_path / "outside"
    write(str(outside), {"x.c": ""})
    (root / "folder.c").mkdir(parents=True)
    (root / "c").mkdir()
    (root / "c" / "link.c").symlink_to(outside / "x.c")
    (root / "up").symlink_to(outside)

    expected = message.format(root=root)
    assert refused(tmp_path, manifest(sources=f"['{source}']")) == f"driver.sources[0]: {expected}"


def test_link_inside_the_package_is_taken(tmp_path: Path) -> None:
    root = tmp_path / "ukdriver_pl011"
    write(str(root), {"c/real.c": ""})
    (root / "c" / "link.c").symlink_to("real.c")

    assert read(tmp_path, manifest(sources="['c/link.c']")).sources == ("c/link.c",)


def test_package_reached_through_a_link_is_taken(tmp_path: Path) -> None:
    read(tmp_path / "far", manifest())
    (tmp_path / "ukdriver_pl011").symlink_to(tmp_path / "far" / "ukdriver_pl011")

    assert read(tmp_path, manifest()).root == str(tmp_path / "ukdriver_pl011")


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("config", "'Gone.uk'", ": 'Gone.uk' does not exist in {root}"),
        (
            "config",
            "'../Config.uk'",
            ": '../Config.uk' leaves the package, wanted a path inside it",
        ),
        ("replaces", "['/drivers']", "[0]: '/drivers' leaves the package, wanted a path inside it"),
        ("replaces", "['drivers/']", "[0]: is 'drivers/', wanted 'drivers'"),
    ],
)
def test_bad_path(tmp_path: Path, key: str, value: str, message: str) -> None:
    expected = f"driver.{key}{message.format(root=tmp_path / 'ukdriver_pl011')}"
    assert refused(tmp_path, manifest(**{key: value})) == expected


@pytest.mark.parametrize("kit", [">=1,<2", ">=0,<10", "==1.*", ">=1", "~=1.0", ">= 1, < 2", ""])
def test_kits_that_fit(tmp_path: Path, kit: str) -> None:
    if kit:
        assert read(tmp_path, manifest(kit=f"'{kit}'")).kit == kit
    else:
        assert refused(tmp_path, manifest(kit="''")) == "driver.kit: is empty"


@pytest.mark.parametrize("kit", [">=2,<3", ">=0,<1", "==2", ">1", "<1"])
def test_kit_mismatch_has_an_error_of_its_own(tmp_path: Path, kit: str) -> None:
    message = refused(tmp_path, manifest(kit=f"'{kit}'"), kind=KitMismatch)
    assert message == f"driver.kit: is '{kit}', this kit is 1"


def test_kit_mismatch_comes_before_keys_of_a_later_kit(tmp_path: Path) -> None:
    text = manifest(kit="'>=2,<3'", later="true")
    assert refused(tmp_path, text, kind=KitMismatch) == "driver.kit: is '>=2,<3', this kit is 1"


@pytest.mark.parametrize("kit", ["one", ">=1,<two", ">=,<2", "1"])
def test_kit_that_is_no_specifier(tmp_path: Path, kit: str) -> None:
    wanted = "wanted a version specifier such as '>=1,<2'"
    message = refused(tmp_path, manifest(kit=f"'{kit}'"))
    assert message == f"driver.kit: is '{kit}', {wanted}"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("schema = 1\n\n[driver\n", r"^3: expected '\]' at the end of a table declaration$"),
        ("schema =", r"^1: invalid value$"),
        ("schema = 1\nname = 'a\x1bb'", r"^2: \S.* character '\\x1b'$"),
        ("schema = 1\nschema = 1", r"^2: cannot overwrite a value$"),
        ("a = [\n\n", r"^2: "),
        ("a" + ".a" * 30_000 + " = 1", r"^1: a key has more than 16 parts$"),
        ("a = " + "[" * 60_000, r"^cannot be read as TOML, wanted strings and arrays of them$"),
        ("a = " + "1" * 60_000, r"^cannot be read as TOML, wanted strings and arrays of them$"),
        (b"schema = 1\n# \xff\n", r"^2: is not UTF-8$"),
        ("#" * 65_537, r"^is larger than 65536 bytes$"),
    ],
)
def test_broken_file(tmp_path: Path, text: str | bytes, message: str) -> None:
    start = time.process_time()
    assert re.search(message, refused(tmp_path, text))
    assert time.process_time() - start < 1


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(
        ManifestError, match=rf"^d 1: ukdriver\.toml: does not exist in {re.escape(str(tmp_path))}$"
    ):
        read_manifest(str(tmp_path / "ukdriver.toml"), distribution="d", version="1")


def test_pipe_is_refused_and_not_waited_on(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "ukdriver.toml")

    with pytest.raises(ManifestError, match=r"^d 1: ukdriver\.toml: is no regular file$"):
        read_manifest(str(tmp_path / "ukdriver.toml"), distribution="d", version="1")


def test_unreadable_file(tmp_path: Path) -> None:
    (tmp_path / "ukdriver.toml").symlink_to("ukdriver.toml")

    with pytest.raises(ManifestError, match=r"^d 1: ukdriver\.toml: too many levels of symbolic"):
        read_manifest(str(tmp_path / "ukdriver.toml"), distribution="d", version="1")


def test_sound_manifest_takes_no_slow_import(tmp_path: Path) -> None:
    read(tmp_path, manifest())
    program = (
        "import sys; from ukdrivers.manifest import read_manifest;"
        f"read_manifest({str(tmp_path / 'ukdriver_pl011' / 'ukdriver.toml')!r},"
        "distribution='d', version='1'); print(*sys.modules)"
    )
    root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=root, check=True, capture_output=True, text=True
    )

    assert {"packaging", "difflib", "pathlib"}.isdisjoint(done.stdout.split())


def test_the_kit_s_version_is_that_of_its_headers() -> None:
    path = os.path.join(ROOT, "ukdrivers", "kit", "include", "ukd", "driver.h")
    with open(path, encoding="utf-8") as header:
        versions = re.findall(r"^#define UKD_KIT_VERSION\s+(\d+)$", header.read(), re.MULTILINE)

    assert versions == [KIT_VERSION]
