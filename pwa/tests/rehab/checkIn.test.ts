import { createHash, createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import { captureInput, pictureOf } from "@/apps/rehab/composables/capture";
import { canShowFace, exactPosition, neighbour, problemCodes, problemKey, progressOf, reasonOf, sealedFields, stepsFor } from "@/apps/rehab/composables/checkIn";
import { readFileSync } from "node:fs";
import { join } from "node:path";

const values = { position: null, mood: null, wantsHelp: false, answers: "" };

describe("the steps of a check-in", () => {
  it("come one at a time, and leave the face out where there is none", () => {
    const all = stepsFor(true);
    expect(all).toEqual(["place", "mood", "words", "face", "summary"]);
    expect(neighbour(all, "words", 1)).toBe("face");
    expect(neighbour(stepsFor(false), "words", 1)).toBe("summary");
    expect(neighbour(all, "place", -1)).toBeUndefined();
    expect(neighbour(all, "summary", 1)).toBeUndefined();
  });

  it("show a face only where somebody can compare it", () => {
    const enrolment = { id: "n1", consentAt: "", confirmedAt: null, renewBy: null, problem: null, portraitUrl: null };
    expect(canShowFace(null)).toBe(false);
    expect(canShowFace({ ...enrolment, state: "ACTIVE", captured: true })).toBe(true);
    expect(canShowFace({ ...enrolment, state: "PENDING", captured: true })).toBe(true);
    expect(canShowFace({ ...enrolment, state: "PENDING", captured: false })).toBe(false);
    expect(canShowFace({ ...enrolment, state: "PENDING", captured: true, problem: "TOO_DARK" })).toBe(false);
    expect(canShowFace({ ...enrolment, state: "EXPIRED", captured: true })).toBe(false);
  });

  it("name the ground for going on without a picture", () => {
    expect(reasonOf("CAMERA_DENIED")).toBe("CAMERA_DENIED");
    expect(reasonOf("CAMERA_NONE")).toBe("NO_CAMERA");
    expect(reasonOf("CAMERA_STOPPED")).toBe("CHOSEN");
    expect(reasonOf(undefined)).toBe("CHOSEN");
  });
});

describe("what is sealed", () => {
  it("is every answer, as the server writes it", async () => {
    expect(await sealedFields("t1", values)).toEqual({ task: "t1", mood: "", help: "false", answers: "" });
    const answers = "第一行\n第二行";
    const full = { position: { latitude: 28.85, longitude: 121.1, accuracy: 13 }, mood: "LOW" as const, wantsHelp: true, answers };
    expect(await sealedFields("t1", full)).toEqual({
      task: "t1", mood: "LOW", help: "true", answers: createHash("sha256").update(answers).digest("hex"), latitude: "28.850000", longitude: "121.100000", accuracy: "13",
    });
  });

  it("is made of the very numbers that are sent", () => {
    const exact = exactPosition({ latitude: 28.123456789, longitude: 121.9999996, accuracy: 12.6, at: 0 });
    expect(exact).toEqual({ latitude: 28.123457, longitude: 122, accuracy: 13 });
    expect(exactPosition(null)).toBeNull();
  });

  it("is bound to its challenge", async () => {
    const key = Buffer.alloc(32, 7);
    const challenge = { id: "h1", gestures: ["BLINK"] as const, nonce: "n0", sealKey: key.toString("base64url"), expiresAt: "2026-11-26T00:00:00Z", receivedAt: Date.parse("2026-11-25T00:00:00Z") };
    const burst = { blob: new Blob(["x"]), columns: 6, count: 2, frameTimesMs: [0, 270], sha256: "ab", challengeId: "h1", capturedAt: Date.parse("2026-11-25T01:00:00.123Z") };
    const input = await captureInput(burst, challenge, { checkIn: "k1" });
    const text = ["n0", "2026-11-25T01:00:00.123Z", "ab", "2", "checkIn=k1"].join("\n");
    expect(input).toMatchObject({ challengeId: "h1", capturedAt: "2026-11-25T01:00:00.123Z", challengeReceivedAt: "2026-11-25T00:00:00.000Z", pictureSha256: "ab" });
    expect(input.seal).toBe(createHmac("sha256", key).update(text).digest("hex"));
    expect(pictureOf(burst)).toMatchObject({ purpose: "face", at: ["input", "capture", "fileId"] });
  });
});

describe("what became of it", () => {
  it("is told by what is on the phone first, then by the server", () => {
    expect(progressOf(false, false, undefined)).toBe("form");
    expect(progressOf(true, false, { state: "RETAKE" })).toBe("waiting");
    expect(progressOf(false, true, { state: "RETAKE" })).toBe("held");
    expect(progressOf(false, false, { state: "REJECTED" })).toBe("again");
    expect(progressOf(false, false, { state: "ACCEPTED" })).toBe("accepted");
  });

  it("has words for every problem the server knows", () => {
    const codes = readFileSync(join(__dirname, "../../../backend/kernel/faces/codes.py"), "utf8");
    const classes = [...codes.matchAll(/class (?:Face|Liveness)Problem\(StrEnum\):([\s\S]*?)\n\n\n/g)].map(([, body]) => body ?? "").join("\n");
    const named = [...classes.matchAll(/^ {4}([A-Z_]+) = /gm)].map(([, name]) => name);
    expect(named.length).toBeGreaterThan(12);
    expect([...problemCodes].sort()).toEqual(named.sort());
    expect(problemKey("BLURRED")).toBe("rehab.problem.BLURRED");
    expect(problemKey("SOMETHING_NEW")).toBe("rehab.problem.OTHER");
    expect(problemKey(null)).toBe("rehab.problem.OTHER");
  });
});
