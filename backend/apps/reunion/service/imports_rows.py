"""One row of an import: cells into a record, by the same rules as a form, and whom it may repeat."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, Final, TypeVar

from backend.apps.reunion import tables, vague
from backend.apps.reunion.enums import (
    FOUND_KINDS,
    SOUGHT_KINDS,
    CaseKind,
    Condition,
    ImportRowState,
    RepeatChoice,
    Sex,
    Side,
)
from backend.apps.reunion.facts import Span
from backend.apps.reunion.inputs import FactsInput, RegisterFoundInput, ReportMissingInput
from backend.apps.reunion.models import ImportRow, ImportRun
from backend.apps.reunion.service import common, registering
from backend.apps.reunion.service.registering import Found, Missing
from backend.apps.reunion.wording import Problem
from backend.kernel.access.actor import Actor
from backend.kernel.db.connection import as_json, fetch
from backend.kernel.errors import Refusal, Refusals
from backend.kernel.graphql.text import refuse_hostile
from backend.kernel.privacy import vault
from backend.kernel.tenancy.models import Division
from backend.kernel.validation import Checks

SEXES: Final = {
    "男": Sex.MALE, "男性": Sex.MALE, "m": Sex.MALE, "male": Sex.MALE, "1": Sex.MALE, "女": Sex.FEMALE, "女性": Sex.FEMALE,
    "f": Sex.FEMALE, "female": Sex.FEMALE, "2": Sex.FEMALE, "": Sex.UNKNOWN, "未知": Sex.UNKNOWN, "不详": Sex.UNKNOWN,
    "不明": Sex.UNKNOWN, "u": Sex.UNKNOWN, "unknown": Sex.UNKNOWN, "0": Sex.UNKNOWN, "9": Sex.UNKNOWN,
}  # fmt: skip
KINDS: Final = {
    CaseKind.ELDERLY: "老人 老年人 走失老人 elderly", CaseKind.CHILD: "儿童 未成年人 小孩 孩子 走失儿童 child",
    CaseKind.ABDUCTED: "被拐 被拐儿童 拐卖 疑似被拐 疑似拐卖 abducted", CaseKind.OTHER_MISSING: "其他 其他走失 成年人 失踪人员 走失人员 other",
    CaseKind.AT_STATION: "在站 救助站 站内 受助人员 流浪乞讨人员 station", CaseKind.IN_HOSPITAL: "在院 医院 住院 hospital",
    CaseKind.ON_STREET: "街面 路面 街头 流浪 street", CaseKind.DECEASED: "死亡 无名遗体 遗体 deceased",
}  # fmt: skip
CONDITIONS: Final = {
    Condition.DEMENTIA: "痴呆 失智 阿尔茨海默 阿尔茨海默病 老年痴呆 认知障碍 dementia", Condition.MENTAL: "精神障碍 精神病 精神异常 智力障碍 智障 mental",
    Condition.CHILD: "儿童 未成年 未成年人 年幼 child", Condition.MUTE: "聋哑 失语 不会说话 听力障碍 言语障碍 mute deaf",
    Condition.UNCONSCIOUS: "昏迷 意识不清 无意识 unconscious", Condition.FOREIGN_LANGUAGE: "语言不通 外语 少数民族语言 foreignlanguage",
    Condition.OTHER: "其他 other",
}  # fmt: skip
FACTS: Final = (
    "name", "born", "height", "dialect", "originText", "marks", "clothes", "circumstances", "placeText", "seen", "dnaRef", "dnaLab",
)  # fmt: skip
MOST_PICTURES: Final = 30

#: Cases that may be the same person: by sound of the name, day of birth and sex, or by the number the police gave the report.
_REPEATS: Final = """
    with wanted as (select * from jsonb_to_recordset($1::jsonb)
        as w(number int, sounds jsonb, sex text, born_from date, born_to date, police text))
    select w.number, c.id, c.code, 'PERSON' as why from wanted w
        cross join lateral jsonb_array_elements_text(w.sounds) sound
        join reunion_case c on c.sounds @> jsonb_build_array(sound) and c.county = $2 and c.side = $3
            and c.born_from <= w.born_to and c.born_to >= w.born_from and (c.sex = w.sex or 'U' in (c.sex, w.sex))
        where c.path <@ $4::text::ltree and c.state <> 'WITHDRAWN'
            and not exists (select 1 from reunion_import_row r where r.run_id = $5 and r.case_id = c.id)
    union
    select w.number, c.id, c.code, 'POLICE_CASE' from wanted w
        join reunion_missing m on m.police_case_no = w.police and m.county = $2 and m.police_case_no <> ''
        join reunion_case c on c.id = m.case_id and c.county = m.county
        where $3 = 'SOUGHT' and c.path <@ $4::text::ltree and c.state <> 'WITHDRAWN'
            and not exists (select 1 from reunion_import_row r where r.run_id = $5 and r.case_id = c.id)
    order by 1, 3
