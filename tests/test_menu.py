"""The driver menu. Selections are built here; fragments stand in ``data/fragments`` as files."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from ukdrivers import menu as menu_module
from ukdrivers.errors import MenuError
from ukdrivers.menu import compose
from ukdrivers.model import Driver, Node, Platform, Selected, Selection, Slot
from ukdrivers.values import replace

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
        "if PLAT_KVM\n"
        "config HAVE_LIBUKDRIVER_GICV2\n"
        "\tdef_bool y\n"
        "config HAVE_LIBUKDRIVER_VIRTIO_CON\n"
        "\tdef_bool y\n"
        "endif\n"
        "\n"
        'comment "Interrupt controllers"\n'
        "\n"
        "config LIBUKDRIVER_GICV2\n"
        '\tbool "gicv2: Arm GICv2 interrupt controller"\n'
        "\tdepends on HAVE_LIBUKDRIVER_GICV2\n"
        "\tdefault y  # /intc@8000000 (arm,cortex-a15-gic)\n"
        "\thelp\n"
        "\t  Runs arm,gic-400, arm,cortex-a15-gic\n"
        "\t  From ukdriver-gicv2 0.1\n"
        "\n"
        'comment "Consoles"\n'
        "\n"
        "config LIBUKDRIVER_VIRTIO_CON\n"
        '\tbool "virtio-con: A console"\n'
        "\tdepends on HAVE_LIBUKDRIVER_VIRTIO_CON\n"
        "\thelp\n"
        "\t  Runs virtio,con\n"
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


def test_required_interface_is_a_symbol_that_its_providers_turn_on() -> None:
    net = driver("net", class_="net", requires=["bus@1", "ring@1"])
    buses = [driver(name, provides=["bus@1"]) for name in ("z-bus", "a-bus")]
    ring = driver("ring", provides=["ring@1"])

    text = compose(selection([net, *buses, ring])).text

    assert (
        "config HAVE_UKD_BUS_1\n"
        "\tbool\n"
        "\tdefault y if LIBUKDRIVER_A_BUS || LIBUKDRIVER_Z_BUS\n"
        "\n"
        "config HAVE_UKD_RING_1\n"
        "\tbool\n"
        "\tdefault y if LIBUKDRIVER_RING\n"
        "\n"
        'comment "net: there once one of these is on: a-bus or z-bus"\n'
        "\tdepends on !HAVE_UKD_BUS_1\n"
        "\n"
        'comment "net: there once one of these is on: ring"\n'
        "\tdepends on !HAVE_UKD_RING_1\n"
        "\n"
        'comment "Consoles"\n'
    ) in text
    assert (
        "\tdepends on HAVE_LIBUKDRIVER_NET\n"
        "\tdepends on HAVE_UKD_BUS_1\n"
        "\tdepends on HAVE_UKD_RING_1\n"
    ) in text


def test_only_provider_is_selected() -> None:
    net = driver("net", requires=["bus@1", "ring@1"])
    buses = [driver(name, provides=["bus@1"]) for name in ("z-bus", "a-bus")]
    ring = driver("ring", provides=["ring@1"])

    text = compose(selection([net, *buses, ring]), selecting=True).text

    assert (
        "\tdepends on HAVE_LIBUKDRIVER_NET\n"
        "\tdepends on HAVE_UKD_BUS_1\n"
        "\tselect LIBUKDRIVER_RING\n"
    ) in text
    assert "HAVE_UKD_RING_1" not in text


def test_provider_that_waits_for_another_is_not_selected() -> None:
    net = driver("net", requires=["bus@1"])
    bus = driver("bus", requires=["clock@1"], provides=["bus@1"])
    clocks = [driver(name, provides=["clock@1"]) for name in ("a-clock", "b-clock")]

    text = compose(selection([net, bus, *clocks]), selecting=True).text

    assert "\tselect" not in text
    assert "\tdepends on HAVE_UKD_BUS_1\n" in text


def test_selected_driver_that_provides_more_is_not_waited_for() -> None:
    net = driver("net", requires=["bus@1", "ring@1"])
    bus = driver("bus", provides=["bus@1", "ring@1"])
    ring = driver("ring", provides=["ring@1"])

    text = compose(selection([net, bus, ring]), selecting=True).text

    assert "\tselect LIBUKDRIVER_BUS\n" in text
    assert "HAVE_UKD_RING_1" not in text


def test_selection_that_would_follow_from_itself_is_waited_for() -> None:
    """One selects P, which X waits for, which selects Y, which the first waits for."""
    one = driver("one", requires=["i@1", "j@1"])
    x = driver("x", requires=["k@1", "l@1"], provides=["j@1"])
    p = driver("p", provides=["i@1", "k@1"])
    y = driver("y", provides=["l@1"])
    others = [driver("other-k", provides=["k@1"]), driver("other-j", provides=["j@1"])]
    drivers = [one, x, p, y, *others]

    assert "\tselect" in compose(selection(drivers[1:]), selecting=True).text
    assert "\tselect" not in compose(selection(drivers), selecting=True).text


def test_slot_without_a_driver_is_seen_in_the_menu() -> None:
    slot = Slot(interface="console@1", purpose="console")
    kvm = Platform(name="kvm", arch=("arm64",), summary="", slots=(slot,))
    uarts = [driver(f"uart{i}", provides=["console@1"]) for i in range(5)]

    text = compose(replace(selection(uarts), platform=kvm)).text

    assert (
        'comment "console: there once one of these is on: uart0, uart1, uart2 or 2 more"\n'
        "\tdepends on !HAVE_UKD_CONSOLE_1\n"
    ) in text


def test_what_the_platform_offers_needs_no_driver() -> None:
    user = driver("user", requires=["console@1"])
    uart = driver("uart", provides=["console@1"])
    xen = Platform(name="xen", arch=("arm64",), summary="", slots=(), offers=("console@1",))

    menu = compose(replace(selection([user, uart]), platform=xen), selecting=True)

    assert "HAVE_UKD" not in menu.text
    assert "select" not in menu.text
    assert menu.offers == ("console@1",)


def test_each_platform_that_can_use_a_driver_turns_its_switch_on() -> None:
    def platform(name: str, *patterns: str) -> Platform:
        return Platform(
            name=name, arch=("arm64",), summary="", slots=(), drivers=patterns or ("*",)
        )

    drivers = [driver("pl011"), driver("ring"), replace(driver("own"), platforms=("kvm",))]
    others = [platform("kvm"), platform("xen", "ri*"), platform("linuxu")]

    text = compose(selection(drivers), platforms=others).text

    assert (
        "if PLAT_KVM\n"
        "config HAVE_LIBUKDRIVER_OWN\n"
        "\tdef_bool y\n"
        "config HAVE_LIBUKDRIVER_PL011\n"
        "\tdef_bool y\n"
        "endif\n"
        "\n"
        "if PLAT_KVM || PLAT_XEN\n"
        "config HAVE_LIBUKDRIVER_RING\n"
        "\tdef_bool y\n"
        "endif\n"
    ) in text


def test_circle_of_requirements_is_left_to_the_configuration() -> None:
    one = driver("one", requires=["two@1"], provides=["one@1"])
    two = driver("two", requires=["one@1"], provides=["two@1"])
    user = driver("user", requires=["one@1"])

    lines = compose(selection([one, two, user])).text.splitlines()

    needs = [line.strip() for line in lines if "depends on HAVE_UKD" in line]
    assert needs == ["depends on HAVE_UKD_ONE_1"]


@pytest.mark.parametrize("selecting", [False, True])
def test_thousands_around_one_interface_nest_no_deeper_than_a_group(
    tmp_path: Path, selecting: bool
) -> None:
    import kconfiglib

    users = [driver(f"u{i}", requires=["bus@1"], provides=["log@1"]) for i in range(2000)]
    reader = driver("reader", requires=["log@1"])
    menu = compose(
        selection([driver("bus", provides=["bus@1"]), *users, reader]), selecting=selecting
    )
    path = tmp_path / "Config.uk"
    path.write_text(f"config PLAT_KVM\n\tdef_bool y\n\n{menu.text}", encoding="utf-8")

    tree = kconfiglib.Kconfig(str(path))  # with the depth of calls that Python allows by itself
    for name in ("LIBUKDRIVER_BUS", "LIBUKDRIVER_U0", "LIBUKDRIVER_U1999"):
        tree.syms[name].set_value(0 if name.endswith("BUS") and selecting else 2)

    assert tree.syms["LIBUKDRIVER_READER"].visibility
    assert tree.syms["LIBUKDRIVER_BUS"].str_value == "y"
    assert menu.text.count("config LIBUKD_NEED_") == (2 + 63 if selecting else 0)


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


@pytest.mark.parametrize(
    ("first", "second", "message"),
    [
        (
            'config LIBUKDRIVER_A_X\n\tbool "X"\n\tdepends on LIBUKDRIVER_A_B_C\n',
            'config LIBUKDRIVER_A_B_C\n\tbool "C"\n',
            "ukdriver_a/Config.uk:3: symbol LIBUKDRIVER_A_B_C is not defined anywhere",
        ),
        (
            'config LIBUKDRIVER_A_X\n\tbool "X"\n',
            'config LIBUKDRIVER_A_B_C\n\tbool "C"\n\tdefault LIBUKDRIVER_A_X\n',
            "ukdriver_a_b/Config.uk:3: symbol LIBUKDRIVER_A_X is not defined anywhere",
        ),
        (
            'config LIBUKDRIVER_A_B\n\tbool "as if it were the other"\n',
            "",
            "ukdriver_a/Config.uk:1: symbol LIBUKDRIVER_A_B is already defined by the menu entry",
        ),
    ],
)
def test_fragment_that_reaches_for_another_one(
    tmp_path: Path, first: str, second: str, message: str
) -> None:
    drivers = []
    for name, text in (("a", first), ("a-b", second)):
        root = tmp_path / f"ukdriver_{name.replace('-', '_')}"
        root.mkdir()
        (root / "Config.uk").write_text(text, encoding="utf-8")
        drivers.append(driver(name, config="Config.uk", root=str(root)))

    with pytest.raises(MenuError) as caught:
        compose(selection(drivers))

    assert str(caught.value).startswith(message)


def test_fragment_without_a_statement_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "Config.uk").write_text("# nothing yet\n", encoding="utf-8")

    text = compose(selection([driver("demo", root=str(tmp_path), config="Config.uk")])).text

    assert "source" not in text


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
