"""One query that says whether every record that was received is accounted for."""

from __future__ import annotations

from sqlalchemy import and_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from banso_common.clock import iso
from banso_common.contracts.topics import Topic
from banso_common.db.checkpoint import NONE_YET
from banso_common.pipeline.gaps import accepted_in
from banso_scoring import tables as t
from banso_scoring.api.render import day_text
from banso_scoring.api.shapes import Conservation, GapAccepted, LaneCount


async def conservation(tx: AsyncConnection) -> Conservation:
    """The counts of all lanes, ours or not."""
    own = and_(t.checkpoint.c.partition == t.lane.c.lane, t.checkpoint.c.topic == str(Topic.ACCOUNT_ACTIVITY))
    query = select(*t.lane.c, t.checkpoint.c.next_offset).select_from(t.lane.outerjoin(t.checkpoint, own))
    lanes = [
        LaneCount(
            lane=row.lane,
            received=row.received,
            applied=row.applied,
            duplicate=row.duplicate,
            dead_lettered=row.dead_lettered,
            late=row.late,
            adds_up=row.received == row.applied + row.duplicate + row.dead_lettered,
            next_offset=None if row.next_offset in (None, NONE_YET) else row.next_offset,
            closed_through=day_text(row.closed_day),
        )
        for row in await tx.execute(query.order_by(t.lane.c.lane))
    ]
    gaps = [
        GapAccepted(told.gap.partition, told.gap.from_offset, told.gap.to_offset, iso(told.accepted_at), told.reason)
        for told in await accepted_in(tx, t.accepted_gap)
    ]
    return Conservation(all(lane.adds_up for lane in lanes), lanes, gaps)
