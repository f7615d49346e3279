"""The set-up assistant: what a new site needs before its first job, as it stands now, and how to do it (page setup-assistant).

Each step says whether it is done by looking at the site; nothing is ticked by hand. What the page does, it does with
the rights of the user: an Item by who may create Items, a Workflow by who may write Workflows.
"""

from dataclasses import asdict, dataclass, field

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, flt, validate_email_address

from aftersales.core.guards import require_role
from aftersales.core.input.requests import Flag, Names, Number, validate_call
from aftersales.setup import checks, first_records
from aftersales.setup.roles import ROLES

DONE, TO_DO, OPTIONAL = "Done", "To Do", "Optional"
SETTINGS = "Aftersales Settings"
SWITCHES = ("send_customer_messages", "own_check_allowed")
WORKFLOWS = (
	"Repair Call",
	"Service Voucher",
	"Repair Card",
	"Collection Receipt",
	"Follow-up",
	"Service Complaint",
	"Loaner Issue",
	"Vendor Repair",
)
NEEDED_ROLES = ("Service Agent", "Service Supervisor", "Service Technician", "Service Accountant")


@dataclass(frozen=True)
class Step:
	"""One line of the page.

	`action` is the dialog that does the step, `routes` are pages to open: (label, route).
	"""

	key: str
	title: str
	state: str
	text: str
	action: str = ""
	label: str = ""
	routes: tuple[tuple[str, str], ...] = ()
	rows: tuple[dict, ...] = field(default=())
	on: int | None = None
	"""Of a step that is a switch: how it stands."""


@frappe.whitelist()
@validate_call
def load() -> dict:
	"""Every step as it stands now, and the findings of the set-up checks.

	Returns:
		steps (key, title, state, text, action, label, routes, rows), checks (see checks.run), done, needed (numbers of
		steps that are not optional), company, roles.

	Raises:
		frappe.PermissionError: the user is neither Service Manager nor System Manager.
	"""
	require_role(checks.CHECKING_ROLES, _("Opening the set-up"))
	settings = frappe.get_cached_doc(SETTINGS)
	company = _company(settings)
	steps = [
		_roles(),
		_accounts(company),
		_labour(settings),
		_technician(),
		_hours(settings),
		_zones(),
		_quality_check(settings),
		_messages(settings),
		_workflows(),
	]
	needed = [step for step in steps if step.state != OPTIONAL]
	return {
		"steps": [asdict(step) for step in steps],
		"checks": checks.run(),
		"done": len([step for step in needed if step.state == DONE]),
		"needed": len(needed),
		"company": company,
		"roles": ROLES,
		"sample": _sample(),
	}


@frappe.whitelist(methods=["POST"])
@validate_call
def give_roles(user: str, roles: Names) -> None:
	"""Give `user` those of the app's `roles` that they do not hold yet.

	Raises:
		frappe.PermissionError: the user who asks is no System Manager.
		frappe.ValidationError: one of `roles` is none of the app's.
	"""
	require_role(("System Manager",), _("Giving roles"))
	unknown = set(roles) - set(ROLES)
	if unknown:
		frappe.throw(
			_("{0} is no role of After-sales.").format(
				frappe.bold(frappe.utils.escape_html(", ".join(sorted(unknown))))
			)
		)
	doc = frappe.get_doc("User", user)
	doc.check_permission("write")
	doc.add_roles(*roles)


@frappe.whitelist(methods=["POST"])
@validate_call
def set_labour_price(rate: Number, travel_rate: Number = 0, company: str | None = None) -> None:
	"""What an hour of work and the way cost: makes the Items Labour and Travel with their prices and sets them.

	An item that the settings name already keeps its name; its price in the selling price list is set.

	Args:
		rate, travel_rate: per hour, in the currency of the selling price list; no travel item where it is 0.

	Raises:
		frappe.PermissionError: the user may not create Items or Item Prices, or not write the settings.
	"""
	frappe.has_permission(SETTINGS, "write", throw=True)
	if flt(rate) <= 0:
		frappe.throw(_("Enter the price of one hour of labour."), frappe.MandatoryError)
	settings = frappe.get_doc(SETTINGS)
	settings.check_permission("write")
	settings.labour_item = settings.labour_item or first_records.service_item(_("Labour"))
	first_records.set_price(settings.labour_item, flt(rate))
	if flt(travel_rate) > 0:
		settings.travel_item = settings.travel_item or first_records.service_item(_("Travel"))
		first_records.set_price(settings.travel_item, flt(travel_rate))
	settings.save()


