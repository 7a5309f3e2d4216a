"""Closed sets of words; the locale files name them."""

from __future__ import annotations

from enum import StrEnum


class CaseKind(StrEnum):
    """What the order or wish rests on (`domain.md` 6.3); also the kind of point account."""

    COMMUNITY_TREATMENT = "COMMUNITY_TREATMENT"
    COMMUNITY_RECOVERY = "COMMUNITY_RECOVERY"
    VOLUNTARY = "VOLUNTARY"
    MAINTENANCE = "MAINTENANCE"


class CaseState(StrEnum):
    ORDERED = "ORDERED"
    NOT_REPORTED = "NOT_REPORTED"
    REPORTED = "REPORTED"
    AGREED = "AGREED"
    IN_PROGRESS = "IN_PROGRESS"
    SUSPENDED = "SUSPENDED"
    BREACH_NOTED = "BREACH_NOTED"
    SERIOUS_BREACH = "SERIOUS_BREACH"
    RELAPSE_FOUND = "RELAPSE_FOUND"
    ISOLATION_ORDERED = "ISOLATION_ORDERED"
    TRANSFERRED = "TRANSFERRED"
    COMPLETED = "COMPLETED"
    FOLLOW_UP = "FOLLOW_UP"
    EXITED = "EXITED"
    TERMINATED = "TERMINATED"


class Band(StrEnum):
    """Stored as the adopted rule names them; shown as red, yellow, blue, green."""

    A = "A"
    B = "B"
    C1 = "C1"
    C2 = "C2"


class LinkKind(StrEnum):
    """A link of the chain of responsibility (链式咬合)."""

    PERSON = "PERSON"
    FAMILY = "FAMILY"
    GRID = "GRID"
    VILLAGE = "VILLAGE"
    DRUG_WORKER = "DRUG_WORKER"
    POLICE = "POLICE"
    OFFICE = "OFFICE"


class MeasureKind(StrEnum):
    """约定管 (both agreed to it) and 自我管 (the person set it for himself)."""

    AGREED = "AGREED"
    SELF = "SELF"


class TaskKind(StrEnum):
    CALL_BACK = "CALL_BACK"
    CHECK_IN = "CHECK_IN"
    FAMILY_CARE = "FAMILY_CARE"
    HAIR_TEST = "HAIR_TEST"
    HOME_VISIT = "HOME_VISIT"
    PATROL = "PATROL"
    RELEASE_NOTICE = "RELEASE_NOTICE"
    REVIEW_BAND = "REVIEW_BAND"
    TALK = "TALK"
    URINE_TEST = "URINE_TEST"
    WHISTLE = "WHISTLE"


class TaskState(StrEnum):
    OPEN = "OPEN"
    DONE = "DONE"
    MISSED = "MISSED"
    EXCUSED = "EXCUSED"
    CANCELLED = "CANCELLED"


class TaskSource(StrEnum):
    SCHEDULE = "SCHEDULE"
    DEMAND = "DEMAND"
    CHECK_IN = "CHECK_IN"
    WHISTLE = "WHISTLE"
    CASE = "CASE"


class Excuse(StrEnum):
    """Reasons that excuse a miss (`domain.md` 6.6)."""

    MEDICAL = "MEDICAL"
    PREGNANCY = "PREGNANCY"
    CARE_DUTY = "CARE_DUTY"
    EXAM = "EXAM"
    FLOOD_OR_TYPHOON = "FLOOD_OR_TYPHOON"
    NOT_HIS_FAULT = "NOT_HIS_FAULT"


class CheckInMode(StrEnum):
    """OFFLINE: made without a network and sent later. NO_FACE: the person gave no consent to face verification, or the
    phone has no camera; somebody calls or meets him."""

    ONLINE = "ONLINE"
    OFFLINE = "OFFLINE"
    NO_FACE = "NO_FACE"


class CheckInState(StrEnum):
    """CHECKING: the picture is being looked at. RETAKE: it failed; the person may try again or send it anyway."""

    CHECKING = "CHECKING"
    RETAKE = "RETAKE"
    IN_REVIEW = "IN_REVIEW"
    ACCEPTED = "ACCEPTED"
    REJECTED = "REJECTED"


class Mood(StrEnum):
    """The person's own word. It may open help and never becomes a point."""

    GOOD = "GOOD"
    FAIR = "FAIR"
    LOW = "LOW"
    STRUGGLING = "STRUGGLING"


class PlaceHint(StrEnum):
    INSIDE = "INSIDE"
    OUTSIDE = "OUTSIDE"
    UNCERTAIN = "UNCERTAIN"
    UNKNOWN = "UNKNOWN"


class TestKind(StrEnum):
    URINE = "URINE"
    HAIR = "HAIR"
    SALIVA = "SALIVA"
    BLOOD = "BLOOD"


