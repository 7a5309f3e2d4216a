import { createPinia, setActivePinia } from "pinia";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type ReturnDisputeResult, type ReturnDisputeVariables, AssignDispute, ReturnDispute } from "@/generated/mediation";
import { useSubmit } from "@/kernel/matters/submit";
import { useSession } from "@/kernel/auth/session";
import { discard, outboxOf } from "@/kernel/offline/outbox";
import { useOutbox } from "@/kernel/offline/useOutbox";

type Answer = ReturnDisputeResult["returnDispute"];

const variables = (reason: string): ReturnDisputeVariables => ({ input: { id: "d1", version: 3, reason, ruleText: "第三条" } });
const about = { title: "331082-26-ABCDEFGH", matterId: "d1" };
const accepted: Answer = { dispute: { id: "d1", code: "331082-26-ABCDEFGH", version: 4 }, errors: [] };
let account = 0;
let requests: { key: string | null; reason: string }[] = [];

/** Answers of the server in turn; "away" is a network that fails. */
function serve(...answers: (Answer | "away")[]): void {
  vi.stubGlobal("fetch", async (_url: string, init: RequestInit) => {
    const body = JSON.parse(String(init.body)) as { operationName: string; variables: ReturnDisputeVariables };
    requests.push({ key: new Headers(init.headers).get("Idempotency-Key"), reason: body.variables.input.reason });
    const answer = answers.shift() ?? "away";
    if (answer === "away") throw new TypeError("network");
    const name = body.operationName === "ReturnDispute" ? "returnDispute" : "assignDispute";
    return new Response(JSON.stringify({ data: { [name]: answer } }), { headers: { "Content-Type": "application/json" } });
  });
}

const stored = () => outboxOf(`account-${account}`);

beforeEach(() => {
  setActivePinia(createPinia());
  account += 1;
  requests = [];
  useSession().viewer = {
    accountId: `account-${account}`, displayName: "", phoneMasked: null, permissions: [], unreadCount: 0, passkeyCount: 1, memberships: [], active: null,
  };
  useOutbox().start();
});

afterEach(async () => {
  // What still waits would be sent by its own store as soon as the next test reaches a server.
  for (const item of await stored()) await discard(item.id);
  vi.unstubAllGlobals();
});

describe("giving a command", () => {
  it("is done when the server took it", async () => {
    serve(accepted);
    const { submit, item } = useSubmit();
    expect(await submit(ReturnDispute, variables("不属于职责"), about)).toBe("sent");
    expect(item.value?.result?.id).toBe("d1");
  });

  it("waits on the phone when the server is away, and nothing is lost", async () => {
    serve("away");
    const { submit } = useSubmit();
    expect(await submit(ReturnDispute, variables("不属于职责"), about)).toBe("waiting");
    expect((await stored()).map((item) => item.state)).toEqual(["waiting"]);
  });

  it("brings a refusal back to the form, and sends again without leaving the first one behind", async () => {
    serve({ dispute: null, errors: [{ code: "TOO_SHORT", field: "reason", data: null }] }, accepted);
    const { submit, refusals, held } = useSubmit();
    expect(await submit(ReturnDispute, variables("否"), about)).toBe("refused");
    expect(refusals.value[0]?.field).toBe("reason");
    expect(held.value).toBe(true);
    expect(await submit(ReturnDispute, variables("不属于本网格"), about)).toBe("sent");
    expect((await stored()).map((item) => item.state)).toEqual(["sent"]);
    expect(requests.map((request) => request.reason)).toEqual(["否", "不属于本网格"]);
    expect(requests[0]?.key).not.toBe(requests[1]?.key);
  });

  it("keeps a conflict in the outbox until the person lets it go", async () => {
    serve({ dispute: null, errors: [{ code: "CONFLICT", field: "version", data: { current: 9 } }] });
    const { submit, letGo } = useSubmit();
    expect(await submit(ReturnDispute, variables("不属于职责"), about)).toBe("refused");
    expect((await stored()).map((item) => item.state)).toEqual(["conflict"]);
    await letGo();
    expect(await stored()).toEqual([]);
  });
});

describe("a command that needs a passkey", () => {
  it("never waits; the same content sent again carries the same key, so that it counts once", async () => {
    serve("away", accepted);
    const { submit, error } = useSubmit();
    const input = { input: { id: "d1", version: 3, level: "VILLAGE" as const, responsible: "m1" } };
    expect(await submit(AssignDispute, input, { ...about, stepUp: true })).toBe("refused");
    expect(error.value).toBeInstanceOf(Error);
    expect(await stored()).toEqual([]);
    expect(await submit(AssignDispute, input, { ...about, stepUp: true })).toBe("sent");
    expect(requests[0]?.key).toBe(requests[1]?.key);
  });
});
