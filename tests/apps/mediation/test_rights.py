"""Who may do and see what: reach, role and part; what parties and outsiders never learn."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from graphql import GraphQLEnumType, GraphQLInputObjectType, GraphQLList, GraphQLNonNull

from backend.apps.mediation import access
from backend.apps.mediation.access import ACTIONS, Standing
from backend.apps.mediation.enums import DisputeState as S
from backend.apps.mediation.enums import HandlingLevel, PartySide, ReporterMode
from backend.apps.mediation.models import Dispute
from backend.apps.mediation.permissions import GRANTS
from backend.kernel.access.actor import ActiveMembership, Actor
from backend.kernel.access.roles import Role
from backend.kernel.db.scope import DbRole, Scope, open_scope
from backend.kernel.demonstration import VILLAGE
from backend.kernel.identity import service as identity
from backend.kernel.tenancy.models import Division
from tests.factories import hostile
from tests.factories.city import (
    APPLICANT,
    COUNTY_CENTER,
    DISPATCHER,
    MEDIATOR,
    NEIGHBOUR_GRID_WORKER,
    RESPONDENT,
    STRANGER,
    TOWN_LEADER,
    VILLAGE_OFFICER,
    City,
    Person,
    Refused,
)
from tests.factories.disputes import DETAIL, accepted, agreed, assigned, drafted, mediating, reported
from tests.factories.parts import of_others

SIBLING_GRID_WORKER = "19900000071"
PLACES = {
    "GRID": "33.3310.331024.331024103.331024103279.331024103279001",
    "VILLAGE": "33.3310.331024.331024103.331024103279",
    "TOWN": "33.3310.331024.331024103",
    "COUNTY": "33.3310.331024",
}


# ----------------------------------------------------------------------------------- questions, one by one


def actor(role: Role, place: str = "VILLAGE") -> Actor:
    if role is Role.PERSON:
        return Actor(uuid4(), "", permissions=frozenset(GRANTS[role]))
    path = PLACES[place]
    membership = ActiveMembership(uuid4(), "", role, "", path.rsplit(".", 1)[1], "331024", path, ("331024",))
    return Actor(uuid4(), "", membership, frozenset(GRANTS[role]))


def standing(
    role: Role = Role.MEDIATOR,
    place: str = "VILLAGE",
    *,
    mine: bool = False,
    team: bool = False,
    side: PartySide | None = None,
    level: str = "VILLAGE",
    state: S = S.MEDIATING,
    **more: Any,
) -> Standing:
    me = actor(role, place)
    membership = me.membership.id if me.membership else None
    dispute = Dispute(
        id=uuid4(),
        state=state,
        level=HandlingLevel(level),
        times_returned=more.pop("returned", 0),
        reporter_mode=more.pop("mode", ReporterMode.NAMED),
    )
    return Standing(
        me,
        dispute,
        responsible=membership if mine else uuid4(),
        team=frozenset({membership} if team and membership else set()),
        side=side,
        party_id=uuid4() if side else None,
        **more,
    )


def party(**more: Any) -> Standing:
    return standing(Role.PERSON, side=PartySide.APPLICANT, **more)


LEADER, DISPATCH, CENTRE = Role.TOWN_LEADER, Role.TOWN_DISPATCHER, Role.COUNTY_CENTER
#: Question → (standings for which the answer is yes, standings for which it is no).
ANSWERS: dict[Callable[[Standing], bool], tuple[list[Standing], list[Standing]]] = {
    access.is_party: ([party()], [standing(), standing(Role.PERSON)]),
    access.is_responsible: ([standing(mine=True)], [standing(team=True), party()]),
    access.is_handler: (
        [standing(mine=True), standing(team=True)],
        [standing(), party(), standing(CENTRE, "COUNTY")],
    ),
    access.is_dispatcher: (
        [standing(DISPATCH, "TOWN"), standing(CENTRE, "COUNTY"), standing(mine=True, level="TOWN")],
        [standing(DISPATCH, "TOWN", level="COUNTY"), standing(level="TOWN")],
    ),
    access.may_assign: (
        [
            standing(DISPATCH, "TOWN", state=S.RETURNED, returned=1),
            standing(LEADER, "TOWN", state=S.RETURNED, returned=2),
        ],
        [
            standing(DISPATCH, "TOWN", state=S.RETURNED, returned=2),
            standing(DISPATCH, "TOWN", level="COUNTY"),
        ],
    ),
    access.may_return: (
        [standing(mine=True), standing(mine=True, returned=1)],
        [standing(mine=True, returned=2), standing(team=True)],
    ),
    access.may_redirect: (
        [standing(DISPATCH, "TOWN"), standing(team=True, level="COUNTY", state=S.FAILED)],
        [standing(), standing(mine=True, state=S.TRIAGED), standing(level="TOWN"), party()],
    ),
    access.may_replace_mediator: (
        [party(), standing(team=True), standing(DISPATCH, "TOWN")],
        [standing(), standing(Role.PERSON)],
    ),
    access.may_close: (
        [standing(LEADER, "TOWN"), standing(CENTRE, "COUNTY", level="COUNTY")],
        [
            standing(LEADER, "TOWN", level="COUNTY"),
            standing(LEADER, "TOWN", mine=True),
            standing(CENTRE, "COUNTY", team=True),
            standing(CENTRE, "COUNTY", has_handled=True),
        ],
    ),
    access.is_not_handler: (
        [standing(CENTRE, "COUNTY")],
        [standing(mine=True), standing(team=True), party()],
    ),
    access.may_sign: ([party(to_sign=True)], [party(), standing(mine=True)]),
    access.may_rate: ([party()], [party(rated=True), standing(mine=True), standing(Role.PERSON)]),
    access.has_open_notice: (
        [standing(mine=True, has_notice=True)],
        [standing(mine=True), standing(team=True, has_notice=True)],
    ),
    access.may_answer_session: ([party(has_session=True)], [party(), standing(mine=True, has_session=True)]),
    access.may_record_minutes: (
        [standing(team=True, has_session=True)],
        [standing(team=True), party(has_session=True)],
    ),
    access.may_decide_objection: (
        [standing(CENTRE, "COUNTY", has_objection=True)],
        [
            standing(CENTRE, "COUNTY"),
            standing(CENTRE, "COUNTY", mine=True, has_objection=True),
            standing(CENTRE, "COUNTY", has_handled=True, has_objection=True),
        ],
    ),
    access.may_ask_extension: (
        [standing(mine=True, clock_running=True)],
        [
            standing(clock_running=True),
            standing(mine=True),
            standing(mine=True, clock_running=True, extension_by=uuid4()),
        ],
    ),
    access.may_decide_extension: (
        [standing(LEADER, "TOWN", extension_by=uuid4())],
        [
            standing(LEADER, "TOWN"),
            standing(LEADER, "TOWN", mine=True, extension_by=uuid4()),
            standing(LEADER, "TOWN", has_handled=True, extension_by=uuid4()),
        ],
    ),
    access.may_suspend: (
        [standing(mine=True, clock_running=True)],
        [standing(clock_running=True), standing(mine=True)],
    ),
    access.may_resume: (
        [standing(team=True, clock_paused=True)],
        [standing(clock_paused=True), standing(mine=True)],
    ),
    access.may_contribute: (
        [party(), standing(team=True), standing(DISPATCH, "TOWN")],
        [standing(level="TOWN")],
    ),
    access.may_request_confirmation: (
        [party(has_agreement=True)],
        [
            party(),
            party(has_agreement=True, has_application=True),
            standing(mine=True, has_agreement=True),
        ],
    ),
    access.may_visit: (
        [standing(CENTRE, "COUNTY")],
        [standing(mine=True), standing(CENTRE, "COUNTY", has_handled=True), party()],
    ),
    access.may_see_reporter: (
        [party(), standing(mode=ReporterMode.CONFIDENTIAL)],
        [
            party(mode=ReporterMode.CONFIDENTIAL),
            standing(mode=ReporterMode.ANONYMOUS),
            party(mode=ReporterMode.ANONYMOUS),
        ],
    ),
    access.may_see_contact: (
        [standing(mine=True), standing(DISPATCH, "TOWN")],
        [
            standing(),
            standing(DISPATCH, "TOWN", level="COUNTY"),
            party(),
            standing(Role.PROGRAM_OFFICE, "COUNTY"),
        ],
    ),
}


@pytest.mark.parametrize("question", ANSWERS, ids=lambda question: question.__name__)
def test_each_question_has_its_answers(question: Callable[[Standing], bool]) -> None:
    yes, no = ANSWERS[question]
    assert [question(each) for each in yes] == [True] * len(yes)
    assert [question(each) for each in no] == [False] * len(no)


def test_no_action_asks_a_question_that_is_not_tested() -> None:
    assert {action.who for action in ACTIONS.values()} <= set(ANSWERS)


def test_an_officer_with_a_private_part_has_no_official_one() -> None:
    for role, place in ((Role.MEDIATOR, "VILLAGE"), (CENTRE, "COUNTY")):
        for state in S:
            here = standing(
                role, place, mine=True, state=state, takes_part=True, to_sign=True, has_objection=True
            )
            assert not access.available(here)
            assert not access.may_see_contact(here)


def test_decisions_and_official_signatures_ask_for_a_passkey() -> None:
    assert {name for name, action in ACTIONS.items() if action.step_up} == {
        "close",
        "decide_extension",
        "decide_objection",
        "record_confirmation",
        "reopen",
        "sign",
    }


def test_who_asked_for_more_time_does_not_grant_it() -> None:
    asked = standing(LEADER, "TOWN", extension_by=uuid4())
    own = Standing(asked.actor, asked.dispute, extension_by=asked.actor.account_id)
    assert not access.may_decide_extension(own)


def test_the_system_has_no_permission_of_its_own() -> None:
    from backend.kernel.access.actor import system_actor

    machine = system_actor("331024", PLACES["COUNTY"])
    for state in S:
        for mine in (True, False):
            here = standing(mine=mine, state=state)
            assert not access.available(
                Standing(machine, here.dispute, responsible=here.responsible, to_sign=False)
            )


# --------------------------------------------------------------------------------------- reach, every command


def plausible(kind: Any, name: str, ids: dict[str, str], version: int) -> Any:
    """A value of this type that is in order as far as its form goes."""
    if isinstance(kind, GraphQLNonNull):
        kind = kind.of_type
    if isinstance(kind, GraphQLList):
        return [plausible(kind.of_type, name, ids, version)]
    if isinstance(kind, GraphQLInputObjectType):
        return {
            key: plausible(each.type, key, ids, version)
            for key, each in kind.fields.items()
            if isinstance(each.type, GraphQLNonNull)
        }
    if isinstance(kind, GraphQLEnumType):
        return min(kind.values)
    fixed = {
        "Boolean": True,
        "Int": version,
        "Float": 1.0,
        "Date": "2026-12-31",
        "DateTime": "2026-12-31T08:00:00Z",
    }
    return fixed.get(kind.name, ids.get(name, "经过核实的说明文字"))


async def refused_with(person: Person, name: str, ids: dict[str, str], version: int) -> list[str]:
    """The codes with which a plausible call of mutation `name` is refused."""
    field = hostile.fields("mutation")[name]
    variables = {key: plausible(argument.type, key, ids, version) for key, argument in field.args.items()}
    answer = await person.ask(hostile.operation("mutation", name), **variables)
    return [error["code"] for error in answer[name]["errors"]]


ABOUT_A_DISPUTE = sorted(
    set(hostile.fields("mutation"))
    - {
        "reportDispute",
        "analyseSignal",
        "replyToScore",
        "decideScore",
        "renameAccount",
        "markNotificationsRead",
    }
    - {"savePushSubscription", "removePushSubscription"}
    - of_others("mediation", "mutation")
)


async def ids_of(city: City, dispute: dict[str, Any]) -> dict[str, str]:
    """One existing id for each kind of argument."""
    mediator = await city.sign_in(MEDIATOR)
    detail = (await mediator.ask(DETAIL, id=dispute["id"]))["dispute"]
    member = detail["responsible"]["membershipId"]
    found = {name: member for name in ("responsible", "mediator", "mediators", "members")}
    found |= {name: detail["parties"][0]["id"] for name in ("partyId", "attended")}
    found |= {"id": dispute["id"], "clockId": detail["clock"]["id"], "paperId": detail["papers"][0]["id"]}
    return found


async def sibling(city: City) -> Person:
    """A grid member of the next grid of the same village."""
    account = await identity.account_of_phone(SIBLING_GRID_WORKER, "测试邻格员")
    async with open_scope(Scope(DbRole.IDENTITY)):
        if not await identity.memberships_of(account.id):
            await identity.add_membership(
                account,
                role=Role.GRID_WORKER,
                name="测试邻格员",
                agency="茶溪村第2网格",
                division=await Division.get(code=f"{VILLAGE}002"),
            )
    return await city.sign_in(SIBLING_GRID_WORKER)


async def test_out_of_reach_every_command_says_that_there_is_no_such_thing(city: City) -> None:
    dispute = await drafted(city)
    ids = await ids_of(city, dispute)
    outsiders = [await city.sign_in(NEIGHBOUR_GRID_WORKER), await sibling(city), await city.sign_in(STRANGER)]
    for person in outsiders:
        for name in ABOUT_A_DISPUTE:
            assert await refused_with(person, name, ids, dispute["version"]) == ["NOT_FOUND"], name
        assert await person.ask(DETAIL, id=dispute["id"]) == {"dispute": None}


async def test_within_reach_and_without_a_part_every_command_is_not_permitted(city: City) -> None:
    dispute = await drafted(city)
    ids = await ids_of(city, dispute)
    colleague = await city.sign_in(VILLAGE_OFFICER)
    # Whoever works at the dispute's place may add what he knows.
    for name in sorted(set(ABOUT_A_DISPUTE) - {"addMaterial"}):
        refused = await refused_with(colleague, name, ids, dispute["version"])
        # These name rows that do not exist yet.
        unknown = (
            "decideExtension",
            "decideObjection",
            "recordMinutes",
            "replyToSupervision",
            "respondToSession",
        )
        assert refused == ["NOT_FOUND" if name in unknown else "NOT_PERMITTED"], name


async def test_without_a_session_every_command_is_refused(city: City) -> None:
    async with city.client() as client:
        for name, field in hostile.fields("mutation").items():
            variables = {key: plausible(argument.type, key, {}, 1) for key, argument in field.args.items()}
            answer = await Person(client, "").ask(hostile.operation("mutation", name), **variables)
            assert [error["code"] for error in answer[name]["errors"]] == ["UNAUTHENTICATED"], name


# ------------------------------------------------------------------------------------------- what parties see


async def as_seen_by(city: City, phone: str, dispute_id: str) -> Any:
    person = await city.sign_in(phone)
    return (await person.ask(DETAIL.replace("papers { id", "papers { html id"), id=dispute_id))["dispute"]


async def test_a_party_never_sees_the_other_sides_telephone_or_whole_name(city: City) -> None:
    dispute = await agreed(city)
    for me, other, name in ((RESPONDENT, APPLICANT, "测试甲一"), (APPLICANT, RESPONDENT, "测试乙二")):
        seen = await as_seen_by(city, me, dispute["id"])
        assert other not in str(seen)
        (across,) = [each for each in seen["parties"] if not each["isMe"]]
        assert across["phoneMasked"] is None
        assert across["name"] != name
        assert not across["canReveal"]
        assert not any(each["atRisk"] for each in seen["parties"])


@pytest.mark.parametrize("mode", ["ANONYMOUS", "CONFIDENTIAL"])
async def test_a_reporter_who_is_not_to_be_named_is_not_named(fresh: None, city: City, mode: str) -> None:
    dispute = await mediating(city, reporterMode=mode)
    applicant, mediator = await city.sign_in(APPLICANT), await city.sign_in(MEDIATOR)
    dispute = await applicant.do("addMaterial", id=dispute["id"], text="补充一点情况。")
    await mediator.do(
        "scheduleSession",
        id=dispute["id"],
        version=dispute["version"],
        startsAt="2027-01-04T02:00:00Z",
        place="村委会",
    )
    seen = await as_seen_by(city, MEDIATOR, dispute["id"])
    everybody = [each["id"] for each in seen["parties"]]
    dispute = await mediator.do(
        "recordMinutes",
        sessionId=seen["sessions"][0]["id"],
        version=seen["version"],
        attended=everybody,
        statements="双方各自说明了情况。",
        proposals="",
        result="CONTINUE",
    )
    await mediator.do(
        "failMediation", id=dispute["id"], version=dispute["version"], reason="分歧较大", remediesTold=True
    )
    secret = (APPLICANT, "测试甲一", "199****0001", applicant.account_id)
    readers = (
        [RESPONDENT]
        if mode == "CONFIDENTIAL"
        else [RESPONDENT, MEDIATOR, DISPATCHER, TOWN_LEADER, COUNTY_CENTER]
    )
    for phone in readers:
        text = str(await as_seen_by(city, phone, dispute["id"]))
        assert [word for word in secret if word in text] == [], phone
        person = await city.sign_in(phone)
        inbox = await person.ask("{ inbox(first: 100) { edges { node { kind data matterCode } } } }")
        assert [word for word in secret if word in str(inbox)] == []
    if mode == "CONFIDENTIAL":
        assert "测试甲一" in str(await as_seen_by(city, MEDIATOR, dispute["id"]))


async def test_an_anonymous_report_leaves_no_account_on_events_and_files(city: City, database: Any) -> None:
    from tests.factories.ledger import open_ledger

    dispute = await accepted(city, reporterMode="ANONYMOUS")
    applicant = await city.sign_in(APPLICANT)
    await applicant.do("addMaterial", id=dispute["id"], text="补充一点情况。")
    async with open_ledger(database.admin_dsn) as ledger:
        mine = [UUID(dispute["id"]), UUID(applicant.account_id)]
        assert (
            await ledger.fetchval("select count(*) from event where matter_id = $1 and actor_id = $2", *mine)
            == 0
        )
        assert (
            await ledger.fetchval(
                "select count(*) from mediation_party where dispute_id = $1 and phone <> '' and is_reporter",
                mine[0],
            )
            == 0
        )


async def test_a_risk_is_seen_by_officers_only(city: City) -> None:
    dispute = await mediating(city)
    mediator = await city.sign_in(MEDIATOR)
    parties = (await as_seen_by(city, MEDIATOR, dispute["id"]))["parties"]
    await mediator.do("flagRisk", partyId=parties[0]["id"], atRisk=True, reason="扬言报复,需要关注")
    assert any(each["atRisk"] for each in (await as_seen_by(city, MEDIATOR, dispute["id"]))["parties"])
    for phone in (APPLICANT, RESPONDENT):
        seen = await as_seen_by(city, phone, dispute["id"])
        assert not any(each["atRisk"] for each in seen["parties"])
        assert "扬言报复" not in str(seen)
        assert "risk" not in str([edge["node"]["tag"] for edge in seen["timeline"]["edges"]])


REVEAL = (
    "mutation($input: RevealInput!) { revealPartyContact(input: $input) { phone errors { code field } } }"
)
LOG = "query($id: ID!) { accessLog(matterId: $id) { who role what reason } }"


async def test_a_reveal_needs_a_part_and_a_reason_and_can_be_read_by_the_person(city: City) -> None:
    dispute = await accepted(city)
    parties = (await as_seen_by(city, MEDIATOR, dispute["id"]))["parties"]
    applicant_row = next(each["id"] for each in parties if each["side"] == "APPLICANT")

    async def reveal(phone: str, reason: str = "核对联系方式") -> Any:
        person = await city.sign_in(phone)
        return (await person.ask(REVEAL, input={"partyId": applicant_row, "reason": reason}))[
            "revealPartyContact"
        ]

    for phone in (VILLAGE_OFFICER, RESPONDENT):
        assert (await reveal(phone))["errors"][0]["code"] == "NOT_PERMITTED"
    assert (await reveal(STRANGER))["errors"][0]["code"] == "NOT_FOUND"
    assert (await reveal(MEDIATOR, "  "))["errors"] == [{"code": "REQUIRED", "field": "reason"}]
    assert (await reveal(MEDIATOR))["phone"] == APPLICANT
    applicant, respondent = await city.sign_in(APPLICANT), await city.sign_in(RESPONDENT)
    (entry,) = (await applicant.ask(LOG, id=dispute["id"]))["accessLog"]
    assert entry == {
        "who": "茶溪村人民调解委员会 测试调解员",
        "role": "MEDIATOR",
        "what": "CONTACT",
        "reason": "核对联系方式",
    }
    assert (await respondent.ask(LOG, id=dispute["id"]))["accessLog"] == []


# ---------------------------------------------------------------------------------- decisions stay with people


async def test_the_system_takes_no_step_but_a_reopening_and_the_hotlines_registration(
    city: City, database: Any
) -> None:
    from tests.factories.ledger import open_ledger

    dispute = await agreed(city)
    await city.pass_time(days=40)
    await assigned(city)
    await city.pass_time(days=40)
    async with open_ledger(database.admin_dsn) as ledger:
        steps = await ledger.fetch(
            "select distinct tag from event where actor_role = 'SYSTEM' and from_state <> to_state and to_state <> ''"
        )
    assert {row["tag"] for row in steps} <= {"mediation:dispute:registered", "mediation:dispute:reopened"}
    assert (await as_seen_by(city, MEDIATOR, dispute["id"]))["state"] == "AGREED"


async def test_a_dispatcher_who_handles_it_does_not_judge_it(city: City) -> None:
    dispute = await reported(city)
    leader = await city.sign_in(TOWN_LEADER)
    with pytest.raises(Refused) as refused:
        await leader.do(
            "closeDispute", id=dispute["id"], version=dispute["version"], closeType="OTHER", checklist=[]
        )
    assert refused.value.codes == ["WRONG_STATE"]
    for action in ("close", "record_return_visit", "decide_objection", "reopen", "urge"):
        assert not ACTIONS[action].who(standing(CENTRE, "COUNTY", mine=True, has_objection=True))
