"""Matching. Boards and drivers are built here; no plugin, file or device tree is read."""

from __future__ import annotations

import dataclasses

import pytest

from ukdrivers.match import match
from ukdrivers.model import Board, Driver, Matches, Node


def driver(name: str, *compatible: str) -> Driver:
    return Driver(
        name=name,
        summary=name,
        class_="console",
        arch=("arm64",),
        platforms=("kvm",),
        compatible=compatible,
        sources=(),
        config=None,
        provides=(),
        requires=(),
        kit=">=1,<2",
        replaces=(),
        root=f"/plugins/{name}",
        distribution=f"ukdriver-{name}",
        version="0.1",
    )


def node(
    path: str, *compatible: str, status: str = "okay", enabled: bool = True, **properties: bytes
) -> Node:
    return Node(
        path=path,
        compatible=compatible,
        status=status,
        enabled=enabled,
        regions=(),
        interrupts=(),
        properties=properties,
    )


def board(*nodes: Node) -> Board:
    return Board(
        source="board.dtb",
        compatible=("acme,board",),
        model="Acme",
        nodes=nodes,
        memory=(),
        interrupt_parent=None,
        stdout=None,
        cpus=(),
        blob=b"",
    )


def reasons(matches: Matches) -> dict[str, str]:
    return {one.node.path: one.reason for one in (*matches.ignored, *matches.unclaimed)}


UART = node("/pl011@9000000", "arm,pl011", "arm,primecell")


def test_most_specific_string_wins() -> None:
    generic, exact = driver("generic", "arm,primecell"), driver("pl011", "arm,pl011")

    (only,) = match([generic, exact], board(UART)).found

    assert [(one.driver.name, one.compatible) for one in only.rivals] == [
        ("pl011", "arm,pl011"),
        ("generic", "arm,primecell"),
    ]
    assert only.reason == (
        "pl011 lists arm,pl011, the most specific string of the node; "
        "generic lists only arm,primecell"
    )


def test_rivals_for_one_string_stand_in_name_order() -> None:
    second, first = driver("pl011", "arm,pl011"), driver("acme-uart", "arm,pl011")

    (only,) = match([second, first], board(UART)).found

    assert [one.driver.name for one in only.rivals] == ["acme-uart", "pl011"]
    assert only.reason == (
        "acme-uart lists arm,pl011, the most specific string of the node; "
        "so does pl011, later by name"
    )


def test_general_string_is_the_next_best() -> None:
    (only,) = match([driver("generic", "arm,primecell")], board(UART)).found

    assert only.reason == "generic lists arm,primecell; no driver lists arm,pl011"


def test_driver_that_lists_several_strings_of_a_node_is_one_rival() -> None:
    both = driver("pl011", "arm,primecell", "arm,pl011", "arm,pl011")

    (only,) = match([both], board(UART)).found

    assert [(one.driver.name, one.compatible) for one in only.rivals] == [("pl011", "arm,pl011")]


def test_order_of_the_drivers_does_not_matter() -> None:
    drivers = [driver("b", "arm,pl011"), driver("a", "arm,primecell"), driver("c", "arm,pl011")]

    assert match(drivers, board(UART)) == match(drivers[::-1], board(UART))


def test_strings_are_compared_whole_and_in_case() -> None:
    result = match([driver("upper", "ARM,PL011", "arm,pl01", "arm,pl0111")], board(UART))

    assert result.found == ()


def test_node_without_a_driver_is_unclaimed() -> None:
    result = match([driver("pl011", "arm,pl011")], board(node("/flash@0", "a,flash", "cfi-flash")))

    assert reasons(result) == {"/flash@0": "no installed driver lists any of a,flash, cfi-flash"}
    assert [one.node.path for one in result.unclaimed] == ["/flash@0"]


