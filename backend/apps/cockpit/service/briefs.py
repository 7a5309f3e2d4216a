"""指标简报: the board of a place on paper, for those who meet about it."""

from __future__ import annotations

from backend.apps.cockpit import board, papers
from backend.apps.cockpit.inputs import PrintBoardInput
from backend.apps.cockpit.models import Meeting
from backend.apps.cockpit.permissions import Permission as P
from backend.apps.cockpit.service import common
from backend.kernel import clock
from backend.kernel.access.actor import Actor
from backend.kernel.errors import Refusal

_steps = common.meeting_steps


async def print_board(actor: Actor, request: PrintBoardInput) -> Meeting:
    """The figures of one month of the meeting's place, as a paper of the meeting. Printed again it is another paper.

    Raises:
        Refusal: `INVALID` on `month` unless it is one (`YYYY-MM`) that has begun.
    """
    actor.require(P.FIGURES)
    meeting: Meeting = await common.begin(actor, Meeting, request.id, "brief", request.version)
    try:
        month = clock.parse_day(f"{request.month}-01")
    except ValueError:
        raise Refusal("INVALID", "month") from None
    if month > common.today():
        raise Refusal("INVALID", "month")
    made = await board.board(actor, meeting.path.rsplit(".", 1)[-1], month, month)
    paper = await papers.brief(actor, meeting, made)
    await _steps.note(actor, meeting, "board:printed", month=request.month, paper=str(paper.id))
    return meeting
