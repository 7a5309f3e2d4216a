"""The SMS gateway: a protocol with a development and an HTTP implementation."""

from __future__ import annotations

import hashlib
import hmac
import sys
from typing import Protocol

import httpx
import orjson
from redis.asyncio import Redis

from backend.kernel import clock
from backend.settings import settings

#: Valkey list with the last development codes, newest first.
DEV_CODES = "dev:codes"


class SmsGateway(Protocol):
    """Sends a one-time code by SMS.

    Raises:
        OSError: the gateway could not be reached or refused; the person is asked to try again.
    """

    async def send_code(self, phone: str, code: str) -> None: ...


class DevelopmentGateway:
    """Sends nothing: shows codes on the terminal and on `/dev/codes`. Refuses to exist in production."""

    def __init__(self, valkey: Redis) -> None:
        settings().require_sms()
        self.valkey = valkey

    async def send_code(self, phone: str, code: str) -> None:
        print(f"DEV-CODE {phone} {code}", file=sys.stdout, flush=True)
        entry = orjson.dumps({"phone": phone, "code": code, "at": clock.now().isoformat()})
        async with self.valkey.pipeline(transaction=True) as pipe:
            pipe.lpush(DEV_CODES, entry)
            pipe.ltrim(DEV_CODES, 0, 49)
            pipe.expire(DEV_CODES, 600)
            await pipe.execute()


class HttpGateway:
    """POSTs `{"phone", "template", "params"}`, signed with HMAC-SHA256 in `X-Signature`."""

    def __init__(self, url: str, key: str) -> None:
        self.url = url
        self.key = key.encode()

    async def send_code(self, phone: str, code: str) -> None:
        body = orjson.dumps({"phone": phone, "template": "one-time-code", "params": {"code": code}})
        signature = hmac.new(self.key, body, hashlib.sha256).hexdigest()
        async with httpx.AsyncClient(timeout=10) as client:
            try:
                answer = await client.post(
                    self.url,
                    content=body,
                    headers={"Content-Type": "application/json", "X-Signature": signature},
                )
                answer.raise_for_status()
            except httpx.HTTPError as problem:
                raise OSError("the SMS gateway did not take the message") from problem


def gateway(valkey: Redis) -> SmsGateway:
    """The configured gateway."""
    if settings().sms_gateway_url:
        return HttpGateway(settings().sms_gateway_url, settings().secret("sms_gateway_key"))
    return DevelopmentGateway(valkey)
