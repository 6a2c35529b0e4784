"""Build: make in the host's tree.

In:  :class:`~ukdrivers.model.Host`, :class:`~ukdrivers.model.Config`, and the folder that holds
     the wired files (from :mod:`ukdrivers.wire`).
Out: :class:`~ukdrivers.model.Image` (to :mod:`ukdrivers.boot`).
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from ukdrivers.diagnostics import Owner, blame
from ukdrivers.errors import BuildError, UsageError
from ukdrivers.files import publish
from ukdrivers.model import Image
from ukdrivers.tools import CROSS, find_tool

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from ukdrivers.model import Config, Driver, Host

__all__ = ["build"]

#: as the host's Makefile names it, from the platform and its architecture
IMAGE = "ukdrivers_kvm-arm64"
LOG = "make.log"
#: of make's, that a make around us would hand down; ours takes its orders from the command line
INHERITED = ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "MAKEOVERRIDES", "GNUMAKEFLAGS")
#: what make, or the shell it runs, would read as something else than a part of a path
UNSAFE = frozenset(" \t\n$#:;%\\'\"`*?[]|&<>(){}!=,")


def build(  # noqa: PLR0913  one call, every argument by name
    *,
    host: Host,
    drivers_folder: str,
    config: Config,
    app: str,
    output: str,
    drivers: Sequence[Driver] = (),
    cross: str = CROSS,
    verbose: bool = False,
    on_line: Callable[[str], None] = lambda _: None,
) -> Image:
    """Compile and link what changed.

    :param host: whose tree is built, and not written into
    :param drivers_folder: holds the wired files
    :param config: written to ``.config`` in *output*
    :param app: folder of the application library
    :param output: folder for everything that is made
    :param drivers: that *config* may turn on; errors in their sources are put down to them
    :param cross: prefix of the cross tools
    :param verbose: let make show the commands it runs
    :param on_line: called with each line that make and its commands write
    :returns: the image
    :raises UsageError: a path that make can't take
    :raises ToolError: no make, or no cross compiler
    :raises BuildError: the compiler's or linker's first error, with whose file it is in
    """
    output, app, drivers_folder = map(os.path.abspath, (output, app, drivers_folder))
    on = [driver for driver in drivers if config.is_on(driver.symbol)]
    _refuse_unsafe([host.root, drivers_folder, app, output, *(one.root for one in on)])
    command = [*_make(cross, verbose=verbose), "-C", host.root, f"O={output}", f"A={app}"]
    command += [f"C={output}/.config", f"CROSS_COMPILE={cross}"]
    command += [f"{name}={drivers_folder}" for name in ("UK_DRIV_BASE", "KCONFIG_DRIV_BASE")]

    publish(output, {".config": config.text}, owned=())
    lines: list[str] = []
    if _run(command, lines, on_line) != 0:
        raise _refused(lines, _owners(host, app, on), os.path.join(output, LOG))
    return _image(os.path.join(output, IMAGE), on)


def _refuse_unsafe(paths: Iterable[str]) -> None:
    for path in paths:
        found = sorted(UNSAFE.intersection(path))
        if found:
            what = "a space" if found[0] == " " else f"the character {found[0]!r}"
            raise UsageError(f"'{path}': has {what}, wanted a path that make can take")


def _make(cross: str, *, verbose: bool) -> list[str]:
    """Return make's command with its options; every tool it will need is there."""
    for tool in ("gcc", "ld", "objcopy"):
        find_tool(cross + tool)
    jobs = len(os.sched_getaffinity(0))
    sound = "V=1" if verbose else "--silent"
    return [find_tool("make"), f"-j{jobs}", "--output-sync=target", "--no-print-directory", sound]


def _run(command: Sequence[str], lines: list[str], on_line: Callable[[str], None]) -> int:
    """Run make and collect its lines; it doesn't outlive this call.

    Make has a process group of its own, so that what interrupts us doesn't reach it from two sides.
    Stopped, it says which unfinished files it removes, and it would stop at the first if nobody
    read that.
    """
    import signal
    import subprocess

    with subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        env=_environment(),
        process_group=0,
    ) as process:
        output = iter(process.stdout or ())
        try:
            for line in output:
                lines.append(line.rstrip("\n"))
                on_line(lines[-1])
        except BaseException:
            os.killpg(process.pid, signal.SIGTERM)
            lines.extend(output)
            raise
    return process.returncode


def _environment() -> Mapping[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in INHERITED}
    return {**kept, "LC_ALL": "C"}


def _owners(host: Host, app: str, drivers: Iterable[Driver]) -> list[Owner]:
    """List the folders that are compiled and whose they are; an inner folder before an outer."""
    kit = os.path.join(os.path.dirname(os.path.abspath(__file__)), "kit")
    return [
        *(Owner(f"{one.distribution} {one.version}", one.root, one.library) for one in drivers),
        Owner(f"app {os.path.basename(app)}", app),
        Owner(f"host {host.name}", host.root),
        Owner("kit", kit, "libukd"),
    ]


def _refused(lines: Sequence[str], owners: Sequence[Owner], log: str) -> BuildError:
    """Keep all that was said in a file, and word the first error."""
    with open(log, "w", encoding="utf-8") as file:
        file.writelines(f"{line}\n" for line in lines)
    return BuildError(blame(lines, owners), hint=f"see {log}")


def _image(path: str, drivers: Iterable[Driver]) -> Image:
    elf = f"{path}.dbg"
    for one in (path, elf):
        if not os.path.isfile(one):
            raise BuildError(f"{one}: not there, although make reported no error")
    return Image(path=path, elf=elf, drivers=tuple(driver.name for driver in drivers))
