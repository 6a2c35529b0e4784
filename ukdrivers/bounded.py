"""Reading of files that others wrote: never more than was agreed, never waiting on a pipe."""

from __future__ import annotations

import os
import stat

__all__ = ["read_bounded", "read_head"]

# Opening a pipe that nobody writes to would wait for ever.
_FLAGS = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC


def read_bounded(path: str, limit: int) -> bytes:
    """Return all of a regular file.

    :param limit: the most that it may hold, in bytes
    :raises OSError: it can't be read, is no regular file, or is larger; ``strerror`` says which
    """
    data = read_head(path, limit + 1)
    if len(data) > limit:
        raise OSError(0, f"is larger than {limit} bytes", path)
    return data


def read_head(path: str, size: int) -> bytes:
    """Return the first bytes of a regular file, at most *size* of them.

    :raises OSError: it can't be read, or is no regular file; ``strerror`` says which
    """
    descriptor = os.open(path, _FLAGS)
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise OSError(0, "is no regular file", path)
        # Asking for more than there is costs: the buffer is made before the read.
        return os.read(descriptor, min(size, status.st_size))
    finally:
        os.close(descriptor)
