"""docs/stages.md: what it says each stage returns is what each stage returns."""

from __future__ import annotations

import doctest
import os

from tests.conftest import ROOT


def test_every_value_on_the_page() -> None:
    page = os.path.join(ROOT, "docs", "stages.md")

    failed, tried = doctest.testfile(page, module_relative=False, encoding="utf-8")

    assert tried > 40
    assert failed == 0
