"""What all plays change and how they fade, from every exposure there is: one pure function of what is stored."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import msgspec
from msgspec.structs import replace

from banso_alerts.domain.plays import Play
from banso_alerts.domain.proof.exposed import Measured, columns, firsts
from banso_alerts.domain.proof.fading import PlayFade, fade
from banso_alerts.domain.proof.findings import PlayFound, find
from banso_alerts.domain.proof.many import with_verdicts
from banso_alerts.domain.proof.sequences import Level


class Measurement(msgspec.Struct, frozen=True):
    """What was found of all plays at one time."""

    uplift: list[PlayFound]
    wear_out: list[PlayFade]


def measured_plays(plays: Sequence[Play], seen: Sequence[Measured], now: int) -> Measurement:
    """What each play changes and how it fades, in the order of the plays."""
    by_play: defaultdict[str, list[Measured]] = defaultdict(list)
    for each in seen:
        by_play[each.play].append(each)
    level = Level()
    alone = [find(play.name, play.uplift_prior, columns(firsts(by_play[play.name]), now), level) for play in plays]
    uplift = with_verdicts(alone)
    return Measurement(
        uplift=uplift,
        wear_out=[
            _with_news(play, fade(play.name, ["", *sorted(play.variants)], found.believed, by_play[play.name], now))
            for play, found in zip(plays, uplift, strict=True)
        ],
    )


def _with_news(play: Play, found: PlayFade) -> PlayFade:
    """The same without a proposal to use what is the only wording in use."""
    proposed = None if found.proposal is None else found.proposal.variant
    return found if proposed is None or proposed != play.only_wording else replace(found, proposal=None)


def believed_uplifts(found: Measurement) -> dict[str, float]:
    """How much each play that was measured is believed to help, for choosing among plays."""
    return {each.play: each.believed for each in found.uplift if each.told and each.left_alone}
