"""The build stage, on a host tree of one makefile; test_boot builds the real ones."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest

import ukdrivers
from ukdrivers.build import build
from ukdrivers.diagnostics import Owner, blame
from ukdrivers.errors import BuildError, ToolError, UsageError
from ukdrivers.model import Config, Driver, Host, Image, Symbol

if TYPE_CHECKING:
    from pathlib import Path

MAKEFILE = """\
MAKEFLAGS += -rR
.DELETE_ON_ERROR:
include $(C)
include $(UK_DRIV_BASE)/Makefile.uk
IMAGE := $(O)/ukdrivers_kvm-arm64
objects := $(foreach one,$(SRCS),$(O)/$(basename $(notdir $(one))).o)
all: $(IMAGE) $(IMAGE).dbg
$(O)/%.o: $(A)/%.c
	@echo "  CC $*"; $(CROSS_COMPILE)gcc -g -Wall -Werror -c $< -o $@
$(O)/%.o: $(UK_DRIV_BASE)/%.c
	@echo "  CC $*"; $(CROSS_COMPILE)gcc -g -Wall -Werror -c $< -o $@
$(IMAGE).dbg: $(objects)
	@$(CROSS_COMPILE)ld -e 0 -o $@ $^
$(IMAGE): $(IMAGE).dbg $(C)
	@cp $< $@
"""


class Tree:
    """A host, an application and one driver ``x`` in a temporary folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.output = folder / "out"
        for name in ("host", "app", "drivers"):
            (folder / name).mkdir()
        (folder / "host" / "Makefile").write_text(MAKEFILE)
        (folder / "app" / "main.c").write_text("int x(void);\nint main(void) { return x(); }\n")
        (folder / "drivers" / "x.c").write_text("int x(void);\nint x(void) { return 0; }\n")
        (folder / "drivers" / "Makefile.uk").write_text("SRCS := main.c x.c\n")

    def config(self, text: str = "CONFIG_LIBUKDRIVER_X=y\n") -> Config:
        on = Symbol(name="LIBUKDRIVER_X", value="y", origin="default")
        return Config(text=text, symbols={on.name: on})

    def build(self, **changes: Any) -> Image:
        arguments = {
            "host": Host(
                name="toy", summary="", root=str(self.folder / "host"), platforms=(), drivers=()
            ),
            "drivers_folder": str(self.folder / "drivers"),
            "config": self.config(),
            "app": str(self.folder / "app"),
            "output": str(self.output),
            "drivers": (driver("x", str(self.folder / "drivers")), driver("off", "/off")),
        }
        return build(**{**arguments, **changes})


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    return Tree(tmp_path)


def driver(name: str, root: str) -> Driver:
    return Driver(
        name=name,
        summary="",
        class_="rtc",
        arch=("arm64",),
        platforms=("kvm",),
        compatible=(),
        sources=(f"{name}.c",),
        config=None,
        provides=(),
        requires=(),
        kit=">=1,<2",
        replaces=(),
        root=root,
        distribution=f"ukdriver-{name}",
        version="1.0",
    )


def test_image_and_configuration(tree: Tree) -> None:
    image = tree.build()

    path = f"{tree.output}/ukdrivers_kvm-arm64"
    assert image == Image(path=path, elf=f"{path}.dbg", drivers=("x",))
    assert os.path.getsize(image.path) > 0
    assert (tree.output / ".config").read_text() == "CONFIG_LIBUKDRIVER_X=y\n"


def test_second_build_does_nothing(tree: Tree) -> None:
    lines: list[str] = []
    image = tree.build(on_line=lines.append)
    assert sorted(lines) == ["  CC main", "  CC x"]
    lines.clear()
    before = os.stat(image.path).st_mtime_ns

    tree.build(on_line=lines.append)

    assert lines == []
    assert os.stat(image.path).st_mtime_ns == before


def test_changed_configuration_reaches_make(tree: Tree) -> None:
    before = os.stat(tree.build().path).st_mtime_ns
    time.sleep(0.02)

    tree.build(config=tree.config("CONFIG_LIBUKDRIVER_X=y\nCONFIG_Y=y\n"))

    assert os.stat(tree.build().path).st_mtime_ns > before


