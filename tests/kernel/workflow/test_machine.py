"""Properties of the state machine, over machines of any shape."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.kernel.workflow.machine import (
    INITIAL,
    EvidenceMissing,
    GuardRefused,
    Machine,
    MachineError,
    NotPermitted,
    State,
    Transition,
    TransitionError,
    UnknownTransition,
    WrongState,
    is_present,
)

NAMES = [f"S{number}" for number in range(6)]
PERMISSIONS = ["app:case:accept", "app:case:close", "app:case:read"]
ROLES = ["CLERK", "JUDGE"]
EVIDENCE = ["minutes", "reason"]

subsets = st.frozensets(st.sampled_from(PERMISSIONS))
role_sets = st.frozensets(st.sampled_from(ROLES))


def a_refusal(facts: Mapping[str, object]) -> str | None:
    return "TOO_EARLY" if facts.get("early") else None


def transitions(states: list[str]) -> st.SearchStrategy[list[Transition]]:
    one = st.builds(
        Transition,
        name=st.text("abcdef", min_size=1, max_size=6),
        sources=st.frozensets(st.sampled_from([INITIAL, *states]), min_size=1, max_size=3),
        target=st.sampled_from(states),
        permission=st.sampled_from(PERMISSIONS),
        requires=st.lists(st.sampled_from(EVIDENCE), unique=True).map(tuple),
        roles=role_sets,
        guard=st.sampled_from([None, a_refusal]),
    )
    return st.lists(one, min_size=1, max_size=12, unique_by=lambda item: item.name)


@st.composite
def declarations(draw: st.DrawFn) -> tuple[list[State], list[Transition]]:
    names = NAMES[: draw(st.integers(1, len(NAMES)))]
    states = [State(name, terminal=draw(st.booleans())) for name in names]
    return states, draw(transitions(names))


def reachable(states: list[State], moves: list[Transition]) -> set[str]:
    """By repeated widening, unlike the machine's own search."""
    known = {INITIAL}
    for _ in states:
        known |= {move.target for move in moves if move.sources & known}
    return known - {INITIAL}


def machine_of(declaration: tuple[list[State], list[Transition]]) -> Machine | None:
    try:
        return Machine("tested", *declaration)
    except MachineError:
        return None


@given(declarations())
def test_a_machine_exists_exactly_when_every_state_is_reached_and_none_is_a_trap(
    declaration: tuple[list[State], list[Transition]],
) -> None:
    states, moves = declaration
    left = {source for move in moves for source in move.sources}
    sound = reachable(states, moves) == {state.name for state in states} and all(
        state.terminal or state.name in left for state in states
    )
    assert (machine_of(declaration) is not None) == sound


@given(
    declarations(),
    st.sampled_from([INITIAL, *NAMES]),
    subsets,
    role_sets,
    st.dictionaries(
        st.sampled_from([*EVIDENCE, "early"]), st.sampled_from([None, "", " ", "text", True, [], ["x"]])
    ),
)
def test_a_step_is_taken_exactly_when_every_condition_holds(
    declaration: tuple[list[State], list[Transition]],
    state: str,
    permissions: frozenset[str],
    roles: frozenset[str],
    facts: dict[str, Any],
) -> None:
    machine = machine_of(declaration)
    if machine is None:
        return
    for move in machine.transitions:
        permitted = move.permission in permissions and (not move.roles or bool(move.roles & roles))
        from_here = state in move.sources
        proven = all(is_present(facts.get(name)) for name in move.requires)
        guarded = move.guard is not None and bool(facts.get("early"))
        try:
            step = machine.apply(move.name, state, facts, permissions, roles)
        except TransitionError as refusal:
            expected = (
                NotPermitted
                if not permitted
                else WrongState
                if not from_here
                else EvidenceMissing
                if not proven
                else GuardRefused
            )
            assert type(refusal) is expected
            assert refusal.data["transition"] == move.name
        else:
            assert permitted
            assert from_here
            assert proven
            assert not guarded
            assert (step.from_state, step.to_state) == (state, move.target)
        offered = {item.transition for item in machine.available(state, permissions, roles)}
        assert (move.name in offered) == (permitted and from_here)


