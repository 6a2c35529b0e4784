"""Reading drivers' C: data/drivers holds one small driver a case."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

import ukdrivers
from ukdrivers.errors import ToolError, WireError
from ukdrivers.model import Declared, Driver
from ukdrivers.source import declare

if TYPE_CHECKING:
    from pathlib import Path

COMPILER = "aarch64-linux-gnu-gcc"
PACKAGE = os.path.dirname(os.path.abspath(ukdrivers.__file__))
KIT = os.path.join(PACKAGE, "kit")
INCLUDES = (os.path.join(KIT, "include"), os.path.join(KIT, "arch", "arm64", "include"))
DATA = os.path.join(os.path.dirname(os.path.abspath(__file__)), "data", "drivers")


def driver(name: str, *, root: str | None = None) -> Driver:
    root = root or os.path.join(DATA, name)
    return Driver(
        name=name,
        summary="",
        class_="rtc",
        arch=("arm64",),
        platforms=("kvm",),
        compatible=(f"acme,{name}",),
        sources=tuple(sorted(one for one in os.listdir(root) if one.endswith(".c"))),
        config=None,
        provides=(),
        requires=(),
        kit=">=1,<2",
        replaces=(),
        root=root,
        distribution=f"ukdriver-{name}",
        version="1.0",
    )


def read(name: str) -> Declared:
    return declare(driver(name), compiler=COMPILER, includes=INCLUDES)


def line_of(name: str, text: str) -> int:
    with open(os.path.join(DATA, name, f"{name}.c"), encoding="ascii") as file:
        return 1 + next(at for at, line in enumerate(file) if text in line)


def test_designated_initialisers() -> None:
    line = line_of("plain", "const struct ukd_driver ukd_driver_plain = {")

    assert read("plain") == Declared(
        name="plain",
        class_="virtio-transport",
        compatible=("acme,plain-2", "acme,plain"),
        exported=("ukd_driver_plain",),
        location=f"{DATA}/plain/plain.c:{line}",
    )


def test_initialisers_in_order_and_a_table_ended_by_its_length() -> None:
    result = read("positional")

    assert (result.name, result.class_) == ("positional", "pci-host")
    assert result.compatible == ("acme,one", "acme,two", "acme,three")


def test_table_without_strings() -> None:
    assert read("bare").compatible == ()


def test_exports_of_every_file_are_listed() -> None:
    assert read("split").exported == ("split_helper", "ukd_driver_split")


@pytest.mark.parametrize("name", ["plain", "positional", "exporting", "bare"])
def test_exports_are_what_the_compiler_exports(name: str, tmp_path: Path) -> None:
    made = tmp_path / "x.o"
    folders = [f"-I{folder}" for folder in INCLUDES]
    source = os.path.join(DATA, name, f"{name}.c")
    subprocess.run(
        [COMPILER, "-std=gnu11", "-ffreestanding", *folders, "-c", source, "-o", made], check=True
    )
    listed = subprocess.run(
        ["aarch64-linux-gnu-nm", "-g", "--defined-only", "--format=posix", made],
        check=True,
        capture_output=True,
        text=True,
    )

    assert sorted(read(name).exported) == sorted(
        line.split()[0] for line in listed.stdout.splitlines()
    )


@pytest.mark.parametrize(
    ("name", "message"),
    [
        (
            "objectless",
            (
                r"objectless\.c: no driver object, "
                r"wanted 'const struct ukd_driver ukd_driver_objectless' with an initialiser"
            ),
        ),
        (
            "twofold",
            (
                r"twofold\.c:25: second driver object 'ukd_driver_other', "
                r"wanted one a driver; the first is at twofold\.c:17"
            ),
        ),
        (
            "misnamed",
            (
                r"misnamed\.c:17: driver object is named 'ukd_driver_misnomer', "
                r"wanted 'ukd_driver_misnamed'"
            ),
        ),
        ("hidden", r"hidden\.c:16: ukd_driver_hidden is static, wanted it exported"),
        (
            "tableless",
            r"tableless\.c:17: match table 'tableless_match' not found, wanted an array of struct ukd_match here",
        ),
        (
            "single",
            r"single\.c:17: match table 'single_match' not found, wanted an array of struct ukd_match here",
        ),
        (
            "endless",
            r"endless\.c:11: match table 'endless_match' has no end, wanted a last '\{ 0 \}'",
        ),
        ("trailing", r"trailing\.c:14: entry after the end of 'trailing_match', wanted none"),
        ("computed", r"computed\.c:14: \.compatible is computed, wanted a string literal"),
        ("placed", r"placed\.c:12: entry is not a plain '\{ \.\.\. \}', wanted one"),
        ("classless", r"classless\.c:17: ukd_driver_classless has no \.class, wanted one"),
        ("numbered", r"numbered\.c:19: \.class is not named, wanted one of UKD_CLASS_\*"),
        ("nameless", r"nameless\.c:18: \.name is computed, wanted a string literal"),
        ("probeless", r"probeless\.c:11: ukd_driver_probeless has no \.probe, wanted one"),
        ("unparsable", r"unparsable\.c:4: cannot be parsed before \.\.\., wanted C11"),
        ("unbalanced", r"unbalanced\.c:9: cannot be parsed before \}, wanted C11"),
        ("includeless", r"includeless\.c:3: includeless_regs\.h: No such file or directory"),
    ],
)
def test_refused(name: str, message: str) -> None:
    with pytest.raises(WireError, match=f"^{message}$"):
        read(name)


def test_too_deep_to_parse(tmp_path: Path) -> None:
    (tmp_path / "deep.c").write_text(f"int deep = {'(' * 5000}1{')' * 5000};\n")

    with pytest.raises(WireError, match=r"^deep\.c: nested too deeply to be parsed, wanted C11$"):
        declare(driver("deep", root=str(tmp_path)), compiler=COMPILER, includes=INCLUDES)


def test_configuration_on_the_include_path_is_used(tmp_path: Path) -> None:
    root, folder = tmp_path / "plain", tmp_path / "include"
    shutil.copytree(os.path.join(DATA, "plain"), root)
    (folder / "uk").mkdir(parents=True)
    (folder / "uk" / "config.h").write_text('#define CONFIG_LIBUKDRIVER_PLAIN_STRING "acme,set"\n')
    source = root / "plain.c"
    source.write_text(
        "#include <ukd/config.h>\n"
        + source.read_text().replace('"acme,plain-2"', "CONFIG_LIBUKDRIVER_PLAIN_STRING")
    )
    one = driver("plain", root=str(root))

    result = declare(one, compiler=COMPILER, includes=(*INCLUDES, str(folder)))

    assert result.compatible == ("acme,set", "acme,plain")
    with pytest.raises(WireError, match=r"^plain\.c:\d+: \.compatible is computed, .*$"):
        declare(one, compiler=COMPILER, includes=INCLUDES)


def test_no_compiler(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(
        ToolError, match=r"^aarch64-linux-gnu-gcc: not found, wanted on the search path$"
    ) as caught:
        read("plain")

    assert caught.value.hint == "apt-get install gcc-aarch64-linux-gnu"


class TestCache:
    """What was read is kept until a file it came from changes."""

    @pytest.fixture
    def root(self, tmp_path: Path) -> Path:
        root = tmp_path / "plain"
        shutil.copytree(os.path.join(DATA, "plain"), root)
        time.sleep(0.05)  # a file as new as the reading of it is not trusted
        return root

    def read(self, root: Path) -> Declared:
        return declare(
            driver("plain", root=str(root)),
            compiler=COMPILER,
            includes=INCLUDES,
            cache=str(root.parent / "cache"),
        )

    def refuse_to_preprocess(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def refuse(*_: object, **__: object) -> str:
            pytest.fail("the compiler was run")

        monkeypatch.setattr("ukdrivers.preprocess.preprocess", refuse)

    def test_second_time_nothing_is_run(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        first = self.read(root)
        self.refuse_to_preprocess(monkeypatch)

        assert self.read(root) == first

    def test_touched_file_is_compared(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        first = self.read(root)
        (root / "plain_regs.h").touch()
        self.refuse_to_preprocess(monkeypatch)

        assert self.read(root) == first

    @pytest.mark.parametrize("name", ["plain.c", "plain_regs.h"])
    def test_change_is_seen_even_with_size_and_time_kept(self, root: Path, name: str) -> None:
        self.read(root)
        path = root / name
        status = path.stat()
        path.write_text(path.read_text().replace('"acme,', '"ACME,'))
        os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))

        assert any(one.startswith("ACME,") for one in self.read(root).compatible)

    def test_source_newer_than_the_reading_is_not_kept(self, root: Path) -> None:
        (root / "plain.c").touch()

        self.read(root)

        assert not (root.parent / "cache").exists()

    @pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"key": [], "files": 3}', "\0"])
    def test_broken_cache_is_read_over(self, root: Path, text: str) -> None:
        first = self.read(root)
        (root.parent / "cache" / "plain.json").write_text(text)

        assert self.read(root) == first

    def test_cache_that_cannot_be_written_is_left_out(self, root: Path) -> None:
        (root.parent / "cache").write_text("a file")

        assert self.read(root).name == "plain"

    def test_neither_parser_nor_subprocess_is_imported(self, root: Path) -> None:
        self.read(root)
        one = driver("plain", root=str(root))
        script = (
            f"import sys; sys.path.insert(0, {os.path.dirname(PACKAGE)!r})\n"
            "from ukdrivers.model import Driver\n"
            "from ukdrivers.source import declare\n"
            f"declare({one!r}, compiler={COMPILER!r}, includes={INCLUDES!r},"
            f" cache={str(root.parent / 'cache')!r})\n"
            "print(*{'pycparser', 'subprocess', 'hashlib', 'tempfile'} & sys.modules.keys())\n"
        )

        done = subprocess.run(
            [sys.executable, "-c", script], check=True, capture_output=True, text=True
        )

        assert done.stdout == "\n"
