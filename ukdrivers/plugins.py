"""What plugins answer when asked through pluggy, each implementation on its own.

Used by :mod:`ukdrivers.registry`. A plugin that can't be imported, registered or asked ends as a
problem with the name of its distribution; pluggy alone would stop at the first.
"""

from __future__ import annotations

import itertools
import os

import pluggy

from ukdrivers import __version__, checks, hooks, hosts, platforms
from ukdrivers.distributions import HOOKS
from ukdrivers.errors import UkdriversError
from ukdrivers.installed import Driver, Host, Platform, Problem, Rule
from ukdrivers.rules import is_name, printable, quoted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import TypeVar

    from ukdrivers.distributions import Distribution

    Named = TypeVar("Named", Driver, Platform, Host, Rule)

__all__ = ["Plugins"]

_CORE = f"ukdrivers {__version__}"
_MOST_FINDINGS = 100  # of one rule in one driver


class _Manifests:
    """All installed manifests as one plugin: what it takes to register n is quadratic in n."""

    def __init__(self, drivers: Sequence[Driver]) -> None:
        self._drivers = drivers

    @hooks.hookimpl
    def ukdrivers_drivers(self) -> Sequence[Driver]:
        return self._drivers


class Plugins:
    """Everything that implements our hooks: the manifests, our own modules, strangers' code.

    :param drivers: that the installed manifests describe
    :param distributions: whose entry points in group ``ukdrivers.hooks`` are loaded
    """

    def __init__(self, drivers: Sequence[Driver], distributions: Iterable[Distribution]) -> None:
        self.problems: list[Problem] = []
        self._titles: dict[str, str] = {}  # of a distribution, by its plugin's name in pluggy
        self._manager = pluggy.PluginManager(hooks.PROJECT)
        self._manager.add_hookspecs(hooks)
        for own in (_Manifests(drivers), platforms, hosts, checks):
            self._add(own, _CORE)
        for distribution in distributions:
            for name, value in distribution.group(HOOKS):
                self._load(name, value, distribution.title)

    def drivers(self) -> list[tuple[str, Driver]]:
        """Return each driver after the distribution that gives it."""
        answers = self._ask("ukdrivers_drivers", Driver)
        return [(f"{one.distribution} {one.version}", one) for _, one in answers]

    def platforms(self) -> list[tuple[str, Platform]]:
        """Return each platform after the distribution that gives it."""
        return self._ask("ukdrivers_platforms", Platform)

    def hosts(self) -> list[tuple[str, Host]]:
        """Return each host after the distribution that gives it."""
        return self._ask("ukdrivers_hosts", Host)

    def check(self, drivers: Iterable[Driver]) -> None:
        """Put every driver to every rule; what they find is a problem each."""
        everything = list(drivers)
        for title, rule in self._ask("ukdrivers_checks", Rule):
            try:
                for driver in everything:
                    for finding in itertools.islice(rule.check(driver), _MOST_FINDINGS):
                        self._find(driver, rule.name, finding)
            except (Exception, SystemExit) as error:  # noqa: BLE001 - a stranger's code
                self._refuse(title, f"rule '{rule.name}': {driver.name}: {_told(error)}")

    def _find(self, driver: Driver, rule: str, finding: object) -> None:
        if not isinstance(finding, str):
            raise TypeError(f"found {type(finding).__name__}, wanted text")
        message = f"{driver.name}: {printable(finding)} (rule '{rule}')"
        title = f"{driver.distribution} {driver.version}"
        self.problems.append(Problem(subject=title, message=message, used=True))

    def _load(self, name: str, value: str, title: str) -> None:
        import importlib_metadata

        where = f"entry point {quoted(name)} in group {HOOKS}"
        try:
            plugin = importlib_metadata.EntryPoint(name, value, HOOKS).load()
        except (Exception, SystemExit) as error:  # noqa: BLE001 - a stranger's code
            self._refuse(title, f"{where}: cannot be imported: {_told(error)}")
            return
        try:
            self._add(plugin, title)
        except (ValueError, pluggy.PluginValidationError) as error:
            self._refuse(title, f"{where}: {printable(str(error))}")

    def _add(self, plugin: object, title: str) -> None:
        name = f"{len(self._titles)} {title}"
        self._titles[name] = title
        try:
            self._manager.register(plugin, name)
            self._manager.check_pending()
        except pluggy.PluginValidationError:
            if self._manager.has_plugin(name):
                self._manager.unregister(name=name)
            raise

    def _ask(self, hook: str, kind: type[Named]) -> list[tuple[str, Named]]:
        answers: list[tuple[str, Named]] = []
        for implementation in getattr(self._manager.hook, hook).get_hookimpls():
            title = self._titles[implementation.plugin_name]
            if implementation.wrapper or implementation.hookwrapper:
                self._refuse(title, f"{hook}: is a wrapper, wanted an implementation")
                continue
            try:
                values = _checked(implementation.function(), kind)
            except UkdriversError as error:
                self._refuse(title, f"{hook}: {error}", error.hint)
            except (Exception, SystemExit) as error:  # noqa: BLE001 - a stranger's code
                self._refuse(title, f"{hook}: {_told(error)}")
            else:
                answers.extend((title, value) for value in values)
        return answers

    def _refuse(self, title: str, message: str, hint: str | None = None) -> None:
        self.problems.append(Problem(subject=title, message=message, hint=hint))


def _checked(answer: object, kind: type[Named]) -> list[Named]:
    """Return what a hook answered, if all of it is of one type and bears a name."""
    wanted = f"wanted a list of {kind.__name__}"
    if answer is None:
        return []
    if not isinstance(answer, (list, tuple)):
        raise UkdriversError(f"returned {type(answer).__name__}, {wanted}")
    for value in answer:
        if not isinstance(value, kind):
            raise UkdriversError(f"returned a list with {type(value).__name__}, {wanted}")
        if not isinstance(value.name, str) or not is_name(value.name):
            shown = quoted(str(value.name))
            raise UkdriversError(f"returned a {kind.__name__} of the name {shown}")
    return list(answer)


def _told(error: BaseException) -> str:
    """Return what was raised, and where, on one line."""
    text = f"{type(error).__name__}: {printable(str(error))}".removesuffix(": ")
    last = error.__traceback__
    while last is not None and last.tb_next is not None:
        last = last.tb_next
    if last is None:
        return text
    return f"{text} ({os.path.basename(last.tb_frame.f_code.co_filename)}:{last.tb_lineno})"
