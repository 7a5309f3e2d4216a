import { defineAsyncComponent } from "vue";
import type { AppManifest } from "@/kernel/manifest";
import { commands } from "./composables/commands";
import { checkDraftKind, clueDraftKind, suggestionDraftKind } from "./composables/draftKinds";
import { matterPath } from "./composables/paths";

const deputies = ["DEPUTY"] as const;
const units = ["SUPERVISED_UNIT"] as const;
const officers = ["NPC_OFFICE", "PROSECUTOR", "CHIEF_PROSECUTOR"] as const;
/** The two sides of joint supervision, and whoever works for one of them. */
const sides = officers;
/** Whoever hands matters over follows what becomes of them. */
const sources = ["COUNTY_CENTER"] as const;

/** Where each kind of draft is written on. */
const draftPages: Readonly<Record<string, string>> = { [checkDraftKind]: "check", [clueDraftKind]: "raise", [suggestionDraftKind]: "suggest" };

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
    {
      path: "/oversight/suggestions",
      name: "oversight-suggestions",
      meta: { wide: true },
      component: () => import("./pages/SuggestionsPage.vue"),
      children: [{ path: ":id", name: "oversight-suggestion", props: true, meta: { wide: true }, component: () => import("./pages/SuggestionPage.vue") }],
    },
    {
      path: "/oversight/lessons",
      name: "oversight-lessons",
      meta: { wide: true },
      component: () => import("./pages/LessonsPage.vue"),
      children: [{ path: ":id", name: "oversight-lesson", props: true, meta: { wide: true }, component: () => import("./pages/LessonPage.vue") }],
    },
    { path: "/oversight/suggest", name: "oversight-suggest", component: () => import("./pages/RaiseSuggestionPage.vue") },
    { path: "/oversight/check", name: "oversight-check", component: () => import("./pages/CheckPage.vue") },
    { path: "/oversight/checks/:recommendation/:id", name: "oversight-check-paper", props: true, component: () => import("./pages/CheckSignPage.vue") },
    { path: "/oversight/figures", name: "oversight-figures", component: () => import("./pages/OversightFiguresPage.vue") },
    { path: "/oversight/figures/:figure", name: "oversight-figure-rows", props: true, component: () => import("./pages/OversightFigureRowsPage.vue") },
  ],
  // Side by side on a narrow phone: in English by whom it comes from.
  tabs: [
    { label: { "zh-CN": "监督", en: "Oversight" }, icon: "eye", to: "/oversight/clues", roles: [...deputies, ...officers] },
    { label: { "zh-CN": "检察建议", en: "Procuracy" }, icon: "paper", to: "/oversight/recommendations", roles: units },
    { label: { "zh-CN": "代表建议", en: "Deputies" }, icon: "people", to: "/oversight/suggestions", roles: units },
  ],
  quickActions: [
    { label: { "zh-CN": "提出线索", en: "Raise a clue" }, icon: "plus", to: "/oversight/raise", roles: deputies },
    { label: { "zh-CN": "提出建议", en: "Make a suggestion" }, icon: "edit", to: "/oversight/suggest", roles: deputies },
    { label: { "zh-CN": "线索", en: "Clues" }, icon: "eye", to: "/oversight/clues", roles: [...officers, "PROGRAM_OFFICE"] },
    { label: { "zh-CN": "已移交的线索", en: "Clues handed over" }, icon: "send", to: "/oversight/clues", roles: sources },
    { label: { "zh-CN": "检察建议", en: "Recommendations" }, icon: "paper", to: "/oversight/recommendations", roles: [...deputies, ...officers, ...units] },
    { label: { "zh-CN": "代表建议", en: "Suggestions" }, icon: "people", to: "/oversight/suggestions", roles: [...deputies, ...officers, ...units] },
    { label: { "zh-CN": "联合督办", en: "Joint supervision" }, icon: "people", to: "/oversight/joint", roles: sides },
    { label: { "zh-CN": "经验成果", en: "Lessons" }, icon: "star", to: "/oversight/lessons", roles: [...deputies, ...officers, ...units] },
    { label: { "zh-CN": "督办数据", en: "Oversight figures" }, icon: "chart", to: "/oversight/figures", roles: [...officers, "PROGRAM_OFFICE"] },
  ],
  homePanels: [{ roles: [...deputies, ...officers, ...units], component: defineAsyncComponent(() => import("./components/home/WorkPanel.vue")) }],
  besideMatters: [{ app: "mediation", roles: sources, component: defineAsyncComponent(() => import("./components/handOver/HandOverCard.vue")) }],
  matterPath,
  draftPath: (kind, id) => (draftPages[kind] ? `/oversight/${draftPages[kind]}?draft=${id}` : ""),
  commandLabel: (operation) => (commands.has(operation) ? `oversight.command.${operation}` : undefined),
};
