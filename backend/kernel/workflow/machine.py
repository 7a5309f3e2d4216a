"""Pure state machine: no I/O, no clock, no knowledge of any application."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sized
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import ClassVar, Final

from backend.kernel.errors import Refusal

INITIAL: Final = "[*]"
"""Source of the transitions that create a matter: the state before there is one."""

Guard = Callable[[Mapping[str, object]], str | None]


@dataclass(frozen=True)
class State:
    """`terminal` states may be the last one; a terminal state may still be left (a closed case is reopened)."""

    name: str
    terminal: bool = False


@dataclass(frozen=True)
class Transition:
    """`requires` names facts that must be present; empty `roles` means any role; `guard` returns a refusal code."""

    name: str
    sources: frozenset[str]
    target: str
    permission: str
    requires: tuple[str, ...] = ()
    roles: frozenset[str] = frozenset()
    guard: Guard | None = None


@dataclass(frozen=True)
class Step:
    """A transition that was checked and may be recorded."""

    transition: Transition
    from_state: str
    to_state: str


@dataclass(frozen=True)
class Available:
    """What an actor may do next, with the evidence it will be asked for."""

    transition: str
    requires: tuple[str, ...]


class MachineError(ValueError):
    """The declaration is wrong; `problems` lists everything found, not only the first."""

    def __init__(self, machine: str, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__(f"machine {machine}: " + "; ".join(self.problems))


class TransitionError(Refusal):
    """A step was refused; `data["transition"]` names it."""

    stable_code: ClassVar[str] = "TRANSITION_REFUSED"

    def __init__(self, transition: str, field: str | None = None, **data: object) -> None:
        self.transition = transition
        super().__init__(self.stable_code, field, transition=transition, **data)


class UnknownTransition(TransitionError):
    stable_code = "UNKNOWN_TRANSITION"


class WrongState(TransitionError):
    stable_code = "WRONG_STATE"

    def __init__(self, transition: str, state: str, allowed_sources: frozenset[str]) -> None:
        self.state = state
        self.allowed_sources = allowed_sources
        super().__init__(transition, state=state, allowed_sources=sorted(allowed_sources))


class NotPermitted(TransitionError):
    stable_code = "NOT_PERMITTED"

    def __init__(self, transition: str, permission: str, roles: frozenset[str]) -> None:
        self.permission = permission
        self.roles = roles
        super().__init__(transition, permission=permission, roles=sorted(roles))


class EvidenceMissing(TransitionError):
    """`field` is the first of the missing `fields`."""

    stable_code = "EVIDENCE_MISSING"

    def __init__(self, transition: str, fields: tuple[str, ...]) -> None:
        self.fields = fields
        super().__init__(transition, fields[0], fields=list(fields))


class GuardRefused(TransitionError):
    """`reason` is the guard's own stable code."""

    stable_code = "GUARD_REFUSED"

    def __init__(self, transition: str, reason: str) -> None:
        self.reason = reason
        super().__init__(transition, reason=reason)


def is_present(fact: object) -> bool:
    """Evidence counts unless it is None, False (a box left unticked), blank text or an empty collection."""
    if fact is None or fact is False:
        return False
    if isinstance(fact, str):
        return bool(fact.strip())
    return len(fact) > 0 if isinstance(fact, Sized) else True


class Machine:
    """A checked set of states and transitions; raises MachineError when the declaration has a fault."""

    def __init__(self, name: str, states: Iterable[State], transitions: Iterable[Transition]) -> None:
        self.name = name
        self.states = tuple(states)
        self.transitions = tuple(transitions)
        problems = [
            *_name_problems(self.states, self.transitions),
            *_graph_problems(self.states, self.transitions),
        ]
        if problems:
            raise MachineError(name, problems)
        self._by_name = {transition.name: transition for transition in self.transitions}
        self._terminal = frozenset(state.name for state in self.states if state.terminal)

    def is_terminal(self, state: str) -> bool:
        return state in self._terminal

    def transition(self, name: str) -> Transition:
        """Raises UnknownTransition."""
        if name not in self._by_name:
            raise UnknownTransition(name)
        return self._by_name[name]

    def apply(
        self,
        transition_name: str,
        state: str,
        facts: Mapping[str, object],
        permissions: AbstractSet[str],
        roles: AbstractSet[str],
    ) -> Step:
        """Check one step; permission comes first, so that an outsider learns nothing from the other refusals.

        Raises a subclass of TransitionError.
        """
        transition = self.transition(transition_name)
        if not _permits(transition, permissions, roles):
            raise NotPermitted(transition.name, transition.permission, transition.roles)
        if state not in transition.sources:
            raise WrongState(transition.name, state, transition.sources)
        missing = tuple(field for field in transition.requires if not is_present(facts.get(field)))
        if missing:
            raise EvidenceMissing(transition.name, missing)
        refusal = transition.guard(facts) if transition.guard else None
        if refusal is not None:
            raise GuardRefused(transition.name, refusal)
        return Step(transition, state, transition.target)

    def available(
        self, state: str, permissions: AbstractSet[str], roles: AbstractSet[str]
    ) -> tuple[Available, ...]:
        """Steps open to this actor from here, as declared; facts and guards are judged only by `apply`."""
        return tuple(
            Available(transition.name, transition.requires)
            for transition in self.transitions
            if state in transition.sources and _permits(transition, permissions, roles)
        )

    def to_mermaid(self) -> str:
        """A `stateDiagram-v2` for the documentation."""
        edges = [
            f"    {source} --> {transition.target}: {transition.name}"
            for transition in self.transitions
            for source in sorted(transition.sources)
        ]
        ends = [f"    {state.name} --> [*]" for state in self.states if state.terminal]
        return "\n".join(["stateDiagram-v2", *edges, *ends]) + "\n"


def _permits(transition: Transition, permissions: AbstractSet[str], roles: AbstractSet[str]) -> bool:
    if transition.permission not in permissions:
        return False
    return not transition.roles or not transition.roles.isdisjoint(roles)


def _repeated(names: Iterable[str]) -> list[str]:
    return [name for name, count in Counter(names).items() if count > 1]


def _name_problems(states: tuple[State, ...], transitions: tuple[Transition, ...]) -> list[str]:
    known = {state.name for state in states}
    problems = [f"duplicate state {name}" for name in _repeated(state.name for state in states)]
    problems += [f"duplicate transition {name}" for name in _repeated(item.name for item in transitions)]
    if INITIAL in known:
        problems.append(f"state may not be named {INITIAL}")
    for transition in transitions:
        if not transition.permission.strip():
            problems.append(f"transition {transition.name} has no permission")
        if not transition.sources:
            problems.append(f"transition {transition.name} has no source")
        strangers = sorted((transition.sources - {INITIAL} | {transition.target}) - known)
        problems += [f"transition {transition.name} names unknown state {name}" for name in strangers]
    return problems


def _graph_problems(states: tuple[State, ...], transitions: tuple[Transition, ...]) -> list[str]:
    reached, frontier = set[str](), {INITIAL}
    while frontier:
        reached |= frontier
        frontier = {item.target for item in transitions if not item.sources.isdisjoint(frontier)} - reached
    departures = set[str]().union(*(transition.sources for transition in transitions))
    problems = [f"state {state.name} is unreachable" for state in states if state.name not in reached]
    problems += [
        f"state {state.name} is a dead end but not terminal"
        for state in states
        if not state.terminal and state.name not in departures
    ]
    return problems
