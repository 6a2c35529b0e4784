"""``match --why NODE`` and ``--why-not DRIVER``: the reasoning, step by step."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from tests.board_sources import compiled
from tests.test_select import driver
from ukdrivers.board import from_blob
from ukdrivers.errors import SelectError
from ukdrivers.match import match
from ukdrivers.model import Host, Platform, Problem
from ukdrivers.packages import Catalogues
from ukdrivers.request import Target
from ukdrivers.select import select
from ukdrivers.values import replace
from ukdrivers.why import Case, why, why_not

if TYPE_CHECKING:
    import pathlib

    from ukdrivers.model import Driver

Program = Callable[..., subprocess.CompletedProcess[str]]

TREE = """
    interrupt-parent = <&gic>; #address-cells = <1>; #size-cells = <1>;
    gic: gic@1000 { compatible = "acme,gic"; interrupt-controller; #interrupt-cells = <3>;
                    reg = <0x1000 0x1000>; };
    uart@3000 { compatible = "acme,uart-v2", "acme,uart"; reg = <0x3000 0x100>;
                interrupts = <0 5 4>; };
    off { status = "disabled"; uart@4000 { compatible = "acme,uart"; }; };
    odd@5000 { compatible = "acme,odd"; reg = <1>; };
"""
PLATFORM = Platform(name="kvm", arch=("arm64",), summary="", slots=())


def case(*drivers: Driver, problems: tuple[Problem, ...] = ()) -> Case:
    board = from_blob(compiled(TREE), source="acme.dts")
    host = Host(name="base", summary="", root="/", platforms=("kvm",), drivers=())
    target = Target(platform=PLATFORM, host=host, drivers=drivers, catalogues=Catalogues(drivers))
    matches = match(drivers, board)
    try:
        selection = select(matches, drivers=drivers, platform=PLATFORM, arch="arm64", board=board)
        refusal = ""
    except SelectError as error:
        selection, refusal = None, str(error)
    return Case(
        target=target,
        problems=problems,
        board=board,
        matches=matches,
        selection=selection,
        refusal=refusal,
    )


GIC = driver("gic", "acme,gic", provides=("irqchip@1",))
UART = driver("uart", "acme,uart", requires=("irqchip@1",))


def test_the_whole_way_of_a_node() -> None:
    xen = driver("xenuart", "acme,uart-v2", platforms=("xen",))

    assert why(case(GIC, UART, xen), "/uart@3000") == [
        "/uart@3000",
        "  on: no status of it or above it says otherwise",
        "  registers: 0x3000+0x100",
        "  interrupt: <0 5 4> of /gic@1000",
        "  string 1 of 2, acme,uart-v2: xenuart (is for platform xen, wanted kvm)",
        "  string 2 of 2, acme,uart: uart",
        (
            "  best: xenuart lists acme,uart-v2, the most specific string of the node; uart lists only"
            " acme,uart"
        ),
        "  bound to uart (acme-uart 0.1)",
        "  its interrupts go to /gic@1000: gic",
        "  uart requires irqchip@1: gic",
    ]


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/off/uart@4000", '  off: status of /off is "disabled"'),
        ("/off/uart@4000", '  not bound: disabled: status of /off is "disabled"'),
        (
            "/odd@5000",
            "  at fault: /odd@5000: reg of 4 bytes, entries of 8 were wanted (1 + 1 cells)",
        ),
        ("/gic@1000", "  string 1 of 1, acme,gic: no installed driver"),
        ("/gic@1000", "  not bound: no installed driver lists any of acme,gic"),
    ],
)
def test_why_a_node_has_none(path: str, said: str) -> None:
    assert said in why(case(UART), path)


def test_why_nothing_was_selected() -> None:
    lines = why(case(UART), "/uart@3000")

    refusal = "/uart@3000: uart requires irqchip@1; no driver provides irqchip@1"
    assert lines[-1] == f"  not bound: {refusal}"


@pytest.mark.parametrize(
    ("drivers", "name", "lines"),
    [
        ((GIC, UART), "uart", ["uart: is in, since it runs /uart@3000 (acme,uart)"]),
        (
            (GIC, driver("x", "acme,uart", platforms=("xen",))),
            "x",
            [
                "x: is not in",
                "  platform: is for xen, wanted kvm",
                '  /off/uart@4000: disabled: status of /off is "disabled"',
            ],
        ),
        (
            (GIC, driver("x", "acme,none", arch=("riscv64",))),
            "x",
            [
                "x: is not in",
                "  arch: is for riscv64, wanted arm64",
                "  nodes: acme.dts has none that is acme,none",
            ],
        ),
        (
            (GIC, UART, driver("x", "acme,uart")),
            "x",
            [
                "x: is not in",
                (
                    "  /uart@3000: uart lists acme,uart; no driver lists acme,uart-v2; so does x, later"
                    " by name"
                ),
                '  /off/uart@4000: disabled: status of /off is "disabled"',
            ],
        ),
        (
            (UART,),
            "uart",
            [
                "uart: is not in",
                "  interfaces: uart requires irqchip@1; no driver provides irqchip@1",
                "  change: pip install 'ukdriver-gicv2>=0.1.0,<1'",
                '  /off/uart@4000: disabled: status of /off is "disabled"',
                "  board: /uart@3000: uart requires irqchip@1; no driver provides irqchip@1",
            ],
        ),
        (
            (GIC, driver("x", "acme,other", requires=("clock@1",))),
            "x",
            [
                "x: is not in",
                "  interfaces: x requires clock@1; no driver provides clock@1",
                "  change: none is known",
                "  nodes: acme.dts has none that is acme,other",
            ],
        ),
        ((GIC,), "pl031", ["pl031: is not installed", "  pip install 'ukdriver-pl031>=0.1.0,<1'"]),
        ((GIC,), "acme", ["acme: is not installed", "  no known package brings a driver acme"]),
    ],
)
def test_what_keeps_a_driver_out(drivers: tuple[Driver, ...], name: str, lines: list[str]) -> None:
    assert why_not(case(*drivers), name) == lines


def test_a_driver_that_the_platform_does_not_work_with() -> None:
    one = case(GIC, driver("x", "acme,gic"))
    target = replace(one.target, platform=replace(PLATFORM, drivers=("gic*",)))

    assert why_not(replace(one, target=target), "x")[1] == (
        "  platform: is none of those that kvm works with"
    )


def test_a_newer_version_that_can_be_used_is_named(tmp_path: pathlib.Path) -> None:
    known = tmp_path / "catalogue.toml"
    known.write_text('[[package]]\ndistribution = "acme-x"\nversion = "2.0"\nname = "x"\n')
    one = case(GIC, driver("x", requires=("clock@1",)))
    catalogues = Catalogues(one.target.drivers, [str(known)])

    assert why_not(replace(one, target=replace(one.target, catalogues=catalogues)), "x")[1:3] == [
        "  interfaces: x requires clock@1; no driver provides clock@1",
        "  change: pip install 'acme-x>=2.0,<3'",
    ]


def test_a_plugin_that_was_left_out_is_found_by_its_problem() -> None:
    problem = Problem(subject="ukdriver-x 3.0", message="ukdriver.toml: driver.kit: wanted kit 2")

    assert why_not(case(GIC, problems=(problem,)), "x")[1] == (
        "  ukdriver-x 3.0: ukdriver.toml: driver.kit: wanted kit 2"
    )


def test_the_command(ukdrivers: Program) -> None:
    done = ukdrivers("match", "qemu:virt", "--why", "/pl011@9000000", "--why-not", "gicv3")
    assert done.returncode == 0
    assert "\n  bound to pl011 (ukdriver-pl011 0.1.0)\n" in done.stdout
    assert done.stdout.endswith(
        "\ngicv3: is not in\n  nodes: qemu:virt has none that is arm,gic-v3\n"
    )

    both = ukdrivers("match", "qemu:virt", "--why", "/pl011@9000000", "--json")
    assert json.loads(both.stdout)["answers"][0][0] == "/pl011@9000000"

    done = ukdrivers("match", "qemu:virt", "--why", "/pl011@900000")
    assert done.returncode == 2
    assert "qemu:virt: has no node /pl011@900000" in done.stderr
    assert "hint: did you mean /pl011@9000000?" in done.stderr
