"""The wall clock of the ``base`` host, from the PL031 of QEMU's machine ``virt``."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

import pytest

from tests.conftest import BOARD
from tests.tree_edit import edit, machine_tree
from ukdrivers.conformance.classes import rtc
from ukdrivers.conformance.variations import APPS

if TYPE_CHECKING:
    import pathlib
    from collections.abc import Callable

    from tests.conftest import Builder, Program

APP = os.path.join(APPS, "rtc")
NODE = "/pl031@9010000"
NEW_YEAR_2026 = 1767225600
#: a machine under load takes its time
SLACK_SECONDS = 30

Dates = dict[str, str]


@pytest.fixture
def boot(
    tmp_path: pathlib.Path, ukdrivers: Program, built: Builder
) -> Callable[..., tuple[Dates, str]]:
    """Boot on a clock set to 2026, maybe with another tree; what the image says of the date."""

    def run(*, tree: str = "") -> tuple[Dates, str]:
        log = tmp_path / "qemu.log"
        done = ukdrivers(
            *("run", "-o", built(APP), "--", *rtc.arguments("2026-01-01T00:00:00")),
            *("-d", "guest_errors,unimp", "-D", str(log)),
            *(("-dtb", tree) if tree else ()),
        )
        assert done.returncode == 0, done.stdout + done.stderr
        assert log.read_text() == ""
        return dict(re.findall(r"^(\w+): (\S+)$", done.stdout, re.MULTILINE)), done.stdout

    return run


@pytest.fixture
def tree(tmp_path: pathlib.Path) -> Callable[..., str]:
    """Change the machine's tree."""

    def change(**changes: object) -> str:
        source = machine_tree(
            str(tmp_path / "virt.dtb"), BOARD.removeprefix("qemu:"), "-cpu", "cortex-a53"
        )
        return edit(source, str(tmp_path / "changed.dtb"), **changes)  # type: ignore[arg-type]

    return change


def test_the_date_is_the_device_s_and_never_goes_back(
    boot: Callable[..., tuple[Dates, str]],
) -> None:
    dates, text = boot()

    first, forward, back, again = (
        int(dates[name]) for name in ("date", "forward", "back", "again")
    )
    assert 0 <= first - NEW_YEAR_2026 <= SLACK_SECONDS
    assert dates["slept"] == "ok"
    assert 1000 <= forward - first <= 1000 + SLACK_SECONDS
    assert 0 <= back - forward <= SLACK_SECONDS
    assert 0 <= again - back <= SLACK_SECONDS
    assert text.count("update: 0\n") == 3
    (complaint,) = re.findall(
        rf"^pl031 {NODE}: went back from (\d+) .* to (\d+);", text, re.MULTILINE
    )
    assert int(complaint[0]) - int(complaint[1]) in range(5000 - SLACK_SECONDS, 5001)


def test_without_a_clock_there_is_no_date(
    boot: Callable[..., tuple[Dates, str]], tree: Callable[..., str]
) -> None:
    dates, text = boot(tree=tree(remove=[NODE]))

    assert dates["date"] == "none"
    assert "pl031" not in text


def test_a_clock_with_too_few_registers_is_refused(
    boot: Callable[..., tuple[Dates, str]], tree: Callable[..., str]
) -> None:
    dates, text = boot(tree=tree(put=[(NODE, "reg", "x", ["0", "9010000", "0", "100"])]))

    assert dates["date"] == "none"
    assert f"pl031 {NODE}: reg: want one region of at least 0x1000 bytes\n" in text


def test_a_clock_without_registers_is_refused(
    boot: Callable[..., tuple[Dates, str]], tree: Callable[..., str]
) -> None:
    dates, text = boot(tree=tree(drop=[(NODE, "reg")]))

    assert dates["date"] == "none"
    assert f"pl031 {NODE}: reg: want one region of at least 0x1000 bytes\n" in text


def test_what_only_says_that_it_is_a_clock_is_left_alone(
    boot: Callable[..., tuple[Dates, str]], tree: Callable[..., str]
) -> None:
    gpio = ["0", "9030000", "0", "1000"]

    dates, text = boot(tree=tree(remove=["/pl061@9030000"], put=[(NODE, "reg", "x", gpio)]))

    assert dates["date"] == "none"
    assert "pl031" not in text
