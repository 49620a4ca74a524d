"""The iceberg out of the database: what all lanes added up, filtered by what accounts are alike in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.ext.asyncio import AsyncConnection

from banso_common.contracts.account_signal import TouchModel
from banso_common.errors import Refused
from banso_scoring import iceberg_watch
from banso_scoring.api.query import VALUES_MAX, Text
from banso_scoring.api.render import instant_or_none
from banso_scoring.api.trouble.iceberg_shapes import DepthShown, IcebergShown, TroubleDepth
from banso_scoring.domain.struggle.iceberg import Depth, iceberg
from banso_scoring.domain.success_model import SuccessModel
from banso_scoring.iceberg_watch import Group

DIGITS = 2


class IcebergQuery(BaseModel):
    """The query of `GET /v1/iceberg`. A filter with several values lets through whoever has one of them."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    phase: Annotated[list[Text], Field(max_length=VALUES_MAX)] = []
    touch: Annotated[list[TouchModel], Field(max_length=VALUES_MAX)] = []
    cell: Annotated[list[Text], Field(max_length=VALUES_MAX)] = []
    """Cells of the matrix, as the model names them."""
    pattern: Annotated[list[Text], Field(max_length=VALUES_MAX)] = []
    """Success patterns, as the model names them."""

    def lets_through(self, group: Group) -> bool:
        """Whether accounts of `group` are meant."""
        wanted: tuple[Sequence[str], ...] = (self.phase, [str(one) for one in self.touch], self.cell, self.pattern)
        return all(not some or one in some for one, some in zip(group, wanted, strict=True))


async def iceberg_shown(tx: AsyncConnection, model: SuccessModel, query: IcebergQuery) -> IcebergShown:
    """The iceberg of the accounts that `query` means. Raises Refused for a phase, cell or pattern that there is not."""
    _check(model, query)
    lanes = await iceberg_watch.lanes_of(tx, model.version)
    found = iceberg(part for lane in lanes for group, part in lane.parts if query.lets_through(group))
    channels = [*model.roles.channels, None]
    kinds = [
        TroubleDepth(
            kind=None if channel is None else channel.name,
            label=None if channel is None else dict(channel.labels),
            depth=_shown(depth),
        )
        for channel, depth in zip(channels, found.kinds, strict=False)
    ]
    return IcebergShown(
        accounts=found.accounts,
        too_little_data=found.too_little,
        contact_unknown=round(found.unknown, DIGITS),
        whole=_shown(found.whole),
        kinds=sorted(kinds, key=lambda one: (one.kind is None, -one.depth.unheard)),
        as_of=instant_or_none(min((lane.at for lane in lanes), default=None)),
        model_version=model.version,
    )


def _check(model: SuccessModel, query: IcebergQuery) -> None:
    there = {
        "phase": (query.phase, [phase.key for phase in model.journey]),
        "cell": (query.cell, [cell.key for cell in model.matrix.cells]),
        "pattern": (query.pattern, [pattern.key for pattern in model.patterns.any_of]),
    }
    for name, (asked, known) in there.items():
        for one in asked:
            if one not in known:
                raise Refused(
                    f"unknown-{name}", f"the model has no {name} `{one}`; it has {', '.join(known) or 'none'}"
                )


def _shown(depth: Depth) -> DepthShown:
    return DepthShown(
        heard=round(depth.heard),
        unheard=round(depth.unheard.value, DIGITS),
        unheard_from=round(depth.unheard.low, DIGITS),
        unheard_to=round(depth.unheard.high, DIGITS),
        heard_amounts={name: round(amount) for name, amount in sorted(depth.heard_amounts.items())},
        unheard_amounts={name: round(amount) for name, amount in sorted(depth.unheard_amounts.items())},
        heard_unpriced=round(depth.heard_unpriced),
        unheard_unpriced=round(depth.unheard_unpriced, DIGITS),
    )
