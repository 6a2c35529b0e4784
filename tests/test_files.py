"""Publishing generated files: untouched, replaced, removed, refused, and interrupted."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import tempfile
from typing import TYPE_CHECKING, Any

import pytest

from ukdrivers.errors import WireError
from ukdrivers.files import OWNED, SUFFIX, publish

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

FIRST = {"Config.uk": "menu\n", "gicv2/exportsyms.uk": "ukd_driver_gicv2\n", "table.c": "int a;\n"}
SECOND = {
    "Config.uk": "menu 2\n",
    "pl011/exportsyms.uk": "ukd_driver_pl011\n",
    "table.c": "int a;\n",
}


def contents(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): path.read_text()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != OWNED
    }


def test_files_are_written_into_a_new_folder(tmp_path: Path) -> None:
    folder = tmp_path / "out" / "drivers"

    written = publish(str(folder), FIRST)

    assert contents(folder) == FIRST
    assert written == tuple(sorted(FIRST))
    assert (folder / OWNED).read_text() == "".join(f"{path}\n" for path in sorted(FIRST))


def test_second_run_touches_nothing(tmp_path: Path) -> None:
    publish(str(tmp_path), FIRST)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    inodes = {path: path.stat().st_ino for path in tmp_path.rglob("*")}

    assert publish(str(tmp_path), FIRST) == ()

    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == before
    assert {path: path.stat().st_ino for path in tmp_path.rglob("*")} == inodes


def test_changed_file_alone_is_written_and_stale_one_removed(tmp_path: Path) -> None:
    publish(str(tmp_path), FIRST)
    before = (tmp_path / "table.c").stat()

    written = publish(str(tmp_path), SECOND)

    assert written == ("Config.uk", "gicv2/exportsyms.uk", "pl011/exportsyms.uk")
    assert contents(tmp_path) == SECOND
    assert not (tmp_path / "gicv2").exists()
    after = (tmp_path / "table.c").stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)


def test_file_of_the_users_is_never_removed(tmp_path: Path) -> None:
    publish(str(tmp_path), FIRST)
    (tmp_path / "gicv2" / "notes.txt").write_text("mine")

    publish(str(tmp_path), SECOND)

    assert contents(tmp_path) == {**SECOND, "gicv2/notes.txt": "mine"}


def test_file_of_the_users_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "table.c").write_text("mine")

    message = (
        rf"^{tmp_path}/table\.c: not written by ukdrivers, wanted a folder without other files$"
    )
    with pytest.raises(WireError, match=message):
        publish(str(tmp_path), FIRST)

    assert contents(tmp_path) == {"table.c": "mine"}


def test_same_file_of_the_users_is_taken_over(tmp_path: Path) -> None:
    (tmp_path / "table.c").write_text(FIRST["table.c"])

    publish(str(tmp_path), FIRST)

    assert contents(tmp_path) == FIRST


def test_without_a_list_others_stay_and_same_names_are_overwritten(tmp_path: Path) -> None:
    (tmp_path / "Config.uk").write_text("mine")
    (tmp_path / "table.c").write_text("mine")

    assert publish(str(tmp_path), {"Config.uk": "menu\n"}, owned=()) == ("Config.uk",)

    assert contents(tmp_path) == {"Config.uk": "menu\n", "table.c": "mine"}
    assert not (tmp_path / OWNED).exists()


def test_owned_paths_can_be_given(tmp_path: Path) -> None:
    (tmp_path / "old").write_text("old")

    assert publish(str(tmp_path), {"new": "new"}, owned=("old", "../x")) == ("new", "old")

    assert contents(tmp_path) == {"new": "new"}


@pytest.mark.parametrize("line", ["../victim", "sub/../../victim", "/victim", "", "vic\0tim"])
def test_list_cannot_lead_out_of_the_folder(tmp_path: Path, line: str) -> None:
    folder = tmp_path / "drivers"
    (folder / "sub").mkdir(parents=True)
    victim = tmp_path / "victim"
    victim.write_text("precious")
    (folder / OWNED).write_text(f"{line.replace('/victim', str(victim), line[:1] == '/')}\n")

    publish(str(folder), FIRST)

    assert victim.read_text() == "precious"
    assert contents(folder) == FIRST


def test_garbled_list_is_survived(tmp_path: Path) -> None:
    (tmp_path / OWNED).write_bytes(b"\xff\xfe\x00\n\x80")

    publish(str(tmp_path), FIRST)

    assert contents(tmp_path) == FIRST


KILLED = """
import os, sys
sys.path.insert(0, {root!r})
from ukdrivers import files
left = int(sys.argv[1])
def dying(function):
    def call(*args, **options):
        global left
        left -= 1
        if left < 0:
            os._exit(9)
        return function(*args, **options)
    return call
