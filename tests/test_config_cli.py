"""``ukdrivers config``: the verbs as a user runs them."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import pytest

from tests.conftest import BOARD

if TYPE_CHECKING:
    import pathlib

    from tests.conftest import Done, Program


class Folder:
    """An output folder, configured for one board."""

    def __init__(self, ukdrivers: Program, path: str) -> None:
        self.ukdrivers, self.path = ukdrivers, path
        self.config = os.path.join(path, ".config")

    def run(self, verb: str, *words: str) -> Done:
        return self.ukdrivers("config", verb, "-o", self.path, *words)

    def json(self, verb: str, *words: str, status: int = 0) -> Any:
        done = self.run(verb, *words, "--json")
        assert done.returncode == status, done.stderr
        value = json.loads(done.stdout)
        assert value.pop("schema") == f"ukdrivers/config-{verb}/1"
        return value

    def text(self) -> str:
        with open(self.config, encoding="utf-8") as file:
            return file.read()


@pytest.fixture
def folder(ukdrivers: Program, tmp_path: pathlib.Path) -> Folder:
    one = Folder(ukdrivers, str(tmp_path / "out"))
    done = one.run("set", "--board", BOARD)
    assert done.returncode == 0, done.stderr
    return one


def test_set_get_diff(folder: Folder) -> None:
    changed = folder.json("set", "GICV3=y", "CONFIG_LIBUKDRIVER_PL011_DRAIN_US=100000")

    assert changed["config"] == folder.config
    assert {
        "name": "LIBUKDRIVER_GICV3",
        "before": "n",
        "value": "y",
        "origin": "command line",
    } in changed["changed"]
    got = folder.json("get", "GICV3", "pl011-drain-us", "PL011", "LIBUKDHOST_IRQ_LIMIT")
    assert [(one["value"], one["origin"]) for one in got["symbols"]] == [
        ("y", "command line"),
        ("100000", "command line"),
        ("y", "board"),
        ("1020", "default"),
    ]
    differs = folder.json("diff", status=1)["changed"]
    assert ("LIBUKDRIVER_GICV3", "n", "y") in [
        (one["name"], one["before"], one["value"]) for one in differs
    ]
    everything = {one["name"]: one["value"] for one in folder.json("get")["symbols"]}
    assert everything["PLAT_KVM"] == "y"


def test_nothing_differs(folder: Folder) -> None:
    assert folder.json("diff") == {"changed": []}
    assert folder.run("diff", folder.config).returncode == 0
    assert folder.json("set", "PL011=y")["changed"] == []


def test_unset(folder: Folder) -> None:
    before = folder.text()
    folder.run("set", "GICV3=y", "PL011_DRAIN_US=100000", "VIRTIO_PCI=n")

    changed = folder.json("unset", "gicv3", "CONFIG_LIBUKDRIVER_VIRTIO_PCI")["changed"]

    assert {one["name"]: one["origin"] for one in changed}.items() >= {
        ("LIBUKDRIVER_GICV3", "board"),
        ("LIBUKDRIVER_VIRTIO_PCI", "board"),
    }
    assert folder.json("get", "PL011_DRAIN_US")["symbols"][0]["origin"] == "command line"
    assert folder.json("unset", "PL011_DRAIN_US")["changed"][0]["value"] == "40000"
    assert folder.json("unset", "PL011_DRAIN_US")["changed"] == []  # nobody had set it
    assert folder.text() == before


def test_unset_leaves_what_a_defconfig_says(folder: Folder, tmp_path: pathlib.Path) -> None:
    path = tmp_path / "my.defconfig"
    path.write_text("CONFIG_LIBUKDRIVER_PL011_DRAIN_US=2000\n")
    folder.run("set", "PL011_DRAIN_US=3000")

    changed = folder.json("unset", "PL011_DRAIN_US", "--defconfig", str(path))["changed"]

    assert changed == [
        {
            "name": "LIBUKDRIVER_PL011_DRAIN_US",
            "before": "3000",
            "value": "2000",
            "origin": "defconfig",
        }
    ]


def test_unset_takes_what_was_kept_for_a_driver_that_is_gone(folder: Folder) -> None:
    with open(folder.config, "a", encoding="utf-8") as file:
        file.write("# kept: command line: CONFIG_LIBUKDRIVER_GONE_SPEED=3\n")
    assert folder.run("get").returncode == 0
    assert "LIBUKDRIVER_GONE_SPEED" in folder.text()

    assert folder.run("unset", "GONE_SPEED").returncode == 0

    assert "GONE_SPEED" not in folder.text()


def test_saved_lines_say_the_same_in_another_folder(folder: Folder, tmp_path: pathlib.Path) -> None:
    folder.run("set", "GICV3=y", "PL011_DRAIN_US=100000", "VIRTIO_PCI=n")
    path = str(tmp_path / "my.defconfig")

    saved = folder.json("save", path)

    assert sorted(saved["lines"]) == [
        "# CONFIG_LIBUKDRIVER_VIRTIO_PCI is not set",
        "CONFIG_LIBUKDRIVER_GICV3=y",
        "CONFIG_LIBUKDRIVER_PL011_DRAIN_US=100000",
    ]
    other = Folder(folder.ukdrivers, str(tmp_path / "other"))
    done = other.run("set", "--board", BOARD, "--defconfig", path, "PL011_DRAIN_US=2000")
    assert done.returncode == 0, done.stderr
    assert other.json("get", "GICV3", "PL011_DRAIN_US")["symbols"] == [
        {"name": "LIBUKDRIVER_GICV3", "value": "y", "origin": "defconfig"},
        {"name": "LIBUKDRIVER_PL011_DRAIN_US", "value": "2000", "origin": "command line"},
    ]
    differs = other.json("diff", folder.config, status=1)["changed"]
    assert [one["name"] for one in differs] == ["LIBUKDRIVER_PL011_DRAIN_US"]
    assert other.json("set", "PL011_DRAIN_US=100000")["changed"][0]["before"] == "2000"
    assert other.run("diff", path).returncode == 0


def test_refused_value_leaves_the_file_as_it_was(folder: Folder) -> None:
    folder.run("set", "GICV3=y")
    before = folder.text()

    done = folder.run("set", "GICV3=n", "ECAM_PCI=n")

    assert done.returncode == 3
    assert done.stderr == (
        "ukdrivers: LIBUKDRIVER_ECAM_PCI: set to n, but selected by LIBUKDRIVER_VIRTIO_PCI, "
        "which is y\n"
        "hint: set LIBUKDRIVER_VIRTIO_PCI=n as well\n"
    )
    assert folder.text() == before


def test_unknown_symbol_in_the_file_is_refused_with_its_line(folder: Folder) -> None:
    folder.run("set", "GICV3=y")
    text = folder.text().splitlines()
    text.insert(1, "# chosen: LIBUKDRIVER_GONE")
    text.append("CONFIG_LIBUKDRIVER_GONE=y")
    with open(folder.config, "w", encoding="utf-8") as file:
        file.writelines(f"{line}\n" for line in text)

    done = folder.run("get", "GICV3")

    assert done.returncode == 3
    assert f".config:{len(text)}: LIBUKDRIVER_GONE is set to y, but no such option" in done.stderr
    assert "CONFIG_LIBUKDRIVER_GONE=y" in folder.text()


def test_why(folder: Folder) -> None:
    by_board = folder.json("why", "PL011")
    by_bus = folder.json("why", "LIBUKD_PCI_HOST")
    folder.run("set", "GICV3=y")
    by_hand = folder.json("why", "GICV3")

    assert (by_board["value"], by_board["origin"]) == ("y", "board")
    assert by_board["causes"][0]["text"] == "LIBUKDRIVER_PL011 is y (/pl011@9000000 (arm,pl011))"
    assert "LIBUKDRIVER_ECAM_PCI" in by_bus["causes"][0]["text"]
    number = folder.json("why", "PL011_DRAIN_US")["causes"][0]
    assert number["text"] == "LIBUKDRIVER_PL011_DRAIN_US is 40000 (default)"
    path, _, line = number["place"].rpartition(":")
    with open(os.path.join(folder.path, path), encoding="utf-8") as file:
        assert "DRAIN_US" in file.read().splitlines()[int(line) - 1]
    (cause,) = by_hand["causes"]
    assert cause["text"] == "LIBUKDRIVER_GICV3 is y (command line)"
    assert cause["place"].startswith(f"{folder.config}:")
    _, _, line = cause["place"].rpartition(":")
    assert folder.text().splitlines()[int(line) - 1] == "CONFIG_LIBUKDRIVER_GICV3=y"


def test_why_not_across_interface_and_values(folder: Folder) -> None:
    folder.run("set", "VIRTIO_MMIO=n", "VIRTIO_PCI=n")

    answer = folder.json("why-not", "VIRTIO_NET=y", status=1)

    assert not answer["possible"]
    assert [one["kind"] for one in answer["causes"]] == ["kconfig", "interface", "value", "value"]
    assert answer["change"] == {"LIBUKDRIVER_VIRTIO_MMIO": "y"}
    values = [f"{name}={value}" for name, value in answer["change"].items()]
    assert folder.run("set", "VIRTIO_NET=y", *values).returncode == 0
    again = folder.json("why-not", "VIRTIO_NET=y")
    assert (again["possible"], again["causes"], again["change"]) == (True, [], {})


def test_why_not_of_what_the_board_needs(folder: Folder) -> None:
    done = folder.run("why-not", "PL011=n")

    assert done.returncode == 3
    assert "kvm needs a console, and the board's is /pl011@9000000" in done.stdout
    assert f"{BOARD}:/pl011@9000000" in done.stdout


def test_why_not_says_what_would_do(folder: Folder) -> None:
    done = folder.run("why-not", "ECAM_PCI=n")

    assert done.returncode == 1
    last = done.stdout.splitlines()[-1]
    assert last == "change: ukdrivers config set LIBUKDRIVER_ECAM_PCI=n LIBUKDRIVER_VIRTIO_PCI=n"
    assert folder.run("set", *last.split()[4:]).returncode == 0


def test_why_not_of_a_number(folder: Folder) -> None:
    done = folder.run("why-not", "PL011_DRAIN_US=99999999")

    assert done.returncode == 3
    assert "LIBUKDRIVER_PL011_DRAIN_US is from 1000 to 10000000" in done.stdout
    assert folder.run("why-not", "PL011_DRAIN_US=50000").returncode == 0
    wrong = folder.run("why-not", "PL011_DRAIN_US=lots")
    assert (wrong.returncode, "wanted a whole number" in wrong.stderr) == (3, True)


@pytest.mark.parametrize(
    ("words", "message", "hint"),
    [
        (["get", "NS16551"], "NS16551: no such option", "did you mean LIBUKDRIVER_NS16550?"),
        (["why", "NS1655"], "NS1655: no such option", "did you mean LIBUKDRIVER_NS16550?"),
        (["set", "GICV3"], "argument NAME=VALUE: 'GICV3', wanted NAME=VALUE", None),
        (["unset", "ABSENT"], "ABSENT: no such option", None),
        (["why-not", "GICV3"], "argument NAME=VALUE: 'GICV3', wanted NAME=VALUE", None),
    ],
)
def test_wrong_words(folder: Folder, words: list[str], message: str, hint: str | None) -> None:
    done = folder.run(*words)

    assert done.returncode in (2, 3)
    assert done.stderr.startswith(f"ukdrivers: {message}\n")
    if hint:
        assert f"hint: {hint}\n" in done.stderr


def test_verbs(ukdrivers: Program) -> None:
    done = ukdrivers("config", "gte")
    assert done.returncode == 2
    assert "hint: ukdrivers config get\n" in done.stderr
    listed = ukdrivers("config", "--help")
    assert listed.returncode == 0
    for verb in ("set", "unset", "get", "diff", "save", "why", "why-not"):
        assert f"\n  {verb} " in listed.stdout
        shown = ukdrivers("config", verb, "--help")
        assert (shown.returncode, "examples:" in shown.stdout) == (0, True)
    own = ukdrivers("complete", "config", "").stdout.split()
    assert own == ["diff", "get", "save", "set", "unset", "why", "why-not"]
    assert "--defconfig\n" in ukdrivers("complete", "config", "set", "--d").stdout


def test_folder_without_a_board(ukdrivers: Program, tmp_path: pathlib.Path) -> None:
    done = ukdrivers("config", "get", "-o", str(tmp_path))

    assert done.returncode == 2
    assert "made for no board yet" in done.stderr
