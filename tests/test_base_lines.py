"""Interrupt lines on the ``base`` host that are shared, or that nobody claims."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

import pytest

from tests.conftest import ROOT

if TYPE_CHECKING:
    import pathlib

    from tests.conftest import Program

APP = os.path.join(ROOT, "tests", "apps", "lines")
TESTS = {"shared", "detach itself", "errors", "not again", "unclaimed", "untaken"}
SAID = """\
now it is said:
ukdrivers: interrupt 100: test /bus/device@0 doesn't claim it; masked
"""
SHARED = """\
ukdrivers: interrupt 100: none of test /bus/device@0, test /bus/device@1 and test /bus/device@2 \
claims it; masked
"""
UNTAKEN = "ukdrivers: interrupt 102: no driver takes it; masked\n"


@pytest.fixture(scope="module")
def image(ukdrivers: Program, tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = str(tmp_path_factory.mktemp("lines"))
    command = ("build", "qemu:virt,gic-version=2", "--app", APP, "-o", folder)
    done = ukdrivers(*command, "--set", "LIBUKDRIVER_GICV3=y")
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(params=[2, 3], ids=lambda version: f"gicv{version}")
def console(
    request: pytest.FixtureRequest, ukdrivers: Program, image: str, tmp_path: pathlib.Path
) -> str:
    log = tmp_path / "qemu.log"
    board = f"qemu:virt,gic-version={request.param}"
    noted = ("-d", "guest_errors,unimp", "-D", str(log))
    done = ukdrivers("run", "-o", image, "--board", board, "--", *noted)
    assert done.returncode == 0, done.stdout
    assert log.read_text() == ""
    return done.stdout


def test_every_check_holds(console: str) -> None:
    assert re.search(r"^lines: [1-9]\d+ checks, 0 failed$", console, re.MULTILINE)
    assert set(re.findall(r"^ok (.*)$", console, re.MULTILINE)) == TESTS
    assert SAID in console
    assert SHARED in console
    assert console.count("interrupt 100: ") == 2
    assert console.count(UNTAKEN) == 1


def test_more_handlers_than_there_is_room_for(
    ukdrivers: Program, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Four, of which a shared line takes one."""
    folder = str(tmp_path_factory.mktemp("few"))
    command = ("build", "qemu:virt,gic-version=2", "--app", APP, "-o", folder)
    done = ukdrivers(*command, "--set", "LIBUKDHOST_IRQ_HANDLERS=4")
    assert done.returncode == 0, done.stderr

    ran = ukdrivers("run", "-o", folder)

    assert "FAIL shared: !attach(2, true)" in ran.stdout
    assert ran.stdout.endswith("ukdrivers: halted: main returned 1\n")
