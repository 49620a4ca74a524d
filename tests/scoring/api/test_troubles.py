"""An account's trouble by API: where it stands, what it does to health, who never spoke of it, said in words."""

from __future__ import annotations

from typing import Any

from httpx import AsyncClient

from banso_common.clock import DAY_MS
from banso_scoring.sweep import Sweep
from tests.scoring.api.given import Tenant, days_of_use, use


async def test_who_never_spoke_of_trouble_is_found_weighed_and_described(scoring: Tenant, client: AsyncClient) -> None:
    now = scoring.clock.now()
    made: list[Any] = []
    for number in range(20):
        made += days_of_use(f"calm/{number}", now, 30, per_day=4)
        made += [use(f"calm/{number}", "ticket.opened", now - 5 * DAY_MS, user="u1", number=n) for n in range(2)]
    made += days_of_use("bad", now, 30, trouble=9)
    made += [*days_of_use("spoke", now, 30, trouble=9), use("spoke", "ticket.opened", now - DAY_MS)]
    await scoring.take(made)
    await Sweep(scoring.member)(now)
    listed = (await client.get("/v1/accounts", params={"trouble": ["unspoken", "contacted"]})).json()["accounts"]
    assert {row["account"]: row["trouble"] for row in listed} == {"bad": "unspoken", "spoke": "contacted"}
    assert all(row["band"] != "healthy" for row in listed)
    bad, spoke = [(await client.get(f"/v1/accounts/{name}")).json() for name in ("bad", "spoke")]
    rules = scoring.member.model.trouble
    assert (bad["trouble"]["factor"], spoke["trouble"]["factor"]) == (rules.unspoken, rules.open)
    assert bad["trouble"]["episode"]["contacted_on"] is None
    assert spoke["trouble"]["episode"]["contacted_on"] is not None
    assert [one["outcome"] for one in bad["troubles"]] == ["goes-on"]
    assert bad["summary"]["score"] < spoke["summary"]["score"]
    for language, said in (("en", "this one wrote 0"), ("ja", "このお客様は0回です")):
        assert said in bad["evidence"]["sentence"][language]
    calm = (await client.get("/v1/accounts/calm/1")).json()
    assert (calm["trouble"]["stage"], calm["trouble"]["factor"], calm["troubles"]) == ("none", 1.0, [])
    shown = (await client.get("/v1/model")).json()
    assert shown["trouble"]["unspoken"] == rules.unspoken
