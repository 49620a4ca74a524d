"""A URL that somebody else has a say in leads outside or nowhere: not by its name, not by a second answer of DNS."""

from __future__ import annotations

import ssl
import subprocess
from ipaddress import ip_address
from pathlib import Path

import httpx
import pytest

from banso_alerts.channels.pinned import Address, NotPublic, NotResolved, PinnedHttp, is_public, resolve
from tests.alerts.hook_server import running_hooks

NAME = "hooks.example"


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.8.8.8", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
        "100.100.100.200", "0.0.0.0", "255.255.255.255", "224.0.0.1", "240.0.0.1", "192.0.0.192", "198.18.0.1",
        "168.63.129.16", "::", "::1", "fe80::1", "fc00::1", "fd00:ec2::254", "ff02::1", "::ffff:127.0.0.1",
        "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "2002:7f00:1::", "2002:a00:1::",
        "2001:0:4136:e378:8000:63bf:80ff:fffe", "2001:db8::1",
    ],
)  # fmt: skip
def test_what_is_not_public_is_known(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize(
    "address", ["1.1.1.1", "203.0.114.9", "2606:4700:4700::1111", "::ffff:1.1.1.1", "64:ff9b::101:101"]
)
def test_what_is_public_is_let_be(address: str) -> None:
    assert is_public(ip_address(address))


async def test_one_private_address_among_public_ones_is_enough_to_send_nothing() -> None:
    async def mixed(host: str, port: int) -> list[Address]:
        return [ip_address("1.1.1.1"), ip_address("10.0.0.1")]

    http = PinnedHttp(1.0, look_up=mixed)
    with pytest.raises(NotPublic, match=r"10\.0\.0\.1"):
        await http.post(httpx.URL(f"https://{NAME}/"), {}, b"")
    await http.close()


async def test_a_name_is_resolved_once_and_what_was_looked_at_is_connected_to() -> None:
    """A name server that gives another address the second time is not asked a second time."""
    asked: list[str] = []

    async def rebinding(host: str, port: int) -> list[Address]:
        asked.append(host)
        return [ip_address("127.0.0.1" if len(asked) == 1 else "127.0.0.2")]

    async with running_hooks() as hooks:
        http = PinnedHttp(5.0, allow_private=True, look_up=rebinding)
        reply = await http.post(httpx.URL(hooks.url.replace("127.0.0.1", NAME)), {"X-A": "b"}, b"body")
        await http.close()
    assert reply.status == 204
    assert asked == [NAME]
    assert hooks.received[0].headers["host"].startswith(f"{NAME}:")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for NAME, signed by itself; key and certificate in one file."""
    file = tmp_path_factory.mktemp("tls") / "both.pem"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    command += ["-keyout", str(file), "-out", str(file) + ".crt", "-days", "2", "-subj", f"/CN={NAME}"]
    command += ["-addext", f"subjectAltName=DNS:{NAME}"]
    subprocess.run(command, check=True, capture_output=True)
    file.write_bytes(file.read_bytes() + Path(f"{file}.crt").read_bytes())
    return file


@pytest.mark.parametrize(("name", "taken"), [(NAME, True), ("other.example", False)])
async def test_the_certificate_has_to_be_the_names_although_the_connection_goes_to_an_address(
    certificate: Path, name: str, taken: bool
) -> None:
    served = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    served.load_cert_chain(certificate)
    trust = ssl.create_default_context(cafile=f"{certificate}.crt")

    async def here(host: str, port: int) -> list[Address]:
        return [ip_address("127.0.0.1")]

    async with running_hooks(served) as hooks:
        http = PinnedHttp(5.0, allow_private=True, trust=trust, look_up=here)
        url = httpx.URL(hooks.url.replace("127.0.0.1", name))
        if taken:
            assert (await http.post(url, {}, b"x")).status == 204
        else:
            with pytest.raises(httpx.ConnectError):
                await http.post(url, {}, b"x")
        await http.close()
    assert len(hooks.received) == taken


async def test_the_next_address_is_tried_when_the_first_takes_no_connection() -> None:
    async with running_hooks() as hooks:

        async def two(host: str, port: int) -> list[Address]:
            return [ip_address("127.0.0.9"), ip_address("127.0.0.1")]

        http = PinnedHttp(5.0, allow_private=True, look_up=two)
        assert (await http.post(httpx.URL(hooks.url), {}, b"x")).status == 204
        await http.close()


async def test_a_literal_of_ipv6_is_an_address_too() -> None:
    http = PinnedHttp(1.0)
    with pytest.raises(NotPublic):
        await http.post(httpx.URL("https://[::1]:8443/x"), {}, b"")
    await http.close()


async def test_a_name_that_is_none_and_plain_http_lead_nowhere() -> None:
    with pytest.raises(NotResolved):
        await resolve("no-such-name.invalid", 443)
    http = PinnedHttp(1.0)
    with pytest.raises(NotPublic):
        await http.post(httpx.URL("http://1.1.1.1/"), {}, b"")
    await http.close()
