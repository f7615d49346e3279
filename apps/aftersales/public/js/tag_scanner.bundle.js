// Reads a tag: by the camera of the phone, or by a scanner that types like a keyboard.
frappe.provide("aftersales");

aftersales.TagScanner = class TagScanner {
	// `on_code` gets the text of each code read.
	constructor(on_code) {
		this.on_code = on_code;
	}

	// The browser's own reader where it has one, else the one that ships with Frappe.
	async open_camera() {
		if (!navigator.mediaDevices?.getUserMedia) {
			frappe.msgprint(
				__(
					"This browser gives no camera to this page (it needs https). Type or scan the number into the field Scan or Find."
				)
			);
			return;
		}
		const own_reader =
			window.BarcodeDetector && (await BarcodeDetector.getSupportedFormats()).includes("qr_code");
		if (own_reader) this.read_with_browser();
		else this.read_with_frappe();
	}

	read_with_frappe() {
		let read = false; // it goes on reading until its camera has stopped
		new frappe.ui.Scanner({
			dialog: true,
			multiple: false,
			on_scan: (result) => {
				if (!read) this.on_code(result.decodedText);
				read = true;
			},
		});
	}

	read_with_browser() {
		const dialog = new frappe.ui.Dialog({
			title: __("Scan Tag"),
			fields: [{ fieldtype: "HTML", fieldname: "camera" }],
			// Not before: a dialog that is still coming up cannot be hidden
			on_page_show: () => this.start_camera(dialog),
			on_hide: () => this.stop_camera(),
		});
		dialog.show();
	}

	async start_camera(dialog) {
		const video = document.createElement("video");
		Object.assign(video, { autoplay: true, muted: true, playsInline: true });
		video.className = "aftersales-camera";
		dialog.get_field("camera").$wrapper.empty().append(video);
		let stream;
		try {
			stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
		} catch (error) {
			dialog.hide();
			frappe.msgprint(__("The camera cannot be used: {0}", [frappe.utils.escape_html(error.message)]));
			return;
		}
		this.stream = stream;
		if (!dialog.display) return this.stop_camera(); // closed while the browser asked for the camera
		video.srcObject = stream;
		const reader = new BarcodeDetector({ formats: ["qr_code", "code_128", "ean_13"] });
		while (this.stream === stream) {
			const [found] = video.readyState >= 2 ? await reader.detect(video).catch(() => []) : [];
			if (found && this.stream === stream) {
				dialog.hide();
				this.on_code(found.rawValue);
				return;
			}
			await new Promise((resolve) => setTimeout(resolve, 150));
		}
	}

	stop_camera() {
		this.stream?.getTracks().forEach((track) => track.stop());
		this.stream = null;
	}

	// A keyboard scanner types a whole code within a moment and ends it with Enter. What a person types
	// into a field is left to that field.
	listen(is_active) {
		let typed = "";
		let last = 0;
		document.addEventListener("keydown", (event) => {
			const in_field = event.target.closest?.("input, textarea, select, [contenteditable=true]");
			if (!is_active() || in_field || event.ctrlKey || event.metaKey || event.altKey) return;
			if (event.timeStamp - last > 100) typed = "";
			last = event.timeStamp;
			if (event.key === "Enter") {
				if (typed.length >= 4) {
					event.preventDefault();
					this.on_code(typed);
				}
				typed = "";
			} else if (event.key.length === 1) {
				typed += event.key;
			}
		});
	}
};
