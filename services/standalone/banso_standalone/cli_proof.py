"""`banso rules`, `banso uplift`, `banso wear-out`: how often rules are right, what plays change, and how that fades."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer
from pydantic import TypeAdapter
from rich.console import Console
from rich.table import Table

from banso_alerts.api.proof.fade_shapes import CurveView, WearOutList, wear_out_view
from banso_alerts.api.proof.play_shapes import AmountView, EffectView, UpliftList, uplift_view
from banso_alerts.api.proof.rule_shapes import Kept, RuleList, rule_views
from banso_alerts.domain.plays import OWN
from banso_alerts.domain.proof.measurement import Measurement, measured_plays
from banso_alerts.editions import Editions
from banso_alerts.settings import AlertsSettings
from banso_alerts.store.proof import judgements, measured, rules
from banso_common.clock import DAY_MS, SystemClock, iso
from banso_common.db.engine import connect
from banso_common.db.transaction import reading
from banso_common.settings import load
from banso_standalone.cli_model import JsonOption

NOBODY = "No account was left alone yet: set BANSO_HOLDOUT_SHARE, and wait until 28 days after the first signals."
PlayOption = Annotated[str | None, typer.Option("--play", help="Only this play.")]


def add(app: typer.Typer) -> None:
    """Put the commands into `app`."""
    app.command("rules")(show_rules)
    app.command("uplift")(show_uplift)
    app.command("wear-out")(show_wear_out)


def show_rules(play: PlayOption = None, as_json: JsonOption = False) -> None:
    """How often each rule was right, by its own verdicts, and whether it may speak."""
    found = asyncio.run(_rules(load(AlertsSettings)))
    found = RuleList([each for each in found.rules if play in (None, each.play)], found.plays_version)
    if as_json:
        typer.echo(TypeAdapter(RuleList).dump_json(found))
        return
    table = _table("Rules", "play", "signal", "state", "right", "of", "95 %")
    for each in found.rules:
        interval = f"{each.lower:.0%} to {each.upper:.0%}" if each.judged else "-"
        table.add_row(each.play, each.kind, each.state, str(each.right), str(each.judged), interval)
    Console(highlight=False).print(table)


def show_uplift(play: PlayOption = None, as_json: JsonOption = False) -> None:
    """What each play changes against accounts left alone, by account and by amount; it may be asked every day."""
    at, found = asyncio.run(_measured(load(AlertsSettings)))
    views = [uplift_view(each) for each in found.uplift if play in (None, each.play)]
    if as_json:
        typer.echo(TypeAdapter(UpliftList).dump_json(UpliftList(iso(at), views)))
        return
    heads = ("play", "outcome", "in days", "told", "alone", "by", "effect", "by itself", "among all")
    table = _table("Uplift: told less left alone", *heads)
    for view in views:
        for outcome in view.outcomes:
            if not outcome.by_account.told + outcome.by_account.left_alone:
                continue
            head = (view.play, outcome.outcome, str(outcome.horizon_days))
            mine = outcome.by_account
            states = (mine.state, outcome.verdict)
            table.add_row(*head, *_counts(mine), "account", _effect(mine, 1), *states)
            for amount in outcome.by_amount:
                numbers = (str(amount.told), str(amount.left_alone), amount.currency or "amount")
                table.add_row(*head, *numbers, _effect(amount, amount.average_value), amount.state, amount.verdict)
    Console(highlight=False).print(table if table.row_count else NOBODY)


def show_wear_out(play: PlayOption = None, as_json: JsonOption = False) -> None:
    """How each play's effect fades, with time and with exposures, and which wording to use next."""
    at, found = asyncio.run(_measured(load(AlertsSettings)))
    views = [wear_out_view(each) for each in found.wear_out if play in (None, each.play)]
    if as_json:
        typer.echo(TypeAdapter(WearOutList).dump_json(WearOutList(iso(at), views)))
        return
    table = _table("Wear-out", "play", "over", "state", "first effect", "half-life", "left", "next wording")
    for view in views:
        proposed = "" if view.proposal is None else f"{view.proposal.variant or 'its own'} ({view.proposal.why})"
        table.add_row(view.play, "days", *_curve(view.by_time), proposed)
        table.add_row("", "exposures", *_curve(view.by_exposure), "")
    Console(highlight=False).print(table)
    for view in views:
        if view.proposal is not None:
            wording = view.proposal.variant or OWN
            typer.echo(f"{view.play}: write `wording: {wording}` in the play, then `banso model switch FILE`")


async def _rules(settings: AlertsSettings) -> RuleList:
    engine = connect(settings.database)
    try:
        async with reading(engine) as tx:
            kept = Kept(await rules.every(tx), await rules.turns_of(tx), await judgements.unsettled(tx))
            edition = await Editions(settings).in_force(tx)
    finally:
        await engine.dispose()
    shadow_ms = round(settings.shadow_days * DAY_MS)
    views = rule_views(edition.plays, kept, settings.floor, shadow_ms, SystemClock().now())
    return RuleList(views, edition.version)


async def _measured(settings: AlertsSettings) -> tuple[int, Measurement]:
    now, engine = SystemClock().now(), connect(settings.database)
    try:
        async with reading(engine) as tx:
            seen = await measured.exposures(tx)
            edition = await Editions(settings).in_force(tx)
    finally:
        await engine.dispose()
    return now, measured_plays(edition.plays, seen, now)


def _table(title: str, *heads: str) -> Table:
    table = Table(title=title)
    for head in heads:
        table.add_column(head)
    return table


def _counts(effect: EffectView) -> tuple[str, str]:
    return str(effect.told), str(effect.left_alone)


def _effect(effect: EffectView | AmountView, whole: float) -> str:
    """The effect with its interval, as shares of `whole`."""
    numbers = (effect.effect, effect.lower, effect.upper)
    shown = [f"{100 * each / whole:+.1f}" for each in numbers if each is not None]
    if not shown:
        return "-"
    return f"{shown[0]} %" if len(shown) == 1 else f"{shown[0]} % ({shown[1]} to {shown[2]})"


def _curve(curve: CurveView) -> tuple[str, str, str, str]:
    if curve.left is None:
        return curve.freshness, "-", "-", "-"
    lower = f"{curve.half_life_lower:.0f}" if curve.half_life_lower is not None else "-"
    upper = f"{curve.half_life_upper:.0f}" if curve.half_life_upper is not None else "∞"
    middle = f"{curve.half_life:.0f}" if curve.half_life is not None else "∞"
    first = f"{100 * (curve.first_effect or 0):+.1f} %"
    return curve.freshness, first, f"{middle} ({lower} to {upper})", f"{curve.left:.0%}"
