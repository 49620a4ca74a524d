"""The pages of proof: how often each rule is right, what plays change, and how that fades."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from banso_alerts.api.proof.fade_shapes import wear_out_view
from banso_alerts.api.proof.play_shapes import uplift_view
from banso_alerts.api.proof.routes import ProofRoom, latest, restored, rules_listed
from banso_alerts.api.proof.rule_shapes import RuleState, RuleView
from banso_alerts.console.proof_shown import fade_chart, is_measured, main_outcome, scale_of, unmeasured, whisker
from banso_alerts.console.shown import shower
from banso_alerts.console.words_proof import PROOF_WORDS
from banso_alerts.domain.proof.outcomes import MORE_IS_BETTER
from banso_alerts.domain.proof.precision import Track, TurnKind
from banso_alerts.render.track_words import rate_of
from banso_common.db.transaction import reading
from banso_common.http.keys import Scope
from banso_common.web.forms import Form, form_of
from banso_common.web.language import Language, language_of

Answer = Annotated[Form, Depends(form_of(Scope.OUTREACH_WRITE))]
ORDER = (RuleState.DEMOTED, RuleState.SHADOW, RuleState.SPEAKING)


def add_proof_pages(router: APIRouter, room: ProofRoom) -> None:
    """Serve them over the store."""
    show = shower(room)

    @router.get("/outreach/rules", response_class=HTMLResponse)
    async def rules(request: Request) -> Response:
        """The ledger: each rule's record, whether it may speak, and why not."""
        language = language_of(request)
        async with reading(room.engine) as tx:
            every = (await rules_listed(tx, room)).rules
        ordered = sorted(every, key=lambda each: (ORDER.index(each.state), each.since_at is None, -each.judged))
        words = PROOF_WORDS[language]
        shown = {"rules": ordered, "words": words, "fallen": lambda rule: _fallen(rule, language)}
        return show(request, "rules.html", shown)

    @router.get("/outreach/proof", response_class=HTMLResponse)
    async def proof(request: Request) -> Response:
        """What plays change, and how it fades."""
        measured_at, found = await latest(room)
        plays = [uplift_view(each) for each in found.uplift]
        shown = {
            "measured_at": measured_at,
            "plays": [each for each in plays if is_measured(each)],
            "fades": {each.play: wear_out_view(each) for each in found.wear_out},
            "unmeasured": unmeasured(plays),
            "holdout": room.desk.policy.rules.holdout_share,
            "words": PROOF_WORDS[language_of(request)],
            "drawn": {"whisker": whisker, "scale_of": scale_of, "fade_chart": fade_chart, "main_outcome": main_outcome},
            "more_is_better": MORE_IS_BETTER,
        }
        return show(request, "proof.html", shown)


def add_restoring(router: APIRouter, room: ProofRoom) -> None:
    """Take the form that lets a demoted rule speak again: the same as over the API."""

    @router.post("/outreach/rules/{play}/restore")
    async def restore(play: str, form: Answer) -> Response:
        """The play's rules speak again at once, and are judged anew."""
        await restored(room, play, form.sender.name)
        return RedirectResponse("/outreach/rules", 303)


def _fallen(rule: RuleView, language: Language) -> str | None:
    """Why a demoted rule fell silent, in the reader's language."""
    fallen = [turn for turn in rule.turns if turn.what is TurnKind.DEMOTED]
    if not fallen:
        return None
    rate = rate_of(Track(fallen[-1].right, fallen[-1].judged), language)
    return PROOF_WORDS[language].below.format(rate, round(rule.floor * 100))
