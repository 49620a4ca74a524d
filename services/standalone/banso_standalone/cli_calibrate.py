"""`banso model calibrate`: a proposal for a model's weights and ramps, learnt from what came, as a file of its own.

The running model is never changed. What is learnt is learnt from the earlier part of the past; the figures beside
the proposal are of the later part, which the learning did not see.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

import msgspec
import numpy as np
import typer

from banso_common.errors import SettingsError
from banso_scoring.domain.learning.learning_proposal import Learnt, Proposal, propose
from banso_scoring.domain.learning.learning_weights import NEW, bands_of, points_of, scores
from banso_scoring.domain.past.backtest import Rows
from banso_scoring.domain.past.backtest_figures import Estimate
from banso_scoring.domain.past.backtest_report import Part, Report, gain_of, pooled, report
from banso_scoring.domain.success_model import SuccessModel
from banso_scoring.model.load import default_text, load_model
from banso_scoring.model.rewritten import Changes, rewritten
from banso_standalone.asked import Asked, asked_of, running_model_file
from banso_standalone.backtest_shown import estimate, show
from banso_standalone.cli_backtest import ExampleOption, SetOption, bars, parts_of, spans_of
from banso_standalone.cli_model import JsonOption
from banso_standalone.models import model_of, read_text
from banso_standalone.settings import Example
from banso_standalone.spans import Span

EARLIER_SHARE = 2 / 3
LABEL = {"ja": "その他の兆し", "en": "other signs"}


class Learned(msgspec.Struct, frozen=True):
    """What `--json` prints. `file` is null when the model that is there does as well on the later days."""

    file: str | None
    rows: int
    left: int
    auc_now: float
    tried: list[dict[str, object]]
    reports: list[Report]
    gain: Estimate | None


@dataclass(frozen=True, slots=True)
class Written:
    """A proposal as the text of a file, and as a model."""

    text: str
    model: SuccessModel


def add(group: typer.Typer) -> None:
    """Put the command into `banso model`."""
    group.command("calibrate")(calibrate)


def calibrate(
    file: Annotated[Path | None, typer.Argument(help="The model to begin with; the running one if none.")] = None,
    out: Annotated[Path, typer.Option(help="Where to write the proposal; never over a file.")] = Path("proposed.yaml"),
    example: ExampleOption = Example.NONE,
    settings: SetOption = None,
    as_json: JsonOption = False,
) -> None:
    """Learn weights and ramps from contracts that ended, and write them as a proposal with its figures."""
    if out.exists():
        raise SettingsError(f"{out} is there already; choose another name with --out")
    source, wanted = file or running_model_file(example), asked_of(settings or [])
    text, model = default_text() if source is None else read_text(source), model_of(source)
    with bars(quiet=as_json) as told:
        earlier, later = _halves(asyncio.run(spans_of(model, example, wanted, told)))
        learnt_from = _known(parts_of(model, earlier, wanted, told), later, wanted)
        try:
            found = propose(model, learnt_from, wanted.horizon)
        except ValueError as fault:
            raise SettingsError(str(fault)) from None
        written = None if found.learnt is None else write(text, model, found.learnt, learnt_from)
        models = [model] if written is None else [model, written.model]
        parts = [parts_of(one, later, wanted, told) for one in models]
    reports = [report(one, some, wanted.horizon, wanted.budget) for one, some in zip(models, parts, strict=True)]
    gain = None if written is None else gain_of(parts[-1], parts[0], wanted.horizon)
    better = written is not None and gain is not None and gain.value > 0
    if written is not None and gain is not None and better:
        out.write_text(heading(found, reports, gain) + written.text, encoding="utf-8")
    _say(found, reports, gain, (out if better else None, as_json))


def write(text: str, model: SuccessModel, learnt: Learnt, rows: Rows) -> Written:
    """The file `text` with what was learnt in it, and bands under which as many accounts fall as before."""
    points = points_of(model, learnt)
    kept = {model.metrics[index].name for index in learnt.ramps} & {m for own in points.metrics.values() for m in own}
    ramps = {model.metrics[i].name: ramp for i, ramp in learnt.ramps.items() if model.metrics[i].name in kept}
    changes = Changes(points.dimensions, points.metrics, ramps, labels={NEW: LABEL})
    proposed = load_model(rewritten(text, changes), "the proposal")
    bands = bands_of(model.bands, scores(model, rows.metrics), scores(proposed, rows.metrics))
    moved = {
        "healthy": {"from": bands.healthy_from, "until": bands.healthy_until},
        "critical": {"below": bands.critical_below, "until": bands.critical_until},
    }
    whole = rewritten(text, replace(changes, bands=moved))
    return Written(whole, load_model(whole, "the proposal"))


def heading(found: Proposal, reports: Sequence[Report], gain: Estimate) -> str:
    """The figures as comments: what a reader has to know before applying the file."""
    before, after = (pooled(one) for one in reports)
    lines = [
        f"A proposal for {reports[0].version}, to be read and applied by a person; nothing was changed.",
        f"Learnt from {found.left} contracts that ended ({found.rows} rows of accounts), without looking ahead.",
        f"On later days, active accounts ({after.accounts} rows, {after.ended} left within {reports[0].horizon} days):",
        f"  AUC      {estimate(after.model)}, of the model before {estimate(before.model)}, "
        f"of days since last use {estimate(after.recency)}",
        f"  gain     {estimate(gain, signed=True)}",
        f"  weekly alerts to {reports[0].budget:.1%}: precision {reports[1].alerts.precision:.3f} "
        f"(before {reports[0].alerts.precision:.3f}), recall {reports[1].alerts.recall:.3f} "
        f"(before {reports[0].alerts.recall:.3f})",
    ]
    return "".join(f"# {line}\n" for line in lines) + "#\n"


def _halves(found: Sequence[Span]) -> tuple[list[Span], list[Span]]:
    """What is learnt from, and what is judged: unjudged spans and the others, or one past cut in two."""
    earlier = [span.apart(judged=True) for span in found if not span.judged]
    if earlier:
        return earlier, [span for span in found if span.judged]
    (whole,) = found
    border = whole.days[int(len(whole.days) * EARLIER_SHARE)]
    return [whole.until(border)], [whole.judged_from(border)]


def _known(parts: Sequence[Part], later: Sequence[Span], wanted: Asked) -> Rows:
    """The rows whose outcome was known before the first day that is judged, by day; accounts numbered apart."""
    apart = np.cumsum([0, *(int(part.rows.account.max(initial=-1)) + 1 for part in parts)])[:-1]
    rows = Rows.joined([part.rows for part in parts], apart.tolist())
    first = min(min(span.weeks) for span in later)
    rows = rows.where(rows.day + wanted.horizon <= first)
    return rows.where(np.argsort(rows.day, kind="stable"))


def _say(found: Proposal, reports: Sequence[Report], gain: Estimate | None, where: tuple[Path | None, bool]) -> None:
    file, as_json = where
    if as_json:
        tried = [{**msgspec.to_builtins(one.way), "auc": one.auc} for one in found.tried]
        said = Learned(
            None if file is None else str(file), found.rows, found.left, found.auc_now, tried, list(reports), gain
        )
        typer.echo(msgspec.json.encode(said).decode())
        return
    show(reports, gain)
    best = found.tried[0]
    typer.echo(
        f"learnt from {found.left} contracts that ended; on folds of time AUC {found.auc_now:.3f} → {best.auc:.3f}"
    )
    typer.echo(
        "On days that were not learnt from, the model that is there does as well: nothing is proposed."
        if file is None
        else f"written: {file}. Read it, try it with `banso model backtest {file}`, then apply it."
    )
