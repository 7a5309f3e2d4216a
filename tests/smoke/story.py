"""The main job, step by step: a citizen reports, people mediate, everybody signs, the county reads its figures."""

from __future__ import annotations

import asyncio
import io
import time
import zipfile
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.smoke.person import Json, Person, Unexpected
from tests.smoke.picture import has_exif, photograph, size

COUNTY = "331024"
GRID = "331024103279001"
PHONES = {
    "citizen": "19900000001",
    "respondent": "19900000002",
    "stranger": "19900000003",
    "grid worker": "19900000011",
    "mediator": "19900000013",
    "dispatcher": "19900000021",
    "town leader": "19900000022",
    "county centre": "19900000031",
}
HEADLINES = ("avg_close_days", "local_resolution", "satisfaction", "resolved_total")
PATIENCE_S = 15.0

Step = Callable[["Story"], Awaitable[str]]


def require(condition: object, otherwise: str) -> None:
    """Raises Unexpected with `otherwise` when the condition does not hold."""
    if not condition:
        raise Unexpected(otherwise)


class Story:
    """The people, and what one step leaves to the next."""

    def __init__(self, address: str) -> None:
        self.people = {role: Person(address) for role in PHONES}
        self.photograph = photograph()
        self.file: Json = {}
        self.dispute: Json = {}
        self.paper: Json = {}

    async def read(self, role: str) -> Json:
        """The dispute as `role` sees it."""
        return await self.people[role].dispute(self.dispute["id"])

    async def command(self, role: str, operation: str, **fields: Any) -> None:
        """Run a command on the dispute, in the version it has now."""
        version = (await self.read(role))["version"]
        self.dispute = await self.people[role].command(operation, id=self.dispute["id"], version=version, **fields)

    async def require_state(self, state: str) -> None:
        found = (await self.read("dispatcher"))["state"]
        require(found == state, f"the dispute is {found}, not {state}")

    async def close(self) -> None:
        for person in self.people.values():
            await person.http.aclose()


async def sign_in(story: Story) -> str:
    """Everybody signs in with a one-time code"""
    for role, phone in PHONES.items():
        await story.people[role].sign_in(phone)
    viewer = (await story.people["mediator"].ask("CurrentViewer"))["viewer"]
    require(viewer["active"]["role"] == "MEDIATOR", f"the mediator acts as {viewer['active']}")
    return f"{len(PHONES)} people"


async def upload(story: Story) -> str:
    """The citizen uploads a photograph in chunks"""
    citizen = story.people["citizen"]
    story.file = await citizen.upload("漏水.jpg", "image/jpeg", story.photograph)
    stored = await citizen.download(story.file["url"])
    require(not has_exif(stored), "the stored photograph still has its EXIF data")
    require(size(stored) == size(story.photograph), "the stored photograph has another size")
    require(max(size(await citizen.download(story.file["thumbnailUrl"]))) <= 640, "the thumbnail is large")
    return f"{len(story.photograph) / 1e6:.1f} MB, position removed"


async def report(story: Story) -> str:
    """The citizen reports; the grid worker's open inbox shows it live"""
    async with story.people["grid worker"].listening("InboxArrivals") as inbox:
        await asyncio.sleep(0.3)  # the server answers nothing when a subscription has begun
        sent = time.perf_counter()
        story.dispute = await story.people["citizen"].command("ReportDispute", **statement(story.file["id"]))
        try:
            message = await asyncio.wait_for(inbox.get(), PATIENCE_S)
        except TimeoutError:
            raise Unexpected("nothing arrived in the grid worker's inbox") from None
    arrived = time.perf_counter() - sent
    require(message["type"] == "next", f"the subscription answered {message}")
    news = message["payload"]["data"]["inbox"]
    require(news["matterId"] == story.dispute["id"], f"something else arrived: {news}")
    require(arrived < 1.0, f"it took {arrived * 1000:.0f} ms to arrive, a second is allowed")
    return f"{story.dispute['code']}, arrived {arrived * 1000:.0f} ms after sending"


