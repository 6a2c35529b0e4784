"""Configuration: real Kconfig trees on disk, menus built here.

The host tree of these tests is ``data/host``; one test at the end reads the host ``base``.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
import types
from typing import TYPE_CHECKING

import pytest

import ukdrivers
from ukdrivers import kconfig
from ukdrivers.config import evaluate
from ukdrivers.errors import ConfigError
from ukdrivers.menu import compose
from ukdrivers.model import (
    Config,
    Driver,
    Host,
    Menu,
    MenuEntry,
    Node,
    Platform,
    Selected,
    Selection,
)
from ukdrivers.terminal import edit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

TREE = os.path.join(os.path.dirname(__file__), "data", "host")
BASE = os.path.join(os.path.dirname(ukdrivers.__file__), "hosts", "base")

MENU = """\
menu "Device Drivers"

config HAVE_LIBUKDRIVER_BUS
	bool
	default y if PLAT_KVM

config HAVE_LIBUKDRIVER_NET
	bool
	default y if PLAT_KVM

config LIBUKDRIVER_BUS
	bool "bus: a bus"
	depends on HAVE_LIBUKDRIVER_BUS
	default y

config LIBUKDRIVER_BUS_DEPTH
	int "Depth of the search"
	depends on LIBUKDRIVER_BUS
	range 1 8
	default 4

config LIBUKDRIVER_NET
	bool "net: a network interface"
	depends on HAVE_LIBUKDRIVER_NET
	depends on LIBUKDRIVER_BUS
	default n

endmenu
"""


def driver(
    name: str,
    *,
    provides: Sequence[str] = (),
    requires: Sequence[str] = (),
    root: str = "/plugins",
    config: str | None = None,
) -> Driver:
    return Driver(
        name=name,
        summary=f"a {name}",
        class_="net",
        arch=("arm64",),
        platforms=("kvm",),
        compatible=(f"acme,{name}",),
        sources=(),
        config=config,
        provides=tuple(provides),
        requires=tuple(requires),
        kit=">=1,<2",
        replaces=(),
        root=root,
        distribution=f"acme-{name}",
        version="0.1",
    )


def entry(one: Driver, *, default: bool) -> MenuEntry:
    return MenuEntry(symbol=one.symbol, driver=one, default=default, comment="")


BUS, NET = driver("bus", provides=["bus@1"]), driver("net", requires=["bus@1"])


def host(root: str = TREE) -> Host:
    return Host(name="small", summary="", root=root, platforms=("kvm",), drivers=())


class Drivers:
    """A wired folder with a menu in it, evaluated against a host tree."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.write(MENU)
        self.menu = Menu(text=MENU, entries=(entry(BUS, default=True), entry(NET, default=False)))

    def write(self, text: str) -> None:
        (self.folder / "Config.uk").write_text(text, encoding="utf-8")

    def evaluate(
        self,
        requested: Mapping[str, str] | None = None,
        saved: str | None = None,
        app: str | None = None,
        at: Host | None = None,
        defconfig: str | None = None,
    ) -> Config:
        return evaluate(
            self.menu,
            host=at or host(),
            folder=str(self.folder),
            requested=requested or {},
            saved=saved,
            app=app,
            defconfig=defconfig,
        )


@pytest.fixture
def drivers(tmp_path: Path) -> Drivers:
    folder = tmp_path / "drivers"
    folder.mkdir()
    return Drivers(folder)


def origin(config: Config, name: str) -> tuple[str, str]:
    symbol = config.symbols[name]
    return symbol.value, symbol.origin


def test_board_turns_drivers_on(drivers: Drivers) -> None:
    config = drivers.evaluate()

    assert origin(config, "LIBUKDRIVER_BUS") == ("y", "board")
    assert origin(config, "LIBUKDRIVER_NET") == ("n", "board")
    assert origin(config, "LIBUKDRIVER_BUS_DEPTH") == ("4", "default")
    assert config.is_on("LIBUKDRIVER_BUS")
    assert not config.is_on("LIBUKDRIVER_NET")