@frappe.whitelist(methods=["POST"])
@validate_call
def add_technician(
	technician_name: str,
	user: str | None = None,
	item_group: str | None = None,
	support_kind: str = "Both",
	service_zone: str | None = None,
	with_van: Flag = 1,
	company: str | None = None,
) -> str:
	"""The first technician with a skill, and a warehouse for the van; the name of the technician.

	Args:
		item_group: products that the technician can repair; default all.

	Raises:
		frappe.PermissionError: the user may not create technicians, or warehouses where a van is wanted.
	"""
	frappe.has_permission("Service Technician", "create", throw=True)
	company = company or _company(frappe.get_cached_doc(SETTINGS))
	technician = frappe.new_doc("Service Technician")
	technician.update(
		{
			"technician_name": technician_name,
			"user": user,
			"company": company,
			"is_active": 1,
			"service_zone": service_zone,
			"van_warehouse": first_records.van(technician_name, company) if cint(with_van) else None,
		}
	)
	technician.append(
		"skills", {"item_group": item_group or first_records.root("Item Group"), "support_kind": support_kind}
	)
	technician.insert()
	return technician.name


@frappe.whitelist(methods=["POST"])
@validate_call
def switch(setting: str, on: Flag) -> None:
	"""Switch one of SWITCHES in the settings on or off.

	Raises:
		frappe.PermissionError: the user may not write the settings.
	"""
	frappe.has_permission(SETTINGS, "write", throw=True)
	if setting not in SWITCHES:
		frappe.throw(_("{0} is no switch of the set-up.").format(frappe.utils.escape_html(setting)))
	settings = frappe.get_doc(SETTINGS)
	settings.check_permission("write")
	settings.set(setting, cint(on))
	settings.save()


@frappe.whitelist(methods=["POST"])
@validate_call
def switch_workflow(name: str, on: Flag) -> None:
	"""Activate or deactivate one of the shipped workflows.

	Raises:
		frappe.PermissionError: the user may not write workflows.
	"""
	frappe.has_permission("Workflow", "write", throw=True)
	if name not in WORKFLOWS:
		frappe.throw(_("{0} is no workflow of After-sales.").format(frappe.utils.escape_html(name)))
	workflow = frappe.get_doc("Workflow", name)
	workflow.check_permission("write")
	workflow.is_active = cint(on)
	workflow.save()


@frappe.whitelist(methods=["POST"])
@validate_call
def send_test_mail(recipient: str | None = None) -> str:
	"""Send a mail to `recipient` (default: the user) by the site's outgoing account; the address it went to.

	Raises:
		frappe.ValidationError: no outgoing account, or no address.
	"""
	require_role(checks.CHECKING_ROLES, _("Sending a test message"))
	address = recipient or frappe.db.get_value("User", frappe.session.user, "email")
	validate_email_address(address, throw=True)
	if not _outgoing_account():
		frappe.throw(
			_("There is no outgoing e-mail account. Add one that is the default for outgoing messages."),
			title=_("No E-mail Account"),
		)
	frappe.sendmail(
		recipients=[address],
		subject=_("Test message of After-sales"),
		message=_("Messages of After-sales reach this address."),
	)
	return address


# ---------------------------------------------------------------------------------- steps


def _roles() -> Step:
	held = {role: _users_with(role) for role in ROLES}
	missing = [role for role in NEEDED_ROLES if not held[role]]
	return Step(
		"roles",
		_("Roles"),
		TO_DO if missing else DONE,
		_("Nobody has: {0}.").format(", ".join(_(role) for role in missing))
		if missing
		else _("Each part of the service has users."),
		"roles",
		_("Give Roles"),
		((_("Users"), "List/User"),),
		tuple({"label": _(role), "value": len(users)} for role, users in held.items()),
	)


def _accounts(company: str | None) -> Step:
	routes = ((_("Service Categories"), "List/Service Category"),)
	if not company:
		text = _("There is no company. Complete the set-up of ERPNext first.")
		return Step(
			"accounts", _("Company and accounts"), TO_DO, text, routes=((_("Company"), "List/Company"),)
		)
	needed = ("default_income_account", "default_expense_account", "cost_center")
	meta = frappe.get_meta("Company")
	values = frappe.get_cached_value("Company", company, needed, as_dict=True)
	missing = [_(meta.get_label(fieldname)) for fieldname in needed if not values[fieldname]]
	text = (
		_("{0} lacks: {1}.").format(company, ", ".join(missing))
		if missing
		else _(
			"Jobs post to the default accounts of {0}. Service categories can have accounts of their own."
		).format(company)
	)
	return Step(
		"accounts",
		_("Company and accounts"),
		TO_DO if missing else DONE,
		text,
		routes=((company, f"Form/Company/{company}"), *routes),
	)


def _labour(settings: Document) -> Step:
	title = _("Price of labour")
	rate = settings.labour_item and first_records.price_of(settings.labour_item)
	if not settings.labour_item:
		text = _("An hour of work needs an item and a price before a job can be billed.")
	elif not rate:
		text = _("{0} has no price in {1}.").format(settings.labour_item, first_records.price_list())
	else:
		text = _("{0}: {1} per hour.").format(
			settings.labour_item, frappe.utils.fmt_money(rate, currency=first_records.currency())
		)
	return Step("labour", title, DONE if rate else TO_DO, text, "labour", _("Set Price"))