def test_orders_of_a_make_around_us_are_not_followed(
    tree: Tree, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAKEFLAGS", "n --jobserver-auth=3,4")
    monkeypatch.setenv("MAKELEVEL", "1")

    assert os.path.isfile(tree.build().path)


def test_verbose_shows_what_make_says(tree: Tree) -> None:
    tree.build()
    lines: list[str] = []

    tree.build(verbose=True, on_line=lines.append)

    assert lines == ["make: Nothing to be done for 'all'."]


def refused(tree: Tree, **changes: Any) -> BuildError:
    with pytest.raises(BuildError) as caught:
        tree.build(**changes)
    return caught.value


def test_first_error_is_put_down_to_its_driver(tree: Tree) -> None:
    (tree.folder / "drivers" / "x.c").write_text("int x(void);\nint x(void) { return 0 }\n")

    error = refused(tree)

    assert str(error) == "ukdriver-x 1.0: x.c:2: error: expected ';' before '}' token"
    assert error.hint == f"see {tree.output}/make.log"
    assert "expected ';' before '}' token" in (tree.output / "make.log").read_text()


def test_warning_is_an_error(tree: Tree) -> None:
    (tree.folder / "drivers" / "x.c").write_text("static int y;\nint x(void) { return 0; }\n")

    assert str(refused(tree)) == (
        "ukdriver-x 1.0: x.c:1: error: 'y' defined but not used [-Werror=unused-variable]"
    )


def test_error_in_the_application(tree: Tree) -> None:
    (tree.folder / "app" / "main.c").write_text('#include "absent.h"\n')

    assert str(refused(tree)) == "app app: main.c:1: error: absent.h: No such file or directory"


def test_error_in_a_header_is_put_down_to_who_included_it(tree: Tree) -> None:
    header = tree.folder / "shared.h"
    header.write_text("int shared(void) { return nothing; }\n")
    (tree.folder / "drivers" / "x.c").write_text(f'#include "{header}"\n')

    assert str(refused(tree)) == (
        f"ukdriver-x 1.0: {header}:1: error: 'nothing' undeclared (first use in this function)"
    )


def test_undefined_symbol(tree: Tree) -> None:
    (tree.folder / "drivers" / "x.c").write_text(
        "int y(void);\nint x(void);\nint x(void) { return y(); }\n"
    )

    assert str(refused(tree)) == "ukdriver-x 1.0: x.c:3: error: undefined reference to `y'"


def test_make_itself_fails(tree: Tree) -> None:
    (tree.folder / "drivers" / "Makefile.uk").write_text("SRCS := main.c absent.c\n")

    error = refused(tree)

    assert str(error).startswith("make: No rule to make target '")


def test_make_that_makes_nothing(tree: Tree) -> None:
    (tree.folder / "host" / "Makefile").write_text("all:\n")

    assert str(refused(tree)) == (
        f"{tree.output}/ukdrivers_kvm-arm64: not there, although make reported no error"
    )


def test_corrected_source_completes_the_build(tree: Tree) -> None:
    source = tree.folder / "drivers" / "x.c"
    right = source.read_text()
    source.write_text("wrong")
    refused(tree)
    source.write_text(right)

    assert os.path.isfile(tree.build().path)


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("my app", "a space"),
        ("a#b", "the character '#'"),
        ("a$b", r"the character '\$'"),
        ("a:b", "the character ':'"),
        ("a\tb", r"the character '\\t'"),
    ],
)
def test_path_that_make_cannot_take(tree: Tree, name: str, what: str) -> None:
    folder = tree.folder / name
    message = rf"^'{tree.folder}/.*': has {what}, wanted a path that make can take$"

    for argument in ("app", "output", "drivers_folder"):
        with pytest.raises(UsageError, match=message):
            tree.build(**{argument: str(folder)})

    assert not tree.output.exists()


@pytest.mark.parametrize(
    ("missing", "package"),
    [
        ("make", "make"),
        ("aarch64-linux-gnu-gcc", "gcc-aarch64-linux-gnu"),
        ("aarch64-linux-gnu-ld", "binutils-aarch64-linux-gnu"),
    ],
)
def test_missing_tool_is_said_before_anything_runs(
    tree: Tree, monkeypatch: pytest.MonkeyPatch, missing: str, package: str
) -> None:
    folder = tree.folder / "bin"
    folder.mkdir()
    for tool in ("make", *(f"aarch64-linux-gnu-{one}" for one in ("gcc", "ld", "objcopy"))):
        path = shutil.which(tool)
        if tool != missing and path is not None:
            (folder / tool).symlink_to(path)
    monkeypatch.setenv("PATH", str(folder))

    with pytest.raises(
        ToolError, match=rf"^{missing}: not found, wanted on the search path$"
    ) as caught:
        tree.build()

    assert caught.value.hint == f"apt-get install {package}"
    assert not tree.output.exists()


def test_make_does_not_outlive_an_error_of_the_caller(tree: Tree) -> None:
    (tree.folder / "host" / "Makefile").write_text(
        "all: b\nb: a\n\t@sleep 60\na:\n\t@echo start; echo $$PPID\n"
    )
    seen: list[str] = []

    def stop(line: str) -> None:
        seen.append(line)
        if len(seen) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        tree.build(on_line=stop)

    with pytest.raises(ProcessLookupError):
        os.kill(int(seen[1]), 0)