"""
MOST_REPEATS: Final = 10

E = TypeVar("E", bound=StrEnum)


@dataclass(frozen=True)
class Verdict:
    """What a row comes to.

    Attributes:
        problems: code, column, data; the row can become a record when there is none.
        record: what would be written down.
    """

    problems: list[dict[str, Any]] = field(default_factory=list)
    division: Division | None = None
    record: Missing | Found | None = None
    twin: str = ""
    police: str = ""

    @property
    def columns(self) -> Mapping[str, Any]:
        return self.record.columns if self.record else {}


async def judge(actor: Actor, run: ImportRun, cells: Mapping[str, str], broken: Mapping[str, str], pictures: int) -> Verdict:
    """By the rules of the forms (`registering`), beside what only a table can get wrong."""
    checks = Checks()
    if broken:
        checks.refuse(broken["code"], broken.get("column", ""))
    if pictures > MOST_PICTURES:
        checks.refuse("TOO_MANY", "pictures", most=MOST_PICTURES)
    _hostile(checks, cells)
    taken = vague.parse_date(cells.get("taken", ""), common.today())
    if isinstance(taken, Problem) and cells.get("taken"):
        checks.refuse(taken.code, "taken", **taken.data)
    division = await _division(checks, actor, run, cells)
    request = _request(checks, run, cells)
    record = await _checked(checks, request)
    if record is not None and division is not None:
        case = registering.new_case(actor, division, run.side, request.kind, record.columns)
        case.maybe_child = isinstance(record, Found) and Condition.CHILD in record.conditions
        registering.check_ground(checks, run.basis, run.basis_text, is_minor=case.is_minor)
    told = {(problem.code, problem.field): problem for problem in checks.problems}
    problems = [
        {"code": each.code, "column": _column(each.field or ""), "data": dict(each.data)}
        for each in told.values()
    ]
    return Verdict(problems, division, record, *(_marks(run, record) if record else ("", "")))


def settle(row: ImportRow) -> ImportRowState:
    """Where the row stands, after its problems, whom it may repeat and what a clerk chose."""
    if row.choice == RepeatChoice.SKIP:
        return ImportRowState.SKIPPED
    if row.problems:
        return ImportRowState.PROBLEM
    if row.repeats and row.choice is None:
        return ImportRowState.DUPLICATE
    return ImportRowState.READY


async def repeats(run: ImportRun, place: str, verdicts: Mapping[int, Verdict]) -> dict[int, list[dict[str, Any]]]:
    """For the rows with these numbers: cases inside `place` that may be the same person."""
    wanted = [
        {
            "number": number, "sounds": _whole(verdict), "sex": verdict.columns["sex"], "born_from": verdict.columns["born_from"],
            "born_to": verdict.columns["born_to"], "police": getattr(verdict.record, "police_case_no", ""),
        }
        for number, verdict in verdicts.items()
        if verdict.record is not None
    ]  # fmt: skip
    found: dict[int, list[dict[str, Any]]] = {}
    if wanted:
        for row in await fetch(_REPEATS, as_json(wanted), run.county, run.side, place, run.id):
            mine = found.setdefault(row["number"], [])
            if len(mine) < MOST_REPEATS and all(each["case"] != str(row["id"]) for each in mine):
                mine.append({"case": str(row["id"]), "code": row["code"], "why": row["why"]})
    return found


async def twins(run: ImportRun, number: int, verdict: Verdict) -> list[dict[str, Any]]:
    """The first earlier row of the same table that says the same."""
    for index, column, why in ((verdict.twin, "twin_index", "PERSON"), (verdict.police, "police_index", "POLICE_CASE")):
        if index:
            earlier = ImportRow.filter(run_id=run.id, number__lt=number, **{column: index}).order_by("number")
            row = await earlier.first()
            if row is not None:
                return [{"number": row.number, "why": why}]
    return []


def _whole(verdict: Verdict) -> list[str]:
    """Sounds of a name that people are told apart by; without a day of birth a sound says nothing."""
    return list(verdict.columns["sounds"]) if verdict.columns["name"] and verdict.columns["born_from"] else []


def _marks(run: ImportRun, record: Missing | Found) -> tuple[str, str]:
    """Blind indexes by which rows of one table are found to say the same."""
    columns = record.columns
    twin = ""
    if columns["name"] and columns["born_from"]:
        twin = vault.name_index(f"{run.id}#{'|'.join(columns['sounds'])}#{columns['sex']}#{columns['born_from']}#{columns['born_to']}")
    police = record.police_case_no if isinstance(record, Missing) else ""
    return twin, vault.name_index(f"{run.id}#{police}") if police else ""


async def _division(checks: Checks, actor: Actor, run: ImportRun, cells: Mapping[str, str]) -> Division | None:
    try:
        return await registering.place_for(actor, cells.get("division") or run.path.rsplit(".", 1)[-1])
    except Refusal as problem:
        checks.refuse(problem.code, "division")
        return None


async def _checked(checks: Checks, request: ReportMissingInput | RegisterFoundInput) -> Missing | Found | None:
    try:
        if isinstance(request, ReportMissingInput):
            return await registering.check_missing(request)
        return await registering.check_found(request)
    except Refusals as problem:
        known = {each.field for each in checks.problems}
        checks.problems += [each for each in problem.items if each.field not in known]
        return None


def _request(checks: Checks, run: ImportRun, cells: Mapping[str, str]) -> ReportMissingInput | RegisterFoundInput:
    """The form as a clerk would have filled it in; what cannot be read is refused, and stands as something harmless."""
    kinds = SOUGHT_KINDS if run.side == Side.SOUGHT else FOUND_KINDS
    kind = _word(checks, "kind", cells.get("kind", ""), {each: KINDS[each] for each in kinds}) if cells.get("kind") else run.kind
    if kind is None and not cells.get("kind"):
        checks.refuse("REQUIRED", "kind")
    sex = SEXES.get(cells.get("sex", "").strip().lower())
    if sex is None:
        checks.refuse("UNKNOWN_WORD", "sex", accepted="男、女、不详")
    facts = FactsInput(
        sex=sex or Sex.UNKNOWN, nicknames=tables.several(cells.get("nicknames", "")),
        relatives=tables.several(cells.get("relatives", "")), origin=cells.get("originCode"), place=cells.get("placeCode"), **{_snake(name): cells.get(name) for name in FACTS},
    )  # fmt: skip
    if run.side == Side.SOUGHT:
        return ReportMissingInput(
            kind=kind or kinds[0], division="", facts=facts, reporter_name=cells.get("reporterName", ""),
            relation=cells.get("relation", ""), phone=cells.get("phone", ""), police_case_no=cells.get("policeCaseNo"),
        )  # fmt: skip
    conditions = [
        _word(checks, "conditions", word, CONDITIONS) for word in tables.several(cells.get("conditions", ""))
    ]
    return RegisterFoundInput(
        kind=kind or kinds[0], division="", facts=facts, station=cells.get("station") or run.station,
        admitted_on=_day(checks, "admittedOn", cells.get("admittedOn", "")), conditions=[each for each in conditions if each],
        languages=cells.get("languages"), claims=cells.get("claims"),
    )  # fmt: skip


def _word(checks: Checks, column: str, text: str, words: Mapping[E, str]) -> E | None:
    """The member that this word stands for, by its own name or one that clerks use."""
    plain = tables.plain_header(text)
    for member, known in words.items():
        if plain in {tables.plain_header(member.value), *known.split()}:
            return member
    checks.refuse("UNKNOWN_WORD", column, accepted="、".join(known.split()[0] for known in words.values()))
    return None


def _day(checks: Checks, column: str, text: str) -> date:
    """One day; anything vaguer is refused here, where a limit may begin with it."""
    today = common.today()
    read = vague.parse_date(text, today)
    if isinstance(read, Span) and read.earliest == read.latest:
        return read.earliest
    if isinstance(read, Problem):
        checks.refuse("REQUIRED" if not text.strip() else read.code, column, **read.data)
    else:
        checks.refuse("NOT_A_DAY", column)
    return today


def _hostile(checks: Checks, cells: Mapping[str, str]) -> None:
    """What no clerk types: control characters, and characters that turn the direction of the text."""
    for column, text in cells.items():
        try:
            refuse_hostile(text, column)
        except Refusals as problem:
            checks.problems += problem.items


def _column(field: str) -> str:
    """The column that fills a field of the form."""
    name = field.removeprefix("facts.").split(".")[0]
    return {"origin": "originCode", "place": "placeCode"}.get(name, name)


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z])([A-Z])", lambda found: f"_{found[1].lower()}", name)


def reads_pictures(columns: Collection[str] | Sequence[str]) -> bool:
    """Whether a change of these columns may change which pictures belong to the row."""
    return bool({"key", "pictures"} & set(columns))
