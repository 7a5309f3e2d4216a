import type { Json } from "@/generated/schema";
import { jointCommands, lessonCommands } from "./commands";
import { recommendationCommands } from "./recommendationCommands";
import { suggestionCommands } from "./suggestionCommands";

type List = "clues" | "recommendations" | "suggestions" | "joint" | "lessons";

/** A code says by its letter what it is of: 331024-J26-ABCDE. A clue's has none. */
const ofLetter: Readonly<Record<string, List>> = { J: "recommendations", Y: "suggestions", L: "joint", D: "lessons" };

/** Limits by what they are about, as far as they are of one thing only; the others are a clue's. */
const ofRule: Readonly<Record<string, List>> = {
  objection: "recommendations", reply: "recommendations", reply_public_interest: "recommendations", reply_urgent: "recommendations", court_reply: "recommendations",
  rework: "recommendations", promise: "recommendations", suggestion: "suggestions", suggestion_wide: "suggestions", assist: "suggestions", return: "suggestions", track: "suggestions",
  assign: "suggestions", reassign: "suggestions", rate: "suggestions", settle: "suggestions",
};

/** By the second part of a notification's kind. */
const ofKind: Readonly<Record<string, List>> = {
  recommendation: "recommendations", extension: "recommendations", promise: "recommendations", rating: "recommendations", suggestion: "suggestions", joint: "joint",
  lesson: "lessons",
};

const textIn = (data: Json, name: string): string => {
  const value = data && typeof data === "object" && !Array.isArray(data) ? data[name] : undefined;
  return typeof value === "string" ? value : "";
};

function listOf(kind: string, data: Json, code: string): List {
  const coded = /-([A-Z]?)\d\d-/.exec(code);
  if (coded) return ofLetter[coded[1] ?? ""] ?? "clues";
  if (suggestionCommands.includes(kind)) return "suggestions";
  if (recommendationCommands.includes(kind)) return "recommendations";
  if (jointCommands.includes(kind)) return "joint";
  if (lessonCommands.includes(kind)) return "lessons";
  // What calls for joint supervision is a clue.
  if (kind.endsWith(".joint.triggered")) return "clues";
  const [, what = ""] = kind.split(".");
  return (what === "clock" ? ofRule[textIn(data, "rule")] : ofKind[what]) ?? "clues";
}

/** Where a matter is opened: told by its code where that is known, by a notification's kind and a limit's rule, or by the command that this phone sent. */
export function matterPath(matterId: string, kind: string, data: Json, code = ""): string {
  // A check waits for a signature on its recommendation's page; the notification itself is about the clue.
  const checked = textIn(data, "recommendation");
  return checked ? `/oversight/recommendations/${checked}` : `/oversight/${listOf(kind, data, code)}/${matterId}`;
}
