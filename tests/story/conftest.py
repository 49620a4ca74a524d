"""Stories start the real thing in a folder of their own."""

from __future__ import annotations

from tests.standalone.conftest import data_dir

__all__ = ["data_dir"]
