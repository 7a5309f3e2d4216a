"""What somebody may do with a case: role, what he is to it, the case's state, and what there is to act on."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from backend.kernel.access.actor import Actor
from backend.kernel.errors import conflict, not_permitted
from backend.kernel.workflow.machine import Machine, WrongState


class Stands(Protocol):
    """What an actor is to a case; `waiting` names what there is to act on."""

    @property
    def actor(self) -> Actor: ...
    @property
    def case(self) -> Any: ...
    @property
    def waiting(self) -> frozenset[str]: ...


S = TypeVar("S", bound=Stands)


@dataclass(frozen=True)
class Action(Generic[S]):
    """Something a person may do with a case.

    Attributes:
        who: what the actor must be to the case.
        transition: of the machine, when the action is one; it gives the states and the evidence.
        states: in which the action is open when it is no transition.
        requires: evidence to ask for when it is no transition.
        step_up: a passkey has to confirm an officer first.
        waits_for: the action is offered only while there is something of this kind, though it may always be refused.
    """

    machine: Machine
    name: str
    who: Callable[[S], bool]
    permission: str
    transition: str = ""
    states: frozenset[Any] = frozenset()
    requires: tuple[str, ...] = ()
    step_up: bool = False
    waits_for: str = ""

    @property
    def sources(self) -> frozenset[str]:
        return self.machine.transition(self.transition).sources if self.transition else self.states

    @property
    def evidence(self) -> list[str]:
        """What the actor will be asked for."""
        return list(self.machine.transition(self.transition).requires if self.transition else self.requires)

    def is_permitted(self, s: S) -> bool:
        return s.actor.may(self.permission) and self.who(s)

    def is_open(self, s: S) -> bool:
        if self.waits_for and self.waits_for not in s.waiting:
            return False
        return s.case.state in self.sources and self.is_permitted(s)

    def admit(self, s: S, version: int | None = None) -> None:
        """Raises `NOT_PERMITTED`, `CONFLICT` for another version than the case has, `WRONG_STATE` or `STEP_UP_REQUIRED`."""
        if not self.is_permitted(s):
            raise not_permitted(self.permission)
        if version is not None and version != s.case.version:
            raise conflict(s.case.version)
        if s.case.state not in self.sources:
            raise WrongState(self.name, s.case.state, self.sources)
        if self.step_up and s.actor.is_staff:
            s.actor.require_step_up()


def available(actions: Iterable[Action[S]], s: S) -> list[Action[S]]:
    """What the actor may do next, in the order in which the work usually goes."""
    return [action for action in actions if action.is_open(s)]
