"""Boot: real QEMU, and guests of a few instructions that each go wrong in one way."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable

import pytest

from tests.board_sources import board_of
from ukdrivers.boot import boot
from ukdrivers.errors import BootError, ToolError
from ukdrivers.model import Board, Image, Node, Region
from ukdrivers.script import read_script

HERE = os.path.dirname(os.path.abspath(__file__))
GIC = Node(
    path="/intc@8000000",
    compatible=("arm,cortex-a15-gic",),
    status="okay",
    enabled=True,
    regions=(),
    interrupts=(),
    properties={},
)
VIRT = Board(
    source="qemu:virt",
    compatible=("linux,dummy-virt",),
    model="linux,dummy-virt",
    nodes=(GIC,),
    memory=(Region(base=0x4000_0000, size=64 << 20),),
    interrupt_parent=GIC.path,
    stdout=None,
    cpus=("arm,cortex-a53",),
    blob=b"",
)
Guest = Callable[..., Image]


@pytest.fixture
def guest(tmp_path_factory: pytest.TempPathFactory) -> Guest:
    """Assemble a guest that writes a text and ends as the flags say."""

    def assemble(text: str, *flags: str) -> Image:
        folder = tmp_path_factory.mktemp("guest")
        elf, flat = str(folder / "guest.elf"), str(folder / "guest.bin")
        quoted = text.replace("\n", "\\n").replace("\x1b", "\\033")
        command = ["aarch64-linux-gnu-gcc", "-nostdlib", "-static", "-no-pie"]
        command += ["-Wl,--build-id=none", "-Wl,-Ttext=0x40080000", f'-DTEXT="{quoted}"']
        command += [*(f"-D{flag}" for flag in flags), f"{HERE}/guest.S", "-o", elf]
        subprocess.run(command, check=True)
        subprocess.run(["aarch64-linux-gnu-objcopy", "-O", "binary", elf, flat], check=True)
        return Image(path=flat, elf=elf, drivers=())

    return assemble


def children() -> list[str]:
    """List the programs that this process has started and not yet reaped."""
    me = os.getpid()
    with open(f"/proc/{me}/task/{me}/children", encoding="ascii") as file:
        return file.read().split()


def test_an_image_that_does_what_is_expected(guest: Guest) -> None:
    texts: list[str] = []

    log = boot(
        guest("one\ntwo\n"),
        VIRT,
        script=read_script("expect ^one$\nexpect ^two$", source="s"),
        on_text=texts.append,
    )

    assert log.lines == ("one", "two")
    assert "".join(texts) == "one\ntwo\n"
    assert log.status == 0
    assert log.command[:3] == ("qemu-system-aarch64", "-M", "virt")
    assert 0 < log.seconds < 10
    assert children() == []


def test_a_line_is_typed_at_a_prompt(guest: Guest) -> None:
    script = read_script("expect ^name: $\nsend some one\nexpect some one$", source="s")

    log = boot(guest("name: ", "ECHO"), VIRT, script=script)

    assert log.lines == ("name: some one",)


def test_further_arguments_reach_qemu(guest: Guest) -> None:
    log = boot(guest("one\n"), VIRT, extra=("-cpu", "max", "-icount", "shift=0"))

    assert log.lines == ("one",)


def test_a_board_from_a_file_is_given_to_qemu(guest: Guest) -> None:
    cells = "#address-cells = <2>; #size-cells = <2>;"
    board = board_of(f'compatible = "linux,dummy-virt"; {cells}')
    image = guest("one\n")

    log = boot(image, board)

    assert log.lines == ("one",)
    option = log.command.index("-dtb")
    assert not os.path.exists(log.command[option + 1])
    assert "-dtb" not in boot(image, VIRT).command


def test_an_image_that_writes_nothing(guest: Guest) -> None:
    with pytest.raises(BootError, match=r"^console: no output within 0\.5 s$"):
        boot(guest("", "HANG"), VIRT, timeout=0.5)
    assert children() == []


def test_an_image_that_powers_off_without_a_word(guest: Guest) -> None:
    with pytest.raises(BootError, match=r"^console: no output before the image powered off$"):
        boot(guest(""), VIRT)


def test_an_inherited_socket_is_of_the_machine_alone(guest: Guest) -> None:
    ours, theirs = socket.socketpair()
    extra = ("-chardev", f"socket,id=one,fd={theirs.fileno()}")
    with ours:
        boot(guest("one\n"), VIRT, extra=extra, inherits=[theirs])

        ours.settimeout(5)
        assert ours.recv(1) == b""


def test_a_line_that_does_not_come(guest: Guest) -> None:
    wanted = r"^console: no line 'ready' within 5 s; the last line was 'pl011: started'$"
    with pytest.raises(BootError, match=wanted):
        boot(
            guest("pl011: started\n", "HANG"),
            VIRT,
            script=read_script("expect ready", source="s"),
            timeout=5,
        )


def test_a_line_that_did_not_come_before_power_off(guest: Guest) -> None:
    wanted = r"^console: no line 'ready' before the image powered off; the last line was 'one'$"
    with pytest.raises(BootError, match=wanted):
        boot(guest("one\n"), VIRT, script=read_script("expect ready", source="s"))


def test_an_image_that_does_not_power_off(guest: Guest) -> None:
    wanted = r"^image: did not power off within 5 s; the last line was 'one'$"
    with pytest.raises(BootError, match=wanted):
        boot(
            guest("one\n", "HANG"),
            VIRT,
            script=read_script("expect one", source="s"),
            timeout=5,
        )


@pytest.mark.parametrize("said", ["halted: no console", "exception: read: not permitted"])
def test_an_image_that_says_that_it_could_not_go_on(guest: Guest, said: str) -> None:
    with pytest.raises(BootError, match=rf"^image: {said}$"):
        boot(guest(f"one\nukdrivers: {said}\n"), VIRT)


def test_an_image_that_never_stops_writing(guest: Guest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ukdrivers.boot.MAX_BYTES", 1 << 20)
    with pytest.raises(BootError, match=r"^console: more than 1 MiB written, wanted an end$"):
        boot(guest("", "FLOOD"), VIRT, timeout=60)
    assert children() == []


@pytest.mark.parametrize(
    ("extra", "message"),
    [
        (("-cpu", "fast"), r"^qemu-system-aarch64: unable to find CPU model 'fast'$"),
        (("-fast",), r"^qemu-system-aarch64: -fast: invalid option$"),
    ],
)
def test_qemus_own_errors(guest: Guest, extra: tuple[str, ...], message: str) -> None:
    with pytest.raises(BootError, match=message):
        boot(guest("one\n"), VIRT, extra=extra)


def test_an_image_that_is_not_there() -> None:
    with pytest.raises(BootError, match=r"^qemu-system-aarch64: could not load kernel '/none'$"):
        boot(Image(path="/none", elf="/none", drivers=()), VIRT)


def test_no_qemu(guest: Guest, monkeypatch: pytest.MonkeyPatch) -> None:
    image = guest("one\n")
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(ToolError, match=r"^qemu-system-aarch64: not found, ") as caught:
        boot(image, VIRT)
    assert caught.value.hint == "apt-get install qemu-system-arm"


def test_an_error_of_the_caller_leaves_no_qemu_behind(guest: Guest) -> None:
    def fail(_: str) -> None:
        raise RuntimeError("of the caller")

    with pytest.raises(RuntimeError, match=r"^of the caller$"):
        boot(guest("one\n", "HANG"), VIRT, on_text=fail)
    assert children() == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_leaves_no_qemu_behind(guest: Guest, number: signal.Signals) -> None:
    image = guest("started\n", "HANG")
    program = (
        "import sys; sys.path.insert(0, sys.argv[1]); sys.path.insert(0, sys.argv[2])\n"
        # a shell's background jobs ignore it
        "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "from test_boot import VIRT\n"
        "from ukdrivers import boot, cli, model, pipeline\n"
        "image = model.Image(path=sys.argv[3], elf='', drivers=())\n"
        "def run(_, *, board, script, **rest): return boot.boot(image, VIRT, **rest)\n"
        "pipeline.boot_image = run\n"
        "sys.exit(cli.main(['run', '--timeout', '600']))\n"
    )
    command = [sys.executable, "-c", program, HERE, os.path.dirname(HERE), image.path]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"started\n"
        assert running(image.path)
        process.send_signal(number)
        assert process.wait(timeout=120) == 130
    deadline = time.monotonic() + 60
    while running(image.path) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not running(image.path)


def running(argument: str) -> list[str]:
    """List the QEMU processes that were given an argument."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/cmdline", "rb") as file:
                words = file.read().split(b"\0")
        except OSError:
            continue
        if words[0].endswith(b"qemu-system-aarch64") and argument.encode() in words:
            found.append(pid)
    return found
