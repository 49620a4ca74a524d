"""What an assessment changed, as rows and messages: the one place that says how an account is stored and told."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray
from sqlalchemy.ext.asyncio import AsyncConnection

from banso_common.clock import DAY_MS
from banso_common.contracts.account_signal import VERSION, AccountSignal, Band, Severity, SignalKind, signal_key
from banso_common.contracts.codec import encode
from banso_common.contracts.topics import Topic
from banso_common.db.outbox import Message, put
from banso_common.db.rows import Columns, upsert
from banso_common.telemetry import metrics
from banso_scoring import (
    cell_store,
    facts_store,
    phase_store,
    plays_store,
    standing_codec,
    told,
    trend_store,
    trouble_store,
)
from banso_scoring import tables as t
from banso_scoring.assess import Assessment, Said
from banso_scoring.domain.evaluation import Evaluation
from banso_scoring.domain.facts import profile
from banso_scoring.domain.facts.day_facts import Cells
from banso_scoring.domain.journey.journey import goal_code
from banso_scoring.domain.journey.phase_history import Move, moves_of
from banso_scoring.domain.matrix import matrix_why
from banso_scoring.domain.matrix.matrix_why import CellMove
from banso_scoring.domain.plan.objectives import STATES
from banso_scoring.domain.standing import BANDS, KINDS, NO_DAY, Standing
from banso_scoring.domain.struggle.course import STAGES as STAGES_OF_TROUBLE
from banso_scoring.domain.struggle.course_history import Episode, episodes_of
from banso_scoring.domain.struggle.evidence import evidence_of
from banso_scoring.domain.struggle.met import met_of
from banso_scoring.portfolio import Portfolio

DayKey = tuple[str, int]


async def put_accounts(tx: AsyncConnection, portfolio: Portfolio, positions: Sequence[int]) -> None:
    """Store who these accounts are, what was told of them, and their closed standing."""
    if not positions:
        return
    said = [portfolio.attributes[p] for p in positions]
    here = np.asarray(positions, np.int64)
    rows: Columns = {
        "account": [portfolio.names[p] for p in positions],
        "lane": portfolio.columns.lane[here].tolist(),
        "first_day": portfolio.columns.first_day[here].tolist(),
        "profile": [profile.encode(portfolio.profiles[p]) for p in positions],
        "told": told.encode(portfolio.columns.current.take(here), [portfolio.explained.parts(p) for p in positions]),
        "name": [a.name or portfolio.names[p] for p, a in zip(positions, said, strict=True)],
        "owner": [a.owner_email or a.owner_name or "" for a in said],
        "acv": [a.acv for a in said],
        "currency": [a.currency or "" for a in said],
        "renewal_at": [a.renewal_at for a in said],
        "feeds": [portfolio.feeds.lines_of(mask) for mask in portfolio.columns.feeds[here].tolist()],
    }
    await upsert(tx, t.account, rows)
    await put_closed(tx, portfolio, here, portfolio.columns.closed.take(here))


async def put_closed(tx: AsyncConnection, portfolio: Portfolio, positions: NDArray[np.int64], closed: Standing) -> None:
    """Store `closed` as the closed standing of these accounts, under the portfolio's model."""
    rows: Columns = {
        "model_version": [portfolio.model.version] * len(positions),
        "account": [portfolio.names[p] for p in positions.tolist()],
        "closed": standing_codec.encode(portfolio.model, closed),
        "closed_day": portfolio.columns.closed_day[positions].tolist(),
        "backfilled": [p in portfolio.backfilled for p in positions.tolist()],
        "waits": [p in portfolio.waiting for p in positions.tolist()],
    }
    await upsert(tx, t.closed, rows)