def test_all_faults_of_a_declaration_are_named_at_once() -> None:
    with pytest.raises(MachineError) as caught:
        Machine(
            "faulty",
            [State("OPEN"), State("OPEN"), State("ISLAND", terminal=True), State("TRAP")],
            [
                Transition("start", frozenset({INITIAL}), "OPEN", "app:case:open"),
                Transition("start", frozenset({"OPEN"}), "TRAP", "  "),
                Transition("lost", frozenset(), "NOWHERE", "app:case:lose"),
            ],
        )
    assert set(caught.value.problems) == {
        "duplicate state OPEN",
        "duplicate transition start",
        "transition start has no permission",
        "transition lost has no source",
        "transition lost names unknown state NOWHERE",
        "state ISLAND is unreachable",
        "state TRAP is a dead end but not terminal",
    }


def a_case() -> Machine:
    return Machine(
        "case",
        [State("OPEN"), State("CLOSED", terminal=True)],
        [
            Transition("open", frozenset({INITIAL}), "OPEN", "app:case:open"),
            Transition(
                "close",
                frozenset({"OPEN"}),
                "CLOSED",
                "app:case:close",
                ("reason", "minutes"),
                guard=a_refusal,
            ),
            Transition("reopen", frozenset({"CLOSED"}), "OPEN", "app:case:close", roles=frozenset({"JUDGE"})),
        ],
    )


def test_missing_evidence_is_listed_completely() -> None:
    with pytest.raises(EvidenceMissing) as caught:
        a_case().apply("close", "OPEN", {"reason": "  ", "minutes": []}, {"app:case:close"}, set())
    assert caught.value.field == "reason"
    assert caught.value.data["fields"] == ["reason", "minutes"]


def test_the_guard_gives_its_own_reason() -> None:
    facts = {"reason": "settled", "minutes": "text", "early": True}
    with pytest.raises(GuardRefused) as caught:
        a_case().apply("close", "OPEN", facts, {"app:case:close"}, set())
    assert caught.value.data["reason"] == "TOO_EARLY"


def test_an_outsider_learns_neither_state_nor_evidence() -> None:
    with pytest.raises(NotPermitted) as caught:
        a_case().apply("close", "CLOSED", {}, set(), set())
    assert set(caught.value.data) == {"transition", "permission", "roles"}


def test_a_role_may_be_asked_for_beside_the_permission() -> None:
    with pytest.raises(NotPermitted):
        a_case().apply("reopen", "CLOSED", {}, {"app:case:close"}, {"CLERK"})
    assert a_case().apply("reopen", "CLOSED", {}, {"app:case:close"}, {"JUDGE"}).to_state == "OPEN"


def test_an_unknown_step_is_refused_by_name() -> None:
    with pytest.raises(UnknownTransition) as caught:
        a_case().apply("vanish", "OPEN", {}, set(), set())
    assert caught.value.data == {"transition": "vanish"}


def test_a_closed_case_may_be_left_although_it_is_terminal() -> None:
    assert a_case().is_terminal("CLOSED")
    assert [item.transition for item in a_case().available("CLOSED", {"app:case:close"}, {"JUDGE"})] == [
        "reopen"
    ]


def test_the_diagram_shows_beginning_steps_and_ends() -> None:
    assert a_case().to_mermaid().splitlines() == [
        "stateDiagram-v2",
        "    [*] --> OPEN: open",
        "    OPEN --> CLOSED: close",
        "    CLOSED --> OPEN: reopen",
        "    CLOSED --> [*]",
    ]


@pytest.mark.parametrize("fact", [None, False, "", " \n", [], {}, ()])
def test_nothing_is_no_evidence(fact: object) -> None:
    assert not is_present(fact)


@pytest.mark.parametrize("fact", [True, 0, 0.0, "x", ["x"], object()])
def test_anything_else_is_evidence(fact: object) -> None:
    assert is_present(fact)
