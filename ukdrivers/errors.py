"""Every error ukdrivers raises on purpose. One root, one class a stage."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ukdrivers.unmet import Cause

__all__ = [
    "BoardError",
    "BootError",
    "BuildError",
    "ConfigError",
    "ManifestError",
    "MatchError",
    "MenuError",
    "PluginError",
    "SelectError",
    "ToolError",
    "UkdriversError",
    "UsageError",
    "WireError",
]


class UkdriversError(Exception):
    """Root of the tree. The command line catches this and nothing wider.

    :param message: one clause, no capital, no full stop: subject, what is, what was wanted
    :param hint: what to do next, when there is one clear thing
    """

    #: exit status of the command line; 1 is a failure, 2 usage, 3 unsatisfiable
    exit_code = 1

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.hint = hint


class UsageError(UkdriversError):
    """The command line was given something that does not exist or does not fit."""

    exit_code = 2


class ToolError(UkdriversError):
    """A program this machine needs is missing; the hint names the package that brings it."""


class ManifestError(UkdriversError):
    """One ``ukdriver.toml`` is unusable."""


class PluginError(UkdriversError):
    """An installed plugin is unusable, or two plugins claim one name."""


class BoardError(UkdriversError):
    """A device tree cannot be read, or contradicts itself."""


class MatchError(UkdriversError):
    """A node that the platform cannot boot without has no driver."""


class SelectError(UkdriversError):
    """No set of installed drivers satisfies what the board and the platform need.

    :param cause: why, where it is known in single facts
    """

    exit_code = 3
    change: str | None = None  #: one that was tried and mends it

    def __init__(
        self, message: str, *, hint: str | None = None, cause: Cause | None = None
    ) -> None:
        super().__init__(message, hint=hint)
        self.cause = cause

    @property
    def facts(self) -> tuple[str, ...]:
        """The fewest facts that can't hold together; empty: they aren't known."""
        return self.cause.facts if self.cause else ()


class MenuError(UkdriversError):
    """A driver's ``Config.uk`` fragment cannot be put into the driver menu."""


class ConfigError(UkdriversError):
    """A requested value cannot be had."""

    exit_code = 3


class WireError(UkdriversError):
    """A driver's C and its manifest disagree, or the wired files cannot be written."""


class BuildError(UkdriversError):
    """The compiler or the linker refused the image."""


class BootError(UkdriversError):
    """The image did not do on its console what was expected of it."""
