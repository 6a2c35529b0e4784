"""Put the registry through mutated plugins: each ends in a driver or in what is wrong with it.

``python -m tests.mutations COUNT [SEED]`` prints what the slowest took, and the most memory.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time

from tests.site_folder import Site, manifest, write
from ukdrivers.cli.common import complaints
from ukdrivers.registry import search

#: of processor time, for one plugin
SECONDS = 1.0
MEBIBYTES = 200
FILES = {
    "ukdriver_pl011/ukdriver.toml": manifest("pl011", config="'Config.uk'", provides="['a@1']"),
    "ukdriver_pl011-0.1.dist-info/entry_points.txt": "[ukdrivers]\npl011 = ukdriver_pl011\n",
    "ukdriver_pl011-0.1.dist-info/METADATA": (
        "Metadata-Version: 2.4\nName: ukdriver-pl011\nVersion: 0.1\n\nName: other\n"
    ),
}
OTHERS = {"ukdriver_pl011/c/pl011.c": "", "ukdriver_pl011/Config.uk": ""}
TOKENS = (
    *(b"\0", b"\x1b[2J", b"\xff\xfe", b"\xef\xbb\xbf", b"\r\n", b"\xc2\x9b31m", b"\xe2\x80\xae"),
    *(b"[", b"]", b"[[", b"{", b"}", b"=", b".", b",", b"#", b'"', b"'''", b'"""', b"\\", b"\n"),
    *(b"9" * 5000, b"1e999999999", b"-inf", b"1979-05-27T07:32:00Z", b"0x" + b"f" * 9000, b"true"),
    *(b"[" * 3000, b"{a=" * 3000, b"a." * 3000, b"[a]\n" * 3000, b"[[a]]\n" * 3000, b"a" * 70000),
    *(b'"\\u001b[31m"', b'"\\U0010ffff"', b'"\\ud800"', b"[driver]\n", b"[ukdrivers]\n"),
    *(
        b"../../etc/passwd",
        b"/etc/passwd",
        b"c/../../x.c",
        b"[ukdrivers.hooks]\n",
        b"x = os:system\n",
    ),
    *(b"a = b\n" * 20000, b"a" * 300 + b" = b\n", b"pl011 = " + b"a." * 9000 + b"a\n"),
)


def mutated(pick: random.Random, data: bytes) -> bytes:
    for _ in range(pick.choice((1, 1, 2, 4, 16))):
        data = changed(pick, data)[: 1 << 21]
    return data


def changed(pick: random.Random, data: bytes) -> bytes:
    at, length = pick.randrange(len(data) + 1), pick.choice((1, 1, 4, 40))
    before, cut, after = data[:at], data[at : at + length], data[at + length :]
    lines = data.splitlines(keepends=True)
    return pick.choice(
        (
            before,
            before + after,
            before + bytes(byte ^ 1 << pick.randrange(8) for byte in cut) + after,
            before + pick.choice(TOKENS) + cut + after,
            before + pick.choice(TOKENS) + after,
            before + cut * pick.choice((2, 100, 3000)) + after,
            b"".join(pick.sample(lines, len(lines))),
        )
    )


def one(site: str, seed: int) -> float:
    """Search a folder with one mutated plugin, and return what that took."""
    pick = random.Random(seed)
    files = {name: text.encode() for name, text in FILES.items()}
    # The search has little to do when the way to the manifest is cut: mostly it is left alone.
    for name in pick.choices(list(files), weights=(8, 3, 1), k=pick.choice((1, 1, 1, 2))):
        files[name] = mutated(pick, files[name])
    write(site, files)
    started = time.process_time()
    found = search([site])
    took = time.process_time() - started
    registry = found.registry
    assert {driver.name for driver in registry.drivers} <= {"pl011"}
    said = complaints(registry)
    assert said.isascii() or said.replace("\n", "").isprintable()
    assert not set("\x1b\x9b\u202e\0") & set(said)
    assert len(said) < 4000 * (1 + len(registry.problems))
    assert took < SECONDS, f"took {took:.1f} s"
    return took


def _peak() -> int:
    """Return the most KiB of memory; ``getrusage`` counts what the caller had, too."""
    with open("/proc/self/status", encoding="ascii") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("VmHWM:"))


def main() -> None:
    count, first = int(sys.argv[1]), int(sys.argv[2]) if sys.argv[2:] else 0
    slowest = 0.0
    with tempfile.TemporaryDirectory() as folder:
        site = Site(folder).path
        write(site, OTHERS)
        for seed in range(first, first + count):
            try:
                slowest = max(slowest, one(site, seed))
            except BaseException:
                sys.stderr.write(f"seed {seed}\n")
                raise
    most = _peak() >> 10
    assert most < MEBIBYTES, f"{most} MiB"
    sys.stdout.write(f"{count} plugins, slowest {slowest:.3f} s, most memory {most} MiB\n")


if __name__ == "__main__":
    main()
