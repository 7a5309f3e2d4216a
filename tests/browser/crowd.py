"""A thousand people whom other counties look for: reports with facts, and faces in the gallery that belong to nobody.

`python -m tests.browser.crowd COUNT`, with the environment of a running product.
"""

from __future__ import annotations

import asyncio
import random
import sys
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import numpy as np

from backend.apps.reunion import names, rules
from backend.apps.reunion.enums import BasisKind, CaseKind, CaseState, Gallery, Sex, Side
from backend.apps.reunion.models import Case
from backend.installed import models
from backend.kernel import clock
from backend.kernel.access.actor import system_actor
from backend.kernel.access.participants import open_matter
from backend.kernel.audit.service import record
from backend.kernel.db.connection import connected
from backend.kernel.db.models import new_id
from backend.kernel.db.scope import open_scope
from backend.kernel.faces import galleries, insightface
from backend.kernel.tenancy.service import county_path

COUNTIES = ("331002", "331003", "331004", "331022", "331023", "331081", "331082", "331083")
FAMILY_NAMES, GIVEN = "测试王李张刘陈杨赵黄周", "春兰永福阿根秀英建国小红志强"


def somebody(dice: random.Random, county: str, path: str) -> Case:
    born = date(dice.randint(1935, 1975), 1, 1)
    name = "测" + dice.choice(FAMILY_NAMES) + "".join(dice.sample(GIVEN, 2))
    now = clock.now() - timedelta(days=dice.randint(5, 900))
    facts: dict[str, Any] = {
        "name": name, "sounds": sorted(names.sounds(name)), "sex": dice.choice((Sex.MALE, Sex.FEMALE)), "born_text": f"约{born.year}年",
        "born_from": born, "born_to": born + timedelta(days=1000), "marks": dice.choice(("左手有疤", "右眉有痣", "驼背", "")),
        "height_text": "一米七左右", "height_least": 165, "height_most": 175,
    }  # fmt: skip
    return Case(
        id=new_id(), county=county, path=path, code=rules.new_code(county, now.date()), side=Side.SOUGHT, kind=CaseKind.ELDERLY,
        state=CaseState.BASIS_RECORDED, basis=BasisKind.CONSENT, basis_text="家属同意", subject_id=new_id(), registered_by=uuid4(),
        registered_by_name="测试民警", agency_name="测试公安局", registered_at=now, updated_at=now, facts_at=now, **facts,
    )  # fmt: skip


async def fill(count: int) -> None:
    dice, numbers = random.Random(4), np.random.default_rng(4)
    model = insightface.engine().model
    async with connected(models()):
        for at, county in enumerate(COUNTIES):
            actor = system_actor(county, await county_path(county))
            assert actor.membership is not None
            async with open_scope(actor.scope):
                for _ in range(at, count, len(COUNTIES)):
                    case = somebody(dice, county, actor.membership.path)
                    await open_matter(case.id, county, case.path, None, "OPENED")
                    await case.save(force_create=True)
                    await record(actor, "reunion:case:registered", case, to_state=case.state, side=case.side)
                    await galleries.add_face(
                        case, Gallery.MISSING, subject_id=case.subject_id, file_id=new_id(),
                        embedding=numbers.standard_normal(512).astype(np.float32), model=model, quality={},
                    )  # fmt: skip


if __name__ == "__main__":
    asyncio.run(fill(int(sys.argv[1])))