def test_text_is_a_dot_config_and_the_same_each_time(drivers: Drivers) -> None:
    config = drivers.evaluate()

    assert config == drivers.evaluate()
    assert config.text.splitlines()[0].startswith("# Written by ukdrivers")
    lines = set(config.text.splitlines())
    assert {
        "CONFIG_PLAT_KVM=y",
        "CONFIG_LIBUKDRIVER_BUS=y",
        "CONFIG_LIBUKDRIVER_BUS_DEPTH=4",
        "# CONFIG_LIBUKDRIVER_NET is not set",
        'CONFIG_NAME="small"',
        "CONFIG_LOAD_BASE=0x40000000",
    } <= lines


def test_command_line_wins_over_the_file_and_the_file_over_the_board(drivers: Drivers) -> None:
    saved = "CONFIG_LIBUKDRIVER_NET=y\nCONFIG_HEAP_KIB=128\nCONFIG_LIBUKDRIVER_BUS_DEPTH=2\n"

    config = drivers.evaluate({"LIBUKDRIVER_BUS_DEPTH": "3"}, saved)

    assert origin(config, "LIBUKDRIVER_NET") == ("y", "file")
    assert origin(config, "HEAP_KIB") == ("128", "file")
    assert origin(config, "LIBUKDRIVER_BUS_DEPTH") == ("3", "command line")
    assert origin(config, "LIBUKDRIVER_BUS") == ("y", "board")


@pytest.mark.parametrize(
    "name",
    ["CONFIG_LIBUKDRIVER_NET", "LIBUKDRIVER_NET", "CONFIG_NET", "NET", "net", "libukdriver-net"],
)
def test_name_is_taken_with_and_without_its_prefixes(drivers: Drivers, name: str) -> None:
    assert origin(drivers.evaluate({name: "y"}), "LIBUKDRIVER_NET") == ("y", "command line")


def test_values_of_every_type(drivers: Drivers) -> None:
    asked = {"HEAP_KIB": "8", "LOAD_BASE": "0x50000000", "NAME": 'a "b"', "FOR_SPEED": "y"}

    config = drivers.evaluate(asked)

    assert {name: config.symbols[name].value for name in asked} == asked
    assert config.symbols["FOR_SIZE"].value == "n"
    assert 'CONFIG_NAME="a \\"b\\""' in config.text.splitlines()


@pytest.mark.parametrize(
    ("requested", "message", "hint"),
    [
        (
            {"LIBUKDRIVER_NTE": "y"},
            "LIBUKDRIVER_NTE: no such option",
            "did you mean LIBUKDRIVER_NET?",
        ),
        ({"BUS_DPTH": "1"}, "BUS_DPTH: no such option", "did you mean LIBUKDRIVER_BUS_DEPTH?"),
        ({"XYZZY": "1"}, "XYZZY: no such option", None),
        ({"NET": "yes"}, 'LIBUKDRIVER_NET: set to "yes", wanted y or n', None),
        ({"HEAP_KIB": "lots"}, 'HEAP_KIB: set to "lots", wanted a whole number', None),
        (
            {"LOAD_BASE": "top"},
            'LOAD_BASE: set to "top", wanted a hexadecimal number such as 0x1000',
            None,
        ),
        (
            {"NET": "y", "CONFIG_LIBUKDRIVER_NET": "n"},
            "LIBUKDRIVER_NET: set to y and to n, wanted one value",
            None,
        ),
        (
            {"NET": "y", "BUS": "n"},
            "LIBUKDRIVER_NET: set to y, but depends on LIBUKDRIVER_BUS, which is n",
            "set LIBUKDRIVER_BUS=y as well",
        ),
        (
            {"NET": "y", "PLAT_KVM": "n"},
            (
                "LIBUKDRIVER_NET: set to y, but depends on HAVE_LIBUKDRIVER_NET and LIBUKDRIVER_BUS, "
                "which are n"
            ),
            None,
        ),
        (
            {"BUS_DEPTH": "2", "PLAT_KVM": "n"},
            "LIBUKDRIVER_BUS_DEPTH: set to 2, but depends on LIBUKDRIVER_BUS, which is n",
            "LIBUKDRIVER_BUS depends on HAVE_LIBUKDRIVER_BUS, which is n",
        ),
        (
            {"BUS_DEPTH": "9"},
            "LIBUKDRIVER_BUS_DEPTH: set to 9, but its range is 1 to 8",
            None,
        ),
        (
            {"HAVE_LIBUKDRIVER_NET": "n"},
            "HAVE_LIBUKDRIVER_NET: set to n, but it follows from other options and cannot be set",
            None,
        ),
        (
            {"TRACE": "y", "FORCED": "n"},
            "FORCED: set to n, but selected by TRACE, which is y",
            None,
        ),
        (
            {"FOR_SIZE": "y", "FOR_SPEED": "y"},
            "FOR_SIZE: set to y, but FOR_SPEED of the same choice is y",
            None,
        ),
        ({"FOR_SIZE": "n"}, "FOR_SIZE: set to n, but one option of its choice has to be y", None),
    ],
)
def test_request_that_cannot_be_had(
    drivers: Drivers, requested: dict[str, str], message: str, hint: str | None
) -> None:
    with pytest.raises(ConfigError) as caught:
        drivers.evaluate(requested)

    assert (str(caught.value), caught.value.hint) == (message, hint)
    assert caught.value.exit_code == 3


