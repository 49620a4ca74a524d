"""Plays: which signals lead to an outreach, to whom, through which channels, how often and for how long.

A play matches a signal when every field of its `When` that says something holds, and the severity is at least its
floor. Of the plays that match, for the company's own people and for the customer apart: a support matter goes to
support alone; else the plays that the account's cell names stand before those that it does not (`plays_for`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from banso_common.contracts.account_signal import AccountSignal, Severity, SignalKind, SignalState, TouchModel

SEVERITY_ORDER: tuple[Severity, ...] = (Severity.INFO, Severity.WARNING, Severity.CRITICAL)
BROKEN = frozenset({"error", "failure"})
"""The kinds of trouble in which the product itself fails."""
COST_HOURS = 0.25
UPLIFT_PRIOR = 0.1
OWN = "own"
"""What a play's own words are called beside its variants."""
DIGEST, GROUP = "digest", "group"
"""What stands for a play where an outreach carries others; no play may be called so."""


class Audience(StrEnum):
    """Who is spoken to. The customer's contact is never a default: a play has to name it."""

    OWNER = "owner"
    TEAM = "team"
    CONTACT = "contact"
    SUPPORT = "support"
    PRODUCT = "product"
    OPERATOR = "operator"


class PlayChannel(StrEnum):
    """What a play may ask for; `slack` is the Web API or, without a token, the incoming webhook."""

    SLACK = "slack"
    EMAIL = "email"
    WEBHOOK = "webhook"
    CONSOLE = "console"


class Reach(StrEnum):
    """Whether the first channel that reaches the recipient is enough, or each that does is used."""

    FIRST = "first"
    EVERY = "every"


class Template(StrEnum):
    """The messages that banso ships, in Japanese and in English; those in `FOR_CUSTOMERS` alone are for a customer."""

    SILENT_STRUGGLING = "silent-struggling"
    STRUGGLING = "struggling"
    HEALTH_CRITICAL = "health-critical"
    STALLED = "stalled"
    GOAL_REACHED = "goal-reached"
    SET_EXPECTATIONS = "set-expectations"
    FIRST_SMALL_SUCCESS = "first-small-success"
    DEFINE_THE_GOAL = "define-the-goal"
    GIVE_THE_GOAL = "give-the-goal"
    LEARN_THE_BASICS = "learn-the-basics"
    GUIDE_AT_SCALE = "guide-at-scale"
    SUPPORT_MATTER = "support-matter"
    CONTRACT_RENEWED = "contract-renewed"
    CONTRACT_ENDED = "contract-ended"
    INCIDENT = "incident"
    INCIDENT_OVER = "incident-over"
    FEED_STALE = "feed-stale"
    CONTACT_OFFER = "contact-offer"
    CONTACT_GUIDE = "contact-guide"
    CONTACT_CONGRATULATION = "contact-congratulation"


FOR_CUSTOMERS = frozenset({Template.CONTACT_OFFER, Template.CONTACT_GUIDE, Template.CONTACT_CONGRATULATION})


@dataclass(frozen=True, slots=True)
class Cost:
    """What carrying out a play takes: hours of the recipient, and money besides, in micro-units by currency."""

    hours: float = COST_HOURS
    money: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OwnText:
    """A company's own words in one language: a title, what happened, and what to do, with `{placeholders}`."""

    title: str
    what: tuple[str, ...]
    do: tuple[str, ...]


Texts = Mapping[str, OwnText]
"""By language: `ja` and `en`."""


@dataclass(frozen=True, slots=True)
class When:
    """Which signals. An empty set means any; `support` None: whether or not it is a support matter."""

    kinds: frozenset[SignalKind]
    states: frozenset[SignalState] = frozenset({SignalState.OPENED})
    touch: frozenset[TouchModel] = frozenset()
    cells: frozenset[str] = frozenset()
    phases: frozenset[str] = frozenset()
    support: bool | None = None

    def holds(self, signal: AccountSignal) -> bool:
        """Whether `signal` is one of these."""
        return (
            signal.kind in self.kinds
            and signal.state in self.states
            and (not self.touch or signal.touch in self.touch)
            and (not self.cells or signal.cell in self.cells)
            and (not self.phases or signal.phase in self.phases)
            and (self.support is None or self.support == is_support_matter(signal))
        )

    def __str__(self) -> str:
        """Of whom it speaks beside the kinds, the same words for the same meaning."""
        parts: dict[str, Iterable[str]] = {
            "cell": self.cells, "phase": self.phases, "state": self.states, "touch": self.touch,
        }  # fmt: skip
        said = [f"{name}={','.join(sorted(values))}" for name, values in parts.items() if values]
        return "&".join(said if self.support is None else [*said, f"support={self.support}"])


