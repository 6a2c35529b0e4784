"""``ukdrivers run``: boot the image in QEMU and check its console."""

from __future__ import annotations

import argparse
import math
import signal
import sys
from typing import TYPE_CHECKING

from ukdrivers.cli.common import harmless, print_json, say
from ukdrivers.cli.parser import Parser, add_output, output_of
from ukdrivers.pipeline import boot_image
from ukdrivers.script import Send, expect, read_script

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import FrameType

    from ukdrivers.script import Step

__all__ = ["run"]

DEADLINE_SECONDS = 10
EXAMPLES = """
# boot the image, with this terminal as its console
$ ukdrivers run
# answer its prompt, and fail unless the answer comes back
$ ukdrivers run --expect 'type a line: ' --send hello --expect 'echo: hello'
# the same from a file, with lines `expect REGEX` and `send TEXT`
$ ukdrivers run --script boot.script --timeout 30
# count guest time in instructions
$ ukdrivers run -- -icount shift=0
"""


def run(arguments: list[str]) -> int:
    """Boot the image; succeed only if it did what was expected and powered off by itself."""
    own, extra = _divided(arguments)
    options = _parser().parse_args(own)
    script = _script(options)
    attach = not script and sys.stdin.isatty()
    timeout = options.timeout or (math.inf if attach else DEADLINE_SECONDS)
    signal.signal(signal.SIGTERM, _end)
    stream = sys.stderr if options.json else sys.stdout

    def show(text: str) -> None:
        stream.write(harmless(text))
        stream.flush()

    log = boot_image(
        output_of(options),
        script=script,
        timeout=timeout,
        on_text=show,
        board=options.board,
        attach=attach,
        extra=extra,
    )
    if options.json:
        value = {"lines": log.lines, "status": log.status, "command": log.command}
        print_json("run", {**value, "seconds": round(log.seconds, 3)})
    else:
        say(f"powered off after {log.seconds:.2f} s")
    return 0


def _parser() -> Parser:
    parser = Parser(
        "run",
        what="Boot the image of the output folder in QEMU and show its console. Succeeds only if "
        "all that is expected was seen, in order, and the image powered off by itself. What follows "
        "-- goes to QEMU.",
        examples=EXAMPLES,
    )
    add_output(parser)
    parser.add_argument(
        "--board", metavar="BOARD", help="run it on another board than it was built for"
    )
    parser.add_argument("--script", metavar="FILE", help="lines `expect REGEX` and `send TEXT`")
    for name, metavar, what in (
        ("expect", "REGEX", "wait for a line in which REGEX is found; may be repeated"),
        ("send", "TEXT", "type TEXT and the Enter key; may be repeated"),
    ):
        parser.add_argument(
            *(f"--{name}",), metavar=metavar, dest="steps", action=_Step, default=[], help=what
        )
    parser.add_argument(
        "--timeout",
        metavar="S",
        type=seconds,
        help=f"seconds until power off (default: {DEADLINE_SECONDS}; none on a terminal)",
    )
    parser.add_argument("--json", action="store_true", help="print JSON; console to stderr")
    return parser


def _divided(arguments: list[str]) -> tuple[list[str], list[str]]:
    """Divide our own arguments from those for QEMU, which follow ``--``."""
    if "--" not in arguments:
        return arguments, []
    place = arguments.index("--")
    return arguments[:place], arguments[place + 1 :]


class _Step(argparse.Action):
    """Keep ``--expect`` and ``--send`` in the order in which they were given."""

    def __call__(
        self,
        _: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: object,
        option_string: str | None = None,
    ) -> None:
        text = str(values)
        is_send = option_string == "--send"
        step = Send(text=text) if is_send else expect(text, where="--expect")
        namespace.steps = [*namespace.steps, step]


def seconds(text: str) -> float:
    value = float(text)
    if not value > 0:
        raise ValueError(text)
    return value


def _script(options: argparse.Namespace) -> Sequence[Step]:
    steps: tuple[Step, ...] = ()
    if options.script:
        with open(options.script, encoding="utf-8", errors="backslashreplace") as file:
            steps = read_script(file.read(), source=options.script)
    return (*steps, *options.steps)


def _end(_: int, __: FrameType | None) -> None:
    """End as an interrupt would, so that QEMU is not left behind."""
    raise KeyboardInterrupt
