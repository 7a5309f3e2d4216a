"""Pure decisions of oversight."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.apps.oversight import access, figures, rules
from backend.apps.oversight.enums import CaseType, Trigger
from backend.apps.oversight.permissions import GRANTS
from backend.apps.oversight.permissions import Permission as P
from backend.apps.oversight.rules import Sketch
from backend.apps.oversight.workflow import CLUES, JOINT, RECOMMENDATIONS
from backend.kernel.access.roles import Role
from backend.kernel.deadlines.calendar import Unit

SKETCHES = st.builds(
    Sketch, st.sampled_from(("ENVIRONMENT", "LAND")), st.sampled_from(("33.3310.331024", "33.3310.331024.331024103")), st.text(max_size=30)
)


@given(SKETCHES, SKETCHES)
def test_likeness_is_symmetric_and_within_bounds(one: Sketch, other: Sketch) -> None:
    assert 0 <= rules.likeness(one, other) <= 1
    assert rules.likeness(one, other) == rules.likeness(other, one)


def test_the_same_concern_is_alike_and_another_one_is_not() -> None:
    place = "33.3310.331024.331024103"
    mine = Sketch("ENVIRONMENT", place, "测试溪上游作坊直排污水")
    assert rules.likeness(mine, mine) == 1
    assert rules.likeness(mine, Sketch("ENVIRONMENT", place, "上游作坊污水直排测试溪")) >= rules.ALIKE
    assert rules.likeness(mine, Sketch("MINORS", "33.3310.331024", "校园周边商店售烟")) < rules.ALIKE


@pytest.mark.parametrize(
    ("name", "length", "unit", "basis"),
    [
        ("screen", 5, Unit.WD, "assumption"), ("feedback", 15, Unit.CD, "assumption"), ("investigate", 2, Unit.MONTH, "law"),
        ("reply", 2, Unit.MONTH, "law"), ("reply_public_interest", 2, Unit.MONTH, "law"), ("reply_urgent", 15, Unit.CD, "law"),
        ("objection", 7, Unit.WD, "assumption"), ("rework", 1, Unit.MONTH, "assumption"), ("suggestion", 3, Unit.MONTH, "law"),
        ("suggestion_wide", 6, Unit.MONTH, "law"), ("assist", 1, Unit.MONTH, "practice"), ("return", 5, Unit.WD, "assumption"),
        ("court_reply", 3, Unit.MONTH, "practice"), ("first_hand", 2, Unit.WD, "assumption"),
    ],
)  # fmt: skip
def test_limits_are_those_of_the_reference(name: str, length: int, unit: Unit, basis: str) -> None:
    rule = rules.RULES[name]
    assert (rule.length, rule.unit, rule.basis_mark) == (length, unit, basis)
    assert rule.source


def test_urgent_harm_shortens_the_reply() -> None:
    assert rules.reply_rule(CaseType.PUBLIC_INTEREST, urgent=True).id == "reply_urgent"
    assert rules.reply_rule(CaseType.PUBLIC_INTEREST, urgent=False).id == "reply_public_interest"
    assert rules.reply_rule(CaseType.RETRIAL, urgent=False).id == "court_reply"
    assert rules.reply_rule(CaseType.SOCIAL_GOVERNANCE, urgent=False).id == "reply"


def test_means_need_five_ratings() -> None:
    assert rules.mean([5, 5, 5, 5]) is None
    assert rules.mean([5, 4, 3, 2, 1]) == 3


@pytest.mark.parametrize(("process", "result", "bad"), [(3, 3, False), (2, 5, True), (5, 1, True), (5, 5, False)])
def test_one_dissatisfied_answer_is_enough(process: int, result: int, bad: bool) -> None:
    assert rules.is_dissatisfied(process, result) is bad


def test_triggers_of_joint_supervision() -> None:
    assert rules.triggers(units=2, clues=2, supporters=9) == []
    assert rules.triggers(units=3, clues=3, supporters=10) == [Trigger.UNITS, Trigger.REPEATED, Trigger.DEMANDED]
    assert sum(rules.TRIAGE.values()) == 100


def test_a_promise_carries_its_own_limit() -> None:
    rule = rules.promise(date(2027, 1, 31), date(2027, 1, 1))
    assert (rule.id, rule.length, rule.unit) == ("promise", 30, Unit.CD)


def test_codes_say_nothing_about_anybody() -> None:
    assert rules.new_code("331024", date(2026, 11, 28))[:10] == "331024-26-"
    assert len({rules.new_code("331024", date(2026, 11, 28)) for _ in range(50)}) == 50


def test_what_a_person_must_decide_nobody_else_may() -> None:
    """`domain.md` 1.12 and 9.10: filing and recommendation are the chief's; joint supervision both sides'."""
    assert {role for role, carried in GRANTS.items() if P.APPROVE in carried} == {Role.CHIEF_PROSECUTOR}
    for machine, name in ((CLUES, "file_case"), (CLUES, "sue"), (RECOMMENDATIONS, "approve"), (RECOMMENDATIONS, "withdraw")):
        assert machine.transition(name).permission == P.APPROVE
    assert {role for role, carried in GRANTS.items() if P.JOINT_CONGRESS in carried} == {Role.NPC_OFFICE}
    assert {role for role, carried in GRANTS.items() if P.JOINT_PROCURATORATE in carried} == {Role.CHIEF_PROSECUTOR}
    assert "paper" in RECOMMENDATIONS.transition("serve").requires
    assert RECOMMENDATIONS.transition("serve").sources == frozenset({"APPROVED"})
    assert access.RECOMMENDATION_ACTIONS["decide"].step_up


def test_the_investigation_is_the_procuratorates_alone() -> None:
    assert {role for role, carried in GRANTS.items() if P.INVESTIGATE in carried} == {Role.CHIEF_PROSECUTOR, Role.PROSECUTOR}


def test_who_sees_all_carries_its_own_purpose() -> None:
    """The database narrows everybody else to what he has a part in or is addressed by."""
    assert {role for role, carried in GRANTS.items() if P.READ_ALL in carried} == {
        Role.CHIEF_PROSECUTOR, Role.NPC_OFFICE, Role.PROGRAM_OFFICE, Role.PROSECUTOR,
    }  # fmt: skip


def test_no_figure_is_about_a_deputy() -> None:
    """`domain.md` 1.11-8 and 9.10: nothing counts, groups or sorts by who acted."""
    for formula in figures.FORMULAS.values():
        assert "actor" not in formula.sql, formula.key
        assert "part" not in formula.sql.split("matter_id")[0], formula.key
    assert CLUES.to_mermaid()
    assert JOINT.to_mermaid()
