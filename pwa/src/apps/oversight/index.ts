import { defineAsyncComponent } from "vue";
import type { Json } from "@/generated/schema";
import type { AppManifest } from "@/kernel/manifest";
import { checkDraftKind } from "./composables/check";
import { commands } from "./composables/commands";
import { clueDraftKind } from "./composables/raise";

const deputies = ["DEPUTY"] as const;
const units = ["SUPERVISED_UNIT"] as const;
const officers = ["NPC_OFFICE", "PROSECUTOR", "CHIEF_PROSECUTOR"] as const;
/** The two sides of joint supervision, and whoever works for one of them. */
const sides = officers;
/** Whoever hands matters over follows what becomes of them. */
const sources = ["COUNTY_CENTER"] as const;

/** Limits of recommendations; the others are a clue's. */
const recommendationRules: ReadonlySet<unknown> = new Set(["objection", "reply", "reply_public_interest", "reply_urgent", "court_reply", "rework", "promise"]);
/** What is about a recommendation, by the second part of a notification's kind. */
const ofRecommendations: ReadonlySet<string> = new Set(["recommendation", "extension", "promise", "rating"]);

const ruleOf = (data: Json): unknown => (data && typeof data === "object" && !Array.isArray(data) ? data["rule"] : undefined);
/** The recommendation whose check waits for a signature; the notification itself is about the clue. */
const checkedOf = (data: Json): unknown => (data && typeof data === "object" && !Array.isArray(data) ? data["recommendation"] : undefined);

/** A notification says by its kind what it is about; of a limit, by its rule. What calls for joint supervision is a clue. */
function matterPath(matterId: string, kind: string, data: Json): string {
  const [, what = "", happened = ""] = kind.split(".");
  const checked = checkedOf(data);
  if (typeof checked === "string") return `/oversight/recommendations/${checked}`;
  if (ofRecommendations.has(what) || (what === "clock" && recommendationRules.has(ruleOf(data)))) return `/oversight/recommendations/${matterId}`;
  return what === "joint" && happened !== "triggered" ? `/oversight/joint/${matterId}` : `/oversight/clues/${matterId}`;
}

export const oversight: AppManifest = {
  name: "oversight",
  texts: { "zh-CN": () => import("./locales/zh-CN.json"), en: () => import("./locales/en.json") },
  routes: [
    {
      path: "/oversight/clues",
      name: "oversight-clues",
      meta: { wide: true },
      component: () => import("./pages/CluesPage.vue"),
      // A matter that was handed over is named in its own application's words.
      children: [{ path: ":id", name: "oversight-clue", props: true, meta: { wide: true, allWords: true }, component: () => import("./pages/CluePage.vue") }],
    },
    { path: "/oversight/raise", name: "oversight-raise", component: () => import("./pages/RaisePage.vue") },
    { path: "/oversight/joint/propose", name: "oversight-joint-propose", component: () => import("./pages/ProposeJointPage.vue") },
    {
      path: "/oversight/joint",
      name: "oversight-joints",
      meta: { wide: true },
      component: () => import("./pages/JointsPage.vue"),
      children: [{ path: ":id", name: "oversight-joint", props: true, meta: { wide: true }, component: () => import("./pages/JointPage.vue") }],
    },
    { path: "/oversight/papers/:id", name: "oversight-paper", props: true, component: () => import("./pages/PaperPage.vue") },
    {
      path: "/oversight/recommendations",
      name: "oversight-recommendations",
      meta: { wide: true },
      component: () => import("./pages/RecommendationsPage.vue"),
      children: [{ path: ":id", name: "oversight-recommendation", props: true, meta: { wide: true }, component: () => import("./pages/RecommendationPage.vue") }],
    },
    { path: "/oversight/check", name: "oversight-check", component: () => import("./pages/CheckPage.vue") },
    { path: "/oversight/checks/:recommendation/:id", name: "oversight-check-paper", props: true, component: () => import("./pages/CheckSignPage.vue") },
    { path: "/oversight/figures", name: "oversight-figures", component: () => import("./pages/OversightFiguresPage.vue") },
    { path: "/oversight/figures/:figure", name: "oversight-figure-rows", props: true, component: () => import("./pages/OversightFigureRowsPage.vue") },
  ],
  tabs: [
    { label: { "zh-CN": "监督", en: "Oversight" }, icon: "eye", to: "/oversight/clues", roles: [...deputies, ...officers] },
    { label: { "zh-CN": "检察建议", en: "Recommendations" }, icon: "paper", to: "/oversight/recommendations", roles: units },
  ],
  quickActions: [
    { label: { "zh-CN": "提出线索", en: "Raise a clue" }, icon: "plus", to: "/oversight/raise", roles: deputies },
    { label: { "zh-CN": "线索", en: "Clues" }, icon: "eye", to: "/oversight/clues", roles: [...officers, "PROGRAM_OFFICE"] },
    { label: { "zh-CN": "已移交的线索", en: "Clues handed over" }, icon: "send", to: "/oversight/clues", roles: sources },
    { label: { "zh-CN": "检察建议", en: "Recommendations" }, icon: "paper", to: "/oversight/recommendations", roles: [...deputies, ...officers, ...units] },
    { label: { "zh-CN": "联合督办", en: "Joint supervision" }, icon: "people", to: "/oversight/joint", roles: sides },
    { label: { "zh-CN": "督办数据", en: "Oversight figures" }, icon: "chart", to: "/oversight/figures", roles: [...officers, "PROGRAM_OFFICE"] },
  ],
  homePanels: [{ roles: [...deputies, ...officers, ...units], component: defineAsyncComponent(() => import("./components/home/WorkPanel.vue")) }],
  besideMatters: [{ app: "mediation", roles: sources, component: defineAsyncComponent(() => import("./components/handOver/HandOverCard.vue")) }],
  matterPath,
  draftPath: (kind, id) => (kind === checkDraftKind ? `/oversight/check?draft=${id}` : kind === clueDraftKind ? `/oversight/raise?draft=${id}` : ""),
  commandLabel: (operation) => (commands.has(operation) ? `oversight.command.${operation}` : undefined),
};
