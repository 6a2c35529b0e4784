"""docs/write-a-driver.md: the plugin that it builds up is installed as it stands, and boots."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.conftest import BOARD, ROOT

if TYPE_CHECKING:
    import pathlib

    from tests.conftest import Program

PAGE = os.path.join(ROOT, "docs", "write-a-driver.md")
BLOCK = re.compile(r"^\*\*`([^`]+)`\*\*\n\n```\w*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
#: what is typed, each line after a prompt, and what is shown then
SESSION = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ENTRY_POINTS = "[ukdrivers]\nacme-rtc = ukdriver_acme_rtc\n"
METADATA = "Metadata-Version: 2.1\nName: ukdriver-acme-rtc\nVersion: 0.1.0\n"


def page() -> str:
    with open(PAGE, encoding="utf-8") as file:
        return file.read()


@pytest.fixture
def plugin(tmp_path: pathlib.Path) -> pathlib.Path:
    """Write the page's files, and what pip would write beside them."""
    files = dict(BLOCK.findall(page()))
    info = "ukdriver_acme_rtc-0.1.0.dist-info"
    files |= {f"{info}/METADATA": METADATA, f"{info}/entry_points.txt": ENTRY_POINTS}
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path


def environment(plugin: pathlib.Path) -> dict[str, str]:
    return {"PYTHONPATH": f"{plugin}{os.pathsep}{ROOT}"}


def test_the_page_s_driver_is_chosen_before_its_rival(
    plugin: pathlib.Path, ukdrivers: Program
) -> None:
    done = ukdrivers("match", BOARD, env=environment(plugin))

    (line,) = (one for one in done.stdout.splitlines() if "/pl031@9010000" in one)
    promised = "acme-rtc lists arm,pl031, the most specific string of the node"
    assert promised in page()
    assert line.endswith(f"{promised}; so does pl031, later by name")


def test_the_page_s_driver_boots_and_its_alarm_comes(
    plugin: pathlib.Path, ukdrivers: Program
) -> None:
    path = environment(plugin)
    output, log = str(plugin / "out"), plugin / "qemu.log"

    built = ukdrivers(
        *("build", BOARD, "--app", "demo", "-o", output),
        *("--set", "LIBUKDRIVER_ACME_RTC_ALARM_S=1"),
        env=path,
    )
    assert built.returncode == 0, built.stderr

    booted = ukdrivers(
        *("run", "-o", output),
        *("--expect", r"^acme-rtc /pl031@9010000: 176722560\d seconds since 1970$"),
        *("--expect", r"^acme-rtc /pl031@9010000: 0x9010000\+0x1000 irq 34 level$"),
        *("--expect", r"acme-rtc /pl031@9010000: alarm$", "--send", "x", "--expect", "^echo: x$"),
        *("--", "-rtc", "base=2026-01-01T00:00:00", "-d", "guest_errors,unimp", "-D", str(log)),
        env=path,
    )
    assert booted.returncode == 0, booted.stdout + booted.stderr
    assert log.read_text() == ""


def test_the_page_s_test_of_its_driver_says_what_the_page_says(plugin: pathlib.Path) -> None:
    (session,) = (one for one in SESSION.findall(page()) if "-fsanitize" in one)
    *typed, shown = session.splitlines()
    script = "\n".join(line.removeprefix("$ ") for line in typed)
    folder = os.path.dirname(sys.executable)

    done = subprocess.run(
        ["sh", "-e", "-c", script],
        cwd=plugin,
        env={**os.environ, "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}"},
        check=False,
        capture_output=True,
        text=True,
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [shown]
