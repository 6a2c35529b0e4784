"""The whole way on real make, compiler and QEMU: images are built, booted, broken and mended."""

from __future__ import annotations

import hashlib
import itertools
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import pathlib

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BOARD = "qemu:virt,gic-version=2"
SCRIPT = os.path.join(ROOT, "demo", "console.script")
IMAGE = "ukdrivers_kvm-arm64"
VIRTIO = ["virtio-blk", "virtio-mmio", "virtio-net", "virtio-pci"]
#: what the board turns on
DRIVERS = ["armv8-timer", "ecam-pci", "gicv2", "pl011", "pl031", "psci", *VIRTIO]

Done = subprocess.CompletedProcess[str]
Program = Callable[..., Done]
Builder = Callable[..., str]


def digests(folder: str, *names: str) -> dict[str, str]:
    found = {}
    for name in names:
        with open(os.path.join(folder, name), "rb") as file:
            found[name] = hashlib.sha256(file.read()).hexdigest()
    return found


def times(folder: str) -> dict[str, int]:
    """Return when each file below a folder was last written."""
    paths = (os.path.join(above, name) for above, _, names in os.walk(folder) for name in names)
    return {os.path.relpath(path, folder): os.stat(path).st_mtime_ns for path in paths}


# booted


def test_the_demo_does_all_that_its_script_expects(ukdrivers: Program, built: Builder) -> None:
    done = ukdrivers("run", "-o", built("demo"), "--script", SCRIPT)

    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.endswith("ukdrivers: power off\n")


def test_ticks_are_ten_milliseconds_apart(ukdrivers: Program, built: Builder) -> None:
    """With time counted in instructions, so that a busy machine makes none of them late."""
    counted = ("--", "-icount", "shift=0,sleep=off")

    done = ukdrivers("run", "-o", built("demo"), "--script", SCRIPT, *counted)

    assert done.returncode == 0, done.stdout + done.stderr
    ticks = [int(us) for us in re.findall(r"^tick \d+ at (\d+) us$", done.stdout, re.MULTILINE)]
    assert len(ticks) == 10
    for sooner, later in itertools.pairwise(ticks):
        assert later - sooner == pytest.approx(10_000, abs=10)


def test_the_print_only_image(ukdrivers: Program, built: Builder) -> None:
    done = ukdrivers("run", "-o", built("hello"), "--json")

    assert done.returncode == 0, done.stderr
    value = json.loads(done.stdout)
    assert value["schema"] == "ukdrivers/run/1"
    assert value["status"] == 0
    assert value["lines"][0] == "ukdrivers base on linux,dummy-virt"
    assert value["lines"][-2:] == ["hello", "ukdrivers: power off"]
    assert "hello\n" in done.stderr


@pytest.mark.parametrize(
    "board",
    [
        f"{BOARD},virtualization=on",
        f"{BOARD},cpu=cortex-a57",
        f"{BOARD},cpu=cortex-a72",
        f"{BOARD},memory=512",
        f"{BOARD},memory=4096",
        f"{BOARD},virtualization=on,cpu=cortex-a72,memory=4096",
    ],
)
def test_one_image_runs_on_other_boards(ukdrivers: Program, built: Builder, board: str) -> None:
    done = ukdrivers("run", "-o", built("demo"), "--script", SCRIPT, "--board", board)

    assert done.returncode == 0, done.stdout + done.stderr


def test_the_newest_processor(ukdrivers: Program, built: Builder) -> None:
    done = ukdrivers("run", "-o", built("demo"), "--script", SCRIPT, "--", "-cpu", "max")

    assert done.returncode == 0, done.stdout + done.stderr


def test_a_wrong_gic_is_said_on_the_console(ukdrivers: Program, built: Builder) -> None:
    other = "qemu:virt,gic-version=3"

    done = ukdrivers("run", "-o", built("demo"), "--board", other, "--timeout", "5")

    assert done.returncode == 1
    lines = done.stdout.splitlines()
    assert "ukdrivers: /intc@8000000: no linked driver for arm,gic-v3" in lines
    assert lines[-1].startswith("ukdrivers: halted: ")
    assert done.stderr.startswith("ukdrivers: image: halted: ")


