"""The numbers behind a signal as the contract carries them: one account's column of the struggle statistic."""

from __future__ import annotations

import math
from collections.abc import Sequence

from banso_common.contracts.account_signal import ChannelEvidence, Evidence
from banso_scoring.domain.struggle.met import Met
from banso_scoring.domain.struggle.silence import Struggle
from banso_scoring.domain.success_model import SuccessModel

DIGITS = 6
"""Decimals kept: more than anybody reads, fewer than a float's noise."""


def evidence_of(model: SuccessModel, struggle: Struggle, index: int, met: Sequence[Met]) -> Evidence:
    """The evidence of account `index`; `met[k]` is what it met of channel k."""
    channels = [
        ChannelEvidence(
            channel=channel.name,
            seen=int(struggle.seen[k, index]),
            expected=round(float(struggle.expected[k, index]), DIGITS),
            users=met[k].users,
            log_evidence=round(float(struggle.log_evidence[k, index]), DIGITS),
            labels=dict(channel.labels),
            kind=channel.kind.value,
            event=met[k].event,
            event_seen=met[k].event_seen or None,
            days=met[k].days or None,
        )
        for k, channel in enumerate(model.roles.channels)
    ]
    contacts = _known(struggle.contacts_seen[index])
    log_odds = struggle.log_odds[index] if struggle.contact_known else struggle.trouble[index]
    return Evidence(
        window_days=int(struggle.window_days[index]),
        attempts=int(struggle.attempts[index]),
        channels=channels,
        contacts_seen=None if contacts is None else int(contacts),
        contacts_expected=_known(struggle.contacts_expected[index]),
        no_contact_probability=_known(struggle.p_no_contact[index]),
        log_odds=_known(log_odds),
        enough_data=bool(struggle.enough_data[index]),
    )


def _known(value: float) -> float | None:
    return None if math.isnan(value) else round(float(value), DIGITS)
