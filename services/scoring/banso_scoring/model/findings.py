"""How a success model file is refused."""

from __future__ import annotations

from banso_common.findings import FileWrong


class ModelError(FileWrong):
    """The success model file is wrong; `findings` says where and why. The running model stays."""

    code = "model-wrong"
