"""Help between the demonstration's counties: one request answered and thanked for, one that waits on the board."""

from __future__ import annotations

from datetime import timedelta

from strawberry import ID

from backend.apps.reunion.enums import AssistAddressee, AssistFinding, Purpose
from backend.apps.reunion.inputs import AnswerAssistInput, AskAssistInput, ThankAssistInput
from backend.apps.reunion.models import Assist, AssistReply, Case
from backend.apps.reunion.service import desk, replies
from backend.kernel import clock
from backend.kernel.access.actor import Actor, system_actor
from backend.kernel.db.scope import open_scope
from backend.kernel.demonstration import play_as
from backend.kernel.tenancy.service import county_path

BASIS = "民发〔2015〕158号"
#: Hours ago.
ASKED, ANSWERED, THANKED = (timedelta(hours=-hours) for hours in (26, 20, 2))


async def play(police: Actor, helper: Actor, case: Case, *, to_board: bool) -> None:
    with clock.shifted(ASKED):
        row = await (_on_board(police, case) if to_board else _of_county(police, helper, case))
    if to_board:
        return
    with clock.shifted(ANSWERED):
        await play_as(helper, replies.answer_assist, AnswerAssistInput(
            id=ID(str(row.id)), finding=AssistFinding.UNSURE, reasons="查到一份登记体貌相近,右眉有痣,但照片年代久远,建议申请比对。",
        ))  # fmt: skip
    with clock.shifted(THANKED):
        await _thanked(police, row)


async def _on_board(police: Actor, case: Case) -> Assist:
    return await play_as(police, desk.ask_assist, AskAssistInput(
            id=ID(str(case.id)), version=case.version, addressee=AssistAddressee.BOARD, purpose=Purpose.CROSS_REGION, legal_basis=BASIS,
            question="七十多岁男性,听得懂天台话,说要回家喂羊,左手有烫伤疤。请各地查近期走失报警和村居走访记录。",
    ))  # fmt: skip


async def _of_county(police: Actor, helper: Actor, case: Case) -> Assist:
    assert helper.membership is not None
    return await play_as(police, desk.ask_assist, AskAssistInput(
        id=ID(str(case.id)), version=case.version, addressee=AssistAddressee.COUNTY, county=helper.membership.county,
        purpose=Purpose.CROSS_REGION, legal_basis=BASIS, question="四十来岁女性,不说话,右眉有一颗痣。请查贵县近三年走失登记中有无相符的人。",
    ))  # fmt: skip


async def _thanked(police: Actor, row: Assist) -> None:
    """The jobs of both counties, and between them the thanks."""
    asking = system_actor(row.county, await county_path(row.county))
    async with open_scope(asking.scope):
        reply = await AssistReply.get(assist_id=row.id)
        await desk.hear(asking, str(row.id), str(reply.id))
    await play_as(police, desk.thank_for_assist, ThankAssistInput(reply_id=ID(str(reply.id)), words="谢谢,这条线索很有用,我们马上申请比对。"))
    helping = system_actor(reply.county, await county_path(reply.county))
    async with open_scope(helping.scope):
        await replies.be_thanked(helping, str(reply.id))
