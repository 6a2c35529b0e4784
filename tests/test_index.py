"""The index on disk: it answers while nothing has changed, and never once something has."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from tests.conftest import ROOT
from tests.site_folder import Site, manifest, package_files, write
from ukdrivers import index

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from tests.conftest import Program

WATCHED = "pyproject/ukdriver.toml"
#: longer than the tick within which a change would count as unseen
TICK = 0.05


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return str(tmp_path / "cache" / "ukdrivers" / "index")


@pytest.fixture
def path(tmp_path: Path) -> list[str]:
    """A search path of two folders, an archive, and a folder that isn't there."""
    (tmp_path / "one").mkdir()
    (tmp_path / "two" / "package").mkdir(parents=True)
    (tmp_path / "plugins.zip").write_bytes(b"PK")
    (tmp_path / "pyproject").mkdir()
    (tmp_path / WATCHED).write_text("schema = 1\n")
    return [str(tmp_path / name) for name in ("one", "two", "plugins.zip", "none")]


def keep(path: list[str], *watched: str, answer: bytes = b"answer") -> None:
    time.sleep(TICK)
    reason = index.Stamps(path).save(watched, {"first": answer, "empty": b"", "last": b"x" * 70000})
    assert reason is None


def answer(path: list[str]) -> bytes | None:
    kept = index.opened(path)
    if kept is None:
        return None
    with kept:
        assert kept.section("empty") == b""
        assert kept.section("last") == b"x" * 70000
        assert kept.section("first", 1, 3) == kept.section("first")[1:4]
        return kept.section("first")


def test_what_was_kept_is_the_answer(path: list[str]) -> None:
    assert answer(path) is None
    keep(path)
    assert answer(path) == b"answer"


def test_many_watched_files(path: list[str], tmp_path: Path) -> None:
    keep(path, *(str(tmp_path / f"none{number:05}") for number in range(2000)))
    assert answer(path) == b"answer"


CHANGES: dict[str, Callable[[str], object]] = {
    "entry added": lambda base: os.mkdir(f"{base}/two/new"),
    "entry removed": lambda base: os.rmdir(f"{base}/two/package"),
    "entry renamed": lambda base: os.rename(f"{base}/two/package", f"{base}/two/~ackage"),
    "folder gone": lambda base: os.rmdir(f"{base}/one"),
    "folder appears": lambda base: os.mkdir(f"{base}/none"),
    "folder is another": lambda base: _swap(f"{base}/one"),
    "archive written again": lambda base: write(base, {"plugins.zip": b"PK"}),
    "manifest edited": lambda base: write(base, {WATCHED: "schema = 2\n"}),
    "manifest replaced by one of the same time": lambda base: _replace(f"{base}/{WATCHED}"),
    "manifest gone": lambda base: os.remove(f"{base}/{WATCHED}"),
    "missing file appears": lambda base: write(base, {"pyproject/missing": ""}),
}


@pytest.mark.parametrize("change", CHANGES)
def test_any_change_ends_it(path: list[str], tmp_path: Path, change: str) -> None:
    keep(path, str(tmp_path / WATCHED), str(tmp_path / "pyproject" / "missing"))
    assert answer(path) == b"answer"

    CHANGES[change](str(tmp_path))

    assert answer(path) is None


def _swap(folder: str) -> None:
    """Put another folder at the place of one, with its time."""
    status = os.stat(folder)
    os.rename(folder, f"{folder}.old")
    os.mkdir(folder)
    os.utime(folder, ns=(status.st_atime_ns, status.st_mtime_ns))


def _replace(path: str) -> None:
    status = os.stat(path)
    with open(path, "w", encoding="ascii") as file:
        file.write("schema = 2\n")
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


@pytest.mark.parametrize("order", [[1, 0, 2, 3], [0, 1, 2], [0, 1, 2, 3, 0], [0]])
def test_another_search_path_has_another_index(path: list[str], order: list[int]) -> None:
    keep(path)

    assert answer([path[number] for number in order]) is None
    assert answer(path) == b"answer"


def test_file_of_another_search_path_is_no_answer(path: list[str], cache: str) -> None:
    """Names of files are numbers, which two search paths may share."""
    keep(path)
    (name,) = os.listdir(cache)
    other = path[::-1]
    keep(other)
    (second,) = set(os.listdir(cache)) - {name}
    os.replace(os.path.join(cache, name), os.path.join(cache, second))

    assert answer(other) is None


