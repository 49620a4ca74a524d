"""What is said of an account: the newest statement of each attribute wins, in whatever order they come."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from banso_common.contracts.account_activity import Scalar
from banso_scoring.domain.facts.profile import Profile, attributes, decode, encode, tell

Said = tuple[dict[str, Scalar], int, int]

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(),
)
names = st.sampled_from(["name", "acv", "seats", "owner_email", "time_zone", "renewal_at", "unknown"])
statements = st.lists(
    st.tuples(st.dictionaries(names, scalars), st.integers(0, 3), st.integers(1, 2**63 - 1)),
    max_size=8,
    unique_by=lambda said: said[2],
)


def profile_of(some: Sequence[Said]) -> Profile:
    profile: Profile = {}
    for said, at, identity in some:
        tell(profile, said, at, identity)
    return profile


@given(some=statements, order=st.randoms(use_true_random=False))
def test_any_order_gives_the_same_bytes(some: list[Said], order: object) -> None:
    mixed = list(some)
    order.shuffle(mixed)  # type: ignore[attr-defined]
    assert encode(profile_of(mixed)) == encode(profile_of(some))


@given(some=statements)
def test_saying_it_again_changes_nothing(some: list[Said]) -> None:
    profile = profile_of(some)
    before = encode(profile)
    assert not any(tell(profile, *said) for said in some)
    assert encode(profile) == before


@given(some=statements)
def test_what_was_encoded_is_decoded(some: list[Said]) -> None:
    profile = profile_of(some)
    assert encode(decode(encode(profile))) == encode(profile)
    assert attributes(decode(encode(profile))) == attributes(profile)


@given(some=statements)
def test_a_value_that_does_not_fit_counts_as_not_said(some: list[Said]) -> None:
    found = attributes(profile_of(some))
    assert found.name is None or isinstance(found.name, str)
    assert found.seats is None or isinstance(found.seats, int)


def test_the_newest_statement_wins_and_an_older_one_changes_nothing() -> None:
    profile: Profile = {}
    assert tell(profile, {"name": "new", "colour": "red"}, 2, 1)
    assert not tell(profile, {"name": "old"}, 1, 9)
    assert not tell(profile, {"colour": "blue"}, 3, 2), "a name that banso does not know is no news"
    assert attributes(profile).name == "new"
    assert tell(profile, {"name": None}, 3, 3)
    assert attributes(profile).name is None
