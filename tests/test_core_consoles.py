"""The driver core in C: the console that the firmware chose."""

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


CONSOLES = """
    chosen {{ stdout-path = "{stdout}"; }};
    soc {{ serial@1 {{ compatible = "test,uart"; }};
           serial@2 {{ compatible = "test,uart"; }}; block@3 {{ compatible = "test,general"; }};
           bus {{ uart@5 {{ compatible = "test,uart"; }}; }}; }};
    aliases {{ serial0 = "/soc/serial@2"; bus0 = "/soc/bus"; wrong = "/soc/serial@9";
               serial = "/soc/bus/uart@5"; }};
"""


@pytest.mark.parametrize(
    ("stdout", "first"),
    [
        ("/soc/serial@2", "/soc/serial@2"),
        ("/soc/serial@2:115200n8", "/soc/serial@2"),
        ("serial0", "/soc/serial@2"),
        ("serial0:115200n8", "/soc/serial@2"),
        ("serial:1", "/soc/bus/uart@5"),
        ("bus0/uart@5", "/soc/bus/uart@5"),
        ("bus0/uart", "/soc/bus/uart@5"),
        ("/soc/bus/uart:x", "/soc/bus/uart@5"),
        ("/soc/serial@2/x", None),
        ("/soc/serial@", None),
        ("/soc/bus", None),
        ("/soc/block@3", None),
        ("wrong", None),
        ("nothing", None),
        ("serial00", None),
        ("seria", None),
        ("a" * 40, None),
        (":", None),
        ("", None),
    ],
)
def test_console_of_stdout_path_is_first(
    scan: Callable[[str], list[str]], stdout: str, first: str | None
) -> None:
    usual = ["/soc/serial@1", "/soc/serial@2", "/soc/bus/uart@5"]
    expected = [first, *(one for one in usual if one != first)] if first else usual
    lines = scan(CONSOLES.format(stdout=stdout))
    consoles = [line.split()[1] for line in probes(lines) if line.startswith("uart")]
    assert consoles == expected
    assert not messages(lines)


def test_chosen_after_the_aliases(scan: Callable[[str], list[str]]) -> None:
    lines = scan("""
        aliases { b = "/b"; };
        a { compatible = "test,uart"; stdout-path = "/a"; };
        b { compatible = "test,uart"; };
        chosen { stdout-path = "b"; };
        soc { chosen { stdout-path = "a"; }; };
    """)
    assert probes(lines) == ["uart /b", "uart /a"]
