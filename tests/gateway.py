"""A stand-in for PayPal's sandbox: the payments app talks to it as it talks to PayPal, and customers pay on its page.

The payments app's own code runs: PayPal Settings with *Use Sandbox*, its return address, its Integration Requests. The
stand-in answers PayPal's Name-Value-Pair API on loopback; processes that are started with :meth:`StandIn.environment`
reach it in place of PayPal (tests/in_child/sitecustomize.py), and :meth:`StandIn.serve_page` gives the browser its page.
"""

import os
import secrets
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

ADDRESS = "AFTERSALES_PAYPAL"
"""Environment of child processes: where the stand-in answers."""
CHECKOUT = "https://www.sandbox.paypal.com/**"
IN_CHILD = Path(__file__).parent / "in_child"


class StandIn:
	"""`asked`: methods that were called, in order. `payments`: token → amount and currency that were charged."""

	def __init__(self):
		self.is_down = False
		self.asked: list[str] = []
		self.pages: dict[str, dict] = {}
		self.charged: list[tuple[str, str, str]] = []
		stand_in = self

		class Handler(BaseHTTPRequestHandler):
			def do_POST(self):
				length = int(self.headers.get("Content-Length") or 0)
				sent = {name: value[0] for name, value in parse_qs(self.rfile.read(length).decode()).items()}
				status, answer = (503, {}) if stand_in.is_down else (200, stand_in.answer(sent))
				body = urlencode(answer).encode()
				self.send_response(status)
				self.send_header("Content-Type", "text/plain; charset=utf-8")
				self.send_header("Content-Length", str(len(body)))
				self.end_headers()
				self.wfile.write(body)

			def log_message(self, *_args):
				pass

		self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
		self.url = f"http://127.0.0.1:{self._server.server_port}"
		threading.Thread(target=self._server.serve_forever, daemon=True).start()

	def stop(self) -> None:
		self._server.shutdown()
		self._server.server_close()

	def answer(self, sent: dict) -> dict:
		"""One call of the API."""
		method, token = sent["METHOD"], sent.get("TOKEN")
		self.asked.append(method)
		answer = {"ACK": "Success", "CORRELATIONID": secrets.token_hex(6)}
		if method == "SetExpressCheckout":
			token = f"EC-{secrets.token_hex(8).upper()}"
			self.pages[token] = sent
			answer["TOKEN"] = token
		elif method == "GetExpressCheckoutDetails":
			answer.update(PAYERID="PAYER7", EMAIL="payer@example.com")
		elif method == "DoExpressCheckoutPayment":
			self.charged.append((token, sent["PAYMENTREQUEST_0_AMT"], sent["PAYMENTREQUEST_0_CURRENCYCODE"]))
			answer["PAYMENTINFO_0_TRANSACTIONID"] = f"TX-{token}"
		return answer

	def return_address(self, token: str) -> str:
		"""Where PayPal sends a customer who has agreed to pay."""
		return f"{self.pages[token]['returnUrl']}?token={token}&PayerID=PAYER7"

	def serve_page(self, context) -> None:
		"""A browser context of Playwright gets the stand-in's page where it goes to PayPal."""

		def show(route):
			token = parse_qs(urlsplit(route.request.url).query)["token"][0]
			asked = self.pages[token]
			route.fulfill(
				content_type="text/html",
				body=f"""<title>Stand-in</title><h1>{asked["PAYMENTREQUEST_0_AMT"]} {asked["PAYMENTREQUEST_0_CURRENCYCODE"]}</h1>
				<p><a href="{self.return_address(token)}">Pay now</a></p><p><a href="{asked["cancelUrl"]}?token={token}">Cancel</a></p>""",
			)

		context.route(CHECKOUT, show)

	def environment(self) -> dict[str, str]:
		"""What a child process needs to reach the stand-in in place of PayPal."""
		path = os.pathsep.join(part for part in (str(IN_CHILD), os.environ.get("PYTHONPATH")) if part)
		return {ADDRESS: self.url, "PYTHONPATH": path}
