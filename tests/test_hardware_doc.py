"""docs/hardware.md lists every document, binding and section that the sources cite."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
NUMBER = r"(?:DDI|IHI|DEN) \d{4}[A-Z]?(?:\.[a-z])?|SNLS\d+[A-Z]?|EPM-\d+|RFC \d{4}"
REVISION = r"(?:PCI[A-Za-z -]* Specification|IEEE Std 1275-1994), [Rr]evision \d+\.\d+"
BINDING = r"[a-z-]+/[a-z0-9,_-]+\.yaml"
LISTED = re.compile(f"{NUMBER}|{REVISION}|{BINDING}")
DOTTED = re.compile(r"[1-9]\d*(?:\.\d+)+")

#: what the page calls the document that a source abbreviates, or names before a section
DOCUMENT = {
    "DTSpec": "Devicetree Specification",
    "Devicetree Specification v0.4,": "Devicetree Specification",
    "GICv2": "IHI 0048B.b",
    "GICv3": "IHI 0069H.b",
    "PSCI": "DEN 0022F.b",
    "datasheet": "SNLS378C",
    "Datasheet": "SNLS378C",
    "PCI": "PCI Local Bus Specification",
    "PCIe": "PCI Express Base Specification",
    "Revision 5.0, Version 1.0,": "PCI Express Base Specification",
    "Bridge": "PCI-to-PCI Bridge Architecture Specification",
    "Binding": "IEEE Std 1275-1994",
    "IEEE Std 1275-1994, revision 2.1,": "IEEE Std 1275-1994",
    "VIRTIO": "Virtual I/O Device (VIRTIO)",
}
#: a TRM is that of the plugin that cites it
TRM = {"pl011": "DDI 0183G", "pl031": "DDI 0224C"}

NAMES = "|".join(map(re.escape, ["TRM", *DOCUMENT]))
CITED = re.compile(rf"(?<![\w-])({NAMES}) ((?:{DOTTED.pattern}(?:,? and |, | to )?)+)")


def texts() -> Iterator[tuple[str, str]]:
    """Yield the path of each source, and its text with comments on one line."""
    for top in ("ukdrivers", "plugins"):
        for folder, _, names in os.walk(os.path.join(ROOT, top)):
            for name in names:
                if name.endswith((".c", ".h", ".S", ".py")):
                    path = os.path.join(folder, name)
                    with open(path, encoding="utf-8") as file:
                        text = re.sub(r"\n[ \t]*[*#]?[ \t]+", " ", file.read())
                    yield os.path.relpath(path, ROOT), text


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


def sections_of(document: str) -> set[str]:
    """Return what the page's row of a document has in the column `cited`."""
    (row,) = [one for one in page().splitlines() if one.startswith("|") and document in one]
    return sections(row.split("|")[3])


def citations() -> Iterator[tuple[str, str, set[str]]]:
    """Yield a path, the document that is cited there, and which sections of it."""
    for path, text in texts():
        for name, numbers in CITED.findall(text):
            document = TRM[path.split(os.sep)[1]] if name == "TRM" else DOCUMENT[name]
            yield path, document, sections(numbers)


def test_every_document_and_binding_is_listed() -> None:
    cited = {hit for _, text in texts() for hit in LISTED.findall(text)}

    assert {"DDI 0183G", "IHI 0069H.b", "arm/psci.yaml"} <= cited
    assert sorted(cited - set(LISTED.findall(page()))) == []


def test_every_section_is_listed() -> None:
    found = list(citations())

    assert {document for _, document, _ in found} == {*DOCUMENT.values(), *TRM.values()}
    for path, document, cited in found:
        missing = cited - sections_of(document)
        assert not missing, f"{path}: {document} {sorted(missing)}"