class TestResult(StrEnum):
    """ONSITE_POSITIVE proves nothing yet: the person may ask for a laboratory test."""

    NEGATIVE = "NEGATIVE"
    ONSITE_POSITIVE = "ONSITE_POSITIVE"
    LAB_POSITIVE = "LAB_POSITIVE"
    INVALID = "INVALID"
    REFUSED = "REFUSED"


class LeaveState(StrEnum):
    FILED = "FILED"
    ACKNOWLEDGED = "ACKNOWLEDGED"
    REFUSED = "REFUSED"
    RETURNED = "RETURNED"
    WITHDRAWN = "WITHDRAWN"


class RequestKind(StrEnum):
    TRANSFER = "TRANSFER"
    END = "END"
    WORK = "WORK"
    TREATMENT = "TREATMENT"
    HARDSHIP = "HARDSHIP"
    CHANGE_WORKER = "CHANGE_WORKER"


class RequestState(StrEnum):
    FILED = "FILED"
    IN_HAND = "IN_HAND"
    GRANTED = "GRANTED"
    REFUSED = "REFUSED"
    WITHDRAWN = "WITHDRAWN"


class Mark(StrEnum):
    """What was said about a point entry after it was written; the newest one is its state."""

    CONFIRMED = "CONFIRMED"
    CONTESTED = "CONTESTED"
    UPHELD = "UPHELD"
    REVOKED = "REVOKED"


class EntryState(StrEnum):
    DRAFT = "DRAFT"
    CONFIRMED = "CONFIRMED"
    CONTESTED = "CONTESTED"
    UPHELD = "UPHELD"
    REVOKED = "REVOKED"


class AssessmentState(StrEnum):
    PROPOSED = "PROPOSED"
    DECIDED = "DECIDED"
    DECLINED = "DECLINED"
    SUPERSEDED = "SUPERSEDED"


class AssessmentCause(StrEnum):
    EVENT = "EVENT"
    OBJECTION = "OBJECTION"
    OVERRIDE = "OVERRIDE"
    OVERRIDE_ENDED = "OVERRIDE_ENDED"
    REVIEW = "REVIEW"
    RULES = "RULES"


class ObjectionTarget(StrEnum):
    ENTRY = "ENTRY"
    BAND = "BAND"


class ObjectionState(StrEnum):
    FILED = "FILED"
    UPHELD = "UPHELD"
    DISMISSED = "DISMISSED"
    FURTHER_REVIEW = "FURTHER_REVIEW"
    FINAL_UPHELD = "FINAL_UPHELD"
    FINAL_DISMISSED = "FINAL_DISMISSED"


class RuleSetState(StrEnum):
    """FOREIGN: another county's, for reading the lines that came with a transfer; it is never in force here."""

    DRAFT = "DRAFT"
    FOREIGN = "FOREIGN"
    COMMITTED = "COMMITTED"
    DROPPED = "DROPPED"


class WhistleGround(StrEnum):
    """Only what endangers somebody or a place; never what a person thinks, believes or petitions for."""

    HEALTH_DANGER = "HEALTH_DANGER"
    OUT_OF_CONTACT = "OUT_OF_CONTACT"
    SELF_HARM = "SELF_HARM"
    THREAT = "THREAT"
    PUBLIC_EVENT = "PUBLIC_EVENT"
    FAMILY_CRISIS = "FAMILY_CRISIS"


class WhistleState(StrEnum):
    OPEN = "OPEN"
    CLOSED = "CLOSED"


class Finding(StrEnum):
    """How a whistle ended."""

    HELPED = "HELPED"
    UNFOUNDED = "UNFOUNDED"
    HANDED_OVER = "HANDED_OVER"


class BreachKind(StrEnum):
    TEST_EVADED = "TEST_EVADED"
    LEFT_WITHOUT_LEAVE = "LEFT_WITHOUT_LEAVE"
    DUTY_MISSED = "DUTY_MISSED"


class EndType(StrEnum):
    TERM_OVER = "TERM_OVER"
    DEATH = "DEATH"
    IMPRISONED = "IMPRISONED"
    ORDER_ANNULLED = "ORDER_ANNULLED"
    TRANSFERRED = "TRANSFERRED"
    ISOLATION = "ISOLATION"
    ABSTINENT = "ABSTINENT"
    #: A new order came after the term: its case begins, and this one, of which nothing but a date was left, ends.
    NEW_ORDER = "NEW_ORDER"


class SuspendCause(StrEnum):
    DETAINED = "DETAINED"
    HOSPITAL = "HOSPITAL"
    MILITARY = "MILITARY"
    ABROAD = "ABROAD"


class TransferState(StrEnum):
    SENT = "SENT"
    ACCEPTED = "ACCEPTED"
    DECLINED = "DECLINED"