def test_one_of_several_providers_is_asked_for(drivers: Drivers) -> None:
    drivers.write(
        MENU.replace(
            "endmenu",
            'config LIBUKDRIVER_USER\n\tbool "user"\n'
            "\tdepends on LIBUKDRIVER_NET || FORCED\n\nendmenu",
        )
    )

    with pytest.raises(
        ConfigError,
        match=r"^LIBUKDRIVER_USER: set to y, but depends on LIBUKDRIVER_NET \|\| FORCED, which is n$",
    ) as caught:
        drivers.evaluate({"USER": "y"})

    assert caught.value.hint == "set FORCED=y or LIBUKDRIVER_NET=y as well"


def test_driver_in_the_file_that_cannot_be_had(drivers: Drivers) -> None:
    with pytest.raises(
        ConfigError,
        match=r"^LIBUKDRIVER_NET: set to y, but depends on LIBUKDRIVER_BUS, which is n$",
    ):
        drivers.evaluate({"BUS": "n"}, "CONFIG_LIBUKDRIVER_NET=y\n")


def test_option_in_the_file_of_a_driver_that_is_off_is_forgotten(drivers: Drivers) -> None:
    config = drivers.evaluate({"BUS": "n"}, "CONFIG_LIBUKDRIVER_BUS_DEPTH=2\n")

    assert origin(config, "LIBUKDRIVER_BUS_DEPTH") == ("", "default")


def test_option_of_a_driver_that_is_off_is_kept_until_it_is_on_again(drivers: Drivers) -> None:
    saved = 'CONFIG_LIBUKDRIVER_BUS_DEPTH=2\nCONFIG_NAME="a \\"b\\""\n'

    off = drivers.evaluate({"BUS": "n"}, saved)
    again = drivers.evaluate({"BUS": "y"}, drivers.evaluate(saved=off.text).text)

    assert off.symbols["LIBUKDRIVER_BUS_DEPTH"].value == ""
    assert "# kept: file: CONFIG_LIBUKDRIVER_BUS_DEPTH=2\n" in off.text
    assert origin(again, "LIBUKDRIVER_BUS_DEPTH") == ("2", "file")
    assert origin(again, "NAME") == ('a "b"', "file")


def test_every_kind_of_value_is_kept(drivers: Drivers, tmp_path: Path) -> None:
    app = tmp_path / "app"
    app.mkdir()
    lines = [
        f'config A_{kind.upper()}\n\t{kind} "{kind}"\n\tdepends on TRACE\n'
        for kind in ("bool", "int", "hex", "string")
    ]
    (app / "Config.uk").write_text("".join(lines), encoding="utf-8")
    values = {"A_BOOL": "y", "A_INT": "-3", "A_HEX": "0x1F", "A_STRING": 'a "quoted" \\ b'}

    on = drivers.evaluate({**values, "TRACE": "y"}, app=str(app))
    off = drivers.evaluate({"TRACE": "n"}, on.text, app=str(app))
    again = drivers.evaluate({"TRACE": "y"}, off.text, app=str(app))

    assert {origin(off, name)[1] for name in values} == {"default"}
    assert {name: origin(again, name) for name in values} == {
        name: (value, "command line") for name, value in values.items()
    }


