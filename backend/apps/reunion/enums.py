"""Closed sets of reunion. Words for people are the phone app's; these are stored, sent and tested."""

from __future__ import annotations

from enum import StrEnum


class Side(StrEnum):
    """Whom a record is about: somebody sought, or somebody found."""

    SOUGHT = "SOUGHT"
    FOUND = "FOUND"


class CaseKind(StrEnum):
    """The first four are sought, the others found."""

    ELDERLY = "ELDERLY"
    CHILD = "CHILD"
    ABDUCTED = "ABDUCTED"
    OTHER_MISSING = "OTHER_MISSING"
    AT_STATION = "AT_STATION"
    IN_HOSPITAL = "IN_HOSPITAL"
    ON_STREET = "ON_STREET"
    DECEASED = "DECEASED"


SOUGHT_KINDS = (CaseKind.ELDERLY, CaseKind.CHILD, CaseKind.ABDUCTED, CaseKind.OTHER_MISSING)
FOUND_KINDS = (CaseKind.AT_STATION, CaseKind.IN_HOSPITAL, CaseKind.ON_STREET, CaseKind.DECEASED)


class CaseState(StrEnum):
    """`domain.md` 2.4. EMERGENCY runs beside them and is a mark of the case."""

    REPORTED = "REPORTED"
    BASIS_RECORDED = "BASIS_RECORDED"
    QUICK_CHECK = "QUICK_CHECK"
    SEARCH_REQUESTED = "SEARCH_REQUESTED"
    SEARCH_REFUSED = "SEARCH_REFUSED"
    SEARCH_APPROVED = "SEARCH_APPROVED"
    CANDIDATES = "CANDIDATES"
    LEAD = "LEAD"
    NO_MATCH = "NO_MATCH"
    VERIFYING = "VERIFYING"
    IDENTITY_CONFIRMED = "IDENTITY_CONFIRMED"
    RETURN_ARRANGED = "RETURN_ARRANGED"
    RETURNED = "RETURNED"
    FOLLOWING = "FOLLOWING"
    PLACED = "PLACED"
    CLOSED = "CLOSED"
    WITHDRAWN = "WITHDRAWN"


class Sex(StrEnum):
    MALE = "M"
    FEMALE = "F"
    UNKNOWN = "U"


class Purpose(StrEnum):
    """The four purposes a comparison may have (`domain.md` 2.1); there is no fifth."""

    STRANDED_SEARCH = "STRANDED_SEARCH"
    LOST_RESCUE = "LOST_RESCUE"
    VAGRANT_AID = "VAGRANT_AID"
    CROSS_REGION = "CROSS_REGION"


class Gallery(StrEnum):
    """Faces of people who are sought, with their families' consent, and of people who were found."""

    MISSING = "reunion.missing"
    FOUND = "reunion.found"


class BasisKind(StrEnum):
    CONSENT = "CONSENT"
    GUARDIAN_CONSENT = "GUARDIAN_CONSENT"
    STATUTORY_DUTY = "STATUTORY_DUTY"


class Condition(StrEnum):
    """Why somebody cannot say who he is; it opens care, and is no judgement."""

    DEMENTIA = "DEMENTIA"
    MENTAL = "MENTAL"
    CHILD = "CHILD"
    MUTE = "MUTE"
    UNCONSCIOUS = "UNCONSCIOUS"
    FOREIGN_LANGUAGE = "FOREIGN_LANGUAGE"
    OTHER = "OTHER"


class Alarm(StrEnum):
    """Why a case is an emergency (`domain.md` 2.4)."""

    MINOR = "MINOR"
    ABDUCTION = "ABDUCTION"
    ABANDONED = "ABANDONED"
    DANGER = "DANGER"


class PictureState(StrEnum):
    READING = "READING"
    CHOOSE = "CHOOSE"  # several faces: somebody says which one
    READY = "READY"
    UNUSABLE = "UNUSABLE"
    WAITING = "WAITING"  # no models on this machine: read when there are


class CandidateState(StrEnum):
    OPEN = "OPEN"
    LEAD = "LEAD"
    DISMISSED = "DISMISSED"
    DISPROVED = "DISPROVED"
    CONFIRMED = "CONFIRMED"


class Verdict(StrEnum):
    SAME = "SAME"
    DIFFERENT = "DIFFERENT"
    UNSURE = "UNSURE"


class ProofKind(StrEnum):
    """What proves who somebody is; a face is not among them."""

    DNA = "DNA"
    FINGERPRINT = "FINGERPRINT"
    DOCUMENT = "DOCUMENT"
    ACQUAINTANCES = "ACQUAINTANCES"


class ReunionKind(StrEnum):
    STRANDED = "STRANDED"
    LOST = "LOST"
    ABDUCTED_CHILD = "ABDUCTED_CHILD"


class ShareState(StrEnum):
    """Whether the other county has opened its record for a candidate."""

    ASKED = "ASKED"
    OPEN = "OPEN"
    ENDED = "ENDED"


