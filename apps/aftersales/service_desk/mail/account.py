"""The site's mailboxes: Frappe's Email Account, whose mails know what a Repair Call is."""

from frappe.email.doctype.email_account.email_account import EmailAccount

from aftersales.core.controllers import on_top_of_other_apps
from aftersales.service_desk.mail.inbound import ServiceMail


class ServiceEmailAccount(EmailAccount):
	"""Email Account (override_doctype_class). Version 15 has no hook for a mail before a document is made of it."""

	def get_inbound_mails(self) -> list[ServiceMail]:
		return [ServiceMail.of(mail) for mail in super().get_inbound_mails()]


def __getattr__(name: str) -> type:
	if name == "SiteEmailAccount":  # what the hook names: it depends on the apps of the site
		return on_top_of_other_apps("Email Account", ServiceEmailAccount, name)
	raise AttributeError(name)