def test_defconfig_gives_way_to_what_was_set_otherwise(drivers: Drivers, tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    first.write_text(
        "CONFIG_HEAP_KIB=8\nCONFIG_LIBUKDRIVER_BUS_DEPTH=2\nCONFIG_LIBUKDRIVER_NET=y\n",
        encoding="utf-8",
    )
    second.write_text("CONFIG_LIBUKDRIVER_BUS_DEPTH=5\nCONFIG_HEAP_KIB=4\n", encoding="utf-8")

    one = drivers.evaluate({"HEAP_KIB": "16"}, defconfig=str(first))
    two = drivers.evaluate(saved=one.text)
    three = drivers.evaluate(saved=two.text, defconfig=str(second))

    for config in (one, two):
        assert origin(config, "HEAP_KIB") == ("16", "command line")
        assert origin(config, "LIBUKDRIVER_BUS_DEPTH") == ("2", "defconfig")
        assert origin(config, "LIBUKDRIVER_NET") == ("y", "defconfig")
    assert origin(three, "HEAP_KIB") == ("16", "command line")
    assert origin(three, "LIBUKDRIVER_BUS_DEPTH") == ("5", "defconfig")
    assert origin(three, "LIBUKDRIVER_NET") == ("n", "board")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"\nCONFIG_NETS=y\n", r"/def:2: NETS is set to y, but no such option exists$"),
        (b"CONFIG_HEAP_KIB=x\n", r'/def:1: HEAP_KIB is set to "x", wanted a whole number$'),
        (b"\xff", r"/def: not UTF-8 at byte 0$"),
        (None, r"/def: No such file or directory, wanted a configuration$"),
    ],
)
def test_broken_defconfig_is_named_with_its_line(
    drivers: Drivers, tmp_path: Path, text: bytes | None, message: str
) -> None:
    path = tmp_path / "def"
    if text is not None:
        path.write_bytes(text)

    with pytest.raises(ConfigError, match=message):
        drivers.evaluate(defconfig=str(path))


def test_circle_that_kconfig_cannot_hold_is_checked(drivers: Drivers) -> None:
    one = driver("one", requires=["two@1"], provides=["one@1"])
    two = driver("two", requires=["one@1"], provides=["two@1"])
    drivers.menu = _compose(drivers, [one, two], on=[one, two])

    assert drivers.evaluate().is_on("LIBUKDRIVER_TWO")
    with pytest.raises(
        ConfigError,
        match=r"^LIBUKDRIVER_ONE: set to y, but requires two@1, "
        r"which no driver that is on provides$",
    ):
        drivers.evaluate({"TWO": "n"})


