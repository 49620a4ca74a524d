"""Bounces by HTTP and from a folder: who is listed, on whose word, and that reading twice is reading once."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from banso_alerts.bounced import BounceFolder
from banso_alerts.domain.outreach import ChannelName
from banso_alerts.domain.suppression import SuppressionReason
from banso_alerts.store import suppressions
from banso_common.clock import ManualClock
from banso_common.db.transaction import reading
from tests.alerts.made import signal
from tests.alerts.reports import bounce, complaint
from tests.alerts.room import PostBox, Room

SATO = "sato@vendor.example"


@pytest.fixture
async def room(engine: AsyncEngine, noon: ManualClock) -> Room:
    room = Room(engine, noon, PostBox(ChannelName.EMAIL, can_find=False))
    await room.hear(signal())
    await room.deliver()
    return room


@pytest.fixture
def maildir(tmp_path: Path) -> Path:
    for name in ("new", "cur", "tmp"):
        (tmp_path / "bounces" / name).mkdir(parents=True)
    return tmp_path / "bounces"


async def listed(room: Room) -> list[tuple[str, SuppressionReason]]:
    async with reading(room.engine) as tx:
        return [(each.address, each.reason) for each in await suppressions.listed(tx, None, 10)]


async def test_a_bounce_in_the_folder_lists_the_address_that_we_wrote_to_wherever_it_was_forwarded(
    room: Room, maildir: Path
) -> None:
    outreach_id = (await room.row()).id
    woken: list[int] = []
    folder = BounceFolder(room.engine, maildir, lambda: woken.append(1))
    (maildir / "new" / "1.a.mx").write_bytes(bounce("moved@elsewhere.example", outreach_id))
    assert await folder.read(room.clock.now()) == 1
    assert await listed(room) == [(SATO, SuppressionReason.BOUNCED)]
    assert [file.name for file in (maildir / "cur").iterdir()] == ["1.a.mx:2,S"]
    assert list((maildir / "new").iterdir()) == []
    assert woken == [1]


async def test_what_the_folder_holds_besides_is_put_aside_and_believed_in_nothing(room: Room, maildir: Path) -> None:
    """Anybody can write to it: without an outreach of ours a report lists nobody."""
    mails = {
        "1.forged": bounce("rival@vendor.example", None),
        "2.forged": bounce("rival@vendor.example", "0" * 32),
        "3.letter": b"Subject: hello\r\n\r\nhello",
        "4.soft": bounce(SATO, (await room.row()).id, status="4.2.2"),
        "5.huge": b"x" * 2_000_000,
    }
    for name, raw in mails.items():
        (maildir / "new" / name).write_bytes(raw)
    assert await BounceFolder(room.engine, maildir, lambda: None).read(room.clock.now()) == 0
    assert await listed(room) == []
    assert len(list((maildir / "cur").iterdir())) == len(mails)


async def test_a_folder_that_is_not_there_lists_nobody_and_stops_nothing(room: Room, tmp_path: Path) -> None:
    assert await BounceFolder(room.engine, tmp_path / "none", lambda: None).read(room.clock.now()) == 0


async def test_a_bounce_by_http_is_believed_and_repeated_it_changes_nothing(api: httpx.AsyncClient, room: Room) -> None:
    outreach_id = (await room.row()).id
    first = await api.post("/v1/bounces", content=bounce("moved@elsewhere.example", outreach_id))
    assert (first.status_code, [each["address"] for each in first.json()["suppressed"]]) == (200, [SATO])
    room.later(1_000)
    assert (await api.post("/v1/bounces", content=bounce(SATO, outreach_id))).json() == first.json()
    unknown = await api.post("/v1/bounces", content=bounce("b@other.example", None))
    assert [each["address"] for each in unknown.json()["suppressed"]] == ["b@other.example"]
    assert await listed(room) == [("b@other.example", SuppressionReason.BOUNCED), (SATO, SuppressionReason.BOUNCED)]


async def test_a_complaint_lists_and_a_soft_bounce_is_left(api: httpx.AsyncClient, room: Room) -> None:
    soft = (await api.post("/v1/bounces", content=bounce(status="4.2.2", outreach_id=None))).json()
    assert (soft["suppressed"], [each["status"] for each in soft["left"]]) == ([], ["4.2.2"])
    await api.post("/v1/bounces", content=complaint(outreach_id=(await room.row()).id))
    assert await listed(room) == [(SATO, SuppressionReason.COMPLAINED)]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_what_is_no_report_is_refused(api: httpx.AsyncClient) -> None:
    assert (await api.post("/v1/bounces", content=b"hello")).status_code == 400
    assert (await api.post("/v1/bounces", content=b"x" * 1_000_001)).status_code == 413
    assert (await api.post("/v1/bounces", content=bounce(), headers={"Authorization": ""})).status_code == 401
