import { createRouter, createWebHistory } from "vue-router";
import { useSession } from "@/kernel/auth/session";
import { addTexts } from "@/kernel/i18n";
import { installed } from "./installed";

declare module "vue-router" {
  interface RouteMeta {
    /** Readable without signing in. */
    open?: boolean;
    /** Brings its own list and detail columns on wide screens. */
    wide?: boolean;
    /** Shows words of every application, not of its own alone. */
    allWords?: boolean;
  }
}

export const router = createRouter({
  history: createWebHistory(),
  scrollBehavior: (to, from, saved) => saved ?? (to.path === from.path ? undefined : { top: 0 }),
  routes: [
    { path: "/", name: "home", component: () => import("./pages/HomePage.vue") },
    { path: "/sign-in", name: "sign-in", meta: { open: true }, component: () => import("./pages/SignInPage.vue") },
    { path: "/inbox", name: "inbox", meta: { allWords: true }, component: () => import("./pages/InboxPage.vue") },
    { path: "/outbox", name: "outbox", meta: { allWords: true }, component: () => import("./pages/OutboxPage.vue") },
    { path: "/drafts", name: "drafts", meta: { allWords: true }, component: () => import("./pages/DraftsPage.vue") },
    { path: "/me", name: "me", component: () => import("./pages/MePage.vue") },
    { path: "/me/security", name: "security", component: () => import("./pages/SecurityPage.vue") },
    ...installed.flatMap((app) => app.routes),
    { path: "/:rest(.*)*", name: "missing", meta: { open: true }, component: () => import("./pages/MissingPage.vue") },
  ],
});

router.beforeEach(async (to) => {
  const session = useSession();
  if (!session.known) await session.load();
  if (!to.meta.open && !session.viewer) return { name: "sign-in", query: to.fullPath === "/" ? {} : { next: to.fullPath } };
  const speaking = to.meta.allWords ? installed : installed.filter((app) => app.routes.some((route) => to.matched.some(({ path }) => path === route.path)));
  await Promise.all(speaking.map((app) => addTexts(app.texts)));
  return true;
});
