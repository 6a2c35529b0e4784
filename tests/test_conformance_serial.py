"""The suites of consoles and clocks: what they see, and what they miss not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.acme import write_plugin
from tests.wrong_drivers import found, settings, wrong
from ukdrivers.conformance import subject
from ukdrivers.conformance.classes import console, rtc

if TYPE_CHECKING:
    import pathlib
    from collections.abc import Callable

    from ukdrivers.conformance.model import Result, Subject

    Results = Callable[[Subject, str], list[Result]]

#: how the name of a variation begins, for each driver
PL031 = "2026"
PL011 = "cortex-a53"
NS16550 = "pci-serial"
SEVERAL = "three pci-serial"

READ = "*seconds = pl031_read(pl031_base(self), PL031_DR);"
FIRST = f"static uint64_t first; {READ} first = first ? first : *seconds;"
SET = "pl031_write(base, PL031_LR, (uint32_t)seconds);"
HELD = "return pl031_read(base, PL031_LR) == seconds ? 0 : -EIO;"
END = "const char *end = text + size;"
LOOP = "\twhile (size) {\n"
#: by the check that sees it, however busy this machine is: a driver, the variation, its source, and
#: what is wrong there
WRONG = {
    "date": ("pl031", PL031, "pl031.c", [(READ, READ.replace(";", " + 10;"))]),
    "steady": (
        *("pl031", PL031, "pl031.c"),
        [(READ, f"static int n; {READ} *seconds += 3 * (n++ % 100 == 99);")],
    ),
    "second": (
        *("pl031", PL031, "pl031.c"),
        [(READ, f"{FIRST} *seconds += *seconds - first;")],
    ),
    "day": (
        *("pl031", PL031, "pl031.c"),
        [(READ, f"{FIRST} *seconds += (*seconds - first) / 2000;")],
    ),
    "set": (
        *("pl031", PL031, "pl031.c"),
        [(SET, SET.replace("seconds)", "seconds & ~2U)")), (HELD, "return 0;")],
    ),
    "2038": ("pl031", PL031, "pl031.c", [(READ, READ.replace("= pl", "= (uint64_t)(int32_t)pl"))]),
    "range": ("pl031", PL031, "pl031.c", [("return -ERANGE;", "(void)0;"), (HELD, "return 0;")]),
    "moved": ("pl031", PL031, "pl031.c", [(SET, ""), (HELD, "return base ? 0 : -EIO;")]),
    "early": (
        *("pl011", PL011, "pl011.c"),
        [(END, f"static bool late; {END} if (!late) end = text; late = true;")],
    ),
    "nothing": ("pl011", PL011, "pl011.c", [(END, "const char *end = text + size + !size;")]),
    "every-byte": ("pl011", PL011, "pl011.c", [(")*text++", ")*text++ & 0x7f")]),
    "single-bytes": (
        *("pl011", PL011, "pl011.c"),
        [(END, f"static int n; {END} if (size == 1 && n++ == 500) return 0;")],
    ),
    "sizes": (
        *("ns16550", NS16550, "ns16550.c"),
        [("for (size -= count;", "for (size -= count + (size == 33);")],
    ),
    "long": ("pl011", PL011, "pl011.c", [(END, "const char *end = text + (uint16_t)size;")]),
    "no-input": (
        *("pl011", PL011, "pl011.c"),
        [("PL011_FR_RXFE)\n\t\treturn -EAGAIN;", "PL011_FR_RXFE)\n\t\treturn 0;")],
    ),
    "typed": (
        *("pl011", PL011, "pl011.c"),
        [("return (int)UKD_FIELD_GET(PL011_DR_DATA", "return (signed char)UKD_FIELD_GET(0xff")],
    ),
    "burst": (  # which ends with that byte
        *("ns16550", NS16550, "ns16550.c"),
        [("return is_bad", "static int n; return is_bad || n++ == 4351")],
    ),
    "echo": (
        *("ns16550", NS16550, "ns16550.c"),
        [(LOOP, f"\tstatic int n;\n\tuart->errors |= size == 1 && n++ == 2000;\n{LOOP}")],
    ),
    "stalled": (
        *("ns16550", NS16550, "ns16550.c"),
        [("return rc;\n\t\tfor (size", "return 0;\n\t\tfor (size")],
    ),
    "others": (
        *("ns16550", SEVERAL, "ns16550.c"),
        [("&ns16550_ops, uart)", "&ns16550_ops, ns16550_ports)")],
    ),
}  # fmt: skip
SUITES = {"rtc": rtc, "console": console}


@pytest.fixture(scope="session")
def building(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    return tmp_path_factory.mktemp("building")


@pytest.fixture
def results(
    tmp_path: pathlib.Path, building: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> Results:
    """Run a driver's suite on the variations whose names begin so."""

    def run(one: Subject, start: str) -> list[Result]:
        suite = SUITES[one.driver.class_]
        every = suite._variations
        monkeypatch.setattr(
            suite,
            "_variations",
            lambda *given: [kind for kind in every(*given) if kind.name.startswith(start)],
        )
        return list(suite.SUITE.run(one, settings(tmp_path, building)))

    return run


@pytest.mark.parametrize(
    ("name", "start"),
    [("pl031", PL031), ("pl031", "2096"), ("pl011", "max"), ("ns16550", SEVERAL)],
)
def test_ours_pass(name: str, start: str, tmp_path: pathlib.Path, results: Results) -> None:
    came = results(found(name, tmp_path), start)

    assert [one for one in came if one.status == "failed"] == []
    checks = SUITES[came[0].suite].CHECKS
    assert {one.check.name for one in came} == {*(check.name for check in checks), "ends"}
    skipped = {one.check.name for one in came if one.status == "skipped"}
    assert skipped == ({"others"} if name == "pl011" else set())
    assert all(one.check.source for one in came)


def test_a_stranger_s_clock_passes(tmp_path: pathlib.Path, results: Results) -> None:
    (one,) = subject.from_folder(write_plugin(tmp_path), site=str(tmp_path / "site"))

    came = results(one, PL031)

    assert [one for one in came if one.status != "passed"] == []
    assert len(came) == len(rtc.CHECKS) + 1


@pytest.mark.parametrize("check", WRONG)
def test_a_wrong_driver_is_seen(check: str, tmp_path: pathlib.Path, results: Results) -> None:
    name, start, source, changes = WRONG[check]

    came = results(wrong(name, tmp_path, source, changes), start)

    failed = {one.check.name: one.found for one in came if one.status == "failed"}
    assert check in failed
    assert "no image" not in failed.get("ends", "")
