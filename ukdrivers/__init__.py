"""Device drivers for unikernels as pip packages.

A plugin's own code, when it has any, marks its hooks with :data:`ukdrivers.hooks.hookimpl`; what the
hooks return is in :mod:`ukdrivers.model`.
"""

from __future__ import annotations

__all__ = ["__version__"]

__version__ = "0.1.0"
