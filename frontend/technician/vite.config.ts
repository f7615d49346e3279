import { createHash } from "node:crypto";
import { fileURLToPath, URL } from "node:url";
import vue from "@vitejs/plugin-vue";
import type { Plugin } from "vite";
import { VitePWA } from "vite-plugin-pwa";
import { defineConfig } from "vite";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const BASE = "/assets/aftersales/dist/technician/";

/** Lists the texts of the sources, so that the server can translate them (field_service/mobile/texts.py). */
function listTexts(): Plugin {
	const texts = new Set<string>();
	return {
		name: "aftersales-texts",
		enforce: "pre",
		transform(code, id) {
			if (!id.includes("/frontend/technician/src/")) return;
			for (const [, double, single] of code.matchAll(
				/\b__\(\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)')/g
			)) {
				texts.add(double == null ? single : JSON.parse(`"${double}"`));
			}
		},
		generateBundle() {
			this.emitFile({
				type: "asset",
				fileName: "messages.json",
				source: JSON.stringify([...texts].sort(), null, "\t"),
			});
		},
	};
}

/** Writes the styles into the page: 8 kB that a phone on a slow network would otherwise wait another round trip for. */
function inlineStyles(): Plugin {
	return {
		name: "aftersales-inline-styles",
		enforce: "post",
		apply: "build",
		generateBundle(_options, bundle) {
			const page = bundle["index.html"];
			if (page?.type !== "asset") return;
			page.source = String(page.source).replace(
				/<link rel="stylesheet"[^>]*href="[^"]*\/(assets\/[^"]+\.css)"[^>]*>/g,
				(link, name: string) => {
					const sheet = bundle[name];
					return sheet?.type === "asset" ? `<style>${String(sheet.source).trim()}</style>` : link;
				}
			);
		},
	};
}

export default defineConfig(({ mode }) => ({
	root: here("."),
	base: mode === "test" ? "/" : BASE,
	define: {
		__VERSION__: JSON.stringify(new Date().toISOString().slice(0, 16)),
	},
	resolve: { alias: { "@": here("./src") } },
	plugins: [
		listTexts(),
		vue(),
		inlineStyles(),
		VitePWA({
			strategies: "injectManifest",
			srcDir: "src",
			filename: "sw.ts",
			injectRegister: null,
			manifest: false,
			injectManifest: {
				globPatterns: ["**/*.{js,css,png}"],
				manifestTransforms: [
					// The page comes from /technician, the rest from Frappe's assets. A worker answers for one version.
					(entries) => ({
						manifest: [
							...entries.map((entry) => ({ ...entry, url: BASE + entry.url })),
							{
								url: "/technician",
								revision: createHash("sha256").update(JSON.stringify(entries)).digest("hex"),
								size: 0,
							},
						],
						warnings: [],
					}),
				],
			},
		}),
	],
	build: {
		outDir: here("../../apps/aftersales/public/dist/technician"),
		emptyOutDir: true,
		target: "es2020",
		reportCompressedSize: false,
	},
	test: { environment: "node", include: ["tests/**/*.test.ts"] },
}));
