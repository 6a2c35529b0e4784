"""docs/hardware.md lists every document, binding and section that the C cites."""

from __future__ import annotations

import os
import re

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
NUMBER = r"(?:DDI|IHI|DEN) \d{4}[A-Z]?(?:\.[a-z])?|RFC \d{4}"
BINDING = r"[a-z-]+/[a-z0-9,_]+\.yaml"
DOTTED = re.compile(r"[1-9]\d*(?:\.\d+)+")
CITED = re.compile(r"\b(DTSpec|GICv2|TRM|PSCI) ((?:[1-9]\d*(?:\.\d+)+(?:,? and |, | to )?)+)")

#: what the page calls the document that a source abbreviates; there is a TRM a driver
DOCUMENT = {
    "DTSpec": "Devicetree Specification",
    "GICv2": "IHI 0048B.b",
    "PSCI": "DEN 0022F.b",
    "TRM": "DDI 0183G",
}


def texts() -> list[str]:
    found = []
    for top in ("ukdrivers", "plugins"):
        for folder, _, names in os.walk(os.path.join(ROOT, top)):
            for name in names:
                if name.endswith((".c", ".h", ".S")):
                    with open(os.path.join(folder, name), encoding="utf-8") as file:
                        found.append(re.sub(r"\n\s\*\s+", " ", file.read()))
    return found


def page() -> str:
    with open(os.path.join(ROOT, "docs", "hardware.md"), encoding="utf-8") as file:
        return file.read()


def sections(text: str) -> set[str]:
    found = set(DOTTED.findall(text))
    for first, last in re.findall(rf"({DOTTED.pattern}) to ({DOTTED.pattern})", text):
        stem, _, low = first.rpartition(".")
        high = last.rpartition(".")[2]
        found |= {f"{stem}.{number}" for number in range(int(low), int(high) + 1)}
    return found


def row_of(document: str) -> str:
    (row,) = [one for one in page().splitlines() if one.startswith("|") and document in one]
    return row


def test_every_document_and_binding_is_listed() -> None:
    cited = {hit for text in texts() for hit in re.findall(f"{NUMBER}|{BINDING}", text)}

    assert {"DDI 0183G", "IHI 0048B.b", "arm/psci.yaml"} <= cited
    assert sorted(hit for hit in cited if hit not in page()) == []


def test_every_section_is_listed() -> None:
    hits = [hit for text in texts() for hit in CITED.findall(text)]

    assert {name for name, _ in hits} == set(DOCUMENT)
    for name, numbers in hits:
        missing = sections(numbers) - sections(row_of(DOCUMENT[name]))
        assert not missing, f"{name} {sorted(missing)}"
