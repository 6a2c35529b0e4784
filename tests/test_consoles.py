"""Two consoles: which of them speaks, takes input, and takes over."""

from __future__ import annotations

import contextlib
import glob
import os
import socket
import struct
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from tests.tree_edit import Put, edit, machine_tree
from tests.two_consoles import (
    MACHINE,
    NS16550,
    PCI,
    PL011,
    PROCESSOR,
    PROMPT,
    SERIAL,
    Said,
    boot,
    firmware,
    read,
    talk,
    tree_of_both,
)

if TYPE_CHECKING:
    import pathlib
    from collections.abc import Sequence

    from tests.conftest import Builder

OTHER = {PL011: NS16550, NS16550: PL011}
DRIVER = {PL011: "pl011", NS16550: "ns16550"}
#: the 16550 where the bus is scanned
FUNCTION = f"{PCI}/00:01.0"

Images = Callable[..., str]
Boot = Callable[..., Said]


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    return tmp_path_factory.mktemp("consoles")


@pytest.fixture(scope="session")
def virt(folder: pathlib.Path) -> str:
    return machine_tree(str(folder / "virt.dtb"), MACHINE, *PROCESSOR)


@pytest.fixture(scope="session")
def images(folder: pathlib.Path, virt: str, built: Builder) -> Images:
    """Build an application for a board that has both consoles, and PCI."""
    board = edit(virt, str(folder / "both.dtb"), add=[NS16550], put=SERIAL)
    return lambda app, *chosen: image_in(built(app, *chosen, board=board))


def image_in(folder: str) -> str:
    (path,) = glob.glob(os.path.join(folder, "*_kvm-arm64"))
    return path


@pytest.fixture(scope="session")
def with_firmware(folder: pathlib.Path) -> list[str]:
    return firmware(str(folder))


@pytest.fixture
def boot_both(tmp_path: pathlib.Path, virt: str, images: Images, with_firmware: list[str]) -> Boot:
    """Boot with both consoles in the tree."""

    def run(
        *, first: str, stdout: str | None, put: Put | None = None, app: str = "hello",
        chosen: Sequence[str] = (), **settings: Any,
    ) -> Said:  # fmt: skip
        puts = [put] if put else []
        tree = tree_of_both(virt, str(tmp_path / "tree"), first=first, stdout=stdout, put=puts)
        return boot(images(app, *chosen), tree, str(tmp_path), extra=with_firmware, **settings)

    return run


def is_whole_boot(text: str) -> bool:
    """Whether all was written there, from what was kept on."""
    return text.startswith("ukdrivers base on ") and text.endswith("hello\nukdrivers: power off\n")


# Which one speaks


@pytest.mark.parametrize(
    "form", ["PATH", "PATH:115200n8", "PATH:", "serial7", "serial7:115200", "serial7:"]
)
@pytest.mark.parametrize("named", [PL011, NS16550])
def test_the_console_that_stdout_path_names_speaks(boot_both: Boot, named: str, form: str) -> None:
    other = OTHER[named]

    said = boot_both(
        first=other,
        stdout=form.replace("PATH", named),
        put=("/aliases", "serial7", "s", [named]),
    )

    assert is_whole_boot(said.at(named))
    assert f"{DRIVER[other]} {other}: silent: {named} speaks\n" in said.at(named)
    assert (said.at(other), said.log) == ("", "")


@pytest.mark.parametrize(
    ("first", "stdout"),
    [
        *((NS16550, None), (PL011, None), (NS16550, ""), (NS16550, ":115200")),
        *((NS16550, "/nothing@1"), (PL011, "/nothing@1"), (NS16550, "serial1")),
        *((NS16550, "/timer"), (NS16550, f"{PL011}/x"), (NS16550, PL011[:-1])),
    ],
)
def test_the_first_console_speaks_when_stdout_path_names_none(
    boot_both: Boot, first: str, stdout: str | None
) -> None:
    said = boot_both(first=first, stdout=stdout)

    assert is_whole_boot(said.at(first))
    assert (said.at(OTHER[first]), said.log) == ("", "")


@pytest.mark.parametrize(
    ("put", "reason"),
    [
        ((NS16550, "status", "s", ["disabled"]), ""),
        ((NS16550, "reg-shift", "x", ["2"]), "registers: want 0x20 bytes from 0 on, have 0x8"),
        ((NS16550, "reg-io-width", "x", ["3"]), "reg-io-width: is 3, want 1, 2 or 4"),
        ((NS16550, "reg", "x", ["0", "3eff2000", "0", "8"]), ""),
    ],
)
def test_another_console_speaks_when_the_named_one_can_not(
    boot_both: Boot, put: Put, reason: str
) -> None:
    said = boot_both(first=NS16550, stdout=NS16550, put=put)

    assert is_whole_boot(said.pl011)
    assert (f"ns16550 {NS16550}: {reason}" in said.pl011) == bool(reason)
    assert (said.ns16550, said.log) == ("", "")


@pytest.mark.parametrize("named", [PL011, NS16550])
def test_input_is_taken_from_the_console_that_speaks(boot_both: Boot, named: str) -> None:
    said = boot_both(first=OTHER[named], stdout=named, app="demo", typed_at=named)

    assert "type a line: typed\necho: typed\n" in said.at(named)
    assert (said.at(OTHER[named]), said.log) == ("", "")


