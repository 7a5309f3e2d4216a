"""What a rule may look at at all. Both lists are closed: a rule set, being data, cannot express anything else."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Feature(StrEnum):
    """The act or fact a rule values: something the account's holder did, agreed to or was decided on."""

    AGREED_DUTY = "AGREED_DUTY"
    ATTENDANCE = "ATTENDANCE"
    """Came to an agreed appointment or planned check, in time."""
    BREACH_FREE_TIME = "BREACH_FREE_TIME"
    CHECK_RESULT = "CHECK_RESULT"
    """Outcome of a check that the law or the signed agreement provides for."""
    COMPENSATION = "COMPENSATION"
    CONTACT = "CONTACT"
    COURSE = "COURSE"
    EMPLOYMENT = "EMPLOYMENT"
    FAMILY_SUPPORT = "FAMILY_SUPPORT"
    FINAL_DECISION = "FINAL_DECISION"
    """A final decision of an organ on a violation in the field the account is about."""
    LEAVE_REPORT = "LEAVE_REPORT"
    PROGRAMME_STAGE = "PROGRAMME_STAGE"
    VOLUNTEERING = "VOLUNTEERING"


#: May only add points: their absence is a need for help, not a fault.
SUPPORTIVE: Final = frozenset(
    {
        Feature.BREACH_FREE_TIME,
        Feature.COMPENSATION,
        Feature.COURSE,
        Feature.EMPLOYMENT,
        Feature.FAMILY_SUPPORT,
        Feature.PROGRAMME_STAGE,
        Feature.VOLUNTEERING,
    }
)

#: Prohibited by name, so that the refusal says why. What stands in neither list is refused as unknown.
FORBIDDEN: Final = frozenset(
    {
        "CHAT", "ETHNICITY", "HEALTH_DIAGNOSIS", "HOTEL", "HOUSEHOLD_ORIGIN", "INFORMING", "LOCATION", "PAYMENT",
        "PETITIONING", "POLITICAL_OPINION", "RELATIVES_ACTS", "RELIGION", "SEXUAL_ORIENTATION", "SUING",
    }
)  # fmt: skip


class Evidence(StrEnum):
    """What an entry must rest on."""

    CERTIFICATE = "CERTIFICATE"
    """Issued by whoever ran the course, employs or trains."""
    CHECK_RECORD = "CHECK_RECORD"
    CONTACT_LOG = "CONTACT_LOG"
    CONTACT_TRY = "CONTACT_TRY"
    FINAL_DECISION = "FINAL_DECISION"
    LABORATORY_REPORT = "LABORATORY_REPORT"
    LAWFUL_RECORD = "LAWFUL_RECORD"
    """Record of an organ acting within its powers. Never a trace of the person's whereabouts."""
    LEDGER = "LEDGER"
    """The account's own entries."""
    OWN_STATEMENT = "OWN_STATEMENT"
    PLAN = "PLAN"
    RECORDING = "RECORDING"
    REPORT_RECORD = "REPORT_RECORD"
    VISIT_NOTE = "VISIT_NOTE"
    WITNESS = "WITNESS"
    WRITTEN_WARNING = "WRITTEN_WARNING"
