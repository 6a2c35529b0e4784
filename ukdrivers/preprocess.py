"""Preprocess: run the cross compiler's preprocessor over one C file.

In:  a source file of a driver (from :mod:`ukdrivers.source`).
Out: text that pycparser can parse, with line markers.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from ukdrivers.diagnostics import first_error, shortened
from ukdrivers.errors import WireError

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["ERASED", "FLAGS", "files_read", "preprocess"]

#: as the hosts compile, so that the same ``#if`` branches are taken
FLAGS = ("-std=gnu11", "-ffreestanding", "-O2", "-nostdinc")

#: GNU spellings that pycparser doesn't know, defined away or to what it does know.
#: ``__volatile__`` has to be a macro with arguments: in ``__asm__ __volatile__ (...)`` it swallows
#: the parenthesis that ``__asm__`` would have needed to be one itself.
ERASED = (
    "-D__attribute__(x)=",
    "-D__thread=_Thread_local",
    "-D__asm__(...)=",
    "-Dasm(...)=",
    "-D__asm(...)=",
    "-D__volatile__(...)=",
    "-D__volatile(...)=",
    "-Dvolatile(...)=",
    "-D__extension__=",
    "-D__inline=inline",
    "-D__inline__=inline",
    "-D__restrict=restrict",
    "-D__signed__=signed",
    "-D__builtin_va_list=int",
    "-D__builtin_va_arg(a,t)=(*(t*)(a))",
    "-D__builtin_offsetof(t,m)=((unsigned long)&((t*)0)->m)",
    "-D__builtin_types_compatible_p(a,b)=1",
    "-D__typeof__(x)=int",
    "-D__typeof(x)=int",
    "-Dtypeof(x)=int",
    "-D__int128=long",
    "-D__alignof__(x)=8",
    "-D_Alignof(x)=8",
    "-D__auto_type=int",
)

#: stands in for the configuration, which no driver has a say in before it is wired, and for what a
#: compiler without a C library lacks; searched last
BLANK = os.path.join(os.path.dirname(os.path.abspath(__file__)), "kit", "blank", "include")


def preprocess(path: str, *, compiler: str, includes: Sequence[str]) -> str:
    """Expand the macros and includes of one C file.

    :param path: of the file
    :param compiler: a gcc or clang
    :param includes: folders for ``#include``, searched in order
    :returns: the text, with line markers and without GNU extensions
    :raises WireError: the compiler refused the file, with the place it did
    """
    import subprocess

    folders = [f"-I{folder}" for folder in includes]
    folders += ["-isystem", _own_headers(compiler), "-idirafter", BLANK]
    command = [compiler, "-E", *FLAGS, *ERASED, *folders, path]
    done = subprocess.run(
        command,
        check=False,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        env={**os.environ, "LC_ALL": "C"},
    )
    if done.returncode != 0:
        found = first_error(done.stderr.splitlines())
        _, place, message = found or (0, path, "cannot be preprocessed")
        raise WireError(f"{shortened(place, path)}: {message}")
    return done.stdout


def _own_headers(compiler: str) -> str:
    """Return the folder of the headers that come with the compiler itself, e.g. ``stdint.h``.

    Those of a C library are kept out: a cross compiler falls back to this machine's.
    """
    import subprocess

    command = (compiler, "-print-file-name=include")
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def files_read(text: str) -> tuple[str, ...]:
    """List the files that went into preprocessed text.

    :param text: with line markers
    :returns: paths as the compiler spells them, in order of first appearance
    """
    paths: dict[str, None] = {}
    for line in text.splitlines():
        if line.startswith("# "):
            path = line.partition('"')[2].partition('"')[0]
            if path and path[0] != "<" and not path.endswith("/"):
                paths[path] = None
    return tuple(paths)
