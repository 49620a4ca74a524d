"""The iceberg out of the database: what all lanes added up, filtered by what accounts are alike in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.ext.asyncio import AsyncConnection

from banso_common.contracts.account_signal import TouchModel
from banso_common.errors import Refused
from banso_scoring import iceberg_watch
from banso_scoring.api.query import VALUES_MAX, Text
from banso_scoring.api.render import instant_or_none
from banso_scoring.api.trouble.iceberg_shapes import DepthShown, IcebergShown, RestShown, SignatureDepth, TroubleDepth
from banso_scoring.domain.struggle.iceberg import Depth, OfSignature, iceberg
from banso_scoring.domain.success_model import Channel, SuccessModel
from banso_scoring.iceberg_watch import Group

DIGITS = 2
SIGNATURES_SHOWN = 5


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
        _kind(channel, depth, signatures)
        for channel, depth, signatures in zip(channels, found.kinds, found.signatures, strict=False)
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


def _kind(channel: Channel | None, depth: Depth, signatures: Sequence[OfSignature]) -> TroubleDepth:
    """A kind of trouble with its first signatures and what is left of it."""
    first = signatures[:SIGNATURES_SHOWN]
    *parts, rest = parts_and_rest(depth, [one.depth for one in first])
    return TroubleDepth(
        kind=None if channel is None else channel.name,
        label=None if channel is None else dict(channel.labels),
        depth=_shown(depth),
        signatures=[
            SignatureDepth(one.event, one.feature or None, one.version or None, part)
            for one, part in zip(first, parts, strict=True)
        ],
        rest=RestShown(
            signatures=len(signatures) - len(first),
            heard=rest.heard,
            unheard=rest.unheard,
            heard_amounts=rest.heard_amounts,
            unheard_amounts=rest.unheard_amounts,
            heard_unpriced=rest.heard_unpriced,
            unheard_unpriced=rest.unheard_unpriced,
        ),
    )


def parts_and_rest(whole: Depth, parts: Sequence[Depth]) -> list[DepthShown]:
    """These parts of a kind, then what is left of it (without an interval), rounded so that as they are shown they add
    up to the kind as it is shown, and none is below 0: each is the difference of two rounded sums."""
    shown = [_shown(part) for part in parts]
    heard = _steps([one.heard for one in parts], whole.heard, 0)
    unheard = _steps([one.unheard.value for one in parts], whole.unheard.value, DIGITS)
    heard_unpriced = _steps([one.heard_unpriced for one in parts], whole.heard_unpriced, 0)
    unheard_unpriced = _steps([one.unheard_unpriced for one in parts], whole.unheard_unpriced, DIGITS)
    heard_amounts = _amounts([one.heard_amounts for one in parts], whole.heard_amounts)
    unheard_amounts = _amounts([one.unheard_amounts for one in parts], whole.unheard_amounts)
    return [
        DepthShown(
            heard=round(heard[place]),
            unheard=unheard[place],
            unheard_from=min(shown[place].unheard_from, unheard[place]) if place < len(shown) else 0.0,
            unheard_to=max(shown[place].unheard_to, unheard[place]) if place < len(shown) else 0.0,
            heard_amounts=heard_amounts[place],
            unheard_amounts=unheard_amounts[place],
            heard_unpriced=round(heard_unpriced[place]),
            unheard_unpriced=unheard_unpriced[place],
        )
        for place in range(len(parts) + 1)
    ]


def _steps(parts: Sequence[float], whole: float, digits: int) -> list[float]:
    """The parts, then what is left, each the difference of two rounded sums."""
    ends = [round(min(sum(parts[:place]), whole), digits) for place in range(len(parts) + 1)]
    return [round(end - begin, digits) for begin, end in pairwise([*ends, round(whole, digits)])]


def _amounts(parts: Sequence[Mapping[str, float]], whole: Mapping[str, float]) -> list[dict[str, int]]:
    """The same by currency."""
    found: list[dict[str, int]] = [{} for _ in range(len(parts) + 1)]
    for currency, total in sorted(whole.items()):
        for mine, value in zip(found, _steps([one.get(currency, 0.0) for one in parts], total, 0), strict=True):
            mine.update({currency: round(value)} if value else {})
    return found


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
