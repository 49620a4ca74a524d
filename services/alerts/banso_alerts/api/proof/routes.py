"""The routes of proof: read what was found of rules and plays, and let a demoted rule speak again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Path, Query
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from banso_alerts.api.door import Writer, described, problems, reader
from banso_alerts.api.proof.fade_shapes import WearOutList, wear_out_view
from banso_alerts.api.proof.play_shapes import UpliftList, uplift_view
from banso_alerts.api.proof.rule_shapes import Kept, RuleList, rule_views
from banso_alerts.decide import Desk
from banso_alerts.domain.proof.measurement import Measurement
from banso_alerts.domain.proof.precision import Floor
from banso_alerts.store.proof import findings, judgements, rules
from banso_common.clock import Clock, iso
from banso_common.db.transaction import reading, transaction
from banso_common.findings import did_you_mean
from banso_common.http.parameters import KNOWN_ONLY
from banso_common.http.problem import Problem, not_found

PLAY_NAME = "^[a-z0-9][a-z0-9-]{0,62}$"
PlayName = Annotated[str, Path(pattern=PLAY_NAME, description="Its name.", examples=["rescue"])]
PlayFilter = Annotated[str | None, Query(pattern=PLAY_NAME, description="Only this play.", examples=["rescue"])]


@dataclass(frozen=True, slots=True)
class ProofRoom:
    """What the routes of proof stand on; `changed` is called after each act."""

    engine: AsyncEngine
    clock: Clock
    desk: Desk
    floor: Floor
    changed: Callable[[], None]


def make_proof_router(room: ProofRoom) -> APIRouter:
    """Proof over the store."""
    router = APIRouter(tags=["proof"], dependencies=[described, KNOWN_ONLY], responses=problems(401, 403, 422, 503))
    _rules(router, room)
    _measured(router, room)
    return router


def _rules(router: APIRouter, room: ProofRoom) -> None:
    @router.get("/v1/rules", summary="List rules and how often they are right", dependencies=[reader])
    async def list_rules() -> RuleList:
        """Every play on every kind of signal: its record, whether it may speak, and why not."""
        async with reading(room.engine) as tx:
            return await rules_listed(tx, room)

    @router.post("/v1/rules/{play}/restore", summary="Let a demoted rule speak again", responses=problems(404))
    async def restore(play: PlayName, who: Writer) -> RuleList:
        """The play's rules speak again at once, and are judged anew. Twice is once."""
        every = await restored(room, play, who.name)
        return RuleList([each for each in every.rules if each.play == play], every.plays_version)


def _measured(router: APIRouter, room: ProofRoom) -> None:
    @router.get("/v1/uplift", summary="Say what plays change", dependencies=[reader], responses=problems(404))
    async def uplift(play: PlayFilter = None) -> UpliftList:
        """Each play against accounts left alone: by outcome, by account and by amount, whole and by segment."""
        at, found = await latest(room)
        chosen = await _chosen(room, play, [each.play for each in found.uplift])
        return UpliftList(at, [uplift_view(each) for each in found.uplift if each.play in chosen])

    @router.get("/v1/wear-out", summary="Say how plays fade", dependencies=[reader], responses=problems(404))
    async def wear_out(play: PlayFilter = None) -> WearOutList:
        """How each play's effect fades with time and with exposures, and which wording to use next."""
        at, found = await latest(room)
        chosen = await _chosen(room, play, [each.play for each in found.wear_out])
        return WearOutList(at, [wear_out_view(each) for each in found.wear_out if each.play in chosen])


async def _chosen(room: ProofRoom, asked: str | None, measured: Sequence[str]) -> Sequence[str]:
    """The plays to tell of: all that were measured, or the one asked for. Raises Problem 404 for one that neither was
    measured nor is in force."""
    if asked is None:
        return measured
    if asked not in measured:
        async with reading(room.engine) as tx:
            known = {*measured, *(play.name for play in (await room.desk.in_force(tx)).plays)}
        if asked not in known:
            raise Problem(404, "not-found", f"there is no play of that name{did_you_mean(asked, known)}")
    return [asked]


async def restored(room: ProofRoom, play: str, who: str) -> RuleList:
    """Let the rules of a play speak again; gives all rules as they are then. Raises Problem 404."""
    async with transaction(room.engine) as tx:
        if (await room.desk.in_force(tx)).play(play) is None:
            raise not_found("play")
        await rules.restore(tx, play, who, room.clock.now())
        every = await rules_listed(tx, room)
    room.changed()
    return every


async def latest(room: ProofRoom) -> tuple[str | None, Measurement]:
    """What was last measured of the plays, and when."""
    async with reading(room.engine) as tx:
        last = await findings.latest(tx)
    return (None, Measurement([], [])) if last is None else (iso(last[0]), last[1])


async def rules_listed(tx: AsyncConnection, room: ProofRoom) -> RuleList:
    """Every rule with its record."""
    kept = Kept(await rules.every(tx), await rules.turns_of(tx), await judgements.unsettled(tx))
    policy = await room.desk.in_force(tx)
    views = rule_views(policy.plays, kept, room.floor, policy.rules.shadow_ms, room.clock.now())
    return RuleList(views, policy.plays_version)
