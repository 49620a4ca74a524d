"""What the pages show, put together from the answers of the API."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.ext.asyncio import AsyncConnection

from banso_common.contracts.account_signal import Severity, SignalKind
from banso_common.web.language import Language
from banso_scoring.api.detail import detail_of, history
from banso_scoring.api.detail_shapes import AccountDetail
from banso_scoring.api.examine import examine
from banso_scoring.api.listing import page
from banso_scoring.console.chart import Chart, chart_of
from banso_scoring.console.facets import Facets, facets, owners
from banso_scoring.console.place import Place
from banso_scoring.console.sentences import why
from banso_scoring.domain.model_parts import Phase, Texts
from banso_scoring.domain.success_model import SuccessModel
from banso_scoring.member import Member

TREND_DAYS = 90
SMALL, LARGE = (96, 30), (720, 150)


@dataclass(frozen=True, slots=True)
class Line:
    """One account of the list."""

    detail: AccountDetail
    why: list[str]
    trend: Chart
    idle_days: int | None


@dataclass(frozen=True, slots=True)
class ListPage:
    """Everything on the first page that people see."""

    place: Place
    day: str
    facets: Facets
    owners: Sequence[str]
    lines: list[Line]
    following: str | None
    journey: tuple[Phase, ...]
    cells: Mapping[str, Texts]
    """Cell -> its labels."""
    severities: dict[SignalKind, Severity]
    healthy_from: float
    critical_below: float

    has_plans: bool
    """Whether the model asks for objectives."""

    @property
    def has_owner(self) -> bool:
        """Whether anybody on the page has an owner; a column of dashes says nothing."""
        return any(line.detail.summary.owner for line in self.lines)

    @property
    def currencies(self) -> int:
        """In how many currencies the amounts of all that the filters let through are."""
        return len(self.facets.all.amounts)

    @property
    def has_acv(self) -> bool:
        """Whether any account on the page has an amount."""
        return any(line.detail.summary.acv is not None for line in self.lines)


@dataclass(frozen=True, slots=True)
class AccountPage:
    """Everything on an account's page."""

    line: Line
    phase: Phase
    journey: tuple[Phase, ...]
    cells: Mapping[str, Texts]
    """Cell -> its labels."""
    from_day: str
    healthy_from: float
    critical_below: float


async def list_page(tx: AsyncConnection, member: Member, place: Place, language: Language) -> ListPage:
    """The list at `place`. Raises Problem, Refused for a place that cannot be."""
    query = place.query()
    rows, following = await page(tx, member.model, query)
    names = [row.account for row in rows]
    found = await examine(tx, member, names)
    today = member.today()
    kept = await history(tx, names, today - TREND_DAYS) if names else {}
    lines = [line_of(detail_of(member.model, found[name], kept.get(name, ())), language) for name in names]
    return ListPage(
        place=place,
        day=date.fromordinal(date(1970, 1, 1).toordinal() + today).isoformat(),
        facets=await facets(tx, member.model, query),
        owners=await owners(tx),
        lines=lines,
        following=None if following is None else place.following(following),
        journey=member.model.journey,
        cells={cell.key: cell.labels for cell in member.model.matrix.cells},
        has_plans=member.model.objectives.enabled,
        severities=severities(member.model),
        healthy_from=member.model.bands.healthy_from,
        critical_below=member.model.bands.critical_below,
    )


def line_of(detail: AccountDetail, language: Language, size: tuple[int, int] = SMALL) -> Line:
    """An account with its reasons and its course."""
    last = detail.summary.last_event_on
    idle = None if last is None else (date.fromisoformat(detail.day) - date.fromisoformat(last)).days
    trend = chart_of(detail.history, detail.day, detail.summary.score, TREND_DAYS, size)
    return Line(detail, why(detail, language), trend, idle)


def account_page(member: Member, detail: AccountDetail, language: Language) -> AccountPage:
    """The page of one account."""
    model = member.model
    return AccountPage(
        line=line_of(detail, language, LARGE),
        phase=next(phase for phase in model.journey if phase.key == detail.phase.key),
        journey=model.journey,
        cells={cell.key: cell.labels for cell in model.matrix.cells},
        from_day=date.fromordinal(date.fromisoformat(detail.day).toordinal() - TREND_DAYS).isoformat(),
        healthy_from=model.bands.healthy_from,
        critical_below=model.bands.critical_below,
    )


def severities(model: SuccessModel) -> dict[SignalKind, Severity]:
    """How grave each kind of signal is."""
    return {rule.kind: rule.severity for rule in model.signals}
