import { defineAsyncComponent } from "vue";
import type { Json } from "@/generated/schema";
import { citizenRole, useSession } from "@/kernel/auth/session";
import type { AppManifest } from "@/kernel/manifest";
import { commands } from "./composables/commands";
import { present } from "./composables/familyReports";

const citizens = ["CITIZEN"] as const;
const registrars = ["RESCUE_STATION", "POLICE_OFFICER"] as const;
/** Everybody who works on cases. Patrol police see the entry too: the list shows only what their place has. */
const staff = [...registrars, "POLICE_CHIEF", "CIVIL_AFFAIRS", "FACE_EXPERT"] as const;
/** Who may be asked to do something for a case; the last three see the task and nothing else. */
const hands = [...registrars, "CIVIL_AFFAIRS", "GRID_WORKER", "VILLAGE_OFFICER", "SOCIAL_WORKER"] as const;
/** Whose first work this is: a place in the tab bar; the police reach it from the home page. */
const specialists = ["RESCUE_STATION", "CIVIL_AFFAIRS", "FACE_EXPERT"] as const;

/** A helper cannot open the case: word of a task leads to the task. */
const taskOf = (data: Json) => (typeof data === "object" && data && "task" in data ? String(data["task"]) : "");

/** A notification does not know who reads it: the family goes to its own page, officers to the case. */
const ownPage = (id: string) => (useSession().role === citizenRole ? "/reunion" : `/reunion/cases/${id}`);

export const reunion: AppManifest = {
  name: "reunion",
  texts: { "zh-CN": () => import("./locales/zh-CN.json"), en: () => import("./locales/en.json") },
  routes: [
    { path: "/reunion", name: "reunion", component: () => import("./pages/ReunionPage.vue") },
    { path: "/reunion/matters/:id", name: "reunion-matter", redirect: ({ params }) => ownPage(String(params["id"])) },
    { path: "/reunion/wall", name: "reunion-wall", meta: { open: true }, component: () => import("./pages/WallPage.vue") },
    { path: "/reunion/wall/:id", name: "reunion-notice", props: true, meta: { open: true }, component: () => import("./pages/NoticePage.vue") },
    { path: "/reunion/status", name: "reunion-status", meta: { open: true }, component: () => import("./pages/StatusPage.vue") },
    { path: "/reunion/card", name: "reunion-card", meta: { open: true }, component: () => import("./pages/CardPage.vue") },
    { path: "/reunion/tasks", name: "reunion-tasks", component: () => import("./pages/TasksPage.vue") },
    { path: "/reunion/tasks/:id", name: "reunion-task", props: true, component: () => import("./pages/TaskPage.vue") },
    { path: "/reunion/figures", name: "reunion-figures", component: () => import("./pages/ReunionFiguresPage.vue") },
    { path: "/reunion/papers/:id", name: "reunion-paper", props: true, component: () => import("./pages/PaperPage.vue") },
    { path: "/reunion/tips", name: "reunion-tips", component: () => import("./pages/TipsPage.vue") },
    { path: "/reunion/import", name: "reunion-imports", component: () => import("./pages/ImportsPage.vue") },
    { path: "/reunion/import/:id", name: "reunion-import", props: true, meta: { wide: true }, component: () => import("./pages/ImportPage.vue") },
    { path: "/reunion/register/:side(missing|found)", name: "reunion-register", props: true, component: () => import("./pages/RegisterPage.vue") },
    {
      path: "/reunion/desk",
      name: "reunion-desk",
      meta: { wide: true },
      component: () => import("./pages/DeskPage.vue"),
      children: [{ path: ":id", name: "reunion-assist", props: true, meta: { wide: true }, component: () => import("./pages/AssistPage.vue") }],
    },
    {
      path: "/reunion/cases",
      name: "reunion-cases",
      meta: { wide: true },
      component: () => import("./pages/CasesPage.vue"),
      children: [
        { path: ":id", name: "reunion-case", props: true, meta: { wide: true }, component: () => import("./pages/CasePage.vue") },
        { path: ":id/candidates/:candidate", name: "reunion-candidate", props: true, meta: { wide: true }, component: () => import("./pages/CandidatePage.vue") },
      ],
    },
  ],
  openEntries: [{ label: { "zh-CN": "寻亲公告栏", en: "Notices of missing and found people" }, icon: "search", to: "/reunion/wall" }],
  tabs: [
    { label: { "zh-CN": "寻人", en: "My report" }, icon: "search", to: "/reunion", roles: citizens, shown: present },
    { label: { "zh-CN": "寻亲", en: "Reunion" }, icon: "search", to: "/reunion/cases", roles: specialists },
  ],
  // What a role does first stands first: the home page shows it large. The wall is for citizens; officers see a notice on its case.
  quickActions: [
    { label: { "zh-CN": "登记找到的人", en: "Register somebody found" }, icon: "plus", to: "/reunion/register/found", roles: registrars },
    { label: { "zh-CN": "登记要找的人", en: "Report somebody missing" }, icon: "plus", to: "/reunion/register/missing", roles: registrars },
    { label: { "zh-CN": "寻亲", en: "Reunion" }, icon: "search", to: "/reunion/cases", roles: ["POLICE_OFFICER", "POLICE_CHIEF"] },
    { label: { "zh-CN": "协查", en: "Help desk" }, icon: "send", to: "/reunion/desk", roles: staff },
    { label: { "zh-CN": "协作任务", en: "Tasks for me" }, icon: "list", to: "/reunion/tasks", roles: hands },
    { label: { "zh-CN": "导入已有档案", en: "Import existing records" }, icon: "inbox", to: "/reunion/import", roles: registrars },
    { label: { "zh-CN": "寻亲数据", en: "Reunion in figures" }, icon: "chart", to: "/reunion/figures", roles: ["CIVIL_AFFAIRS", "POLICE_CHIEF", "PROGRAM_OFFICE"] },
    { label: { "zh-CN": "寻亲公告栏", en: "Missing and found people" }, icon: "globe", to: "/reunion/wall", roles: ["CITIZEN", "RESCUE_STATION"] },
  ],
  homePanels: [
    { roles: citizens, shown: present, component: defineAsyncComponent(() => import("./components/family/FamilyPanel.vue")) },
    { roles: staff, component: defineAsyncComponent(() => import("./components/staff/StaffPanel.vue")) },
    { roles: hands, first: true, component: defineAsyncComponent(() => import("./components/task/TasksPanel.vue")) },
  ],
  matterPath: (matterId, kind, data) => {
    if (kind.startsWith("reunion.task.")) return `/reunion/tasks/${taskOf(data)}`;
    if (kind.endsWith(".tip.answered")) return "/reunion/tips";
    if (kind.endsWith(".import.emergencies")) return "/reunion/cases?emergency=1";
    if (kind.startsWith("reunion.assist.")) return `/reunion/desk/${matterId}`;
    return matterId.startsWith("desk/") ? `/reunion/${matterId}` : `/reunion/matters/${matterId}`;
  },
  draftPath: () => "",
  commandLabel: (operation) => (commands.has(operation) ? `reunion.command.${operation}` : undefined),
};
