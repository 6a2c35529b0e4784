"""What an image costs in guest instructions, from reset to power off.

QEMU counts with a plugin under ``-icount shift=0``: the same image gives the same count every time.
"""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING

from benchmarks.counting import compiled, counted, machine, symbols
from benchmarks.harness import Figure, run

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

BOARD = "qemu:virt,gic-version=2"
#: what any image on this board needs
BARE = ("armv8-timer", "gicv2", "pl011", "psci")
DEVICES = (
    *("-netdev", "user,id=net", "-device", "virtio-net-device,netdev=net"),
    *("-blockdev", "driver=null-co,node-name=disk,size=67108864"),
    *("-device", "virtio-blk-device,drive=disk"),
)
BUILT_IN = ("LIBUKD_ADDRESSES_BUILT_IN=y",)
FILLERS = 10
STRINGS = 100  # of each filler
MANIFEST = """\
schema = 1

[driver]
name       = "{name}"
summary    = "Driver that matches nothing on this board"
class      = "rtc"
arch       = ["arm64"]
platforms  = ["kvm"]
compatible = [{strings}]
sources    = ["c/{name}.c"]
kit        = ">=1,<2"
"""
SOURCE = """\
#include <ukd/driver.h>
#include <ukd/errno.h>

static int {name}_probe(const struct ukd_device *dev, const void *variant)
{{
	(void)dev;
	(void)variant;
	return -ENODEV;
}}

static const struct ukd_match {name}_match[] = {{
{entries}
	{{ 0 }}
}};

extern const struct ukd_driver ukd_driver_{name};
const struct ukd_driver ukd_driver_{name} = {{
	.name = "{name}",
	.class = UKD_CLASS_RTC,
	.match = {name}_match,
	.probe = {name}_probe,
}};
"""


def figures(folder: str) -> Iterator[Figure]:
    counter = compiled(folder, "icount")
    few = _count(counter, _image(os.path.join(folder, "few"), {}))
    yield Figure(
        name="guest instructions, reset to power off, print-only image, gicv2 and pl011, full scan",
        value=few,
        unit="instructions",
        target=99_999,
    )

    site = os.path.join(folder, "fillers")
    names = [f"filler{number}" for number in range(FILLERS)]
    for name in names:
        _write_plugin(site, name)
    many = _count(counter, _image(os.path.join(folder, "many"), {"PYTHONPATH": site}, names))
    yield Figure(
        name=f"the same, {FILLERS * STRINGS:,} further compatible strings linked in, added",
        value=many - few,
        unit="instructions",
        target=5_000,
    )
    yield from _to_application(folder)


def _to_application(folder: str) -> Iterator[Figure]:
    for version in (2, 3):
        yield Figure(
            name=f"guest instructions, reset to the application, every driver linked, GICv{version}",
            value=_to_main(folder, version),
            unit="instructions",
            target=249_999,
        )
    for what, values, target in (
        ("without the check", (*BUILT_IN, "LIBUKD_CHECK_TREE=n"), 99_999),
        ("with the check of the tree's hash", BUILT_IN, 149_999),
    ):
        yield Figure(
            name=f"guest instructions, reset to the application, GICv3, built in, {what}",
            value=_to_main(folder, 3, values=values),
            unit="instructions",
            target=target,
        )
    yield Figure(
        name="the same, GICv3, with a network device and a disk",
        value=_to_main(folder, 3, DEVICES),
        unit="instructions",
        target=399_999,
    )


def _image(
    output: str,
    environment: dict[str, str],
    drivers: Sequence[str] = (),
    *,
    board: str = BOARD,
    values: Sequence[str] = (),
) -> str:
    """Build the print-only application with some drivers and return the path of its boot image."""
    environment = {**os.environ, **environment}
    listed = json.loads(run([sys.executable, "-m", "ukdrivers", "list", "--json"], env=environment))
    command = [sys.executable, "-m", "ukdrivers", "build", board, "--app", "hello", "-o", output]
    command += [f"--set={one}" for one in values]
    for one in listed["drivers"]:
        is_on = one["name"] in (*BARE, *drivers)
        symbol = one["name"].upper().replace("-", "_")
        command += ["--set", f"LIBUKDRIVER_{symbol}={'y' if is_on else 'n'}"]
    report = run([*command, "--json"], env=environment)
    return str(json.loads(report)["image"])


def _count(counter: str, image: str) -> int:
    """Boot an image under the counter and return how many instructions it executed."""
    [[executed]] = counted(counter, image)
    return executed


def _to_main(
    folder: str, version: int, devices: Sequence[str] = (), values: Sequence[str] = ()
) -> int:
    """Boot an image with all that is installed and return what came before main()."""
    listed = json.loads(run([sys.executable, "-m", "ukdrivers", "list", "--json"]))
    names = [one["name"] for one in listed["drivers"]]
    board = f"qemu:virt,gic-version={version},memory=64"
    output = os.path.join(folder, "-".join(("all", *values)).replace("=", "-"))
    image = _image(output, {}, names, board=board, values=values)
    at = symbols(f"{image}.dbg")
    places = {"start": "uk_image_start", "at": "main", "end": "uk_power_off"}
    marks = ",".join(f"{word}={at[name]:#x}" for word, name in places.items())
    where = (*machine(version), *devices)
    [[_, before, *_]] = counted(compiled(folder, "marks"), image, marks=marks, where=where)
    return before


def _write_plugin(site: str, name: str) -> None:
    """Write an installed plugin of one driver with many compatible strings."""
    strings = [f"acme,{name}-{number:03}" for number in range(STRINGS)]
    entries = "\n".join(f'\t{{ .compatible = "{string}" }},' for string in strings)
    package = os.path.join(site, f"ukdriver_{name}")
    texts = {
        f"{package}/ukdriver.toml": MANIFEST.format(
            name=name, strings=", ".join(f'"{string}"' for string in strings)
        ),
        f"{package}/c/{name}.c": SOURCE.format(name=name, entries=entries),
        f"{site}/ukdriver_{name}-1.0.dist-info/METADATA": (
            f"Metadata-Version: 2.1\nName: ukdriver-{name}\nVersion: 1.0\n"
        ),
        f"{site}/ukdriver_{name}-1.0.dist-info/entry_points.txt": (
            f"[ukdrivers]\n{name} = ukdriver_{name}\n"
        ),
    }
    for path, text in texts.items():
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
