import type { Json } from "@/generated/schema";

/** Limits by what they are about. */
const ofRule: Readonly<Record<string, string>> = {
  action: "tasks", check_action: "tasks", answer_problem: "problems", grade_hazard: "hazards", order_hazard: "hazards", rectify_hazard: "hazards", verify_hazard: "hazards",
  meeting: "meetings", milestone: "scenes",
};
const ofKind: Readonly<Record<string, string>> = { action: "tasks", problem: "problems", hazard: "hazards", meeting: "meetings", scene: "scenes", plan: "scenes" };
const ruleOf = (data: Json): string => {
  const rule = data && typeof data === "object" && !Array.isArray(data) ? data["rule"] : undefined;
  return typeof rule === "string" ? rule : "";
};

/** A notification says by its kind what it is about, of a limit by its rule, of a correction in its data. */
export function matterPath(matterId: string, kind: string, data: Json): string {
  const [, what = ""] = kind.split(".");
  const of = data && typeof data === "object" && !Array.isArray(data) ? data["of"] : undefined;
  const list = what === "clock" ? ofRule[ruleOf(data)] : what === "item" ? ofKind[typeof of === "string" ? of : ""] : ofKind[what];
  return list ? `/cockpit/${list}/${matterId}` : "/cockpit/programme";
}
