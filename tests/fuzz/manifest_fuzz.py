"""Fuzz target: any text as a manifest ends in a driver or in a ManifestError that names it."""

from __future__ import annotations

import os
import sys
import tempfile

import atheris

with atheris.instrument_imports(include=["ukdrivers"]):
    from ukdrivers.errors import ManifestError
    from ukdrivers.manifest import read_manifest


def one(data: bytes) -> None:
    with open(PATH, "wb") as file:
        file.write(data)
    message = refusal()
    assert message is None or message.startswith("ukdriver-fuzz 1: ukdriver.toml"), message
    assert message is None or message.isprintable(), message


def refusal() -> str | None:
    """Return what is said of a manifest that is refused; None when it is a driver's."""
    try:
        driver = read_manifest(PATH, distribution="ukdriver-fuzz", version="1")
    except ManifestError as error:
        return str(error)
    assert driver.name == "fuzz"
    assert driver.sources
    return None


with tempfile.TemporaryDirectory() as folder:
    root = os.path.join(folder, "ukdriver_fuzz")
    os.makedirs(os.path.join(root, "c"))
    for name in ("c/fuzz.c", "Config.uk"):
        with open(os.path.join(root, name), "w", encoding="utf-8"):
            pass
    PATH = os.path.join(root, "ukdriver.toml")
    atheris.Setup(sys.argv, one)
    atheris.Fuzz()
