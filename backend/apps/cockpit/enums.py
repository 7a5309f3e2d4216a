"""Closed sets of the programme. Words for people are the phone app's; these are stored, sent and tested."""

from __future__ import annotations

from enum import StrEnum


class PillarKind(StrEnum):
    """The 3 and the 7 of 137+X."""

    TRACK = "TRACK"
    KEY_UNIT = "KEY_UNIT"


class Track(StrEnum):
    """三大跑道 (`domain.md` 11.1)."""

    RISK_LOOP = "RISK_LOOP"
    CASE_HANDLING = "CASE_HANDLING"
    ENFORCEMENT = "ENFORCEMENT"


class KeyUnit(StrEnum):
    """七个重点单元; the last three are an assumption (`domain.md` 14.1)."""

    ENTERPRISE = "ENTERPRISE"
    FISHERY = "FISHERY"
    SEA_AREA = "SEA_AREA"
    NINE_PLACES = "NINE_PLACES"
    CAMPUS = "CAMPUS"
    TRAFFIC = "TRAFFIC"
    VILLAGE = "VILLAGE"


class SceneState(StrEnum):
    """`domain.md` 11.3."""

    PROPOSED = "PROPOSED"
    REVIEWED = "REVIEWED"
    ESTABLISHED = "ESTABLISHED"
    BUILDING = "BUILDING"
    PILOT = "PILOT"
    ROLLED_OUT = "ROLLED_OUT"
    IMPROVING = "IMPROVING"
    RETIRED = "RETIRED"


class TeamRole(StrEnum):
    """专班 2+N: two leads, and the rest."""

    BUSINESS_LEAD = "BUSINESS_LEAD"
    TECHNICAL_LEAD = "TECHNICAL_LEAD"
    MEMBER = "MEMBER"


class Proof(StrEnum):
    """What a scene needs before it goes on."""

    IMPACT_ASSESSMENT = "IMPACT_ASSESSMENT"
    SECURITY_GRADE = "SECURITY_GRADE"
    USER_TEST = "USER_TEST"
    USABLE_RESULT = "USABLE_RESULT"


class Phase(StrEnum):
    ROUTINE = "ROUTINE"
    KEY = "KEY"


class Rhythm(StrEnum):
    """A routine milestone has a weekly list, a key one a plan and a report every day."""

    WEEKLY = "WEEKLY"
    DAILY = "DAILY"


class WorkState(StrEnum):
    """Of tasks and of plan entries; LATE is still to be done."""

    OPEN = "OPEN"
    LATE = "LATE"
    DONE = "DONE"
    CHECKED = "CHECKED"


class MeetingKind(StrEnum):
    MONTHLY = "MONTHLY"
    WEEKLY_CITY = "WEEKLY_CITY"
    WEEKLY_LINK = "WEEKLY_LINK"
    AD_HOC = "AD_HOC"


class MeetingState(StrEnum):
    PLANNED = "PLANNED"
    HELD = "HELD"
    CANCELLED = "CANCELLED"


class AgendaSource(StrEnum):
    TEXT = "TEXT"
    FIGURE = "FIGURE"
    PROBLEM = "PROBLEM"


class ProblemState(StrEnum):
    REPORTED = "REPORTED"
    REPORTED_TWICE = "REPORTED_TWICE"
    ASSIGNED = "ASSIGNED"
    ANSWERED = "ANSWERED"
    REOPENED = "REOPENED"
    ACCEPTED = "ACCEPTED"


class ReportTo(StrEnum):
    """双报告: upward in one's own line, and to the city's task force."""

    VERTICAL = "VERTICAL"
    TASK_FORCE = "TASK_FORCE"


class HonourLevel(StrEnum):
    COUNTY = "COUNTY"
    CITY = "CITY"
    PROVINCE = "PROVINCE"
    NATION = "NATION"


class Better(StrEnum):
    """In which direction a figure is good."""

    HIGHER = "HIGHER"
    LOWER = "LOWER"


class HazardState(StrEnum):
    FOUND = "FOUND"
    GRADED = "GRADED"
    RECTIFYING = "RECTIFYING"
    RECTIFIED = "RECTIFIED"
    CLOSED = "CLOSED"
    DISMISSED = "DISMISSED"


class HazardGrade(StrEnum):
    """一般隐患, 重大隐患."""

    GENERAL = "GENERAL"
    MAJOR = "MAJOR"


class ChoiceFor(StrEnum):
    """What an officer is chosen for."""

    LEADER = "LEADER"
    TEAM = "TEAM"
    TASK = "TASK"
    RECTIFICATION = "RECTIFICATION"
    PROBLEM = "PROBLEM"
