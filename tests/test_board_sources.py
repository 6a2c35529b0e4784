"""Where a board comes from: files, dtc, QEMU, and all that can be wrong with them."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import pytest

from ukdrivers.board import MAX_BYTES, read_board
from ukdrivers.errors import BoardError, ToolError, UsageError
from ukdrivers.model import Interrupt, Region

if TYPE_CHECKING:
    import pathlib

BOARDS = os.path.join(os.path.dirname(__file__), "data", "boards")


@pytest.mark.parametrize(
    ("source", "controller", "cpu", "memory"),
    [
        ("qemu:virt", "arm,cortex-a15-gic", "arm,cortex-a53", 64),
        ("qemu:virt,gic-version=3", "arm,gic-v3", "arm,cortex-a53", 64),
        ("qemu:virt,cpu=cortex-a72,memory=1G", "arm,cortex-a15-gic", "arm,cortex-a72", 1024),
    ],
)
def test_qemu_is_asked(source: str, controller: str, cpu: str, memory: int) -> None:
    board = read_board(source)

    assert board.source == source
    assert board.memory == (Region(base=0x40000000, size=memory << 20),)
    assert board.interrupt_parent == "/intc@8000000"
    nodes = {node.path: node for node in board.nodes}
    assert nodes["/intc@8000000"].compatible == (controller,)
    assert board.stdout == "/pl011@9000000"
    assert board.cpus == (cpu,)
    uart = nodes["/pl011@9000000"]
    assert uart.compatible == ("arm,pl011", "arm,primecell")
    assert uart.regions == (Region(base=0x9000000, size=0x1000),)
    assert uart.interrupts == (Interrupt(parent="/intc@8000000", cells=(0, 1, 4)),)


def test_the_same_name_is_the_same_tree() -> None:
    assert read_board("qemu:virt").blob == read_board("qemu:virt").blob


def test_qemu_is_asked_for_several_processors() -> None:
    board = read_board("qemu:virt,gic-version=3,cpus=3,cpu=cortex-a57")

    assert board.cpus == ("arm,cortex-a57",) * 3


def test_memory_of_the_secure_world_is_not_the_image_s() -> None:
    board = read_board("qemu:virt,secure=on")

    (secure,) = (node for node in board.nodes if node.path == "/secram@e000000")
    assert not secure.enabled
    assert board.memory == (Region(base=0x40000000, size=64 << 20),)


def test_a_property_qemu_refuses_is_said_in_its_words() -> None:
    with pytest.raises(
        UsageError,
        match=r"^qemu:virt,gic-version=9: qemu-system-aarch64: Invalid gic-version value$",
    ):
        read_board("qemu:virt,gic-version=9")


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (
            "qemu:raspi3b",
            "qemu:raspi3b: QEMU makes no device tree for machine 'raspi3b', virt was wanted",
        ),
        ("qemu:", "qemu:: QEMU makes no device tree for machine '', virt was wanted"),
        (
            "qemu:virt,secure",
            "qemu:virt,secure: 'secure' is no machine property, name=value was wanted",
        ),
        ("qemu:virt,", "qemu:virt,: '' is no machine property, name=value was wanted"),
        ("qemu:virt,cpu=", "qemu:virt,cpu=: 'cpu=' is no machine property, name=value was wanted"),
        ("gone.dtb", "gone.dtb: no such file"),
        ("gone.dts", "gone.dts: no such file"),
        (BOARDS, f"{BOARDS}: cannot be read: Is a directory"),
        ("a\0b", "a\0b: cannot be read: embedded null byte"),
        ("", ": no such file"),
    ],
)
def test_a_board_that_does_not_exist_is_refused(source: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        read_board(source)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "the file is empty, a device tree was wanted"),
        (b"\x7fELF" + bytes(100), "offset 0x0: magic 0x7f454c46, 0xd00dfeed of a device tree"),
        (bytes(MAX_BYTES + 1), "more than 64 MiB, which no device tree has"),
    ],
)
def test_a_file_that_is_no_tree_is_refused(
    content: bytes, message: str, tmp_path: os.PathLike[str]
) -> None:
    path = os.path.join(tmp_path, "board.dtb")
    with open(path, "wb") as file:
        file.write(content)

    with pytest.raises(BoardError) as caught:
        read_board(path)
    assert str(caught.value).startswith(f"{path}: {message}")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("/dts-v1/;\n/ {\n\ta = <1\n};\n", "board.dts:4.1-2 syntax error"),
        ("/dts-v1/;\n/ {\n\ta = <&gone>;\n};\n", "board.dts:2.3-4.3: ERROR (phandle_references)"),
        ("int main(void);\n", "board.dts:1.1-2 syntax error"),
    ],
)
def test_what_dtc_refuses_is_said_in_its_words(
    text: str, message: str, tmp_path: os.PathLike[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with open("board.dts", "w", encoding="ascii") as file:
        file.write(text)

    with pytest.raises(BoardError) as caught:
        read_board("board.dts")
    assert str(caught.value).startswith(message)


def test_a_dts_may_be_named_like_an_option(
    tmp_path: os.PathLike[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copyfile(os.path.join(BOARDS, "small.dts"), "-x.dts")

    assert read_board("-x.dts").model == "Acme Small"


@pytest.mark.parametrize(
    ("source", "program", "package"),
    [
        (os.path.join(BOARDS, "small.dts"), "dtc", "device-tree-compiler"),
        ("qemu:virt", "qemu-system-aarch64", "qemu-system-arm"),
    ],
)
def test_a_missing_program_is_named_with_its_package(
    source: str,
    program: str,
    package: str,
    tmp_path: os.PathLike[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PATH", os.fspath(tmp_path))

    with pytest.raises(ToolError) as caught:
        read_board(source)
    assert str(caught.value).startswith(f"{program}: not found")
    assert caught.value.hint == f"apt-get install {package}"


def test_a_comma_in_the_temporary_folder_is_no_property(
    tmp_path: os.PathLike[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = os.path.join(tmp_path, "a,b=c")
    os.mkdir(folder)
    monkeypatch.setattr("tempfile.tempdir", folder)

    assert read_board("qemu:virt").model == "linux,dummy-virt"
    assert os.listdir(folder) == []


def test_a_source_for_the_preprocessor_is_recognized(tmp_path: os.PathLike[str]) -> None:
    path = os.path.join(tmp_path, "board.dts")
    with open(path, "w", encoding="ascii") as file:
        file.write('/dts-v1/;\n#include "soc.dtsi"\n/ { };\n')

    with pytest.raises(BoardError, match=r"board\.dts:2\..* syntax error$") as caught:
        read_board(path)
    assert caught.value.hint is not None
    assert caught.value.hint.startswith("dtc knows no #include: ")


def test_no_boot_rom_of_a_network_card_is_wanted(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = shutil.which("qemu-system-aarch64")
    program = tmp_path / "qemu-system-aarch64"
    program.write_text(
        '#!/bin/sh\ncase " $* " in *" -nodefaults "*) exec ' + f'{real} "$@";; esac\n'
        "echo 'failed to find romfile \"efi-virtio.rom\"' >&2; exit 1\n"
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")

    assert read_board("qemu:virt").model == "linux,dummy-virt"
