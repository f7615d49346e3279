import { createRouter, createWebHistory } from "vue-router";
import DayPage from "./pages/DayPage.vue";
import VisitPage from "./pages/VisitPage.vue";

export const router = createRouter({
	history: createWebHistory("/technician"),
	routes: [
		{ path: "/", component: DayPage },
		{ path: "/visit/:name", component: VisitPage, props: true },
		{ path: "/more", component: () => import("./pages/MorePage.vue") },
		{ path: "/:any(.*)*", redirect: "/" },
	],
	scrollBehavior: () => ({ top: 0 }),
});