def test_what_is_expected_must_come(ukdrivers: Program, built: Builder) -> None:
    done = ukdrivers("run", "-o", built("hello"), "--expect", "hello", "--expect", "goodbye")

    assert done.returncode == 1
    assert done.stderr == (
        "ukdrivers: console: no line 'goodbye' before the image powered off; "
        "the last line was 'ukdrivers: power off'\n"
    )


def test_expect_and_send_on_the_command_line(ukdrivers: Program, built: Builder) -> None:
    words = ["--expect", "type a line: $", "--send", "a b", "--expect", "^echo: a b$"]

    assert ukdrivers("run", "-o", built("demo"), *words).returncode == 0


def test_a_deadline_passes(ukdrivers: Program, built: Builder) -> None:
    done = ukdrivers("run", "-o", built("demo"), "--timeout", "5")

    assert done.returncode == 1
    assert done.stderr == (
        "ukdrivers: image: did not power off within 5 s; the last line was 'type a line: '\n"
    )


def test_a_person_at_a_terminal(built: Builder) -> None:
    import termios

    ours, theirs = os.openpty()
    before = termios.tcgetattr(theirs)
    command = [sys.executable, "-m", "ukdrivers", "run", "-o", built("demo")]
    environment = {**os.environ, "PYTHONPATH": ROOT}
    with subprocess.Popen(command, stdin=theirs, stdout=theirs, env=environment) as process:
        shown = b""
        while b"type a line: " not in shown:
            shown += os.read(ours, 4096)
        os.write(ours, b"by hand\r")
        while b"power off" not in shown:
            shown += os.read(ours, 4096)
        assert process.wait(timeout=60) == 0
    assert b"echo: by hand" in shown
    assert termios.tcgetattr(theirs) == before
    os.close(ours)
    os.close(theirs)


# built


def test_build_as_json(ukdrivers: Program, built: Builder) -> None:
    folder = built("hello")

    value = json.loads(ukdrivers("build", "-o", folder, "--json").stdout)

    assert value == {
        "schema": "ukdrivers/build/1",
        "image": os.path.join(folder, IMAGE),
        "elf": os.path.join(folder, f"{IMAGE}.dbg"),
        "drivers": DRIVERS,
        "wired": [],
    }


def test_menu_says_which_node_asked(ukdrivers: Program, built: Builder) -> None:
    value = json.loads(ukdrivers("menu", "-o", built("hello"), "--json").stdout)

    assert value["schema"] == "ukdrivers/menu/1"
    entries = {entry["driver"]: entry for entry in value["entries"]}
    assert entries["gicv2"]["symbol"] == "LIBUKDRIVER_GICV2"
    assert (entries["gicv2"]["value"], entries["gicv2"]["origin"]) == ("y", "board")
    assert "/intc@8000000" in entries["gicv2"]["comment"]


def test_a_second_build_touches_nothing(ukdrivers: Program, built: Builder) -> None:
    folder = built("hello")
    ukdrivers("build", "-o", folder)  # what was read too soon after it was written is kept now
    before = times(folder)

    done = ukdrivers("build", "-o", folder)

    assert done.returncode == 0
    assert done.stderr == ""
    assert times(folder) == before


def test_the_same_input_gives_the_same_bytes(
    ukdrivers: Program, built: Builder, tmp_path: pathlib.Path
) -> None:
    first, second = built("demo"), str(tmp_path / "elsewhere" / "deeper")

    done = ukdrivers("build", BOARD, "--app", "demo", "-o", second)

    assert done.returncode == 0, done.stderr
    wired = [f"drivers/{name}" for name in ("Config.uk", "Linker.uk", "Makefile.uk", "table.c")]
    names = (".config", "board.dtb", IMAGE, *wired)
    assert digests(second, *names) == digests(first, *names)


def test_a_driver_that_is_left_out(ukdrivers: Program, tmp_path: pathlib.Path) -> None:
    folder = str(tmp_path / "out")
    words = ["--app", "hello", "-o", folder, "--json"]

    done = ukdrivers("build", BOARD, "--set", "LIBUKDRIVER_ARMV8_TIMER=n", *words)

    assert done.returncode == 0, done.stderr
    rest = DRIVERS[1:]
    assert json.loads(done.stdout)["drivers"] == rest
    again = ukdrivers("build", *words)
    assert json.loads(again.stdout)["drivers"] == rest


