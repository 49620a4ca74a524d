"""How much personal care an account's value allows: its touch model by annual contract value (ACV)."""

from __future__ import annotations

from banso_common.contracts.account_signal import TouchModel
from banso_scoring.domain.success_model import SuccessModel


def touch_of(model: SuccessModel, acv: int | None, currency: str | None) -> TouchModel:
    """The touch model of `acv` (micro-units of `currency`); the default when either is not known."""
    if acv is None or currency is None:
        return model.touch_default
    fitting = [rule for rule in model.touch_rules if rule.currency == currency.upper() and acv >= rule.at_least]
    if fitting:
        return max(fitting, key=lambda rule: rule.at_least).touch
    return model.touch_default
