"""Another app gives a DocType of Frappe a class of its own, as Helpdesk does with Email Account: both work, in either order."""

import pickle

import frappe
import pytest
from frappe.email.doctype.email_account.email_account import EmailAccount
from frappe.email.doctype.email_queue.email_queue import EmailQueue
from frappe.email.receive import InboundMail
from frappe.model.base_document import import_controller

from aftersales.core import controllers
from aftersales.customer_portal.stored_messages import SealedEmailQueue
from aftersales.service_desk.mail.account import ServiceEmailAccount
from aftersales.service_desk.mail.inbound import ServiceMail
from aftersales.setup import checks

OTHER = "erpnext"  # stands for the other app, too: it has no class for these
MAIL = b"From: nora@byrne.example\nTo: service@shop.example\nSubject: No hot water\nMessage-ID: <1@x>\n\nHelp"


class OthersMail(InboundMail):
	def parent_communication(self):
		return "found by the other app"


class OthersAccount(EmailAccount):
	def get_inbound_mails(self):
		return [OthersMail(MAIL, self)]


@pytest.fixture
def beside(monkeypatch):
	"""Puts another app's class before ours, or behind it, on this site."""
	original = frappe.get_hooks

	def put(*, behind: bool) -> None:
		def get_hooks(hook=None, default="_KEEP_DEFAULT_LIST", app_name=None):
			theirs = {"Email Account": [f"{__name__}.OthersAccount"]}
			if hook != controllers.HOOK:
				return original(hook, default, app_name)
			if app_name == OTHER:
				return theirs
			ours = original(hook, default, app_name)
			if app_name:
				return ours
			both = {name: list(paths) for name, paths in ours.items()}
			both["Email Account"] = [
				path for path in both["Email Account"] if path.startswith(f"{controllers.APP}.")
			]
			both["Email Account"].insert(1 if behind else 0, theirs["Email Account"][0])
			return frappe._dict(both)

		monkeypatch.setattr(frappe, "get_hooks", get_hooks)

	return put


def test_our_class_extends_that_of_another_app(beside):
	beside(behind=False)
	found = import_controller("Email Account")
	assert issubclass(found, ServiceEmailAccount) and issubclass(found, OthersAccount)
	account = found({"doctype": "Email Account", "name": "Service", "append_to": "Repair Call"})
	(mail,) = account.get_inbound_mails()
	assert isinstance(mail, ServiceMail) and isinstance(mail, OthersMail)
	assert mail.parent_communication() == "found by the other app"
	assert mail.opens_calls
	assert pickle.loads(pickle.dumps(found)) is found, "documents are stored in the cache"
	assert {each["title"]: each["state"] for each in checks.run()}["Beside other apps"] == "Good"


def test_without_other_apps_it_is_ours_alone():
	others = [path for path in frappe.get_hooks(controllers.HOOK)["Email Queue"] if "aftersales" not in path]
	assert not others
	assert (
		controllers.on_top_of_other_apps("Email Queue", SealedEmailQueue, "SiteEmailQueue")
		is SealedEmailQueue
	)
	assert controllers.extended(SealedEmailQueue, EmailQueue, "SiteEmailQueue") is SealedEmailQueue
	assert issubclass(import_controller("Email Queue"), SealedEmailQueue)


def test_check_names_what_another_app_replaces(beside):
	beside(behind=True)
	(found,) = [each for each in checks.run() if each["title"] == "Beside other apps"]
	assert found["state"] == "Wrong"
	assert "Email Account" in found["what_to_do"] and "Update Hooks Resolution Order" in found["what_to_do"]


def test_an_app_that_comes_later_is_put_before_us(beside, monkeypatch):
	beside(behind=True)
	order = [*(app for app in frappe.get_installed_apps() if app != OTHER), OTHER]
	ordered = []
	monkeypatch.setattr(frappe, "get_installed_apps", lambda **_options: list(order))
	monkeypatch.setattr(controllers, "update_installed_apps_order", ordered.append)
	for app in (controllers.APP, "frappe"):
		controllers.come_after_other_apps(app)
	assert ordered == [], "nothing in common"
	controllers.come_after_other_apps(OTHER)
	assert ordered == [[*(app for app in order if app != controllers.APP), controllers.APP]]
