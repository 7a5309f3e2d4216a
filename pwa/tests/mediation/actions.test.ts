import { describe, expect, it } from "vitest";
import { arrange } from "@/apps/mediation/composables/actions";
import { dispute, offering, session } from "./dispute";

const names = (change: Parameters<typeof dispute>[0]) => {
  const { steps, more } = arrange(dispute(change));
  return { steps: steps.map((action) => action.name), more: more.map((action) => action.name) };
};

describe("what may I do next", () => {
  it("leaves out names this version does not know", () => {
    expect(names({ availableActions: offering("accept", "levitate") })).toEqual({ steps: ["accept"], more: [] });
  });

  it("shows two steps at the most, in the order of the work, and the rest under more", () => {
    const offered = offering("add_material", "urge", "fail", "redirect", "assign", "triage", "escalate");
    expect(names({ availableActions: offered })).toEqual({ steps: ["triage", "assign"], more: ["escalate", "redirect", "add_material", "urge", "fail"] });
  });

  it("never makes a big button of what ends or turns back a mediation", () => {
    expect(names({ availableActions: offering("return", "end_mediation") }).steps).toEqual([]);
  });

  it("offers a session before the agreement, and the agreement once a session was held", () => {
    const offered = offering("draft_agreement", "schedule_session");
    expect(names({ availableActions: offered }).steps).toEqual(["schedule_session", "draft_agreement"]);
    expect(names({ availableActions: offered, sessions: [session({ state: "HELD" })] }).steps).toEqual(["draft_agreement", "schedule_session"]);
  });

  it("offers only what there is something to apply to", () => {
    const offered = offering("sign", "respond_to_session", "record_minutes", "resume_clock", "decide_extension");
    expect(names({ availableActions: offered })).toEqual({ steps: [], more: [] });
    expect(names({ availableActions: offered, sessions: [session()] }).steps).toEqual(["respond_to_session", "record_minutes"]);
    expect(names({ availableActions: offered, sessions: [session({ myResponse: true })] }).steps).toEqual(["record_minutes"]);
  });

  it("asks for a signature only from somebody whose signature is missing", () => {
    const paper = { id: "p", template: "agreement", number: null, title: "协议", state: "DRAFT", createdAt: "2026-11-20T01:00:00Z", signatures: [] };
    expect(names({ availableActions: offering("sign"), papers: [{ ...paper, mySignature: null }] }).steps).toEqual([]);
    expect(names({ availableActions: offering("sign"), papers: [{ ...paper, mySignature: false }] }).steps).toEqual(["sign"]);
  });

  it("no longer asks for confirmation once one party has: the application waits for signatures", () => {
    const paper = { id: "p", template: "confirmation_application", number: null, title: "申请书", state: "DRAFT", createdAt: "2026-11-20T01:00:00Z", signatures: [] };
    expect(names({ availableActions: offering("request_confirmation") }).steps).toEqual(["request_confirmation"]);
    expect(names({ availableActions: offering("sign", "request_confirmation"), papers: [{ ...paper, mySignature: false }] }).steps).toEqual(["sign"]);
  });

  it("passes on whether a passkey is needed", () => {
    const { steps } = arrange(dispute({ availableActions: [{ name: "assign", requires: ["responsible"], stepUp: true }] }));
    expect(steps[0]).toMatchObject({ stepUp: true, requires: ["responsible"] });
  });
});
