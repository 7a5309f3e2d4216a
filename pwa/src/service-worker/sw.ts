/// <reference lib="webworker" />
import { cleanupOutdatedCaches, createHandlerBoundToURL, precacheAndRoute } from "workbox-precaching";
import { NavigationRoute, registerRoute } from "workbox-routing";
import { drainForLastAccount } from "./background";

declare const self: ServiceWorkerGlobalScope & { __WB_MANIFEST: { url: string; revision: string | null }[] };

interface SyncEvent extends ExtendableEvent {
  readonly tag: string;
}

/** What the server pushes: words without personal data, and a path of this app. */
interface PushPayload {
  title: string;
  body: string;
  url: string;
}

precacheAndRoute(self.__WB_MANIFEST);
cleanupOutdatedCaches();
const serverRoutes = [/^\/(graphql|auth|files|push|papers|export|intake|dev|healthz|readyz|metrics)(\/|$)/];
registerRoute(new NavigationRoute(createHandlerBoundToURL("/index.html"), { denylist: serverRoutes }));

self.addEventListener("message", (event) => {
  if ((event.data as { type?: string }).type === "take-over") void self.skipWaiting();
});

self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("push", (event) => {
  const payload = event.data?.json() as PushPayload | undefined;
  if (!payload) return;
  event.waitUntil(
    self.registration.showNotification(payload.title, {
      body: payload.body,
      icon: "/icon-192.png",
      badge: "/icon-192.png",
      data: { url: payload.url },
    }),
  );
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const target = new URL((event.notification.data as { url?: string } | undefined)?.url ?? "/", self.location.origin);
  if (target.origin !== self.location.origin) return;
  event.waitUntil(openOrFocus(target.href));
});

async function openOrFocus(url: string): Promise<void> {
  const [open] = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  if (!open) return void (await self.clients.openWindow(url));
  await open.focus();
  await open.navigate(url);
}

self.addEventListener("sync", ((event: SyncEvent) => {
  if (event.tag === "outbox") event.waitUntil(sendWaiting());
}) as EventListener);

/** An open page sends by itself (it can also ask the person); without one the worker does. */
async function sendWaiting(): Promise<void> {
  const pages = await self.clients.matchAll({ type: "window" });
  if (pages.length) pages.forEach((page) => page.postMessage({ type: "drain-outbox" }));
  else await drainForLastAccount();
}
