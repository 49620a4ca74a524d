"""The decision whether and when to reach out: an ordered list of stages, of which the first that holds wins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from banso_alerts.domain.outreach import Candidate, OutreachState, Reason
from banso_alerts.domain.stages.cooldown import cooldown
from banso_alerts.domain.stages.demoted import demoted
from banso_alerts.domain.stages.expiry import expiry
from banso_alerts.domain.stages.gathering import gathering
from banso_alerts.domain.stages.holdout import holdout
from banso_alerts.domain.stages.incident import incident
from banso_alerts.domain.stages.inhibition import inhibition
from banso_alerts.domain.stages.quiet_hours import quiet_hours
from banso_alerts.domain.stages.reach import reach
from banso_alerts.domain.stages.replayed import replayed
from banso_alerts.domain.stages.shadow import shadow
from banso_alerts.domain.stages.silence import silence
from banso_alerts.domain.stages.snooze import snooze
from banso_alerts.domain.stages.stage import Context, Stage
from banso_alerts.domain.stages.suppressed import suppressed
from banso_alerts.domain.stages.way_out import way_out

INCIDENT = "incident"
STAGES: tuple[tuple[str, Stage], ...] = (
    ("expiry", expiry),
    ("reach", reach),
    ("way-out", way_out),
    ("suppressed", suppressed),
    ("replayed", replayed),
    (INCIDENT, incident),
    ("shadow", shadow),
    ("demoted", demoted),
    ("holdout", holdout),
    ("silence", silence),
    ("inhibition", inhibition),
    ("snooze", snooze),
    ("cooldown", cooldown),
    ("quiet-hours", quiet_hours),
    ("gathering", gathering),
)

BEFORE_HOLDOUT = STAGES[: [name for name, _ in STAGES].index("holdout")]
"""What a candidate has to pass to belong to the experiment: those of both arms could have been told."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of a candidate: `planned` at `next_at`, `waiting` until `next_at`, `held` or `expired`.

    `stage` names the stage that spoke, None when all let it pass. `digest`: the recipient's next digest tells of it.
    `value` is what it was worth when it was chosen, or not.
    """

    state: OutreachState
    next_at: int | None
    reason: Reason | None = None
    stage: str | None = None
    digest: bool = False
    value: float | None = None


def taken_back() -> Decision:
    """The decision on what a later turn of the episode replaced: the account's trouble became that of an incident."""
    return Decision(OutreachState.HELD, None, Reason.PART_OF_INCIDENT, INCIDENT)


def decide(candidate: Candidate, context: Context, stages: Sequence[tuple[str, Stage]] = STAGES) -> Decision:
    """The first stage that holds decides. What would have to wait beyond its expiry has expired already."""
    for name, stage in stages:
        held = stage(candidate, context)
        if held is None:
            continue
        if held.until is not None and held.until < candidate.expires_at:
            return Decision(OutreachState.WAITING, held.until, held.reason, name)
        if held.until is not None or held.reason in (Reason.EXPIRED, Reason.QUIET_HOURS):
            return Decision(OutreachState.EXPIRED, None, Reason.EXPIRED, name)
        return Decision(OutreachState.HELD, None, held.reason, name, digest=held.digest)
    return Decision(OutreachState.PLANNED, context.now)
