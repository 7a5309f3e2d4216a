import type { RehabCheckInCard, RehabCaseDetail } from "@/generated/rehab";
import type { RehabMood } from "@/generated/schema";
import { toHex } from "@/kernel/bytes";
import type { FaceFailure } from "@/kernel/faces/FaceCapture.vue";
import type { FoundPosition } from "@/kernel/positions/usePosition";

/** One thing at a time. Without an enrolled face there is nothing to capture. */
export const steps = ["place", "mood", "words", "face", "summary"] as const;
export type Step = (typeof steps)[number];

export const stepsFor = (withFace: boolean): Step[] => steps.filter((step) => withFace || step !== "face");

export function neighbour(of: readonly Step[], now: Step, by: 1 | -1): Step | undefined {
  return of[of.indexOf(now) + by];
}

/** What the server takes as the ground for going on without a picture; CHOSEN is the person's own wish. */
export type NoFaceReason = "NO_CAMERA" | "CAMERA_DENIED" | "NO_CONSENT" | "CHOSEN";

export function reasonOf(failure: FaceFailure | undefined): NoFaceReason {
  if (failure === "CAMERA_DENIED") return "CAMERA_DENIED";
  return failure === "CAMERA_NONE" || failure === "CAMERA_BUSY" ? "NO_CAMERA" : "CHOSEN";
}

type Enrolment = RehabCaseDetail["enrolment"];

/** A face can be compared, or at least be looked at by the person who confirms the enrolment. */
export const canShowFace = (enrolment: Enrolment): boolean =>
  enrolment !== null && (enrolment.state === "ACTIVE" || (enrolment.state === "PENDING" && enrolment.captured && !enrolment.problem));

export interface ExactPosition {
  latitude: number;
  longitude: number;
  /** Metres, a whole number. */
  accuracy: number;
}

/** The numbers that are sent are the very ones that are sealed. */
export function exactPosition(found: FoundPosition | null): ExactPosition | null {
  if (!found) return null;
  return { latitude: Number(found.latitude.toFixed(6)), longitude: Number(found.longitude.toFixed(6)), accuracy: Math.round(found.accuracy) };
}

export interface CheckInValues {
  position: ExactPosition | null;
  mood: RehabMood | null;
  wantsHelp: boolean;
  /** Trimmed; "" when the person wrote nothing. */
  answers: string;
}

/** What the seal of a check-in covers beside the picture, as the server composes it again. */
export async function sealedFields(task: string, { position, mood, wantsHelp, answers }: CheckInValues): Promise<Record<string, string>> {
  const place: Record<string, string> = position
    ? { latitude: position.latitude.toFixed(6), longitude: position.longitude.toFixed(6), accuracy: position.accuracy.toFixed(0) }
    : {};
  const words = answers ? toHex(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(answers))) : "";
  return { task, mood: mood ?? "", help: String(wantsHelp), answers: words, ...place };
}

/** What the person sees of a check-in: "waiting" is on this phone still, "held" was refused by the server. */
export type Progress = "form" | "waiting" | "held" | "checking" | "retake" | "in_review" | "accepted" | "again";

const ofState = { CHECKING: "checking", RETAKE: "retake", IN_REVIEW: "in_review", ACCEPTED: "accepted", REJECTED: "again" } as const;

/** What is on the phone comes first: it is newer than what the server has said. */
export function progressOf(pending: boolean, held: boolean, checkIn: Pick<RehabCheckInCard, "state"> | undefined): Progress {
  if (held) return "held";
  if (pending) return "waiting";
  return checkIn ? ofState[checkIn.state] : "form";
}

/** Grounds of the server for asking for another picture, each with its own words; others get the general ones. */
export const problemCodes = [
  "NO_FACE", "SEVERAL_FACES", "TOO_SMALL", "TOO_DARK", "TOO_BRIGHT", "BLURRED", "TURNED_AWAY", "COVERED", "STILL_PICTURE", "WRONG_ORDER", "INCOMPLETE",
  "NOT_FRONTAL", "SWAPPED_FACE", "LOST_FACE", "BAD_TIMING", "REPLAYED",
] as const;

export const problemKey = (problem: string | null): string =>
  `rehab.problem.${(problemCodes as readonly string[]).includes(problem ?? "") ? (problem as string) : "OTHER"}`;
