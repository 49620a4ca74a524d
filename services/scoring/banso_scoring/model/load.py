"""The success model from its file: read, checked, compiled; or refused with every fault's line and reason."""

from __future__ import annotations

from dataclasses import replace
from importlib.resources import files
from typing import Any

from pydantic import ValidationError

from banso_common.document import Document
from banso_common.findings import Finding, did_you_mean
from banso_scoring.domain.success_model import SuccessModel
from banso_scoring.model.compile import compile_model
from banso_scoring.model.findings import ModelError
from banso_scoring.model.schema import ModelFile
from banso_scoring.model.schema_parts import DOUBTS, Keys

DEFAULT_ORIGIN = "default.yaml"


def load_model(text: str, origin: str) -> SuccessModel:
    """The model that `text` says; `origin` names it in errors. Raises ModelError with all findings."""
    model, found = _read(Document(text, origin, ModelError), origin, None)
    if found or model is None:
        raise ModelError(origin, found)
    return replace(model, text=text)


def load_stored(text: str, version: str) -> tuple[SuccessModel, list[str]]:
    """A model that was stored, under the version that it was stored as, and what is refused of it today.

    It was good when it was stored, and accounts were judged by it: a check that came later does not take it away.
    Raises ModelError when it cannot be obeyed.
    """
    doubts: list[str] = []
    model, found = _read(Document(text, version, ModelError), version, {DOUBTS: doubts})
    if model is None:
        raise ModelError(version, found)
    return replace(model, text=text, version=version), [*doubts, *map(str, found)]


def _read(
    document: Document, origin: str, context: dict[str, list[str]] | None
) -> tuple[SuccessModel | None, list[Finding]]:
    """The model, or None, and what is wrong with it. Raises ModelError when no field can be trusted."""
    try:
        file = ModelFile.model_validate(document.values, context=context)
    except ValidationError as faults:
        raise ModelError(origin, [_finding(document, fault) for fault in faults.errors()]) from None
    model, faults_found = compile_model(file)
    return model, [Finding(document.line(path), document.where(path), reason) for path, reason in faults_found]


def check(text: str, origin: str) -> list[Finding]:
    """Everything that is wrong with the file, in the order of its lines; empty when it is good."""
    try:
        load_model(text, origin)
    except ModelError as fault:
        return fault.findings
    return []


def default_text() -> str:
    """The file that is used when a company has none."""
    return files("banso_scoring.model").joinpath(DEFAULT_ORIGIN).read_text(encoding="utf-8")


def default_model() -> SuccessModel:
    """The model that is used when a company has none."""
    return load_model(default_text(), DEFAULT_ORIGIN)


def _finding(document: Document, fault: Any) -> Finding:
    path, reason = tuple(fault["loc"]), str(fault["msg"])
    if fault["type"] == "extra_forbidden":
        reason = "unknown key" + did_you_mean(str(path[-1]), _KEYS)
    if path and path[-1] == "[key]":
        path = path[:-1]
        reason = f"{reason} (the key itself)"
    if fault["type"] == "missing":
        reason = "is missing"
    return Finding(document.line(path), document.where(path), reason)


def _keys() -> frozenset[str]:
    """Every key that any mapping of the file takes."""
    mappings = [Keys]
    for mapping in mappings:
        mappings += mapping.__subclasses__()
    return frozenset(field.alias or name for one in mappings for name, field in one.model_fields.items())


_KEYS = _keys()
