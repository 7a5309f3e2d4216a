"""绿码通行: a short-lived signed token that says nothing; only a police officer on duty, signed in, gets a yes or no from it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from backend.apps.rehab import tokens
from backend.apps.rehab.inputs import OfflineLookupInput, VerifyPassInput
from backend.apps.rehab.models import Case, PassLookup
from backend.apps.rehab.permissions import Permission
from backend.apps.rehab.service import common
from backend.kernel import clock
from backend.kernel.access.actor import Actor
from backend.kernel.audit.service import record, record_reading
from backend.kernel.db.connection import fetch
from backend.kernel.db.models import new_id
from backend.kernel.db.scope import after_commit
from backend.kernel.errors import Refusal
from backend.kernel.jobs.queue import wake_relay
from backend.kernel.validation import Checks

#: Fetched ahead, so that the pass can be shown where there is no network, each good for its own minute.
MOST_TOKENS = 20
#: Offline look-ups are sent within a week; older ones are written down all the same, as late.
MOST_LOOKUPS = 100
#: Before this no phone can have made one; a phone whose clock is that wrong has to be set first.
OLDEST_LOOKUP = timedelta(days=366)


@dataclass(frozen=True)
class Shown:
    """Tokens for the person's phone, each with the time it is good for."""

    id: UUID
    code: str
    version: int
    tokens: list[tokens.Token]


async def show_pass(actor: Actor, request: str) -> Shown:
    """Tokens for the next minutes. Whoever is not green, or whose term is over, gets none."""
    standing = await common.begin(actor, request, "show_pass")
    case = standing.case
    if not common.has_pass(case):
        raise Refusal("NO_PASS")
    now = clock.now()
    made = [tokens.issue(case.county, case.id, now + tokens.STEP * number) for number in range(MOST_TOKENS)]
    await record(actor, "rehab:pass:shown", case)
    return Shown(case.id, case.code, case.version, made)


@dataclass(frozen=True)
class Answer:
    """Yes or no, and nothing else."""

    id: UUID
    valid: bool
    looked_at: datetime


async def verify_pass(actor: Actor, request: VerifyPassInput) -> Answer:
    """An officer on duty looks, with a reason. The person reads every look-up."""
    actor.require(Permission.VERIFY_PASS)
    checks = Checks()
    reason = checks.text("reason", request.reason, least=4, most=300)
    checks.done()
    return await _look(actor, request.token, reason, clock.now(), offline=False)


async def log_offline_lookups(actor: Actor, request: Sequence[OfflineLookupInput]) -> list[Answer]:
    """Look-ups made without a network, written down now; repeating them adds nothing."""
    actor.require(Permission.VERIFY_PASS)
    checks = Checks()
    checks.items("lookups", request, least=1, most=MOST_LOOKUPS)
    reasons = [checks.text(f"lookups.{n}.reason", each.reason, least=4, most=300) for n, each in enumerate(request)]
    now = clock.now()
    for number, each in enumerate(request):
        checks.moment(f"lookups.{number}.lookedAt", each.looked_at, least=now - OLDEST_LOOKUP, most=None)
    checks.done()
    return [
        await _look(actor, each.token, reason, min(each.looked_at, now), offline=True)
        for each, reason in zip(request, reasons, strict=True)
    ]


async def _look(actor: Actor, text: str, reason: str, at: datetime, *, offline: bool) -> Answer:
    """What cannot be read, is forged or too old is answered "no" like anything else: nobody learns why."""
    opened = tokens.open_token(text)
    valid = opened is not None and await _written(actor, opened, text, reason, at, offline=offline)
    await record_reading(actor, "rehab:pass:verified", valid=valid, offline=offline, reason=reason)
    return Answer(new_id(), valid, at)


async def _written(actor: Actor, opened: tokens.Opened, text: str, reason: str, at: datetime, *, offline: bool) -> bool:
    """The look-up beside the case, wherever in the city it is carried; the officer sees nothing of the case itself."""
    assert actor.membership is not None
    digest = hashlib.sha256(text.encode()).hexdigest()
    (row,) = await fetch(
        "select rehab_look_up_pass($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) as valid",
        new_id(), new_id(), opened.case_id, opened.county, digest, actor.membership.name, actor.membership.agency_name,
        reason, at, offline, opened.is_good(at), clock.now(),
    )  # fmt: skip
    after_commit(wake_relay)
    return bool(row["valid"])


async def tell_of_look_up(actor: Actor, lookup_id: str) -> None:
    """Job: the person hears at once that somebody looked, and reads who and why in the app."""
    row = await PassLookup.get_or_none(id=UUID(lookup_id))
    if row is None:
        return
    case = await Case.get(id=row.case_id)
    await common.tell(await common.person_account(case), "pass.looked_at", case)


def public_keys(actor: Actor) -> list[tuple[int, bytes]]:
    """Today's keys and those of the next days, for an officer's phone (number, 32 bytes)."""
    actor.require(Permission.VERIFY_PASS)
    today = tokens.key_number(clock.now())
    return [(number, tokens.public_key(number)) for number in range(today - 1, today + tokens.KEYS_AHEAD)]
