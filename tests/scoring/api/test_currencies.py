"""The list does not take yen for euros."""

from __future__ import annotations

from httpx import AsyncClient

from banso_common.contracts.account_activity import MICRO
from tests.scoring.api.given import Tenant
from tests.scoring.api.test_list import LIST, _problem, _walk


async def test_amounts_of_two_currencies_are_not_compared(scoring: Tenant, client: AsyncClient) -> None:
    said = {"a": (900_000, "JPY"), "b": (90_000, "EUR"), "c": (5, "JPY"), "d": (7, "EUR"), "f": (0, "EUR")}
    for name, (units, currency) in said.items():
        await scoring.tell(name, acv=units * MICRO, currency=currency)
    await scoring.tell("e", acv=10**9 * MICRO)
    await scoring.tell("none", currency="EUR")
    for sort, order in (("acv", "fdbcae"), ("-acv", "bdface")):
        walked = await _walk(client, sort=sort, limit=2)
        assert [row["account"] for row in walked] == [*order, "none"]
        assert (await _walk(client, sort=sort, limit=500)) == walked
    assert [row["account"] for row in await _walk(client, sort="-acv", currency="eur")] == ["b", "d", "f", "none"]
    assert {row["account"] for row in await _walk(client, currency=["JPY", "EUR"])} == {*"abcdf", "none"}
    _problem(await client.get(LIST, params={"currency": "yen!"}), 422, "invalid")