@dataclass(frozen=True, slots=True)
class Play:
    """One play. It says what it has to say by a shipped `template` or by `text` of the company's own.

    `only_named`: for accounts whose cell names it, and no other. `uplift_prior` is how much it is believed to help
    until that was measured. `variants` are other wordings of the same, by name; `only_wording` is the one in use
    ("" its own), None for each as often. `shadow`: whenever it is new or was
    changed it is first judged for a while, and not sent.
    """

    name: str
    when: When
    severity_floor: Severity
    audience: Audience
    channels: tuple[PlayChannel, ...]
    reach: Reach
    template: Template | None
    cooldown_ms: int
    expiry_ms: int
    quiet_hours: bool
    text: Texts | None = None
    variants: Mapping[str, Texts] = field(default_factory=dict)
    only_named: bool = False
    cost: Cost = Cost()
    uplift_prior: float = UPLIFT_PRIOR
    shadow: bool = False
    only_wording: str | None = None

    @property
    def kinds(self) -> frozenset[SignalKind]:
        """The kinds of signal that it answers."""
        return self.when.kinds

    @property
    def for_customer(self) -> bool:
        """Whether it speaks to the customer."""
        return self.audience is Audience.CONTACT

    @property
    def wordings(self) -> list[str]:
        """The wordings in use, "" for its own."""
        return ["", *sorted(self.variants)] if self.only_wording is None else [self.only_wording]

    def wording(self, variant: str) -> Texts | None:
        """The company's own words of that variant, "" for the first; None where the shipped template speaks."""
        return self.variants.get(variant, self.text)

    def matches(self, signal: AccountSignal) -> bool:
        """Whether `signal` leads to this play, were there no other."""
        return (
            self.when.holds(signal)
            and (not self.only_named or self.name in signal.plays)
            and SEVERITY_ORDER.index(signal.severity) >= SEVERITY_ORDER.index(self.severity_floor)
        )


def plays_for(plays: Iterable[Play], signal: AccountSignal) -> Sequence[Play]:
    """The plays that `signal` leads to, in the order of the file."""
    matching = [play for play in plays if play.matches(signal)]
    chosen = {play.name for audience in (True, False) for play in _preferred(matching, signal, customer=audience)}
    return [play for play in matching if play.name in chosen]


def is_support_matter(signal: AccountSignal) -> bool:
    """Whether the account is in trouble with the product's own failures and has written about it.

    Such trouble is a ticket's: support is quicker with it than a customer-success manager. Written means: just now, or
    as often as accounts in such trouble do. Who is silent now has no ticket, whatever it wrote weeks ago.
    """
    evidence = signal.evidence
    if evidence is None or signal.kind is SignalKind.SILENT_STRUGGLING:
        return False
    seen, expected = evidence.contacts_seen or 0, evidence.contacts_expected or 0.0
    wrote = signal.kind is SignalKind.CONTACT_MADE or (seen > 0 and seen >= expected)
    broken = (c for c in evidence.channels if (c.kind or c.channel) in BROKEN)
    return wrote and any(channel.seen > channel.expected for channel in broken)


def _preferred(matching: Iterable[Play], signal: AccountSignal, *, customer: bool) -> list[Play]:
    """Of the plays for one side: support's if there are any, else those that the cell names, else all."""
    ours = [play for play in matching if play.for_customer is customer]
    support = [play for play in ours if play.audience is Audience.SUPPORT]
    named = [play for play in ours if play.name in signal.plays]
    return support or named or ours
