"""Who is in trouble, and who of them says nothing: additive log-evidence over four states.

    L_h = Σ_k e_hk                     how much worse things go than the account is used to, in span h (see trouble)
    m_h = θ_c·(β_0·seat-months + Σ β_k·n_hk)          contacts expected, each with its cause
    S_h = clip(ln NB(c_h; .15·m_h, s_c) - ln NB(c_h; m_h, s_c), ±6)
    fine ln .94 · vocal ln .03 + L · silent but struggling ln .03 + (L + S) · quiet by nature ln .15 + S

θ_c is how much the account itself used to write, shrunk to the cohort as its pace of friction is: who always
wrote and now does not is more silent than who never did. L, S and their sum are averaged over the spans as
likelihoods. n, B and φ are free of incidents that hit everybody (see incidents). The score is the log-odds of
the third state. Without a contact source S is 0 and nobody is called silent. T = L + ln(.06 / 1.09) is the log-odds of
struggling by friction alone: what the two states with trouble weigh against the two without where S says nothing.
Source: Goodman's complaint research for the prior; see trouble for the rest.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np

from banso_scoring.domain.facts.panel import Bools, Floats, Panel
from banso_scoring.domain.facts.windows import Windows, baseline, last, spans, weigh
from banso_scoring.domain.struggle import incidents
from banso_scoring.domain.struggle.cohort import met, months_of, size_of
from banso_scoring.domain.struggle.incidents import Friction
from banso_scoring.domain.struggle.trouble import Trouble, evidence, log_ratio, mean_of, shrunk, sum_rows
from banso_scoring.domain.struggle.usual import RECENT, Cohort
from banso_scoring.domain.success_model import SuccessModel

SILENT_SHARE = 0.15
"""Of the contacts that an account would make, the share that a silent one still makes."""
LOG_FINE, LOG_VOCAL, LOG_SILENT, LOG_QUIET = np.log([0.94, 0.03, 0.03, 0.15])
LOG_NEUTRAL = float(np.log((0.03 + 0.03) / (0.94 + 0.15)))
"""T of an account of whose friction nothing is known."""
FINE, VOCAL, SILENT, QUIET = range(4)
CONTACTS_SUMMED_MAX = 30
"""Above this many contacts P(this few) is not worked out: nobody with 30 contacts is silent."""


@dataclass(frozen=True, slots=True)
class Told:
    """What people are told of n accounts: the numbers of the last `shown_days`, and by channel what they say."""

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

    attempts: Floats
    """(n,): in the last `shown_days`."""
    states: Floats
    """(4, n): log weights of fine, vocal, silent but struggling, quiet by nature."""
    trouble: Floats
    """(n,): log-odds of struggling, whether it says so or not."""
    trouble_alone: Floats
    """(n,): T, log-odds of struggling by friction alone: what was written or not moves it not at all."""
    pace: Floats
    """(channels, n): the account's own pace of friction against the cohort's."""
    sure: Floats
    """(channels, n): how sure that pace is."""
    log_odds: Floats
    """(n,): log-odds of silent but struggling; NaN when contact is unknown."""
    enough_data: Bools
    """(n,)"""
    contact_known: bool
    _told: Callable[[], Told]

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
        """(channels, n): see `trouble`, of the span that says most."""
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
    talk, sure = own_talk(model, panel, windows, cohort, friction)
    quiet, size = np.zeros_like(worse.by_span), size_of(panel)
    if contact_known:
        for h, span in enumerate(spans(model)):
            expected = talk * contacts_expected(cohort, months_of(size, panel.age_days, span), friction.recent[h])
            contacts = windows.of(model.roles.contact, span) * span.evenness()
            quiet[h] = log_ratio(contacts, SILENT_SHARE * expected, expected, sure)
    states = np.empty((4, panel.n))
    states[FINE] = LOG_FINE
    more = mean_of(worse.by_span)
    states[VOCAL] = LOG_VOCAL + more
    states[SILENT] = LOG_SILENT + mean_of(worse.by_span + quiet)
    states[QUIET] = LOG_QUIET + mean_of(quiet)
    weights = np.exp(states)
    tried = windows.of(model.roles.attempt, last(model.silence.attempts_days))
    return Struggle(
        attempts=windows.of(model.roles.attempt, last(model.silence.shown_days)),
        states=states,
        trouble=np.log(weights[VOCAL] + weights[SILENT]) - np.log(weights[FINE] + weights[QUIET]),
        trouble_alone=LOG_NEUTRAL + more,
        pace=worse.pace,
        sure=worse.sure,
        log_odds=states[SILENT]
        - np.log(weights[FINE] + weights[VOCAL] + weights[QUIET])
        + (0.0 if contact_known else np.nan),
        enough_data=tried >= model.silence.attempts_min,
        contact_known=contact_known,
        _told=cache(lambda: _told(model, (panel, windows, cohort), worse, (talk, sure), contact_known)),
    )


def contacts_expected(cohort: Cohort, months: Floats, friction: Floats) -> Floats:
    """(n,): contacts that the usual account makes, of its seat-`months` and its `friction` (channels, n)."""
    total = cohort.contacts_per[0] * months
    for per, row in zip(cohort.contacts_per[1:].tolist(), friction, strict=True):
        if per:
            total += per * row
    return np.asarray(total)


def _told(
    model: SuccessModel, facts: tuple[Panel, Windows, Cohort], worse: Trouble, talk: tuple[Floats, Floats], known: bool
) -> Told:
    """What is told of the last `shown_days`; `talk` is θ_c and s_c."""
    panel, windows, cohort = facts
    shown, unknown = last(model.silence.shown_days), 0.0 if known else np.nan
    seen, contacts = met(model, windows, shown), windows.of(model.roles.contact, shown)
    causes = np.vstack([months_of(size_of(panel), panel.age_days, shown), seen])
    parts = talk[0] * (cohort.contacts_per[:, None] * causes)
    expected = sum_rows(parts, panel.n)
    return Told(
        seen=seen,
        expected=cohort.rates[RECENT][:, None] * worse.pace * windows.of(model.roles.attempt, shown),
        log_evidence=worse.by_channel(),
        contacts_seen=contacts + unknown,
        contacts_expected=expected + unknown,
        contacts_from=parts + unknown,
        p_no_contact=at_most(contacts, expected, talk[1]) + unknown,
    )


def own_talk(
    model: SuccessModel, panel: Panel, windows: Windows, cohort: Cohort, friction: Friction
) -> tuple[Floats, Floats]:
    """θ_c and s_c, (n,) each: how much the account used to write of what the usual one does, and how sure that is."""
    weighting = baseline(model)
    written = windows.of(model.roles.contact, weighting) * weighting.evenness()
    months = months_of(size_of(panel), panel.age_days, weighting)
    expected = contacts_expected(cohort, months, friction.past)
    return shrunk(written, expected, cohort.contact_shape)


def at_most(seen: Floats, mean: Floats, shape: Floats | float) -> Floats:
    """P(C <= seen) of C ~ NB(mean, shape); (shape / (shape + mean))^shape at none seen."""
    term = np.exp(-shape * np.log1p(mean / shape))
    total = term.copy()
    for count in range(1, min(CONTACTS_SUMMED_MAX, int(seen.max(initial=0.0))) + 1):
        term = term * (shape + count - 1) / count * (mean / (shape + mean))
        total = np.where(seen >= count, total + term, total)
    return np.where(seen > CONTACTS_SUMMED_MAX, np.nan, np.minimum(total, 1.0))
