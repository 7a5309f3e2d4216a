"""Tables of supervision. `case_id` names the matter everywhere. The words of a person are sealed (`*_sealed`)."""

from backend.apps.rehab.models.cases import (
    Agreement,
    Breach,
    Case,
    CheckIn,
    DrugTest,
    Leave,
    Link,
    PassLookup,
    Request,
    Task,
    Transfer,
    Whistle,
)
from backend.apps.rehab.models.points import Assessment, Objection, PointEntry, PointMark, RuleSet

__all__ = [
    "Agreement", "Assessment", "Breach", "Case", "CheckIn", "DrugTest", "Leave", "Link", "Objection",
    "PassLookup", "PointEntry", "PointMark", "Request", "RuleSet", "Task", "Transfer", "Whistle",
]  # fmt: skip
