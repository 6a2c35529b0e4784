"""A hostile wheel that is only listed; docs/security.md says what is promised."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.conftest import ROOT
from tests.site_folder import Site, manifest, write
from ukdrivers.registry import search

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Program

#: what a terminal takes for commands, and what turns text around
ESCAPES = "\x1b]0;owned\x07 \x1b[2J \x9b31m \u202e \x07"
#: more in a run by hand: python -m tests.mutations 10000
MUTATIONS = 400


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(str(tmp_path / "site"))


def problem(site: Site) -> str:
    found = search([site.path])
    assert found.registry.drivers == ()
    (problem,) = found.registry.problems
    assert problem.message.isprintable()
    return problem.message


def test_mutated_plugins() -> None:
    command = [sys.executable, "-m", "tests.mutations", str(MUTATIONS)]
    done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=ROOT)

    assert done.returncode == 0, done.stderr


def test_nothing_is_run_and_nothing_outside_is_opened(ukdrivers: Program, site: Site) -> None:
    """Every file that is opened is recorded by the interpreter itself."""
    secret = os.path.join(os.path.dirname(site.path), "secret")
    write(secret, {"secret.c": "", "ukdriver.toml": manifest("linked")})
    site.add_driver("pl011x")
    site.add_driver("up", sources=f"['../../secret/secret.c', '{secret}/secret.c']")
    site.add_driver("climber", sources="['../../../../../../etc/passwd']", config="'/etc/passwd'")
    site.add_driver("linked")
    for name, target in (("ukdriver.toml", "ukdriver.toml"), ("c/linked.c", "secret.c")):
        path = os.path.join(site.path, "ukdriver_linked", name)
        os.remove(path)
        os.symlink(os.path.join(secret, target), path)
    write(site.path, {"sitecustomize.py": AUDIT})
    opened = os.path.join(os.path.dirname(site.path), "opened")
    environment = {"PYTHONPATH": os.pathsep.join([ROOT, site.path]), "OPENED": opened}

    done = ukdrivers("list", "--refresh", env=environment)

    assert "\npl011x " in done.stdout
    assert done.stderr.count("ukdrivers: ") == 3
    with open(opened, encoding="utf-8") as file:
        lines = file.read().splitlines()
    assert f"open {site.path}/ukdriver_pl011x/ukdriver.toml" in lines
    assert not [line for line in lines if "secret" in line or "passwd" in line]
    assert not [line for line in lines if line.startswith(("subprocess", "os.system", "os.exec"))]
    assert not [line for line in lines if line.startswith("import ukdriver_")]


AUDIT = """
import os, sys
log = os.open(os.environ["OPENED"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
def hook(event, arguments):
    if event in {"open", "import", "subprocess.Popen", "os.system", "os.exec", "os.posix_spawn"}:
        os.write(log, f"{event} {arguments[0]}\\n".encode(errors="replace"))
sys.addaudithook(hook)
"""


@pytest.mark.parametrize(
    "where", ["summary", "version", "name", "entry point", "value", "file name"]
)
def test_no_escape_reaches_the_terminal(ukdrivers: Program, site: Site, where: str) -> None:
    quoted = ESCAPES.encode("unicode_escape").decode().replace("\\x", "\\u00")
    name = ESCAPES if where == "name" else "ukdriver-pl011x"
    entry = f"{ESCAPES if where == 'entry point' else 'pl011x'} = ukdriver_pl011x"
    site.add(
        name,
        ESCAPES if where == "version" else "1",
        info="ukdriver_pl011x-1.dist-info",
        entry_points=f"[ukdrivers]\n{entry}{ESCAPES if where == 'value' else ''}\n",
        files={
            "ukdriver_pl011x/ukdriver.toml": manifest(
                "pl011x",
                summary=f'"{quoted}"' if where == "summary" else "'A driver'",
                sources=f'["{quoted}.c"]' if where == "file name" else "['c/pl011x.c']",
            ),
            "ukdriver_pl011x/c/pl011x.c": "",
        },
    )
    environment = {"PYTHONPATH": os.pathsep.join([ROOT, site.path])}

    for verb in (("list",), ("list", "--json"), ("show", "pl011x"), ("doctor",)):
        done = ukdrivers(*verb, env={**environment, "FORCE_COLOR": ""})
        shown = done.stdout + done.stderr
        assert not set("\x1b\x07\x9b\u202e") & set(shown)
        assert "Traceback" not in shown


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x = " + "[" * 30000 + "]" * 30000, "cannot be read as TOML"),
        ("x = " + "{a=" * 10000, "cannot be read as TOML"),
        ("x = " + "9" * 60000, "cannot be read as TOML"),
        ("a." * 30000 + "b = 1", "a key has more than 16 parts"),
        ("[" + "a." * 30000 + "b]", "a key has more than 16 parts"),
        ('x = "' + "a" * 70000, "is larger than 65536 bytes"),
        ("schema = 1\n[driver]\nname = '" + "a" * 60000 + "'\nkit = '1'\n", "driver."),
    ],
)
def test_manifest_that_is_a_bomb(site: Site, text: str, message: str) -> None:
    site.add_driver("pl011")
    write(site.path, {"ukdriver_pl011/ukdriver.toml": text})

    said = problem(site)

    assert message in said
    assert len(said) < 1000


def test_more_entry_points_than_anyone_needs(site: Site) -> None:
    lines = "".join(f"driver{number} = package{number}\n" for number in range(30000))
    site.add("acme", entry_points=f"[ukdrivers]\n{lines}")

    assert problem(site) == "entry_points.txt: line 258: is more than entry point 256 of ours"


def test_name_without_an_end(site: Site) -> None:
    site.add("a" * 50000, entry_points="[ukdrivers]\na = b\n", info="acme-1.dist-info")

    (found,) = search([site.path]).registry.problems

    assert len(found.subject) < 300


def test_manifest_that_is_a_pipe(site: Site) -> None:
    site.add_driver("pipe")
    path = os.path.join(site.path, "ukdriver_pipe", "ukdriver.toml")
    os.remove(path)
    os.mkfifo(path)

    assert problem(site) == "ukdriver.toml: is no regular file"


def test_manifest_that_links_out_of_the_package(site: Site, tmp_path: Path) -> None:
    site.add_driver("linked")
    path = os.path.join(site.path, "ukdriver_linked", "ukdriver.toml")
    os.replace(path, tmp_path / "elsewhere.toml")
    os.symlink(tmp_path / "elsewhere.toml", path)

    folder = os.path.dirname(path)
    assert (
        problem(site) == f"ukdriver.toml: is a link that leaves {folder}, wanted a file inside it"
    )
