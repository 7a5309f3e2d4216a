"""Links that open a page without signing in."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tortoise.exceptions import OperationalError

from backend.kernel import clock
from backend.kernel.access.actor import Actor
from backend.kernel.access.participants import open_matter
from backend.kernel.db.models import new_id
from backend.kernel.db.scope import open_scope
from backend.kernel.links import service as links
from backend.kernel.links.models import Link
from tests.kernel.files.people import Matter, matter, person
from tests.servers import Servers

HOUR = timedelta(hours=1)


async def issued(kind: str = "page") -> tuple[Actor, Matter, str]:
    """Somebody with a matter of his own and a link to it."""
    owner, one = person(), matter()
    one.id = new_id()
    async with open_scope(owner.scope):
        await open_matter(one.id, one.county, one.path, owner.account_id, "APPLICANT")
        token = await links.issue(one, kind, until=clock.now() + HOUR)
    return owner, one, token


async def test_it_opens_what_it_was_made_for_and_nothing_else(product: Servers) -> None:
    _, one, token = await issued()
    found = await links.find(token, "tested", "page")
    assert found is not None
    assert (found.matter_id, found.subject_id, found.county) == (one.id, one.id, one.county)
    assert token not in str(vars(found)), "only its digest is kept"
    assert await links.find(token, "another", "page") is None
    assert await links.find(token, "tested", "other") is None
    assert await links.find(token[:-1] + ("A" if token[-1] != "A" else "B"), "tested", "page") is None
    with clock.shifted(HOUR * 2):
        assert await links.find(token, "tested", "page") is None


@given(st.text(max_size=60))
@example("0" * 31 + "\n")
@example("0" * 33)
@example("٠" * 32)
def test_only_what_looks_like_a_token_is_looked_up(text: str) -> None:
    plain = len(text) == 32 and text.isascii() and all(each.isalnum() or each in "_-" for each in text)
    assert (links.TOKEN.fullmatch(text) is not None) == plain


async def test_a_new_one_ends_the_old_one_of_its_kind(product: Servers) -> None:
    owner, one, token = await issued()
    async with open_scope(owner.scope):
        newer = await links.issue(one, "page", until=clock.now() + HOUR)
        beside = await links.issue(one, "page", until=clock.now() + HOUR, subject_id=uuid4())
        other = await links.issue(one, "other", until=clock.now() + HOUR)
    assert await links.find(token, "tested", "page") is None
    for living, kind in ((newer, "page"), (beside, "page"), (other, "other")):
        assert await links.find(living, "tested", kind) is not None
    async with open_scope(owner.scope):
        assert await links.end(one, "other") == 1
        assert await links.end(one) == 2
    assert await links.find(newer, "tested", "page") is None


async def test_strangers_neither_see_nor_make_links_of_others(product: Servers) -> None:
    _, one, _ = await issued()
    stranger = person()
    async with open_scope(stranger.scope):
        assert await Link.filter(matter_id=one.id).count() == 0
        assert await links.end(one) == 0
    with pytest.raises(OperationalError, match="row-level security"):
        async with open_scope(stranger.scope):
            await links.issue(one, "page", until=clock.now() + HOUR)
