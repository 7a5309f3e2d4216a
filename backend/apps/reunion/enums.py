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
