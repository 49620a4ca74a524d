"""A slash that is part of a name leads to that name and to no other; nothing is decoded twice, or not at all."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from banso_common.http.raw_path import matched, name_in
from tests.common.http.given import app_of, client_of

NAMES = ["acme", "a/b", "acme/explain", "a//explain", "/", "100%", "%2F", "%252F", "a%2fexplain", "日本/語", "?x#y"]


@pytest.mark.parametrize("name", NAMES)
async def test_every_name_is_read_at_its_encoded_address(tmp_path: Path, name: str) -> None:
    app, *_ = app_of(tmp_path)
    async with client_of(app) as client:
        for route, of in (("names", "many"), ("name", "one")):
            at = f"/{route}/{quote(name, safe='')}"
            assert (await client.get(at)).json() == {"what": of, "name": name}
            assert (await client.get(f"{at}/explain")).json() == {"what": f"{of} explained", "name": name}


async def test_a_plain_slash_parts_names(tmp_path: Path) -> None:
    app, *_ = app_of(tmp_path)
    async with client_of(app) as client:
        assert (await client.get("/name/a/b")).status_code == 404
        assert (await client.get("/names/a/b")).json() == {"what": "many", "name": "a/b"}
        assert (await client.get("/names/a/explain")).json() == {"what": "many explained", "name": "a"}
        assert (await client.get("/names/a%2fexplain")).json() == {"what": "many", "name": "a/explain"}


@given(st.text())
def test_what_is_encoded_is_read_as_it_was(name: str) -> None:
    sent = matched(f"/{quote(name.encode('utf-8', 'replace'), safe='')}")
    assert sent.count("/") == 1
    assert name_in(sent[1:]).encode() == name.encode("utf-8", "replace")


@given(st.text(alphabet="%25fF2/a"))
def test_a_path_that_no_one_encodes_so_is_read_all_the_same(raw: str) -> None:
    sent = matched(raw)
    assert sent.count("/") == raw.count("/")
    assert matched(sent) == sent
