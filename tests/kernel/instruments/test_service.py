"""Papers issued, signed, moved on and downloaded, on a real database."""

from __future__ import annotations

import asyncio
import hashlib
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from backend.kernel import clock
from backend.kernel.access.actor import Actor
from backend.kernel.access.participants import open_matter
from backend.kernel.db.models import new_id
from backend.kernel.db.scope import open_scope
from backend.kernel.errors import Refusal
from backend.kernel.files.models import StoredFile
from backend.kernel.files.uploads import Announcement, announce, append, complete
from backend.kernel.instruments import http as papers_http
from backend.kernel.instruments import office
from backend.kernel.instruments.fonts import NoCjkFont
from backend.kernel.instruments.models import Paper, PaperSignature
from backend.kernel.instruments.service import MOVES, PaperState, Signer, issue, mark, sign
from backend.kernel.instruments.template import MissingFact, Template
from tests.kernel.files.people import NEIGHBOUR_TOWN, ClientOf, Matter, Serve, matter, officer, person
from tests.kernel.instruments.samples import docx_names, docx_text, drawing, squeezed

AGREEMENT = Template(
    "agreement",
    3,
    "---\ntitle: 人民调解协议书\nnumber: {{ number }}\n---\n{{ who }}赔偿{{ sum }}元,{{ due }}前付清。\n",
)
NOTICE = Template("notice", 1, "---\ntitle: 告知书\n---\n{{ who }}。\n")
FACTS: dict[str, Any] = {"who": "测试甲", "sum": Decimal("12.50"), "due": date(2026, 12, 1)}

pytestmark = pytest.mark.usefixtures("local_storage")


class Case:
    """A matter with a party and a mediator, and an agreement both are to sign."""

    def __init__(self) -> None:
        self.matter = matter()
        self.party, self.party_id = person(), new_id()
        self.mediator = officer()
        self.series = "测调" + "".join(chr(0x4E00 + int(digit, 16)) for digit in uuid4().hex[:6])

    async def issue(self, **changes: Any) -> Paper:
        assert self.mediator.membership is not None
        signers = [
            Signer("APPLICANT", None, self.party_id, "测试甲", "申请人"),
            Signer("MEDIATOR", self.mediator.account_id, self.mediator.membership.id, "测试官", "调解员"),
        ]
        options: dict[str, Any] = {"series": self.series, "signers": signers, **changes}
        async with open_scope(self.mediator.scope):
            return await issue(self.mediator, self.matter, AGREEMENT, FACTS, **options)


@pytest.fixture
async def case(product: object) -> Case:
    made = Case()
    await opened(made.mediator, made.matter, made.party, made.party_id)
    return made


async def opened(actor: Actor, row: Matter, party: Actor, party_id: UUID) -> None:
    async with open_scope(actor.scope):
        await open_matter(row.id, row.county, row.path, party.account_id, "APPLICANT", party_id)


async def signed(actor: Actor, paper: Paper, sha256: str = "", **options: Any) -> Paper:
    async with open_scope(actor.scope):
        return await sign(actor, paper.id, sha256 or paper.sha256, **options)


async def refusal(actor: Actor, paper: Paper, sha256: str = "", **options: Any) -> tuple[str, str | None]:
    with pytest.raises(Refusal) as caught:
        await signed(actor, paper, sha256, **options)
    return caught.value.code, caught.value.field


async def drawn(actor: Actor, data: bytes, purpose: str = "signature") -> UUID:
    announcement = Announcement("签名.webp", len(data), "", hashlib.sha256(data).hexdigest(), purpose, False)
    upload = await announce(actor, announcement)
    await append(actor, upload.id, 0, data)
    return (await complete(actor, upload.id)).id


