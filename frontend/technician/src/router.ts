import { createRouter, createWebHistory } from "vue-router";
import DayPage from "./pages/DayPage.vue";

/** The visit is loaded while the technician looks at the day; without a network it comes from the service worker. */
const visitPage = () => import("./pages/VisitPage.vue");

export const router = createRouter({
	history: createWebHistory("/technician"),
	routes: [
		{ path: "/", component: DayPage },
		{ path: "/visit/:name", component: visitPage, props: true },
		{ path: "/more", component: () => import("./pages/MorePage.vue") },
		{ path: "/:any(.*)*", redirect: "/" },
	],
	scrollBehavior: () => ({ top: 0 }),
});

export function loadAhead(): void {
	const later = window.requestIdleCallback ?? ((work: () => void) => setTimeout(work, 200));
	later(() => void visitPage().catch(() => {}));
}
