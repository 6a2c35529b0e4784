"""The hooks, as code of strangers implements them, well and badly."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from tests.site_folder import Site, package_files
from ukdrivers.registry import discover

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ukdrivers.model import Registry

HEAD = """\
import os
from ukdrivers.hooks import hookimpl
from ukdrivers.manifest import read_manifest
from ukdrivers.model import Driver, Host, Platform, Rule
"""
OURS = ["kvm", "linuxu", "xen"]
ACME = (
    HEAD
    + """
@hookimpl
def ukdrivers_platforms():
    return [Platform(name="acme", arch=("arm64",), summary="", slots=())]
"""
)


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """A folder that code can be imported from, and is forgotten after the test."""
    site = Site(str(tmp_path / "site"))
    monkeypatch.syspath_prepend(site.path)
    before = set(sys.modules)
    yield site
    for name in set(sys.modules) - before:
        if name.startswith("acme"):
            del sys.modules[name]


def asked(site: Site, code: str, value: str = "acme_hooks") -> Registry:
    """Install code, and return what is found."""
    entries = f"[ukdrivers.hooks]\nacme = {value}\n"
    site.add("acme", "2.0", entry_points=entries, files={"acme_hooks.py": code})
    site.add_driver("pl011")
    return discover([site.path])


def refused(site: Site, code: str, value: str = "acme_hooks") -> str:
    """Return what is said of code that is at fault; the rest is as if it weren't there."""
    result = asked(site, code, value)
    assert [one.name for one in result.drivers] == ["pl011"]
    assert [one.name for one in result.platforms] == OURS
    assert [one.name for one in result.hosts] == ["base", "unikraft"]
    (problem,) = result.problems
    assert problem.subject == "acme 2.0"
    assert problem.message.isprintable()
    return problem.message


def test_platform_of_a_stranger(site: Site) -> None:
    result = asked(site, ACME)

    assert [one.name for one in result.platforms] == ["acme", *OURS]
    assert result.problems == ()


def test_host_of_a_stranger_from_an_object(site: Site) -> None:
    code = (
        HEAD
        + """
class Plugin:
    @hookimpl
    def ukdrivers_hosts(self):
        return [Host(name="bare", summary="", root="/", platforms=("kvm",), drivers=())]

plugin = Plugin()
"""
    )
    result = asked(site, code, "acme_hooks:plugin")

    assert [one.name for one in result.hosts] == ["bare", "base", "unikraft"]
    assert result.problems == ()


def test_driver_of_code(site: Site) -> None:
    code = (
        HEAD
        + """
@hookimpl
def ukdrivers_drivers():
    folder = os.path.join(os.path.dirname(__file__), "acme_net")
    path = os.path.join(folder, "ukdriver.toml")
    return [read_manifest(path, distribution="acme", version="2.0")]
"""
    )
    site.add("files", files=package_files("acme_net", "acme-net"))

    result = asked(site, code)

    assert [one.name for one in result.drivers] == ["acme-net", "pl011"]
    assert result.problems == ()


@pytest.mark.parametrize("answer", ["None", "[]", "()"])
def test_nothing_is_a_good_answer(site: Site, answer: str) -> None:
    code = f"{HEAD}@hookimpl\ndef ukdrivers_hosts():\n    return {answer}\n"

    assert asked(site, code).problems == ()


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("import gone\n", "ModuleNotFoundError: No module named 'gone' (acme_hooks.py:1)"),
        ("1 / 0\n", "ZeroDivisionError: division by zero (acme_hooks.py:1)"),
        ("raise SystemExit\n", "SystemExit (acme_hooks.py:1)"),
        ("raise ValueError('a\\nb')\n", "ValueError: a b (acme_hooks.py:1)"),
    ],
)
def test_code_that_cannot_be_imported(site: Site, code: str, message: str) -> None:
    said = refused(site, code)
    start = "entry point 'acme' in group ukdrivers.hooks: cannot be imported: "

    assert said == start + message


@pytest.mark.parametrize("value", ["acme_gone", "acme_hooks:gone", "1-2", ""])
def test_value_that_leads_nowhere(site: Site, value: str) -> None:
    start = "entry point 'acme' in group ukdrivers.hooks: cannot be imported: "

    assert refused(site, "", value).startswith(start)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("raise OSError('a\\x1b[31m')", r"OSError: a\x1b[31m (acme_hooks.py:9)"),
        ("raise SystemExit(3)", "SystemExit: 3 (acme_hooks.py:9)"),
        (
            "read_manifest('/x/ukdriver.toml', distribution='a', version='1')",
            "a 1: ukdriver.toml: does not exist in /x",
        ),
        ("return 1", "returned int, wanted a list of Platform"),
        ("return 'kvm'", "returned str, wanted a list of Platform"),
        ("return ['xen']", "returned a list with str, wanted a list of Platform"),
        (
            "return [Platform(name='../xen', arch=(), summary='', slots=())]",
            "returned a Platform of the name '../xen'",
        ),
        (
            "return [Platform(name=7, arch=(), summary='', slots=())]",
            "returned a Platform of the name '7'",
        ),
    ],
)
def test_hook_that_fails(site: Site, body: str, message: str) -> None:
    code = f"{HEAD}\n\n@hookimpl\ndef ukdrivers_platforms():\n    {body}\n"

    assert refused(site, code) == f"ukdrivers_platforms: {message}"


def test_one_hook_that_fails_leaves_the_plugins_others(site: Site) -> None:
    code = ACME + "\n@hookimpl\ndef ukdrivers_hosts():\n    return 1\n"

    result = asked(site, code)

    assert [one.name for one in result.platforms] == ["acme", *OURS]
    (problem,) = result.problems
    assert problem.message == "ukdrivers_hosts: returned int, wanted a list of Host"


