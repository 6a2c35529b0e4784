"""The driver core in C as a program: drivers that print what they are given, on a tree in text.

Compiled natively against the ``sim`` host under the address and undefined-behaviour sanitizers.
The driver table comes from :mod:`ukdrivers.table`, so that generator and reader are tested against
each other.
"""

from __future__ import annotations

import dataclasses
import glob
import os
import subprocess
from typing import TYPE_CHECKING

from ukdrivers.model import Driver
from ukdrivers.table import table

if TYPE_CHECKING:
    import pathlib
    from collections.abc import Sequence

HERE = os.path.dirname(__file__)
PACKAGE = os.path.join(os.path.dirname(HERE), "ukdrivers")
SIM = os.path.join(PACKAGE, "hosts", "sim")
KIT = os.path.join(PACKAGE, "kit")
NODEV = 19


@dataclasses.dataclass(frozen=True, kw_only=True)
class Fake:
    """A driver for the test: what it lists, and what its probe returns for each string."""

    name: str
    strings: dict[str, int]
    class_: str = "block"

    @property
    def driver(self) -> Driver:
        return Driver(
            name=self.name,
            summary="",
            class_=self.class_,
            arch=("arm64",),
            platforms=("kvm",),
            compatible=tuple(self.strings),
            sources=(),
            config=None,
            provides=(),
            requires=(),
            kit=">=1,<2",
            replaces=(),
            root="/",
            distribution="test",
            version="1",
        )

    @property
    def source(self) -> str:
        probe = "probe_irqchip" if self.class_ == "irqchip" else "probe_and_print"
        matches = "\n".join(
            f'\t{{ .compatible = "{one}", .variant = &(const int){{ {rc} }} }},'
            for one, rc in self.strings.items()
        )
        ident = self.driver.ident
        return (
            f"static const struct ukd_match {ident}_match[] = {{\n{matches}\n\t{{ 0 }}\n}};\n"
            f"const struct ukd_driver {self.driver.object} = {{\n"
            f'\t.name = "{self.name}",\n\t.class = UKD_CLASS_{self.class_.upper().replace("-", "_")},\n'
            f"\t.match = {ident}_match,\n\t.probe = {probe},\n}};\n"
        )


FAKES = (
    Fake(name="uart", class_="console", strings={"test,uart": 0}),
    Fake(name="chip", class_="irqchip", strings={"test,chip": 0}),
    Fake(name="bus", class_="bus", strings={"test,bus": 0, "test,broken-bus": -5}),
    Fake(name="host", class_="pci-host", strings={"test,host": 0, "test,broken-host": -5}),
    Fake(name="card", class_="pci-device", strings={"pci1234,11e8": 0}),
    Fake(name="shy", strings={"test,exact": -NODEV}),
    Fake(name="general", strings={"test,general": 0}),
    Fake(name="broken", strings={"test,broken": -5}),
    Fake(name="first", strings={"test,contested": -NODEV}),
    Fake(name="second", strings={"test,contested": 0}),
)
OFF = Fake(name="off", strings={"test,off": 0})


def write_drivers(folder: pathlib.Path, fakes: Sequence[Fake]) -> None:
    """Write ``table.c`` and ``drivers.c``, which include ``core_test.h``."""
    (folder / "table.c").write_text(table([one.driver for one in fakes]))
    head = '#include "core_test.h"\n'
    (folder / "drivers.c").write_text(head + "".join(one.source for one in fakes))


def compiled(folder: pathlib.Path, fakes: Sequence[Fake], off: Sequence[Fake] = ()) -> str:
    """Compile the core with a table of drivers, and return the program."""
    write_drivers(folder, [*fakes, *off])
    kit = sorted(os.path.join(KIT, "src", one) for one in os.listdir(f"{KIT}/src"))
    subprocess.run(
        ["gcc", "-std=gnu11", "-O1", "-g", "-Wall", "-Wextra", "-Werror"]
        + ["-fsanitize=address,undefined", "-fno-sanitize-recover=all"]
        + [f"-DCONFIG_{one.driver.symbol}=1" for one in fakes]
        + [f"-I{SIM}/include", f"-I{SIM}", f"-I{KIT}/include", f"-I{HERE}/core"]
        + [
            f"{HERE}/core/core_test.c",
            f"{HERE}/core/core_driver.c",
            *sorted(glob.glob(f"{SIM}/*.c")),
        ]
        + [one for one in kit if one.endswith(".c")]
        + ["table.c", "drivers.c", "-o", "core_test"],
        cwd=folder,
        check=True,
    )
    return str(folder / "core_test")


def tree(folder: pathlib.Path, body: str, *flags: str) -> str:
    """Compile the body of a root node, and return the file."""
    (folder / "tree.dts").write_text(f"/dts-v1/;\n/ {{\n{body}\n}};\n")
    subprocess.run(
        ["dtc", "-q", "-f", *flags, "-O", "dtb", "-o", "tree.dtb", "tree.dts"],
        cwd=folder,
        check=True,
    )
    return str(folder / "tree.dtb")


def output(program: str, *args: str) -> list[str]:
    done = subprocess.run([program, *args], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.splitlines()


def standard(base: pathlib.Path) -> str:
    """Compile the core with :data:`FAKES`, once for all tests of a session."""
    folder = base / "core"
    if not folder.exists():
        folder.mkdir()
        compiled(folder, FAKES, off=[OFF])
    return str(folder / "core_test")


def probes(lines: Sequence[str]) -> list[str]:
    """What was probed, without the ends that other tests are about."""
    return [
        line.split(" test-property")[0].removeprefix("probe ")
        for line in lines
        if line.startswith("probe ")
    ]


def messages(lines: Sequence[str]) -> list[str]:
    """What went wrong."""
    return [line for line in lines if line.startswith(("err: ", "warn: "))]


CELLS = "#address-cells = <1>; #size-cells = <1>;"
