"""A notice on the public wall for the woman who does not speak, one for a man who is sought, and what a citizen saw."""

from __future__ import annotations

from datetime import timedelta

from strawberry import ID

from backend.apps.reunion.enums import BasisKind
from backend.apps.reunion.inputs import LeaveTipInput, PublishBulletinInput, StatusLinkInput
from backend.apps.reunion.models import Bulletin, Case
from backend.apps.reunion.service import bulletins, status, tips
from backend.kernel import clock
from backend.kernel.access.actor import Actor
from backend.kernel.db.scope import open_scope
from backend.kernel.demonstration import actor_of, play_as

HOUR = timedelta(hours=1)
CITIZEN = "19900000002"


async def play(station: Actor, found: Case, police: Actor, sought: Case) -> None:
    with clock.shifted(-HOUR * 30):
        await _ask(station, found, PublishBulletinInput(
            id=ID(str(found.id)), version=found.version, ground=BasisKind.STATUTORY_DUTY, ground_text="救助管理机构依职责发布寻亲公告", days=60,
            age_text="四十来岁", text="女，身高约一米五五，右眉有一颗痣，不说话，穿红色外套。", seen_text="2026年11月",
        ))  # fmt: skip
        bulletin = await _ask(police, sought, PublishBulletinInput(
            id=ID(str(sought.id)), version=sought.version, ground=BasisKind.CONSENT, ground_text="家属书面同意公开", days=30, name=sought.name,
            age_text="八十多岁", text="身高一米七左右，驼背，说台州话，近年记性差。", seen_text="2026年9月", place_text="仙居县城",
        ))  # fmt: skip
        await play_as(police, status.issue_status_link, StatusLinkInput(id=ID(str(sought.id))))
    with clock.shifted(-HOUR * 5):
        await play_as(await actor_of(CITIZEN), tips.leave_tip, LeaveTipInput(
            bulletin_id=ID(str(bulletin.id)), text="昨天傍晚在菜场门口见过一位驼背老人，往车站方向走。", place="横溪镇菜场门口",
        ))  # fmt: skip


async def _ask(actor: Actor, case: Case, request: PublishBulletinInput) -> Bulletin:
    async with open_scope(actor.scope):
        # The other parts of the demonstration may have gone on with the case.
        request.version = (await Case.get(id=case.id)).version
    await play_as(actor, bulletins.publish_bulletin, request)
    async with open_scope(actor.scope):
        return await Bulletin.get(case_id=case.id)