class BulletinState(StrEnum):
    PROPOSED = "PROPOSED"  # waits for the police chief: minors and the abducted
    PUBLISHED = "PUBLISHED"
    REFUSED = "REFUSED"
    ENDED = "ENDED"


class BulletinEnd(StrEnum):
    """Why a bulletin came down."""

    EXPIRED = "EXPIRED"
    FOUND = "FOUND"
    OVER = "OVER"  # the case ended, or nobody may look for the person any more
    OFFICER = "OFFICER"
    FAMILY = "FAMILY"


class TipVerdict(StrEnum):
    USEFUL = "USEFUL"
    KNOWN = "KNOWN"
    NOT_THE_PERSON = "NOT_THE_PERSON"
    CANNOT_CHECK = "CANNOT_CHECK"


class TaskKind(StrEnum):
    """What one agency or helper is asked to do for a case, and no more than that."""

    SAMPLE_DNA = "SAMPLE_DNA"
    HEALTH_CHECK = "HEALTH_CHECK"
    VISIT_HOME = "VISIT_HOME"
    CHECK_HOUSEHOLD = "CHECK_HOUSEHOLD"
    ESCORT = "ESCORT"
    PLACE = "PLACE"
    FOLLOW_UP_VISIT = "FOLLOW_UP_VISIT"
    OTHER = "OTHER"


class TaskState(StrEnum):
    GIVEN = "GIVEN"
    ACCEPTED = "ACCEPTED"
    DONE = "DONE"
    RETURNED = "RETURNED"  # done, but not enough: a new limit runs
    VERIFIED = "VERIFIED"
    REFUSED = "REFUSED"
    CANCELLED = "CANCELLED"


class LoopStage(StrEnum):
    """发现—公告—核查—比对—确认—返乡—回访: the closed loop of a case, from its events."""

    FOUND = "FOUND"
    NOTICE = "NOTICE"
    CHECK = "CHECK"
    SEARCH = "SEARCH"
    PROOF = "PROOF"
    RETURN = "RETURN"
    FOLLOW_UP = "FOLLOW_UP"


class AgreedWith(StrEnum):
    """Who said yes to a plan of care."""

    PERSON = "PERSON"
    GUARDIAN = "GUARDIAN"


class CareReason(StrEnum):
    """Why somebody may get lost again: each opens help. Never added up, ranked or used outside the case."""

    REPEAT_FINDS = "REPEAT_FINDS"
    DEMENTIA = "DEMENTIA"
    LIVES_ALONE = "LIVES_ALONE"
    NO_NEXT_OF_KIN = "NO_NEXT_OF_KIN"


class CardCallState(StrEnum):
    """Somebody who found a card's bearer: told, answered, over."""

    OPEN = "OPEN"
    ANSWERED = "ANSWERED"
    CLOSED = "CLOSED"


class AssistAddressee(StrEnum):
    """Whom a county asks for help: another county, one invited expert, or whoever takes it up from the board."""

    COUNTY = "COUNTY"
    EXPERT = "EXPERT"
    BOARD = "BOARD"


class AssistState(StrEnum):
    OPEN = "OPEN"
    ANSWERED = "ANSWERED"
    DECLINED = "DECLINED"
    EXPIRED = "EXPIRED"  # the term was over before anybody answered
    CLOSED = "CLOSED"


class ReplyState(StrEnum):
    TAKEN = "TAKEN"
    ANSWERED = "ANSWERED"
    DECLINED = "DECLINED"


class AssistFinding(StrEnum):
    """What a helper found: an expert about the faces, a county about the person. Neither proves anything."""

    SAME = "SAME"
    DIFFERENT = "DIFFERENT"
    KNOWN_HERE = "KNOWN_HERE"
    NOT_KNOWN_HERE = "NOT_KNOWN_HERE"
    UNSURE = "UNSURE"


class AssistScope(StrEnum):
    """Which requests of the desk are meant: asked by our place, asked of us, or open on the board."""

    MINE = "MINE"
    TO_US = "TO_US"
    BOARD = "BOARD"


class ImportState(StrEnum):
    READING = "READING"
    PREVIEW = "PREVIEW"
    RUNNING = "RUNNING"
    STOPPED = "STOPPED"  # goes on from where it was, unless its rows are erased
    DONE = "DONE"
    FAILED = "FAILED"


class ImportRowState(StrEnum):
    NEW = "NEW"
    READY = "READY"
    PROBLEM = "PROBLEM"
    DUPLICATE = "DUPLICATE"  # waits for a clerk's choice
    SKIPPED = "SKIPPED"
    DONE = "DONE"


class RepeatChoice(StrEnum):
    """What becomes of a row that may repeat a case."""

    SKIP = "SKIP"
    MAKE = "MAKE"
    ADD = "ADD"  # its pictures go to the case that is there
