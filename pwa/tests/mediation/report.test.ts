import { describe, expect, it } from "vitest";
import { checkReport, emptyReport, hasContent, titleOf, toInput } from "@/apps/mediation/composables/report";

const village = { code: "331082001001", name: "东湖村", level: "VILLAGE" as const, fullName: "临海市东湖村" };
const complete = () => ({ ...emptyReport(), statement: "邻居的屋檐滴水到我家院子里", category: "NEIGHBOUR" as const, division: village });
const today = "2026-11-20";
const fields = (values: ReturnType<typeof emptyReport>) => checkReport(values, today).map(({ code, field }) => `${field} ${code}`);

describe("a report", () => {
  it("needs a statement, a type and a place, and nothing else", () => {
    expect(fields(emptyReport())).toEqual(["statement REQUIRED", "category REQUIRED", "division REQUIRED"]);
    expect(fields(complete())).toEqual([]);
  });

  it("names the party and the field that is wrong", () => {
    const parties = [{ side: "RESPONDENT" as const, name: "王某", phone: "" }, { side: "RESPONDENT" as const, name: " ", phone: "12ab" }];
    expect(fields({ ...complete(), parties })).toEqual(["parties.1.name REQUIRED", "parties.1.phone PHONE_INVALID"]);
  });

  it("refuses a future day, a made-up amount and half a person", () => {
    expect(fields({ ...complete(), occurredAt: "2026-11-21", amount: "lots", peopleInvolved: "2.5" })).toEqual(["amount INVALID", "peopleInvolved INVALID", "occurredAt INVALID"]);
  });

  it("becomes an input without empty texts and empty parties", () => {
    const parties = [{ side: "RESPONDENT" as const, name: " 王某 ", phone: " " }, { side: "APPLICANT" as const, name: "", phone: "" }];
    const input = toInput({ ...complete(), parties, amount: "12,000.50", occurredAt: "2026-11-01", relatedTo: { id: "d7", code: "X" } }, "draft-1");
    expect(input).toMatchObject({
      clientId: "draft-1", amount: 12000.5, title: null, placeText: null, division: village.code, relatedTo: "d7", fileIds: [],
      occurredAt: "2026-11-01T00:00:00+08:00", parties: [{ side: "RESPONDENT", name: "王某", phone: null }],
    });
  });

  it("is worth a draft as soon as something was written, and names itself shortly", () => {
    expect(hasContent(emptyReport())).toBe(false);
    expect(hasContent({ ...emptyReport(), parties: [{ side: "RESPONDENT", name: "", phone: "" }] })).toBe(true);
    expect(titleOf({ ...complete(), statement: "一\n".repeat(60) })).toHaveLength(41);
  });
});
