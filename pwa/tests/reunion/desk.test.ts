import { describe, expect, it } from "vitest";
import { reunionAssistAddressees, reunionAssistFindings } from "@/generated/schema";
import { reunion } from "@/apps/reunion";
import { commands } from "@/apps/reunion/composables/commands";
import { deskLooks, deskMatter, deskVariables, findingsOf, scopesOf } from "@/apps/reunion/composables/desk";

describe("the desk between counties", () => {
  it("gives an expert his invitations and everybody else all three lists, what is asked of us first", () => {
    expect(scopesOf("FACE_EXPERT")).toEqual(["TO_US"]);
    expect(scopesOf("CIVIL_AFFAIRS")).toEqual(["TO_US", "MINE", "BOARD"]);
  });

  it("asks experts about faces and counties about the person, and leaves no finding out", () => {
    const all = new Set(reunionAssistAddressees.flatMap((addressee) => findingsOf({ addressee })));
    expect([...all].sort()).toEqual([...reunionAssistFindings].sort());
    expect(findingsOf({ addressee: "EXPERT" })).not.toContain("KNOWN_HERE");
    expect(findingsOf({ addressee: "BOARD" })).not.toContain("SAME");
  });

  it("sends each command what it takes and nothing else", () => {
    expect(deskVariables("answer", "a1", " 本县居民 ", "KNOWN_HERE")).toEqual({ input: { id: "a1", reasons: "本县居民", finding: "KNOWN_HERE" } });
    expect(deskVariables("take", "a1", "typed elsewhere", "UNSURE")).toEqual({ input: { id: "a1" } });
    expect(deskVariables("thank", "r1", "谢谢", "")).toEqual({ input: { replyId: "r1", words: "谢谢" } });
    expect(deskVariables("decline", "a1", "没有权限", "")).toEqual({ input: { id: "a1", text: "没有权限" } });
  });

  it("names every command that may wait in the outbox", () => {
    for (const { operation } of Object.values(deskLooks)) expect(commands).toContain(operation.name);
  });

  it("leads from a notification and from the outbox to the request, not to a case", () => {
    expect(reunion.matterPath("a1", "reunion.assist.asked", null)).toBe("/reunion/desk/a1");
    expect(reunion.matterPath(deskMatter({ id: "a1", caseCode: null }).id, "", null)).toBe("/reunion/desk/a1");
    expect(reunion.matterPath("c1", "reunion.clock.mark", null)).toBe("/reunion/matters/c1");
  });
});