@pytest.mark.parametrize(
    ("saved", "message"),
    [
        (
            "CONFIG_HEAP_KIB=64\nCONFIG_LIBUKDRIVER_GONE=y\n",
            ".config:2: LIBUKDRIVER_GONE is set to y, but no such option exists",
        ),
        (
            "\nCONFIG_HEAP_KIB=many\n",
            '.config:2: HEAP_KIB is set to "many", wanted a whole number',
        ),
        (
            "CONFIG_PLAT_KVM=maybe\n",
            '.config:1: PLAT_KVM is set to "maybe", wanted y or n',
        ),
        (
            "CONFIG_HEAP_KIB=4\nCONFIG_HEAP_KIB=8\n",
            '.config:2: HEAP_KIB set more than once. Old value "4", new value "8"',
        ),
        (
            "# nothing\nCONFIG_HEAP_KIB 4\n",
            ".config:2: ignoring malformed line 'CONFIG_HEAP_KIB 4'",
        ),
    ],
)
def test_broken_file_is_named_with_its_line(drivers: Drivers, saved: str, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        drivers.evaluate(saved=saved)

    assert str(caught.value) == message


def test_driver_that_is_gone_keeps_what_was_chosen_for_it(drivers: Drivers) -> None:
    saved = "# CONFIG_LIBUKDRIVER_GONE is not set\n# CONFIG_OTHER is not set\n"

    text = drivers.evaluate(saved=saved).text
    again = drivers.evaluate(saved=drivers.evaluate(saved=text).text).text

    assert text == again
    assert "# kept: file: # CONFIG_LIBUKDRIVER_GONE is not set\n" in text
    assert "OTHER" not in text
    drivers.write(MENU + 'config LIBUKDRIVER_GONE\n\tbool "back"\n\tdefault y\n')
    back = drivers.evaluate(saved=text)
    assert origin(back, "LIBUKDRIVER_GONE") == ("n", "file")


def test_option_of_a_driver_that_was_off_and_is_gone_is_kept(drivers: Drivers) -> None:
    off = drivers.evaluate({"BUS": "n"}, "CONFIG_LIBUKDRIVER_BUS_DEPTH=2\n")
    without = MENU.replace("LIBUKDRIVER_BUS_DEPTH", "OTHER_DEPTH")
    drivers.write(without)

    gone = drivers.evaluate(saved=off.text)
    drivers.write(MENU)
    back = drivers.evaluate({"BUS": "y"}, gone.text)

    assert origin(back, "LIBUKDRIVER_BUS_DEPTH") == ("2", "file")


def test_own_text_read_again_keeps_the_choices_and_forgets_the_board(drivers: Drivers) -> None:
    first = drivers.evaluate({"HEAP_KIB": "16"})
    other = MENU.replace(
        "\tdefault y\n\nconfig LIBUKDRIVER_BUS_D", "\tdefault n\n\nconfig LIBUKDRIVER_BUS_D"
    )
    assert other != MENU
    drivers.write(other)

    again = drivers.evaluate(saved=first.text)

    assert origin(again, "HEAP_KIB") == ("16", "command line")
    assert origin(again, "LIBUKDRIVER_BUS") == ("n", "board")
    assert drivers.evaluate(saved=again.text) == again


def test_whole_file_of_another_program_is_taken_as_it_is(drivers: Drivers) -> None:
    saved = "".join(
        f"{line}\n" for line in drivers.evaluate().text.splitlines() if "ukdrivers" not in line
    )

    assert origin(drivers.evaluate(saved=saved), "LIBUKDRIVER_NET") == ("n", "file")


def test_application_brings_its_own_options(drivers: Drivers, tmp_path: Path) -> None:
    app = tmp_path / "app"
    app.mkdir()
    (app / "Config.uk").write_text(
        'config APP_GREETING\n\tstring "Greeting"\n\tdefault "hi"\n', encoding="utf-8"
    )

    assert drivers.evaluate(app=str(app)).symbols["APP_GREETING"].value == "hi"
    assert "APP_GREETING" not in drivers.evaluate().symbols


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            'config A\n\tbool "A"\n\tdepends on LIBFDT\n',
            "{root}/Config.uk:3: symbol LIBFDT is not defined anywhere",
        ),
        (
            'config A\n\tbool "A"\n\tdefualt y\n',
            "{root}/Config.uk:3: couldn't parse 'defualt y': syntax error",
        ),
        (
            'config A\n\tbool "A"\n\tdefault maybe\n',
            "{root}/Config.uk:3: symbol maybe is not defined anywhere",
        ),
        (
            'source "$(UK_BASE)/gone/Config.uk"\n',
            (
                "{root}/Config.uk:1: '{root}/gone/Config.uk' not found "
                "(in 'source \"$(UK_BASE)/gone/Config.uk\"')"
            ),
        ),
        (
            'config A\n\tbool "A"\n\tselect B\n\tdefault y\nconfig B\n\tbool "B"\n\tdepends on n\n',
            (
                "{root}/Config.uk:5: B has direct dependencies n with value n, "
                "but is currently being y-selected by A"
            ),
        ),
    ],
)
def test_broken_tree_is_named_with_its_line(
    drivers: Drivers, tmp_path: Path, text: str, message: str
) -> None:
    root = tmp_path / "tree"
    root.mkdir()
    drivers.menu = Menu(text="", entries=())
    (root / "Config.uk").write_text(text, encoding="utf-8")

    with pytest.raises(ConfigError) as caught:
        drivers.evaluate(at=host(str(root)))

    assert str(caught.value) == message.format(root=root)


def test_host_without_a_tree(drivers: Drivers, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"/Config\.uk: No such file .*wanted the host's Kconfig"):
        drivers.evaluate(at=host(str(tmp_path)))


