"""Answers: what is installed, from the index while that holds, from one search otherwise.

What `list` prints stands in the index as it is printed, and each driver as a value of its own, so
that no command reads more than it needs.
"""

from __future__ import annotations

import marshal
import os

from ukdrivers import index
from ukdrivers.installed import Driver, Host, Platform, Problem, Registry, Slot
from ukdrivers.values import fields, restored

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import Any

    from ukdrivers.index import Index

__all__ = ["TITLES", "driver_named", "list_fields", "list_row", "registry", "renewed", "tier_of"]

#: of `list`
TITLES = ("NAME", "CLASS", "VERSION", "TIER", "FROM", "SUMMARY")
#: so many drivers are read at once: `show` needs one, `match` all
PIECE = 64
#: what reading an index raises that isn't as we wrote it
BROKEN = (ValueError, TypeError, EOFError, KeyError, IndexError, AttributeError)


def registry(*, refresh: bool = False, exact: bool = False) -> Registry:
    """Return what is installed.

    :param refresh: search, whatever the index says
    :param exact: search too if a manifest has been edited where no folder shows it
    """
    kept = None if refresh else index.opened(index.search_path())
    if kept is not None:
        with kept:
            try:
                if not exact or _is_exact(kept):
                    return _registry(kept)
            except BROKEN:
                pass
    return renewed()[0]


def renewed() -> tuple[Registry, str | None]:
    """Search for what is installed, and keep it in the index.

    :returns: what was found, and why it could not be kept
    """
    from ukdrivers.conformance.tiers import watched
    from ukdrivers.registry import search

    stamps = index.Stamps(index.search_path())
    found = search()
    if found.hooked:
        return found.registry, f"code of {' and '.join(found.hooked)} is asked each time"
    more = watched(found.registry.drivers)
    return found.registry, stamps.save([*found.watched, *more], _sections(found.registry))


def driver_named(kept: Index, name: str) -> tuple[Driver, str] | None:
    """Return one driver of an index and its tier; None: it isn't there.

    :raises ValueError: its manifest has changed since, which shows in no folder
    """
    lines = kept.section("names")
    start = lines.find(f"\n{name}\t".encode(errors="replace")) + 1
    if not start:
        return None
    _, offset, size, number, tier, _, stamp = lines[start : lines.index(b"\n", start)].split(b"\t")
    driver = _drivers(kept.section("drivers", int(offset), int(size)))[int(number)]
    if index.stamp(_manifest(driver))[0] != stamp:
        raise ValueError(f"{name}: has changed")
    return driver, tier.decode()


def _is_exact(kept: Index) -> bool:
    """Whether every manifest is as it was."""
    rows = [line.split(b"\t") for line in kept.section("names").split(b"\n")[1:-1]]
    return all(index.stamp(row[-2])[0] == row[-1] for row in rows)


def tier_of(driver: Driver) -> str:
    """Return how far a driver has been proved: ``-``, or a tier of the conformance kit."""
    from ukdrivers.conformance.tiers import tier

    return tier(driver).name


def list_row(driver: Driver, tier: str) -> tuple[str, ...]:
    """Return what `list` tells of a driver in a table."""
    return (driver.name, driver.class_, driver.version, tier, driver.distribution, driver.summary)


def list_fields(driver: Driver, tier: str) -> dict[str, object]:
    """Return what `list --json` tells of a driver."""
    return {
        "name": driver.name,
        "class": driver.class_,
        "version": driver.version,
        "tier": tier,
        "distribution": driver.distribution,
        "summary": driver.summary,
        "compatible": driver.compatible,
        "arch": driver.arch,
        "platforms": driver.platforms,
    }


def _sections(registry: Registry) -> dict[str, bytes]:
    from ukdrivers.cli.common import all_drivers, as_json, as_table, complaints

    drivers = [(driver, tier_of(driver)) for driver in all_drivers(registry)]
    listed = [list_fields(*one) for one in drivers]
    pieces = [
        marshal.dumps([fields(one) for one, _ in drivers[start : start + PIECE]])
        for start in range(0, len(drivers), PIECE)
    ]
    return {
        "said": complaints(registry).encode(),
        "json": as_json("list", {"drivers": listed}).encode(),
        "table": as_table(TITLES, [list_row(*one) for one in drivers]).encode(),
        "names": _names(drivers, [len(one) for one in pieces]),
        "drivers": b"".join(pieces),
        "rest": marshal.dumps(_rest(registry, [len(one) for one in pieces])),
    }


def _names(drivers: Iterable[tuple[Driver, str]], sizes: Sequence[int]) -> bytes:
    """Return a line a driver: its name, its piece and number there, its tier, its manifest and the stamp of that."""
    lines, offset = [b"\n"], 0
    for count, (driver, tier) in enumerate(drivers):
        piece, number = divmod(count, PIECE)
        line = f"{driver.name}\t{offset}\t{sizes[piece]}\t{number}\t{tier}\t".encode()
        manifest = os.fsencode(_manifest(driver))
        lines.append(b"%s%s\t%s\n" % (line, manifest, index.stamp(manifest)[0]))
        offset += sizes[piece] if number == PIECE - 1 else 0
    return b"".join(lines)


def _manifest(driver: Driver) -> str:
    return os.path.join(driver.root, "ukdriver.toml")


def _rest(registry: Registry, sizes: list[int]) -> dict[str, Any]:
    """Return all of a registry but the drivers, as plain data."""
    return {
        "sizes": sizes,
        "platforms": [
            {**vars(one), "slots": [vars(slot) for slot in one.slots]} for one in registry.platforms
        ],
        "hosts": [{**vars(one), "drivers": len(one.drivers)} for one in registry.hosts],
        "problems": [vars(one) for one in registry.problems],
        "catalogues": registry.catalogues,
    }


def _drivers(piece: bytes) -> list[Driver]:
    return [restored(Driver, one) for one in marshal.loads(piece)]  # noqa: S302


def _registry(kept: Index) -> Registry:
    rest = marshal.loads(kept.section("rest"))  # noqa: S302 - our own, as a .pyc file is
    pieces, drivers, offset = kept.section("drivers"), [], 0
    for size in rest["sizes"]:
        drivers += _drivers(pieces[offset : offset + size])
        offset += size
    hosts: list[Host] = []
    for host in reversed(rest["hosts"]):
        own = [drivers.pop() for _ in range(host["drivers"])]
        hosts.insert(0, Host(**{**host, "drivers": tuple(reversed(own))}))
    return Registry(
        drivers=tuple(drivers),
        platforms=tuple(map(_platform, rest["platforms"])),
        hosts=tuple(hosts),
        problems=tuple(Problem(**one) for one in rest["problems"]),
        catalogues=rest["catalogues"],
    )


def _platform(plain: Mapping[str, Any]) -> Platform:
    slots = tuple(Slot(**one) for one in plain["slots"])
    return Platform(**{**plain, "slots": slots})
