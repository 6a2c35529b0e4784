"""The change that is offered with a refusal: it was tried, and here it is tried again."""

from __future__ import annotations

import dataclasses
import json
import re
import subprocess
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.board_sources import compiled
from tests.test_select import driver
from tests.test_unmet import INTERFACES, LENIENT, STRINGS, World, worlds
from ukdrivers.board import from_blob
from ukdrivers.errors import SelectError
from ukdrivers.model import Host
from ukdrivers.packages import Catalogues
from ukdrivers.pipeline import choose, match_board
from ukdrivers.platforms import ukdrivers_platforms
from ukdrivers.request import Target
from ukdrivers.values import replace

if TYPE_CHECKING:
    import pathlib
    from collections.abc import Sequence

    from ukdrivers.model import Board, Driver, Platform

Program = Callable[..., subprocess.CompletedProcess[str]]

TREE = """
    interrupt-parent = <&gic>; #address-cells = <1>; #size-cells = <1>;
    chosen { stdout-path = "/uart@3000"; };
    gic: gic@1000 { compatible = "acme,gic"; interrupt-controller; #interrupt-cells = <3>;
                    reg = <0x1000 0x1000>; };
    pic: pic@2000 { compatible = "acme,pic"; interrupt-controller; #interrupt-cells = <1>;
                    reg = <0x2000 0x1000>; };
    uart@3000 { compatible = "arm,pl011", "acme,uart"; reg = <0x3000 0x100>;
                interrupts = <0 5 4>; };
    net@4000 { compatible = "acme,net"; reg = <0x4000 0x100>; interrupt-parent = <&pic>;
               interrupts = <7>; };
"""
GIC = driver("gic", "acme,gic", provides=["irqchip@1"])
UART = driver("uart", "acme,uart", provides=["console@1"], requires=["irqchip@1"])
NET = driver("net", "acme,net", requires=["bus@1"])
PIC = driver("pic", "acme,pic", provides=["irqchip@1"])
KVM, XEN = ukdrivers_platforms()[:2]
BOTH = Host(name="base", summary="", root="/", platforms=("kvm", "xen"), drivers=())


@pytest.fixture(autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path_factory.mktemp("data")))


@pytest.fixture(scope="module")
def board() -> Board:
    return from_blob(compiled(TREE), source="acme.dts")


def entry(
    name: str, *compatible: str, version: str = "2.0", **lists: Sequence[str]
) -> dict[str, Any]:
    names = {"distribution": f"acme-{name}", "version": version, "name": name}
    return {**names, "compatible": compatible, **lists}


def catalogue(folder: pathlib.Path, *packages: dict[str, Any]) -> str:
    path = folder / "catalogue.toml"
    tables = (
        "".join(f"{key} = {json.dumps(value)}\n" for key, value in one.items()) for one in packages
    )
    path.write_text("".join(f"[[package]]\n{one}" for one in tables))
    return str(path)


def target(drivers: Sequence[Driver], *catalogues: str, platform: Platform = KVM) -> Target:
    known = Catalogues(drivers, catalogues)
    return Target(platform=platform, host=BOTH, drivers=tuple(drivers), catalogues=known)


def refusal(one: Target, board: Board) -> SelectError | None:
    try:
        choose(one, board, match_board(one, board), (KVM, XEN))
    except SelectError as error:
        return error
    return None


BUS: dict[str, Any] = {"provides": ["bus@1"]}


