"""Suites ``sim`` and ``coverage`` on a small driver that is made wrong in each way they speak of."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING

import pytest

from ukdrivers.conformance import coverage, sim, subject
from ukdrivers.conformance.model import Settings, Subject

if TYPE_CHECKING:
    import pathlib
    from collections.abc import Iterator

    from ukdrivers.conformance.model import Result, Suite

PROJECT = """
[project]
name = "ukdriver-acme-lamp"
version = "1.0"
[project.entry-points.ukdrivers]
acme-lamp = "ukdriver_acme_lamp"
"""
MANIFEST = """
schema = 1
[driver]
name = "acme-lamp"
summary = "A lamp"
class = "rtc"
arch = ["arm64"]
platforms = ["kvm"]
compatible = ["acme,lamp"]
sources = ["c/acme_lamp.c"]
config = "Config.uk"
kit = ">=1,<2"
"""
CONFIG = """
config LIBUKDRIVER_ACME_LAMP_WATTS
	int "Watts"
	default 40
config LIBUKDRIVER_ACME_LAMP_MASK
	hex "Mask"
	default 0xf0
config LIBUKDRIVER_ACME_LAMP_COLOUR
	string "Colour"
	default "warm white"
config LIBUKDRIVER_ACME_LAMP_DIMS
	bool "Dims"
	default y
config LIBUKDRIVER_ACME_LAMP_BLINKS
	bool "Blinks"
config LIBUKDRIVER_ACME_LAMP_STEP
	int "Step"
	default 3 if LIBUKDRIVER_ACME_LAMP_DIMS
	default 1
"""
DRIVER = """\
#include <ukd/config.h>
#include <ukd/driver.h>
#include <ukd/errno.h>
#include <ukd/irq.h>
#include <ukd/memory.h>

static bool acme_lamp_serve(void *arg)
{
	return *(int *)arg == CONFIG_LIBUKDRIVER_ACME_LAMP_WATTS;
}

static int acme_lamp_probe(const struct ukd_device *dev, const void *variant)
{
	int *watts = ukd_alloc(sizeof(*watts));
	void *shared;
	uint64_t address;

	(void)variant;
	if (!watts)
		return -ENOMEM;
	*watts = CONFIG_LIBUKDRIVER_ACME_LAMP_WATTS;
	shared = ukd_dma_alloc(dev, 64, 16, &address);
	if (shared && !ukd_irq_attach(dev, 0, acme_lamp_serve, watts))
		return 0;
	if (shared)
		ukd_dma_free(dev, shared, 64);
	ukd_free(watts);
	return -ENOMEM;
}

extern const struct ukd_driver ukd_driver_acme_lamp;
const struct ukd_driver ukd_driver_acme_lamp = {
	.name = "acme-lamp",
	.class = UKD_CLASS_RTC,
	.probe = acme_lamp_probe,
};
"""
TEST = """\
#include "../ukdriver_acme_lamp/c/acme_lamp.c"

#include <fake.h>

static const struct ukd_device dev = { .path = "/lamp", .irq_count = 1 };

static int probe(void)
{
	return ukd_driver_acme_lamp.probe(&dev, NULL);
}

