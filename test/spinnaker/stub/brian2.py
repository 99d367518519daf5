"""Stands for Brian2: takes settings."""

from types import SimpleNamespace

prefs = SimpleNamespace(codegen=SimpleNamespace(target=None))
defaultclock = SimpleNamespace(dt=None)
ms = 1
