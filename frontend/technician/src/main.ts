import { createApp } from "vue";
import App from "./App.vue";
import { loadAhead, router } from "./router";
import { app, start } from "./store/app";
import "./style.css";

createApp(App).use(router).mount("#app");
void start().finally(loadAhead);

if ("serviceWorker" in navigator) {
	void navigator.serviceWorker.register("/technician/sw.js", { scope: "/technician" }).then((found) => {
		const watch = () => {
			if (found.waiting && navigator.serviceWorker.controller) app.update = true;
		};
		watch();
		found.addEventListener("updatefound", () => found.installing?.addEventListener("statechange", watch));
		setInterval(() => void found.update().catch(() => {}), 60 * 60_000);
	});
	let had = Boolean(navigator.serviceWorker.controller);
	navigator.serviceWorker.addEventListener("controllerchange", () => {
		if (had) location.reload();
		had = true;
	});
}
