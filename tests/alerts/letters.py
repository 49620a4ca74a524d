"""Letters as delivery hands them to channels."""

from __future__ import annotations

from banso_alerts.channels.port import About, Letter
from banso_alerts.domain.outreach import Candidate, ChannelName
from banso_alerts.domain.plays import Audience
from banso_alerts.plays_file import default_plays
from banso_alerts.render.compose import compose
from banso_common.contracts.account_signal import AccountSignal
from tests.alerts.made import candidate, directory, signal


def letter(address: str = "U0SATO", of: AccountSignal | None = None, name: str | None = "佐藤") -> Letter:
    """The message of a signal, to `address`."""
    about = candidate(of or signal())
    return Letter(address, name, compose(about, "https://banso.example"), about_of(about))


def customers_letter() -> Letter:
    """What a customer's own person gets."""
    by = next(each for each in default_plays(customers=True) if each.audience is Audience.CONTACT)
    about = candidate(signal(), by, directory(ChannelName.EMAIL))
    return Letter("tanaka@acme.example", "Tanaka", compose(about, None), about_of(about))


def about_of(candidate: Candidate) -> About:
    """What a letter to a machine is about."""
    signal = candidate.signal
    return About(
        account=signal.account,
        account_name=signal.account_name,
        owner=signal.owner_email,
        kind=signal.kind,
        signal=signal.key,
        play=candidate.play.name,
        audience=candidate.recipient.audience,
        decided_at=signal.said_at,
    )
