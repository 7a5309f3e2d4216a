"""One-time codes: six digits, five minutes, five tries, one at a time per telephone."""

from __future__ import annotations

import hashlib
import hmac
import secrets

from redis.asyncio import Redis

from backend.kernel.errors import Refusal
from backend.kernel.identity import limits
from backend.kernel.identity.sms import gateway
from backend.settings import settings

LIVES_SECONDS = 300
TRIES = 5


def _digest(phone: str, code: str) -> str:
    key = settings().secret("session_key").encode()
    return hmac.new(key, f"{phone}:{code}".encode(), hashlib.sha256).hexdigest()


def _key(phone: str) -> str:
    return f"code:{hashlib.sha256(phone.encode()).hexdigest()}"


async def send(valkey: Redis, phone: str, address: str) -> None:
    """Send a code to `phone`; the answer is the same whether or not an account exists.

    Raises:
        Refusal: `RATE_LIMITED`, or `SMS_FAILED` when the gateway did not take it.
    """
    await limits.check(valkey, limits.WRONG_BY_PHONE, phone)
    await limits.count(valkey, limits.SEND_BY_ADDRESS, address)
    await limits.count(valkey, limits.SEND_BY_PHONE, phone)
    if not settings().is_development:
        await limits.count(valkey, limits.SEND_PAUSE, phone)
    code = f"{secrets.randbelow(10**6):06d}"
    async with valkey.pipeline(transaction=True) as pipe:
        pipe.delete(_key(phone))
        pipe.hset(_key(phone), mapping={"digest": _digest(phone, code), "tries": 0})
        pipe.expire(_key(phone), LIVES_SECONDS)
        await pipe.execute()
    try:
        await gateway(valkey).send_code(phone, code)
    except OSError:
        raise Refusal("SMS_FAILED") from None


async def verify(valkey: Redis, phone: str, code: str, address: str) -> None:
    """Use the code up.

    Raises:
        Refusal: `CODE_WRONG` (also when it ran out or was used), `RATE_LIMITED` after too many wrong ones.
    """
    await limits.check(valkey, limits.WRONG_BY_PHONE, phone)
    await limits.check(valkey, limits.WRONG_BY_ADDRESS, address)
    tries = await valkey.hincrby(_key(phone), "tries", 1)
    digest = await valkey.hget(_key(phone), "digest")
    right = digest is not None and tries <= TRIES and hmac.compare_digest(digest, _digest(phone, code))
    # Deleting is the use: of two requests with the right code at once, one gets 1 and one 0.
    if right and await valkey.delete(_key(phone)):
        await limits.clear(valkey, limits.WRONG_BY_PHONE, phone)
        return
    if digest is None:
        await valkey.delete(_key(phone))
    await limits.count(valkey, limits.WRONG_BY_PHONE, phone)
    await limits.count(valkey, limits.WRONG_BY_ADDRESS, address)
    raise Refusal("CODE_WRONG", "code")
