"""Who is in trouble, and who of them says nothing: additive log-evidence over four states.

    L_b = Σ_k e_bk          how much worse things go than the account is used to, if it began b days ago (see trouble)
    L_o                     the same, if it was bad and is over
    m_b = θ_c·(β_0·seat-months + Σ β_k·n_bk)          contacts expected since then, each with its cause
    S_b = clip(ln NB(c_b; .15·m_b, s_c) - ln NB(c_b; m_b, s_c), ±10)
    fine ln .94, of which ln .12 + L_o · vocal ln .03 + L · silent but struggling ln .03 + (L + S) ·
    quiet by nature ln .15 + (L + S) - L

θ_c is how much the account itself used to write before, at least four weeks ago, shrunk to the cohort as its pace of
friction is: who always wrote and now does not is more silent than who never did. L, S and their sum are averaged over
the beginnings as likelihoods. Who is quiet by nature is held against the same silence as who is silent in trouble:
that since the trouble began, if it is one. So a contact, whenever it came, never speaks for the third state. n_k of
trouble is free of incidents that hit everybody (see incidents); that of contacts is not, for people write about those,
too. The score is the log-odds of the third state. Without a contact source S is 0 and nobody is called silent.

T, the log-odds of struggling by friction alone, is the same without any S. Of those in trouble half are taken to be
silent at any one moment: .03 and .03. Goodman & Newman (2003) found that 37 % of those with a problem in business
software never tell anybody; who will write later, but has not yet, comes on top of these.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from banso_scoring.domain.facts.panel import Bools, Floats, Ints, Panel
from banso_scoring.domain.facts.windows import BEGUN_DAYS, Weighting, Windows, last, long_ago, weigh
from banso_scoring.domain.struggle import incidents
from banso_scoring.domain.struggle.cohort import met, seat_months
from banso_scoring.domain.struggle.trouble import (
    EVIDENCE_MAX,
    LOG_BEGUN,
    Trouble,
    evidence,
    log_ratio,
    log_sum,
    over_beginnings,
    shrunk,
    sum_rows,
)
from banso_scoring.domain.struggle.usual import Cohort
from banso_scoring.domain.success_model import SuccessModel

SILENT_SHARE = 0.15
"""Of the contacts that an account would make, the share that a silent one still makes."""
LOG_FINE, LOG_OVER, LOG_VOCAL, LOG_SILENT, LOG_QUIET = np.log([0.82, 0.12, 0.03, 0.03, 0.15])
"""`OVER` is fine, after a trouble that is past: twice as many as are in trouble now."""
LOG_STRUGGLING = float(np.log(0.03 + 0.03))
LOG_NEUTRAL = LOG_STRUGGLING - float(np.log(0.82 + 0.12 + 0.15))
"""T of an account of whose friction nothing is known."""
FINE, VOCAL, SILENT, QUIET = range(4)
CONTACTS_SUMMED_MAX = 30
"""Above this many contacts P(this few) is not worked out: nobody with 30 contacts is silent."""


@dataclass(frozen=True, slots=True)
class Told:
    """What people are told of n accounts: the numbers since the beginning that speaks most for the state that leads,
    or of the last `shown_days` where none does, and by channel what they say."""

    days: Ints
    attempts: Floats
    seen: Floats
    expected: Floats
    log_evidence: Floats
    contacts_seen: Floats
    contacts_expected: Floats
    contacts_from: Floats
    p_no_contact: Floats


@dataclass(frozen=True, slots=True)
class Struggle:
    """The statistic of n accounts with all its terms; what only people are told is worked out when it is asked for."""

    states: Floats
    """(4, n): log weights of fine, vocal, silent but struggling, quiet by nature."""
    trouble: Floats
    """(n,): log-odds of struggling, whether it says so or not."""
    trouble_alone: Floats
    """(n,): T, log-odds of struggling by friction alone: what was written or not moves it not at all."""
    friction: Trouble
    """What the friction says, by beginning and channel."""
    log_odds: Floats
    """(n,): log-odds of silent but struggling; NaN when contact is unknown."""
    enough_data: Bools
    """(n,)"""
    contact_known: bool
    _told: Callable[[], Told]

    @property
    def window_days(self) -> Ints:
        """(n,): of so many days, today included, the numbers below are; at most `shown_days`."""
        return self._told().days

    @property
    def attempts(self) -> Floats:
        """(n,)"""
        return self._told().attempts

    @property
    def seen(self) -> Floats:
        """(channels, n): friction seen."""
        return self._told().seen

    @property
    def expected(self) -> Floats:
        """(channels, n): friction expected at that many attempts."""
        return self._told().expected

    @property
    def log_evidence(self) -> Floats:
        """(channels, n): see `trouble`."""
        return self._told().log_evidence

    @property
    def contacts_seen(self) -> Floats:
        """(n,): NaN when contact is unknown, like the three below."""
        return self._told().contacts_seen

    @property
    def contacts_expected(self) -> Floats:
        """(n,): how often an account like this one, that meets this much, writes."""
        return self._told().contacts_expected

    @property
    def contacts_from(self) -> Floats:
        """(1 + channels, n): `contacts_expected` by cause: its size, then each channel."""
        return self._told().contacts_from

    @property
    def p_no_contact(self) -> Floats:
        """(n,): P(this few contacts or fewer | not silent); NaN above `CONTACTS_SUMMED_MAX` contacts."""
        return self._told().p_no_contact


def evaluate(
    model: SuccessModel, panel: Panel, cohort: Cohort, contact_known: bool, windows: Windows | None = None
) -> Struggle:
    """The statistic of the accounts of `panel` against `cohort`."""
    windows = windows or weigh(model, panel)
    friction = incidents.friction(model, panel, cohort, windows)
    worse = evidence(model, windows, cohort, friction)
    quiet = _quiet(model, panel, windows, cohort) if contact_known else np.zeros_like(worse.by_beginning)
    states, more = np.empty((4, panel.n)), over_beginnings(worse.by_beginning)
    states[FINE] = log_sum(np.stack([np.full(panel.n, LOG_FINE), LOG_OVER + worse.over]))
    states[VOCAL] = LOG_VOCAL + more
    states[SILENT] = LOG_SILENT + over_beginnings(worse.by_beginning + quiet)
    states[QUIET] = LOG_QUIET + (states[SILENT] - LOG_SILENT) - more
    calm = log_sum(np.stack([states[FINE], np.full(panel.n, LOG_QUIET)]))
    tried = windows.of(model.roles.attempt, last(model.silence.attempts_days))
    enough = tried >= model.silence.attempts_min
    return Struggle(
        states=states,
        trouble=log_sum(states[[VOCAL, SILENT]]) - log_sum(states[[FINE, QUIET]]),
        trouble_alone=LOG_STRUGGLING + more - calm,
        friction=worse,
        log_odds=states[SILENT] - log_sum(states[[FINE, VOCAL, QUIET]]) + (0.0 if contact_known else np.nan),
        enough_data=enough,
        contact_known=contact_known,
        _told=cache(
            lambda: _told(model, (panel, windows, cohort), worse, _begun(worse, states, quiet, enough), contact_known)
        ),
    )


def _quiet(model: SuccessModel, panel: Panel, windows: Windows, cohort: Cohort) -> Floats:
    """(BEGUN_DAYS, n): S."""
    months, found = seat_months(panel), np.empty((len(BEGUN_DAYS), panel.n))
    before = [long_ago(model, days) for days in BEGUN_DAYS]
    talk = {one: own_talk(model, windows, cohort, one, months(one)) for one in set(before)}
    for row, days, earlier in zip(found, BEGUN_DAYS, before, strict=True):
        own, sure = talk[earlier]
        expected = contacts_expected(cohort, months(last(days)), met(model, windows, last(days)))
        expected *= own
        said = log_ratio(windows.of(model.roles.contact, last(days)), expected, sure, SILENT_SHARE - 1.0)
        np.clip(said, -EVIDENCE_MAX, EVIDENCE_MAX, out=row)
    return found


def contacts_expected(cohort: Cohort, months: Floats, friction: Sequence[Floats]) -> Floats:
    """(n,): contacts that the usual account makes, of its seat-`months` and its `friction` by channel."""
    total = cohort.contacts_per[0] * months
    for per, row in zip(cohort.contacts_per[1:].tolist(), friction, strict=True):
        if per:
            total += per * row
    return np.asarray(total)


def _begun(worse: Trouble, states: Floats, quiet: Floats, enough: Bools) -> tuple[NDArray[np.intp], Bools]:
    """(n,) each: the beginning (a place in BEGUN_DAYS) that speaks most for the state of trouble that leads, and
    whether it speaks for trouble at all."""
    rows = worse.by_beginning + np.where(states[SILENT] > states[VOCAL], quiet, 0.0)
    begun = (rows + LOG_BEGUN[:, None]).argmax(axis=0)
    return begun, (np.take_along_axis(rows, begun[None], axis=0)[0] > 0.0) & enough


def _told(
    model: SuccessModel,
    facts: tuple[Panel, Windows, Cohort],
    worse: Trouble,
    since: tuple[NDArray[np.intp], Bools],
    known: bool,
) -> Told:
    """What is told of each account, in days of its own."""
    panel, (begun, loud) = facts[0], since
    shown = model.silence.shown_days
    days = np.where(loud, np.minimum(np.array(BEGUN_DAYS)[begun], shown), shown)
    found, pace, _ = worse.since(begun)
    channels = len(model.roles.channels)
    told = Told(
        days=days,
        attempts=np.empty(panel.n),
        seen=np.empty((channels, panel.n)),
        expected=np.empty((channels, panel.n)),
        log_evidence=np.minimum(found, EVIDENCE_MAX),
        contacts_seen=np.empty(panel.n),
        contacts_expected=np.empty(panel.n),
        contacts_from=np.empty((1 + channels, panel.n)),
        p_no_contact=np.empty(panel.n),
    )
    for span in sorted(set(days.tolist())):
        _tell(model, facts, pace, (span, np.flatnonzero(days == span), 0.0 if known else np.nan), told)
    return told


def _tell(
    model: SuccessModel,
    facts: tuple[Panel, Windows, Cohort],
    pace: Floats,
    whom: tuple[int, NDArray[np.intp], float],
    told: Told,
) -> None:
    """Write into `told` the numbers of the last days of some accounts, and NaN of contacts that are `unknown`."""
    (panel, windows, cohort), (span, some, unknown) = facts, whom
    shown, before, months = last(span), long_ago(model, span), seat_months(panel)
    own, sure = own_talk(model, windows, cohort, before, months(before))
    seen, tried = np.stack(met(model, windows, shown)), windows.of(model.roles.attempt, shown)
    contacts = windows.of(model.roles.contact, shown)
    parts = own * (cohort.contacts_per[:, None] * np.stack([months(shown), *seen]))
    expected = sum_rows(parts, panel.n)
    told.attempts[some], told.seen[:, some] = tried[some], seen[:, some]
    told.expected[:, some] = (cohort.rates[:, None] * pace * tried)[:, some]
    told.contacts_seen[some], told.contacts_expected[some] = contacts[some] + unknown, expected[some] + unknown
    told.contacts_from[:, some] = parts[:, some] + unknown
    told.p_no_contact[some] = at_most(contacts[some], expected[some], sure[some]) + unknown


def own_talk(
    model: SuccessModel, windows: Windows, cohort: Cohort, before: Weighting, months: Floats
) -> tuple[Floats, Floats]:
    """θ_c and s_c, (n,) each: how much the account used to write of what the usual one does in these seat-`months`, and
    how sure that is."""
    expected = contacts_expected(cohort, months, met(model, windows, before))
    expected += cohort.contact_shape
    return shrunk(windows.of(model.roles.contact, before) + cohort.contact_shape, expected)


def at_most(seen: Floats, mean: Floats, shape: Floats | float) -> Floats:
    """P(C <= seen) of C ~ NB(mean, shape); (shape / (shape + mean))^shape at none seen."""
    term = np.exp(-shape * np.log1p(mean / shape))
    total = term.copy()
    for count in range(1, min(CONTACTS_SUMMED_MAX, int(seen.max(initial=0.0))) + 1):
        term = term * (shape + count - 1) / count * (mean / (shape + mean))
        total = np.where(seen >= count, total + term, total)
    return np.where(seen > CONTACTS_SUMMED_MAX, np.nan, np.minimum(total, 1.0))
