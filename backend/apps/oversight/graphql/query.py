"""Queries of oversight."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import strawberry
from strawberry import ID

from backend.apps.oversight import figures, queries
from backend.apps.oversight.enums import Field
from backend.apps.oversight.graphql.figures import (
    OversightChildFigures,
    OversightFigure,
    OversightFigureRow,
    OversightFigures,
)
from backend.apps.oversight.graphql.lessons import OversightLesson
from backend.apps.oversight.graphql.parts import OversightAlikeClue, OversightChoice
from backend.apps.oversight.graphql.suggestions import OversightSuggestion
from backend.apps.oversight.graphql.types import OversightClue, OversightJointProject, OversightRecommendation
from backend.apps.oversight.inputs import (
    OversightClueFilter,
    OversightLessonFilter,
    OversightSuggestionFilter,
)
from backend.apps.oversight.permissions import Permission
from backend.kernel import clock
from backend.kernel.access.roles import Role
from backend.kernel.graphql.context import Info
from backend.kernel.graphql.pages import Connection
from backend.kernel.graphql.types import division_of
from backend.kernel.metrics import asking
from backend.kernel.metrics.formulas import report

FromDate = Annotated[date, strawberry.argument(name="from")]


@strawberry.type
class OversightQuery:
    @strawberry.field(description="Clues within my reach, newest change first; for a deputy those he has a part in.")
    async def oversight_clues(
        self, info: Info, first: int = 20, after: str | None = None, filter: OversightClueFilter | None = None
    ) -> Connection[OversightClue]:
        page = await queries.clues(info.context.actor, filter, first, after)
        return page.connection(OversightClue.of)

    @strawberry.field
    async def oversight_clue(self, info: Info, id: ID) -> OversightClue | None:
        row = await queries.clue(info.context.actor, id)
        return OversightClue.of(row) if row else None

    @strawberry.field(description="Open clues like what I am writing, to join instead.")
    async def alike_oversight_clues(self, info: Info, field: Field, division: str, words: str) -> list[OversightAlikeClue]:
        found = await queries.alike(info.context.actor, field, division, words)
        return [
            OversightAlikeClue(id=ID(str(row_id)), code=code, title=title, supporters=count) for row_id, code, title, count in found
        ]

    @strawberry.field(description="Officers of agencies to whom the case's recommendation may go.")
    async def oversight_units(self, info: Info, clue_id: ID) -> list[OversightChoice]:
        rows = await queries.choices(info.context.actor, clue_id, Role.SUPERVISED_UNIT)
        return [OversightChoice.of(row) for row in rows]

    @strawberry.field(description="Deputies who may go along to the case's check.")
    async def oversight_deputies(self, info: Info, clue_id: ID) -> list[OversightChoice]:
        rows = await queries.choices(info.context.actor, clue_id, Role.DEPUTY)
        return [OversightChoice.of(row) for row in rows]

    @strawberry.field(description="Recommendations within my reach; for an agency those served on it. `owing`: a reply is still due.")
    async def oversight_recommendations(
        self, info: Info, first: int = 20, after: str | None = None, owing: bool | None = None, open: bool | None = None
    ) -> Connection[OversightRecommendation]:
        page = await queries.recommendations(info.context.actor, first, after, owing=owing, open=open)
        return page.connection(OversightRecommendation.of)

    @strawberry.field
    async def oversight_recommendation(self, info: Info, id: ID) -> OversightRecommendation | None:
        row = await queries.recommendation(info.context.actor, id)
        return OversightRecommendation.of(row) if row else None

    @strawberry.field(description="Suggestions within my reach: for a deputy his own and public ones, for an agency those it answers.")
    async def oversight_suggestions(
        self, info: Info, first: int = 20, after: str | None = None, filter: OversightSuggestionFilter | None = None
    ) -> Connection[OversightSuggestion]:
        page = await queries.suggestions(info.context.actor, filter, first, after)
        return page.connection(OversightSuggestion.of)

    @strawberry.field
    async def oversight_suggestion(self, info: Info, id: ID) -> OversightSuggestion | None:
        row = await queries.suggestion(info.context.actor, id)
        return OversightSuggestion.of(row) if row else None

    @strawberry.field(description="Public suggestions like what I am writing, to sign instead.")
    async def alike_oversight_suggestions(self, info: Info, field: Field, division: str, words: str) -> list[OversightSuggestion]:
        return [OversightSuggestion.of(row) for row in await queries.alike_suggestions(info.context.actor, field, division, words)]

    @strawberry.field(description="An officer of each agency to which the suggestion may go.")
    async def oversight_agencies(self, info: Info, suggestion_id: ID) -> list[OversightChoice]:
        return [OversightChoice.of(row) for row in await queries.agencies(info.context.actor, suggestion_id)]

    @strawberry.field(description="What closed cases teach: published ones, and the procuratorate's drafts for itself.")
    async def oversight_lessons(
        self, info: Info, first: int = 20, after: str | None = None, filter: OversightLessonFilter | None = None
    ) -> Connection[OversightLesson]:
        page = await queries.lessons(info.context.actor, filter, first, after)
        return page.connection(OversightLesson.of)

    @strawberry.field
    async def oversight_lesson(self, info: Info, id: ID) -> OversightLesson | None:
        row = await queries.lesson(info.context.actor, id)
        return OversightLesson.of(row) if row else None

    @strawberry.field
    async def oversight_joint_projects(
        self, info: Info, first: int = 20, after: str | None = None
    ) -> Connection[OversightJointProject]:
        page = await queries.projects(info.context.actor, first, after)
        return page.connection(OversightJointProject.of)

    @strawberry.field
    async def oversight_joint_project(self, info: Info, id: ID) -> OversightJointProject | None:
        row = await queries.project(info.context.actor, id)
        return OversightJointProject.of(row) if row else None

    @strawberry.field(description="Figures of a division in `[from, to]`, both days included.")
    async def oversight_figures(self, info: Info, division: str, from_: FromDate, to: date) -> OversightFigures:
        asking.check_period(from_, to)
        place = await asking.place(info.context.actor, Permission.FIGURES, division)
        found = await report(figures.FORMULAS, place.path, from_, to)
        before = await queries.baselines(info.context.actor, place.path)
        return OversightFigures(
            computed_at=clock.now(),
            figures=[OversightFigure.of(each, before) for each in found.own.values()],
            children=[
                OversightChildFigures(
                    division=await division_of(info, path.rsplit(".", 1)[-1]),
                    figures=[OversightFigure.of(each) for each in results.values()],
                )
                for path, results in sorted(found.children.items())
                if path != place.path
            ],
        )  # fmt: skip

    @strawberry.field(description="The matters behind a figure: all it looks at, those it counts, or those it does not.")
    async def oversight_figure_rows(
        self, info: Info, figure: str, division: str, from_: FromDate, to: date, counted: bool | None = None, first: int = 20,
        after: str | None = None,
    ) -> Connection[OversightFigureRow]:  # fmt: skip
        page = await queries.figure_rows(info.context.actor, figure, division, from_, to, counted, first, after)
        return page.connection(OversightFigureRow.of)
