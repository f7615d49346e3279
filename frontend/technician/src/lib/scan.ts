/** Reads bar codes and QR codes with the camera: the browser's own reader, else a library that is loaded for it. */
interface Detector {
	detect(source: HTMLVideoElement): Promise<{ rawValue: string }[]>;
}

declare const BarcodeDetector: { new (): Detector; getSupportedFormats(): Promise<string[]> } | undefined;

export class Scanner {
	private stream: MediaStream | null = null;
	private stopped = false;
	private library: { reset(): void } | null = null;

	constructor(private readonly onCode: (code: string) => void) {}

	async start(video: HTMLVideoElement): Promise<void> {
		this.stream = await navigator.mediaDevices.getUserMedia({
			video: { facingMode: "environment" },
		});
		if (this.stopped) return this.stop();
		video.srcObject = this.stream;
		await video.play();
		if (typeof BarcodeDetector !== "undefined" && (await BarcodeDetector.getSupportedFormats()).length) {
			this.look(new BarcodeDetector(), video);
		} else {
			const { BrowserMultiFormatReader } = await import("@zxing/library");
			const reader = new BrowserMultiFormatReader();
			this.library = reader;
			void reader.decodeFromStream(this.stream, video, (result) => {
				if (result && !this.stopped) this.found(result.getText());
			});
		}
	}

	stop(): void {
		this.stopped = true;
		this.library?.reset();
		this.stream?.getTracks().forEach((track) => track.stop());
	}

	private found(code: string): void {
		this.stop();
		this.onCode(code);
	}

	private async look(detector: Detector, video: HTMLVideoElement): Promise<void> {
		while (!this.stopped) {
			try {
				const [code] = await detector.detect(video);
				if (code) return this.found(code.rawValue);
			} catch {
				// no picture yet
			}
			await new Promise((resolve) => setTimeout(resolve, 150));
		}
	}
}
