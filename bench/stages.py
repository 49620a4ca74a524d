"""CPU per event of each stage of the durable path, in this process, without a broker: where the time goes."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from banso_common.clock import SystemClock
from banso_common.contracts.topics import Topic
from banso_common.db.engine import connect
from banso_common.db.migrate import upgrade
from banso_common.log.port import Batch
from banso_scoring import activity, handler
from banso_scoring.assess import assess
from banso_scoring.handler import ScoringHandler
from banso_scoring.member import Member
from banso_scoring.model.load import default_model
from banso_scoring.service import PACKAGE, RECORDS_MAX
from banso_scoring.settings import ScoringSettings
from bench.streams import Stream, records

STAGES = ("decode", "prepare (decode, repeats)", "fold into facts", "evaluate health", "commit (all of it)")


def measure(events: int, accounts: int) -> dict[str, dict[str, float]]:
    """Stream -> stage -> ns of CPU an event; a stage that holds another counts it too."""
    return {str(stream): asyncio.run(_measure(stream, events, accounts)) for stream in Stream}


async def _measure(stream: Stream, events: int, accounts: int) -> dict[str, float]:
    spent: dict[str, float] = defaultdict(float)

    @contextmanager
    def timed(stage: str) -> Iterator[None]:
        began = time.process_time()
        yield
        spent[stage] += time.process_time() - began

    def watched(stage: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            with timed(stage):
                return function(*arguments, **named)

        return call

    values = [record.value for record in records(stream, events, accounts, time.time_ns() // 1_000_000)]
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite+aiosqlite:///{folder}/stages.db"
        engine = connect(url)
        await upgrade(engine, PACKAGE)
        member = Member(engine, default_model(), ScoringSettings(scoring_database_url=url), SystemClock())
        scoring = ScoringHandler(member)
        fold = scoring._fold
        scoring._fold = watched(STAGES[2], fold)  # type: ignore[method-assign]  # measured from outside
        vars(handler)["assess"] = watched(STAGES[3], lambda *given, **named: list(assess(*given, **named)))
        try:
            await scoring.assigned([0])
            for begin in range(0, events, RECORDS_MAX):
                page = values[begin : begin + RECORDS_MAX]
                end = begin + len(page)
                batch = Batch(Topic.ACCOUNT_ACTIVITY, 0, [None] * len(page), page, range(begin, end), end, events)
                with timed(STAGES[0]):
                    activity.decode_batch(batch)
                with timed(STAGES[1]):
                    work = scoring.prepare([batch])
                with timed(STAGES[4]):
                    await scoring.commit(work)
        finally:
            vars(handler)["assess"] = assess
            await engine.dispose()
    return {stage: float(np.round(spent[stage] / events * 1e9)) for stage in STAGES}
