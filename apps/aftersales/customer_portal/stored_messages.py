"""What is stored of messages with signed links: hooks of the DocTypes that messages are kept in.

Mail is queued by Frappe in Email Queue and sent later, by another process, from what is stored there. The
controller that is put in place of Frappe's opens the seals (`link_masks`) while it sends, and stores nothing
of it.
"""

import frappe
from frappe.email.doctype.email_queue.email_queue import EmailQueue
from frappe.model.document import Document

from aftersales.core.controllers import on_top_of_other_apps
from aftersales.customer_portal import link_masks, links

TEXTS = {
	"Comment": ("content",),
	"SMS Log": ("message",),
	"Notification Log": ("subject", "email_content", "link"),
	"Repair Call": ("description",),
}
"""The fields that staff reads in which a message to a customer, or the answer that quotes it, is kept."""


class SealedEmailQueue(EmailQueue):
	"""Email Queue whose mails carry signed links only while they are sent."""

	def send(self, *args, **kwargs):
		stored = self.message
		self.message = opened(stored)
		try:
			return super().send(*args, **kwargs)
		finally:
			self.message = stored


def __getattr__(name: str) -> type:
	if name == "SiteEmailQueue":  # what the hook names: it depends on the apps of the site
		return on_top_of_other_apps("Email Queue", SealedEmailQueue, name)
	raise AttributeError(name)


def hide_links(doc: Document, method: str | None = None) -> None:
	"""before_validate: no text of `doc` keeps a link that works."""
	for fieldname in TEXTS[doc.doctype]:
		text = doc.get(fieldname)
		if isinstance(text, str) and link_masks.holds_link(text):
			doc.set(fieldname, link_masks.hide(text))


def seal_communication(message: Document, method: str | None = None) -> None:
	"""before_validate of Communication: its links are sealed, and stay good for the mail made of it.

	Frappe makes the mail from the content of the Communication, in the same request; which links that may
	carry is known as long as the request lasts.
	"""
	for fieldname in ("subject", "content", "text_content"):
		text = message.get(fieldname)
		if isinstance(text, str) and link_masks.holds_link(text):
			sealed, keys = link_masks.seal(text, _keys_of_request())
			message.set(fieldname, sealed)
			_keys_of_request().update(keys)


def seal_mail(mail: Document, method: str | None = None) -> None:
	"""before_insert of Email Queue."""
	if link_masks.holds_link(mail.message):
		mail.message, _keys = link_masks.seal(mail.message, _keys_of_request())


def opened(message: str | None) -> str | None:
	"""A queued mail as it is sent, with the links that are still good."""
	if not link_masks.holds_link(message):
		return message
	return link_masks.unseal(message, links.token_of_key)


def _keys_of_request() -> set[str]:
	return frappe.local.flags.setdefault("aftersales_links_in_mails", set())
