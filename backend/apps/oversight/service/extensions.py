"""More time for a reply, to a recommendation or a suggestion: asked for with its ground, granted or not by somebody else."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from backend.apps.oversight.inputs import (
    ReplyExtensionDecisionInput,
    ReplyExtensionInput,
    SuggestionExtensionDecisionInput,
    SuggestionExtensionInput,
)
from backend.kernel.access.actor import Actor
from backend.kernel.deadlines import service as clocks
from backend.kernel.deadlines.calendar import Unit
from backend.kernel.deadlines.models import ExtensionRequest, MatterClock
from backend.kernel.errors import Refusal, not_found
from backend.kernel.validation import Checks, text_of


async def ask(
    actor: Actor, matter: Any, limits: Sequence[str], request: ReplyExtensionInput | SuggestionExtensionInput, *,
    latest: datetime | None = None,
) -> None:  # fmt: skip
    """For the running one of `limits`. Raises `INVALID` beyond `latest`, and as `deadlines.service.ask_extension` does."""
    checks = Checks()
    basis = checks.text("basis", request.basis, least=4, most=500)
    reason = checks.text("reason", request.reason, least=4, most=1000)
    checks.done()
    running = await MatterClock.filter(matter_id=matter.id, rule__in=limits, met_at__isnull=True).first()
    if running is None:
        raise not_found("id")
    if latest is not None and running.due_at + timedelta(days=max(request.days, 0)) > latest:
        raise Refusal("INVALID", "days", least=1, most=max(0, (latest - running.due_at).days))
    await clocks.ask_extension(actor, await clocks.locked(running.id), length=request.days, unit=Unit.CD, basis=basis, reason=reason)


async def decide(
    actor: Actor, matter: Any, request: ReplyExtensionDecisionInput | SuggestionExtensionDecisionInput
) -> str | None:
    """The new day as the event keeps it, when it was granted. Raises `ALREADY_DECIDED` when nothing is asked for of a limit that
    still runs."""
    opinion = text_of(request.opinion, "opinion")
    running = await MatterClock.filter(matter_id=matter.id, met_at__isnull=True).values_list("id", flat=True)
    asked = await ExtensionRequest.filter(matter_id=matter.id, state="ASKED", clock_id__in=list(running)).select_for_update().first()
    if asked is None:
        raise Refusal("ALREADY_DECIDED")
    extended = await clocks.decide_extension(actor, asked, grant=request.grant, opinion=opinion)
    return extended.due_at.isoformat() if request.grant else None