async def put_health(tx: AsyncConnection, portfolio: Portfolio, found: Assessment, now: int) -> None:
    """Store what the accounts that changed show now."""
    some = found.changed
    if not len(some):
        return
    standing, fares = found.standing.take(some), found.evaluation.health
    stale = [portfolio.feeds.told_of(number) for number in portfolio.stale_feeds(found.positions[some]).tolist()]
    patterns = [*(pattern.key for pattern in portfolio.model.patterns.any_of), ""]  # NO_VALUE is the last
    rows: Columns = {
        "account": [portfolio.names[p] for p in found.positions[some].tolist()],
        "band": [
            str(Band.UNKNOWN if feed else BANDS[code])
            for code, (feed, _) in zip(standing.band.tolist(), stale, strict=True)
        ],
        "score": [None if math.isnan(s) else s for s in fares.score[some].tolist()],
        "coverage": fares.coverage[some].tolist(),
        "phase": [portfolio.model.journey[index].key for index in standing.phase.tolist()],
        "phase_entered_day": standing.entered_day.tolist(),
        "goal": goal_code(found.evaluation.journey)[some].tolist(),
        "signals": [_open_kinds(row) for row in standing.open.T.tolist()],
        "objectives": [str(STATES[code]) for code in found.evaluation.attainment.state[some].tolist()],
        "touch": [str(portfolio.touch(p)) for p in found.positions[some].tolist()],
        "cell": [portfolio.model.matrix.cells[index].key for index in found.evaluation.placement.cell[some].tolist()],
        "cell_day": standing.cell_day.tolist(),
        "pattern": [patterns[index] for index in standing.pattern.tolist()],
        "flagged_day": np.where(standing.open, standing.opened_day, NO_DAY).max(axis=0).tolist(),
        "last_day": portfolio.columns.last_day[found.positions[some]].tolist(),
        "renewed_day": portfolio.columns.renewed_day[found.positions[some]].tolist(),
        "ended_day": portfolio.columns.ended_day[found.positions[some]].tolist(),
        "feed": [feed for feed, _ in stale],
        "feed_at": [since_at for _, since_at in stale],
        "trouble": [str(STAGES_OF_TROUBLE[code]) for code in standing.trouble_stage.tolist()],
        "standing": standing_codec.encode(portfolio.model, standing),
        "model_version": [portfolio.model.version] * len(some),
        "changed_at": [now] * len(some),
    }
    await upsert(tx, t.health, rows)


async def put_history(
    tx: AsyncConnection, portfolio: Portfolio, found: Assessment, columns: NDArray[np.intp], day: int
) -> None:
    """Keep what was known of these columns at the close of `day`; a day that is kept is never rewritten."""
    if not len(columns):
        return
    standing, fares = found.standing.take(columns), found.evaluation.health
    rows: Columns = {
        "account": [portfolio.names[p] for p in found.positions[columns].tolist()],
        "day": [day] * len(columns),
        "score": [None if math.isnan(s) else s for s in fares.score[columns].tolist()],
        "coverage": fares.coverage[columns].tolist(),
        "band": [str(BANDS[code]) for code in standing.band.tolist()],
        "phase": [portfolio.model.journey[index].key for index in standing.phase.tolist()],
        "model_version": [portfolio.model.version] * len(columns),
    }
    await upsert(tx, t.history, rows, replace=False)


def moves_of_day(portfolio: Portfolio, found: Assessment) -> list[tuple[str, Move]]:
    """The moves from phase to phase of the assessment's day, each with its account."""
    moves = moves_of(portfolio.model, found.evaluation.journey, found.day)
    return [(portfolio.names[int(found.positions[place])], move) for place, move in moves]


def cell_moves_of_day(
    portfolio: Portfolio, positions: NDArray[np.int64], found: Evaluation, day: int
) -> list[tuple[str, CellMove]]:
    """The moves from cell to cell of `day` that were found of the accounts at `positions`, each with its account."""
    profiles = [portfolio.profiles[p] for p in positions.tolist()]
    moves = matrix_why.moves_of(portfolio.model, found.placement, profiles, day)
    return [(portfolio.names[int(positions[place])], move) for place, move in moves]


async def put_moves(tx: AsyncConnection, portfolio: Portfolio, found: Assessment, before: Standing) -> None:
    """Keep how the accounts moved on the assessment's day, and what became of their trouble since `before`."""
    version, positions, made = portfolio.model.version, found.positions, found.evaluation
    await phase_store.put(tx, version, moves_of_day(portfolio, found))
    await cell_store.put(tx, version, cell_moves_of_day(portfolio, positions, made, found.day))
    await trouble_store.put(tx, version, troubles_of_day(portfolio, positions, before, found.standing, made))


def troubles_of_day(
    portfolio: Portfolio, positions: NDArray[np.int64], before: Standing, after: Standing, found: Evaluation
) -> list[tuple[str, Episode]]:
    """The troubles of the accounts at `positions` that a day changed, from its close before to its own."""
    made = episodes_of(before, after, found.course)
    return [(portfolio.names[int(positions[place])], one) for place, one in made]


