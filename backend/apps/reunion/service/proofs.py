"""From a lead to an identity: proven by a means that is not a face, confirmed by two organs."""

from __future__ import annotations

from uuid import UUID

from backend.apps.reunion import papers, rules
from backend.apps.reunion.enums import CandidateState, CaseKind, ProofKind, Side
from backend.apps.reunion.inputs import ProofInput, ReunionStepInput
from backend.apps.reunion.models import Candidate, Case, Confirmation, Proof
from backend.apps.reunion.service import common, gallery, searches
from backend.apps.reunion.workflow import SEARCHABLE
from backend.kernel import clock
from backend.kernel.access.actor import Actor
from backend.kernel.access.roles import Role
from backend.kernel.db.models import place_of
from backend.kernel.deadlines import service as clocks
from backend.kernel.errors import Refusal
from backend.kernel.faces import galleries
from backend.kernel.jobs.service import enqueue_found
from backend.kernel.validation import Checks, text_of

PAIR_JOB = "reunion.be_found"
#: The two organs of `domain.md` 2.4.
ORGANS = (Role.POLICE_OFFICER, Role.CIVIL_AFFAIRS)


async def ask_verification(actor: Actor, request: ReunionStepInput) -> Case:
    """Ask the other side's police and civil affairs to verify: what is asked, and on what ground (协查)."""
    case = (await common.begin(actor, request.id, "ask_verification", request.version)).case
    row = await lead(case)
    text = _text("text", request.text)
    await clocks.start(case, common.APP, rules.rule("verify", emergency=case.alarm is not None), clock.now(), subject_id=row.id)
    await common.move(actor, case, "verify", "verification:asked", {"asked": text}, candidate=str(row.id), reason=text)
    return case


async def lead(case: Case) -> Candidate:
    """The candidate that two reviewers took for the same person. Raises `NOT_FOUND`-like `NO_LEAD`."""
    row = await Candidate.filter(case_id=case.id, state=CandidateState.LEAD).order_by("-decided_at").first()
    if row is None:
        raise Refusal("NO_LEAD")
    return row


def _text(field: str, value: str, *, least: int = 2) -> str:
    return text_of(value, field, least=least, most=1000)


async def record_proof(actor: Actor, request: ProofInput) -> Case:
    """What an independent means says. A negative one ends the lead."""
    case = (await common.begin(actor, request.id, "record_proof", request.version)).case
    row = await lead(case)
    checks = Checks()
    source = checks.text("source", request.source, least=4, most=500)
    second = checks.text("secondSource", request.second_source, most=500)
    if request.kind == ProofKind.ACQUAINTANCES and (not second or second == source):
        checks.refuse("REQUIRED", "secondSource")
    checks.done()
    assert actor.account_id is not None and actor.membership is not None
    proof = await Proof.create(
        **place_of(case), case_id=case.id, candidate_id=row.id, kind=request.kind, positive=request.positive,
        source="\n".join(filter(None, (source, second))), recorded_by=actor.account_id,
        recorded_by_name=actor.membership.name, recorded_at=clock.now(),
    )  # fmt: skip
    if request.positive:
        await common.note(actor, case, "proof:recorded", proof=str(proof.id), kind=request.kind)
        await common.tell(await common.accounts(case, *ORGANS), "identity.to_confirm", case)
        return case
    row.state, row.decided_at = CandidateState.DISPROVED, clock.now()
    await row.save(update_fields=["state", "decided_at"])
    await _verified(case, row.id)
    case.retry_on = rules.retry_on(common.today())
    await common.move(
        actor, case, "disprove", "proof:negative", {"proof": proof.id}, proof=str(proof.id), kind=request.kind,
        candidate=str(row.id),
    )  # fmt: skip
    await searches.go_on(actor, case)
    return case


async def _verified(case: Case, candidate_id: UUID) -> None:
    name = "verify_emergency" if case.alarm is not None else "verify"
    await clocks.meet(case.id, name, clock.now(), subject_id=candidate_id)


