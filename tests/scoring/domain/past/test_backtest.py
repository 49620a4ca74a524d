"""A backtest on invented accounts: it reads nothing ahead, beats what it should, and refuses what it must."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from banso_scoring.domain.facts.fact_columns import EventColumns, group
from banso_scoring.domain.past.backtest import Rows, Terms, replay
from banso_scoring.domain.past.backtest_alerts import fared, give
from banso_scoring.domain.past.backtest_report import Part, Verdict, gain_of, pooled, report
from banso_scoring.domain.past.past import History, Past
from banso_scoring.domain.success_model import SuccessModel
from banso_scoring.model.load import load_model
from tests.scoring.domain.builders import SMALL, small_model

ERRORS_FIRST = SMALL.replace("use: {weight: 3", "use: {weight: 1").replace("smooth: {weight: 1", "smooth: {weight: 9")
MODEL = load_model(ERRORS_FIRST, "small.yaml")
UPSIDE_DOWN = load_model(
    ERRORS_FIRST.replace("ramp: [[0, 1], [0.5, 0]]", "ramp: [[0, 0], [0.5, 1]]")
    .replace("ramp: [[-3, 1], [3, 0]]", "ramp: [[-3, 0], [3, 1]]")
    .replace("ramp: [[0, 1], [28, 0]]", "ramp: [[0, 0], [28, 1]]"),
    "upside-down.yaml",
)
DAYS = 240
NAMES = ["act", "error", "ended", "due"]
HORIZON = 40
TERMS = Terms(horizon=HORIZON)


def happenings(n: int, seed: int = 3, earliest: int = 60) -> list[tuple[int, int, int]]:
    """(account, day, name): everybody acts; a third meets errors from some day on, and half of those leave later."""
    rng = np.random.default_rng(seed)
    found = []
    for account in range(n):
        begins = int(rng.integers(earliest, 160)) if account % 3 == 0 else DAYS
        ends = begins + int(rng.integers(25, 60)) if account % 6 == 0 else DAYS
        for day in range(min(ends, DAYS)):
            found += [(account, day, 0)] * int(rng.poisson(1.5))
            found += [(account, day, 1)] * int(rng.poisson(0.8 if day >= begins else 0.02))
        if ends < DAYS:
            found.append((account, ends, 2))
    return found


def past_of(model: SuccessModel, some: Sequence[tuple[int, int, int]], n: int) -> Past:
    account, day, name = np.array(some, np.int64).T
    zero = np.zeros(len(some), np.int64)
    events = EventColumns(account, day, day, name, np.ones(len(some), np.int64), zero, zero, zero)
    return Past(model, History.of(group(events, [f"a{i:03}" for i in range(n)], NAMES)))


def part_of(past: Past) -> Part:
    weeks = range(28, DAYS - HORIZON, 7)
    return Part(Rows.joined([*replay(past, weeks, TERMS)]), frozenset(weeks), {day: f"day {day}" for day in weeks[::4]})


@pytest.fixture(scope="module")
def part() -> Part:
    return part_of(past_of(MODEL, happenings(120), 120))


def test_a_model_that_sees_the_trouble_beats_recency(part: Part) -> None:
    found = report(MODEL, [part], HORIZON)
    assert found.verdict is Verdict.BEATS
    assert pooled(found).model.low > 0.7
    assert pooled(found).gain.low > 0.1
    assert found.alerts.precision > found.alerts_recency.precision
    assert found.alerts.lead_days > 0
    assert [one.cutoff for one in found.rankings][:4] == ["day 28"] * 4


def test_a_model_that_takes_trouble_for_health_loses_to_recency(part: Part) -> None:
    lost = part_of(past_of(UPSIDE_DOWN, happenings(120), 120))
    assert report(UPSIDE_DOWN, [lost], HORIZON).verdict is Verdict.LOSES
    gain = gain_of([part], [lost], HORIZON)
    assert gain is not None
    assert gain.low > 0.2


def test_where_hardly_any_contract_ended_nothing_can_be_said() -> None:
    few = part_of(past_of(MODEL, [one for one in happenings(60) if one[2] != 2 or one[0] < 12], 60))
    assert report(MODEL, [few], HORIZON).verdict is Verdict.CANNOT_SAY


def test_what_comes_later_changes_no_risk_of_an_earlier_day() -> None:
    some, border = happenings(40), 150
    before = [*replay(past_of(MODEL, [one for one in some if one[1] <= border], 40), range(28, border, 14), TERMS)]
    whole = [*replay(past_of(MODEL, some, 40), range(28, border, 14), TERMS)]
    for early, late in zip(before, whole, strict=True):
        assert early.risk.tobytes() == late.risk.tobytes()
        assert early.account.tolist() == late.account.tolist()


def test_an_account_whose_contract_is_over_has_no_more_rows(part: Part) -> None:
    rows = part.rows
    assert (rows.ends_in > 0).all()
    gone = rows.account[rows.ends_in < 7]
    assert len(gone)
    for account in np.unique(gone):
        assert rows.ends_in[rows.account == account].min() < 7


def test_alerts_keep_to_the_budget_leave_accounts_alone_and_count_each_once(part: Part) -> None:
    rows = part.rows
    given = give(rows, rows.risk, HORIZON, 0.05)
    weeks = np.unique(rows.day)
    assert given.alerts <= sum(np.ceil(0.05 * (rows.day == week).sum()) for week in weeks)
    assert len(given.leads) <= given.hits <= given.alerts
    assert (given.leads <= HORIZON).all()
    perfect = fared([give(rows, -rows.ends_in.astype(np.float64), HORIZON, 0.05)])
    nothing = fared([give(rows, rows.ends_in.astype(np.float64), HORIZON, 0.05)])
    assert perfect.recall > 0.8
    assert nothing.recall < 0.1
    assert perfect.precision > 5 * nothing.precision
    assert perfect.ended == nothing.ended == 20


def test_two_pasts_are_pooled_as_different_accounts(part: Part) -> None:
    once, twice = report(MODEL, [part], HORIZON), report(MODEL, [part, part], HORIZON)
    assert pooled(twice).accounts == 2 * pooled(once).accounts
    assert pooled(twice).model.value == pytest.approx(pooled(once).model.value)
    assert pooled(twice).model.high - pooled(twice).model.low < pooled(once).model.high - pooled(once).model.low
    assert twice.alerts.ended == 2 * once.alerts.ended


def test_an_account_has_kept_its_latest_deadline_if_it_handed_in_late_or_not_whatever_it_missed_before() -> None:
    act, missed, due = 0, 1, 3
    lives = {
        "in time": [(9, act), (10, due)],
        "late": [(10, due), (11, missed), (11, act)],
        "missed only the one before": [(5, due), (6, missed), (10, due), (10, act)],
        "missed": [(10, due), (11, missed)],
        "one of two": [(10, due), (10, due), (11, missed), (11, missed), (12, act)],
        "kept only the one before": [(5, due), (5, act), (10, due), (11, missed)],
        "nothing was due": [(3, act)],
    }
    happened = [(place, day, name) for place, life in enumerate(lives.values()) for day, name in life]
    model = load_model(SMALL.replace("attempt: [act]", "attempt: [due]"), "small.yaml")
    (rows,) = replay(past_of(model, happened, len(lives)), [20], TERMS)
    assert dict(zip(lives, rows.kept.tolist(), strict=True)) == dict.fromkeys(lives, False) | dict.fromkeys(
        list(lives)[:3], True
    )


def test_an_account_is_calm_of_the_channels_that_are_asked_for() -> None:
    model = small_model()
    every = {channel.name: channel.series for channel in model.roles.channels}
    assert Terms().channels(model) == list(every.values())
    assert Terms(calm_of=("help",)).channels(model) == [every["help"]]
    with pytest.raises(ValueError, match="no channel of friction is called lateness; there are error, help"):
        Terms(calm_of=("lateness",)).channels(model)
