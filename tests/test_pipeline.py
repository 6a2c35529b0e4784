"""Pipeline: what is kept in an output folder, and when an image is forgotten."""

from __future__ import annotations

import dataclasses
import os
from typing import TYPE_CHECKING

import pytest

from tests.board_sources import compiled
from ukdrivers.errors import UsageError
from ukdrivers.model import Host, Image, Platform, Registry
from ukdrivers.output import Output, Record, read_record, write_bytes, write_record
from ukdrivers.pipeline import boot_image
from ukdrivers.request import Request, app_folder, find_target, settle

if TYPE_CHECKING:
    import pathlib

    from ukdrivers.model import Board

RECORD = Record(source="qemu:virt", platform="kvm", host="base", app="hello")
KVM = Platform(name="kvm", arch=("arm64",), summary="", slots=())
XEN = Platform(name="xen", arch=("arm64",), summary="", slots=())


@pytest.fixture
def output(tmp_path: pathlib.Path) -> Output:
    return Output(folder=str(tmp_path / "out"))


def host(root: str = "/nowhere") -> Host:
    return Host(name="base", summary="", root=root, platforms=("kvm",), drivers=())


def registry(**changes: object) -> Registry:
    whole = Registry(drivers=(), platforms=(KVM, XEN), hosts=(host(),), problems=())
    return dataclasses.replace(whole, **changes)  # type: ignore[arg-type]


def test_what_is_not_asked_for_is_as_it_was_last_time(output: Output) -> None:
    last = dataclasses.replace(RECORD, app="demo")

    assert settle(output, Request(), last) == last
    assert settle(output, Request(app="hello"), last) == RECORD
    assert settle(output, Request(board="b.dtb"), last) == dataclasses.replace(last, source="b.dtb")


def test_an_image_is_not_carried_over(output: Output) -> None:
    image = Image(path="/i", elf="/e", drivers=())

    assert settle(output, Request(), dataclasses.replace(RECORD, image=image)) == RECORD


def test_an_applications_folder_is_kept_from_any_folder(output: Output) -> None:
    settled = settle(output, Request(app="./mine"), RECORD)

    assert settled.app == os.path.abspath("mine")


def test_no_board_now_or_before(output: Output) -> None:
    with pytest.raises(UsageError, match=r"^/.*/out: made for no board yet, wanted one$") as caught:
        settle(output, Request(app="hello"), None)
    assert caught.value.hint == "name a BOARD, e.g. qemu:virt,gic-version=2"


@pytest.mark.parametrize(
    ("platform", "owner", "message"),
    [
        ("kvn", None, r"^platform 'kvn': not installed, wanted kvm or xen$"),
        (None, "bass", r"^host 'bass': not installed, wanted base$"),
        ("xen", "base", r"^host 'base': links for kvm, wanted xen$"),
    ],
)
def test_target_that_is_not_there(platform: str | None, owner: str | None, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        find_target(registry(), platform=platform, host=owner)


def test_target_with_the_hosts_own_drivers() -> None:
    target = find_target(registry())

    assert (target.platform, target.host.name, target.arch) == (KVM, "base", "arm64")


def test_applications_by_name_and_by_folder(tmp_path: pathlib.Path) -> None:
    (tmp_path / "app" / "hello").mkdir(parents=True)
    (tmp_path / "mine").mkdir()

    assert app_folder(host(str(tmp_path)), "hello") == str(tmp_path / "app" / "hello")
    assert app_folder(host(str(tmp_path)), str(tmp_path / "mine")) == str(tmp_path / "mine")
    with pytest.raises(UsageError, match=r"^app 'helo': no such folder, wanted one, or hello$"):
        app_folder(host(str(tmp_path)), "helo")


def test_record_comes_back_as_it_was_written(output: Output) -> None:
    record = dataclasses.replace(RECORD, image=Image(path="/i", elf="/e", drivers=("a", "b")))

    assert read_record(output) is None
    write_bytes(output.board, b"tree")
    write_record(output, record)
    assert read_record(output) == record
    write_record(output, RECORD)
    assert read_record(output) == RECORD


@pytest.mark.parametrize(
    "text",
    [
        *("", "[]", "{}", "null", "nonsense", '{"schema": "ukdrivers/output/2"}'),
        '{"schema": "ukdrivers/output/1", "image": null, "source": "x"}',
        '{"schema": "ukdrivers/output/1", "image": {"path": 1}}',
        '{"schema": "ukdrivers/output/1", "image": [1]}',
    ],
)
def test_a_record_of_another_kind(output: Output, text: str) -> None:
    write_bytes(output.record, text.encode())

    with pytest.raises(UsageError, match=r"ukdrivers\.json: not readable as ukdrivers/output/1$"):
        read_record(output)


def test_bytes_that_are_there_already_are_not_written(output: Output) -> None:
    assert write_bytes(output.board, b"tree")
    before = os.stat(output.board)

    assert not write_bytes(output.board, b"tree")
    assert os.stat(output.board).st_mtime_ns == before.st_mtime_ns
    assert write_bytes(output.board, b"another")
    assert os.listdir(output.folder) == ["board.dtb"]


@pytest.mark.parametrize("image", [None, Image(path="/gone", elf="/gone", drivers=())])
def test_no_image_to_boot(output: Output, image: Image | None) -> None:
    write_bytes(output.board, b"tree")
    write_record(output, dataclasses.replace(RECORD, image=image))

    with pytest.raises(UsageError, match=r"/out: holds no image, wanted one$"):
        boot_image(output, script=(), timeout=1, on_text=print)


@pytest.mark.parametrize(
    ("source", "named", "wanted"),
    [
        ("qemu:virt", None, "qemu:virt"),
        ("board.dts", None, "board.dts"),
        ("qemu:virt", "other.dtb", "other.dtb"),
    ],
)
def test_an_image_is_booted_on_the_board_that_was_named(
    source: str,
    named: str | None,
    wanted: str,
    output: Output,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The copy in the folder counts as what it is a copy of: a file's tree is handed to QEMU."""
    booted: list[Board] = []
    image = Image(path=output.board, elf="/e", drivers=())
    monkeypatch.setattr("ukdrivers.boot.boot", lambda _, board, **__: booted.append(board))
    os.makedirs(output.folder)
    monkeypatch.chdir(output.folder)
    for path in (output.board, os.path.join(output.folder, "other.dtb")):
        write_bytes(path, compiled("acme,mark;"))
    write_record(output, dataclasses.replace(RECORD, source=source, image=image))

    boot_image(output, script=(), timeout=1, on_text=print, board=named)

    assert [board.source for board in booted] == [wanted]
