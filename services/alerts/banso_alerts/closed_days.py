"""The days on which nobody works: public and bank holidays of a country, and the company's own days off."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import cache

import holidays
from babel.core import get_global

from banso_common.errors import SettingsError

CATEGORIES = ("public", "bank")
NO_COUNTRY = frozenset({"001", "ZZ"})
"""What Babel says of zones that are no country's."""

Closed = Callable[[date], bool]


def closed_days(country: str, company_days: frozenset[date]) -> Closed:
    """Whether a day is closed; `country` is ISO 3166 alpha-2, or "" for none. Raises SettingsError."""
    if not country:
        return company_days.__contains__
    known = _holidays(country)
    if known is None:
        raise SettingsError(f"BANSO_HOLIDAYS_COUNTRY: no calendar of holidays is known for {country}")
    return lambda day: day in company_days or day in known


def closed_days_in(country: str, company_days: frozenset[date]) -> Closed:
    """As `closed_days`; a country without a known calendar has the company's days only."""
    known = _holidays(country)
    return company_days.__contains__ if known is None else lambda day: day in company_days or day in known


def countries_of_zones() -> dict[str, str]:
    """The country of each time zone that lies in one: IANA name -> ISO 3166."""
    found = {str(zone): str(territory) for zone, territory in get_global("zone_territories").items()}
    for alias, zone in get_global("zone_aliases").items():
        if zone in found:
            found.setdefault(str(alias), found[zone])
    return {zone: country for zone, country in found.items() if country not in NO_COUNTRY}


@cache
def _holidays(country: str) -> holidays.HolidayBase | None:
    """The public and bank holidays of a country; None when nobody has written them down."""
    try:
        offered = holidays.country_holidays(country).supported_categories
        return holidays.country_holidays(country, categories=tuple(c for c in CATEGORIES if c in offered))
    except NotImplementedError:
        return None
