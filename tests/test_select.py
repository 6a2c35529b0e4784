"""Selection. Every value is built here; matches too, so that no other stage is needed."""

from __future__ import annotations

import os
import tomllib
from typing import TYPE_CHECKING

import pytest

import ukdrivers
from ukdrivers.errors import SelectError
from ukdrivers.model import (
    Board,
    Driver,
    Ignored,
    Interrupt,
    Match,
    Matches,
    Node,
    Platform,
    Rival,
    Selection,
    Slot,
)
from ukdrivers.select import select
from ukdrivers.values import replace

if TYPE_CHECKING:
    from collections.abc import Sequence

IRQCHIP = Slot(interface="irqchip@1", purpose="interrupt controller")
CONSOLE = Slot(interface="console@1", purpose="console")
ROOT = os.path.dirname(os.path.dirname(ukdrivers.__file__))


def platform(*slots: Slot) -> Platform:
    return Platform(name="kvm", arch=("arm64",), summary="QEMU virt", slots=slots)


def driver(
    name: str,
    *compatible: str,
    provides: Sequence[str] = (),
    requires: Sequence[str] = (),
    platforms: Sequence[str] = ("kvm",),
    arch: Sequence[str] = ("arm64",),
) -> Driver:
    return Driver(
        name=name,
        summary=name,
        class_="net",
        arch=tuple(arch),
        platforms=tuple(platforms),
        compatible=compatible,
        sources=(),
        config=None,
        provides=tuple(provides),
        requires=tuple(requires),
        kit=">=1,<2",
        replaces=(),
        root=f"/plugins/{name}",
        distribution=f"acme-{name}",
        version="0.1",
    )


def node(path: str, *compatible: str) -> Node:
    return Node(
        path=path,
        compatible=compatible,
        status="okay",
        enabled=True,
        regions=(),
        interrupts=(),
        properties={},
    )


def found(at: Node, *rivals: Driver) -> Match:
    ranked = (
        Rival(driver=one, compatible=string)
        for string in at.compatible
        for one in rivals
        if string in one.compatible
    )
    return Match(node=at, rivals=tuple(ranked), reason="lists it")


def unclaimed(at: Node) -> Ignored:
    return Ignored(node=at, reason=f"no installed driver lists any of {', '.join(at.compatible)}")


def choose(  # noqa: PLR0913 - a test names only what it is about
    drivers: Sequence[Driver],
    *,
    hits: Sequence[Match] = (),
    misses: Sequence[Ignored] = (),
    ignored: Sequence[Ignored] = (),
    slots: Sequence[Slot] = (),
    interrupt_parent: str | None = "/intc@8000000",
    stdout: str | None = "/pl011@9000000",
) -> Selection:
    nodes = [*(one.node for one in hits), *(one.node for one in (*misses, *ignored))]
    board = Board(
        source="board.dtb",
        compatible=(),
        model="",
        nodes=tuple(nodes),
        memory=(),
        interrupt_parent=interrupt_parent,
        stdout=stdout,
        cpus=(),
        blob=b"",
    )
    matches = Matches(found=tuple(hits), ignored=tuple(ignored), unclaimed=tuple(misses))
    return select(matches, drivers=drivers, platform=platform(*slots), arch="arm64", board=board)


def picked(selection: Selection) -> dict[str, str]:
    return {one.driver.name: one.reason for one in selection.selected}


INTC = node("/intc@8000000", "arm,cortex-a15-gic")
UART = node("/pl011@9000000", "arm,pl011", "arm,primecell")


def test_bound_drivers_are_selected_by_name_with_their_nodes() -> None:
    gic = driver("gicv2", "arm,cortex-a15-gic", provides=["irqchip@1"])
    uart = driver("pl011", "arm,pl011", provides=["console@1"])
    spare = driver("spare", "acme,spare")

    result = choose(
        [uart, spare, gic], hits=[found(UART, uart), found(INTC, gic)], slots=[IRQCHIP, CONSOLE]
    )

    assert [(one.driver, one.nodes) for one in result.selected] == [(gic, (INTC,)), (uart, (UART,))]
    assert picked(result) == {
        "gicv2": "runs /intc@8000000 (arm,cortex-a15-gic)",
        "pl011": "runs /pl011@9000000 (arm,pl011)",
    }
    assert [one.name for one in result.usable] == ["gicv2", "pl011", "spare"]
    assert result.rejected == ()