# A console that stops taking output


def test_a_console_that_takes_nothing_is_passed_over(boot_both: Boot) -> None:
    ours, qemus = socket.socketpair()
    with ours, qemus:
        qemus.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            while qemus.send(b"x"):
                pass
        said = boot_both(
            first=NS16550,
            stdout=NS16550,
            backends={NS16550: f"socket,fd={qemus.fileno()}"},
            fds=[qemus.fileno()],
        )

    assert is_whole_boot(said.pl011)
    assert f"ns16550 {NS16550}: took no output (error -110)\n" in said.pl011
    assert said.log == ""


def test_another_console_takes_over_when_one_fails(boot_both: Boot) -> None:
    ours, qemus = socket.socketpair()
    seen = bytearray()

    def read_until_asked() -> None:
        while data := ours.recv(64):
            seen.extend(data)
            if PROMPT in seen:
                ours.send(b"typed\r")
                return

    with ours:
        reader = threading.Thread(target=read_until_asked)
        reader.start()
        with qemus:
            qemus.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1)  # a few bytes
            said = boot_both(
                first=NS16550,
                stdout=NS16550,
                app="demo",
                chosen=["NS16550_DRAIN_US=3000000"],  # until then, a busy machine has read
                backends={NS16550: f"socket,fd={qemus.fileno()}"},
                fds=[qemus.fileno()],
            )
        reader.join()

    assert seen.startswith(b"ukdrivers base on ")
    stopped, _, rest = said.pl011.partition("\n")
    wanted = f"ns16550 {NS16550}: stopped taking output (error -110); {PL011} speaks now"
    assert stopped == wanted
    assert rest.endswith("ticks: 10\nukdrivers: power off\n")
    assert said.log == ""


# A 16550 on PCI


def test_a_console_on_pci_is_silent_where_there_is_another(
    tmp_path: pathlib.Path, virt: str, images: Images
) -> None:
    said = boot(images("hello"), virt, str(tmp_path))

    assert is_whole_boot(said.pl011)
    assert f"ns16550 {FUNCTION}: silent: {PL011} speaks\n" in said.pl011
    assert (said.ns16550, said.log) == ("", "")


@pytest.mark.parametrize("app", ["hello", "demo"])
def test_a_console_on_pci_speaks_where_there_is_no_other(
    tmp_path: pathlib.Path, virt: str, images: Images, app: str
) -> None:
    tree = edit(virt, str(tmp_path / "tree.dtb"), remove=[PL011])

    said = boot(images(app), tree, str(tmp_path), typed_at=NS16550)

    assert f"ns16550 {FUNCTION}: 0x3eff" in said.ns16550
    wanted = "type a line: typed\necho: typed\n" if app == "demo" else "\nhello\n"
    assert wanted in said.ns16550
    assert (said.pl011, said.log) == ("", "")


# Two PL011


@pytest.fixture(scope="session")
def versal(folder: pathlib.Path) -> str:
    """Write the tree of a machine with two PL011, and the PSCI that QEMU does for it."""
    path = str(folder / "versal.dtb")
    machine_tree(path, "xlnx-versal-virt", "-m", "2G")
    psci: list[Put] = [
        ("/psci", "compatible", "s", ["arm,psci-1.0"]),
        ("/psci", "method", "s", ["smc"]),
    ]
    return edit(path, str(folder / "versal-psci.dtb"), add=["/psci"], put=psci)


@pytest.mark.parametrize("named", [0, 1])
def test_each_of_two_pl011_can_speak(
    tmp_path: pathlib.Path, versal: str, built: Builder, named: int
) -> None:
    nodes = ("/uart@ff000000", "/uart@ff010000")
    tree = edit(
        versal,
        str(tmp_path / "tree.dtb"),
        put=[("/chosen", "stdout-path", "s", [f"{nodes[named]}:115200n8"])],
    )
    image = moved(image_in(built("hello", board=versal)), str(tmp_path / "image"))
    silent = tmp_path / "silent"
    ports = ["stdio", f"file:{silent}"]

    text = talk(
        [
            *("-M", "xlnx-versal-virt", "-m", "2G", "-dtb", tree, "-kernel", image),
            *("-serial", ports[named], "-serial", ports[1 - named], "-D", str(tmp_path / "log")),
        ]
    )

    assert is_whole_boot(text)
    assert f"pl011 {nodes[1 - named]}: silent: {nodes[named]} speaks\n" in text
    assert read(str(silent)) == ""
    assert "pl011" not in read(str(tmp_path / "log"))  # the machine complains of itself


def moved(image: str, path: str) -> str:
    """Copy an image that is for RAM at 1 GiB: this machine's starts at 0, and has that, too.

    Source: "Booting AArch64 Linux", section 4 (``text_offset``).
    """
    with open(image, "rb") as file:
        data = bytearray(file.read())
    (offset,) = struct.unpack_from("<Q", data, 8)
    struct.pack_into("<Q", data, 8, offset + (1 << 30))
    with open(path, "wb") as file:
        file.write(data)
    return path
