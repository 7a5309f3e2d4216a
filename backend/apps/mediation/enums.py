"""Words of mediation with a fixed set of values (`domain.md` 3.3, 3.4)."""

from __future__ import annotations

from enum import StrEnum


class DisputeState(StrEnum):
    REGISTERED = "REGISTERED"
    TRIAGED = "TRIAGED"
    REDIRECTED = "REDIRECTED"
    ASSIGNED = "ASSIGNED"
    RETURNED = "RETURNED"
    ACCEPTED = "ACCEPTED"
    MEDIATING = "MEDIATING"
    AGREED = "AGREED"
    FAILED = "FAILED"
    ESCALATED = "ESCALATED"
    CONFIRM_PENDING = "CONFIRM_PENDING"
    CONFIRMED = "CONFIRMED"
    CONFIRM_REJECTED = "CONFIRM_REJECTED"
    PERFORMED = "PERFORMED"
    BREACHED = "BREACHED"
    CLOSED = "CLOSED"
    REOPENED = "REOPENED"
    MERGED = "MERGED"


class DisputeCategory(StrEnum):
    MARRIAGE_FAMILY = "MARRIAGE_FAMILY"  # 婚姻家庭
    NEIGHBOUR = "NEIGHBOUR"  # 邻里
    HOUSING_LAND = "HOUSING_LAND"  # 房屋宅基地
    LAND_EXPROPRIATION = "LAND_EXPROPRIATION"  # 征地拆迁
    FOREST_LAND_SEA = "FOREST_LAND_SEA"  # 山林土地海域
    LABOUR = "LABOUR"  # 劳动争议
    DAMAGES = "DAMAGES"  # 损害赔偿
    CONTRACT_DEBT = "CONTRACT_DEBT"  # 合同债务
    PROPERTY_SERVICE = "PROPERTY_SERVICE"  # 物业
    CONSUMER = "CONSUMER"  # 消费
    MEDICAL = "MEDICAL"  # 医疗
    TRAFFIC = "TRAFFIC"  # 交通事故
    ENVIRONMENT = "ENVIRONMENT"  # 环境污染
    FISHERY = "FISHERY"  # 渔业
    VILLAGE_AFFAIRS = "VILLAGE_AFFAIRS"  # 村务
    ENTERPRISE = "ENTERPRISE"  # 涉企
    OTHER = "OTHER"


class Severity(StrEnum):
    SIMPLE = "SIMPLE"
    GENERAL = "GENERAL"
    COMPLEX = "COMPLEX"
    MAJOR = "MAJOR"


class HandlingLevel(StrEnum):
    """Who handles the dispute, from the bottom up."""

    GRID = "GRID"
    VILLAGE = "VILLAGE"
    TOWN = "TOWN"
    COUNTY = "COUNTY"


class Route(StrEnum):
    MEDIATION = "MEDIATION"
    PETITION = "PETITION"
    ADMIN_PROCEDURE = "ADMIN_PROCEDURE"
    ARBITRATION = "ARBITRATION"
    LITIGATION = "LITIGATION"
    POLICE = "POLICE"


class Channel(StrEnum):
    CODE = "CODE"  # a person's own report (民声码)
    GRID = "GRID"
    WINDOW = "WINDOW"
    HOTLINE_12345 = "HOTLINE_12345"
    POLICE_110 = "POLICE_110"
    PATROL = "PATROL"


class ReporterMode(StrEnum):
    """NAMED: parties learn who reported; CONFIDENTIAL: only handlers do; ANONYMOUS: nobody does."""

    NAMED = "NAMED"
    CONFIDENTIAL = "CONFIDENTIAL"
    ANONYMOUS = "ANONYMOUS"


class PartySide(StrEnum):
    APPLICANT = "APPLICANT"
    RESPONDENT = "RESPONDENT"


class PartyKind(StrEnum):
    PERSON = "PERSON"
    ORGANISATION = "ORGANISATION"


