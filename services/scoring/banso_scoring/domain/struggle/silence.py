"""Who is in trouble, and who of them says nothing: additive log-evidence over four states.

    L_h = Σ_k e_hk                     how much worse things go than the account is used to, in span h (see trouble)
    m_h = θ_c·(β_0·seat-months + Σ β_k·n_hk)          contacts expected, each with its cause
    S_h = clip(ln NB(c_h; .15·m_h, s_c) - ln NB(c_h; m_h, s_c), ±6)
    fine ln .94 · vocal ln .03 + L · silent but struggling ln .03 + (L + S) · quiet by nature ln .15 + S

θ_c is how much the account itself used to write, shrunk to the cohort as its pace of friction is: who always
wrote and now does not is more silent than who never did. L, S and their sum are averaged over the spans as
likelihoods. n, B and φ are free of incidents that hit everybody (see incidents). The score is the log-odds of
the third state. Without a contact source S is 0 and nobody is called silent.
Source: Goodman's complaint research for the prior; see trouble for the rest.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from banso_scoring.domain.facts.panel import Bools, Floats, Panel
from banso_scoring.domain.facts.windows import Weighting, Windows, baseline, last, spans, weigh
from banso_scoring.domain.struggle import incidents
from banso_scoring.domain.struggle.cohort import met, seat_months
from banso_scoring.domain.struggle.incidents import Friction
from banso_scoring.domain.struggle.trouble import evidence, log_ratio, mean_of, shrunk, sum_rows
from banso_scoring.domain.struggle.usual import RECENT, Cohort
from banso_scoring.domain.success_model import SuccessModel

SILENT_SHARE = 0.15
"""Of the contacts that an account would make, the share that a silent one still makes."""
LOG_FINE, LOG_VOCAL, LOG_SILENT, LOG_QUIET = np.log([0.94, 0.03, 0.03, 0.15])
FINE, VOCAL, SILENT, QUIET = range(4)
CONTACTS_SUMMED_MAX = 30
"""Above this many contacts P(this few) is not worked out: nobody with 30 contacts is silent."""


@dataclass(frozen=True, slots=True)
class Struggle:
    """The statistic of n accounts with all its terms. What people are shown counts the last `shown_days`."""

    attempts: Floats
    """(n,)"""
    seen: Floats
    """(channels, n): friction seen."""
    expected: Floats
    """(channels, n): friction expected at that many attempts."""
    log_evidence: Floats
    """(channels, n): see `trouble`, of the span that says most."""
    contacts_seen: Floats
    """(n,): NaN when contact is unknown, like the three below."""
    contacts_expected: Floats
    """(n,): how often an account like this one, that meets this much, writes."""
    contacts_from: Floats
    """(1 + channels, n): `contacts_expected` by cause: its size, then each channel."""
    p_no_contact: Floats
    """(n,): P(this few contacts or fewer | not silent); NaN above `CONTACTS_SUMMED_MAX` contacts."""
    states: Floats
    """(4, n): log weights of fine, vocal, silent but struggling, quiet by nature."""
    trouble: Floats
    """(n,): log-odds of struggling, whether it says so or not."""
    log_odds: Floats
    """(n,): log-odds of silent but struggling; NaN when contact is unknown."""
    enough_data: Bools
    """(n,)"""
    contact_known: bool


def evaluate(
    model: SuccessModel, panel: Panel, cohort: Cohort, contact_known: bool, windows: Windows | None = None
) -> Struggle:
    """The statistic of the accounts of `panel` against `cohort`."""
    windows = windows or weigh(model, panel)
    shown = last(model.silence.shown_days)
    attempts = windows.of(model.roles.attempt, shown)
    friction = incidents.friction(model, panel, cohort, windows)
    worse = evidence(model, windows, cohort, friction)
    talk, sure = own_talk(model, panel, windows, cohort, friction)
    quiet = np.zeros_like(worse.by_span)
    if contact_known:
        for h, span in enumerate(spans(model)):
            expected = talk * _sum(contacts_from(panel, cohort, span, friction.recent[h]))
            contacts = windows.of(model.roles.contact, span) * span.evenness()
            quiet[h] = log_ratio(contacts, SILENT_SHARE * expected, expected, sure)
    states = np.stack(
        [
            np.full(panel.n, LOG_FINE),
            LOG_VOCAL + mean_of(worse.by_span),
            LOG_SILENT + mean_of(worse.by_span + quiet),
            LOG_QUIET + mean_of(quiet),
        ]
    )
    parts = talk * contacts_from(panel, cohort, shown, met(model, windows, shown))
    contacts, expected = windows.of(model.roles.contact, shown), _sum(parts)
    unknown = 0.0 if contact_known else np.nan
    struggling = np.logaddexp(states[VOCAL], states[SILENT]) - np.logaddexp(states[FINE], states[QUIET])
    others = np.logaddexp(np.logaddexp(states[FINE], states[VOCAL]), states[QUIET])
    tried = windows.of(model.roles.attempt, last(model.silence.attempts_days))
    return Struggle(
        attempts=attempts,
        seen=met(model, windows, shown),
        expected=cohort.rates[RECENT][:, None] * worse.pace * attempts,
        log_evidence=worse.by_channel,
        contacts_seen=contacts + unknown,
        contacts_expected=expected + unknown,
        contacts_from=parts + unknown,
        p_no_contact=at_most(contacts, expected, sure) + unknown,
        states=states,
        trouble=struggling,
        log_odds=states[SILENT] - others + unknown,
        enough_data=tried >= model.silence.attempts_min,
        contact_known=contact_known,
    )


def contacts_from(panel: Panel, cohort: Cohort, weighting: Weighting, friction: Floats) -> Floats:
    """(1 + channels, n): contacts that the usual account makes in the window of `weighting`, by cause: its size,
    then each channel."""
    return cohort.contacts_per[:, None] * np.vstack([seat_months(panel, weighting), friction])


def own_talk(
    model: SuccessModel, panel: Panel, windows: Windows, cohort: Cohort, friction: Friction
) -> tuple[Floats, Floats]:
    """θ_c and s_c, (n,) each: how much the account used to write of what the usual one does, and how sure that is."""
    weighting = baseline(model)
    written = windows.of(model.roles.contact, weighting) * weighting.evenness()
    expected = _sum(contacts_from(panel, cohort, weighting, friction.past))
    return shrunk(written, expected, cohort.contact_shape)


def at_most(seen: Floats, mean: Floats, shape: Floats | float) -> Floats:
    """P(C <= seen) of C ~ NB(mean, shape); (shape / (shape + mean))^shape at none seen."""
    term = np.exp(-shape * np.log1p(mean / shape))
    total = term.copy()
    for count in range(1, min(CONTACTS_SUMMED_MAX, int(seen.max(initial=0.0))) + 1):
        term = term * (shape + count - 1) / count * (mean / (shape + mean))
        total = np.where(seen >= count, total + term, total)
    return np.where(seen > CONTACTS_SUMMED_MAX, np.nan, np.minimum(total, 1.0))


def _sum(rows: Floats) -> Floats:
    return sum_rows(rows, rows.shape[1])