for name in ("replace", "unlink", "makedirs", "rmdir"):
    setattr(os, name, dying(getattr(os, name)))
files._write = dying(files._write)
files.publish({folder!r}, {files!r})
"""


def test_run_after_a_killed_one_completes_it(tmp_path: Path) -> None:
    root = os.path.dirname(os.path.dirname(os.path.abspath(publish.__code__.co_filename)))
    deaths = 0
    while True:
        folder = tmp_path / str(deaths)
        publish(str(folder), FIRST)
        script = KILLED.format(root=root, folder=str(folder), files=SECOND)
        done = subprocess.run([sys.executable, "-c", script, str(deaths)], check=False)
        texts = contents(folder)
        for path, text in texts.items():
            assert path.endswith(SUFFIX) or text in (FIRST.get(path), SECOND.get(path))
        if done.returncode == 0:
            break
        assert done.returncode == 9

        third = {**SECOND, "table.c": "int b;\n"}
        publish(str(folder), third)

        assert contents(folder) == third
        deaths += 1
    assert deaths > 10


def failing(function: Callable[..., Any], number: int, error: int) -> Callable[..., Any]:
    """Wrap a function so that its nth call fails."""
    left = number

    def call(*args: Any, **options: Any) -> Any:
        nonlocal left
        left -= 1
        if left == 0:
            raise OSError(error, os.strerror(error), args[0])
        return function(*args, **options)

    return call


@pytest.mark.parametrize("number", [1, 2, 3])
def test_full_disk_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    from ukdrivers import files

    publish(str(tmp_path), FIRST)
    monkeypatch.setattr(files, "_write", failing(files._write, number, errno.ENOSPC))

    with pytest.raises(
        WireError, match=r"^.*: no space left on device, wanted room for the generated files$"
    ):
        publish(str(tmp_path), SECOND)

    assert contents(tmp_path) == FIRST
    monkeypatch.undo()
    publish(str(tmp_path), SECOND)
    assert contents(tmp_path) == SECOND


def test_read_only_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from ukdrivers import files

    monkeypatch.setattr(files, "_write", failing(files._write, 1, errno.EROFS))

    message = r"^.*: read-only file system, wanted a folder that can be written$"
    with pytest.raises(WireError, match=message):
        publish(str(tmp_path), FIRST)


@pytest.fixture
def ordinary_user() -> Iterator[None]:
    """Be nobody for a while: root may write everywhere."""
    user = os.geteuid()
    if user == 0:
        os.seteuid(65534)
    yield
    os.seteuid(user)


@pytest.mark.usefixtures("ordinary_user")
def test_folder_without_permission() -> None:
    message = r"^.*: permission denied, wanted a folder that can be written$"
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o500)
        with pytest.raises(WireError, match=message):
            publish(folder, FIRST)
        os.chmod(folder, 0o700)


def test_folder_that_is_a_file(tmp_path: Path) -> None:
    path = tmp_path / "out"
    path.write_text("")

    with pytest.raises(WireError, match=rf"^{path}: file exists, wanted a folder$"):
        publish(str(path), FIRST)
    with pytest.raises(WireError, match=rf"^{path}/in: not a directory, wanted a folder$"):
        publish(str(path / "in"), FIRST)


def test_target_that_is_a_folder(tmp_path: Path) -> None:
    (tmp_path / "table.c").mkdir()

    with pytest.raises(WireError, match=rf"^{tmp_path}/table\.c: is a directory, wanted a file$"):
        publish(str(tmp_path), FIRST, owned=())

    assert contents(tmp_path) == {}


def test_folder_of_a_target_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "gicv2").write_text("mine")

    with pytest.raises(WireError, match=rf"^{tmp_path}/gicv2: file exists, wanted a folder$"):
        publish(str(tmp_path), FIRST)

    assert contents(tmp_path) == {"gicv2": "mine"}
