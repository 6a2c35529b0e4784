"""The plugin of docs/write-a-driver.md as a folder that isn't installed, with errors put in."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from tests.conftest import ROOT

if TYPE_CHECKING:
    import pathlib

__all__ = ["MANIFEST", "PROBE", "C", "write_plugin"]

PAGE = os.path.join(ROOT, "docs", "write-a-driver.md")
BLOCK = re.compile(r"^\*\*`([^`]+)`\*\*\n\n```\w*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
C = "ukdriver_acme_rtc/c/acme_rtc.c"
MANIFEST = "ukdriver_acme_rtc/ukdriver.toml"
#: the first statement of its probe
PROBE = "\t(void)variant;	/* one layout only; see acme_rtc_match */\n"


def write_plugin(folder: pathlib.Path, *changes: tuple[str, str, str]) -> str:
    """Write the page's files, and return their folder.

    :param changes: file, text that it has once, and what takes its place
    """
    with open(PAGE, encoding="utf-8") as file:
        files = dict(BLOCK.findall(file.read()))
    for name, old, new in changes:
        assert files[name].count(old) == 1
        files[name] = files[name].replace(old, new)
    for name, text in files.items():
        path = folder / "plugin" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return str(folder / "plugin")