class CloseType(StrEnum):
    AGREED_PERFORMED = "AGREED_PERFORMED"
    CONFIRMED = "CONFIRMED"
    OPINION_ACCEPTED = "OPINION_ACCEPTED"
    REDIRECTED = "REDIRECTED"
    WITHDRAWN = "WITHDRAWN"
    OTHER = "OTHER"


class Force(StrEnum):
    """The four forces a mediator comes from."""

    SELF_RULE = "SELF_RULE"  # 自治
    LAW = "LAW"  # 法治
    VIRTUE = "VIRTUE"  # 德治
    INTELLIGENCE = "INTELLIGENCE"  # 智治


class RatingScale(StrEnum):
    SATISFIED = "SATISFIED"
    BASICALLY_SATISFIED = "BASICALLY_SATISFIED"
    DISSATISFIED = "DISSATISFIED"


class TeamKind(StrEnum):
    MEDIATOR = "MEDIATOR"
    JOINT = "JOINT"


class SessionState(StrEnum):
    PLANNED = "PLANNED"
    HELD = "HELD"
    CANCELLED = "CANCELLED"


class SessionResult(StrEnum):
    AGREED = "AGREED"
    CONTINUE = "CONTINUE"
    FAILED = "FAILED"


class AgreementKind(StrEnum):
    WRITTEN = "WRITTEN"
    ORAL = "ORAL"


class ConfirmState(StrEnum):
    NONE = "NONE"
    PENDING = "PENDING"
    CONFIRMED = "CONFIRMED"
    REJECTED = "REJECTED"


class Performance(StrEnum):
    PERFORMED = "PERFORMED"
    PARTLY = "PARTLY"
    NOT = "NOT"


class ReopenGround(StrEnum):
    OBJECTION = "OBJECTION"
    REPEAT_VISIT = "REPEAT_VISIT"
    UNSATISFIED = "UNSATISFIED"


class ObjectionState(StrEnum):
    FILED = "FILED"
    UPHELD = "UPHELD"
    PARTLY_UPHELD = "PARTLY_UPHELD"
    DISMISSED = "DISMISSED"


class ChecklistItem(StrEnum):
    """What the person who closes a dispute has seen for himself."""

    AGREEMENT_OR_REDIRECT_ON_FILE = "AGREEMENT_OR_REDIRECT_ON_FILE"
    PERFORMANCE_SEEN = "PERFORMANCE_SEEN"
    RETURN_VISIT_DONE = "RETURN_VISIT_DONE"
    PARTIES_TOLD = "PARTIES_TOLD"


class RelationKind(StrEnum):
    REPEAT = "REPEAT"
    MERGED = "MERGED"


class SignalState(StrEnum):
    OPEN = "OPEN"
    ANALYSED = "ANALYSED"
    CLOSED = "CLOSED"


class SignalPattern(StrEnum):
    """Warning patterns of `domain.md` 3.6."""

    CATEGORY_IN_VILLAGE = "CATEGORY_IN_VILLAGE"  # ≥ 5 of one category in a village within 30 days
    GROUP_DISPUTE = "GROUP_DISPUTE"  # ≥ 10 people in one dispute
    REPEAT_RESPONDENT = "REPEAT_RESPONDENT"  # one respondent in ≥ 3 disputes within 30 days
    REPEAT_VISIT = "REPEAT_VISIT"  # the same claim brought ≥ 3 times
    RISING_CATEGORY = "RISING_CATEGORY"  # week against the trailing eight weeks, by category
    RISING_PLACE = "RISING_PLACE"  # the same, by township
    WAGE_CLAIM = "WAGE_CLAIM"  # wages > 500,000 yuan or > 10 workers
    VIOLENCE = "VIOLENCE"  # threat of violence, marked by a person


class ScoreState(StrEnum):
    COUNTED = "COUNTED"
    CONTESTED = "CONTESTED"
    UPHELD = "UPHELD"
    REVOKED = "REVOKED"
