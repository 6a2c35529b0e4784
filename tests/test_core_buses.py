"""The driver core in C: buses, what is below them, and what they find themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.core_program import CELLS, messages, output, probes, standard, tree

if TYPE_CHECKING:
    import pathlib
    from collections.abc import Callable


@pytest.fixture
def scan(
    tmp_path_factory: pytest.TempPathFactory, tmp_path: pathlib.Path
) -> Callable[[str], list[str]]:
    """Run the core on the body of a root node."""
    core = standard(tmp_path_factory.getbasetemp())
    return lambda body: output(core, tree(tmp_path, body))


def test_nested_buses_that_move_addresses(scan: Callable[[str], list[str]]) -> None:
    lines = scan("""
        #address-cells = <2>; #size-cells = <2>;
        outer { compatible = "simple-bus"; #address-cells = <1>; #size-cells = <1>;
            ranges = <0 0x80 0x10000000 0x1000000>, <0x8000000 0 0x9000000 0x10000>;
            a@8000100 { compatible = "test,uart"; reg = <0x8000100 0x10>; test-region = <0>; };
            inner { compatible = "simple-bus"; #address-cells = <2>; #size-cells = <1>;
                ranges = <1 0 0x100000 0x1000>, <2 0 0x8001000 0x1000>;
                b@1,20 { compatible = "test,uart"; reg = <1 0x20 0x10>, <2 0x40 0x10>;
                         test-region = <1>; };
                same { ranges; #address-cells = <2>; #size-cells = <1>;
                       c@2,8 { compatible = "test,uart"; reg = <2 8 0x10>; test-region = <1>; };
                };
            };
        };
    """)
    assert probes(lines) == [
        "uart /outer/a@8000100 0x9000100+0x10 region 0x9000100+0x10",
        "uart /outer/inner/b@1,20 0x8010100020+0x10 0x9001040+0x10 region 0x9001040+0x10",
        "uart /outer/inner/same/c@2,8 0x9001008+0x10 region rc -19",
    ]
    assert not messages(lines)


def test_more_entries_than_a_device_keeps(scan: Callable[[str], list[str]]) -> None:
    reg = " ".join(f"{index * 0x1000:#x} 0x10" for index in range(9))
    lines = scan(f"""
        {CELLS}
        a {{ compatible = "test,uart"; reg = <{reg}>; test-region = <8>; }};
        b {{ compatible = "test,uart"; reg = <{reg}>; test-region = <9>; }};
        c {{ compatible = "test,uart"; reg = <{reg}>; test-region = <0x7fffffff>; }};
        d {{ compatible = "test,uart"; reg = <{reg}>; test-region = <0xffffffff>; }};
    """)
    assert [line.split(" region ")[1] for line in probes(lines)] == [
        "0x8000+0x10",
        "rc -19",
        "rc -19",
        "rc -19",
    ]
    assert all(line.count("+0x10") >= 6 for line in probes(lines))
    assert not messages(lines)


@pytest.mark.parametrize(
    ("bus", "reg", "fault"),
    [
        pytest.param(CELLS, "<0x100 0x10>", "can't be translated: the bus has no ranges", id="no"),
        pytest.param(
            f"{CELLS} ranges = <0x1000 0 0x1000>;",
            "<0x2000 0x10>",
            "is in none of the bus's ranges",
            id="outside",
        ),
        pytest.param(
            f"{CELLS} ranges = <0x1000 0 0x1000>;",
            "<0x100 0x10>",
            "is in none of the bus's ranges",
            id="below",
        ),
        pytest.param(
            f"{CELLS} ranges = <0 0 0x1000>;",
            "<0x100 0x10>",
            "can't be translated: ranges of the bus make no sense",
            id="ranges cut off",
        ),
        pytest.param(
            "#address-cells = <2>; #size-cells = <2>; ranges = <0xffffffff 0xfffff000 0 0 0x1001>;",
            "<0xffffffff 0xfffff000 0 0x10>",
            "can't be translated: ranges of the bus make no sense",
            id="ranges overflow",
        ),
        pytest.param(
            "#address-cells = <2>; #size-cells = <3>; ranges;",
            "<0 0 0 0 1>",
            "has a number of more than two cells",
            id="cells",
        ),
        pytest.param(
            f"{CELLS} ranges;",
            "<0x100>",
            "is cut off, wanted address and size in cells of the bus",
            id="reg too small",
        ),
        pytest.param(
            f"{CELLS} ranges;",
            "[00 00 01]",
            "is cut off, wanted address and size in cells of the bus",
            id="reg of no cell",
        ),
        pytest.param(
            "#address-cells = <2>; #size-cells = <2>; ranges;",
            "<0xffffffff 0xfffffff0 0 0x11>",
            "reaches beyond 64 bits of address",
            id="reg overflows",
        ),
    ],
)
def test_reg_that_cannot_be_used(
    scan: Callable[[str], list[str]], bus: str, reg: str, fault: str
) -> None:
    lines = scan(f"""
        #address-cells = <2>; #size-cells = <2>;
        soc {{ {bus.replace("ranges = <0x1000 0 0x1000>", "ranges = <0x1000 0 0 0x1000>")}
               a {{ compatible = "test,uart"; reg = {reg}; test-region = <0>; }}; }};
    """)
    assert probes(lines) == ["uart /soc/a region rc -34"]
    where = "/" if fault.startswith("reaches") else "soc"
    assert messages(lines) == [f"warn: /soc/a: reg: entry 0 {fault} (bus {where})"]


def test_regions_before_one_that_cannot_be_used_are_kept(
    scan: Callable[[str], list[str]],
) -> None:
    lines = scan(f"""
        {CELLS}
        a {{ compatible = "test,uart"; reg = <0x100 0x10 0x200>; }};
        soc {{ {CELLS} ranges = <0 0x1000 0x100>;
               far {{ {CELLS} ranges = <0 0x80 0x100>;
                      b {{ compatible = "test,uart"; reg = <0 8>, <0x80 8>, <8 8>; }}; }}; }};
    """)
    assert probes(lines) == ["uart /a 0x100+0x10", "uart /soc/far/b 0x1080+0x8"]
    assert messages(lines) == [
        "warn: /a: reg: entry 1 is cut off, wanted address and size in cells of the bus (bus /)",
        "warn: /soc/far/b: reg: entry 1 is in none of the bus's ranges (bus soc)",
    ]


def test_reg_that_is_no_memory(scan: Callable[[str], list[str]]) -> None:
    """A number on an I2C bus, and a device without any registers, are no errors."""
    lines = scan("""
        i2c { #address-cells = <1>; #size-cells = <0>;
              a@50 { compatible = "test,uart"; reg = <0x50>; test-region = <0>; }; };
        b { compatible = "test,uart"; reg; test-region = <0>; };
        c { compatible = "test,uart"; test-region = <0>; };
    """)
    assert probes(lines) == [
        "uart /i2c/a@50 region rc -19",
        "uart /b region rc -19",
        "uart /c region rc -19",
    ]
    assert not messages(lines)


def test_reserved_memory(scan: Callable[[str], list[str]]) -> None:
    lines = scan("""
        #address-cells = <2>; #size-cells = <2>;
        reserved-memory { #address-cells = <2>; #size-cells = <2>; ranges;
            a@40000000 { reg = <0 0x40000000 0 0x1000>, <0 0x50000000 0 0x2000>; no-map; };
            pool { size = <0 0x1000>; compatible = "shared-dma-pool"; };
            off@1 { reg = <0 1 0 1>; status = "disabled"; };
            b@60000000 { reg = <8 0x60000000 0 0x1000>; };
        };
        soc { reserved-memory { c@1 { reg = <0 1 0 1>; }; }; };
    """)
    assert [line for line in lines if line.startswith("reserved")] == [
        "reserved 0x40000000+0x1000",
        "reserved 0x50000000+0x2000",
        "reserved 0x860000000+0x1000",
    ]


HOST = """
    #address-cells = <2>; #size-cells = <2>;
    soc {{ #address-cells = <1>; #size-cells = <1>; ranges = <0x10000000 0x40 0 0x10000000>;
           dma-ranges = <0x80000000 0 0x40000000 0x1000000>;
           host@10000000 {{ compatible = "test,host"; reg = <0x10000000 0x1000>;
                            #address-cells = <3>; #size-cells = <2>;
                            test-ranges; {body} }}; }};
