"""Who is in trouble, and who of them says nothing: additive log-evidence over four states.

    n_k = c·S_k        effective counts of friction in channel k, S decayed by half every 3 weeks
    E_k = φ_k·U·θ_k    expected, from attempts U and the account's own lagged pace
    θ_k = clip((κ + B_k) / (κ + φ_k·U_B), 0.5, 6)
    L_F = Σ w_k·clip(ln NB(n_k; ρ_k·E_k, κ_k) - ln NB(n_k; E_k, κ_k), ±6)
    m   = β_0·seat-months + Σ β_k·n_k
    L_S = clip(ln NB(c; 0.15·m, a) - ln NB(c; m, a), ±6)
    fine ln .94 · vocal ln .03 + L_F · silent but struggling ln .03 + L_F + L_S · quiet by nature ln .15 + L_S

n, B and φ are free of incidents that hit everybody (see incidents). The score is the log-odds of the third
state. Without a contact source L_S is 0 and nobody is called silent.
Source: Goodman's complaint research for the prior; Fader, Hardie & Lee (2005) for shrinking own pace to the
cohort's; c after Kish's effective sample size.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from banso_scoring.domain import incidents
from banso_scoring.domain.cohort import met, seat_months
from banso_scoring.domain.incidents import Friction
from banso_scoring.domain.panel import Bools, Floats, Panel
from banso_scoring.domain.success_model import SuccessModel
from banso_scoring.domain.usual import Cohort
from banso_scoring.domain.windows import Weighting, Windows, baseline, last, recent, weigh

PACE_MIN, PACE_MAX = 0.5, 6.0
EVIDENCE_MAX = 6.0
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
    """(channels, n): w_k times the clipped log ratio."""
    contacts_seen: Floats
    """(n,): NaN when contact is unknown, like the three below."""
    contacts_expected: Floats
    """(n,): how often accounts like this one write."""
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
    pace = own_pace(model, windows, cohort, friction)
    log_evidence = _friction_evidence(model, windows, cohort, (friction, pace))
    trouble = _sum_rows(log_evidence, panel.n)
    quiet = np.zeros(panel.n)
    if contact_known:
        expected = contacts_from(panel, cohort, recent(model), friction.recent)
        contacts = windows.of(model.roles.contact, recent(model)) * recent(model).evenness()
        quiet = _silence_evidence(contacts, _sum_rows(expected, panel.n), cohort)
    states = np.stack(
        [
            np.full(panel.n, LOG_FINE),
            LOG_VOCAL + trouble,
            LOG_SILENT + trouble + quiet,
            LOG_QUIET + quiet,
        ]
    )
    shown_contacts = _contacts_shown(model, panel, windows, cohort)
    unknown = 0.0 if contact_known else np.nan
    struggling = np.logaddexp(states[VOCAL], states[SILENT]) - np.logaddexp(states[FINE], states[QUIET])
    others = np.logaddexp(np.logaddexp(states[FINE], states[VOCAL]), states[QUIET])
    tried = windows.of(model.roles.attempt, last(model.silence.attempts_days))
    return Struggle(
        attempts=attempts,
        seen=met(model, windows, shown),
        expected=cohort.rates[:, None] * pace * attempts,
        log_evidence=log_evidence,
        contacts_seen=shown_contacts[0] + unknown,
        contacts_expected=shown_contacts[1] + unknown,
        contacts_from=shown_contacts[2] + unknown,
        p_no_contact=shown_contacts[3] + unknown,
        states=states,
        trouble=struggling,
        log_odds=states[SILENT] - others + unknown,
        enough_data=tried >= model.silence.attempts_min,
        contact_known=contact_known,
    )


def log_ratio(n: Floats, mean_other: Floats, mean: Floats, shape: float) -> Floats:
    """ln NB(n; mean_other, shape) - ln NB(n; mean, shape), clipped to ±6; the gamma terms cancel. 0 at no mean."""
    known = (mean > 0) & (mean_other > 0)
    ratio = np.log(np.where(known, mean_other, 1.0) / np.where(known, mean, 1.0))
    spread = np.log1p((mean_other - mean) / (shape + mean))
    return np.clip(np.where(known, n * ratio - (n + shape) * spread, 0.0), -EVIDENCE_MAX, EVIDENCE_MAX)


def own_pace(model: SuccessModel, windows: Windows, cohort: Cohort, friction: Friction) -> Floats:
    """(channels, n): θ, the account's own lagged pace of friction against the cohort's, shrunk to 1."""
    weighting = baseline(model)
    tried = windows.of(model.roles.attempt, weighting) * weighting.evenness()
    pace = np.ones_like(friction.past)
    for k, kappa in enumerate(cohort.kappas):
        raw = (kappa + friction.past[k]) / (kappa + friction.rates[k] * tried)
        pace[k] = np.clip(raw, PACE_MIN, PACE_MAX)
    return pace


def contacts_from(panel: Panel, cohort: Cohort, weighting: Weighting, friction: Floats) -> Floats:
    """(1 + channels, n): contacts expected in the window of `weighting`, by cause: size, then each channel."""
    return cohort.contacts_per[:, None] * np.vstack([seat_months(panel, weighting), friction])


def _friction_evidence(model: SuccessModel, windows: Windows, cohort: Cohort, found: tuple[Friction, Floats]) -> Floats:
    friction, pace = found
    weighting = recent(model)
    tried = windows.of(model.roles.attempt, weighting) * weighting.evenness()
    evidence = np.zeros_like(pace)
    for k, channel in enumerate(model.roles.channels):
        expected = friction.rates[k] * tried * pace[k]
        ratio = log_ratio(friction.recent[k], channel.ratio * expected, expected, cohort.kappas[k])
        evidence[k] = channel.weight * ratio
    return evidence


def _silence_evidence(contacts: Floats, expected: Floats, cohort: Cohort) -> Floats:
    return log_ratio(contacts, SILENT_SHARE * expected, expected, cohort.contact_shape)


def _contacts_shown(
    model: SuccessModel, panel: Panel, windows: Windows, cohort: Cohort
) -> tuple[Floats, Floats, Floats, Floats]:
    """Contacts seen and expected over the shown window, by cause, and P(this few)."""
    shown = last(model.silence.shown_days)
    parts = contacts_from(panel, cohort, shown, met(model, windows, shown))
    expected = _sum_rows(parts, panel.n)
    seen = windows.of(model.roles.contact, shown)
    return seen, expected, parts, at_most(seen, expected, cohort.contact_shape)


def at_most(seen: Floats, mean: Floats, shape: float) -> Floats:
    """P(C <= seen) of C ~ NB(mean, shape); (shape / (shape + mean))^shape at none seen."""
    term = np.exp(-shape * np.log1p(mean / shape))
    total = term.copy()
    for count in range(1, CONTACTS_SUMMED_MAX + 1):
        term = term * (shape + count - 1) / count * (mean / (shape + mean))
        total = np.where(seen >= count, total + term, total)
    return np.where(seen > CONTACTS_SUMMED_MAX, np.nan, np.minimum(total, 1.0))


def _sum_rows(rows: Floats, n: int) -> Floats:
    """Rows added in their order: the same bits whatever accounts stand beside."""
    total = np.zeros(n)
    for row in rows:
        total = total + row
    return total
