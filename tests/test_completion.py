"""What a shell completes, in real shells where they are installed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.conftest import ROOT
from tests.site_folder import Site

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tests.conftest import Program


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A driver among the installed ones, and the program on the search path of programs."""
    folder = tmp_path_factory.mktemp("completion")
    site = Site(str(folder / "site"))
    site.add_driver("zeta-uart")
    site.add_driver("zeta-clock")
    program = folder / "bin" / "ukdrivers"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m ukdrivers "$@"\n')
    program.chmod(0o755)
    return {
        "PATH": f"{program.parent}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": os.pathsep.join([ROOT, site.path]),
        "XDG_CACHE_HOME": str(folder / "cache"),
        "HOME": str(folder),
    }


def completed(ukdrivers: Program, environment: dict[str, str], *words: str) -> list[str]:
    done = ukdrivers("complete", *words, env=environment)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.splitlines()


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        (["sh"], ["show"]),
        (["help", "compl"], ["completion"]),
        (["show", "zeta-"], ["zeta-clock", "zeta-uart"]),
        (["show", "zeta-c"], ["zeta-clock"]),
        (["test", "zeta-c"], ["zeta-clock"]),
        (["show", "eta"], []),
        (["match", "--why-not", "zeta-u"], ["zeta-uart"]),
        (["show", "--j"], ["--json"]),
        (["list", "--"], ["--help", "--json", "--refresh"]),
        (["completion", ""], ["bash", "fish", "zsh"]),
        (["match", ""], []),
        (["nonsense", "--"], []),
        (["match", "none.dtb", "--why", "/"], []),
    ],
)
def test_candidates(
    ukdrivers: Program, environment: dict[str, str], words: list[str], wanted: list[str]
) -> None:
    for _ in range(2):
        assert completed(ukdrivers, environment, *words) == wanted


def test_every_driver(ukdrivers: Program, environment: dict[str, str]) -> None:
    listed = ukdrivers("list", env=environment).stdout.splitlines()[1:]

    assert completed(ukdrivers, environment, "show", "") == [line.split()[0] for line in listed]


def test_nodes_of_a_board(ukdrivers: Program, environment: dict[str, str], tmp_path: Path) -> None:
    board = str(tmp_path / "virt.dtb")
    command = ["qemu-system-aarch64", "-M", f"virt,dumpdtb={board}"]
    subprocess.run(command, check=True, capture_output=True)

    found = completed(ukdrivers, environment, "match", board, "--why", "/pl0")

    assert sorted(found) == ["/pl011@9000000", "/pl031@9010000", "/pl061@9030000"]


def run(shell: Sequence[str], environment: dict[str, str], script: str) -> str:
    if shutil.which(shell[0]) is None:
        pytest.skip(f"{shell[0]} is not installed")
    done = subprocess.run(
        [*shell, script],
        check=False,
        capture_output=True,
        text=True,
        env={**os.environ, **environment},
        cwd=environment["HOME"],
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_bash(environment: dict[str, str]) -> None:
    script = """
    . <(ukdrivers completion bash)
    COMP_WORDS=(ukdrivers show zeta-c) COMP_CWORD=2
    $(complete -p ukdrivers | sed 's/.*-F \\([^ ]*\\) .*/\\1/')
    echo "${COMPREPLY[@]}"
    """
    assert run(["bash", "-c"], environment, script) == "zeta-clock\n"


def test_zsh(environment: dict[str, str]) -> None:
    """Functions that only work on a press of a key are stood in for; the script is run as it is."""
    script = """
    compdef() { :; }; compadd() { print -l -- ${(P)2}; }; _files() { print files; }
    . =(ukdrivers completion zsh)
    words=(ukdrivers show zeta-c); CURRENT=3; _ukdrivers
    words=(ukdrivers match none); CURRENT=3; _ukdrivers
    """
    assert run(["zsh", "-f", "-c"], environment, script) == "zeta-clock\nfiles\n"


def test_fish(environment: dict[str, str]) -> None:
    script = """
    ukdrivers completion fish | source
    complete -C 'ukdrivers show zeta-'
    """
    assert run(["fish", "--no-config", "-c"], environment, script).split() == [
        "zeta-clock",
        "zeta-uart",
    ]
