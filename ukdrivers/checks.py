"""The rules of our own, through the same hook as a stranger's."""

from __future__ import annotations

from ukdrivers.hooks import hookimpl
from ukdrivers.installed import Rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ukdrivers.installed import Driver

__all__ = ["ukdrivers_checks"]


@hookimpl
def ukdrivers_checks() -> list[Rule]:
    """Return ``summary``: it stands in a table, among others."""
    return [Rule(name="summary", check=_summary)]


def _summary(driver: Driver) -> Iterator[str]:
    if driver.summary.endswith("."):
        yield "driver.summary: ends in a full stop, wanted a phrase"