@pytest.mark.parametrize(
    ("drivers", "packages", "change"),
    [
        # nothing runs what a slot is for
        ([GIC], [], "pip install 'ukdriver-pl011>=0.1.0,<1'"),
        (
            [UART],
            [entry("gic", "acme,gic", provides=["irqchip@1"])],
            "pip install 'acme-gic>=2.0,<3'",
        ),
        # nothing provides what a driver requires
        ([GIC, UART, NET], [entry("bus", **BUS)], "pip install 'acme-bus>=2.0,<3'"),
        # a package would, but it doesn't help
        ([GIC, UART, NET], [entry("bus", **BUS, requires=["x@1"])], "pip uninstall acme-net"),
        ([GIC, UART, NET], [entry("bus", **BUS, platforms=["xen"])], "pip uninstall acme-net"),
        ([GIC, UART, NET], [entry("bus", **BUS, arch=["riscv64"])], "pip uninstall acme-net"),
        # it requires in its turn what there is
        (
            [GIC, UART, NET],
            [entry("bus", **BUS, requires=["irqchip@1"])],
            "pip install 'acme-bus>=2.0,<3'",
        ),
        # an installed provider requires what isn't there: that is nearer than another provider
        (
            [GIC, UART, NET, driver("bus", provides=["bus@1"], requires=["clock@1"])],
            [entry("bus2", **BUS), entry("clock", provides=["clock@1"])],
            "pip install 'acme-clock>=2.0,<3'",
        ),
        # another driver for the node
        ([GIC, UART, NET], [entry("net2", "acme,net")], "pip install 'acme-net2>=2.0,<3'"),
        # a newer version of what is installed requires something else, is for something else
        ([GIC, UART, NET], [entry("net", "acme,net")], "pip install 'acme-net>=2.0,<3'"),
        (
            [GIC, UART, NET, driver("bus", provides=["bus@1"], platforms=["xen"])],
            [entry("bus", **BUS)],
            "pip install 'acme-bus>=2.0,<3'",
        ),
        ([GIC, UART, NET], [entry("net", "acme,net", version="0.1")], "pip uninstall acme-net"),
        # another platform
        (
            [replace(one, platforms=("xen",)) for one in (GIC, UART)],
            [],
            "--platform xen",
        ),
        # what keeps the right driver out, where the wrong one has its node
        (
            [replace(UART, requires=("bus@1",)), GIC, driver("z-uart", "acme,uart")],
            [entry("bus", **BUS)],
            "pip install 'acme-bus>=2.0,<3'",
        ),
        # two for one slot
        ([GIC, UART, PIC, driver("z-net", "acme,net")], [], "pip uninstall acme-pic"),
    ],
)
def test_a_change_that_mends(
    drivers: list[Driver],
    packages: list[dict[str, Any]],
    change: str,
    board: Board,
    tmp_path: pathlib.Path,
) -> None:
    error = refusal(target(drivers, catalogue(tmp_path, *packages)), board)

    assert error is not None
    assert error.change == change
    assert error.hint == change


def test_no_change_is_made_up(board: Board, tmp_path: pathlib.Path) -> None:
    own = replace(NET, distribution="host base")  # which can't be uninstalled

    error = refusal(target([GIC, UART, own]), board)

    assert error is not None
    assert (error.change, error.hint) == (None, "no known package provides bus@1")
    other = catalogue(tmp_path, entry("bus", **BUS, requires=["bus@2"]))
    error = refusal(target([GIC, UART, own], other), board)
    assert error is not None
    assert (error.change, error.hint) == (None, None)


def test_a_name_that_is_taken_is_not_brought_in_again(board: Board, tmp_path: pathlib.Path) -> None:
    two = [entry("bus", **BUS), {**entry("gic"), "distribution": "acme-bus"}]

    error = refusal(target([GIC, UART, NET], catalogue(tmp_path, *two)), board)

    assert error is not None
    assert error.change == "pip uninstall acme-net"


def test_all_that_a_package_brings_counts(board: Board, tmp_path: pathlib.Path) -> None:
    ring = {**entry("ring", provides=["ring@1"]), "distribution": "acme-bus"}
    two = [entry("bus", **BUS, requires=["ring@1"]), ring]

    error = refusal(target([GIC, UART, NET], catalogue(tmp_path, *two)), board)

    assert error is not None
    assert error.change == "pip install 'acme-bus>=2.0,<3'"


def test_what_a_newer_version_no_longer_brings_counts(board: Board, tmp_path: pathlib.Path) -> None:
    kit = replace(UART, distribution="acme-bus")

    error = refusal(target([GIC, kit, NET], catalogue(tmp_path, entry("bus", **BUS))), board)

    assert error is not None
    assert error.change == "pip uninstall acme-net"


def test_another_platform_is_only_offered_if_all_is_well_there(board: Board) -> None:
    gic, net = replace(GIC, platforms=("xen",)), replace(NET, platforms=("kvm", "xen"))

    error = refusal(target([gic, net]), board)

    assert error is not None
    assert (error.change, error.hint) == (None, "no known package lists acme,gic")
    other = refusal(target([gic, net], platform=XEN), board)
    assert str(other) == "/net@4000: net requires bus@1; no driver provides bus@1"