def test_a_value_that_cannot_be_had(ukdrivers: Program, tmp_path: pathlib.Path) -> None:
    folder = str(tmp_path / "out")

    done = ukdrivers("menu", BOARD, "-o", folder, "--set", "LIBUKDRIVER_GICV9=y")

    assert done.returncode == 3
    assert done.stderr.startswith("ukdrivers: LIBUKDRIVER_GICV9: ")


def test_an_application_that_does_not_compile(ukdrivers: Program, tmp_path: pathlib.Path) -> None:
    app = tmp_path / "app"
    shutil.copytree(os.path.join(ROOT, "ukdrivers", "hosts", "base", "app", "hello"), app)
    (app / "main.c").write_text("int main(void)\n{\n\treturn nothing;\n}\n")
    folder = str(tmp_path / "out")

    done = ukdrivers("build", BOARD, "--app", str(app), "-o", folder)
    ran = ukdrivers("run", "-o", folder)

    assert done.returncode == 1
    assert "main.c:3: " in done.stderr
    assert "'nothing' undeclared" in done.stderr
    assert ran.returncode == 2
    assert "holds no image" in ran.stderr


@pytest.mark.parametrize(
    ("missing", "package"),
    [
        ("make", "make"),
        ("aarch64-linux-gnu-gcc", "gcc-aarch64-linux-gnu"),
        ("aarch64-linux-gnu-ld", "binutils-aarch64-linux-gnu"),
    ],
)
def test_a_build_without_a_tool(
    ukdrivers: Program, built: Builder, tools: Callable[..., str], missing: str, package: str
) -> None:
    done = ukdrivers("build", "-o", built("hello"), env={"PATH": tools((missing,))})

    assert done.returncode == 1
    assert done.stderr.startswith(f"ukdrivers: {missing}: not found")
    assert done.stderr.endswith(f"hint: apt-get install {package}\n")


def test_a_run_without_qemu(ukdrivers: Program, built: Builder, tools: Callable[..., str]) -> None:
    folder = built("hello")

    done = ukdrivers("run", "-o", folder, env={"PATH": tools(("qemu-system-aarch64",))})

    assert done.returncode == 1
    assert done.stderr.endswith("hint: apt-get install qemu-system-arm\n")


# interrupted


def test_a_build_that_was_killed_is_completed(
    ukdrivers: Program, built: Builder, tmp_path: pathlib.Path
) -> None:
    folder = str(tmp_path / "out")
    command = [sys.executable, "-m", "ukdrivers", "build", "-v", BOARD, "--app", "demo"]
    command += ["-o", folder]
    with subprocess.Popen(
        command,
        env={**os.environ, "PYTHONPATH": ROOT},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    ) as process:
        assert process.stdout is not None
        for _ in range(12):  # about half of what is compiled
            assert process.stdout.readline()
        os.killpg(process.pid, signal.SIGKILL)
    time.sleep(0.1)
    assert not os.path.exists(os.path.join(folder, IMAGE))
    assert ukdrivers("run", "-o", folder).returncode == 2

    done = ukdrivers("build", "-o", folder)

    assert done.returncode == 0, done.stderr
    assert digests(folder, IMAGE) == digests(built("demo"), IMAGE)


@pytest.mark.parametrize("count", [1, 2, 3, 5, 8, 13])
def test_a_wire_that_was_killed_is_completed(
    ukdrivers: Program, built: Builder, tmp_path: pathlib.Path, count: int
) -> None:
    folder = str(tmp_path / "out")
    program = (
        "import os, sys\n"
        "from ukdrivers.cli import main\n"
        "left, replace = int(sys.argv[1]), os.replace\n"
        "def counted(*names):\n"
        "    global left\n"
        "    left -= 1\n"
        "    if left < 0: os.kill(os.getpid(), 9)\n"
        "    replace(*names)\n"
        "os.replace = counted\n"
        "main(sys.argv[2:])\n"
    )
    killed = subprocess.run(
        [sys.executable, "-c", program, str(count), "build", BOARD, "--app", "demo", "-o", folder],
        check=False,
        capture_output=True,
        env={**os.environ, "PYTHONPATH": ROOT},
    )
    assert killed.returncode == -signal.SIGKILL

    done = ukdrivers("build", BOARD, "--app", "demo", "-o", folder)

    assert done.returncode == 0, done.stderr
    assert digests(folder, IMAGE) == digests(built("demo"), IMAGE)
    wired, whole = (os.path.join(one, "drivers") for one in (folder, built("demo")))
    assert sorted(times(wired)) == sorted(times(whole))