@pytest.mark.parametrize("requested", [{}, {"NET": "maybe"}])
def test_environment_and_recursion_limit_are_left_alone(
    drivers: Drivers, monkeypatch: pytest.MonkeyPatch, requested: dict[str, str]
) -> None:
    monkeypatch.setenv("srctree", "/nowhere")
    monkeypatch.setenv("CONFIG_", "FOO_")
    monkeypatch.setenv("KCONFIG_CONFIG_HEADER", "# mine\n")
    monkeypatch.setenv("UK_BASE", "/mine")
    monkeypatch.delenv("UK_APP", raising=False)
    before, limit = dict(os.environ), sys.getrecursionlimit()

    try:
        config = drivers.evaluate(requested)
    except ConfigError:
        assert requested
    else:
        assert "CONFIG_PLAT_KVM=y" in config.text
        assert "# mine" not in config.text

    assert dict(os.environ) == before
    assert sys.getrecursionlimit() == limit


def _compose(drivers: Drivers, usable: Sequence[Driver], on: Sequence[Driver]) -> Menu:
    node = Node(
        path="/dev",
        compatible=("acme,dev",),
        status="okay",
        enabled=True,
        regions=(),
        interrupts=(),
        properties={},
    )
    menu = compose(
        Selection(
            platform=Platform(name="kvm", arch=("arm64",), summary="", slots=()),
            arch="arm64",
            usable=tuple(usable),
            selected=tuple(Selected(driver=one, nodes=(node,), reason="") for one in on),
            rejected=(),
        )
    )
    drivers.write(menu.text)
    return menu


def test_two_thousand_drivers_that_require_one_another(drivers: Drivers) -> None:
    bus = driver("bus", provides=["bus@1"])
    many = [driver(f"d{i}", requires=["bus@1"], provides=["log@1"]) for i in range(2000)]
    user = driver("user", requires=["log@1"])
    drivers.menu = _compose(drivers, [bus, *many, user], on=[bus, *many])

    config = drivers.evaluate({"USER": "y"})

    assert sum(config.is_on(one.symbol) for one in many) == 2000
    assert config.is_on("LIBUKDRIVER_USER")


def test_two_thousand_selections_of_one_symbol(drivers: Drivers) -> None:
    lines = [f"config S{i}\n\tbool\n\tdefault y\n\tselect FORCED\n" for i in range(2000)]
    drivers.write(MENU + "".join(lines))

    assert drivers.evaluate().symbols["FORCED"].value == "y"


def test_chain_of_two_thousand_dependencies(drivers: Drivers) -> None:
    lines = ['config C0\n\tbool "0"\n\tdefault y\n']
    lines += [
        f'config C{i}\n\tbool "{i}"\n\tdepends on C{i - 1}\n\tdefault y\n' for i in range(1, 2000)
    ]
    drivers.write(MENU + "".join(lines))

    assert drivers.evaluate().symbols["C1999"].value == "y"


@pytest.mark.parametrize("count", [8000, 30_000])
def test_chain_too_long_for_the_stack_is_an_error(drivers: Drivers, count: int) -> None:
    lines = [f'config C{i}\n\tbool "{i}"\n\tdepends on C{i + 1}\n' for i in range(count)]
    drivers.write(MENU + "".join(lines) + f'config C{count}\n\tbool "end"\n\tdefault y\n')

    with pytest.raises(ConfigError, match=r"^Kconfig: options depend on one another over 10000 "):
        drivers.evaluate()


def test_shadowed_kconfiglib_is_named(drivers: Drivers, monkeypatch: pytest.MonkeyPatch) -> None:
    shadow = types.ModuleType("kconfiglib")
    shadow.__file__ = "/site-packages/kconfiglib/__init__.py"
    monkeypatch.setitem(sys.modules, "kconfiglib", shadow)
    monkeypatch.setattr(
        "importlib_metadata.packages_distributions",
        lambda: {"kconfiglib": ["kconfiglib", "esp-idf-kconfig", "esp-idf-kconfig"]},
    )

    with pytest.raises(
        ConfigError, match=r"^kconfiglib: hidden by esp-idf-kconfig, wanted kconfiglib\.py of"
    ) as caught:
        drivers.evaluate()

    assert caught.value.hint == "pip uninstall esp-idf-kconfig"


def test_missing_kconfiglib_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "kconfiglib", None)

    with pytest.raises(ConfigError, match=r"^kconfiglib: not installed, ") as caught:
        kconfig.library()

    assert caught.value.hint == "pip install kconfiglib"


def test_host_base(drivers: Drivers) -> None:
    config = drivers.evaluate({"NET": "y"}, at=host(BASE))

    assert config.is_on("PLAT_KVM")
    assert config.is_on("ARCH_ARM_64")
    assert origin(config, "LIBUKDRIVER_NET") == ("y", "command line")