def test_reason_counts_the_nodes() -> None:
    mmio = driver("virtio-mmio", "virtio,mmio")
    nodes = [node(f"/virtio_mmio@a00{i}00", "virtio,mmio") for i in range(3)]

    result = choose([mmio], hits=[found(one, mmio) for one in nodes])

    assert picked(result) == {"virtio-mmio": "runs /virtio_mmio@a00000 (virtio,mmio) and 2 more"}
    assert result.selected[0].nodes == tuple(nodes)


def test_wrong_platform_or_architecture_is_rejected_and_the_next_rival_taken() -> None:
    xen = driver("a-xen", "arm,pl011", platforms=["xen", "linuxu"])
    x86 = driver("b-x86", "arm,pl011", arch=["x86_64"])
    uart = driver("c-uart", "arm,primecell")

    result = choose([xen, x86, uart], hits=[found(UART, xen, x86, uart)])

    assert picked(result) == {"c-uart": "runs /pl011@9000000 (arm,primecell)"}
    assert {one.driver.name: one.reason for one in result.rejected} == {
        "a-xen": "is for platform xen and linuxu, wanted kvm",
        "b-x86": "is for x86_64, wanted arm64",
    }


def test_node_whose_rivals_are_all_rejected_stays_unbound() -> None:
    xen = driver("a-xen", "arm,pl011", platforms=["xen"])

    assert picked(choose([xen], hits=[found(UART, xen)])) == {}


def test_required_interface_brings_its_provider() -> None:
    net = driver("virtio-net", "virtio,net", requires=["virtio@1"])
    ring = driver("virtio-pci", requires=["pci-bus@1"], provides=["virtio@1"])
    pci = driver("ecam", provides=["pci-bus@1"])

    result = choose([net, ring, pci], hits=[found(node("/net", "virtio,net"), net)])

    assert picked(result) == {
        "ecam": "provides pci-bus@1 for virtio-pci",
        "virtio-net": "runs /net (virtio,net)",
        "virtio-pci": "provides virtio@1 for virtio-net",
    }


def test_selected_provider_is_enough() -> None:
    net = driver("net", "net", requires=["bus@1"])
    near, bound = driver("a-bus", provides=["bus@1"]), driver("z-bus", "bus", provides=["bus@1"])

    result = choose(
        [net, near, bound],
        hits=[found(node("/net", "net"), net), found(node("/bus", "bus"), bound)],
    )

    assert set(picked(result)) == {"net", "z-bus"}


def test_first_provider_by_name_is_taken() -> None:
    net = driver("net", "net", requires=["bus@1"])
    buses = [driver(name, provides=["bus@1"]) for name in ("z-bus", "a-bus")]

    result = choose([net, *buses], hits=[found(node("/net", "net"), net)])

    assert set(picked(result)) == {"net", "a-bus"}


def test_drivers_that_only_have_each_other_are_a_circle() -> None:
    one = driver("one", "one", requires=["two@1"], provides=["one@1"])
    two = driver("two", requires=["three@1"], provides=["two@1"])
    three = driver("three", requires=["one@1", "three@1"], provides=["three@1"])

    with pytest.raises(SelectError, match=r"^/one: one requires two@1; .*, a circle$") as caught:
        choose([one, two, three], hits=[found(node("/one", "one"), one)])

    assert caught.value.facts == (
        "/one has no driver but one",
        "one requires two@1",
        "only two provides two@1",
        "two requires three@1",
        "only three provides three@1",
        "three requires three@1",
    )


def test_circle_that_something_else_breaks_is_none() -> None:
    one = driver("one", "one", requires=["two@1"], provides=["one@1"])
    two = driver("two", "two", requires=["one@1"], provides=["two@1"])
    way_out = driver("way-out", provides=["one@1"])

    result = choose(
        [one, two, way_out], hits=[found(node(f"/{x.name}", x.name), x) for x in (one, two)]
    )

    assert picked(result) == {
        "one": "runs /one (one)",
        "two": "runs /two (two)",
        "way-out": "provides one@1 for two",
    }


def test_provider_that_also_stands_on_itself_gets_what_it_really_stands_on() -> None:
    net = driver("net", "net", requires=["a@1"])
    ring = driver("ring", provides=["a@1", "b@1"], requires=["b@1"])
    bus = driver("z-bus", provides=["b@1"])

    result = choose([net, ring, bus], hits=[found(node("/net", "net"), net)])

    assert picked(result) == {
        "net": "runs /net (net)",
        "ring": "provides a@1 for net",
        "z-bus": "provides b@1 for ring",
    }