class TestIssue:
    async def test_a_paper_records_what_it_was_made_from(self, case: Case) -> None:
        paper = await case.issue()
        assert (paper.app, paper.template, paper.template_version) == ("tested", "agreement", 3)
        assert (paper.title, paper.state) == ("人民调解协议书", "DRAFT")
        assert paper.number in paper.markdown
        assert paper.facts == {"who": "测试甲", "sum": "12.50", "due": "2026-12-01", "number": paper.number}
        async with open_scope(case.mediator.scope):
            rows = await PaperSignature.filter(paper_id=paper.id).order_by("position")
        assert [(row.capacity, row.label, row.signed_at) for row in rows] == [
            ("APPLICANT", "申请人", None),
            ("MEDIATOR", "调解员", None),
        ]

    async def test_numbers_follow_one_another_without_gap_in_the_whole_county(self, case: Case) -> None:
        neighbour, elsewhere = officer(NEIGHBOUR_TOWN), matter(NEIGHBOUR_TOWN)
        year = clock.now().astimezone(clock.LOCAL).year

        async def there() -> Paper:
            async with open_scope(neighbour.scope):
                return await issue(neighbour, elsewhere, AGREEMENT, FACTS, series=case.series)

        made = await asyncio.gather(case.issue(), there(), case.issue(), there())
        assert {paper.number for paper in made} == {
            f"{case.series}〔{year}〕{serial}号" for serial in range(1, 5)
        }

    async def test_a_rolled_back_paper_gives_its_number_back(self, case: Case) -> None:
        with pytest.raises(MissingFact):
            async with open_scope(case.mediator.scope):
                await issue(case.mediator, case.matter, AGREEMENT, {"who": "测试甲"}, series=case.series)
        assert "〕1号" in (await case.issue()).number

    async def test_a_person_gives_no_numbers(self, case: Case) -> None:
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="not a county of this actor"):
            async with open_scope(case.party.scope):
                await issue(case.party, case.matter, AGREEMENT, FACTS, series=case.series)

    async def test_a_person_may_issue_a_paper_without_number(self, case: Case) -> None:
        async with open_scope(case.party.scope):
            paper = await issue(case.party, case.matter, NOTICE, {"who": "测试甲"})
        assert paper.number == ""


class TestSign:
    async def test_everybody_signs_the_same_text_and_the_last_one_completes_it(self, case: Case) -> None:
        paper = await case.issue()
        file_id = await drawn(case.party, drawing())
        assert (await signed(case.party, paper, signature_file=file_id)).state == "DRAFT"
        assert (await signed(case.mediator, paper)).state == "SIGNED"
        async with open_scope(case.mediator.scope):
            rows = await PaperSignature.filter(paper_id=paper.id).order_by("position")
            stored = await StoredFile.get(id=file_id)
        assert {row.signed_sha256 for row in rows} == {paper.sha256}
        assert (rows[0].account_id, rows[0].drawing_id) == (case.party.account_id, file_id)
        assert (stored.matter_id, stored.subject_id) == (case.matter.id, rows[0].id)

    async def test_both_at_once_complete_it_too(self, case: Case) -> None:
        paper = await case.issue()
        await asyncio.gather(signed(case.party, paper), signed(case.mediator, paper))
        async with open_scope(case.mediator.scope):
            assert (await Paper.get(id=paper.id)).state == "SIGNED"

    async def test_nobody_signs_twice(self, case: Case) -> None:
        paper = await case.issue()
        results = await asyncio.gather(*(signed(case.party, paper) for _ in range(3)), return_exceptions=True)
        assert sorted(type(result).__name__ for result in results) == ["Paper", "Refusal", "Refusal"]
        assert await refusal(case.party, paper) == ("WRONG_STATE", None)

    async def test_only_ones_own_signature(self, case: Case) -> None:
        paper = await case.issue()
        assert await refusal(person(), paper) == ("NOT_FOUND", None)
        assert await refusal(officer(NEIGHBOUR_TOWN), paper) == ("NOT_FOUND", None)
        assert await refusal(officer(), paper) == ("NOT_PERMITTED", None)

    async def test_another_text_is_not_signed(self, case: Case) -> None:
        paper = await case.issue()
        assert await refusal(case.party, paper, "0" * 64) == ("DIGEST_MISMATCH", "sha256")
        assert (await signed(case.party, paper, paper.sha256.upper())).state == "DRAFT"

    async def test_the_drawing_is_a_picture_of_ones_own_made_for_signing(self, case: Case) -> None:
        paper = await case.issue()
        foreign = await drawn(case.mediator, drawing())
        wrong_purpose = await drawn(case.party, drawing(), "evidence")
        no_picture = await drawn(case.party, b"%PDF-1.7\n%%EOF\n")
        for file_id, code in {foreign: "NOT_FOUND", wrong_purpose: "INVALID", no_picture: "INVALID"}.items():
            assert await refusal(case.party, paper, signature_file=file_id) == (code, "signatureFileId")
        assert (await signed(case.party, paper)).state == "DRAFT"

    async def test_a_withdrawn_paper_takes_no_signature(self, case: Case) -> None:
        paper = await case.issue()
        async with open_scope(case.mediator.scope):
            await mark(paper, PaperState.WITHDRAWN)
        assert await refusal(case.party, paper) == ("WRONG_STATE", None)

    async def test_a_paper_moves_only_as_listed(self, case: Case) -> None:
        paper = await case.issue()
        async with open_scope(case.mediator.scope):
            for state in PaperState:
                for target in set(PaperState) - set(MOVES[state]):
                    paper.state = state
                    with pytest.raises(Refusal, match="WRONG_STATE"):
                        await mark(paper, target)
            paper.state = PaperState.SIGNED
            await mark(paper, PaperState.SEALED)
        assert paper.sealed_at is not None