@pytest.mark.parametrize("existing", [None, "CONFIG_HEAP_KIB=16\n"])
def test_edit_saves_the_choices_only(
    drivers: Drivers, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, existing: str | None
) -> None:
    path = tmp_path / "choices"
    if existing:
        path.write_text(existing, encoding="utf-8")

    def menuconfig(tree: kconfig.Tree) -> None:
        tree.load_config(os.environ["KCONFIG_CONFIG"])
        tree.syms["LIBUKDRIVER_NET"].set_value("y")
        tree.write_config(os.environ["KCONFIG_CONFIG"])
        sys.stdout.write("printed by menuconfig")

    monkeypatch.setitem(sys.modules, "menuconfig", types.SimpleNamespace(menuconfig=menuconfig))

    said = edit(drivers.menu, host=host(), folder=str(drivers.folder), path=str(path))

    assert said == f"{path}: choices saved"
    text = path.read_text(encoding="utf-8")
    chosen = [line for line in text.splitlines() if line.startswith("# chosen")]
    assert chosen == ["# chosen: HEAP_KIB"] * bool(existing) + ["# chosen: LIBUKDRIVER_NET, menu"]
    assert origin(drivers.evaluate(saved=text), "LIBUKDRIVER_NET") == ("y", "menu")
    assert sorted(os.listdir(tmp_path)) == ["choices", "drivers"]


def test_edit_without_a_change_writes_nothing(
    drivers: Drivers, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    fake = types.SimpleNamespace(menuconfig=lambda _: None)
    monkeypatch.setitem(sys.modules, "menuconfig", fake)
    path = tmp_path / "choices"

    assert edit(drivers.menu, host=host(), folder=str(drivers.folder), path=str(path)) == (
        f"{path}: nothing to save"
    )
    assert not path.exists()


EDIT = """
import sys
from ukdrivers.model import Host, Menu
from ukdrivers.terminal import edit
root, folder, path = sys.argv[1:]
host = Host(name="small", summary="", root=root, platforms=("kvm",), drivers=())
sys.stderr.write(edit(Menu(text="", entries=()), host=host, folder=folder, path=path))
"""


def test_edit_in_the_real_menuconfig(drivers: Drivers, tmp_path: Path) -> None:
    import pty

    path = tmp_path / "choices"
    keyboard, terminal = pty.openpty()
    os.write(keyboard, b"nqy")  # the first option off, quit, yes save
    process = subprocess.Popen(
        [sys.executable, "-c", EDIT, TREE, str(drivers.folder), str(path)],
        stdin=terminal,
        stdout=terminal,
        stderr=subprocess.PIPE,
        cwd=os.path.dirname(os.path.dirname(ukdrivers.__file__)),
        env={**os.environ, "TERM": "xterm"},
    )
    os.close(terminal)
    deadline = threading.Timer(60, process.kill)
    deadline.start()
    with contextlib.suppress(OSError):  # how Linux says that the other end is closed
        while os.read(keyboard, 4096):
            pass
    os.close(keyboard)
    deadline.cancel()
    _, said = process.communicate(timeout=60)

    assert said.decode() == f"{path}: choices saved"
    text = path.read_text(encoding="utf-8")
    assert "# chosen: PLAT_KVM, menu\n" in text
    assert "# CONFIG_PLAT_KVM is not set\n" in text
    assert text.count("# chosen") == 1


def test_edit_names_the_saved_file_that_is_broken(drivers: Drivers, tmp_path: Path) -> None:
    path = tmp_path / "choices"
    path.write_text("\nCONFIG_NETS=y\n", encoding="utf-8")

    with pytest.raises(ConfigError, match=r"/choices:2: NETS is set to y, but no such") as caught:
        edit(drivers.menu, host=host(), folder=str(drivers.folder), path=str(path))

    assert caught.value.hint == "did you mean LIBUKDRIVER_NET?"


def test_python_without_curses_is_named(
    drivers: Drivers, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(sys.modules, "menuconfig", None)

    with pytest.raises(ConfigError, match=r"^menuconfig: .*, wanted a Python with curses$"):
        edit(drivers.menu, host=host(), folder=str(drivers.folder), path=str(tmp_path / "choices"))
