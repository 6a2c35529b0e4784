"""Reports: exit status, JSON, and XML of the form that pytest writes and build servers read."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

from tests.unikraft_drivers import driver, registry
from ukdrivers.conformance.model import Check, Result, Status, Subject
from ukdrivers.conformance.report import as_json, complaints, exit_code, junit, rows
from ukdrivers.conformance.run import Report
from ukdrivers.conformance.tiers import Tier

if TYPE_CHECKING:
    import pathlib

CLOCK = driver("clock", "rtc")
TIERS = {"clock": Tier("bronze", ("silver: rtc: 1 of 3 checks failed",))}
#: a test of each outcome, for pytest's own XML
SAMPLE = """\
import pytest

def test_passes():
    pass

def test_fails():
    assert not "a < b & c"

def test_skips():
    pytest.skip("not here")
"""


def result(status: Status = "passed", name: str = "set", **fields: str) -> Result:
    check = Check(name=name, wants="the time that was set", source="<ukd/rtc.h>, ukd_rtc_ops.set")
    return Result(suite="rtc", check=check, status=status, seconds=0.25, **fields)


def report(*results: Result) -> Report:
    subject = Subject(driver=CLOCK, registry=registry(CLOCK), folder=None)
    return Report(subject=subject, suite="rtc", results=results, seconds=1.5)


FAILED = result("failed", where="qemu:virt", found="'1' < 2 & \x1b[31m\x00")
LEFT_OUT = result("skipped", "rtc", found="no machine has such a device")
ALL = report(result(), FAILED, LEFT_OUT)


@pytest.mark.parametrize(
    ("results", "status"),
    [
        ([result()], 0),
        ([result(), LEFT_OUT], 77),
        ([result(), LEFT_OUT, FAILED], 1),
        # a feature that the driver doesn't offer is no fault of this machine
        ([result(), result("skipped", found="the driver has no set")], 0),
    ],
)
def test_exit_code(results: list[Result], status: int) -> None:
    assert exit_code([report(*results)]) == status


def test_a_row_has_the_counts() -> None:
    assert list(rows([ALL])) == [("clock", "rtc", "1", "1", "1", "1.5")]


def test_a_failure_says_what_was_wanted_and_by_whom() -> None:
    skipped, failed = complaints([ALL])

    assert skipped == "clock: rtc: skipped: no machine has such a device"
    assert failed.splitlines() == [
        "clock: rtc: set, qemu:virt: failed",
        "  wanted  the time that was set",
        "  found   '1' < 2 & \x1b[31m\x00",
        "  source  <ukd/rtc.h>, ukd_rtc_ops.set",
    ]


def test_json_has_every_result() -> None:
    value = as_json([ALL], TIERS, seconds=2)

    assert {name: value[name] for name in ("status", "seconds")} == {
        "status": "failed",
        "seconds": 2,
    }
    assert value["drivers"] == [
        {
            "name": "clock",
            "class": "rtc",
            "distribution": "ukdriver-clock",
            "version": "1.0",
            "tier": "bronze",
            "missing": ["silver: rtc: 1 of 3 checks failed"],
            "suites": [
                {
                    "name": "rtc",
                    "passed": 1,
                    "failed": 1,
                    "skipped": 1,
                    "seconds": 1.5,
                    "results": [
                        {
                            "check": one.check.name,
                            "wants": one.check.wants,
                            "source": one.check.source,
                            "where": one.where,
                            "status": one.status,
                            "found": one.found,
                            "seconds": 0.25,
                        }
                        for one in ALL.results
                    ],
                }
            ],
        }
    ]


def shape(path: str) -> dict[str, tuple[set[str], set[str]]]:
    """Return what attributes and what children each element of an XML file has."""
    found: dict[str, tuple[set[str], set[str]]] = {}
    for one in ET.parse(path).getroot().iter():
        attributes, children = found.setdefault(one.tag, (set(), set()))
        attributes.update(one.attrib)
        children.update(child.tag for child in one)
    return found


def test_xml_has_no_element_or_attribute_that_pytest_s_has_not(tmp_path: pathlib.Path) -> None:
    ours, theirs = tmp_path / "ours.xml", tmp_path / "theirs.xml"
    ours.write_text(junit([ALL], seconds=2), encoding="utf-8")
    (tmp_path / "test_sample.py").write_text(SAMPLE)
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        f"--junitxml={theirs}",
    ]
    subprocess.run(
        [*command, "-c", os.devnull, "--rootdir", str(tmp_path), "test_sample.py"],
        check=False,
        cwd=tmp_path,
        capture_output=True,
    )

    wanted = shape(str(theirs))
    for tag, (attributes, children) in shape(str(ours)).items():
        # of testsuites itself, pytest writes the name alone; Jenkins' schema has the sums there, too
        sums = {"tests", "failures", "errors", "skipped", "time"} if tag == "testsuites" else set()
        assert attributes <= wanted[tag][0] | sums, tag
        assert children <= wanted[tag][1], tag


def test_xml_has_what_was_found_whatever_that_is() -> None:
    root = ET.fromstring(junit([ALL], seconds=2))

    (suite,) = root
    assert suite.attrib == {
        "name": "clock.rtc",
        "tests": "3",
        "failures": "1",
        "errors": "0",
        "skipped": "1",
        "time": "1.500",
    }
    passed, failed, skipped = suite
    assert passed.attrib == {"classname": "ukdrivers.clock.rtc", "name": "set", "time": "0.250"}
    assert failed.attrib["name"] == "set [qemu:virt]"
    assert failed[0].attrib == {"message": "wanted the time that was set"}
    assert failed[0].text == (
        "found: '1' < 2 & \ufffd[31m\ufffd\nsource: <ukd/rtc.h>, ukd_rtc_ops.set"
    )
    assert skipped[0].attrib == {"message": "no machine has such a device"}