class TestDownload:
    @pytest.fixture
    def client(self, serve: Serve) -> ClientOf:
        return serve(papers_http)

    async def test_office_files_show_text_and_signatures(self, case: Case, client: ClientOf) -> None:
        paper = await case.issue()
        before = await client(case.party).get(f"/papers/{paper.id}.docx")
        assert "未签" in docx_text(before.content)
        await signed(case.party, paper, signature_file=await drawn(case.party, drawing()))
        after = await client(case.mediator).get(f"/papers/{paper.id}.docx")
        shown = squeezed(docx_text(after.content))
        for part in ("测试甲赔偿12.50元", "申请人", "调解员", paper.sha256, squeezed(paper.number)):
            assert part in shown
        assert [name for name in docx_names(after.content) if name.startswith("word/media/")]
        assert after.headers["content-disposition"].startswith("attachment")

    async def test_pdf_is_made_once_and_then_kept(
        self, case: Case, client: ClientOf, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        paper = await case.issue()
        first = await client(case.party).get(f"/papers/{paper.id}.pdf")
        assert first.content.startswith(b"%PDF-")
        monkeypatch.setattr(office, "_render", lambda *_: pytest.fail("rendered again"))
        again = await client(case.mediator).get(f"/papers/{paper.id}.pdf")
        assert again.content == first.content
        seen = {"If-None-Match": first.headers["etag"]}
        assert (await client(case.party).get(f"/papers/{paper.id}.pdf", headers=seen)).status_code == 304

    async def test_renderings_are_let_go_and_made_again(self, case: Case, client: ClientOf) -> None:
        paper = await case.issue()
        first = await client(case.party).get(f"/papers/{paper.id}.docx")
        await office.sweep_renderings(clock.now() + timedelta(days=31))
        assert (await client(case.party).get(f"/papers/{paper.id}.docx")).content == first.content

    async def test_a_paper_is_read_by_whoever_reads_the_matter(self, case: Case, client: ClientOf) -> None:
        paper = await case.issue()
        readers = {case.party: 200, officer(): 200, officer(NEIGHBOUR_TOWN): 404, person(): 404}
        for reader, status in readers.items():
            assert (await client(reader).get(f"/papers/{paper.id}.docx")).status_code == status
        assert (await client(case.party).get(f"/papers/{paper.id}.exe")).status_code == 404
        assert (await client(case.party).get(f"/papers/{uuid4()}.pdf")).status_code == 404

    async def test_without_a_chinese_font_the_person_is_told(
        self, case: Case, client: ClientOf, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def no_font(*_: object) -> bytes:
            raise NoCjkFont(["Noto Serif SC"])

        monkeypatch.setattr(office, "_render", no_font)
        answer = await client(case.party).get(f"/papers/{(await case.issue()).id}.pdf")
        assert answer.json()["code"] == "NO_CHINESE_FONT"
