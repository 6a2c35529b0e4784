"""The program itself, run as a user runs it. Images are built and booted in test_way.py."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    import pathlib

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BOARD = "qemu:virt,gic-version=2"
VERBS = ("list", "show", "match", "menu", "build", "run", "test", "doctor", "completion")
PLUGIN = """\
schema = 1

[driver]
name       = "{name}"
summary    = "{summary}"
class      = "{class_}"
arch       = ["arm64"]
platforms  = ["kvm"]
compatible = ["{compatible}"]
sources    = ["c/{name}.c"]
provides   = [{provides}]
kit        = "{kit}"
"""

Program = Callable[..., subprocess.CompletedProcess[str]]
Site = Callable[..., dict[str, str]]


@pytest.fixture
def site(tmp_path: pathlib.Path) -> Site:
    """Install a plugin of one driver in a folder of its own, and return what makes it found."""

    def install(name: str, **changes: str) -> dict[str, str]:
        fields = {"summary": "A driver", "class_": "rtc", "compatible": f"acme,{name}"}
        fields |= {"provides": "", "kit": ">=1,<2", **changes}
        package, info = f"ukdriver_{name}", f"ukdriver_{name}-1.0.dist-info"
        texts = {
            f"{package}/__init__.py": "raise RuntimeError('a plugin was imported')\n",
            f"{package}/ukdriver.toml": PLUGIN.format(name=name, **fields),
            f"{package}/c/{name}.c": "",
            f"{info}/METADATA": f"Metadata-Version: 2.1\nName: ukdriver-{name}\nVersion: 1.0\n",
            f"{info}/entry_points.txt": f"[ukdrivers]\n{name} = {package}\n",
        }
        for path, text in texts.items():
            target = tmp_path / "site" / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text)
        return {"PYTHONPATH": f"{ROOT}{os.pathsep}{tmp_path / 'site'}"}

    return install


def data(done: subprocess.CompletedProcess[str], verb: str) -> dict[str, Any]:
    """Return the JSON a verb printed."""
    value: dict[str, Any] = json.loads(done.stdout)
    assert value.pop("schema") == f"ukdrivers/{verb}/1"
    return value


# help


def test_help_lists_every_verb(ukdrivers: Program) -> None:
    done = ukdrivers("--help")

    assert (done.returncode, done.stderr) == (0, "")
    for verb in VERBS:
        assert f"\n  {verb} " in done.stdout
    assert done.stdout == ukdrivers("help").stdout == ukdrivers("-h").stdout


@pytest.mark.parametrize("verb", VERBS)
def test_help_of_each_verb_ends_with_examples(ukdrivers: Program, verb: str) -> None:
    done = ukdrivers(verb, "--help")

    assert (done.returncode, done.stderr) == (0, "")
    _, _, examples = done.stdout.partition("\nexamples:\n")
    lines = examples.splitlines()
    assert lines[0].startswith("  # ")
    assert lines[1].startswith(f"  $ ukdrivers {verb}")
    assert all(line.startswith(("  # ", "  $ ")) for line in lines)
    assert max(map(len, done.stdout.splitlines())) <= 100
    assert ukdrivers("help", verb).stdout == done.stdout


def test_version(ukdrivers: Program) -> None:
    from ukdrivers import __version__

    assert ukdrivers("--version").stdout == f"ukdrivers {__version__}\n"


# usage


@pytest.mark.parametrize(
    ("arguments", "message", "hint"),
    [
        ((), "no verb given", "ukdrivers --help"),
        (("mtach", BOARD), "'mtach': no such verb, wanted one of list, show,", "ukdrivers match"),
        (("--bogus",), "'--bogus': no such verb", "ukdrivers --help"),
        (("list", "--bogus"), "unrecognized arguments: --bogus", "ukdrivers list --help"),
        (("show",), "the following arguments are required: NAME", "ukdrivers show --help"),
        (("match",), "the following arguments are required: BOARD", "ukdrivers match --help"),
        (("match", "/none.dtb"), "/none.dtb: ", None),
        (("match", "qemu:microvm"), "qemu:microvm: ", None),
        (("build", "--set", "X"), "argument --set: 'X', wanted NAME=VALUE", "ukdrivers build"),
        (("build", "-o", "new"), "new: made for no board yet, wanted one", "name a BOARD"),
        (("build", BOARD, "--app", "no"), "app 'no': no such folder, wanted one, or ", None),
        (("build", BOARD, "--platform", "x"), "platform 'x': not installed, wanted ", None),
        (("build", BOARD, "--host", "x"), "host 'x': not installed, wanted base", None),
        (("run", "-o", "new"), "new: holds no image, wanted one", "ukdrivers build -o "),
        (("run", "--timeout", "0"), "argument --timeout: invalid seconds value: '0'", None),
        (("run", "--expect", "("), "--expect: '(' is no regular expression: ", None),
    ],
)
def test_usage(
    ukdrivers: Program, arguments: tuple[str, ...], message: str, hint: str | None
) -> None:
    done = ukdrivers(*arguments)

    first, *rest = done.stderr.splitlines()
    assert message in first
    assert first.startswith("ukdrivers: ")
    if hint:
        assert rest[0].startswith(f"hint: {hint}")
    assert done.stdout == ""
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_a_script_with_a_bad_line(ukdrivers: Program, tmp_path: pathlib.Path) -> None:
    script = tmp_path / "boot.script"
    script.write_text("expect ready\nexpct steady\n")

    done = ukdrivers("run", "--script", str(script))

    assert done.returncode == 2
    assert done.stderr == (
        f"ukdrivers: {script}:2: 'expct steady', wanted 'expect REGEX' or 'send TEXT'\n"
    )


def test_a_script_that_is_not_there(ukdrivers: Program) -> None:
    done = ukdrivers("run", "--script", "/none")

    assert (done.returncode, done.stderr) == (1, "ukdrivers: /none: no such file or directory\n")


# list and show


def test_list_shows_what_is_installed(ukdrivers: Program, site: Site) -> None:
    done = ukdrivers("list", env=site("clock", summary="A clock"))

    assert (done.returncode, done.stderr) == (0, "")
    titles, *rows = done.stdout.splitlines()
    assert titles.split() == ["NAME", "CLASS", "VERSION", "TIER", "FROM", "SUMMARY"]
    assert ["clock", "rtc", "1.0", "-", "ukdriver-clock", "A", "clock"] in [
        row.split() for row in rows
    ]
    assert not any(row.endswith(" ") for row in rows)


def test_list_as_json(ukdrivers: Program, site: Site) -> None:
    value = data(ukdrivers("list", "--json", env=site("clock")), "list")

    assert list(value) == ["drivers"]
    (clock,) = (driver for driver in value["drivers"] if driver["name"] == "clock")
    assert clock == {
        "name": "clock",
        "class": "rtc",
        "version": "1.0",
        "tier": "-",
        "distribution": "ukdriver-clock",
        "summary": "A driver",
        "compatible": ["acme,clock"],
        "arch": ["arm64"],
        "platforms": ["kvm"],
    }


def test_show_has_every_derived_name(ukdrivers: Program, site: Site) -> None:
    environment = site("clock")

    lines = ukdrivers("show", "clock", env=environment).stdout.splitlines()
    driver = data(ukdrivers("show", "clock", "--json", env=environment), "show")["driver"]

    assert [line.split()[0] for line in lines] == list(driver)
    assert driver["symbol"] == "CONFIG_LIBUKDRIVER_CLOCK"
    assert driver["object"] == "ukd_driver_clock"
    assert os.path.isfile(driver["manifest"])


def test_show_proposes_the_nearest_name(ukdrivers: Program, site: Site) -> None:
    done = ukdrivers("show", "clokc", env=site("clock"))

    assert done.returncode == 2
    assert done.stderr == ("ukdrivers: driver 'clokc': not installed\nhint: ukdrivers show clock\n")


def test_a_broken_plugin_is_said_and_stops_nothing(ukdrivers: Program, site: Site) -> None:
    site("clock")
    done = ukdrivers("list", env=site("broken", class_="clok"))

    assert done.returncode == 0
    assert done.stderr.count("ukdrivers: ") == 1
    assert "ukdriver-broken 1.0: " in done.stderr
    assert "\nclock " in done.stdout
    assert "\nbroken " not in done.stdout


def test_a_plugin_for_another_kit_is_skipped_and_said(ukdrivers: Program, site: Site) -> None:
    done = ukdrivers("list", env=site("later", kit=">=2"))

    assert done.returncode == 0
    assert "ukdrivers: ukdriver-later 1.0: skipped: " in done.stderr
    assert "\nlater " not in done.stdout


# what is printed


def test_foreign_text_cannot_reach_the_terminal(ukdrivers: Program, site: Site) -> None:
    environment = site("clock", summary="red \\u001b[31m and \\u202eback \\u009b")

    for arguments in (("list",), ("show", "clock")):
        done = ukdrivers(*arguments, env=environment)
        shown = done.stdout + done.stderr
        assert not set("\x1b\x9b\u202e") & set(shown)


@pytest.mark.parametrize(
    ("environment", "is_coloured"),
    [
        ({}, False),
        ({"FORCE_COLOR": "1"}, True),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        ({"FORCE_COLOR": "1", "NO_COLOR": ""}, True),
    ],
)
def test_colours_off_a_terminal(
    ukdrivers: Program, site: Site, environment: dict[str, str], is_coloured: bool
) -> None:
    done = ukdrivers("list", env={**site("clock"), **environment})

    assert ("\x1b[" in done.stdout) is is_coloured
    assert "clock" in done.stdout


@pytest.mark.parametrize(("no_color", "is_coloured"), [("", True), ("1", False)])
def test_colours_on_a_terminal(site: Site, no_color: str, is_coloured: bool) -> None:
    environment = {**os.environ, **site("clock"), "TERM": "xterm", "NO_COLOR": no_color}
    ours, theirs = os.openpty()
    command = [sys.executable, "-m", "ukdrivers", "list"]
    with subprocess.Popen(command, stdout=theirs, stdin=theirs, env=environment) as process:
        os.close(theirs)
        shown = b""
        try:
            while piece := os.read(ours, 4096):
                shown += piece
        except OSError:  # the terminal's other end is closed
            pass
        os.close(ours)
    assert process.returncode == 0
    assert b"clock" in shown
    assert (b"\x1b[" in shown) is is_coloured


def test_a_reader_that_goes_away() -> None:
    command = [sys.executable, "-m", "ukdrivers", "--help"]
    environment = {**os.environ, "PYTHONPATH": ROOT}
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(
        command, check=False, stdout=write, stderr=subprocess.PIPE, env=environment, cwd="/"
    )
    os.close(write)
    assert (done.returncode, done.stderr) == (141, b"")


# match


def test_match_names_driver_node_and_reason(ukdrivers: Program, site: Site) -> None:
    environment = site("aintc", class_="irqchip", compatible="arm,gic-v3", provides='"irqchip@1"')
    site("uart", class_="console", compatible="arm,primecell", provides='"console@1"')

    done = ukdrivers("match", "qemu:virt,gic-version=3", env=environment)

    assert done.returncode == 0, done.stderr
    assert "\naintc " in done.stdout
    assert "/intc@8000000" in done.stdout
    assert "/virtio_mmio@a000000 … 32 nodes" in done.stdout


def test_match_as_json_has_each_node_once(ukdrivers: Program, site: Site) -> None:
    environment = site("aintc", class_="irqchip", compatible="arm,gic-v3", provides='"irqchip@1"')

    done = ukdrivers("match", "qemu:virt,gic-version=3", "--json", env=environment)
    value = data(done, "match")

    paths = [one["path"] for kind in ("bound", "unclaimed", "ignored") for one in value[kind]]
    assert len(paths) == len(set(paths)) > 40
    assert value["board"]["interrupt_parent"] == "/intc@8000000"
    assert {"path": "/intc@8000000", "driver": "aintc"}.items() <= next(
        one for one in value["bound"] if one["driver"] == "aintc"
    ).items()


def test_match_says_what_is_missing(ukdrivers: Program, site: Site, tmp_path: pathlib.Path) -> None:
    source = tmp_path / "board.dts"
    source.write_text(
        "/dts-v1/;\n/ { #address-cells = <1>; #size-cells = <1>; interrupt-parent = <&pic>;\n"
        'pic: intc@1000 { compatible = "acme,pic"; reg = <0x1000 4>; #interrupt-cells = <1>; };\n'
        "};\n"
    )

    done = ukdrivers("match", str(source), env=site("clock"))

    assert done.returncode == 3
    assert "/intc@1000" in done.stdout
    assert "ukdrivers: /intc@1000: no installed driver lists any of acme,pic" in done.stderr
    assert done.stderr.endswith("hint: no known package lists acme,pic\n")


def test_match_names_the_drivers_of_what_a_bus_finds(ukdrivers: Program, site: Site) -> None:
    environment = site("card", class_="pci-device", compatible="pci1234,1")

    done = ukdrivers("match", BOARD, env=environment)

    assert done.returncode == 0, done.stderr
    title, row = done.stdout.partition("\nALSO ON")[2].splitlines()[:2]
    assert title.split() == ["WHY"]
    assert " ".join(row.split()) == "card for what /pcie@10000000 finds (pci1234,1)"


def test_a_node_for_each_line(ukdrivers: Program, site: Site) -> None:
    done = ukdrivers("match", "--all", "qemu:virt,gic-version=3", env=site("clock"))

    assert len(re.findall(r"^virtio-mmio  /virtio_mmio@", done.stdout, re.MULTILINE)) == 32


def test_a_corrupt_tree_names_the_offset(ukdrivers: Program, tmp_path: pathlib.Path) -> None:
    path = tmp_path / "bad.dtb"
    path.write_bytes(b"\xd0\x0d\xfe\xed" + bytes(100))

    done = ukdrivers("match", str(path))

    assert done.returncode == 1
    assert done.stderr.startswith(f"ukdrivers: {path}: ")
    assert "offset" in done.stderr


# missing programs


def test_no_dtc(ukdrivers: Program, tools: Callable[..., str], tmp_path: pathlib.Path) -> None:
    source = tmp_path / "board.dts"
    source.write_text("/dts-v1/;\n/ { };\n")

    done = ukdrivers("match", str(source), env={"PATH": tools(("dtc",))})

    assert done.returncode == 1
    assert done.stderr.endswith("\nhint: apt-get install device-tree-compiler\n")


def test_no_qemu_to_ask_for_its_board(ukdrivers: Program, tools: Callable[..., str]) -> None:
    done = ukdrivers("match", BOARD, env={"PATH": tools(("qemu-system-aarch64",))})

    assert done.returncode == 1
    assert done.stderr.endswith("\nhint: apt-get install qemu-system-arm\n")


# doctor


def test_doctor_is_content_where_the_tests_run(ukdrivers: Program, site: Site) -> None:
    done = ukdrivers("doctor", env=site("clock"))

    assert done.returncode == 0, done.stdout
    assert "missing" not in done.stdout


@pytest.mark.parametrize(
    ("program", "fix"),
    [
        ("make", "apt-get install make"),
        ("aarch64-linux-gnu-gcc", "apt-get install gcc-aarch64-linux-gnu"),
        ("dtc", "apt-get install device-tree-compiler"),
        ("qemu-system-aarch64", "apt-get install qemu-system-arm"),
    ],
)
def test_doctor_says_what_installs_a_program(
    ukdrivers: Program, site: Site, tools: Callable[..., str], program: str, fix: str
) -> None:
    environment = {**site("clock"), "PATH": tools((program,))}

    done = ukdrivers("doctor", "--json", env=environment)

    assert done.returncode == 1
    missing = [check for check in data(done, "doctor")["checks"] if not check["ok"]]
    assert [(check["name"], check["fix"]) for check in missing] == [(program, fix)]


def test_doctor_finds_what_hides_kconfiglib(
    ukdrivers: Program, site: Site, tmp_path: pathlib.Path
) -> None:
    environment = site("clock")
    (tmp_path / "site" / "kconfiglib").mkdir()
    (tmp_path / "site" / "kconfiglib" / "__init__.py").write_text("")

    done = ukdrivers("doctor", "--json", env=environment)

    assert done.returncode == 1
    (check,) = (check for check in data(done, "doctor")["checks"] if not check["ok"])
    assert check["name"] == "kconfiglib"
    assert "kconfiglib: hidden by " in check["found"]


def test_doctor_names_a_broken_plugin(ukdrivers: Program, site: Site) -> None:
    site("clock")
    done = ukdrivers("doctor", env=site("broken", class_="clok"))

    assert done.returncode == 1
    assert "ukdriver-broken 1.0" in done.stdout


def test_doctor_finds_an_output_folder_that_cannot_be_made(
    ukdrivers: Program, site: Site, tmp_path: pathlib.Path
) -> None:
    (tmp_path / "file").write_text("")

    done = ukdrivers("doctor", "-o", str(tmp_path / "file" / "out"), env=site("clock"))

    assert done.returncode == 1
    assert f"{tmp_path / 'file'} can't be written" in done.stdout


# start-up


@pytest.mark.parametrize(
    ("verb", "unwanted"),
    [
        ("--version", ("argparse", "dataclasses", "json", "pluggy", "rich", "subprocess")),
    ],
)
def test_nothing_is_imported_that_is_not_used(verb: str, unwanted: tuple[str, ...]) -> None:
    program = (
        "import sys; from ukdrivers.cli import main; main([sys.argv[1]])\n"
        "print(*sorted(sys.modules), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, verb],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": ROOT},
    )
    assert set(unwanted) & set(done.stderr.split()) == set()


@pytest.mark.parametrize(
    ("symbol", "message"),
    [
        ("GICV2", "LIBUKDRIVER_GICV2: is n, wanted y: this board's interrupt controller is /intc@"),
        ("PL011", "LIBUKDRIVER_PL011: is n, wanted y: this board's console is /pl011@9000000"),
    ],
)
def test_the_only_driver_of_a_slot_stays_on(
    symbol: str, message: str, ukdrivers: Program, tmp_path: pathlib.Path
) -> None:
    done = ukdrivers("build", BOARD, "-o", str(tmp_path), "--set", f"LIBUKDRIVER_{symbol}=n")

    assert done.returncode == 3
    assert message in done.stderr