def test_missing_provider_rejects_a_driver_that_nothing_needs() -> None:
    net = driver("net", "net", requires=["ring@1"])
    ring = driver("ring", requires=["bus@1"], provides=["ring@1"])
    xen = driver("xen-bus", provides=["bus@1"], platforms=["xen"])

    result = choose([net, ring, xen])

    assert result.usable == ()
    assert {one.driver.name: one.reason for one in result.rejected} == {
        "net": "requires ring@1, which no usable driver provides",
        "ring": "requires bus@1, which no usable driver provides",
        "xen-bus": "is for platform xen, wanted kvm",
    }


def test_missing_provider_passes_the_node_to_the_next_rival() -> None:
    fast = driver("a-fast", "net", requires=["bus@1"])
    slow = driver("b-slow", "net")

    result = choose([fast, slow], hits=[found(node("/net", "net"), fast, slow)])

    assert set(picked(result)) == {"b-slow"}


ECAM = driver("ecam-pci", "pci-host-ecam-generic", provides=["pci-bus@1"])
EDU = driver("edu", "pci1234,11e8", requires=["pci-bus@1"])
PCIE = node("/pcie@10000000", "pci-host-ecam-generic")


def test_a_bound_pci_bus_asks_for_the_drivers_of_what_it_may_find() -> None:
    serial = driver("pci-serial", "pciclass,070002", "pci1b36,2", requires=["pci-bus@1"])
    both = driver("ns16550", "ns16550a", "pciclass,070002")

    result = choose([EDU, serial, both, ECAM], hits=[found(PCIE, ECAM)])

    assert picked(result) == {
        "ecam-pci": "runs /pcie@10000000 (pci-host-ecam-generic)",
        "edu": "for what /pcie@10000000 finds (pci1234,11e8)",
        "pci-serial": "for what /pcie@10000000 finds (pciclass,070002 and 1 more)",
    }
    assert [one.nodes for one in result.selected] == [(PCIE,), (), ()]
    assert [one.name for one in result.usable] == ["ecam-pci", "edu", "ns16550", "pci-serial"]


def test_a_board_without_a_pci_bus_asks_for_no_driver_of_pci_devices() -> None:
    result = choose([EDU, ECAM], misses=[unclaimed(UART)])

    assert picked(result) == {}
    assert result.usable == (ECAM, EDU)


@pytest.mark.parametrize("string", ["pci-host-cam", "pcie,x", "pci12345,1", "pciclass,07"])
def test_only_strings_of_the_pci_binding_stand_for_pci_devices(string: str) -> None:
    result = choose([driver("other", string), ECAM], hits=[found(PCIE, ECAM)])

    assert set(picked(result)) == {"ecam-pci"}


def test_a_bus_found_by_a_bus_asks_too() -> None:
    transport = driver(
        "virtio-pci", "pci1af4,1041", requires=["pci-bus@1"], provides=["virtio-transport@1"]
    )
    net = driver("virtio-net", "virtio,device1", requires=["virtio-transport@1"])

    result = choose([net, transport, ECAM], hits=[found(PCIE, ECAM)])

    assert picked(result) == {
        "ecam-pci": "runs /pcie@10000000 (pci-host-ecam-generic)",
        "virtio-net": "for what /pcie@10000000 finds (virtio,device1)",
        "virtio-pci": "for what /pcie@10000000 finds (pci1af4,1041)",
    }


def test_a_driver_without_its_bus_is_left_out() -> None:
    result = choose([EDU], misses=[unclaimed(UART), unclaimed(PCIE)])

    assert [one.reason for one in result.rejected] == [
        "requires pci-bus@1, which no usable driver provides"
    ]


def test_of_two_interrupt_controllers_the_one_of_the_tree_is_selected() -> None:
    v2 = driver("gicv2", "arm,cortex-a15-gic", provides=["irqchip@1"])
    v3 = driver("gicv3", "arm,gic-v3", provides=["irqchip@1"])
    intc = node("/intc@8000000", "arm,gic-v3")

    result = choose([v2, v3], hits=[found(intc, v3)], slots=[IRQCHIP])

    assert picked(result) == {"gicv3": "runs /intc@8000000 (arm,gic-v3)"}
    assert result.usable == (v2, v3)


