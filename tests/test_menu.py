"""The driver menu. Selections are built here; fragments stand in ``data/fragments`` as files."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from ukdrivers import menu as menu_module
from ukdrivers.errors import MenuError
from ukdrivers.menu import compose
from ukdrivers.model import Driver, Node, Platform, Selected, Selection

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

FRAGMENTS = os.path.join(os.path.dirname(__file__), "data", "fragments")


def driver(  # noqa: PLR0913 - a test names only what it is about
    name: str,
    *,
    class_: str = "console",
    summary: str = "a driver",
    compatible: Sequence[str] = (),
    config: str | None = None,
    root: str = "/plugins",
    provides: Sequence[str] = (),
    requires: Sequence[str] = (),
) -> Driver:
    return Driver(
        name=name,
        summary=summary,
        class_=class_,
        arch=("arm64",),
        platforms=("kvm", "xen"),
        compatible=tuple(compatible),
        sources=(),
        config=config,
        provides=tuple(provides),
        requires=tuple(requires),
        kit=">=1,<2",
        replaces=(),
        root=root,
        distribution=f"ukdriver-{name}",
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


def selection(usable: Sequence[Driver], selected: Sequence[Selected] = ()) -> Selection:
    platform = Platform(name="kvm", arch=("arm64",), summary="", slots=())
    return Selection(
        platform=platform,
        arch="arm64",
        usable=tuple(usable),
        selected=tuple(selected),
        rejected=(),
    )


def picked(one: Driver, *nodes: Node, reason: str = "runs it") -> Selected:
    return Selected(driver=one, nodes=nodes, reason=reason)


def demo(fragment: str) -> Driver:
    return driver("demo", root=os.path.join(FRAGMENTS, fragment), config="Config.uk")


def test_whole_menu() -> None:
    gic = driver(
        "gicv2",
        class_="irqchip",
        summary="Arm GICv2 interrupt controller",
        compatible=["arm,gic-400", "arm,cortex-a15-gic"],
    )
    uart = driver("virtio-con", summary="A console", compatible=["virtio,con"])
    intc = node("/intc@8000000", "arm,cortex-a15-gic")

    result = compose(selection([uart, gic], [picked(gic, intc)]))

    assert result.text == (
        'menu "Device Drivers"\n'
        "\n"
        "config HAVE_LIBUKDRIVER_GICV2\n"
        "\tbool\n"
        "\tdefault y if PLAT_KVM\n"
        "\n"
        "config HAVE_LIBUKDRIVER_VIRTIO_CON\n"
        "\tbool\n"
        "\tdefault y if PLAT_KVM\n"
        "\n"
        'comment "Interrupt controllers"\n'
        "\n"
        "config LIBUKDRIVER_GICV2\n"
        '\tbool "gicv2: Arm GICv2 interrupt controller"\n'
        "\tdepends on HAVE_LIBUKDRIVER_GICV2\n"
        "\tdefault y  # /intc@8000000 (arm,cortex-a15-gic)\n"
        "\thelp\n"
        "\t  Arm GICv2 interrupt controller\n"
        "\n"
        "\t  Runs arm,gic-400, arm,cortex-a15-gic\n"
        "\n"
        "\t  From ukdriver-gicv2 0.1\n"
        "\n"
        'comment "Consoles"\n'
        "\n"
        "config LIBUKDRIVER_VIRTIO_CON\n"
        '\tbool "virtio-con: A console"\n'
        "\tdepends on HAVE_LIBUKDRIVER_VIRTIO_CON\n"
        "\tdefault n  # no node of the board asks for it\n"
        "\thelp\n"
        "\t  A console\n"
        "\n"
        "\t  Runs virtio,con\n"
        "\n"
        "\t  From ukdriver-virtio-con 0.1\n"
        "\n"
        "endmenu\n"
    )
    assert [(one.symbol, one.default, one.comment) for one in result.entries] == [
        ("LIBUKDRIVER_GICV2", True, "/intc@8000000 (arm,cortex-a15-gic)"),
        ("LIBUKDRIVER_VIRTIO_CON", False, "no node of the board asks for it"),
    ]


def test_order_of_the_drivers_does_not_matter() -> None:
    drivers = [driver("b"), driver("a", class_="net"), driver("c", class_="irqchip"), driver("d")]

    result = compose(selection(drivers))

    assert [one.driver.name for one in result.entries] == ["c", "b", "d", "a"]
    assert compose(selection(drivers[::-1])) == result


def test_classes_are_those_of_a_manifest_in_its_order() -> None:
    from ukdrivers import manifest

    assert tuple(menu_module.HEADINGS) == manifest.CLASSES


def test_added_driver_says_for_whom() -> None:
    bus = driver("bus", class_="bus")
    added = picked(bus, reason="provides bus@1 for net")

    assert "\tdefault y  # provides bus@1 for net\n" in compose(selection([bus], [added])).text


def test_driver_of_pci_devices_says_which_bus_may_find_one() -> None:
    edu = driver("edu", class_="pci-device", compatible=["pci1234,11e8"])
    asked = picked(edu, reason="for what /pcie@10000000 finds (pci1234,11e8)")

    (entry,) = compose(selection([edu], [asked])).entries

    assert (entry.default, entry.comment) == (True, "for what /pcie@10000000 finds (pci1234,11e8)")


def test_class_with_code_in_the_kit_has_a_switch(tmp_path: Path) -> None:
    for name in ("pci-host", "net", "rtc"):
        (tmp_path / "classes" / name).mkdir(parents=True)
    drivers = [driver(name, class_="pci-host") for name in ("a-pci", "ecam-pci")]
    drivers += [driver("pl031", class_="rtc"), driver("pl011")]

    text = compose(selection(drivers), kit=str(tmp_path)).text

    assert (
        "config LIBUKD_PCI_HOST\n"
        "\tbool\n"
        "\tdefault y if LIBUKDRIVER_A_PCI || LIBUKDRIVER_ECAM_PCI\n"
        "\n"
        "config LIBUKD_RTC\n"
        "\tbool\n"
        "\tdefault y if LIBUKDRIVER_PL031\n"
        "\n"
        'comment "Consoles"\n'
    ) in text
    assert text.count("config LIBUKD_") == 2


def test_several_nodes_are_counted() -> None:
    mmio = driver("mmio", compatible=["virtio,mmio"])
    nodes = [node(f"/virtio@{i}", "virtio,mmio") for i in range(32)]

    (entry,) = compose(selection([mmio], [picked(mmio, *nodes)])).entries

    assert entry.comment == "/virtio@0 (virtio,mmio) and 31 more"


def test_required_interface_becomes_a_dependency_on_its_providers() -> None:
    net = driver("net", requires=["bus@1", "ring@1"])
    buses = [driver(name, provides=["bus@1"]) for name in ("z-bus", "a-bus")]
    ring = driver("ring", provides=["ring@1"])

    text = compose(selection([net, *buses, ring])).text

    assert (
        "\tdepends on HAVE_LIBUKDRIVER_NET\n"
        "\tdepends on LIBUKDRIVER_A_BUS || LIBUKDRIVER_Z_BUS\n"
        "\tdepends on LIBUKDRIVER_RING\n"
    ) in text


def test_circle_of_requirements_is_left_to_the_configuration() -> None:
    one = driver("one", requires=["two@1"], provides=["one@1"])
    two = driver("two", requires=["one@1"], provides=["two@1"])
    user = driver("user", requires=["one@1"])

    lines = compose(selection([one, two, user])).text.splitlines()

    needs = [line.strip() for line in lines if "depends on LIB" in line]
    assert needs == ["depends on LIBUKDRIVER_ONE"]


def test_many_providers_are_joined_by_halves() -> None:
    user = driver("user", requires=["bus@1"])
    buses = [driver(f"bus{i}", provides=["bus@1"]) for i in range(6)]

    text = compose(selection([user, *buses])).text

    assert (
        "\tdepends on (LIBUKDRIVER_BUS0 || LIBUKDRIVER_BUS1 || LIBUKDRIVER_BUS2)"
        " || (LIBUKDRIVER_BUS3 || LIBUKDRIVER_BUS4 || LIBUKDRIVER_BUS5)\n"
    ) in text


def test_summary_is_escaped() -> None:
    odd = driver("odd", summary='A "quoted" \\ $(shell,date)\nsummary')

    text = compose(selection([odd])).text

    assert '\tbool "odd: A \\"quoted\\" \\\\ \\$(shell,date) summary"\n' in text


def test_good_fragment_stands_under_its_entry() -> None:
    one = demo("good")

    text = compose(selection([one])).text

    path = os.path.join(one.root, "Config.uk")
    assert f'\nif LIBUKDRIVER_DEMO\nsource "{path}"\nendif\n\nendmenu\n' in text


@pytest.mark.parametrize(
    ("fragment", "message", "hint"),
    [
        (
            "undefined",
            "undefined/Config.uk:7: symbol CONFIG_PAGING is not defined anywhere",
            "Kconfig symbols carry no prefix: write PAGING",
        ),
        (
            "typo",
            "typo/Config.uk:6: symbol LIBUKDRIVER_DEMO_FIF0 is not defined anywhere",
            "did you mean LIBUKDRIVER_DEMO_FIFO?",
        ),
        (
            "host_symbol",
            "host_symbol/Config.uk:3: symbol LIBUKSCHED is not defined anywhere",
            (
                "a fragment may name LIBUKDRIVER_DEMO, its own LIBUKDRIVER_DEMO_…, PLAT_KVM and "
                "PLAT_XEN and ARCH_ARM_32 and ARCH_ARM_64 and ARCH_X86_64"
            ),
        ),
        ("enclosing", "enclosing/Config.uk:1: symbol ARCH_RISCV is not defined anywhere", None),
        (
            "foreign",
            (
                "foreign/Config.uk:1: symbol LIBUKDRIVER_OTHER_FIFO is not the driver's, "
                "wanted LIBUKDRIVER_DEMO_…"
            ),
            None,
        ),
        (
            "itself",
            (
                "itself/Config.uk:2: symbol LIBUKDRIVER_DEMO is already defined by "
                "the menu entry of demo"
            ),
            None,
        ),
        (
            "twice",
            (
                "twice/Config.uk:4: symbol LIBUKDRIVER_DEMO_FIFO is already defined by "
                "twice/Config.uk:1"
            ),
            None,
        ),
        (
            "choice_name",
            (
                "choice_name/Config.uk:1: symbol UART_CHOICE is not the driver's, "
                "wanted LIBUKDRIVER_DEMO_…"
            ),
            None,
        ),
        ("source", "source/Config.uk:4: 'source', wanted the driver's own options only", None),
        (
            "continued_source",
            "continued_source/Config.uk:5: 'rsource', wanted the driver's own options only",
            None,
        ),
        ("shell", "shell/Config.uk:3: macro '$(', wanted plain Kconfig", None),
        ("assignment", "assignment/Config.uk:1: macro 'srctree', wanted plain Kconfig", None),
        ("title", "title/Config.uk:1: 'mainmenu', wanted the driver's own options only", None),
        (
            "option_env",
            "option_env/Config.uk:3: 'option', wanted the driver's own options only",
            None,
        ),
        (
            "malformed",
            "malformed/Config.uk:3: couldn't parse 'defualt y': syntax error",
            None,
        ),
        ("unclosed", "unclosed/Config.uk: expected 'endif' before its end", None),
        ("stray_end", "stray_end/Config.uk:3: couldn't parse 'endmenu': ", None),
        (
            "default_type",
            (
                "default_type/Config.uk:1: the int symbol LIBUKDRIVER_DEMO_DEPTH has a non-int "
                "default deep"
            ),
            None,
        ),
        (
            "loop",
            (
                "loop/Config.uk:1: dependency loop: LIBUKDRIVER_DEMO_A needs LIBUKDRIVER_DEMO_B "
                "needs LIBUKDRIVER_DEMO_A"
            ),
            None,
        ),
        ("binary", f"{FRAGMENTS}/binary/Config.uk: not UTF-8 at byte 24", None),
        ("missing", f"{FRAGMENTS}/missing/Config.uk: No such file or directory, wanted a", None),
    ],
)
def test_broken_fragment_is_named_with_its_line(
    fragment: str, message: str, hint: str | None
) -> None:
    with pytest.raises(MenuError) as caught:
        compose(selection([demo(fragment)]))

    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)
    if hint is not None:
        assert caught.value.hint == hint


def test_every_broken_fragment_is_tried() -> None:
    (mark,) = [
        one
        for one in test_broken_fragment_is_named_with_its_line.pytestmark  # type: ignore[attr-defined]
        if one.name == "parametrize"
    ]
    tried = {row[0] for row in mark.args[1]}

    assert tried ^ set(os.listdir(FRAGMENTS)) == {"good", "missing"}


def test_two_drivers_that_define_one_symbol_are_both_named(tmp_path: Path) -> None:
    roots = [tmp_path / "ukdriver_a", tmp_path / "ukdriver_a_b"]
    for root in roots:
        root.mkdir()
        text = 'config LIBUKDRIVER_A_B_C\n\tbool "C"\n'
        (root / "Config.uk").write_text(text, encoding="utf-8")
    drivers = [
        driver(name, config="Config.uk", root=str(root))
        for name, root in zip(("a", "a-b"), roots, strict=True)
    ]

    with pytest.raises(
        MenuError,
        match=r"^ukdriver_a_b/Config\.uk:1: symbol LIBUKDRIVER_A_B_C is already defined by "
        r"ukdriver_a/Config\.uk:1$",
    ):
        compose(selection(drivers))


def test_path_that_kconfig_would_expand_is_refused(tmp_path: Path) -> None:
    root = tmp_path / "a*b"
    root.mkdir()
    (root / "Config.uk").write_text("", encoding="utf-8")

    with pytest.raises(MenuError, match=r"a\*b/Config\.uk: the path has '\*', which Kconfig"):
        compose(selection([driver("demo", root=str(root), config="Config.uk")]))


def test_fragment_is_read_without_the_callers_environment(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("srctree", str(tmp_path))
    monkeypatch.setenv("CONFIG_", "FOO_")
    monkeypatch.setenv("KCONFIG_FUNCTIONS", "antigravity")
    before = dict(os.environ)

    compose(selection([demo("good")]))

    assert dict(os.environ) == before
