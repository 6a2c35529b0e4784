"""Report: results as a table, as JSON and as JUnit's XML.

In:  reports (from :mod:`ukdrivers.conformance.run`).
Out: rows, values and text (to :mod:`ukdrivers.cli` and an author's CI).
"""

from __future__ import annotations

import dataclasses
import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ukdrivers.conformance.model import Result
    from ukdrivers.conformance.run import Report
    from ukdrivers.conformance.tiers import Tier

__all__ = ["TITLES", "as_json", "complaints", "exit_code", "junit", "rows"]

TITLES = ("DRIVER", "SUITE", "PASSED", "FAILED", "SKIPPED", "SECONDS")
STATUSES = ("passed", "failed", "skipped")
SKIPPED = 77  # as automake has it
#: what XML 1.0 can't hold, not even escaped. Source: XML 1.0, 2.2
NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def rows(reports: Sequence[Report]) -> Iterator[tuple[str, ...]]:
    """Yield a table row for each suite of each driver."""
    for one in reports:
        counts = (str(one.count(status)) for status in STATUSES)
        yield (one.subject.driver.name, one.suite, *counts, f"{one.seconds:.1f}")


def exit_code(reports: Sequence[Report]) -> int:
    """Return 1 if anything failed, 77 if something could not be run, else 0."""
    if any(one.count("failed") for one in reports):
        return 1
    return SKIPPED if any(one.left_out for one in reports) else 0


def complaints(reports: Sequence[Report]) -> Iterator[str]:
    """Yield some lines on each check that failed or was skipped; failures last."""
    for status in ("skipped", "failed"):
        for report in reports:
            for one in report.results:
                if one.status == status:
                    yield _complaint(report.subject.driver.name, one)


def _complaint(driver: str, result: Result) -> str:
    where = f", {result.where}" if result.where else ""
    check = "" if result.check.name == result.suite else f": {result.check.name}"
    lines = [f"{driver}: {result.suite}{check}{where}: {result.status}"]
    if result.status == "skipped":
        return f"{lines[0]}: {result.found}"
    lines += [f"  wanted  {result.check.wants}", f"  found   {result.found}"]
    lines += [f"  source  {result.check.source}"] if result.check.source else []
    return "\n".join(lines)


def as_json(
    reports: Sequence[Report], tiers: Mapping[str, Tier], *, seconds: float
) -> dict[str, object]:
    """Return all of it as plain values; ``ukdrivers/test/1`` is the name of their schema.

    :param tiers: by driver name
    """
    drivers = {one.subject.driver.name: one.subject.driver for one in reports}
    return {
        "status": {0: "passed", 1: "failed", SKIPPED: "skipped"}[exit_code(reports)],
        "seconds": round(seconds, 3),
        "drivers": [
            {
                "name": name,
                "class": driver.class_,
                "distribution": driver.distribution,
                "version": driver.version,
                "tier": tiers[name].name,
                "missing": list(tiers[name].missing),
                "suites": [_suite(one) for one in reports if one.subject.driver.name == name],
            }
            for name, driver in drivers.items()
        ],
    }


def _suite(report: Report) -> dict[str, object]:
    return {
        "name": report.suite,
        **{status: report.count(status) for status in STATUSES},
        "seconds": round(report.seconds, 3),
        "results": [
            {
                "check": one.check.name,
                "wants": one.check.wants,
                "source": one.check.source,
                **{
                    name: value
                    for name, value in dataclasses.asdict(one).items()
                    if name in {"where", "status", "found"}
                },
                "seconds": round(one.seconds, 3),
            }
            for one in report.results
        ],
    }


def junit(reports: Sequence[Report], *, seconds: float) -> str:
    """Return the reports as JUnit's XML, in the form that pytest writes and Jenkins reads.

    Source: Jenkins' xUnit plugin, ``junit-10.xsd``.
    """
    root = ET.Element("testsuites", _totals("ukdrivers", reports, seconds))
    for report in reports:
        name = f"{report.subject.driver.name}.{report.suite}"
        suite = ET.SubElement(root, "testsuite", _totals(name, [report], report.seconds))
        for one in report.results:
            _case(suite, f"ukdrivers.{name}", one)
    ET.indent(root)
    text = ET.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{text}\n'


def _totals(name: str, reports: Sequence[Report], seconds: float) -> dict[str, str]:
    return {
        "name": name,
        "tests": str(sum(len(one.results) for one in reports)),
        "failures": str(sum(one.count("failed") for one in reports)),
        "errors": "0",
        "skipped": str(sum(one.count("skipped") for one in reports)),
        "time": f"{seconds:.3f}",
    }


def _case(suite: ET.Element, class_name: str, result: Result) -> None:
    name = f"{result.check.name} [{result.where}]" if result.where else result.check.name
    case = ET.SubElement(
        suite, "testcase", classname=class_name, name=_plain(name), time=f"{result.seconds:.3f}"
    )
    if result.status == "failed":
        message = f"wanted {result.check.wants}"
        failure = ET.SubElement(case, "failure", message=_plain(message))
        failure.text = _plain(f"found: {result.found}\nsource: {result.check.source or '-'}")
    elif result.status == "skipped":
        ET.SubElement(case, "skipped", message=_plain(result.found))


def _plain(text: str) -> str:
    return NO_XML.sub("\ufffd", text)
