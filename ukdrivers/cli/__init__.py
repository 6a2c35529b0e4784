"""The program ``ukdrivers``: one module a verb, and only the verb that was asked for is imported.

Data goes to standard output, everything else to standard error. Exit status: 0 done, 1 findings or
failure, 2 usage, 3 unsatisfiable, 77 something could not be run, 130 interrupted.
"""

from __future__ import annotations

import gc
import sys

from ukdrivers.errors import UkdriversError, UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["main"]

VERBS = {
    "list": "what drivers are installed",
    "show": "all that a driver's manifest says",
    "match": "which driver runs which node of a board, and why",
    "graph": "a board's tree to look at, with every verdict",
    "cover": "prove that a driver set is all that its boards need",
    "catalogue": "which drivers there are besides those that are installed",
    "menu": "choose drivers and set their options",
    "config": "set, look at, compare, save and explain values",
    "build": "wire the chosen drivers into an image and link it",
    "run": "boot the image in QEMU and check its console",
    "test": "put drivers through the conformance kit",
    "wire": "put the installed drivers into a stock Unikraft tree's build",
    "doctor": "what is missing on this machine, and what installs it",
    "completion": "a script that completes what is typed, for bash, zsh or fish",
}
COMPLETE = "complete"  # what that script asks; not for people
HELP = """\
usage: ukdrivers VERB [ARGUMENT...]

Device drivers for unikernels as pip packages: found, matched against a device
tree, offered in a menu, linked and booted.

verbs:
{verbs}

options:
  -h, --help  this text; after a verb, what that verb takes
  --version   the version of this program

exit status:
  0 done, 1 findings or failure, 2 usage, 3 unsatisfiable, 77 skipped, 130 interrupted

examples:
  # which drivers would run QEMU's machine virt
  $ ukdrivers match qemu:virt,gic-version=2
  # build an image for it, and boot it
  $ ukdrivers build qemu:virt,gic-version=2 --app hello
  $ ukdrivers run
"""
INTERRUPTED = 130  # as a shell says it: 128 + SIGINT
PIPE_CLOSED = 141  # 128 + SIGPIPE


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    :param arguments: without the program's name; those of this process if None
    :returns: the exit status
    """
    if arguments is None:
        gc.disable()  # this process ends soon: collecting costs a tenth of a cold `list`, frees little
    try:
        try:
            return _dispatch(sys.argv[1:] if arguments is None else list(arguments))
        except SystemExit as end:  # argparse's, after --help
            return end.code if isinstance(end.code, int) else 1
        finally:
            sys.stdout.flush()
    except UkdriversError as error:
        return _complain(str(error), error.hint, error.exit_code)
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        return _hang_up()
    except OSError as error:
        if error.filename is None:
            raise
        return _complain(f"{error.filename}: {(error.strerror or 'failed').lower()}", None, 1)


def _dispatch(arguments: list[str]) -> int:
    verb, rest = (arguments[0], arguments[1:]) if arguments else ("", [])
    if verb == "help" and rest:
        verb, rest = rest[0], ["--help"]
    if verb in VERBS or verb == COMPLETE:
        # as importlib.import_module, without the import of that
        return int(__import__(f"ukdrivers.cli.{verb}", fromlist=["run"]).run(rest))
    if verb in {"-h", "--help", "help"}:
        print(_help(), end="")
        return 0
    if verb == "--version":
        from ukdrivers import __version__

        print(f"ukdrivers {__version__}")
        return 0
    raise _unknown(verb)


def _help() -> str:
    return HELP.format(verbs="\n".join(f"  {verb:<11} {what}" for verb, what in VERBS.items()))


def _unknown(verb: str) -> UsageError:
    from ukdrivers.cli.common import nearest

    if not verb:
        return UsageError("no verb given", hint="ukdrivers --help")
    near = nearest(verb, VERBS)
    return UsageError(
        f"'{verb}': no such verb, wanted one of {', '.join(VERBS)}",
        hint=f"ukdrivers {near}" if near else "ukdrivers --help",
    )


def _complain(message: str, hint: str | None, status: int) -> int:
    from ukdrivers.cli.common import complain

    complain(message, hint)
    return status


def _hang_up() -> int:
    """Leave quietly when what reads our output has gone."""
    import os

    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return PIPE_CLOSED