async def put_said(tx: AsyncConnection, portfolio: Portfolio, found: Assessment, now: int) -> int:
    """Put the signals of an assessment into the outbox; gives how many. Call it after the facts are stored."""
    if not found.said:
        return 0
    names = sorted({portfolio.names[said.position] for said in found.said})
    first_day = found.day - portfolio.model.silence.shown_days + 1
    facts = await facts_store.of_accounts(tx, names, first_day)
    trends = await trend_store.scores(tx, names, found.day)
    by_account: dict[str, dict[int, Cells]] = {}
    for (name, day), cells in facts.items():
        by_account.setdefault(name, {})[day] = cells
    known = {name: Known(by_account.get(name, {}), trends[name]) for name in names}
    plays = await plays_store.in_force_version(tx)
    signals = [signal_of(portfolio, found, said, known[portfolio.names[said.position]], now) for said in found.said]
    messages = [
        _message(portfolio, said, replace(signal, plays_version=plays))
        for said, signal in zip(found.said, signals, strict=True)
    ]
    await put(tx, t.outbox, messages)
    for said in found.said:
        metrics.signals_said.labels(said.kind, said.state).inc()
    return len(messages)


def _open_kinds(is_open: Sequence[bool]) -> str:
    """The open kinds between commas, `,stalled,struggling,`, so that one can be searched as a whole word."""
    names = sorted(str(kind) for kind, flag in zip(KINDS, is_open, strict=True) if flag)
    return f",{','.join(names)}," if names else ""


def _message(portfolio: Portfolio, said: Said, signal: AccountSignal) -> Message:
    lane = int(portfolio.columns.lane[said.position])
    return Message(signal.key, lane, Topic.ACCOUNT_SIGNALS, signal.account, encode(signal))


@dataclass(frozen=True, slots=True)
class Known:
    """What the store knows of an account of which something is said."""

    facts: Mapping[int, Cells]
    """By day, those of the days that people are shown."""
    trend: list[int]
    """The scores at the close of the last days, oldest first; -1 where none could be given."""


def signal_of(portfolio: Portfolio, found: Assessment, said: Said, known: Known, now: int) -> AccountSignal:
    """The signal that tells of `said`, with all that its reader needs."""
    model, column = portfolio.model, said.column
    account, who = portfolio.names[said.position], portfolio.attributes[said.position]
    score = float(found.evaluation.health.score[column])
    phase = model.journey[int(found.standing.phase[column])]
    cell = model.matrix.cells[int(found.evaluation.placement.cell[column])]
    last_day = int(portfolio.columns.last_day[said.position])
    struggle = found.evaluation.struggle
    met = met_of(model, known.facts, found.day, int(struggle.window_days[column]))
    return AccountSignal(
        v=VERSION,
        key=signal_key(account, said.kind, said.episode, said.state, said.turn),
        kind=said.kind,
        state=said.state,
        severity=_severity(portfolio, said.kind),
        account=account,
        episode=said.episode,
        said_at=now,
        opened_at=said.opened_day * DAY_MS,
        account_name=who.name or account,
        touch=portfolio.touch(said.position),
        phase=phase.key,
        band=BANDS[int(found.standing.band[column])],
        coverage=round(float(found.evaluation.health.coverage[column]), 4),
        model_version=model.version,
        score=None if math.isnan(score) else round(score, 2),
        evidence=evidence_of(model, struggle, column, met),
        detail={
            "phase_days": found.day - int(found.standing.entered_day[column]),
            "last_event_days": found.day - last_day if last_day >= 0 else None,
        },
        acv=who.acv,
        currency=who.currency,
        owner_name=who.owner_name,
        owner_email=who.owner_email,
        owner_slack=who.owner_slack,
        owner_locale=who.owner_locale,
        owner_time_zone=who.owner_time_zone,
        contact_name=who.contact_name,
        contact_email=who.contact_email,
        locale=who.locale,
        time_zone=who.time_zone,
        phase_labels=dict(phase.labels),
        phase_services={language: text for language, text in phase.services.items() if text},
        cell=cell.key,
        cell_labels=dict(cell.labels),
        plays=list(cell.plays),
        trend=known.trend,
        part_of=said.part_of,
        turn=said.turn,
    )


def _severity(portfolio: Portfolio, kind: SignalKind) -> Severity:
    return next(rule.severity for rule in portfolio.model.signals if rule.kind is kind)
