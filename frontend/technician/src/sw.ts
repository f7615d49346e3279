/** The service worker: the app of one version, whole, with and without a network. No data goes through it. */
import { cleanupOutdatedCaches, createHandlerBoundToURL, precacheAndRoute } from "workbox-precaching";
import { NavigationRoute, registerRoute } from "workbox-routing";

declare const self: ServiceWorkerGlobalScope & {
	__WB_MANIFEST: (string | { url: string; revision: string })[];
};

precacheAndRoute(self.__WB_MANIFEST);
cleanupOutdatedCaches();
registerRoute(
	new NavigationRoute(createHandlerBoundToURL("/technician"), {
		allowlist: [/^\/technician(\/|$|\?)/],
		denylist: [/^\/technician\/phone\//],
	})
);

self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
// A newer version takes over when nothing is half entered: the page says so.
self.addEventListener("message", (event) => {
	if (event.data === "take-over") void self.skipWaiting();
});
