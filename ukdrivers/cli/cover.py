"""``ukdrivers cover``: whether a driver set is all that its boards need, with a proof."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ukdrivers.cli.common import harmless, installed, print_json, print_table, say
from ukdrivers.cli.parser import Parser, add_refresh
from ukdrivers.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ukdrivers.cover import Proof
    from ukdrivers.driver_set import DriverSet
    from ukdrivers.installed import Driver, Platform, Registry

__all__ = ["run"]

EXAMPLES = """
# whether the drivers of a set are all that its boards need
$ ukdrivers cover arm-servers.toml
# the same for two boards, with a proof that somebody else can check
$ ukdrivers cover arm-servers.toml qemu:virt,gic-version=3 acme.dtb -o proof.json
$ ukdrivers cover --check proof.json
"""


def run(arguments: list[str]) -> int:
    """Prove a set for each board; fail when one isn't covered."""
    parser = Parser(
        "cover",
        what="Prove for each board that a driver set runs every node that is on, or has a reason "
        "not to; that suppliers are bound too, each slot of the platform has one provider, no "
        "registers are claimed twice and every interrupt exists.",
        examples=EXAMPLES,
    )
    parser.add_argument("set", metavar="SET", nargs="?", help="a driver set: FILE.toml")
    boards = "a device tree, or qemu:virt,…; left out: those that the set names"
    parser.add_argument("boards", metavar="BOARD", nargs="*", help=boards)
    parser.add_argument("-o", "--output", metavar="FILE", help="write the proof, as JSON")
    parser.add_argument("--check", metavar="PROOF", help="check a proof, by other means")
    parser.add_argument("--json", action="store_true", help="print the proof instead of a table")
    add_refresh(parser)
    options = parser.parse_args(arguments)
    if options.check is not None:
        return _check(options.check, others=[options.set, *options.boards, options.output])
    if options.set is None:
        raise UsageError("no SET given", hint="ukdrivers cover --help")
    return _cover(options.set, options.boards, options.output, options.json, options.refresh)


def _check(path: str, *, others: Sequence[str | None]) -> int:
    if any(others):
        raise UsageError("--check: given with more, wanted a proof and nothing else")
    from ukdrivers import checker

    return checker.main(path)


def _cover(path: str, boards: Sequence[str], output: str | None, as_json: bool, again: bool) -> int:
    from ukdrivers.board import read_board
    from ukdrivers.cover import prove
    from ukdrivers.driver_set import chosen, read_driver_set
    from ukdrivers.packages import Catalogues

    driver_set = read_driver_set(path)
    named = tuple(boards) or driver_set.boards
    if not named:
        raise UsageError(f"{path}: names no boards, and none was given")
    registry = installed(refresh=again)
    platform = _platform(registry, driver_set)
    known = Catalogues(registry.drivers, registry.catalogues)
    drivers, wrong = chosen(driver_set, registry.drivers, known)
    drivers += _of_host(registry, driver_set)
    proofs = [
        prove(driver_set, read_board(one), platform=platform, drivers=drivers) for one in named
    ]
    fields = _fields(driver_set, platform, drivers, proofs, wrong)
    if output is not None:
        _write(output, fields)
    if as_json:
        print_json("cover", fields)
    else:
        _print(proofs, wrong)
        if output is not None:
            say(f"proof written to {output}; check it with: ukdrivers cover --check {output}")
    return 0 if fields["covered"] else 1


def _platform(registry: Registry, driver_set: DriverSet) -> Platform:
    for one in registry.platforms:
        if one.name == driver_set.platform:
            return one
    names = " or ".join(one.name for one in registry.platforms)
    raise UsageError(
        f"{driver_set.path}: set.platform: '{driver_set.platform}' isn't installed, wanted {names}"
    )


def _of_host(registry: Registry, driver_set: DriverSet) -> list[Driver]:
    if driver_set.host is None:
        return []
    for one in registry.hosts:
        if one.name == driver_set.host:
            return [*one.drivers]
    names = " or ".join(one.name for one in registry.hosts)
    raise UsageError(
        f"{driver_set.path}: set.host: '{driver_set.host}' isn't installed, wanted {names}"
    )


def _write(path: str, fields: dict[str, object]) -> None:
    import os

    from ukdrivers.cli.common import as_json
    from ukdrivers.files import publish

    folder, name = os.path.split(os.path.abspath(path))
    publish(folder, {name: as_json("cover", fields)}, owned=(name,))


def _print(proofs: Sequence[Proof], wrong: Sequence[str]) -> None:
    rows = []
    for proof in proofs:
        bound = sum(one.driver is not None for one in proof.verdicts)
        verdict = "no" if proof.findings or wrong else "yes"
        counts = (str(bound), str(len(proof.verdicts) - bound), str(len(proof.findings)))
        rows.append((proof.board.source, verdict, *counts))
    print_table(("BOARD", "COVERED", "BOUND", "WITHOUT", "FINDINGS"), rows)
    for line in _lines(proofs, wrong):
        print(harmless(line))


def _lines(proofs: Sequence[Proof], wrong: Sequence[str]) -> Iterator[str]:
    for one in wrong:
        yield f"\ndriver set: {one}"
    for proof in proofs:
        if proof.findings:
            yield f"\n{proof.board.source}:"
        for finding in proof.findings:
            yield f"  {finding.where}: {finding.message}"


def _fields(
    driver_set: DriverSet,
    platform: Platform,
    drivers: Sequence[Driver],
    proofs: Sequence[Proof],
    wrong: Sequence[str],
) -> dict[str, object]:
    import os

    from ukdrivers.manifest import MANIFEST

    return {
        "set": driver_set.name,
        "covered": not wrong and not any(proof.findings for proof in proofs),
        "platform": {
            "name": platform.name,
            "slots": [slot.interface for slot in platform.slots],
            "offers": platform.offers,
        },
        "ignore": dict(driver_set.ignore),
        "missing": wrong,
        "drivers": [
            {
                "name": one.name,
                "distribution": one.distribution,
                "version": one.version,
                "manifest": os.path.join(one.root, MANIFEST),
                "compatible": one.compatible,
                "provides": one.provides,
                "requires": one.requires,
            }
            for one in drivers
        ],
        "boards": [_board(proof) for proof in proofs],
    }


def _board(proof: Proof) -> dict[str, object]:
    import base64

    return {
        "source": proof.board.source,
        "tree": base64.b64encode(proof.board.blob).decode(),
        "nodes": [
            {
                "path": one.path,
                "driver": one.driver,
                "compatible": one.compatible,
                "reason": one.reason,
                "suppliers": one.suppliers,
            }
            for one in proof.verdicts
        ],
        "slots": proof.providers,
        "findings": [{"where": one.where, "message": one.message} for one in proof.findings],
    }
