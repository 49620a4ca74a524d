"""An incident hit who newly met it; whoever has mostly other trouble is still told of by itself."""

from __future__ import annotations

import numpy as np

from banso_scoring.domain.incident.affected import Trouble, affected
from banso_scoring.domain.incident.signature import Signature
from banso_scoring.domain.incident.signature_days import DAYS_SEEN, Met, SignatureDays
from tests.scoring.domain.builders import small_model
from tests.scoring.domain.incident.made import TODAY, Hit, facts_of, met_of

OLD, NEW, LATER = (Signature("error", "csv", version) for version in ("2.2.0", "2.3.1", "2.3.2"))
WATCHED = Signature("error", "csv")
LAST = DAYS_SEEN - 1


def held_of(*hits: Hit) -> SignatureDays:
    """Each of the hits taken in by itself."""
    held = SignatureDays(small_model())
    for hit in hits:
        facts = facts_of([hit])
        held.add(facts, np.arange(len(facts.account_names)), TODAY)
        held.met(TODAY)
    return held


def rows(met: Met) -> list[tuple[Signature, int, int, int]]:
    names = [met.signatures[number] for number in met.signature]
    return sorted(zip(names, met.account.tolist(), met.day.tolist(), met.count.tolist(), strict=True))


def test_it_hit_who_met_it_since_and_not_who_met_an_older_version() -> None:
    met = met_of([(NEW, 0, 1, 5), (NEW, 0, 0, 2), (LATER, 1, 0, 1), (OLD, 2, 0, 1), (OLD, 3, 4, 1), (NEW, 4, 9, 1)])
    hit = affected(met, [Trouble(WATCHED, NEW, LAST - 1)])
    assert hit.account.tolist() == [0, 1]
    assert hit.first.tolist() == [LAST - 1, LAST]
    assert hit.last.tolist() == [LAST, LAST]
    assert hit.seen.tolist() == [7, 1]


def test_who_met_it_in_the_week_before_was_not_hit_unless_far_harder() -> None:
    met = met_of([(WATCHED, 0, 4, 2), (WATCHED, 0, 0, 3), (WATCHED, 1, 4, 2), (WATCHED, 1, 0, 30)])
    assert affected(met, [Trouble(WATCHED, WATCHED, LAST - 1)]).account.tolist() == [1]


def test_mostly_is_half_of_what_is_more_than_the_account_is_used_to() -> None:
    other = Signature("error", "pdf")
    used_to = [(other, 0, ago, 10) for ago in range(35)]
    met = met_of([(NEW, 0, 0, 8), (NEW, 1, 0, 8), (NEW, 2, 0, 8), *used_to, (other, 1, 0, 9)])
    hit = affected(met, [Trouble(WATCHED, NEW, LAST - 1)])
    assert dict(zip(hit.account.tolist(), hit.mostly.tolist(), strict=True)) == {0: True, 1: False, 2: True}


def test_facts_in_any_order_and_in_any_parts_are_held_alike() -> None:
    hits = [(NEW, 0, 3, 2), (OLD, 1, 2, 1), (NEW, 0, 3, 4), (Signature("error"), 2, 0, 1)]
    assert rows(held_of(*reversed(hits)).met(TODAY)) == rows(met_of(hits))


def test_what_is_over_long_ago_is_forgotten_with_its_name() -> None:
    held = held_of((NEW, 0, 0, 1), (OLD, 1, DAYS_SEEN - 1, 1))
    assert OLD in held.met(TODAY).signatures
    assert set(held.met(TODAY + 5).signatures) == {Signature("error"), NEW}


def test_a_day_that_has_begun_elsewhere_counts_as_today() -> None:
    met = held_of((NEW, 0, -1, 2), (NEW, 0, 0, 3)).met(TODAY)
    assert [(one, count) for one, _, _, count in rows(met)] == [(Signature("error"), 5), (NEW, 5)]
