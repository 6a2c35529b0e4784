"""The driver core in C: what is below a bus comes after it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.core_program import messages, output, probes, standard, tree

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


def test_nodes_of_a_pci_bus_are_found_by_it(scan: Callable[[str], list[str]]) -> None:
    lines = scan("""
        host { compatible = "test,host"; #address-cells = <3>; #size-cells = <2>;
               a@0 { compatible = "test,uart"; #address-cells = <2>;
                     b { compatible = "test,uart"; }; }; };
        old { compatible = "test,host"; device_type = "pci"; c { compatible = "test,uart"; }; };
        d { compatible = "test,uart"; };
    """)
    assert probes(lines) == ["uart /d", "host /host", "host /old"]


def test_nodes_below_a_driven_bus_come_after_it(scan: Callable[[str], list[str]]) -> None:
    """Whatever the classes; a bus without driver, and simple-bus, are no obstacle."""
    lines = scan("""
        one { compatible = "test,bus";
              a { compatible = "test,uart"; };
              two { compatible = "test,bus"; b { compatible = "test,uart"; };
                    c { compatible = "test,general"; }; };
              soc { compatible = "simple-bus"; d { compatible = "test,chip"; }; }; };
        plain { compatible = "vendor,bus", "simple-bus"; e { compatible = "test,uart"; }; };
        f { compatible = "test,uart"; };
    """)
    assert probes(lines) == [
        "uart /plain/e",
        "uart /f",
        "bus /one",
        "bus /one/two",
        "chip /one/soc/d",
        "uart /one/a",
        "uart /one/two/b",
        "general /one/two/c",
    ]
    assert not messages(lines)


def test_nodes_below_a_bus_that_fails_are_left(scan: Callable[[str], list[str]]) -> None:
    lines = scan("""
        one { compatible = "test,broken-bus";
              a { compatible = "test,uart"; };
              two { compatible = "test,bus"; b { compatible = "test,uart"; };
                    c { compatible = "test,general"; }; };
              d { compatible = "test,general"; }; };
        e { compatible = "test,general"; };
    """)
    assert probes(lines) == ["bus /one", "general /e"]
    assert sorted(messages(lines)) == [
        "err: /one/a: left out, its bus /one isn't started",
        "err: /one/d: left out, its bus /one isn't started",
        "err: /one/two/b: left out, its bus /one/two isn't started",
        "err: /one/two/c: left out, its bus /one/two isn't started",
        "err: /one/two: left out, its bus /one isn't started",
    ]


def test_classes_probed_from_within_a_probe(scan: Callable[[str], list[str]]) -> None:
    """A host does that when a probe logs and the log wants its console."""
    lines = scan("""
        a { compatible = "test,chip"; test-nested; };
        b { compatible = "test,uart"; };
        c { compatible = "test,uart"; };
    """)
    assert probes(lines) == ["chip /a", "uart /b", "uart /c"]
    assert "nested 2" in lines
    assert "bound 3" in lines
