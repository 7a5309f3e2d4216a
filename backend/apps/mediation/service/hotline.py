"""Ring 1, the hotline's door: signed messages and CSV tables, each message taken in once."""

from __future__ import annotations

import csv
import hashlib
import io
from itertools import islice
from typing import Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from backend.apps.mediation.enums import Channel, DisputeCategory, PartySide, ReporterMode
from backend.apps.mediation.inputs import PartyInput, ReportDisputeInput
from backend.apps.mediation.service import intake
from backend.kernel import clock
from backend.kernel.access.actor import Actor
from backend.kernel.db.connection import execute, fetch
from backend.kernel.db.models import new_id
from backend.kernel.errors import Refusal, Refusals
from backend.kernel.graphql.text import refuse_hostile

SOURCE = "hotline"
LARGEST_TABLE = 2_000
COLUMNS = ("id", "statement", "category", "division", "name", "phone", "place", "occurred_at", "channel")


class Message(BaseModel):
    """One call, as the hotline's system hands it over. `id` is its own number."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    id: str = Field(min_length=1, max_length=100)
    statement: str = Field(min_length=5, max_length=5000)
    category: DisputeCategory = DisputeCategory.OTHER
    division: str = Field(pattern=r"^\d{6,15}$")
    name: str = Field(default="", max_length=60)
    phone: str = Field(default="", max_length=20)
    place: str = Field(default="", max_length=200)
    occurred_at: AwareDatetime | None = None
    channel: Channel = Channel.HOTLINE_12345
    violence: bool = False


def parse(content: Any) -> Message:
    """Raises Refusals naming every wrong field."""
    try:
        message = Message.model_validate(content)
    except ValidationError as problem:
        raise Refusals(
            [Refusal("INVALID", ".".join(str(part) for part in error["loc"]) or None) for error in problem.errors()]
        ) from None
    refuse_hostile(message.model_dump())
    return message


async def take_in(actor: Actor, message: Message) -> tuple[str, bool]:
    """Register the call; returns the dispute's code and whether it is new.

    Raises:
        Refusal: `CONTENT_CHANGED` when the same id came before with other content, and what a report may raise.
    """
    assert actor.membership is not None
    county = actor.membership.county
    digest = hashlib.sha256(message.model_dump_json().encode()).hexdigest()
    made = await execute(
        """insert into inbound_message (id, county, path, source, external_id, content_sha256, received_at)
           values ($1, $2, $3::text::ltree, $4, $5, $6, $7) on conflict (county, source, external_id) do nothing""",
        new_id(), county, actor.membership.path, SOURCE, message.id, digest, clock.now(),
    )  # fmt: skip
    if made.endswith(" 0"):
        return await _known(county, message.id, digest), False
    draft = intake.check_report(_as_report(message), message.channel)
    dispute = await intake.register(actor, draft)
    await execute(
        "update inbound_message set matter_id = $4 where county = $1 and source = $2 and external_id = $3",
        county, SOURCE, message.id, dispute.id,
    )  # fmt: skip
    return dispute.code, True


async def _known(county: str, external_id: str, digest: str) -> str:
    rows = await fetch(
        """select m.content_sha256, d.code from inbound_message m
           join mediation_dispute d on d.id = m.matter_id and d.county = m.county
           where m.county = $1 and m.source = $2 and m.external_id = $3""",
        county, SOURCE, external_id,
    )  # fmt: skip
    if not rows or rows[0]["content_sha256"] != digest:
        raise Refusal("CONTENT_CHANGED", "id")
    code: str = rows[0]["code"]
    return code


def _as_report(message: Message) -> ReportDisputeInput:
    caller = PartyInput(side=PartySide.APPLICANT, name=message.name or "来电人", phone=message.phone or None)
    return ReportDisputeInput(
        statement=message.statement, category=message.category, division=message.division,
        reporter_mode=ReporterMode.NAMED, place_text=message.place or None, occurred_at=message.occurred_at,
        violence=message.violence, parties=[caller] if message.name or message.phone else [],
    )  # fmt: skip


def read_table(text: str) -> list[tuple[int, Message | Refusals]]:
    """Rows of a CSV table with their line numbers; a wrong row is a refusal beside the good ones.

    Raises:
        Refusal: `INVALID` for text that is no table or lacks the needed columns, `TOO_MANY` rows.
    """
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    try:
        names = {(name or "").strip() for name in reader.fieldnames or ()}
        rows = list(islice(reader, LARGEST_TABLE + 1))
    except csv.Error:
        raise Refusal("INVALID", "rows") from None
    if not {"id", "statement", "division"} <= names or names - set(COLUMNS):
        raise Refusal("INVALID", "columns", accepted=list(COLUMNS))
    if len(rows) > LARGEST_TABLE:
        raise Refusal("TOO_MANY", "rows", most=LARGEST_TABLE)
    found: list[tuple[int, Message | Refusals]] = []
    for line, row in enumerate(rows, 2):
        given = {key.strip(): value for key, value in row.items() if key and value and value.strip()}
        try:
            found.append((line, parse(given)))
        except Refusals as problem:
            found.append((line, problem))
    return found
