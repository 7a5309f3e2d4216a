import { describe, expect, it } from "vitest";
import { arrange, offersOf, variablesOf } from "@/apps/rehab/composables/actions";
import { changesBetween } from "@/kernel/matters/changes";
import { faceStage } from "@/apps/rehab/composables/enrolment";
import { initialOf, inputOf, requiredOf, shownFields } from "@/kernel/forms/fields";
import { personActions } from "@/apps/rehab/composables/personActions";
import { remindersOf } from "@/apps/rehab/composables/reminders";
import { leaveSteps, requestSteps } from "@/apps/rehab/composables/requestSteps";
import { daysLeft, nextStep, phaseOf, termFraction } from "@/apps/rehab/composables/standing";
import { isOpenNow, recordable } from "@/apps/rehab/composables/tasks";
import { checkIn, leave, offering, supervision, task } from "./case";

const now = Date.parse("2026-11-25T01:00:00Z");

describe("the one thing to do next", () => {
  it("is to sign, then to take a picture again, then the duty whose time has come", () => {
    const due = { nextTask: task(), availableActions: offering("check_in") };
    expect(nextStep(supervision(due), now)).toBe("check_in");
    expect(nextStep(supervision({ ...due, availableActions: offering("check_in", "sign") }), now)).toBe("sign");
    expect(nextStep(supervision({ ...due, availableActions: offering("retake_check_in") }), now)).toBe("retake");
    expect(nextStep(supervision({ ...due, nextTask: task({ opensAt: "2026-12-01T00:00:00Z" }) }), now)).toBe("none");
    expect(nextStep(supervision(), now)).toBe("none");
  });

  it("is nothing while somebody still looks at what was sent", () => {
    const sent = { nextTask: task(), checkIns: [checkIn({ state: "IN_REVIEW" })] };
    expect(nextStep(supervision(sent), now)).toBe("sent");
    expect(nextStep(supervision({ ...sent, checkIns: [checkIn({ state: "REJECTED" })], availableActions: offering("check_in") }), now)).toBe("check_in");
  });
});

describe("the term", () => {
  it("begins, runs, pauses and ends", () => {
    expect(["ORDERED", "IN_PROGRESS", "BREACH_NOTED", "SUSPENDED", "COMPLETED", "TERMINATED"].map(phaseOf)).toEqual(["before", "running", "running", "paused", "over", "over"]);
  });

  it("counts whole days and never below nothing", () => {
    expect([daysLeft("2026-11-26", "2026-11-25"), daysLeft("2026-11-25", "2026-11-25"), daysLeft("2026-11-01", "2026-11-25")]).toEqual([1, 0, 0]);
    expect(termFraction("2026-01-01", "2026-01-11", "2026-01-06")).toBe(0.5);
    expect(termFraction("2026-01-01", "2026-01-11", "2030-01-01")).toBe(1);
  });
});

describe("reminders", () => {
  it("name a journey that ends or is over, and pictures that run out", () => {
    const keys = (change: Parameters<typeof supervision>[0]) => remindersOf(supervision(change), "2026-11-25").map((one) => one.key);
    expect(keys({ leaves: [leave()] })).toEqual(["leave"]);
    expect(keys({ leaves: [leave({ toDay: "2026-11-24" })] })).toEqual(["leaveOver"]);
    expect(keys({ leaves: [leave({ state: "RETURNED" }), leave({ fromDay: "2026-11-26" })] })).toEqual([]);
    const enrolment = { id: "n1", state: "ACTIVE", consentAt: "", confirmedAt: null, renewBy: "2026-12-10", problem: null, captured: true, portraitUrl: null };
    expect(keys({ enrolment })).toEqual(["renew"]);
    expect(keys({ enrolment: { ...enrolment, renewBy: "2027-11-01" } })).toEqual([]);
    expect(keys({ enrolment: { ...enrolment, state: "EXPIRED" } })).toEqual(["faceOver"]);
  });
});

describe("an enrolment", () => {
  it("goes from consent over pictures to a person who confirms", () => {
    const pending = { id: "n1", state: "PENDING", consentAt: "", confirmedAt: null, renewBy: null, problem: null, captured: false, portraitUrl: null };
    expect(faceStage(null)).toBe("none");
    expect(faceStage(pending)).toBe("capture");
    expect(faceStage({ ...pending, captured: true })).toBe("reading");
    expect(faceStage({ ...pending, captured: true, problem: "NO_FACE" })).toBe("again");
    expect(faceStage({ ...pending, captured: true, portraitUrl: "/files/1" })).toBe("confirming");
    expect(faceStage({ ...pending, state: "WITHDRAWN" })).toBe("none");
  });
});

