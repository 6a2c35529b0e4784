"""``ukdrivers build``: wire the chosen drivers into an image and link it."""

from __future__ import annotations

import os

from ukdrivers.cli.common import harmless, installed, print_json, say
from ukdrivers.cli.parser import Parser, add_request, output_of, request_of
from ukdrivers.pipeline import make_image, prepare

__all__ = ["run"]

EXAMPLES = """
# an image for QEMU's machine virt with the drivers it needs
$ ukdrivers build qemu:virt,gic-version=2
# again, for the same board, with an application of one's own
$ ukdrivers build --app ./my-app
# in another folder, with an option set
$ ukdrivers build board.dtb -o build/board --set LIBUKDRIVER_PL011_DRAIN_US=100000
"""


def run(arguments: list[str]) -> int:
    """Build an image and print where it is."""
    parser = Parser(
        "build",
        what="Match, configure, wire, compile and link an image; do only what changed.",
        examples=EXAMPLES,
    )
    add_request(parser)
    parser.add_argument("-v", "--verbose", action="store_true", help="show the compiler's commands")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args(arguments)

    output = output_of(options)
    prepared = prepare(installed(refresh=options.refresh, exact=True), output, request_of(options))
    on_line = say if options.verbose else _ignore
    image = make_image(prepared, output, verbose=options.verbose, on_line=on_line)
    if options.json:
        wired = [os.path.join(output.drivers, one) for one in prepared.written]
        value = {"image": image.path, "elf": image.elf, "drivers": image.drivers, "wired": wired}
        print_json("build", value)
    else:
        print(harmless(f"image    {os.path.relpath(image.path)}"))
        print(harmless(f"drivers  {' '.join(image.drivers)}"))
    return 0


def _ignore(_: str) -> None:
    """Leave make's lines out; what goes wrong is said by the error."""
