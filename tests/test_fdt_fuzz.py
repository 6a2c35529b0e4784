"""100,000 mutated device trees: each ends in a board or in a BoardError that names the source.

Deterministic: a chunk's trees follow from its number alone, and a failure names the one tree.
"""

from __future__ import annotations

import os
import random
import signal
import struct
from typing import TYPE_CHECKING, NoReturn

import pytest

from ukdrivers.board import from_blob, read_board
from ukdrivers.errors import BoardError

if TYPE_CHECKING:
    from collections.abc import Callable

    Mutation = Callable[[random.Random, bytearray], None]

BOARDS = os.path.join(os.path.dirname(__file__), "data", "boards")
SEEDS = ("small.dts", "interrupts.dts", "nested.dts")

CHUNKS, TREES = 20, 5_000

#: A chunk takes about a second; a tree that never ends shall not take the whole run with it.
SECONDS = 120

#: Tokens, cell counts, sizes and signs on the edge of something.
WORDS = (0, 1, 2, 3, 4, 5, 8, 9, 16, 17, 64, 0xFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFC, 0xFFFFFFFF)

STRUCTURE, STRINGS, STRINGS_SIZE, STRUCTURE_SIZE = 8, 12, 32, 36


def field(blob: bytearray, offset: int) -> int:
    return int.from_bytes(blob[offset : offset + 4], "big")


def put(blob: bytearray, offset: int, value: int) -> None:
    struct.pack_into(">I", blob, offset, value & 0xFFFFFFFF)


def flip_a_bit(rng: random.Random, blob: bytearray) -> None:
    blob[rng.randrange(len(blob))] ^= 1 << rng.randrange(8)


def set_a_byte(rng: random.Random, blob: bytearray) -> None:
    blob[rng.randrange(len(blob))] = rng.randrange(256)


def set_a_word(rng: random.Random, blob: bytearray) -> None:
    put(blob, rng.randrange(len(blob) // 4) * 4, rng.choice(WORDS))


def nudge_a_word(rng: random.Random, blob: bytearray) -> None:
    offset = rng.randrange(len(blob) // 4) * 4
    put(blob, offset, field(blob, offset) + rng.choice((-8, -4, -1, 1, 4, 8)))


def copy_a_word(rng: random.Random, blob: bytearray) -> None:
    start, target = (rng.randrange(len(blob) // 4) * 4 for _ in range(2))
    blob[target : target + 4] = blob[start : start + 4]


def set_a_value(rng: random.Random, blob: bytearray) -> None:
    """Change the first word of some property's value, or what follows an empty one."""
    start = blob.find(b"\0\0\0\3", rng.randrange(40, max(41, len(blob))))
    if 0 <= start < len(blob) - 16:
        put(blob, start + 12, rng.choice(WORDS))


def cut_the_end(rng: random.Random, blob: bytearray) -> None:
    del blob[rng.randrange(len(blob)) :]


def resize_the_structure(rng: random.Random, blob: bytearray) -> None:
    """Take words out of the structure block, or double them, and keep the header right."""
    start, size = field(blob, STRUCTURE), field(blob, STRUCTURE_SIZE)
    if start + size > len(blob) or size < 8:
        return
    first = start + rng.randrange(size // 4) * 4
    last = min(first + 4 * rng.choice((1, 2, 3, 5, 8, 13, 40)), start + size)
    before = len(blob)
    if rng.random() < 0.5:
        del blob[first:last]
    else:
        target = start + rng.randrange(size // 4) * 4
        blob[target:target] = blob[first:last]
    grown = len(blob) - before
    for offset in (4, STRINGS, STRUCTURE_SIZE):
        put(blob, offset, field(blob, offset) + grown)


MUTATIONS: tuple[Mutation, ...] = (
    flip_a_bit,
    set_a_byte,
    set_a_word,
    set_a_word,
    set_a_value,
    set_a_value,
    nudge_a_word,
    copy_a_word,
    resize_the_structure,
)


def mutated(rng: random.Random, seed: bytes) -> bytes:
    """Change a tree in one to four places; only one in ten in its header or its length."""
    blob = bytearray(seed)
    header = bytes(blob[:40])
    for _ in range(rng.choice((1, 1, 1, 2, 2, 3, 4))):
        size = len(blob)
        rng.choice(MUTATIONS)(rng, blob)
        if len(blob) != size:
            header = bytes(blob[:40])
    if rng.random() < 0.9:
        blob[:40] = header
    elif rng.random() < 0.5:
        cut_the_end(rng, blob)
    return bytes(blob)


@pytest.fixture(scope="module")
def seeds() -> tuple[bytes, ...]:
    return tuple(read_board(os.path.join(BOARDS, name)).blob for name in SEEDS)


@pytest.fixture(autouse=True)
def deadline() -> object:
    def give_up(*_: object) -> NoReturn:
        pytest.fail(f"no end within {SECONDS} s")

    before = signal.signal(signal.SIGALRM, give_up)
    signal.alarm(SECONDS)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_a_mutated_tree_ends_in_a_board_or_a_clean_error(
    chunk: int, seeds: tuple[bytes, ...]
) -> None:
    boards = 0
    for number in range(chunk * TREES, (chunk + 1) * TREES):
        rng = random.Random(number)
        blob = mutated(rng, rng.choice(seeds))
        message = refusal(blob, number)
        assert message is None or message.startswith(("mutated: offset 0x", "mutated: /"))
        boards += message is None

    assert TREES // 10 < boards < TREES * 9 // 10, "the mutations no longer reach both ends"


def refusal(blob: bytes, number: int) -> str | None:
    """Read one tree; the message when it is refused, none when there is a board."""
    try:
        from_blob(blob, source="mutated")
    except BoardError as error:
        return str(error)
    except Exception as error:
        error.add_note(f"tree {number}: {blob.hex()}")
        raise
    return None
