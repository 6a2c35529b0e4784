"""Timers and the date on the ``base`` host, with a clock device that the application plays."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

import pytest

from tests.conftest import ROOT

if TYPE_CHECKING:
    import pathlib

    from tests.conftest import Program

APP = os.path.join(ROOT, "tests", "apps", "clock")
TESTS = {"order", "cancel", "move", "within", "no date", "date", "back"}
SAID = """\
now it is said:
test /rtc: went back from 1000000100 s since 1970 to 1000000050; the date goes on
ok back
ok back
and now it isn't:
ok back
"""


@pytest.fixture(scope="module")
def image(ukdrivers: Program, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Build without the board's own clock device."""
    folder = str(tmp_path_factory.mktemp("clock"))
    command = ("build", "qemu:virt,gic-version=2", "--app", APP, "-o", folder)
    done = ukdrivers(*command, "--set", "LIBUKDRIVER_PL031=n")
    assert done.returncode == 0, done.stderr
    return folder


def test_every_check_holds(ukdrivers: Program, image: str, tmp_path: pathlib.Path) -> None:
    log = tmp_path / "qemu.log"
    counted = ("-icount", "shift=0,sleep=off", "-d", "guest_errors,unimp", "-D", str(log))

    done = ukdrivers("run", "-o", image, "--", *counted)

    assert done.returncode == 0, done.stdout
    assert log.read_text() == ""
    assert re.search(r"^clock: [1-9]\d+ checks, 0 failed$", done.stdout, re.MULTILINE)
    assert set(re.findall(r"^ok (.*)$", done.stdout, re.MULTILINE)) == TESTS
    assert SAID in done.stdout
    assert "test /rtc: 18446744073709551615 s since 1970 is no date\n" in done.stdout
    assert done.stdout.count("the date can't be read (error -5)") == 3
