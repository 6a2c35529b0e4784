"""Output: the folder that holds all that is generated for one image, and what it was made from."""

from __future__ import annotations

import os

from ukdrivers.errors import UsageError
from ukdrivers.model import Image
from ukdrivers.values import Value

__all__ = ["Output", "Record", "read_record", "read_text", "write_bytes", "write_record"]

SCHEMA = "ukdrivers/output/1"


class Output(Value):
    """Where things are in an output folder."""

    folder: str  #: absolute

    @property
    def board(self) -> str:
        """The board's device tree."""
        return os.path.join(self.folder, "board.dtb")

    @property
    def config(self) -> str:
        """The configuration."""
        return os.path.join(self.folder, ".config")

    @property
    def drivers(self) -> str:
        """The wired drivers: menu, makefiles, table."""
        return os.path.join(self.folder, "drivers")

    @property
    def declared(self) -> str:
        """What was read from the drivers' C."""
        return os.path.join(self.folder, "declared")

    @property
    def record(self) -> str:
        """What the folder was made from."""
        return os.path.join(self.folder, "ukdrivers.json")


class Record(Value):
    """What an output folder was made from, and the image that came of it."""

    source: str  #: the board as the user named it
    platform: str
    host: str
    app: str  #: a folder, or the name of one of the host's own applications
    image: Image | None = None  #: None until a build was completed


def read_record(output: Output) -> Record | None:
    """Return what an output folder was made from; None for a folder not made by this program.

    :raises UsageError: there is such a file, but it is not this program's
    """
    import json

    try:
        with open(output.record, encoding="utf-8") as file:
            value = json.load(file)
        if value.pop("schema") != SCHEMA:
            raise ValueError(SCHEMA)  # noqa: TRY301 - one answer to every broken file
        image = value.pop("image")
        return Record(**value, image=_image(image) if image else None)
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise UsageError(
            f"{output.record}: not readable as {SCHEMA}",
            hint=f"remove {output.folder} and build again",
        ) from None


def _image(value: dict[str, object]) -> Image:
    drivers = value["drivers"]
    if not isinstance(drivers, list):
        raise TypeError(drivers)
    return Image(path=str(value["path"]), elf=str(value["elf"]), drivers=tuple(map(str, drivers)))


def write_record(output: Output, record: Record) -> None:
    """Keep what an output folder was made from."""
    import json

    image = None if record.image is None else vars(record.image)
    value = {"schema": SCHEMA, **vars(record), "image": image}
    write_bytes(output.record, f"{json.dumps(value, indent=2)}\n".encode())


def read_text(path: str) -> str | None:
    """Return what a file says; None if there is none."""
    try:
        with open(path, encoding="utf-8") as file:
            return file.read()
    except FileNotFoundError:
        return None


def write_bytes(path: str, data: bytes) -> bool:
    """Write a whole file or nothing; one that has these bytes already is not touched.

    :returns: whether it was written
    """
    try:
        with open(path, "rb") as file:
            if file.read() == data:
                return False
    except FileNotFoundError:
        os.makedirs(os.path.dirname(path), exist_ok=True)
    beside = f"{path}.new"
    with open(beside, "wb") as file:
        file.write(data)
    os.replace(beside, path)
    return True