int main(void)
{
	CHECK(fake_fail_every_allocation(fake_reset, probe) == 3);
	CHECK(fake_held() == 3 && fake_storm() == FAKE_STORM);
	return fake_report();
}
"""
EVERY = "fake_fail_every_allocation(fake_reset, probe) == 3"
LAST = "	ukd_free(watts);\n	return -ENOMEM;\n"


@pytest.fixture
def lamp(tmp_path: pathlib.Path) -> pathlib.Path:
    folder = tmp_path / "acme-lamp"
    for name, text in {
        "pyproject.toml": PROJECT,
        "ukdriver_acme_lamp/__init__.py": "",
        "ukdriver_acme_lamp/ukdriver.toml": MANIFEST,
        "ukdriver_acme_lamp/Config.uk": CONFIG,
        "ukdriver_acme_lamp/c/acme_lamp.c": DRIVER,
        "tests/acme_lamp_test.c": TEST,
    }.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def edit(path: pathlib.Path, old: str, new: str) -> None:
    text = path.read_text()
    assert text.count(old) == 1
    path.write_text(text.replace(old, new))


def subject_of(folder: pathlib.Path) -> Subject:
    (one,) = subject.from_folder(str(folder), site=str(folder.parent / "site"))
    return one


def run(suite: Suite, folder: pathlib.Path, timeout: float = 30) -> list[Result]:
    settings = Settings(
        folder=str(folder.parent / "scratch"),
        jobs=2,
        slots=threading.Semaphore(2),
        timeout=timeout,
    )
    return list(suite.run(subject_of(folder), settings))


def faults(suite: Suite, folder: pathlib.Path, timeout: float = 30) -> Iterator[tuple[str, str]]:
    for one in run(suite, folder, timeout):
        if one.status == "failed":
            assert one.check.wants
            assert one.check.source
            yield one.where, one.found


def test_options_are_what_c_sees(lamp: pathlib.Path) -> None:
    name = "LIBUKDRIVER_ACME_LAMP"

    assert sim.options_of(subject_of(lamp).driver) == {
        name: "1",
        f"{name}_WATTS": "40",
        f"{name}_MASK": "0xf0",
        f"{name}_COLOUR": '"warm white"',
        f"{name}_DIMS": "1",
        f"{name}_STEP": "3",
    }


def test_a_driver_without_options(lamp: pathlib.Path) -> None:
    edit(lamp / "ukdriver_acme_lamp/ukdriver.toml", 'config = "Config.uk"\n', "")

    assert sim.options_of(subject_of(lamp).driver) == {"LIBUKDRIVER_ACME_LAMP": "1"}


def test_a_driver_that_is_right(lamp: pathlib.Path) -> None:
    (one,) = run(sim.SUITE, lamp)
    share, reasons = run(coverage.SUITE, lamp)

    assert (one.status, one.where, one.found) == ("passed", "acme_lamp_test.c", "")
    assert (share.status, share.found) == ("passed", "100.0 %, 8 of 8")
    assert (reasons.status, reasons.found) == ("passed", "")


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        (
            LAST,
            "	return -ENOMEM;\n",
            "allocation 2 failed: -12 was returned, want -12, with 1 held",
        ),
        (LAST, LAST.replace("-ENOMEM", "-EIO"), "allocation 2 failed: -5 was returned, want -12"),
        (LAST, "	ukd_free(watts);\n" + LAST, "sim: freed, and not the driver's: 0x"),
        (
            "	ukd_free(watts)",
            "	ukd_dma_free(dev, watts, 4)",
            "freed as memory of the other kind",
        ),
        ("(dev, shared, 64)", "(dev, shared, 32)", "does not hold: size == (*link)->size"),
        ("*watts = CONFIG", "watts[1] = CONFIG", "ERROR: AddressSanitizer: heap-buffer-overflow"),
        (
            "*watts = CONFIG",
            "*watts -= INT32_MIN;\n	*watts = CONFIG",
            "runtime error: signed integer overflow",
        ),
        (
            "	return *(int",
            "	ukd_alloc(1);\n	return *(int",
            "does not hold: fake_held() == held",
        ),
        ("_WATTS;\n}", "_VOLTS;\n}", "CONFIG_LIBUKDRIVER_ACME_LAMP_VOLTS"),
        ("	(void)variant;\n", "", "error: unused parameter"),
        ("	(void)variant;\n", "	(void)variant;\n	exit(3);\n", "exit 3"),
    ],
)
def test_a_driver_that_is_wrong(lamp: pathlib.Path, old: str, new: str, found: str) -> None:
    source = lamp / "ukdriver_acme_lamp/c/acme_lamp.c"
    edit(source, old, new)
    source.write_text("#include <stdbool.h>\n#include <stdlib.h>\n" + source.read_text())

    (fault,) = faults(sim.SUITE, lamp)

    assert fault[0] == "acme_lamp_test.c"
    assert found in fault[1]
    assert "\n" not in fault[1]


def test_a_program_without_end(lamp: pathlib.Path) -> None:
    edit(
        lamp / "tests/acme_lamp_test.c",
        "	return fake_report",
        "	for (;;)\n		;\n	return fake_report",
    )

    assert list(faults(sim.SUITE, lamp, 1)) == [("acme_lamp_test.c", "no end within 1 s")]
    assert list(faults(coverage.SUITE, lamp, 1)) == [("", "acme_lamp_test.c: no end within 1 s")]


def test_a_program_that_checks_nothing(lamp: pathlib.Path) -> None:
    edit(lamp / "tests/acme_lamp_test.c", "	CHECK(fake_fail_every", "	(void)(fake_fail_every")
    edit(lamp / "tests/acme_lamp_test.c", "	return fake_report();", "	return 0;")

    assert list(faults(sim.SUITE, lamp)) == [("acme_lamp_test.c", "exit 0")]


def test_options_that_are_malformed(lamp: pathlib.Path) -> None:
    (lamp / "ukdriver_acme_lamp/Config.uk").write_text("config A\n\tfloat\n")

    for suite in (sim.SUITE, coverage.SUITE):
        ((_, found),) = faults(suite, lamp)
        assert "Config.uk:2: " in found


@pytest.mark.parametrize("suite", [sim.SUITE, coverage.SUITE], ids=lambda one: one.name)
def test_nothing_to_run_is_said(suite: Suite, lamp: pathlib.Path) -> None:
    full = subject_of(lamp)
    bare = Subject(driver=full.driver, registry=full.registry, folder=None)
    os.remove(lamp / "tests/acme_lamp_test.c")
    settings = Settings(folder=str(lamp.parent / "scratch"))

    (without,) = suite.run(full, settings)
    (installed,) = suite.run(bare, settings)

    assert (without.status, installed.status) == ("skipped", "skipped")
    assert "has no tests/*_test.c" in without.found
    assert "name its folder instead" in installed.found


def test_branches_that_are_not_taken(lamp: pathlib.Path) -> None:
    edit(lamp / "tests/acme_lamp_test.c", EVERY, "!probe()")
    attach = "if (shared && !ukd_irq_attach(dev, 0, acme_lamp_serve, watts))"

    assert sorted(faults(coverage.SUITE, lamp)) == [
        ("", "37.5 %, 3 of 8"),
        ("c/acme_lamp.c:19", "1 of 2 branches not taken: if (!watts)"),
        ("c/acme_lamp.c:23", f"2 of 4 branches not taken: {attach}"),
        ("c/acme_lamp.c:25", "2 of 2 branches not taken: if (shared)"),
    ]


def test_each_branch_needs_a_reason_and_no_other(lamp: pathlib.Path) -> None:
    source = lamp / "ukdriver_acme_lamp/c/acme_lamp.c"
    more = (
        "	if (dev->unit)\n		return 0;\n	if (dev->irq_count == 7)\n		return 0;\n"
    )
    edit(source, "	(void)variant;\n", "	(void)variant;\n" + more)
    entry = '[[branch]]\nsource = "c/acme_lamp.c"\nline = "{}"\nreason = "{}"\n'
    listed = entry.format("if (dev->unit)", "of PCI alone") + entry.format("if (!watts)", "rare")
    (lamp / "tests/coverage.toml").write_text(listed)

    assert sorted(faults(coverage.SUITE, lamp)) == [
        ("", "83.3 %, 10 of 12"),
        ("c/acme_lamp.c:21", "1 of 2 branches not taken: if (dev->irq_count == 7)"),
        ("coverage.toml", "c/acme_lamp.c: no line with a branch that isn't taken is: if (!watts)"),
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("[[branch]]\nsource = 1\n", "branch 1: has source, wanted source, line, reason"),
        (
            '[[branch]]\nsource = "a"\nline = "b"\nreason = ""\n',
            "branch 1: has source, line, reason, wanted source, line, reason",
        ),
        ("[[branch\n", "Expected ']]' at the end of an array declaration"),
    ],
)
def test_a_list_that_cannot_be_read(lamp: pathlib.Path, text: str, found: str) -> None:
    (lamp / "tests/coverage.toml").write_text(text)

    ((where, said),) = faults(coverage.SUITE, lamp)

    assert where == "coverage.toml"
    assert said.startswith(found)


def test_programs_are_counted_together(lamp: pathlib.Path) -> None:
    test = lamp / "tests/acme_lamp_test.c"
    text = test.read_text()
    test.write_text(text.replace(EVERY, "!probe()"))
    for number in range(1, 4):
        one = f"(fake_reset(), fake_fail_allocation({number}), probe() == -ENOMEM)"
        fails = text.replace(EVERY, one).replace("== 3 && fake_storm() == FAKE_STORM", "== 0")
        (lamp / f"tests/fails{number}_test.c").write_text(fails)

    assert [one.status for one in run(sim.SUITE, lamp)] == ["passed"] * 4
    assert run(coverage.SUITE, lamp)[0].found == "100.0 %, 8 of 8"
