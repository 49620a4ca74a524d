"""An account is found under any spelling of its id; what an older version stored decomposed is reached and named."""

from __future__ import annotations

from urllib.parse import quote

from httpx import AsyncClient
from structlog.testing import capture_logs

from banso_common.contracts.codec import identity_of
from tests.scoring.api.given import LANES, Tenant

COMPOSED, DECOMPOSED = "Caf\u00e9", "Cafe\u0301"


async def _asked(client: AsyncClient, account: str, below: str = "") -> tuple[int, str]:
    answer = await client.get(f"/v1/accounts/{quote(account, safe='')}{below}")
    body = answer.json()
    return answer.status_code, body.get("account") or body.get("summary", {}).get("account", "")


async def test_who_asks_in_another_spelling_gets_the_account(scoring: Tenant, client: AsyncClient) -> None:
    await scoring.tell(COMPOSED, name="Café")
    assert await _asked(client, DECOMPOSED) == await _asked(client, COMPOSED) == (200, COMPOSED)
    assert await _asked(client, DECOMPOSED, "/explain") == (200, COMPOSED)
    assert (await _asked(client, "CAFÉ"))[0] == 404


async def test_what_was_stored_decomposed_is_reached_as_written_first(scoring: Tenant, client: AsyncClient) -> None:
    await scoring.tell(DECOMPOSED, name="before")
    assert await _asked(client, DECOMPOSED) == await _asked(client, COMPOSED) == (200, DECOMPOSED)
    await scoring.tell(COMPOSED, name="now")
    assert await _asked(client, DECOMPOSED) == (200, DECOMPOSED)
    assert await _asked(client, COMPOSED) == (200, COMPOSED)


async def test_the_member_says_which_of_its_accounts_get_nothing_more(scoring: Tenant) -> None:
    await scoring.tell(DECOMPOSED, name="before")
    await scoring.tell("plain", name="Plain")
    with capture_logs() as logged:
        await scoring.handler.assigned(range(LANES))
    (said,) = [line for line in logged if "BANSO_IDS_COMPOSED" in line["event"]]
    assert (said["log_level"], said["partition"]) == ("warning", identity_of(DECOMPOSED) % LANES)
