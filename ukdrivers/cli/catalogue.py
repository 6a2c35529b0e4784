"""``ukdrivers catalogue``: which drivers there are besides those that are installed."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from ukdrivers.cli.common import installed, print_json, print_table, say
from ukdrivers.cli.parser import Parser
from ukdrivers.errors import UsageError
from ukdrivers.packages import SHIPPED, own_catalogue, read_catalogue

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ukdrivers.packages import Package

__all__ = ["run"]

EXAMPLES = """
# every known package, and who says so
$ ukdrivers catalogue
# know the drivers of these wheels; nothing is installed, and nothing of them is run
$ ukdrivers catalogue add wheels/*.whl
# forget one
$ ukdrivers catalogue remove ukdriver-acme-uart
"""
HEADER = "# Made by `ukdrivers catalogue`: packages that are known, but needn't be installed.\n"


def run(arguments: list[str]) -> int:
    """Print, extend or cut the catalogue."""
    parser = Parser(
        "catalogue",
        what="Print which packages are known to carry drivers. `match` names them for nodes that "
        "no installed driver runs.",
        examples=EXAMPLES,
    )
    parser.add_argument("action", choices=("list", "add", "remove"), nargs="?", default="list")
    text = "wheels to add (FILE.whl), or distributions to remove"
    parser.add_argument("what", metavar="WHAT", nargs="*", help=text)
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args(arguments)
    if options.action != "list" and not options.what:
        raise UsageError(f"{options.action}: nothing named", hint="ukdrivers catalogue --help")
    if options.action == "add":
        return _add(options.what)
    if options.action == "remove":
        return _remove(options.what)
    if options.what:
        raise UsageError(f"list: {options.what[0]} was given, wanted nothing more")
    return _list(as_json=options.json)


def _list(*, as_json: bool) -> int:
    registry = installed()
    paths = (SHIPPED, *registry.catalogues, own_catalogue())
    packages = [one for path in paths for one in read_catalogue(path)]
    present = {one.distribution for one in registry.drivers}
    if as_json:
        fields = [{**_fields(one), "installed": one.distribution in present} for one in packages]
        print_json("catalogue", {"packages": fields})
    else:
        titles = ("DRIVER", "PACKAGE", "VERSION", "INSTALLED", "SAYS")
        rows = [
            (
                one.name,
                one.distribution,
                one.version or "-",
                "yes" if one.distribution in present else "no",
                one.source,
            )
            for one in packages
        ]
        print_table(titles, rows)
    return 0


def _fields(package: Package) -> dict[str, object]:
    return {
        "distribution": package.distribution,
        "version": package.version,
        "name": package.name,
        "provides": package.provides,
        "requires": package.requires,
        "compatible": package.compatible,
        "platforms": package.platforms,
        "arch": package.arch,
        "source": package.source,
    }


def _add(paths: Sequence[str]) -> int:
    """Add what all the wheels carry, or, if one can't be read, nothing."""
    from ukdrivers.wheels import packages_in

    found = [package for path in paths for package in packages_in(path)]
    names = {(one.distribution, one.name) for one in found}
    kept = [
        one for one in read_catalogue(own_catalogue()) if (one.distribution, one.name) not in names
    ]
    _write([*kept, *found])
    for one in found:
        say(f"{one.name}: {one.distribution} {one.version}")
    return 0


def _remove(names: Sequence[str]) -> int:
    packages = read_catalogue(own_catalogue())
    unknown = [name for name in names if name not in {one.distribution for one in packages}]
    if unknown:
        raise UsageError(f"{own_catalogue()}: has no {unknown[0]}", hint="ukdrivers catalogue")
    _write([one for one in packages if one.distribution not in names])
    return 0


def _write(packages: Sequence[Package]) -> None:
    import json

    from ukdrivers.files import publish

    text = HEADER
    for one in sorted(packages, key=lambda package: (package.distribution, package.name)):
        # a JSON text or list of texts is TOML as well
        lines = (f"{key} = {json.dumps(value)}\n" for key, value in _fields(one).items())
        text += f"\n[[package]]\n{''.join(lines)}"
    folder, name = os.path.split(own_catalogue())
    publish(folder, {name: text}, owned=(name,))
