"""Posts to a URL that somebody else has a say in, without being led into the own network.

The name is resolved once; if any of its addresses is not public nothing is sent; the connection goes to the address
that was looked at, under the name's certificate, so that a second answer of DNS changes nothing. Redirects are not
followed, proxies of the environment not asked, and no more than ANSWER_BYTES_MAX of an answer is read.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import httpx

ANSWER_BYTES_MAX = 4_096
ADDRESSES_MAX = 4
HTTP_PORT = {"http": 80, "https": 443}
Address = IPv4Address | IPv6Address
Resolve = Callable[[str, int], Awaitable[list[Address]]]
# Public by their number, and yet a cloud's own: where machines ask for their metadata and credentials.
CLOUDS_OWN = tuple(map(ip_network, ("192.0.0.0/24", "168.63.129.16/32")))
NAT64 = ip_network("64:ff9b::/96")


class NotPublic(Exception):
    """The name leads to an address that is not public; nothing was sent."""


class NotResolved(Exception):
    """The name has no address now; nothing was sent."""


@dataclass(frozen=True, slots=True)
class Reply:
    """As much of an answer as we look at."""

    status: int
    retry_after: str
    text: str


async def resolve(host: str, port: int) -> list[Address]:
    """The addresses of a name, by the system's resolver. Raises NotResolved."""
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as fault:
        raise NotResolved(f"{type(fault).__name__}: the name has no address") from None
    return list(dict.fromkeys(ip_address(str(each[4][0]).partition("%")[0]) for each in found))


def is_public(address: Address) -> bool:
    """Whether an address is out in the internet; those that carry an IPv4 address inside are judged by that."""
    if isinstance(address, IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo or (None, None))[1]
        if inner is None and address in NAT64:
            inner = IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(inner)
    if any(address in network for network in CLOUDS_OWN):
        return False
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


class PinnedHttp:
    """A client for one endpoint. `allow_private` lets it into the own network, and without TLS."""

    def __init__(
        self,
        timeout_s: float,
        *,
        allow_private: bool = False,
        trust: ssl.SSLContext | None = None,
        look_up: Resolve = resolve,
    ) -> None:
        self._timeout_s, self._allow_private, self._look_up = timeout_s, allow_private, look_up
        self._http = httpx.AsyncClient(timeout=timeout_s, verify=trust or True, trust_env=False, follow_redirects=False)

    async def post(self, url: httpx.URL, headers: Mapping[str, str], body: bytes) -> Reply:
        """One request, to the first of the name's addresses that takes a connection.

        Raises NotPublic, NotResolved, httpx.HTTPError, and TimeoutError when all of it takes longer than it may.
        """
        async with asyncio.timeout(self._timeout_s):
            return await self._post(url, headers, body)

    async def close(self) -> None:
        """Let the connections go."""
        await self._http.aclose()

    async def _post(self, url: httpx.URL, headers: Mapping[str, str], body: bytes) -> Reply:
        if url.scheme != "https" and not self._allow_private:
            raise NotPublic("only https leads outside")
        addresses = (await self._look_up(url.host, url.port or HTTP_PORT[url.scheme]))[:ADDRESSES_MAX]
        if not addresses:
            raise NotResolved("the name has no address")
        for address in addresses:
            if not self._allow_private and not is_public(address):
                raise NotPublic(f"the name leads to {address}, which is not public")
        fault: httpx.HTTPError = httpx.ConnectError("no address")
        for address in addresses:
            try:
                return await self._post_to(address, url, headers, body)
            except (httpx.ConnectError, httpx.ConnectTimeout) as no:
                fault = no
        raise fault

    async def _post_to(self, address: Address, url: httpx.URL, headers: Mapping[str, str], body: bytes) -> Reply:
        host = url.netloc.decode()
        request = self._http.build_request(
            "POST",
            url.copy_with(host=str(address)),
            headers={**headers, "Host": host, "Accept-Encoding": "identity"},
            content=body,
            extensions={"sni_hostname": url.host, "timeout": self._http.timeout.as_dict()},
        )
        response = await self._http.send(request, stream=True)
        try:
            read = b""
            async for chunk in response.aiter_raw():
                read += chunk
                if len(read) >= ANSWER_BYTES_MAX:
                    break
        finally:
            await response.aclose()
        text = read[:ANSWER_BYTES_MAX].decode("utf-8", "replace")
        return Reply(response.status_code, response.headers.get("Retry-After", ""), text)