def _technician() -> Step:
	people = frappe.get_all(
		"Service Technician", {"is_active": 1}, ["name"], order_by="creation asc", pluck="name"
	)
	with_skills = set(
		frappe.get_all("Technician Skill", {"parent": ("in", people or [""])}, pluck="parent", distinct=True)
	)
	without = [name for name in people if name not in with_skills]
	if not people:
		text = _("Visits and repairs are done by technicians. Add the first one.")
	elif without:
		text = _("Without skills nobody can be dispatched: {0}.").format(", ".join(without))
	else:
		text = ", ".join(people[:5])
	return Step(
		"technician",
		_("Technicians and skills"),
		DONE if people and not without else TO_DO,
		text,
		"technician",
		_("Add Technician"),
		((_("Technicians"), "List/Service Technician"),),
	)


def _hours(settings: Document) -> Step:
	calendar = settings.working_calendar
	holidays = calendar and frappe.get_cached_value("Service Calendar", calendar, "holiday_list")
	if not calendar:
		text = _("Choose the calendar in which technicians work.")
	elif not holidays:
		text = _("{0} has no holiday list: every working day counts.").format(_(calendar))
	else:
		text = _("{0}, holidays from {1}.").format(_(calendar), holidays)
	routes = ((_(calendar), f"Form/Service Calendar/{calendar}"),) if calendar else ()
	return Step(
		"hours",
		_("Working hours"),
		DONE if calendar else TO_DO,
		text,
		routes=routes or ((_("Settings"), f"Form/{SETTINGS}"),),
	)


def _zones() -> Step:
	zones = frappe.get_all("Service Zone", pluck="name", order_by="name asc")
	return Step(
		"zones",
		_("Service zones"),
		DONE if zones else TO_DO,
		", ".join(_(zone) for zone in zones[:4]) or _("Zones decide how soon a technician arrives."),
		routes=((_("Zones"), "List/Service Zone"),),
	)


def _quality_check(settings: Document) -> Step:
	people = frappe.db.count("Service Technician", {"is_active": 1})
	allowed = cint(settings.own_check_allowed)
	if allowed:
		text = _("The repairer may verify the repair and signs for it.")
	elif people == 1:
		text = _("With one technician nobody else can verify a repair. Allow the signed own check.")
	else:
		text = _("A second person verifies each repair.")
	return Step(
		"quality_check",
		_("Quality check"),
		TO_DO if people == 1 and not allowed else DONE,
		text,
		"own_check_allowed",
		_("Require a Second Person") if allowed else _("Allow Own Check"),
		on=allowed,
	)


def _messages(settings: Document) -> Step:
	on = cint(settings.send_customer_messages)
	account = _outgoing_account()
	if on and account:
		text = _("Customers are told of appointments, estimates and finished repairs by {0}.").format(account)
	elif on:
		text = _("Messages are on, but there is no outgoing e-mail account.")
	else:
		text = _("Messages are off: customers hear nothing of appointments and estimates.")
	return Step(
		"messages",
		_("Messages to customers"),
		DONE if on and account else (TO_DO if on else OPTIONAL),
		text,
		"send_customer_messages",
		_("Switch Off") if on else _("Switch On"),
		((_("E-mail Accounts"), "List/Email Account"), (_("Notifications"), "List/Notification")),
		on=on,
	)


def _workflows() -> Step:
	active = dict(
		frappe.get_all("Workflow", {"name": ("in", WORKFLOWS)}, ["name", "is_active"], as_list=True)
	)
	rows = tuple(
		{"name": name, "label": _(name), "value": cint(active[name])} for name in WORKFLOWS if name in active
	)
	return Step(
		"workflows",
		_("Workflows"),
		OPTIONAL,
		_(
			"Without a workflow each form has its own buttons. With one, its states, transitions and roles are yours to "
			"change, and the buttons are the workflow's actions."
		),
		"workflows",
		"",
		((_("Workflows"), "List/Workflow"),),
		rows,
	)


def _sample() -> bool:
	return bool(frappe.db.get_global("aftersales_sample"))


# ---------------------------------------------------------------------------------- helpers


def _company(settings: Document) -> str | None:
	return settings.default_company or frappe.db.get_single_value("Global Defaults", "default_company")


def _users_with(role: str) -> list[str]:
	holder, user = frappe.qb.DocType("Has Role"), frappe.qb.DocType("User")
	return (
		frappe.qb.from_(holder)
		.join(user)
		.on(user.name == holder.parent)
		.select(user.name)
		.where((holder.role == role) & (user.enabled == 1) & user.name.notin(("Administrator", "Guest")))
		.run(pluck=True)
	)


def _outgoing_account() -> str | None:
	return frappe.db.get_value("Email Account", {"enable_outgoing": 1, "default_outgoing": 1}, "name")