async def hidden(story: Story) -> str:
    """A stranger sees neither the dispute nor its photograph"""
    stranger = story.people["stranger"]
    found = await stranger.ask("DisputeById", id=story.dispute["id"])
    require(found == {"dispute": None}, "a stranger reads the dispute")
    require(await stranger.status(story.file["url"]) == 404, "a stranger gets the photograph")
    return "both look as if they did not exist"


async def triage(story: Story) -> str:
    """The dispatcher triages and assigns it to a named mediator"""
    await story.command(
        "dispatcher", "TriageDispute", category="NEIGHBOUR", severity="GENERAL", route="MEDIATION", violence=False,
        duplicatesChecked=True,
    )  # fmt: skip
    await story.command("dispatcher", "AssignDispute", level="VILLAGE", responsible=await mediator_id(story))
    seen = (await story.read("citizen"))["responsible"]
    require(seen["name"] == "测试调解员", f"the citizen sees {seen} as responsible")
    return f"the citizen sees {seen['name']}, {seen['phone']}"


async def accept(story: Story) -> str:
    """The mediator accepts and starts"""
    willing = [{"partyId": party["id"], "willing": True} for party in (await story.read("mediator"))["parties"]]
    await story.command("mediator", "AcceptDispute", willing=willing)
    mediators = [await mediator_id(story)]
    await story.command("mediator", "StartMediation", mediators=mediators, rightsNoticeGiven=True, noConflict=True)
    await story.require_state("MEDIATING")
    return f"{len(willing)} parties willing"


async def draft(story: Story) -> str:
    """The mediator drafts the agreement"""
    await story.command(
        "mediator", "DraftAgreement", kind="WRITTEN", facts="乙二家水管漏水,致甲一家天花板受损。",
        issues="修复费用的承担。", responsibility="乙二承担全部修复费用。",
        terms=["乙二一次性赔偿甲一人民币2000元。", "双方今后互谅互让,不再就此事争执。"],
    )  # fmt: skip
    papers = (await story.read("mediator"))["papers"]
    agreement = next(paper for paper in papers if paper["template"] == "agreement")
    story.paper = (await story.people["mediator"].ask("PaperById", id=agreement["id"]))["paper"]
    return f"{len(story.paper['signatures'])} signatures needed"


async def sign(story: Story) -> str:
    """Both parties and the mediator sign on their own phones"""
    for role in ("citizen", "respondent", "mediator"):
        await story.people[role].command(
            "SignPaper", paperId=story.paper["id"], sha256=story.paper["sha256"], consent=True
        )
    await story.require_state("AGREED")
    story.paper = (await story.people["citizen"].ask("PaperById", id=story.paper["id"]))["paper"]
    signed = [signature for signature in story.paper["signatures"] if signature["signedAt"]]
    require(len(signed) == 3, f"{len(signed)} of 3 signatures are on the paper")
    until = (await story.read("citizen"))["agreement"]["confirmUntil"]
    return f"number {story.paper['number']}, judicial confirmation until {until[:10]}"


async def papers(story: Story) -> str:
    """The respondent downloads the agreement as PDF and .docx"""
    respondent = story.people["respondent"]
    pdf = await respondent.download(story.paper["pdfUrl"])
    require(pdf.startswith(b"%PDF-") and pdf.rstrip().endswith(b"%%EOF"), "the PDF is none")
    docx = await respondent.download(story.paper["docxUrl"])
    with zipfile.ZipFile(io.BytesIO(docx)) as archive:
        text = archive.read("word/document.xml").decode()
    require("人民币2000元" in text, "the .docx lacks the terms")
    require(await story.people["stranger"].status(story.paper["pdfUrl"]) == 404, "a stranger gets the PDF")
    return f"{len(pdf) // 1024} kB and {len(docx) // 1024} kB"