def test_of_two_things_missing_the_first_is_mended_first() -> None:
    tree = from_blob(compiled(TREE.replace("acme,gic", "arm,gic-v3")), source="acme.dts")
    first = refusal(target([]), tree)

    assert first is not None
    assert first.change == "pip install 'ukdriver-gicv3>=0.1.0,<1'"
    gic = driver("gicv3", "arm,gic-v3", provides=["irqchip@1"])
    second = refusal(target([gic]), tree)
    assert second is not None
    assert second.change == "pip install 'ukdriver-pl011>=0.1.0,<1'"
    assert refusal(target([gic, driver("u", "arm,pl011", provides=["console@1"])]), tree) is None


PACKAGES = st.lists(
    st.builds(
        lambda name, string, provides, requires, platform: entry(
            f"d{name}", string, provides=provides, requires=requires, platforms=[platform]
        ),
        st.integers(0, 9),  # of which the first may be installed, in an older version
        st.sampled_from(STRINGS),
        st.lists(st.sampled_from(INTERFACES), max_size=2, unique=True),
        st.lists(st.sampled_from(INTERFACES), max_size=1),
        st.sampled_from(["kvm", "kvm", "xen"]),
    ),
    max_size=4,
    unique_by=lambda one: str(one["name"]),
)


def installing(package: dict[str, Any], world: World) -> World:
    """Return the world with one more driver, or a newer one of that name."""
    name = str(package["name"])
    fields = {
        key: tuple(package[key]) for key in ("compatible", "provides", "requires", "platforms")
    }
    new = replace(driver(name), version="2.0", **fields)
    return dataclasses.replace(world, drivers={**world.drivers, name: new})


@LENIENT
@given(worlds(), PACKAGES)
def test_what_is_offered_mends_and_what_mends_is_offered(
    tmp_path_factory: pytest.TempPathFactory, world: World, packages: list[dict[str, Any]]
) -> None:
    before = world.refusal()
    assume(before is not None)
    assert before is not None
    path = catalogue(tmp_path_factory.mktemp("known"), *packages)
    one = target([*world.drivers.values()], path, platform=world.platform())
    error = refusal(one, world.board())
    assert error is not None
    assert error.facts == before.facts

    mending = [one for one in packages if installing(one, world).refusal() is None]
    if error.change is None:
        assert mending == []
    elif found := re.match(r"pip install 'acme-(\w+)>=2.0,<3'", error.change):
        (package,) = (one for one in packages if one["name"] == found[1])
        after = installing(package, world).refusal()
        assert after is None or after.facts != before.facts
    else:
        assert mending == []
        name = error.change.removeprefix("pip uninstall acme-")
        left = {other: one for other, one in world.drivers.items() if other != name}
        after = dataclasses.replace(world, drivers=left).refusal()
        assert after is None or after.facts != before.facts


def test_the_command(ukdrivers: Program, tmp_path: pathlib.Path) -> None:
    source = tmp_path / "board.dts"
    source.write_text(
        "/dts-v1/;\n/ { #address-cells = <1>; #size-cells = <1>; interrupt-parent = <&gic>;\n"
        'gic: gic@1000 { compatible = "acme,gic"; reg = <0x1000 4>; #interrupt-cells = <3>; };\n'
        "};\n"
    )
    own = tmp_path / "data" / "ukdrivers"
    own.mkdir(parents=True)
    catalogue(own, entry("gic", "acme,gic", provides=["irqchip@1"]))
    environment = {"XDG_DATA_HOME": str(tmp_path / "data")}

    done = ukdrivers("match", str(source), "--json", env=environment)

    assert done.returncode == 3
    assert done.stderr.endswith("\nhint: pip install 'acme-gic>=2.0,<3'\n")
    said = json.loads(done.stdout)
    assert said["change"] == "pip install 'acme-gic>=2.0,<3'"
    assert said["facts"] == [
        "platform kvm needs a node whose driver provides irqchip@1",
        "no node has a driver that could",
    ]
