"""What is said of an account: for each attribute the newest statement wins, whatever order they arrive in.

A statement is (value, instant, identity); the larger (instant, identity) wins, so equal sets of statements
give equal profiles.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

import msgspec

from banso_common.contracts.account_activity import AccountAttributes, Scalar

Statement = tuple[Scalar, int, int]
Profile = dict[str, Statement]

FIELDS = frozenset(AccountAttributes.__struct_fields__)
OWN_LENGTH_MAX = 256
"""Characters of a text that a company says under a name of its own; a longer one counts as not said."""
_decoder = msgspec.json.Decoder(dict[str, tuple[str | int | float | bool | None, int, int]])
_encoder = msgspec.json.Encoder(order="deterministic")


def tell(profile: Profile, said: Mapping[str, Scalar], at: int, identity: int, own: Collection[str] = ()) -> bool:
    """Merge statements made at `at`; gives whether anything changed. Names that neither banso knows nor the model
    declares (`own`) stay out."""
    changed = False
    for name, value in heard(said, own).items():
        before = profile.get(name)
        if before is None or (before[1], before[2]) < (at, identity):
            profile[name] = (value, at, identity)
            changed = True
    return changed


def heard(said: Mapping[str, Scalar], own: Collection[str] = ()) -> dict[str, Scalar]:
    """What of `said` is about attributes that banso knows or the model declares."""
    return {
        name: value
        for name, value in said.items()
        if name in FIELDS or (name in own and not (isinstance(value, str) and len(value) > OWN_LENGTH_MAX))
    }


def attributes(profile: Profile) -> AccountAttributes:
    """The attributes as they stand; a value of the wrong type counts as not said."""
    fit = {name: value for name, (value, _, _) in profile.items() if fits(name, value)}
    return msgspec.convert(fit, AccountAttributes)


def fits(name: str, value: Scalar) -> bool:
    """Whether `value` is of the type of the attribute `name`."""
    try:
        msgspec.convert({name: value}, AccountAttributes)
    except msgspec.ValidationError:
        return False
    return True


def encode(profile: Profile) -> bytes:
    """Canonical bytes."""
    return _encoder.encode(profile)


def decode(raw: bytes) -> Profile:
    """The profile that `encode` wrote."""
    return _decoder.decode(raw)