@pytest.mark.parametrize(
    ("ignored", "reason"),
    [
        (node("/", "acme,board"), "root of the tree"),
        (node("/chosen"), "parameters for the image, not a device"),
        (node("/aliases"), "names for other nodes, not a device"),
        (node("/memory@40000000", device_type=b"memory\0"), "memory, not a device"),
        (node("/cpus"), "processors, run by the image itself"),
        (node("/cpus/cpu@0", "arm,cortex-a53"), "part of /cpus"),
        (node("/cpus/cpu@0/l2-cache", "cache"), "part of /cpus"),
        (node("/reserved-memory"), "memory, not a device"),
        (node("/reserved-memory/dma@0", "shared-dma-pool"), "part of /reserved-memory"),
        (node("/gpio-keys/poweroff"), "no compatible string, so not a device"),
        (node("/bus@c000000", "qemu,platform", "simple-bus"), "transparent bus"),
        (
            node("/uart@0", "arm,pl011", status="disabled", enabled=False),
            'disabled: status is "disabled"',
        ),
        (node("/uart@1", "arm,pl011", status="fail", enabled=False), 'disabled: status is "fail"'),
        (node("/uart@2", "arm,pl011", enabled=False), "disabled"),
    ],
)
def test_node_is_ignored_with_its_reason(ignored: Node, reason: str) -> None:
    everything = driver("everything", "arm,pl011", "arm,cortex-a53", "cache", "acme,board")

    result = match([everything], board(ignored))

    assert [(one.node, one.reason) for one in result.ignored] == [(ignored, reason)]
    assert (result.found, result.unclaimed) == ((), ())


@pytest.mark.parametrize(
    ("name", "value"), [("#address-cells", bytes((0, 0, 0, 3))), ("device_type", b"pci\0")]
)
def test_what_is_below_a_pci_bus_is_left_to_it(name: str, value: bytes) -> None:
    plain = node("/soc/pcie@0", "pci-host-ecam-generic")
    host = dataclasses.replace(plain, properties={name: value})
    card = node("/soc/pcie@0/card@1,0", "pci1234,11e8")
    uart = node("/soc/pcie@0/isa@2,0/serial@3f8", "arm,pl011")
    beside = node("/soc/pcie@01", "arm,pl011")
    off = node("/soc/pcie@0/off@3,0", "arm,pl011", status="disabled", enabled=False)
    ecam = driver("ecam-pci", "pci-host-ecam-generic")

    result = match(
        [ecam, driver("edu", "pci1234,11e8"), driver("pl011", "arm,pl011")],
        board(node("/soc", "simple-bus"), host, card, uart, beside, off),
    )

    assert [one.node.path for one in result.found] == ["/soc/pcie@0", "/soc/pcie@01"]
    assert reasons(result) == {
        "/soc": "transparent bus",
        "/soc/pcie@0/card@1,0": "found by its bus",
        "/soc/pcie@0/isa@2,0/serial@3f8": "found by its bus",
        "/soc/pcie@0/off@3,0": 'disabled: status is "disabled"',
    }


def test_a_root_of_three_address_cells_is_no_pci_bus() -> None:
    cells = {"#address-cells": bytes((0, 0, 0, 3))}
    root = dataclasses.replace(node("/", "acme,board"), properties=cells)

    result = match([driver("pl011", "arm,pl011")], board(root, UART))

    assert [one.node for one in result.found] == [UART]


def test_disabled_ancestor_is_named() -> None:
    soc = node("/soc", "simple-bus", status="disabled", enabled=False)
    bus = node("/soc/bus", "simple-bus", enabled=False)
    uart = node("/soc/bus/uart@0", "arm,pl011", enabled=False)

    result = match([driver("pl011", "arm,pl011")], board(soc, bus, uart))

    assert reasons(result) == {
        "/soc": 'disabled: status is "disabled"',
        "/soc/bus": 'disabled: status of /soc is "disabled"',
        "/soc/bus/uart@0": 'disabled: status of /soc is "disabled"',
    }


def test_disabled_root_is_named() -> None:
    root = node("/", status="reserved", enabled=False)

    result = match([], board(root, node("/uart@0", "arm,pl011", enabled=False)))

    assert reasons(result)["/uart@0"] == 'disabled: status of / is "reserved"'


def test_simple_bus_that_a_driver_lists_is_found() -> None:
    bus = node("/bus@c000000", "qemu,platform", "simple-bus")

    result = match([driver("qemu-bus", "qemu,platform")], board(bus))

    assert [one.node.path for one in result.found] == ["/bus@c000000"]


def test_every_node_is_there_once_and_in_tree_order() -> None:
    nodes = (
        node("/"),
        node("/b@0", "known"),
        node("/x@0", "unknown"),
        node("/chosen"),
        node("/a@0", "known"),
        node("/y@0", "unknown"),
    )

    result = match([driver("known", "known")], board(*nodes))

    paths = [[one.node.path for one in each] for each in (result.found, result.unclaimed)]
    assert paths == [["/b@0", "/a@0"], ["/x@0", "/y@0"]]
    assert [one.node.path for one in result.ignored] == ["/", "/chosen"]
