import { defineAsyncComponent } from "vue";
import type { Json } from "@/generated/schema";
import { citizenRole, useSession } from "@/kernel/auth/session";
import type { AppManifest } from "@/kernel/manifest";
import { present } from "./composables/careHome";
import { commands } from "./composables/commands";

const citizens = ["CITIZEN"] as const;
/** Who opens cases, and among them who works with the person from day to day. */
const reviewers = ["DRUG_WORKER", "POLICE_OFFICER", "ANTI_DRUG_OFFICE"] as const;
const caseworkers = [...reviewers, "POLICE_CHIEF"] as const;
const verifiers = ["POLICE_OFFICER", "POLICE_CHIEF"] as const;
/** Links that see their own duties and nothing else. */
const helpers = ["GRID_WORKER", "VILLAGE_OFFICER"] as const;
/** Readers of figures. */
const readers = ["ANTI_DRUG_OFFICE", "POLICE_CHIEF", "PROGRAM_OFFICE", "TOWN_LEADER"] as const;

/** Where a notification leads: to the paper it names, else to the reader's own page of the matter. */
function matterPath(matterId: string, _kind: string, data: Json): string {
  const paper = data && typeof data === "object" && !Array.isArray(data) ? data["paper"] : undefined;
  return typeof paper === "string" ? `/care/papers/${paper}` : `/care/matters/${matterId}`;
}

/** A notification does not know who reads it: the person goes to the own page, officers to the case. */
const ownPage = (id: string) => (useSession().role === citizenRole ? "/care" : `/care/cases/${id}`);

export const rehab: AppManifest = {
  name: "rehab",
  texts: { "zh-CN": () => import("./locales/zh-CN.json"), en: () => import("./locales/en.json") },
  routes: [
    // ---- the person and the family
    { path: "/care", name: "care", component: () => import("./pages/MyPlanPage.vue") },
    { path: "/care/check-in/:task", name: "care-check-in", props: true, component: () => import("./pages/CheckInPage.vue") },
    { path: "/care/face", name: "care-face", component: () => import("./pages/FacePage.vue") },
    { path: "/care/colour", name: "care-colour", component: () => import("./pages/ColourPage.vue") },
    { path: "/care/path", name: "care-path", component: () => import("./pages/PathPage.vue") },
    { path: "/care/pass", name: "care-pass", component: () => import("./pages/PassPage.vue") },
    { path: "/care/plan", name: "care-plan", component: () => import("./pages/AgreedPlanPage.vue") },
    { path: "/care/requests", name: "care-requests", component: () => import("./pages/RequestsPage.vue") },
    { path: "/care/papers/:id", name: "care-paper", props: true, component: () => import("./pages/PaperPage.vue") },
    { path: "/care/tasks/:id", name: "care-task", props: true, component: () => import("./pages/TaskPage.vue") },
    { path: "/care/matters/:id", name: "care-matter", redirect: ({ params }) => ownPage(String(params["id"])) },
    // ---- the staff
    {
      path: "/care/cases",
      name: "care-cases",
      meta: { wide: true },
      component: () => import("./pages/CasesPage.vue"),
      children: [{ path: ":id", name: "care-case", props: true, meta: { wide: true }, component: () => import("./pages/CasePage.vue") }],
    },
    { path: "/care/review", name: "care-review", component: () => import("./pages/ReviewPage.vue") },
    { path: "/care/today", name: "care-today", component: () => import("./pages/TodayPage.vue") },
    { path: "/care/verify", name: "care-verify", component: () => import("./pages/VerifyPage.vue") },
    { path: "/care/rules", name: "care-rules", component: () => import("./pages/RulesPage.vue") },
    { path: "/care/register", name: "care-register", component: () => import("./pages/RegisterPage.vue") },
    { path: "/care/transfers", name: "care-transfers", component: () => import("./pages/TransfersPage.vue") },
    { path: "/care/figures", name: "care-figures", component: () => import("./pages/CareFiguresPage.vue") },
  ],
  tabs: [
    { label: { "zh-CN": "我的计划", en: "My plan" }, icon: "check", to: "/care", roles: citizens, shown: present },
    // ---- the staff
    { label: { "zh-CN": "人员", en: "Cases" }, icon: "people", to: "/care/cases", roles: caseworkers },
    { label: { "zh-CN": "今日", en: "Today" }, icon: "check", to: "/care/today", roles: helpers },
  ],
  quickActions: [
    // ---- the staff
    { label: { "zh-CN": "看签到", en: "Review" }, icon: "eye", to: "/care/review", roles: reviewers },
    { label: { "zh-CN": "今日走访", en: "My visits" }, icon: "map", to: "/care/today", roles: reviewers },
    { label: { "zh-CN": "查验通行码", en: "Verify a pass" }, icon: "scan", to: "/care/verify", roles: verifiers },
    { label: { "zh-CN": "登记", en: "Register" }, icon: "plus", to: "/care/register", roles: ["POLICE_OFFICER"] },
    { label: { "zh-CN": "转入转出", en: "Transfers" }, icon: "send", to: "/care/transfers", roles: ["ANTI_DRUG_OFFICE"] },
    { label: { "zh-CN": "积分规则", en: "Rules" }, icon: "paper", to: "/care/rules", roles: caseworkers },
    { label: { "zh-CN": "关怀数据", en: "Figures" }, icon: "chart", to: "/care/figures", roles: readers },
  ],
  homePanels: [
    { roles: citizens, shown: present, component: defineAsyncComponent(() => import("./components/person/CarePanel.vue")), first: true },
    // ---- the staff
    { roles: [...reviewers, ...helpers], component: defineAsyncComponent(() => import("./components/staff/StaffPanel.vue")) },
  ],
  matterPath,
  draftPath: () => "",
  commandLabel: (operation) => (commands.has(operation) ? `rehab.command.${operation}` : undefined),
};
