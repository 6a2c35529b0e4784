"""``ukdrivers test`` as its user sees it, on the driver of docs/write-a-driver.md, right and wrong."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest

from tests.acme import MANIFEST, PROBE, C, write_plugin
from tests.conftest import ROOT
from ukdrivers.conformance.work import descendants

if TYPE_CHECKING:
    import pathlib
    from collections.abc import Sequence

    from tests.conftest import Program

#: one machine is enough where it is not about machines
BOARD = ("--board", "qemu:virt,gic-version=2")
#: runs ``ukdrivers test`` with its results kept apart
Test = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def test(ukdrivers: Program, tmp_path: pathlib.Path) -> Test:
    def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        kept = {"XDG_STATE_HOME": str(tmp_path / "state"), "TMPDIR": str(tmp_path)}
        return ukdrivers("test", *arguments, env={**kept, **environment})

    return run


def data(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(done.stdout)
    assert value.pop("schema") == "ukdrivers/test/1"
    return value


def failures(done: subprocess.CompletedProcess[str]) -> dict[str, str]:
    """Return what was found, by check."""
    return {
        one["check"]: one["found"]
        for driver in data(done)["drivers"]
        for suite in driver["suites"]
        for one in suite["results"]
        if one["status"] == "failed"
    }


def test_a_plugin_that_is_not_installed(test: Test, tmp_path: pathlib.Path) -> None:
    xml = tmp_path / "new" / "acme.xml"
    suites = ("--suite", "package", "--suite", "boot")

    done = test(write_plugin(tmp_path), *suites, "--junit", str(xml))

    assert (done.returncode, done.stderr) == (0, "")
    titles, package, boot, *rest = done.stdout.splitlines()
    assert titles.split() == ["DRIVER", "SUITE", "PASSED", "FAILED", "SKIPPED", "SECONDS"]
    assert package.split()[:5] == ["acme-rtc", "package", "7", "0", "0"]
    assert boot.split()[:5] == ["acme-rtc", "boot", "7", "0", "0"]
    assert rest[1:-1] == ["acme-rtc: bronze", "  missing for silver: rtc: not run yet"]
    assert [one.attrib["name"] for one in ET.parse(xml).getroot()] == [
        "acme-rtc.package",
        "acme-rtc.boot",
    ]
    assert os.listdir(tmp_path / "state" / "ukdrivers" / "tiers") == ["acme-rtc.json"]
    assert not [one for one in os.listdir(tmp_path) if one.startswith("ukdrivers-")]


def test_the_tier_of_a_driver_that_was_not_run(test: Test) -> None:
    done = test("pl031", "--suite", "package", "--json")

    (driver,) = data(done)["drivers"]
    assert (driver["tier"], driver["missing"]) == ("-", ["bronze: boot: not run yet"])


@pytest.mark.parametrize(
    ("change", "check", "found"),
    [
        (
            (MANIFEST, '["arm,pl031"]', '["arm,pl031", "arm,pl032"]'),
            "compatible",
            "arm,pl031 in C, arm,pl031, arm,pl032 in the manifest",
        ),
        (
            (C, "static int acme_rtc_start(", "int acme_rtc_start(const struct acme_rtc *);\nint acme_rtc_start("),
            "exports",
            "acme_rtc_start as well as ukd_driver_acme_rtc",
        ),
        ((MANIFEST, '"rtc"', '"block"'), "names", "acme-rtc of class rtc in acme_rtc.c:"),
        ((C, "#include <ukd/rtc.h>", '#include <ukd/rtc.h>\n#include "/usr/include/linux/limits.h"'), "files", "c/acme_rtc.c includes /usr/include/linux/limits.h"),
        ((C, PROBE, ""), "warnings", "unused parameter 'variant'"),
        (("ukdriver_acme_rtc/Config.uk", "default 10", "default 10 if PAGING"), "options", "symbol PAGING is not defined anywhere"),
    ],
)  # fmt: skip
def test_a_package_with_a_fault(
    test: Test, tmp_path: pathlib.Path, change: tuple[str, str, str], check: str, found: str
) -> None:
    done = test(write_plugin(tmp_path, change), "--suite", "package", "--json")

    assert done.returncode == 1, done.stderr
    assert found in failures(done)[check]


def test_c_that_does_not_compile_ends_nothing(test: Test, tmp_path: pathlib.Path) -> None:
    plugin = write_plugin(tmp_path, (C, PROBE, "\treturn rx;\n"))

    done = test(plugin, "--suite", "package", "--suite", "boot", *BOARD, "--json")

    assert done.returncode == 1
    found = failures(done)
    assert "'rx' undeclared" in found["warnings"]
    assert found["builds"].startswith("ukdriver-acme-rtc 0.1.0: acme_rtc.c:")


@pytest.mark.parametrize(
    ("change", "check", "found"),
    [
        ('\t(void)variant; ukd_err(dev, "odd"); return -EIO;\n', "binds", "'acme-rtc /pl031@9010000: odd'"),
        ("\t(void)variant; return -ENODEV;\n", "binds", "no line of the driver's"),
        ("\t(void)variant; ukd_mmio_write32(rtc.base, 0xfe0, 1);\n", "clean", "pl031_write: Bad offset 0xfe0"),
        ("\t(void)variant; for (;;) ;\n", "ends", "console: no line '^hello$' within 5 s; the last line was 'armv8-timer /timer: "),
    ],
)  # fmt: skip
def test_a_driver_that_does_not_start(
    test: Test, tmp_path: pathlib.Path, change: str, check: str, found: str
) -> None:
    plugin = write_plugin(tmp_path, (C, PROBE, change))

    done = test(plugin, "--suite", "boot", *BOARD, "--timeout", "5", "--json")

    assert done.returncode == 1, done.stderr
    assert failures(done)[check].startswith(found)


def test_without_qemu_what_needs_it_is_skipped_by_name(
    test: Test, tools: Callable[[Sequence[str]], str], tmp_path: pathlib.Path
) -> None:
    suites = ("--suite", "package", "--suite", "boot")

    done = test(write_plugin(tmp_path), *suites, PATH=tools(("qemu-system-aarch64",)))

    assert done.returncode == 77, done.stdout
    wanted = (
        "qemu-system-aarch64: not found, wanted on the search path; apt-get install qemu-system-arm"
    )
    assert f"\nacme-rtc: boot: skipped: {wanted}\n" in done.stdout
    assert f"  missing for bronze: boot: {wanted}\n" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "message", "hint"),
    [
        (("ns1655",), "driver 'ns1655': neither installed nor a folder", "ukdrivers test ns16550"),
        (("psci",), "driver 'psci': is part of host base, wanted an installed one", None),
        (("pl031", "--suite", "rtx"), "suite 'rtx': no such suite, wanted one of package,", "--suite rtc"),
        (("pl031", "pl031"), "'pl031': driver 'pl031' is named twice", None),
        ((ROOT,), f"{ROOT}/pyproject.toml: has no entry point for a driver, wanted [proj", None),
        (("/",), "/: has no pyproject.toml, wanted the folder of a plugin", None),
        (("pl031", "-j", "0"), "argument -j/--jobs: invalid number value: '0'", None),
    ],
)  # fmt: skip
def test_usage(test: Test, arguments: tuple[str, ...], message: str, hint: str | None) -> None:
    done = test(*arguments)

    assert done.stderr.startswith(f"ukdrivers: {message}")
    assert hint is None or f"hint: {hint}" in done.stderr
    assert (done.stdout, done.returncode) == ("", 1 if "entry point" in message else 2)


def test_a_manifest_that_cannot_be_read(test: Test, tmp_path: pathlib.Path) -> None:
    done = test(write_plugin(tmp_path, (MANIFEST, '"rtc"', '"clock"')))

    assert done.returncode == 1
    assert done.stderr.startswith(
        "ukdrivers: ukdriver-acme-rtc 0.1.0: ukdriver.toml: driver.class: "
    )


def test_list_runs_nothing(test: Test, tmp_path: pathlib.Path) -> None:
    done = test(write_plugin(tmp_path), "--list")

    assert done.returncode == 0
    rows = [line.split()[:2] for line in done.stdout.splitlines()]
    assert ["acme-rtc", "package"] in rows
    assert ["acme-rtc", "rtc"] in rows
    assert not (tmp_path / "state").exists()


def name_of(process: int) -> str:
    try:
        with open(f"/proc/{process}/comm", encoding="ascii") as file:
            return file.read().strip()
    except OSError:  # it has ended, before its file was opened or before it was read
        return ""


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_leaves_no_machine_behind(
    tmp_path: pathlib.Path, sent: signal.Signals
) -> None:
    plugin = write_plugin(tmp_path, (C, PROBE, "\t(void)variant; for (;;) ;\n"))
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    # a shell's background jobs ignore SIGINT
    command = ["env", "--default-signal=INT", sys.executable, "-m", "ukdrivers"]
    command += ["test", plugin, "--suite", "boot", *BOARD]
    environment = {**os.environ, "PYTHONPATH": ROOT, "TMPDIR": str(scratch)}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE) as process:
        deadline = time.monotonic() + 60
        machines: list[int] = []
        while not machines and time.monotonic() < deadline:
            time.sleep(0.05)
            running = descendants(process.pid)
            machines = [one for one in running if name_of(one).startswith("qemu-system")]
            # the first one writes the board's tree
            machines = machines if list(scratch.glob("*/acme-rtc/images/*/qemu.log")) else []
        assert machines
        os.kill(process.pid, sent)
        assert process.wait(timeout=60) == 130

    assert not any(name_of(one).startswith("qemu-system") for one in machines)
    assert list(scratch.iterdir()) == []


def on_terminal(tmp_path: pathlib.Path, *arguments: str) -> bytes:
    """Run with a terminal for standard error, and return what came there."""
    ours, theirs = os.openpty()
    environment = {**os.environ, "PYTHONPATH": ROOT, "XDG_STATE_HOME": str(tmp_path)}
    command = [sys.executable, "-m", "ukdrivers", "test", *arguments]
    subprocess.run(
        command, check=True, stdout=subprocess.DEVNULL, stderr=theirs, env=environment, cwd="/"
    )
    os.close(theirs)
    shown = b""
    try:
        while piece := os.read(ours, 4096):
            shown += piece
    except OSError:  # the terminal's other end is closed
        pass
    os.close(ours)
    return shown


def test_progress_is_one_line_of_a_terminal(tmp_path: pathlib.Path) -> None:
    shown = on_terminal(tmp_path, "pl031", "--suite", "package")

    assert b"\r\x1b[Kpl031: package" in shown
    assert shown.endswith(b"\r\x1b[K")
    assert b"\n" not in shown


def test_every_check_when_asked_for(tmp_path: pathlib.Path) -> None:
    shown = on_terminal(tmp_path, "pl031", "--suite", "package", "-v")

    assert b"pl031: package: manifest: passed\r\n" in shown
    assert b"\x1b" not in shown
