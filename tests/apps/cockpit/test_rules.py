"""Pure decisions of the programme."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.apps.cockpit import access, rules
from backend.apps.cockpit.enums import KeyUnit, PillarKind, Rhythm, SceneState, Track
from backend.apps.cockpit.permissions import GRANTS
from backend.apps.cockpit.permissions import Permission as P
from backend.apps.cockpit.workflow import ACTIONS, HAZARDS, MEETINGS, PROBLEMS, SCENES
from backend.kernel.access.roles import Role
from backend.kernel.workflow.machine import INITIAL, EvidenceMissing


def test_the_structure_is_one_three_seven() -> None:
    assert (len(Track), len(KeyUnit)) == (3, 7)
    assert rules.CODES == {PillarKind.TRACK: set(Track), PillarKind.KEY_UNIT: set(KeyUnit)}


@given(st.dates(date(2000, 1, 1), date(2090, 1, 1)))
def test_a_weeks_plan_stands_under_its_monday_and_is_due_on_friday_at_six(day: date) -> None:
    monday = rules.day_of(Rhythm.WEEKLY, day)
    assert (monday.weekday(), (day - monday).days in range(7)) == (0, True)
    assert (rules.report_due(Rhythm.WEEKLY, monday).weekday(), rules.day_of(Rhythm.DAILY, day)) == (4, day)


def test_a_days_report_is_due_at_six_in_the_evening_there() -> None:
    assert rules.report_due(Rhythm.DAILY, date(2026, 11, 28)) == datetime(2026, 11, 28, 10, tzinfo=UTC)


@pytest.mark.parametrize(("today", "held", "month", "day"), [
    (date(2026, 11, 3), False, "2026-11", date(2026, 11, 10)), (date(2026, 11, 28), False, "2026-11", date(2026, 11, 28)),
    (date(2026, 11, 28), True, "2026-12", date(2026, 12, 10)), (date(2026, 12, 28), True, "2027-01", date(2027, 1, 10)),
])  # fmt: skip
def test_what_is_red_waits_for_the_next_consultation_that_is_not_held(today: date, held: bool, month: str, day: date) -> None:
    assert rules.consultation_month(today, held=held) == month
    assert rules.monthly_day(month, today) == day


@pytest.mark.parametrize("month", ["2026", "2026-13", "26-01", "2026-1", "x-y"])
def test_a_month_is_year_and_month(month: str) -> None:
    with pytest.raises(ValueError):  # whichever way it is wrong
        rules.first_of(month)


def test_every_limit_names_its_source() -> None:
    assert all(rule.source.strip() for rule in rules.RULES.values())
    assert (rules.RULES["answer_problem"].length, rules.RULES["answer_problem"].unit) == (5, "WD")


def test_a_scene_is_rolled_out_only_with_all_four_proofs() -> None:
    with pytest.raises(EvidenceMissing) as missing:
        SCENES.apply("roll_out", SceneState.PILOT, {"USER_TEST": True}, {P.MANAGE}, {Role.PROGRAM_OFFICE})
    assert missing.value.fields == ("IMPACT_ASSESSMENT", "SECURITY_GRADE", "USABLE_RESULT")


def test_every_offered_action_belongs_to_its_machine() -> None:
    for machine, offered in (
        (SCENES, access.SCENE_ACTIONS), (MEETINGS, access.MEETING_ACTIONS), (ACTIONS, access.TASK_ACTIONS), (PROBLEMS, access.PROBLEM_ACTIONS),
        (HAZARDS, access.HAZARD_ACTIONS),
    ):  # fmt: skip
        assert {action.machine for action in offered.values()} == {machine}
        assert all(action.sources for action in offered.values())
        for transition in machine.transitions:
            assert transition.sources == {INITIAL} or any(transition.sources & action.sources for action in offered.values())


def test_a_grid_worker_finds_and_rectifies_and_does_no_more() -> None:
    assert GRANTS[Role.GRID_WORKER] == {P.FIND, P.READ, P.RECTIFY}
    assert [role for role in GRANTS if P.GRADE_MAJOR in GRANTS[role]] == [Role.SECTOR_REGULATOR]
    assert all("rank" not in permission for granted in GRANTS.values() for permission in granted)
