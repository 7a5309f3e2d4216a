"""Passkeys: registration, sign-in and step-up. A challenge lives two minutes in Valkey and works once."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import orjson
import webauthn
from redis.asyncio import Redis
from tortoise.exceptions import IntegrityError
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from backend.kernel import clock
from backend.kernel.db.scope import DbRole, Scope, open_scope
from backend.kernel.errors import Refusal
from backend.kernel.identity.models import Passkey
from backend.settings import settings

CHALLENGE_SECONDS = 120
IDENTITY = Scope(DbRole.IDENTITY)


def _host() -> str:
    return urlsplit(settings().public_url).hostname or "localhost"


def _failed() -> Refusal:
    return Refusal("PASSKEY_FAILED")


async def _remember(valkey: Redis, kind: str, challenge: bytes, account: str) -> None:
    await valkey.set(f"challenge:{kind}:{bytes_to_base64url(challenge)}", account, ex=CHALLENGE_SECONDS)


async def _take(valkey: Redis, kind: str, credential: dict[str, Any], account: str) -> bytes:
    """The challenge a credential answers, used up. It must have been given to the same account."""
    try:
        client_data = orjson.loads(base64url_to_bytes(credential["response"]["clientDataJSON"]))
        challenge = str(client_data["challenge"])
    except (KeyError, TypeError, ValueError):
        raise _failed() from None
    given_to = await valkey.getdel(f"challenge:{kind}:{challenge}")
    if given_to is None or given_to != account:
        raise _failed()
    return base64url_to_bytes(challenge)


async def registration_options(valkey: Redis, account_id: UUID, name: str) -> dict[str, Any]:
    """Options for `navigator.credentials.create`."""
    async with open_scope(IDENTITY):
        known = await Passkey.filter(account_id=account_id)
    options = webauthn.generate_registration_options(
        rp_id=_host(),
        rp_name="Shanzhi",
        user_id=account_id.bytes,
        user_name=name,
        exclude_credentials=[PublicKeyCredentialDescriptor(id=key.credential_id) for key in known],
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
    )
    await _remember(valkey, "register", options.challenge, str(account_id))
    loaded: dict[str, Any] = orjson.loads(webauthn.options_to_json(options))
    return loaded


async def register(valkey: Redis, account_id: UUID, credential: dict[str, Any], label: str) -> None:
    """Store a new passkey of the signed-in account.

    Raises:
        Refusal: `PASSKEY_FAILED`.
    """
    challenge = await _take(valkey, "register", credential, str(account_id))
    try:
        verified = webauthn.verify_registration_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=_host(),
            expected_origin=settings().public_url.rstrip("/"),
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError):
        raise _failed() from None
    try:
        async with open_scope(IDENTITY):
            await Passkey.create(
                account_id=account_id,
                credential_id=verified.credential_id,
                public_key=verified.credential_public_key,
                sign_count=verified.sign_count,
                label=label[:60],
                created_at=clock.now(),
            )
    except IntegrityError:
        # The key is registered already; whose it is, is nobody's business.
        raise _failed() from None


async def of_account(account_id: UUID) -> list[Passkey]:
    """The account's passkeys, oldest first."""
    async with open_scope(IDENTITY):
        return await Passkey.filter(account_id=account_id).order_by("created_at", "id")


async def remove(account_id: UUID, passkey_id: UUID) -> None:
    """Forget one of the account's own passkeys. Raises `NOT_FOUND`."""
    async with open_scope(IDENTITY):
        if not await Passkey.filter(id=passkey_id, account_id=account_id).delete():
            raise Refusal("NOT_FOUND")


async def sign_in_options(valkey: Redis, account_id: UUID | None = None) -> dict[str, Any]:
    """Options for `navigator.credentials.get`; with an account (step-up) only its own passkeys."""
    allowed: list[PublicKeyCredentialDescriptor] = []
    if account_id is not None:
        async with open_scope(IDENTITY):
            known = await Passkey.filter(account_id=account_id)
        if not known:
            raise Refusal("NO_PASSKEY")
        allowed = [PublicKeyCredentialDescriptor(id=key.credential_id) for key in known]
    options = webauthn.generate_authentication_options(
        rp_id=_host(), allow_credentials=allowed, user_verification=UserVerificationRequirement.REQUIRED
    )
    await _remember(valkey, "sign-in", options.challenge, str(account_id or ""))
    loaded: dict[str, Any] = orjson.loads(webauthn.options_to_json(options))
    return loaded


async def verify(valkey: Redis, credential: dict[str, Any], account_id: UUID | None = None) -> UUID:
    """The account whose passkey answered; with `account_id` it must be that one.

    Raises:
        Refusal: `PASSKEY_FAILED` for anything wrong, also a sign count that went back (a cloned key).
    """
    challenge = await _take(valkey, "sign-in", credential, str(account_id or ""))
    try:
        credential_id = base64url_to_bytes(str(credential["rawId"]))
    except (KeyError, ValueError):
        raise _failed() from None
    async with open_scope(IDENTITY):
        key = await Passkey.filter(credential_id=credential_id).select_for_update().first()
        if key is None or (account_id is not None and key.account_id != account_id):
            raise _failed()
        try:
            verified = webauthn.verify_authentication_response(
                credential=credential,
                expected_challenge=challenge,
                expected_rp_id=_host(),
                expected_origin=settings().public_url.rstrip("/"),
                credential_public_key=key.public_key,
                credential_current_sign_count=key.sign_count,
                require_user_verification=True,
            )
        except (WebAuthnException, ValueError, KeyError, TypeError):
            raise _failed() from None
        key.sign_count = verified.new_sign_count
        key.last_used_at = clock.now()
        await key.save(update_fields=["sign_count", "last_used_at"])
        return key.account_id