"""


def test_ranges_of_a_pci_host(scan: Callable[[str], list[str]]) -> None:
    lines = scan(
        HOST.format(
            body="""ranges = <0x01000000 0 0 0x10010000 0 0x10000>,
                             <0x02000000 0 0x20000000 0x11000000 0 0x1000000>,
                             <0x43000000 0x80 0 0x30000000 1 0>;"""
        )
    )
    (line,) = probes(lines)
    assert line.split(" range ") == [
        "host /soc/host@10000000 0x4000000000+0x1000",
        "0x1000000:0=0x4000010000+0x10000",
        "0x2000000:0x20000000=0x4001000000+0x1000000",
        "rc -34",
        "rc -19",
    ]
    assert not messages(lines)


@pytest.mark.parametrize(
    ("ranges", "found"),
    [
        ("", "range rc -19"),
        ("ranges;", "range rc -19"),
        ("ranges = <0 0 0 0x10000000 0 1 7>;", "range rc -22"),
        ("ranges = <0 0xffffffff 0xffffff00 0x10000000 0 0x101>;", "range rc -22"),
        ("ranges = <0 0 0 0x10000000 0xffffffff 0xffffffff>;", "range rc -22"),
        ("ranges = <0 0 0 0x10000000 0 0x100>, <0 0 0>;", "range rc -22"),
    ],
)
def test_ranges_that_make_no_sense(
    scan: Callable[[str], list[str]], ranges: str, found: str
) -> None:
    lines = scan(HOST.format(body=ranges))
    assert probes(lines) == [f"host /soc/host@10000000 0x4000000000+0x1000 {found}"]
    assert len(messages(lines)) == (1 if "22" in found else 0)
    for line in messages(lines):
        assert line.startswith("err: /soc/host@10000000: ranges: entry 0 is cut off, ")


def test_memory_for_devices(scan: Callable[[str], list[str]]) -> None:
    """Through each bus between the memory and the device, and all of it or not at all."""
    lines = scan("""
        #address-cells = <2>; #size-cells = <2>;
        a { compatible = "test,uart"; test-dma = <0x40001000 0x1000>; };
        soc { #address-cells = <1>; #size-cells = <1>; dma-ranges = <0 0 0x40000000 0x100000>,
                                                       <0x80000000 0 0x80000000 0x1000>;
              b { compatible = "test,uart"; test-dma = <0x40001000 0x1000>; };
              c { compatible = "test,uart"; test-dma = <0x400ff000 0x1000>; };
              d { compatible = "test,uart"; test-dma = <0x400ff001 0x1000>; };
              e { compatible = "test,uart"; test-dma = <0x3ffff000 0x1000>; };
              f { compatible = "test,uart"; test-dma = <0x80000800 0x800>; };
              empty { dma-ranges; #address-cells = <1>; #size-cells = <1>;
                  none { #address-cells = <1>; #size-cells = <1>;
                      last { #address-cells = <2>; #size-cells = <1>;
                             dma-ranges = <0xc 0 0x1000 0x10000>;
                             g { compatible = "test,uart"; test-dma = <0x40001000 0x1000>; };
                             h { compatible = "test,uart"; test-dma = <0x40000000 0x1000>; }; };
                  };
              };
              odd { #address-cells = <1>; #size-cells = <1>; dma-ranges = <0 0>;
                    i { compatible = "test,uart"; test-dma = <0x40001000 0x1000>; }; };
        };
    """)
    assert [line.split("/")[-1] for line in probes(lines)] == [
        "a dma 0x40001000",
        "b dma 0x1000",
        "c dma 0xff000",
        "d dma rc -34",
        "e dma rc -34",
        "f dma 0x80000800",
        "g dma 0xc00000000",
        "h dma rc -34",
        "i dma rc -34",
    ]


def test_devices_that_a_bus_adds(scan: Callable[[str], list[str]]) -> None:
    """Probed in their class's turn, with what the bus says, through its dma-ranges."""
    lines = scan(
        HOST.format(
            body="""dma-ranges = <0x02000000 0 0 0x80000000 0 0x1000000>;
                    test-add = "00:01.0", "pci1234,11e8", "00:02.0", "pci1af4,1000",
                               "00:03.0", "test,uart", "00:04.0", "test,general";
                    test-add-late = "00:05.0", "pci1234,11e8", "00:06.0", "nobody's";"""
        )
    )
    host = "/soc/host@10000000"
    device = "0x5000+0x10 0x0+0x0 0x6000+0x20 irq 77 level unit 0x18 dma 0x1000"
    assert [line.split(" test-property")[0] for line in lines if " /soc" in line] == [
        f"probe host {host} 0x4000000000+0x1000 range rc -19",
        f"add {host}/00:01.0 rc 0",
        f"add {host}/00:02.0 rc -19",
        f"add {host}/00:03.0 rc 0",
        f"add {host}/00:04.0 rc 0",
        f"probe uart {host}/00:03.0 {device}",
        f"probe card {host}/00:01.0 {device}",
        f"probe general {host}/00:04.0 {device}",
        f"probe card {host}/00:05.0 {device}",
        f"add {host}/00:05.0 rc 0",
        f"add {host}/00:06.0 rc -19",
        f"info: {host}: 0x4000000000+0x1000",
        f"info: {host}/00:03.0: 0x5000+0x10 0x6000+0x20 irq 77 level",
        f"info: {host}/00:01.0: 0x5000+0x10 0x6000+0x20 irq 77 level",
        f"info: {host}/00:04.0: 0x5000+0x10 0x6000+0x20 irq 77 level",
        f"info: {host}/00:05.0: 0x5000+0x10 0x6000+0x20 irq 77 level",
    ]


