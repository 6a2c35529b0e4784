"""Tiers: how far a driver has been proved, computed from results that still hold.

In:  reports (from :mod:`ukdrivers.conformance.run`).
Out: :class:`Tier` (to :mod:`ukdrivers.cli`).

Results are kept in a file a driver, whole or not at all, with a digest of the driver's files and
one of the program's: when either has changed, they are not believed. Looking up what was kept
reads the times of these files, and their content only where the times have changed.

This module is on the path of ``ukdrivers list``: it imports what it needs where it needs it.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from ukdrivers.conformance.model import Settings
    from ukdrivers.conformance.run import Report
    from ukdrivers.installed import Driver

__all__ = ["Evidence", "Tier", "kept", "tier", "watched"]

SCHEMA = "ukdrivers/tiers/1"
#: suites by tier, each tier on top of the one before; CLASS stands for the class's own
CLASS = "class"
TIERS = (
    ("bronze", ("package", "boot")),
    ("silver", (CLASS,)),
    ("gold", ("sim", "coverage")),
    ("platinum", ("fuzz", "zoo", "unikraft")),
)
NONE = "-"
CORE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
#: what of the program has a say in a result
PARTS = ("conformance", "hosts", "kit", "unikraft")
#: not a driver's: made by Python, or left by its tools
GENERATED = ("__pycache__", "build", "dist")


class Tier:
    """A driver's tier, and what is missing for the next.

    :param name: ``-`` for none
    :param missing: one line each; empty at the top
    """

    def __init__(self, name: str, missing: tuple[str, ...]) -> None:
        self.name = name
        self.missing = missing


class Evidence:
    """Lists what each suite of a driver came to, while the files it ran with are the same."""

    def __init__(self, driver: Driver) -> None:
        self.driver = driver
        self.path = os.path.join(_folder(), f"{driver.name}.json")
        self.before = _stamps(driver)

    def add(self, reports: Iterable[Report], settings: Settings) -> None:
        """Keep what this driver's reports came to; nothing if a file has changed meanwhile.

        Suites that ran on fewer boards, or more briefly, than they would by themselves are no
        evidence.
        """
        import contextlib
        import json

        from ukdrivers.conformance.model import Settings as Default
        from ukdrivers.output import write_bytes

        is_short = settings.fuzz_runs < Default(folder="").fuzz_runs
        whole = [
            one for one in reports if not settings.boards and not (is_short and one.suite == "fuzz")
        ]
        suites = {**kept(self.driver), **{one.suite: _outcome(one) for one in whole}}
        digests = {name: _digest(root) for name, root in _roots(self.driver).items()}
        if not whole or _stamps(self.driver) != self.before:
            return
        value = {"schema": SCHEMA, "stamps": self.before, "digests": digests, "suites": suites}
        with contextlib.suppress(OSError):
            write_bytes(self.path, f"{json.dumps(value)}\n".encode())


def _outcome(report: Report) -> str:
    """Return what a suite came to in words; empty: it was passed."""
    if report.is_passed:
        return ""
    failed = report.count("failed")
    if failed:
        return f"{failed} of {len(report.results)} checks failed"
    return "; ".join(dict.fromkeys(one.found for one in report.left_out)) or "nothing was checked"


def kept(driver: Driver) -> dict[str, str]:
    """Return what each suite came to when it last ran with the files that are there now.

    :returns: by the suite's name; an empty text: it was passed
    """
    path = os.path.join(_folder(), f"{driver.name}.json")
    if not os.path.exists(path):
        return {}
    import json

    try:
        with open(path, encoding="utf-8") as file:
            value = json.load(file)
        if value["schema"] != SCHEMA or not _is_same(driver, value):
            return {}
        return {str(name): str(outcome) for name, outcome in value["suites"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def tier(driver: Driver, outcomes: Mapping[str, str] | None = None) -> Tier:
    """Return how far a driver has been proved.

    :param outcomes: by suite, as :func:`kept` returns them; None: what was kept
    """
    known = kept(driver) if outcomes is None else outcomes
    reached = NONE
    for name, suites in TIERS:
        wanted = [driver.class_ if one == CLASS else one for one in suites]
        missing = tuple(
            f"{one}: {known.get(one, 'not run yet')}" for one in wanted if known.get(one, "-")
        )
        if missing:
            return Tier(reached, tuple(f"{name}: {one}" for one in missing))
        reached = name
    return Tier(reached, ())


def watched(drivers: Iterable[Driver]) -> list[str]:
    """Return the files and folders that the tiers of drivers depend on, each once.

    The tiers are the same while the times of all of these are.
    """
    paths = dict.fromkeys([_folder()])
    for driver in drivers:
        path = os.path.join(_folder(), f"{driver.name}.json")
        if os.path.exists(path):
            paths[path] = None
            for roots in _roots(driver).values():
                paths |= dict.fromkeys(_all_below(roots))
    return list(paths)


def _folder() -> str:
    """Return where results are kept.

    Source: XDG Base Directory Specification 0.8, ``XDG_STATE_HOME``.
    """
    base = os.environ.get("XDG_STATE_HOME", "")
    if not os.path.isabs(base):
        base = os.path.join(os.path.expanduser("~"), ".local", "state")
    return os.path.join(base, "ukdrivers", "tiers")


def _roots(driver: Driver) -> dict[str, Sequence[str]]:
    """Return the folders that a driver's results depend on."""
    above = os.path.dirname(driver.root)
    is_source = os.path.isfile(os.path.join(above, "pyproject.toml"))
    tests = [os.path.join(above, "tests")] if is_source else []
    return {"driver": [driver.root, *tests], "core": [os.path.join(CORE, one) for one in PARTS]}


def _is_same(driver: Driver, value: Mapping[str, Mapping[str, object]]) -> bool:
    stamps = _stamps(driver)
    roots = _roots(driver)
    return all(
        stamps[name] == value["stamps"][name] or _digest(roots[name]) == value["digests"][name]
        for name in roots
    )


def _stamps(driver: Driver) -> dict[str, list[int]]:
    """Return what changes when a file does: how many there are, and sums of sizes and times."""
    stamps = {}
    for name, roots in _roots(driver).items():
        total = [0, 0, 0, 0]
        for entry in _entries(roots):
            status = entry.stat()
            one = (1, status.st_size, status.st_mtime_ns, status.st_ctime_ns)
            total = [have + more for have, more in zip(total, one, strict=True)]
        stamps[name] = total
    return stamps


def _digest(roots: Sequence[str]) -> str:
    import hashlib

    digest = hashlib.sha256()
    for entry in _entries(roots):
        with open(entry.path, "rb") as file:
            digest.update(f"{entry.name}\0".encode())
            digest.update(hashlib.sha256(file.read()).digest())
    return digest.hexdigest()


def _all_below(folders: Iterable[str]) -> Iterator[str]:
    for folder in folders:
        for place, inner, files in os.walk(folder):
            inner[:] = [one for one in inner if one not in GENERATED]
            yield place
            yield from (os.path.join(place, one) for one in files)


def _entries(folders: Iterable[str]) -> Iterator[os.DirEntry[str]]:
    """Yield the files below folders, in an order that depends on their names alone."""
    for folder in folders:
        if not os.path.isdir(folder):
            continue
        with os.scandir(folder) as found:
            entries = sorted(found, key=lambda one: one.name)
        for entry in entries:
            if entry.is_dir():
                if entry.name not in GENERATED:
                    yield from _entries([entry.path])
            else:
                yield entry