async def perform(story: Story) -> str:
    """The mediator records performance, the town leader visits again and closes"""
    await story.command("mediator", "RecordPerformance", statement="款项已当面付清")
    await story.require_state("PERFORMED")
    await story.command(
        "town leader", "RecordReturnVisit", performance="PERFORMED", satisfaction="SATISFIED", notes="双方满意"
    )
    done = ["AGREEMENT_OR_REDIRECT_ON_FILE", "PERFORMANCE_SEEN", "RETURN_VISIT_DONE", "PARTIES_TOLD"]
    await story.command("town leader", "CloseDispute", closeType="AGREED_PERFORMED", checklist=done)
    await story.require_state("CLOSED")
    return "closed"


async def rate(story: Story) -> str:
    """Both parties rate process and result"""
    for role in ("citizen", "respondent"):
        await story.people[role].command(
            "RateDispute", id=story.dispute["id"], process="SATISFIED", result="BASICALLY_SATISFIED"
        )
    await story.require_state("CLOSED")
    tags = [edge["node"]["tag"] for edge in (await story.read("citizen"))["timeline"]["edges"]]
    return f"{len(tags)} events in the citizen's timeline"


async def escalate(story: Story) -> str:
    """A second dispute is left lying: the clock moves on and it climbs by itself"""
    citizen = story.people["citizen"]
    story.dispute = await citizen.command("ReportDispute", **statement(None))
    await triage(story)
    await story.command(
        "mediator", "AcceptDispute",
        willing=[{"partyId": party["id"], "willing": True} for party in (await story.read("mediator"))["parties"]],
    )  # fmt: skip
    for level, days in ((1, 8), (2, 3)):
        await citizen.move_clock(days=days)
        notices = await notices_up_to(story, level)
    colour = (await story.read("mediator"))["clock"]["colour"]
    require(colour == "RED", f"the clock shows {colour}, not RED")
    return f"{colour}, notices to levels {', '.join(map(str, notices))}"


async def figures(story: Story) -> str:
    """The county centre reads its figures and the rows behind them"""
    centre = story.people["county centre"]
    today = datetime.fromisoformat(await centre.now()).astimezone(ZoneInfo("Asia/Shanghai")).date()
    period = {"division": COUNTY, "from": str(today - timedelta(days=30)), "to": str(today)}
    report = (await centre.ask("MediationFigures", **period))["mediationFigures"]
    values = {figure["key"]: figure["value"] for figure in report["figures"] if figure["key"] in HEADLINES}
    require(values["resolved_total"] == 1, f"one dispute was resolved, but: {values}")
    rows = await centre.ask("FigureRows", figure="resolved_total", counted=True, first=5, **period)
    require(len(rows["figureRows"]["edges"]) == 1, "the row behind the figure is missing")
    return ", ".join(f"{key} {values[key]:.2f}" for key in HEADLINES)


STEPS: tuple[Step, ...] = (
    sign_in, upload, report, hidden, triage, accept, draft, sign, papers, perform, rate, escalate, figures,
)  # fmt: skip


def statement(file_id: str | None) -> Json:
    """A report against the respondent."""
    return {
        "statement": "楼上邻居家水管漏水,把我家天花板泡坏了,多次沟通没有结果。",
        "category": "NEIGHBOUR", "division": GRID, "reporterMode": "NAMED", "placeText": "茶溪村文化礼堂北侧",
        "parties": [{"side": "RESPONDENT", "name": "测试乙二", "phone": PHONES["respondent"]}],
        "fileIds": [file_id] if file_id else [],
    }  # fmt: skip


async def mediator_id(story: Story) -> str:
    """The mediator's membership, as the dispatcher is offered it."""
    offered = await story.people["dispatcher"].ask("Assignees", disputeId=story.dispute["id"], level="VILLAGE")
    return next(str(each["membershipId"]) for each in offered["assignees"] if each["name"] == "测试调解员")


async def notices_up_to(story: Story, level: int) -> list[int]:
    """Levels of the supervision notices, once the one for `level` is there."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        levels = sorted(notice["level"] for notice in (await story.read("mediator"))["supervisionNotices"])
        if level in levels:
            return levels
        await asyncio.sleep(0.2)
    raise Unexpected(f"no supervision notice of level {level} within {PATIENCE_S:.0f} s")