def test_devices_that_a_device_adds(scan: Callable[[str], list[str]]) -> None:
    """A device without a node has a bus, too; one that never stops fills the room."""
    lines = scan("""
        host { compatible = "test,host"; #address-cells = <3>; #size-cells = <2>;
               test-add = "parent", "pci1234,11e8", "endless", "pci1234,11e8"; };
    """)
    found = "0x5000+0x10 0x0+0x0 0x6000+0x20 irq 77 level unit 0x18 dma 0x40001000"
    assert probes(lines)[:5] == [
        "host /host",
        f"card /host/parent {found}",
        f"card /host/endless {found}",
        f"uart /host/parent/last {found}",
        f"uart /host/endless/endless {found}",
    ]
    refused = [line for line in lines if line.endswith("rc -12")]
    assert refused[0].startswith("add /host/")
    assert f"bound {len(probes(lines))}" in lines
    assert len(probes(lines)) > 10


def test_devices_of_a_bus_that_fails_are_left(scan: Callable[[str], list[str]]) -> None:
    lines = scan("""
        host { compatible = "test,broken-host"; #address-cells = <3>; #size-cells = <2>;
               test-add = "00:01.0", "pci1234,11e8"; };
        x { compatible = "test,uart"; };
    """)
    assert probes(lines) == ["uart /x", "host /host"]
    assert messages(lines) == ["err: /host/00:01.0: left out, its bus /host isn't started"]