def test_relative_entries_are_meant_from_where_it_runs(
    path: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert index.search_path(["", "one", path[1], b"x"]) == [  # type: ignore[list-item]
        str(tmp_path),
        path[0],
        path[1],
    ]


def test_what_was_read_within_the_tick_of_a_change_is_not_kept(path: list[str]) -> None:
    keep(path, answer=b"before")
    os.mkdir(os.path.join(path[0], "new"))

    assert index.Stamps(path).save((), {"first": b"after"}) is None

    assert answer(path) is None


def test_change_while_it_is_made_is_not_kept(path: list[str]) -> None:
    time.sleep(TICK)
    stamps = index.Stamps(path)
    os.mkdir(os.path.join(path[0], "new"))
    time.sleep(TICK)

    assert stamps.save((), {"first": b"answer"}) is None

    assert answer(path) is None


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: data[:0],
        lambda data: data[:10],
        lambda data: data[:-1],
        lambda data: data + b"x",
        lambda data: data.replace(b"ukdrivers index", b"ukdrivers indeX", 1),
        lambda data: data.replace(b" first 6", b" first 5", 1),
        lambda data: data.replace(b" first 6", b" first -6", 1),
        lambda data: data.replace(b" first 6", b" first x", 1),
        lambda data: data.replace(b" first 6", b" first", 1),
        lambda data: data.split(b"\n")[0],
        lambda data: os.urandom(len(data)),
    ],
)
def test_damaged_file_is_no_answer(
    path: list[str], cache: str, damage: Callable[[bytes], bytes]
) -> None:
    keep(path)
    (name,) = os.listdir(cache)
    with open(os.path.join(cache, name), "rb") as file:
        data = file.read()
    with open(os.path.join(cache, name), "wb") as file:
        file.write(damage(data))

    assert answer(path) is None


def test_file_of_another_user_is_not_believed(path: list[str], cache: str) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can give a file away")
    keep(path)
    (name,) = os.listdir(cache)
    os.chown(os.path.join(cache, name), 12345, -1)

    assert answer(path) is None


def test_others_cannot_read_or_write_it(path: list[str], cache: str) -> None:
    keep(path)

    (name,) = os.listdir(cache)
    assert os.stat(os.path.join(cache, name)).st_mode & 0o777 == 0o600
    assert os.stat(cache).st_mode & 0o777 == 0o700


def test_only_some_indexes_are_kept(path: list[str], cache: str, tmp_path: Path) -> None:
    for number in range(index.MOST_FILES + 4):
        keep([*path, str(tmp_path / f"{number}")])

    assert len(os.listdir(cache)) == index.MOST_FILES
    assert answer([*path, str(tmp_path / f"{number}")]) == b"answer"


def test_place_that_cannot_be_written(path: list[str], cache: str) -> None:
    write(os.path.dirname(os.path.dirname(cache)), {"ukdrivers": "a file"})

    reason = index.Stamps(path).save((), {"first": b"answer"})

    assert reason in (f"{cache}: not a directory", None)
    time.sleep(TICK)
    assert index.Stamps(path).save((), {"first": b"answer"}) == f"{cache}: not a directory"
    assert answer(path) is None


def _writer(path: list[str], number: int) -> None:
    for turn in range(50):
        value = f"{number} {turn} ".encode() * 5000
        index.Stamps(path).save((), {"first": value, "last": value})