@pytest.mark.parametrize(
    ("others", "facts"),
    [
        ([], ["no driver provides bus@2"]),
        (
            [driver("bus", provides=["bus@1", "bus@3"]), driver("a-bus", provides=["bus@1"])],
            [("no driver provides bus@2, but a-bus and bus provide bus@1 and bus provides bus@3")],
        ),
        (
            [driver("bus", provides=["bus@2"], platforms=["xen"])],
            ["only bus provides bus@2", "bus is for platform xen, wanted kvm"],
        ),
        (
            [
                driver("a-bus", provides=["bus@2"], requires=["clock@1"]),
                driver("bus", provides=["bus@2"], arch=["riscv64"]),
            ],
            [
                "only a-bus and bus provide bus@2",
                "a-bus requires clock@1",
                "no driver provides clock@1",
                "bus is for riscv64, wanted arm64",
            ],
        ),
    ],
    ids=["nobody", "version", "platform", "several"],
)
def test_missing_provider_of_a_needed_driver(others: list[Driver], facts: list[str]) -> None:
    net = driver("net", "net", requires=["bus@2"])

    with pytest.raises(SelectError) as caught:
        choose([net, *others], hits=[found(node("/net", "net"), net)])

    said = ["net requires bus@2", *facts]
    assert str(caught.value) == f"/net: {'; '.join(said)}"
    assert caught.value.facts == ("/net has no driver but net", *said)


def test_the_shorter_reason_is_told() -> None:
    net = driver("net", "net", requires=["far@1", "near@1"])
    far = driver("far", provides=["far@1"], requires=["farther@1"])

    with pytest.raises(
        SelectError, match=r"^/net: net requires near@1; no driver provides near@1$"
    ):
        choose([net, far], hits=[found(node("/net", "net"), net)])


def test_slot_without_a_driver() -> None:
    with pytest.raises(
        SelectError,
        match=r"^/intc@8000000: no installed driver lists any of arm,cortex-a15-gic, "
        r"wanted one that provides irqchip@1$",
    ) as caught:
        choose([], misses=[unclaimed(INTC)], slots=[IRQCHIP, CONSOLE])

    assert caught.value.exit_code == 3
    assert caught.value.facts == (
        "platform kvm needs a node whose driver provides irqchip@1",
        "no node has a driver that could",
    )


def test_slot_whose_driver_is_for_another_platform() -> None:
    xen = driver("xen-gic", "arm,cortex-a15-gic", provides=["irqchip@1"], platforms=["xen"])

    with pytest.raises(
        SelectError,
        match=r"^/intc@8000000: xen-gic is for platform xen, wanted kvm; "
        r"nothing else provides irqchip@1$",
    ) as caught:
        choose([xen], hits=[found(INTC, xen)], slots=[IRQCHIP])

    assert caught.value.facts[1:] == (
        "only xen-gic could do that",
        "xen-gic is for platform xen, wanted kvm",
    )


def test_slot_whose_driver_provides_something_else() -> None:
    mute = driver("mute", "arm,pl011")

    with pytest.raises(
        SelectError,
        match=r"^/pl011@9000000: mute does not provide console@1; nothing else provides console@1$",
    ):
        choose([mute], hits=[found(UART, mute)], slots=[CONSOLE])


def test_slot_whose_node_is_disabled() -> None:
    off = Ignored(node=UART, reason='disabled: status is "disabled"')

    with pytest.raises(
        SelectError,
        match=r'^/pl011@9000000: disabled: status is "disabled", '
        r"wanted a node whose driver provides console@1$",
    ):
        choose([], ignored=[off], slots=[CONSOLE])


def test_slot_whose_driver_is_passed_over() -> None:
    mute, uart = (
        driver("mute", "arm,pl011"),
        driver("uart", "arm,primecell", provides=["console@1"]),
    )

    with pytest.raises(SelectError, match=r"^/pl011@9000000: mute does not provide") as caught:
        choose([mute, uart], hits=[found(UART, mute, uart)], slots=[CONSOLE])

    assert caught.value.facts[1:] == (
        "only uart could do that",
        "/pl011@9000000 goes to mute, which does not provide console@1",
    )


@pytest.mark.parametrize(
    ("slot", "message"),
    [
        (CONSOLE, r"^board\.dtb: the device tree names no console, wanted .* console@1$"),
        (IRQCHIP, r"^board\.dtb: the device tree names no interrupt controller, wanted .* irq"),
        (
            Slot(interface="rtc@1", purpose="clock"),
            r"^board\.dtb: the device tree names no clock, wanted a node whose driver provides rtc",
        ),
    ],
)
def test_slot_that_the_board_does_not_name(slot: Slot, message: str) -> None:
    with pytest.raises(SelectError, match=message):
        choose([], slots=[slot], interrupt_parent=None, stdout=None)