async def confirm_identity(actor: Actor, request: ReunionStepInput) -> Case:
    """One organ's word; with both, the identity is confirmed. No face is a proof, and children need DNA.

    Raises:
        Refusal: `NOT_PROVEN` (with `dna`), `SELF_CONFIRMED` for one person who speaks for both organs.
    """
    case = (await common.begin(actor, request.id, "confirm_identity", request.version)).case
    row = await lead(case)
    text = _text("text", request.text, least=4)
    other = await Case.get_or_none(id=row.other_id)
    minor = case.is_minor or row.other_minor or (other is not None and other.is_minor)
    dna = rules.needs_dna(is_minor=minor, kinds=[case.kind, CaseKind(row.other_kind)], age_gap=row.age_gap)
    proofs = await Proof.filter(candidate_id=row.id, positive=True)
    if not rules.is_proven([each.kind for each in proofs], dna=dna):
        raise Refusal("NOT_PROVEN", dna=dna)
    if other is not None and other.state not in SEARCHABLE:
        # Found elsewhere, or taken back: there is nobody to confirm it with.
        raise Refusal("OTHER_SIDE_GONE")
    if await Confirmation.filter(candidate_id=row.id, organ=actor.role).exists():
        raise Refusal("ALREADY_DECIDED")
    if await Confirmation.filter(candidate_id=row.id, by=actor.account_id).exists():
        raise Refusal("SELF_CONFIRMED")
    assert actor.account_id is not None and actor.membership is not None
    await Confirmation.create(
        **place_of(case), case_id=case.id, candidate_id=row.id, organ=actor.role, by=actor.account_id,
        by_name=actor.membership.name, text=text, at=clock.now(),
    )  # fmt: skip
    words = await Confirmation.filter(candidate_id=row.id).order_by("at", "id")
    organs = {each.organ for each in words}
    if organs != {str(organ) for organ in ORGANS}:
        await common.note(actor, case, "identity:confirmed_by_one", organ=actor.role, reason=text)
        return case
    row.state, row.decided_at = CandidateState.CONFIRMED, clock.now()
    await row.save(update_fields=["state", "decided_at"])
    await _verified(case, row.id)
    await papers.identity(actor, case, row, proofs, words)
    sought, taken_in = (case.kind, row.other_kind) if case.side == Side.SOUGHT else (row.other_kind, case.kind)
    case.reunion_kind = rules.reunion_kind(CaseKind(sought), CaseKind(taken_in))
    await found(actor, case, {"proofs": len(proofs), "organs": sorted(organs)}, "confirm_identity")
    return case


async def found(actor: Actor, case: Case, evidence: dict[str, object], step: str) -> None:
    """The person is known: nobody looks for him any more, and the family hears it from people, not from the machine."""
    await common.move(actor, case, step, "identity:confirmed", evidence)
    if case.side == Side.FOUND:
        await clocks.start(case, common.APP, rules.RULES["return"], clock.now())
    await galleries.finish(case)
    await gallery.ask(case)
    await common.tell([*await common.accounts(case, Role.RESCUE_STATION), *await common.family(case)], "identity.confirmed", case)


async def sweep_pairs(now: object) -> None:
    """Confirmed pairs whose other side does not know yet."""
    await enqueue_found(
        PAIR_JOB,
        """select 'pair:' || c.id::text as row, o.county, o.path, o.id as matter,
               jsonb_build_object('case_id', o.id) as args
           from reunion_candidate c join reunion_case o on o.id = c.other_id and o.county = c.other_county
               join reunion_case f on f.id = c.case_id and f.county = c.county
           where c.state = 'CONFIRMED' and c.decided_at <= $1 and o.state = any (string_to_array('{}', ','))""".format(",".join(sorted(SEARCHABLE))),
        now,  # type: ignore[arg-type]
    )


async def be_found(actor: Actor, case_id: str) -> None:
    """Job of the other side's county: its case ends well. What it had opened for the comparison is closed again later,
    with the return."""
    case = await Case.filter(id=UUID(case_id)).select_for_update().first()
    if case is None or case.state not in SEARCHABLE:
        return
    await found(actor, case, {"pair": "CONFIRMED"}, "be_found")
    await common.tell(await common.accounts(case, Role.POLICE_OFFICER), "identity.confirmed", case)
