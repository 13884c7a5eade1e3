"""How are the keys fetched that a client publishes at its own address? By the guard of every call outwards."""

import asyncio
from typing import Protocol

import httpx2

from api.target_guard import Resolve, Target, TargetRefused, check_target, system_resolve
from risk.client_keys import KeysUnavailable, KeyTerms

HEADERS = {"Accept": "application/jwk-set+json, application/json", "Accept-Encoding": "identity"}


class FetchKeys(Protocol):
    """Fetch what stands at the address of a client's keys."""

    def __call__(self, uri: str, *, terms: KeyTerms) -> str:
        """Return the text, whatever it is; raise KeysUnavailable."""


class KeyFetcher:
    """Fetch over the network: from the very address that was looked at, without redirects or proxies."""

    def __init__(
        self, *, resolve: Resolve = system_resolve, transport: httpx2.AsyncBaseTransport | None = None
    ) -> None:
        self._resolve, self._transport = resolve, transport

    def __call__(self, uri: str, *, terms: KeyTerms) -> str:
        """Return the text; raise KeysUnavailable."""
        try:
            target = check_target(uri, resolve=self._resolve)
        except TargetRefused as refusal:
            raise _unavailable("不是公网上的 https 地址") from refusal
        return self.read(target, terms=terms)

    def read(self, target: Target, *, terms: KeyTerms) -> str:
        """Return what stands at an address that was looked at; raise KeysUnavailable."""
        try:
            return asyncio.run(self._read(target, terms)).decode("utf-8")
        except TimeoutError as error:
            raise _unavailable(f"在 {terms.fetch_seconds} 秒内没有给出公钥") from error
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            raise _unavailable("无法连接") from error
        except UnicodeDecodeError as error:
            raise _unavailable("给出的不是文本") from error

    async def _read(self, target: Target, terms: KeyTerms) -> bytes:
        # A limit on the whole: one on each step would let a server that drips bytes hold a request for hours.
        async with (
            asyncio.timeout(terms.fetch_seconds),
            httpx2.AsyncClient(
                timeout=None, trust_env=False, follow_redirects=False, transport=self._transport
            ) as http,
            http.stream(
                "GET",
                target.place,
                headers={**HEADERS, "Host": target.named},
                extensions={"sni_hostname": target.host},
            ) as answer,
        ):
            if answer.status_code != httpx2.codes.OK:
                raise _unavailable(f"答复的状态是 {answer.status_code}，须为 200；不跟随重定向")
            return await _content(answer, most=terms.most_bytes)


async def _content(answer: httpx2.Response, *, most: int) -> bytes:
    """Return the content as it was sent: what was packed in spite of us is no JSON, and is never unpacked."""
    read = bytearray()
    async for part in answer.aiter_raw():
        read += part
        if len(read) > most:
            raise _unavailable(f"给出的超过 {most} 字节")
    return bytes(read)


def _unavailable(why: str) -> KeysUnavailable:
    return KeysUnavailable(
        f"公钥地址{why}。", help="请核对登记的公钥地址：公网上的 https 地址，不需重定向，给出一个 JWKS。"
    )