def test_writers_and_readers_at_once(path: list[str], cache: str) -> None:
    time.sleep(TICK)
    context = multiprocessing.get_context("fork")
    writers = [context.Process(target=_writer, args=(path, number)) for number in range(4)]
    for writer in writers:
        writer.start()
    seen = 0
    while any(writer.is_alive() for writer in writers):
        kept = index.opened(path)
        if kept is not None:
            with kept:
                first = kept.section("first")
                assert first == kept.section("last")
                assert first == first[: len(first) // 5000] * 5000
            seen += 1
    for writer in writers:
        writer.join()
        assert writer.exitcode == 0
    assert seen > 10
    assert len(os.listdir(cache)) == 1


# through the program


class Installed:
    """An environment of its own, and the program in it."""

    def __init__(self, program: Program, folder: Path) -> None:
        self._program = program
        self.site = Site(str(folder / "site"))
        self.source = str(folder / "source")
        os.mkdir(self.source)
        self.env = {
            "PYTHONPATH": os.pathsep.join([ROOT, self.site.path, self.source]),
            "XDG_CACHE_HOME": str(folder / "cache"),
            "XDG_STATE_HOME": str(folder / "state"),
        }

    def run(self, *arguments: str) -> tuple[str, str]:
        done = self._program(*arguments, env=self.env)
        assert done.returncode == 0, done.stderr
        return done.stdout, done.stderr

    def names(self, *arguments: str) -> set[str]:
        return {line.split()[0] for line in self.run("list", *arguments)[0].splitlines()[1:]}

    def settle(self) -> None:
        """Let the tick pass, so that the next search is kept, and search."""
        time.sleep(TICK)
        self.run("list")
        assert os.listdir(os.path.join(self.env["XDG_CACHE_HOME"], "ukdrivers", "index"))


@pytest.fixture
def installed(ukdrivers: Program, tmp_path: Path) -> Installed:
    return Installed(ukdrivers, tmp_path)


@pytest.mark.parametrize(
    "arguments",
    [
        ("list",),
        ("list", "--json"),
        ("show", "pl011x"),
        ("show", "pl011x", "--json"),
        ("match", "qemu:virt,gic-version=2"),
        ("match", "qemu:virt,gic-version=2", "--json"),
    ],
)
def test_same_words_with_and_without_an_index(
    installed: Installed, arguments: tuple[str, ...]
) -> None:
    installed.site.add_driver("pl011x", compatible="['arm,pl011']")
    installed.site.add_driver("broken", summary='"\\u001b[31m"')
    installed.site.add_driver("later", kit="'>=2,<3'")
    cold = installed.run(*arguments)
    installed.settle()

    assert installed.run(*arguments) == cold
    assert installed.run(*arguments, "--refresh") == cold
    assert cold[1].count("\n") == 3
    assert "skipped" in cold[1]


@pytest.mark.parametrize(
    ("arguments", "few"),
    [
        (["list", "--json"], True),
        (["list"], True),
        (["show", "pl011x"], True),
        (["complete", "show", "pl"], True),
        (["match", "virt.dtb", "--json"], False),
    ],
)
def test_answer_of_an_index_imports_next_to_nothing(
    installed: Installed, tmp_path: Path, arguments: list[str], few: bool
) -> None:
    board = str(tmp_path / "virt.dtb")
    machine = f"virt,gic-version=2,dumpdtb={board}"
    subprocess.run(["qemu-system-aarch64", "-M", machine], check=True, capture_output=True)
    arguments = [board if one == "virt.dtb" else one for one in arguments]
    installed.site.add_driver("pl011x", compatible="['arm,pl011']")
    program = (
        "import sys; before = set(sys.modules); from ukdrivers.cli import main; main(sys.argv[1:])\n"
        "print(*sorted(set(sys.modules) - before), file=sys.stderr)"
    )
    for _ in range(2):
        time.sleep(TICK)
        done = subprocess.run(
            [sys.executable, "-c", program, *arguments],
            check=True,
            capture_output=True,
            text=True,
            cwd=tmp_path / "source",
            env={**os.environ, **installed.env},
        )
    loaded = set(done.stderr.splitlines()[-1].split())
    slow = {"importlib_metadata", "importlib.metadata", "pluggy", "tomllib", "ukdriver_pl011x"}
    slow |= {"json", "dataclasses", "typing", "argparse", "pathlib", "subprocess", "inspect"}
    assert not loaded & (slow | {"importlib", "ukdrivers.registry", "ukdrivers.manifest"})
    if few:
        assert "re" not in loaded
        assert len(loaded) <= 12, sorted(loaded)


def test_editable_installation_is_watched(installed: Installed) -> None:
    installed.site.add("ukdriver-pl011x", entry_points="[ukdrivers]\npl011x = ukdriver_pl011x\n")
    write(installed.source, package_files("ukdriver_pl011x", "pl011x"))
    installed.settle()
    assert "pl011x" in installed.names()

    write(
        installed.source, {"ukdriver_pl011x/ukdriver.toml": manifest("pl011x", summary="'Edited'")}
    )
    assert "Edited" in installed.run("list")[0]

    installed.settle()
    os.remove(os.path.join(installed.source, "ukdriver_pl011x", "c", "pl011x.c"))
    assert "pl011x" not in installed.names()

    installed.settle()
    write(installed.source, {"ukdriver_pl011x/c/pl011x.c": ""})
    assert "pl011x" in installed.names()

    installed.settle()
    shutil.rmtree(os.path.join(installed.source, "ukdriver_pl011x"))
    assert "pl011x" not in installed.names()


def test_editable_package_deep_in_a_namespace_appears(installed: Installed) -> None:
    installed.site.add("acme", entry_points="[ukdrivers]\nuart = acme.drivers.uart\n")
    write(installed.source, {"acme/drivers/README": ""})
    installed.settle()
    assert "uart" not in installed.names()

    write(installed.source, package_files("acme/drivers/uart", "uart"))

    assert "uart" in installed.names()


def test_editable_package_comes_to_be_shadowed(installed: Installed) -> None:
    installed.site.add("acme", entry_points="[ukdrivers]\nuart = acme.drivers.uart\n")
    write(installed.site.path, {"acme/drivers/README": ""})
    write(installed.source, package_files("acme/drivers/uart", "uart"))
    installed.settle()
    assert "uart" in installed.names()

    write(installed.site.path, package_files("acme/drivers/uart", "uart", summary="'In front'"))

    assert "In front" in installed.run("list")[0]


def test_source_tree_of_setuptools_is_watched(installed: Installed) -> None:
    info = "other.egg-info"
    site = Site(installed.source)
    site.add("other", info=info)
    write(installed.source, package_files("ukdriver_late", "late"))
    installed.settle()
    assert "late" not in installed.names()

    write(installed.source, {f"{info}/entry_points.txt": "[ukdrivers]\nlate = ukdriver_late\n"})

    assert "late" in installed.names()


def test_manifest_mended_in_place_is_seen(installed: Installed) -> None:
    installed.site.add_driver("pl011x", class_="'clock'")
    installed.settle()
    assert "pl011x" not in installed.names()

    write(installed.site.path, {"ukdriver_pl011x/ukdriver.toml": manifest("pl011x")})

    assert "pl011x" in installed.names()


def test_manifest_edited_in_place_among_installed_files(installed: Installed) -> None:
    """No folder on the path shows it: `show` looks, for `list` there is --refresh."""
    installed.site.add_driver("pl011x")
    installed.settle()
    edited = manifest("pl011x", summary="'Edited'")
    write(installed.site.path, {"ukdriver_pl011x/ukdriver.toml": edited})

    assert "Edited" in installed.run("show", "pl011x")[0]
    assert "Edited" in installed.run("list", "--refresh")[0]


def test_what_builds_looks_at_every_manifest(
    installed: Installed, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ukdrivers.cli.answers import registry

    monkeypatch.setattr(sys, "path", [installed.site.path])
    installed.site.add_driver("pl011x")
    time.sleep(TICK)
    registry()
    edited = manifest("pl011x", summary="'Edited'")
    write(installed.site.path, {"ukdriver_pl011x/ukdriver.toml": edited})

    assert registry().drivers[0].summary == "A driver for tests"
    assert registry(exact=True).drivers[0].summary == "Edited"


def test_code_that_gives_drivers_is_asked_each_time(installed: Installed) -> None:
    code = (
        "import os\nfrom ukdrivers.hooks import hookimpl\n"
        "from ukdrivers.manifest import read_manifest\n"
        "@hookimpl\ndef ukdrivers_drivers():\n"
        "    path = os.environ['ACME']\n"
        "    return [read_manifest(path, distribution='acme', version='2.0')]\n"
    )
    installed.site.add(
        "acme", entry_points="[ukdrivers.hooks]\nacme = acme_hooks\n", files={"acme_hooks.py": code}
    )
    time.sleep(TICK)
    for name in ("first", "second"):
        write(installed.source, package_files(f"acme/{name}", name))
        installed.env["ACME"] = os.path.join(installed.source, "acme", name, "ukdriver.toml")
        time.sleep(TICK)
        assert {"first", "second"} & installed.names() == {name}

    doctor: Mapping[str, str] = dict(
        line.split(None, 1) for line in installed.run("doctor")[0].splitlines()[1:]
    )
    assert "code of acme 0.1 is asked each time" in doctor["index"]


def test_home_that_cannot_be_written(installed: Installed, tmp_path: Path) -> None:
    installed.site.add_driver("pl011x")
    write(str(tmp_path), {"cache": "a file"})
    time.sleep(TICK)

    for _ in range(2):
        said, complaints = installed.run("list")
        assert "\npl011x " in said
        assert complaints == ""

    assert "not a directory" in installed.run("doctor")[0]
