"""Queries of the cockpit."""

from __future__ import annotations

import strawberry
from strawberry import ID

from backend.apps.cockpit import models, queries
from backend.apps.cockpit.enums import ChoiceFor, KeyUnit
from backend.apps.cockpit.graphql.board import CockpitBoardQuery
from backend.apps.cockpit.graphql.matters import (
    CockpitHazard,
    CockpitMeeting,
    CockpitProblem,
    CockpitScene,
    CockpitTask,
)
from backend.apps.cockpit.graphql.parts import CockpitChoice, CockpitHonour, CockpitPlace
from backend.apps.cockpit.graphql.types import CockpitFigureChoice, CockpitIndicator, CockpitPillar
from backend.apps.cockpit.inputs import (
    CockpitActionFilter,
    CockpitHazardFilter,
    CockpitMeetingFilter,
    CockpitProblemFilter,
    CockpitSceneFilter,
)
from backend.apps.cockpit.permissions import Permission
from backend.kernel.graphql.context import Info
from backend.kernel.graphql.pages import Connection


@strawberry.type
class CockpitQuery(CockpitBoardQuery):
    @strawberry.field(description="Tracks and key units that hold in my place, from the places above too.")
    async def cockpit_pillars(self, info: Info) -> list[CockpitPillar]:
        return [CockpitPillar.of(row) for row in await queries.pillars(info.context.actor)]

    @strawberry.field(description="Targets that hold in my place, from the places above too.")
    async def cockpit_indicators(self, info: Info) -> list[CockpitIndicator]:
        return [CockpitIndicator.of(row) for row in await queries.indicators(info.context.actor)]

    @strawberry.field
    async def cockpit_scenes(
        self, info: Info, first: int = 20, after: str | None = None, filter: CockpitSceneFilter | None = None
    ) -> Connection[CockpitScene]:
        page = await queries.scenes(info.context.actor, filter, first, after)
        return page.connection(CockpitScene.of)

    @strawberry.field
    async def cockpit_scene(self, info: Info, id: ID) -> CockpitScene | None:
        row = await queries.one(info.context.actor, models.Scene, id)
        return CockpitScene.of(row) if row else None

    @strawberry.field
    async def cockpit_meetings(
        self, info: Info, first: int = 20, after: str | None = None, filter: CockpitMeetingFilter | None = None
    ) -> Connection[CockpitMeeting]:
        page = await queries.meetings(info.context.actor, filter, first, after)
        return page.connection(CockpitMeeting.of)

    @strawberry.field
    async def cockpit_meeting(self, info: Info, id: ID) -> CockpitMeeting | None:
        row = await queries.one(info.context.actor, models.Meeting, id)
        return CockpitMeeting.of(row) if row else None

    @strawberry.field
    async def cockpit_tasks(
        self, info: Info, first: int = 20, after: str | None = None, filter: CockpitActionFilter | None = None
    ) -> Connection[CockpitTask]:
        page = await queries.tasks(info.context.actor, filter, first, after)
        return page.connection(CockpitTask.of)

    @strawberry.field
    async def cockpit_task(self, info: Info, id: ID) -> CockpitTask | None:
        row = await queries.one(info.context.actor, models.ActionItem, id)
        return CockpitTask.of(row) if row else None

    @strawberry.field
    async def cockpit_problems(
        self, info: Info, first: int = 20, after: str | None = None, filter: CockpitProblemFilter | None = None
    ) -> Connection[CockpitProblem]:
        page = await queries.problems(info.context.actor, filter, first, after)
        return page.connection(CockpitProblem.of)

    @strawberry.field
    async def cockpit_problem(self, info: Info, id: ID) -> CockpitProblem | None:
        row = await queries.one(info.context.actor, models.Problem, id)
        return CockpitProblem.of(row) if row else None

    @strawberry.field
    async def cockpit_hazards(
        self, info: Info, first: int = 20, after: str | None = None, filter: CockpitHazardFilter | None = None
    ) -> Connection[CockpitHazard]:
        page = await queries.hazards(info.context.actor, filter, first, after)
        return page.connection(CockpitHazard.of)

    @strawberry.field
    async def cockpit_hazard(self, info: Info, id: ID) -> CockpitHazard | None:
        row = await queries.one(info.context.actor, models.Hazard, id)
        return CockpitHazard.of(row) if row else None

    @strawberry.field(description="Figures for which a target may be set.")
    async def cockpit_catalogue(self, info: Info) -> list[CockpitFigureChoice]:
        info.context.actor.require(Permission.MANAGE)
        return CockpitFigureChoice.all()

    @strawberry.field(description="Honours of the programme and its scenes, newest first.")
    async def cockpit_honours(self, info: Info) -> list[CockpitHonour]:
        return [CockpitHonour.of(row) for row in await queries.honours(info.context.actor)]

    @strawberry.field(description="Places of the key units within my reach, by name.")
    async def cockpit_places(self, info: Info, unit: KeyUnit | None = None, search: str = "") -> list[CockpitPlace]:
        return [CockpitPlace.of(row) for row in await queries.places(info.context.actor, unit, search)]

    @strawberry.field(description="Officers to choose from; those who may lead the scene or answer the problem `about`.")
    async def cockpit_officers(self, info: Info, purpose: ChoiceFor, about: ID | None = None) -> list[CockpitChoice]:
        return [CockpitChoice.of(row) for row in await queries.choices(info.context.actor, purpose, about)]
