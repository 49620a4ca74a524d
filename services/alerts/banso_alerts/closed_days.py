"""The days on which nobody works: public and bank holidays of a country, and the company's own days off."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import holidays

from banso_common.errors import SettingsError

CATEGORIES = ("public", "bank")


def closed_days(country: str, company_days: frozenset[date]) -> Callable[[date], bool]:
    """Whether a day is closed; `country` is ISO 3166 alpha-2, or "" for none. Raises SettingsError."""
    if not country:
        return company_days.__contains__
    try:
        offered = holidays.country_holidays(country).supported_categories
        known = holidays.country_holidays(country, categories=tuple(c for c in CATEGORIES if c in offered))
    except NotImplementedError:
        raise SettingsError(f"BANSO_HOLIDAYS_COUNTRY: no calendar of holidays is known for {country}") from None
    return lambda day: day in company_days or day in known