SCRIPT = """
import sys
sys.path.insert(0, {root!r})
from ukdrivers.build import build
from ukdrivers.model import Config, Host
host = Host(name="toy", summary="", root={host!r}, platforms=(), drivers=())
build(host=host, drivers_folder={drivers!r}, config=Config(text="", symbols={{}}), app={app!r},
      output={output!r}, on_line=lambda line: print(line, flush=True))
"""


def test_killed_build_is_completed_by_the_next(tree: Tree) -> None:
    makefile = tree.folder / "host" / "Makefile"
    makefile.write_text(
        MAKEFILE.replace("@echo", '@echo half >$@; echo "  HALF $*"; sleep 9; echo')
    )
    script = SCRIPT.format(
        root=os.path.dirname(os.path.dirname(os.path.abspath(ukdrivers.__file__))),
        host=str(tree.folder / "host"),
        drivers=str(tree.folder / "drivers"),
        app=str(tree.folder / "app"),
        output=str(tree.output),
    )
    with subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, start_new_session=True
    ) as process:
        assert process.stdout is not None
        while not list(tree.output.glob("*.o")):
            time.sleep(0.01)
        os.killpg(process.pid, signal.SIGINT)
    assert process.returncode != 0
    makefile.write_text(MAKEFILE)

    assert os.path.isfile(tree.build().path)


OWNERS = (
    Owner("ukdriver-x 1.0", "/site/ukdriver_x", "libukdriver_x"),
    Owner("host base", "/site/hosts/base"),
    Owner("kit", "/site/kit", "libukd"),
)


@pytest.mark.parametrize(
    ("output", "message"),
    [
        pytest.param(
            """\
In file included from /site/kit/include/ukd/irq.h:6,
                 from /site/ukdriver_x/c/x.c:3:
/site/kit/include/ukd/driver.h: In function 'f':
/site/kit/include/ukd/driver.h:9:1: error: unknown type name 'foo'
""",
            "ukdriver-x 1.0: /site/kit/include/ukd/driver.h:9: error: unknown type name 'foo'",
            id="header of the kit in a driver",
        ),
        pytest.param(
            "/site/kit/src/scan.c:9:1: error: unknown type name 'foo'\n",
            "kit: scan.c:9: error: unknown type name 'foo'",
            id="kit",
        ),
        pytest.param(
            "/site/ukdriver_x/c/a.S: Assembler messages:\n"
            "/site/ukdriver_x/c/a.S:4: Error: unknown mnemonic `foo'\n",
            "ukdriver-x 1.0: a.S:4: error: unknown mnemonic `foo'",
            id="assembler",
        ),
        pytest.param(
            "aarch64-linux-gnu-ld: /out/libukdriver_x.o: in function `probe':\n"
            "libukdriver_x/x.c:12: undefined reference to `memcpy'\n",
            "ukdriver-x 1.0: x.c:12: error: undefined reference to `memcpy'",
            id="linker, mapped path",
        ),
        pytest.param(
            "aarch64-linux-gnu-ld: /out/libukdriver_x.o: in function `probe':\n"
            "(.text+0x10): undefined reference to `memcpy'\n",
            "ukdriver-x 1.0: (.text+0x10): error: undefined reference to `memcpy'",
            id="linker, no debug information",
        ),
        pytest.param(
            "/usr/bin/aarch64-linux-gnu-ld: /out/libukdriver_x/x.o: in function `probe':\n"
            "/usr/bin/aarch64-linux-gnu-ld:/out/libukdriver_x/x.o: file format not recognized;"
            " treating as linker script\n",
            "ukdriver-x 1.0: x.o: error: file format not recognized; treating as linker script",
            id="linker, half an object",
        ),
        pytest.param(
            "/usr/bin/ld: error: unplaced orphan section `.x' from `/out/libukdriver_x.o'\n",
            "ukdriver-x 1.0: ld: error: unplaced orphan section `.x' from `/out/libukdriver_x.o'",
            id="linker, by its own word",
        ),
        pytest.param(
            "/usr/bin/aarch64-linux-gnu-ld: region `ram' overflowed by 40 bytes\n"
            "collect2: error: ld returned 1 exit status\n",
            "ld: error: region `ram' overflowed by 40 bytes",
            id="linker, the whole image",
        ),
        pytest.param(
            "x: error: what\nmake: *** [Makefile:3: /out/libukdriver_x/x.o] Error 1\n",
            "ukdriver-x 1.0: x: error: what",
            id="by the object make names",
        ),
        pytest.param("elsewhere.c:1:2: error: what\n", "elsewhere.c:1: error: what", id="nobody's"),
        pytest.param("make: *** O: not given.  Stop.\n", "make: O: not given.  Stop.", id="make"),
        pytest.param("", "make: no reason given", id="silence"),
    ],
)
def test_blame(output: str, message: str) -> None:
    assert blame(output.splitlines(), OWNERS) == message