def test_slot_filled_by_another_node_is_filled() -> None:
    other = driver("other-uart", "acme,uart", provides=["console@1"])
    at = node("/uart@1000", "acme,uart")

    result = choose([other], hits=[found(at, other)], misses=[unclaimed(UART)], slots=[CONSOLE])

    assert set(picked(result)) == {"other-uart"}


def test_provider_without_a_node_fills_no_slot() -> None:
    uart = driver("other-uart", provides=["console@1"])
    log = driver("log", "log", requires=["console@1"])

    with pytest.raises(SelectError, match=r"^/pl011@9000000: "):
        choose(
            [uart, log],
            hits=[found(node("/log", "log"), log)],
            misses=[unclaimed(UART)],
            slots=[CONSOLE],
        )


def test_two_providers_of_a_slot_are_left_to_the_tree() -> None:
    uarts = [driver(name, name, provides=["console@1"]) for name in ("a", "b")]
    hits = [found(node(f"/{one.name}", one.name), one) for one in uarts]

    assert set(picked(choose(uarts, hits=hits, slots=[CONSOLE]))) == {"a", "b"}


def test_two_controllers_of_which_an_image_has_one() -> None:
    gics = [driver(name, name, provides=["irqchip@1"]) for name in ("a", "b")]
    net = driver("net", "net")
    cells = [Interrupt(parent=f"/{one.name}", cells=(1,)) for one in gics]
    users = [replace(node(f"/net@{i}", "net"), interrupts=(cells[i],)) for i in range(2)]
    hits = [found(node(f"/{one.name}", one.name), one) for one in gics]

    with pytest.raises(SelectError, match=r"^board\.dtb: platform kvm takes one ") as caught:
        choose([*gics, net], hits=[*hits, *(found(one, net) for one in users)], slots=[IRQCHIP])

    assert caught.value.facts == (
        "platform kvm takes one provider of irqchip@1",
        "/net@0 has its interrupts at /a, where a provides irqchip@1",
        "/net@1 has its interrupts at /b, where b provides irqchip@1",
    )
    one_left = [found(node("/a", "a"), gics[0]), *(found(one, net) for one in users)]
    assert set(picked(choose([*gics, net], hits=one_left, slots=[IRQCHIP]))) == {"a", "net"}
    below = driver("b", "b", provides=["gpio@1"])
    two_left = [*one_left, found(node("/b", "b"), below)]
    result = choose([gics[0], below, net], hits=two_left, slots=[IRQCHIP])
    assert set(picked(result)) == {"a", "b", "net"}


def test_architecture_that_the_platform_lacks() -> None:
    board = Board(
        source="board.dtb",
        compatible=(),
        model="",
        nodes=(),
        memory=(),
        interrupt_parent=None,
        stdout=None,
        cpus=(),
        blob=b"",
    )
    with pytest.raises(
        SelectError, match=r"^platform kvm: runs on arm64, wanted x86_64$"
    ) as caught:
        select(
            Matches(found=(), ignored=(), unclaimed=()),
            drivers=[],
            platform=platform(),
            arch="x86_64",
            board=board,
        )

    assert caught.value.facts == ("platform kvm runs on arm64", "the image is for x86_64")


def test_catalogue_agrees_with_the_manifests_in_this_repository() -> None:
    with open(os.path.join(ROOT, "ukdrivers", "catalogue.toml"), "rb") as file:
        packages = tomllib.load(file)["package"]

    names = [one["distribution"].removeprefix("ukdriver-") for one in packages]
    assert names == sorted(os.listdir(os.path.join(ROOT, "plugins")))
    for package in packages:
        name = package["distribution"].removeprefix("ukdriver-")
        path = os.path.join(
            ROOT, "plugins", name, f"ukdriver_{name.replace('-', '_')}", "ukdriver.toml"
        )
        with open(path, "rb") as file:
            manifest = tomllib.load(file)["driver"]
        assert sorted(package["compatible"]) == sorted(manifest["compatible"])
        for key in ("provides", "platforms", "arch"):
            assert package[key] == manifest[key]
        assert package["requires"] == manifest.get("requires", [])
