"""``python -m ukdrivers`` is the program ``ukdrivers``."""

from __future__ import annotations

import sys

from ukdrivers.cli import main

sys.exit(main())