@pytest.mark.parametrize(
    ("code", "part"),
    [
        ("@hookimpl\ndef ukdrivers_platform(): ...\n", "unknown hook 'ukdrivers_platform'"),
        ("@hookimpl\ndef ukdrivers_platforms(kit): ...\n", "{'kit'}"),
    ],
)
def test_hook_that_does_not_fit_the_specification(site: Site, code: str, part: str) -> None:
    # What was registered before the bad one is taken back too.
    said = refused(site, f"{ACME}\n{code}".replace("def ukdrivers_platforms():", "def _old():", 1))

    assert said.startswith("entry point 'acme' in group ukdrivers.hooks: ")
    assert part in said


def test_nothing_is_left_of_a_plugin_with_one_bad_hook(site: Site) -> None:
    refused(site, f"{ACME}\n@hookimpl\ndef ukdrivers_zzz(): ...\n")


def test_wrapper_is_refused(site: Site) -> None:
    code = f"{HEAD}@hookimpl(wrapper=True)\ndef ukdrivers_hosts():\n    return (yield)\n"

    assert refused(site, code) == "ukdrivers_hosts: is a wrapper, wanted an implementation"


def test_two_platforms_of_one_name_are_both_named(site: Site) -> None:
    site.add("other", entry_points="[ukdrivers.hooks]\nx = acme_other\n")
    site.add("files", files={"acme_other.py": ACME})

    result = asked(site, ACME)

    assert [one.name for one in result.platforms] == OURS
    (problem,) = result.problems
    assert (problem.subject, problem.message) == (
        "platform 'acme'",
        "claimed by acme 2.0 and other 0.1",
    )


def test_one_module_under_two_names_is_taken_once(site: Site) -> None:
    site.add("other", entry_points="[ukdrivers.hooks]\nx = acme_hooks\n")

    result = asked(site, ACME)

    assert [one.name for one in result.platforms] == ["acme", *OURS]
    (problem,) = result.problems
    assert problem.subject in {"acme 2.0", "other 0.1"}


def test_problems_come_in_order(site: Site) -> None:
    site.add("zeta", entry_points="[ukdrivers.hooks]\nx = acme_gone\n")
    site.add("beta", entry_points="[ukdrivers]\nx = acme_gone\n")

    result = asked(site, "1 / 0")

    assert [one.subject for one in result.problems] == ["acme 2.0", "beta 0.1", "zeta 0.1"]


# rules


def ruled(site: Site, body: str) -> Registry:
    code = f"{HEAD}\n\ndef rule(driver):\n    {body}\n\n\n@hookimpl\ndef ukdrivers_checks():\n"
    return asked(site, f"{code}    return [Rule(name='acme-style', check=rule)]\n")


def test_rule_is_put_to_each_installed_driver_that_is_used(site: Site) -> None:
    site.add_driver("gicv2")
    site.add_driver("broken", class_="'clock'")

    result = ruled(site, "return [f'is {driver.name}, wanted \\x1b[31macme', 'too old']")

    assert [one.name for one in result.drivers] == ["gicv2", "pl011"]
    found = [(one.subject, one.message) for one in result.problems if one.used]
    assert found == [
        ("ukdriver-gicv2 0.1", r"gicv2: is gicv2, wanted \x1b[31macme (rule 'acme-style')"),
        ("ukdriver-gicv2 0.1", "gicv2: too old (rule 'acme-style')"),
        ("ukdriver-pl011 0.1", r"pl011: is pl011, wanted \x1b[31macme (rule 'acme-style')"),
        ("ukdriver-pl011 0.1", "pl011: too old (rule 'acme-style')"),
    ]


def test_rule_that_finds_nothing(site: Site) -> None:
    assert ruled(site, "return ()").problems == ()


def test_rule_without_an_end_is_stopped(site: Site) -> None:
    result = ruled(site, "import itertools; return map(str, itertools.count())")

    assert len(result.problems) == 100


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("1 / 0", "ZeroDivisionError: division by zero (acme_hooks.py:8)"),
        ("raise SystemExit", "SystemExit (acme_hooks.py:8)"),
        ("return [1]", "TypeError: found int, wanted text (plugins.py:"),
        ("return 1", "TypeError: 'int' object is not iterable (plugins.py:"),
    ],
)
def test_rule_that_fails(site: Site, body: str, message: str) -> None:
    result = ruled(site, body)

    assert [one.name for one in result.drivers] == ["pl011"]
    (problem,) = result.problems
    assert problem.subject == "acme 2.0"
    assert problem.message.startswith(f"rule 'acme-style': pl011: {message}")
    assert not problem.used


def test_hook_of_rules_that_fails(site: Site) -> None:
    code = f"{HEAD}@hookimpl\ndef ukdrivers_checks():\n    return [len]\n"

    said = refused(site, code)

    assert said == (
        "ukdrivers_checks: returned a list with builtin_function_or_method, wanted a list of Rule"
    )


def test_our_own_rule_comes_through_the_hook(site: Site) -> None:
    site.add_driver("pl011", summary="'A driver.'")

    result = discover([site.path])

    assert [one.name for one in result.drivers] == ["pl011"]
    (problem,) = result.problems
    assert (problem.subject, problem.used) == ("ukdriver-pl011 0.1", True)
    assert problem.message == (
        "pl011: driver.summary: ends in a full stop, wanted a phrase (rule 'summary')"
    )
