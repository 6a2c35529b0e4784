"""The suites of network devices, disks and virtio transports: what they see, and what they miss not."""

from __future__ import annotations

import contextlib
import importlib
import os
import shutil
import threading
import time
from typing import TYPE_CHECKING

import pytest

from ukdrivers.conformance import subject, variations
from ukdrivers.conformance.model import Check, Settings
from ukdrivers.conformance.peer import Peer
from ukdrivers.conformance.variations import Beside, Variation, run_each
from ukdrivers.registry import discover

if TYPE_CHECKING:
    import pathlib
    from collections.abc import Iterator

    from ukdrivers.conformance.model import Result, Subject

CLASSES = "ukdrivers.conformance.classes"
#: a driver, its suite, and some of the suite's variations
SOME = {
    "virtio-net": ("net", "virtio-net-device", "virtio-net-pci,host_mtu=9000"),
    "virtio-blk": (
        "block",
        "four virtio-blk-pci, cortex-a72, 1 GiB",
        "read-only virtio-blk-device",
    ),
    "virtio-mmio": ("virtio_transport", "modern", "version 1"),
    "virtio-pci": ("virtio_transport", "modern", "a page a queue, registers elsewhere"),
}
#: a driver, what is wrong with it, and what sees that
WRONG = {
    "a length with the header in it": (
        *("virtio-net", "virtio_net.c"),
        *("written - net->header_bytes, flags);", "written, flags);"),
        "every-size",
    ),
    "a link that isn't told of": (
        *("virtio-net", "virtio_net_start.h", "if (net->calls)", "if (0)", "link"),
    ),
    "a size of the wrong unit": (
        *("virtio-blk", "virtio_blk_info.h"),
        *("capacity / (bytes / VIRTIO_BLK_UNIT)", "capacity / 2", "geometry"),
    ),
    "a bound left out": (
        *("virtio-blk", "virtio_blk.c"),
        *("request->count > info->sectors - request->sector)", "0)", "out-of-range"),
    ),
    "a change that isn't told of": (
        *("virtio-mmio", "virtio_mmio.c"),
        *("if (status & INTERRUPT_CONFIG)", "if (0)", "config-change"),
    ),
    "one doorbell for all": (
        *("virtio-pci", "virtio_pci.c"),
        *("(uint64_t)number * pci->multiplier", "(uint64_t)number * 0", "several-queues"),
    ),
}


def found(name: str, folder: pathlib.Path) -> Subject:
    (one,) = subject.find(name, discover(), site=str(folder / "site"))
    return one


def settings(folder: pathlib.Path) -> Settings:
    return Settings(folder=str(folder), jobs=2, slots=threading.Semaphore(2), timeout=60)


def results(
    one: Subject, folder: pathlib.Path, names: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> list[Result]:
    """Run the driver's suite on the variations of these names."""
    suite = importlib.import_module(f"{CLASSES}.{SOME[one.driver.name][0]}")
    every = suite._variations
    monkeypatch.setattr(
        suite, "_variations", lambda *given: [v for v in every(*given) if v.name in names]
    )
    return list(suite.SUITE.run(one, settings(folder)))


@pytest.mark.parametrize("name", SOME)
def test_ours_pass(name: str, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    suite, *names = SOME[name]

    came = results(found(name, tmp_path), tmp_path, tuple(names), monkeypatch)

    assert [one for one in came if one.status == "failed"] == []
    checks = importlib.import_module(f"{CLASSES}.{suite}").CHECKS
    assert len(came) >= len(names) * len(checks) - 2
    assert len({one.where for one in came}) == len(names)
    assert all(one.check.source for one in came)


def test_a_busy_host_is_no_fault_of_a_driver_s(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other end of the cable takes its time before it sends what it is asked for."""
    give = Peer._give

    def later(peer: Peer, to: bytes, *numbers: int) -> None:
        time.sleep(0.05)
        give(peer, to, *numbers)

    monkeypatch.setattr(Peer, "_give", later)

    came = results(found("virtio-net", tmp_path), tmp_path, SOME["virtio-net"][1:2], monkeypatch)

    assert [one for one in came if one.status == "failed"] == []


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_driver_is_seen(
    wrong: str, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name, source, find, replace, wanted = WRONG[wrong]
    sound = found(name, tmp_path)
    assert sound.folder
    folder = str(tmp_path / "wrong")
    shutil.copytree(sound.folder, folder)
    path = os.path.join(folder, f"ukdriver_{name.replace('-', '_')}", "c", source)
    with open(path, encoding="utf-8") as file:
        text = file.read()
    assert find in text
    with open(path, "w", encoding="utf-8") as file:
        file.write(text.replace(find, replace))
    one = subject.moved(sound, folder=folder, site=str(tmp_path / "moved"))

    came = results(one, tmp_path, SOME[name][1:2], monkeypatch)

    assert wanted in {result.check.name for result in came if result.status == "failed"}


SAYS = """
#include <stdio.h>

int main(void)
{
	printf("check right: ok\\ncheck wrong: FAILED: found 1, wanted 2\\n");
	printf("check absent: skipped: it has none\\ncheck new: ok\\n");
	return 1;
}
"""
MAKEFILE = """
$(eval $(call addlib,appsays))
APPSAYS_SRCS-y += $(APPSAYS_BASE)/main.c
"""


def test_what_becomes_of_what_is_said(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = tmp_path / "says"
    app.mkdir()
    (app / "main.c").write_text(SAYS)
    (app / "Makefile.uk").write_text(MAKEFILE)
    monkeypatch.setattr(variations, "APPS", str(tmp_path))
    names = ("right", "wrong", "absent", "missing", "elsewhere", "beside", "not beside")
    checks = [Check(name=name, wants="it", source="here") for name in names]

    @contextlib.contextmanager
    def start(_: str) -> Iterator[Beside]:
        yield Beside(found=lambda _: {"beside": "", "not beside": "found 3"})

    one = Variation(name="it", beside=start, leaves_out={"elsewhere": "not here"})
    came = list(run_each(found("pl011", tmp_path), settings(tmp_path), "says", checks, [one]))

    said = {result.check.name: (result.status, result.found) for result in came}
    last = "did not run; the last line was 'ukdrivers: halted: main returned 1'"
    assert said == {
        "right": ("passed", ""),
        "wrong": ("failed", "found 1, wanted 2"),
        "absent": ("skipped", "it has none"),
        "missing": ("failed", last),
        "beside": ("passed", ""),
        "not beside": ("failed", "found 3"),
        "ends": ("passed", ""),
        "harness": ("failed", "new"),
    }
    assert {result.where for result in came} == {"it on qemu:virt,gic-version=2"}
