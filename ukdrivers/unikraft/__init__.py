"""Host ``unikraft``: a stock Unikraft tree that the user has, and not a line of it changed."""

from __future__ import annotations

import os

__all__ = ["GLUE", "KIT", "ROOT"]

_PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

KIT = os.path.join(_PACKAGE, "kit")

#: our C that stands between the kit and a tree
ROOT = os.path.join(_PACKAGE, "hosts", "unikraft")
GLUE = os.path.join(ROOT, "glue")
