"""Closed sets of oversight. Words for people are the phone app's; these are stored, sent and tested."""

from __future__ import annotations

from enum import StrEnum


class ClueKind(StrEnum):
    CLUE = "CLUE"
    PROPOSAL = "PROPOSAL"


class ClueSource(StrEnum):
    DEPUTY = "DEPUTY"
    HANDED_OVER = "HANDED_OVER"  # another application's matter, of which only code and category came along


class Field(StrEnum):
    """What it is about: the fields of public-interest litigation, and the rest."""

    ENVIRONMENT = "ENVIRONMENT"
    FOOD_DRUG = "FOOD_DRUG"
    STATE_PROPERTY = "STATE_PROPERTY"
    LAND = "LAND"
    WORK_SAFETY = "WORK_SAFETY"
    MINORS = "MINORS"
    WOMEN = "WOMEN"
    ACCESSIBILITY = "ACCESSIBILITY"
    PERSONAL_INFORMATION = "PERSONAL_INFORMATION"
    HERITAGE = "HERITAGE"
    MARTYRS = "MARTYRS"
    GOVERNANCE = "GOVERNANCE"
    JUSTICE = "JUSTICE"
    OTHER = "OTHER"


class ClueState(StrEnum):
    """`domain.md` 9.4, Lead; from CASE_FILED on it is a case, whose recommendations have states of their own."""

    SUBMITTED = "SUBMITTED"
    ACCEPTED = "ACCEPTED"
    REJECTED = "REJECTED"
    MERGED = "MERGED"
    ASSESSED = "ASSESSED"
    CASE_FILED = "CASE_FILED"
    TO_SUGGESTION = "TO_SUGGESTION"
    TRANSFERRED = "TRANSFERRED"
    ENDED = "ENDED"
    SUED = "SUED"
    CLOSED = "CLOSED"


class PartKind(StrEnum):
    """Why somebody hears of every step."""

    AUTHOR = "AUTHOR"
    SUPPORTER = "SUPPORTER"
    SOURCE = "SOURCE"  # handed a matter over
    CHECKER = "CHECKER"  # goes along to the on-site check


class Screening(StrEnum):
    ACCEPT = "ACCEPT"
    REJECT = "REJECT"
    MERGE = "MERGE"
    TRANSFER = "TRANSFER"


class Ending(StrEnum):
    """What an assessed clue becomes when it is no case."""

    SUGGESTION = "SUGGESTION"
    TRANSFER = "TRANSFER"
    END = "END"


class CaseType(StrEnum):
    """Kinds of recommendation and so of case (`domain.md` 9.3)."""

    RETRIAL = "RETRIAL"
    UNLAWFUL_ACT = "UNLAWFUL_ACT"
    PUBLIC_INTEREST = "PUBLIC_INTEREST"
    SOCIAL_GOVERNANCE = "SOCIAL_GOVERNANCE"
    OTHER = "OTHER"


class LogKind(StrEnum):
    INQUIRY = "INQUIRY"
    SITE_VISIT = "SITE_VISIT"
    DOCUMENT = "DOCUMENT"
    EXPERT = "EXPERT"
    HEARING = "HEARING"


class RecommendationState(StrEnum):
    DRAFTED = "DRAFTED"
    APPROVED = "APPROVED"
    SERVED = "SERVED"
    OBJECTED = "OBJECTED"
    REPLIED = "REPLIED"
    VERIFIED = "VERIFIED"
    PARTLY = "PARTLY"
    NOT_RECTIFIED = "NOT_RECTIFIED"
    REWORK = "REWORK"
    ESCALATED = "ESCALATED"
    SUED = "SUED"
    WITHDRAWN = "WITHDRAWN"
    CLOSED = "CLOSED"


class ObjectionResult(StrEnum):
    MAINTAINED = "MAINTAINED"
    AMENDED = "AMENDED"
    WITHDRAWN = "WITHDRAWN"


class ReplyClass(StrEnum):
    """`domain.md` 9.6: solved; partly or planned, with a date; kept for reference, with the reason."""

    A = "A"
    B = "B"
    C = "C"


class Verdict(StrEnum):
    RECTIFIED = "RECTIFIED"
    PARTLY = "PARTLY"
    NOT = "NOT"


class PromiseState(StrEnum):
    OPEN = "OPEN"
    KEPT = "KEPT"
    BROKEN = "BROKEN"


class Trigger(StrEnum):
    """Why a matter should be supervised jointly (`domain.md` 9.6)."""

    OVERDUE = "OVERDUE"
    FALSE_RECTIFICATION = "FALSE_RECTIFICATION"
    UNITS = "UNITS"
    REPEATED = "REPEATED"
    DEMANDED = "DEMANDED"


class JointForm(StrEnum):
    REPORT = "REPORT"
    INQUIRY = "INQUIRY"
    INSPECTION = "INSPECTION"
    HEARING = "HEARING"
    ROUND_TABLE = "ROUND_TABLE"
    FOLLOW_UP = "FOLLOW_UP"


class JointState(StrEnum):
    PROPOSED = "PROPOSED"
    AGREED = "AGREED"
    REFUSED = "REFUSED"
    RUNNING = "RUNNING"
    EVALUATED = "EVALUATED"
    CONTINUED = "CONTINUED"
    CLOSED = "CLOSED"


class SuggestionState(StrEnum):
    """`domain.md` 9.4, Suggestion; REFUSED and WITHDRAWN are ours, for what the office may not take and what its deputies take back."""

    RAISED = "RAISED"
    REFUSED = "REFUSED"
    WITHDRAWN = "WITHDRAWN"
    REVIEWED = "REVIEWED"
    ASSIGNED = "ASSIGNED"
    RETURNED = "RETURNED"
    REASSIGNED = "REASSIGNED"
    HANDLING = "HANDLING"
    CONSULTED = "CONSULTED"
    REPLIED = "REPLIED"
    RATED = "RATED"
    REHANDLING = "REHANDLING"
    TRACKED = "TRACKED"
    DONE = "DONE"


class Session(StrEnum):
    """When a suggestion was raised."""

    MEETING = "MEETING"
    RECESS = "RECESS"


class TalkForm(StrEnum):
    """How the agency spoke with the deputies before it replied."""

    MEETING = "MEETING"
    VISIT = "VISIT"
    SITE = "SITE"
    TELEPHONE = "TELEPHONE"


class LessonKind(StrEnum):
    """What a closed case is good for (检e用)."""

    TYPICAL_CASE = "TYPICAL_CASE"
    RULE_PROPOSAL = "RULE_PROPOSAL"
    MODEL = "MODEL"


class LessonState(StrEnum):
    DRAFTED = "DRAFTED"
    PUBLISHED = "PUBLISHED"
    REFUSED = "REFUSED"
    TAKEN_DOWN = "TAKEN_DOWN"


class Side(StrEnum):
    """Whose word a joint project needs."""

    CONGRESS = "CONGRESS"
    PROCURATORATE = "PROCURATORATE"
