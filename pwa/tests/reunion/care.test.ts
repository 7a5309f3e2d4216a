import { describe, expect, it } from "vitest";
import type { ReunionCareCard, ReunionTaskCard } from "@/generated/reunion";
import { openCalls, repeatsOf } from "@/apps/reunion/composables/care";
import { cardAddress } from "@/apps/reunion/composables/cards";
import { rowLooks } from "@/apps/reunion/composables/rows";
import { isHelper, taskActions, taskTone } from "@/apps/reunion/composables/tasks";
import { reunion } from "@/apps/reunion";

const find = (registeredAt: string, isThis = false) => ({ caseId: registeredAt, code: "c", registeredAt, seenText: null, isThis });
const task = (change: Partial<ReunionTaskCard>) => ({ state: "GIVEN", late: false, actions: [], ...change }) as ReunionTaskCard;

describe("finds of one person", () => {
  it("says how many in how many months, and nothing of a single one", () => {
    expect(repeatsOf([find("2026-11-20T00:00:00Z")])).toBeUndefined();
    expect(repeatsOf([find("2026-11-20T00:00:00Z", true), find("2025-09-20T00:00:00Z"), find("2026-03-02T00:00:00Z")])).toEqual({ count: 3, months: 14 });
    expect(repeatsOf([find("2026-11-20T00:00:00Z"), find("2026-11-22T00:00:00Z")])).toEqual({ count: 2, months: 1 });
  });

  it("counts the calls that somebody still has to close", () => {
    const calls = ["OPEN", "ANSWERED", "CLOSED"].map((state) => ({ state }));
    expect(openCalls({ calls } as ReunionCareCard)).toBe(2);
    expect(openCalls(null)).toBe(0);
  });
});

describe("tasks", () => {
  it("offers what the server names, and has a form for each", () => {
    expect(taskActions(task({ actions: ["verify", "return", "cancel", "unheard-of"] }))).toEqual(["verify_task", "return_task", "cancel_task"]);
    expect(taskActions(task({ actions: ["refuse", "accept"] }))).toEqual(["accept_task", "refuse_task"]);
    for (const name of taskActions(task({ actions: ["accept", "finish", "refuse", "verify", "return", "cancel"] }))) expect(rowLooks[name].operation).toBeDefined();
  });

  it("is red when late, but what is done waits for the giver", () => {
    expect(taskTone(task({ late: true }))).toBe("red");
    expect(taskTone(task({ state: "DONE", late: true }))).toBe("yellow");
    expect(isHelper("GRID_WORKER")).toBe(true);
    expect(isHelper("POLICE_OFFICER")).toBe(false);
  });

  it("leads word of a task to the task, which a helper can open, and other word to the case", () => {
    expect(reunion.matterPath("m1", "reunion.task.given", { task: "t1" })).toBe("/reunion/tasks/t1");
    expect(reunion.matterPath("m1", "reunion.card.called", {})).toBe("/reunion/matters/m1");
  });
});

describe("a home card", () => {
  it("keeps its token behind the #, where no server and no log sees it", () => {
    const address = new URL(cardAddress("tok_en-1"));
    expect([address.pathname, address.search, address.hash]).toEqual(["/reunion/card", "", "#tok_en-1"]);
  });
});
