import type { RehabCaseDetail } from "@/generated/rehab";

/** Where the person stands with his own face: nothing yet, consent given, pictures being read, to be taken again, with a person, in use, run out. */
export type FaceStage = "none" | "capture" | "reading" | "again" | "confirming" | "active" | "expired" | "refused";

export function faceStage(enrolment: RehabCaseDetail["enrolment"]): FaceStage {
  if (!enrolment) return "none";
  switch (enrolment.state) {
    case "ACTIVE":
      return "active";
    case "EXPIRED":
      return "expired";
    case "REFUSED":
      return "refused";
    case "PENDING":
      if (enrolment.problem) return "again";
      if (!enrolment.captured) return "capture";
      return enrolment.portraitUrl ? "confirming" : "reading";
    default:
      return "none";
  }
}