describe("steps of an application", () => {
  const request = { state: "FILED" as const, filedAt: "2026-11-20T01:00:00Z", handler: null, decidedAt: null };

  it("show who handles it and what is still to come", () => {
    expect(requestSteps(request).map((step) => [step.key, step.done])).toEqual([["filed", true], ["inHand", false], ["decision", false]]);
    expect(requestSteps({ ...request, state: "GRANTED", handler: "测试禁毒社工", decidedAt: "2026-11-22T01:00:00Z" }).at(-1)).toMatchObject({ key: "granted", done: true });
    expect(requestSteps({ ...request, state: "WITHDRAWN" }).map((step) => step.key)).toEqual(["filed", "withdrawn"]);
  });

  it("end a journey with the return", () => {
    expect(leaveSteps(leave()).map((step) => [step.key, step.done])).toEqual([["filed", true], ["acknowledged", true], ["return", false]]);
    expect(leaveSteps(leave({ state: "RETURNED", returnedAt: "2026-11-26T01:00:00Z" })).at(-1)).toMatchObject({ key: "returned", done: true });
    expect(leaveSteps(leave({ state: "REFUSED" })).map((step) => step.key)).toEqual(["filed", "refused"]);
  });
});

describe("a task", () => {
  it("can be recorded by whoever has it, while it is open or missed", () => {
    expect(recordable(task({ kind: "FAMILY_CARE", link: "FAMILY" }))).toBe(true);
    expect(recordable(task({ kind: "FAMILY_CARE", state: "MISSED" }))).toBe(true);
    expect(recordable(task({ kind: "FAMILY_CARE", isMine: false }))).toBe(false);
    expect(recordable(task({ kind: "CHECK_IN" }))).toBe(false);
    expect(isOpenNow(task(), now)).toBe(true);
    expect(isOpenNow(task({ opensAt: "2026-11-26T00:00:00Z" }), now)).toBe(false);
    expect(isOpenNow(task({ state: "DONE" }), now)).toBe(false);
  });
});

describe("actions as data", () => {
  const away = supervision({ leaves: [leave()], availableActions: offering("file_leave", "return_from_leave", "withdraw_leave", "unknown_to_this_version") });

  it("offer what the server allows and what there is something for", () => {
    expect(offersOf(arrange(away)).map((action) => action.name)).toEqual(["file_leave", "return_from_leave"]);
  });

  it("choose the only row there is, and ask for nothing more", () => {
    const fields = personActions["return_from_leave"]?.fields ?? [];
    const values = Object.fromEntries(fields.map((field) => [field.name, initialOf(field, away)]));
    expect(values).toEqual({ leaveId: "l1" });
    expect(requiredOf(fields, values)).toEqual({ leaveId: "l1" });
  });

  it("send what the command takes: codes of places, nothing of fields that do not show", () => {
    const action = personActions["file_request"]!;
    const division = { code: "331082001001", name: "东湖村", level: "VILLAGE" as const, fullName: "临海市东湖村" };
    const transfer = { kind: "TRANSFER", text: " 搬到妻子老家 ", toDivision: division };
    const fields = (values: typeof transfer) => shownFields(action.fields ?? [], values, away);
    const base = { id: "c1", version: 4 };
    expect(variablesOf(action, inputOf(fields(transfer), transfer), away, base)).toEqual({ input: { id: "c1", kind: "TRANSFER", text: "搬到妻子老家", toDivision: "331082001001" } });
    const work = { ...transfer, kind: "WORK" };
    expect(variablesOf(action, inputOf(fields(work), work), away, base)).toEqual({ input: { id: "c1", kind: "WORK", text: "搬到妻子老家" } });
  });

  it("give the case's id only where the command asks for it", () => {
    expect(variablesOf(personActions["return_from_leave"]!, { leaveId: "l1" }, away, { id: "c1", version: 4 })).toEqual({ input: { leaveId: "l1" } });
    expect(variablesOf(personActions["withdraw_face"]!, {}, away, { id: "c1", version: 4 })).toEqual({ id: "c1" });
  });

  it("turn numbers, answers and lists into what is sent", () => {
    const fields = [{ name: "hours", kind: "number" }, { name: "grant", kind: "verdict" }, { name: "lines", kind: "lines" }, { name: "note", kind: "longtext" }, { name: "at", kind: "moment" }] as const;
    expect(inputOf(fields, { hours: "4", grant: "false", lines: [" a ", ""], note: "  ", at: "2026-11-25T09:00" })).toEqual({
      hours: 4, grant: false, lines: ["a"], note: null, at: "2026-11-25T09:00:00+08:00",
    });
  });
});

it("tells what somebody else changed meanwhile", () => {
  const { fields, events } = changesBetween(supervision(), supervision({ band: "C1", state: "SUSPENDED" }), ["state", "band", "termTo"]);
  expect(fields).toEqual([{ field: "state", before: "IN_PROGRESS", after: "SUSPENDED" }, { field: "band", before: "B", after: "C1" }]);
  expect(events).toEqual([]);
});
