app_name = "aftersales"
app_title = "After-sales"
app_publisher = "Aftersales contributors"
app_description = "After-sales service on ERPNext: repair calls, visits, workshop, spare parts, follow-up"
app_email = "aftersales@example.com"
app_license = "GPL-3.0"

required_apps = ["frappe/erpnext"]
export_python_type_annotations = True

add_to_apps_screen = [
	{
		"name": "aftersales",
		"logo": "/assets/aftersales/images/aftersales.svg",
		"title": "After-sales",
		"route": "/app/aftersales",
		"has_permission": "aftersales.setup.apps_screen.has_permission",
	}
]

app_include_js = "aftersales.bundle.js"
app_include_css = "aftersales.bundle.css"

# Version 16: one sidebar for the app; where a session of the desk begins
extend_bootinfo = [
	"aftersales.setup.desk_sidebars.leave_the_shipped_one",
	"aftersales.setup.home_pages.tell_desk",
]

# Customers land on their service pages and find them in the menu of the portal
role_home_page = {"Customer": "aftersales"}
portal_menu_items = [{"title": "Service", "route": "/aftersales", "role": "Customer"}]

# What Frappe 15 lacks; MariaDB 11.6.2 and newer: locking reads see what others have committed
before_request = ["aftersales.core.compat.prepare", "aftersales.core.transactions.read_what_is_committed"]
before_job = ["aftersales.core.compat.prepare", "aftersales.core.transactions.read_what_is_committed"]
after_request = ["aftersales.core.transactions.tell_of_collision"]

# What Delete Transactions of a company leaves alone: masters, as ERPNext's own
company_data_to_be_ignored = [
	"Customer Equipment",
	"Loaner Warehouse",
	"Maintenance Plan",
	"Periodic Visit Plan",
	"Service Billing Account",
	"Service Category Account",
	"Service Goal",
	"Service Price",
	"Service Target",
	"Service Technician",
	"Warranty Terms",
]

# What an administrator should look after, shown on Aftersales Settings (setup/checks.py)
aftersales_setup_checks = [
	"aftersales.setup.checks.host_name",
	"aftersales.setup.checks.classes",
	"aftersales.setup.site_checks.signing_key",
	"aftersales.setup.site_checks.scheduler",
	"aftersales.setup.site_checks.queue",
	"aftersales.setup.site_checks.mail_account",
	"aftersales.setup.site_checks.serial_numbers",
	"aftersales.setup.site_checks.print_of_invoices",
	"aftersales.setup.level_checks.holiday_lists_ending",
	"aftersales.setup.level_checks.calendars_without_time",
	"aftersales.setup.level_checks.people_without_email",
]

# Installation
before_install = "aftersales.install.before_install"
after_install = "aftersales.install.after_install"
after_sync = "aftersales.install.after_sync"
after_app_install = "aftersales.core.controllers.come_after_other_apps"
setup_wizard_complete = "aftersales.setup.defaults.complete_settings"
before_uninstall = "aftersales.uninstall.before_uninstall"

# What happens to documents of ERPNext that several rooms listen to is in erpnext_events, a file for each DocType
doc_events = {
	"*": {
		"on_submit": "aftersales.spare_parts.stock_leaving.validate_reserved_stock",
		"on_cancel": "aftersales.spare_parts.stock_leaving.validate_reserved_stock",
		"on_change": "aftersales.service_levels.clocks.track",
		"on_trash": "aftersales.service_levels.clocks.forget",
		"service_target_breached": "aftersales.service_quality.standards.deviations.target_breached",
	},
	# Documents whose status an administrator's workflow may lead; before the other functions of these events
	(
		"Collection Receipt",
		"Follow-up",
		"Loaner Issue",
		"Repair Call",
		"Repair Card",
		"Service Complaint",
		"Service Voucher",
		"Vendor Repair",
	): {
		"before_validate": "aftersales.service_levels.workflow_states.sync_status_from_workflow",
		"on_change": "aftersales.service_levels.workflow_states.sync_workflow_state",
	},
	# What User Permissions by territory and customer group restrict users by
	(
		"Campaign Product",
		"Campaign Recipient",
		"Collection Receipt",
		"Customer Equipment",
		"Follow-up",
		"Hosted Visit",
		"Planned Service",
		"Product Exchange",
		"Repair Call",
		"Repair Card",
		"Service Checklist",
		"Service Complaint",
		"Service Contract",
		"Service Payment",
		"Service Voucher",
		"Uncollected Product",
		"Warranty Registration",
	): {"validate": "aftersales.core.customer_scope.take_from_customer"},
	"Repair Call": {
		"before_validate": "aftersales.customer_portal.stored_messages.hide_links",
		"validate": "aftersales.service_quality.faults.join_known",
		"on_update": [
			"aftersales.customer_care.complaints.register_from_call",
			"aftersales.customer_care.follow_ups.follow_call",
			"aftersales.customer_portal.messages.call_saved",
			"aftersales.planned_service.following.call_saved",
			"aftersales.product_knowledge.articles.call_saved",
			"aftersales.product_knowledge.campaigns.call_saved",
			"aftersales.service_quality.standards.compensation.call_saved",
		],
		"on_change": "aftersales.service_calls.assignment.show_owner_from_rule",
	},
	"Service Standard": {
		"on_update": "aftersales.customer_portal.standards_page.forget",
		"on_trash": "aftersales.customer_portal.standards_page.forget",
	},
	"Service Voucher": {
		"before_insert": "aftersales.planned_service.following.fill_visit",
		"on_update": [
			"aftersales.service_checklists.checklists.job_saved",
			"aftersales.planned_service.following.visit_saved",
			"aftersales.field_service.subcontracting.orders.visit_saved",
		],
		"after_insert": "aftersales.field_service.subcontracting.orders.visit_amended",
		"before_submit": [
			"aftersales.service_calls.repair_methods.validate",
			"aftersales.service_checklists.checklists.before_submit",
		],
		"on_submit": [
			"aftersales.field_service.installations.visit_submitted",
			"aftersales.field_service.subcontracting.orders.visit_submitted",
			"aftersales.service_checklists.checklists.job_submitted",
		],
		"on_cancel": [
			"aftersales.field_service.installations.visit_cancelled",
			"aftersales.service_checklists.checklists.job_cancelled",
		],
		"on_trash": [
			"aftersales.field_service.subcontracting.orders.visit_deleted",
			"aftersales.service_checklists.checklists.job_deleted",
		],
	},
	"Subcontracted Visit": {"on_update": "aftersales.customer_portal.vendors.visit_orders.order_saved"},
	"Collection Receipt": {
		"before_validate": "aftersales.field_service.taken_along.give_values_to_receipt",
		"on_submit": [
			"aftersales.repair_workshop.workshop_intake.join_card",
			"aftersales.customer_portal.messages.receipt_submitted",
		],
		"before_cancel": "aftersales.repair_workshop.workshop_intake.validate_receipt_cancel",
		"on_cancel": "aftersales.repair_workshop.workshop_intake.release_cards",
	},
	"Repair Card": {
		"on_update": [
			"aftersales.customer_portal.messages.card_saved",
			"aftersales.service_checklists.checklists.job_saved",
		],
		"before_submit": [
			"aftersales.service_calls.repair_methods.validate",
			"aftersales.service_checklists.checklists.before_submit",
		],
		"on_submit": [
			"aftersales.customer_portal.messages.card_submitted",
			"aftersales.service_accounts.delay.propose",
			"aftersales.service_checklists.checklists.job_submitted",
		],
		"on_cancel": "aftersales.service_checklists.checklists.job_cancelled",
		"on_trash": "aftersales.service_checklists.checklists.job_deleted",
		"on_change": "aftersales.repair_workshop.uncollected.card_changed",
		"on_update_after_submit": "aftersales.service_accounts.delay.propose",
	},
	"Follow-up": {
		"on_update": "aftersales.customer_care.commendations.follow_up_saved",
		"on_change": "aftersales.service_calls.assignment.show_owner_from_rule",
	},
	"Service Complaint": {
		"on_update": "aftersales.customer_portal.messages.complaint_saved",
		"on_change": "aftersales.service_calls.assignment.show_owner_from_rule",
	},
	"Customer": {
		"on_update": "aftersales.erpnext_events.customer.on_update",
		"before_rename": "aftersales.erpnext_events.customer.before_rename",
		"after_rename": "aftersales.erpnext_events.customer.after_rename",
		"on_trash": "aftersales.erpnext_events.customer.on_trash",
	},
	"Contact": {
		"validate": "aftersales.customer_portal.customers.validate_contact_links",
		"on_update": "aftersales.installed_base.search_keys.of_contact",
		"on_trash": "aftersales.installed_base.search_keys.forget",
	},
	"Address": {"validate": "aftersales.erpnext_events.address.validate"},
	"Dynamic Link": {
		"before_insert": "aftersales.customer_portal.customers.validate_link_row",
		"validate": "aftersales.customer_portal.customers.validate_link_row",
		"on_trash": "aftersales.customer_portal.customers.validate_link_row",
	},
	"Customer Equipment": {
		"on_update": [
			"aftersales.installed_base.search_keys.of_equipment",
			"aftersales.planned_service.following.product_saved",
			"aftersales.product_knowledge.campaign_products.product_saved",
		],
		"after_rename": [
			"aftersales.installed_base.meters.renaming.product_renamed",
			"aftersales.service_contracts.contract_products.remove_duplicates",
			"aftersales.planned_service.following.join_products",
			"aftersales.product_knowledge.campaign_products.product_renamed",
		],
		"on_trash": [
			"aftersales.planned_service.following.product_deleted",
			"aftersales.installed_base.search_keys.forget",
		],
	},
	"Meter Reading": {"after_insert": "aftersales.planned_service.metering.follow_reading"},
	"Service Technician": {
		"validate": "aftersales.spare_parts.vans.check_van_stock",
		"on_update": "aftersales.field_service.leavers.technician_saved",
	},
	"Purchase Order": {
		"before_insert": "aftersales.erpnext_events.purchase_order.before_insert",
		"on_change": "aftersales.erpnext_events.purchase_order.on_change",
		"on_cancel": "aftersales.erpnext_events.purchase_order.on_cancel",
		"on_trash": "aftersales.erpnext_events.purchase_order.on_trash",
	},
	"Non Conformance": {
		"validate": "aftersales.service_quality.faults.set_fault_key",
		"on_update": "aftersales.service_quality.faults.pass_on",
	},
	"Company": {
		"on_trash": [
			"aftersales.service_setup.companies.forget_company",
			"aftersales.customer_goods.loaners.forget_warehouses_of",
		]
	},
	"Fault Code": {"after_rename": "aftersales.service_quality.faults.take_names_along"},
	"Item": {
		"before_rename": "aftersales.spare_parts.parts.join_spare_parts",
		"after_rename": "aftersales.spare_parts.parts.take_name_of_item",
	},
	"Communication": {
		"before_insert": "aftersales.service_desk.mail.conversation.before_insert",
		"before_validate": "aftersales.customer_portal.stored_messages.seal_communication",
		"after_insert": "aftersales.service_desk.mail.conversation.after_insert",
	},
	"Call Log": {
		"validate": "aftersales.service_desk.telephone.call_logs.validate",
		"after_insert": "aftersales.service_desk.telephone.call_logs.on_change",
		"on_update": "aftersales.service_desk.telephone.call_logs.on_change",
	},
	"Comment": {"before_validate": "aftersales.customer_portal.stored_messages.hide_links"},
	"SMS Log": {"before_validate": "aftersales.customer_portal.stored_messages.hide_links"},
	"Notification Log": {"before_validate": "aftersales.customer_portal.stored_messages.hide_links"},
	"Personal Data Deletion Request": {"on_update": "aftersales.privacy.requests.erase_for_request"},
	"Personal Data Download Request": {"after_insert": "aftersales.privacy.requests.add_service_data"},
	"Email Queue": {"before_insert": "aftersales.customer_portal.stored_messages.seal_mail"},
	"Workflow": {"on_update": "aftersales.service_levels.workflow_states.initialise_workflow_states"},
	"Service Calendar": {"on_update": "aftersales.service_levels.targets.clear_cache"},
	# HRMS, where it is installed
	"Training Result": {
		"on_submit": "aftersales.service_staff.trainings.result_submitted",
		"on_cancel": "aftersales.service_staff.trainings.result_cancelled",
	},
	"Employee": {"on_update": "aftersales.field_service.leavers.employee_saved"},
	"User": {"on_update": "aftersales.field_service.leavers.user_saved"},
	"Holiday List": {"on_update": "aftersales.service_levels.targets.clear_cache"},
	"ToDo": {"after_insert": "aftersales.service_calls.assignment.take_owner_from_rule"},
	"Stock Ledger Entry": {
		"on_submit": "aftersales.erpnext_events.stock_ledger_entry.on_submit",
	},
	"Role": {"before_import": "aftersales.setup.roles.restore_role_settings"},
	"Stock Entry": {
		"before_insert": "aftersales.erpnext_events.stock_entry.before_insert",
		"validate": "aftersales.erpnext_events.stock_entry.validate",
		"after_insert": "aftersales.erpnext_events.stock_entry.after_insert",
		"on_submit": "aftersales.erpnext_events.stock_entry.on_submit",
		"on_cancel": "aftersales.erpnext_events.stock_entry.on_cancel",
		"on_trash": "aftersales.erpnext_events.stock_entry.on_trash",
	},
	"Delivery Note": {
		"before_insert": "aftersales.erpnext_events.delivery_note.before_insert",
		"before_validate": "aftersales.erpnext_events.delivery_note.before_validate",
		"validate": "aftersales.erpnext_events.delivery_note.validate",
		"after_insert": "aftersales.erpnext_events.delivery_note.after_insert",
		"on_submit": "aftersales.erpnext_events.delivery_note.on_submit",
		"on_cancel": "aftersales.erpnext_events.delivery_note.on_cancel",
		"on_trash": "aftersales.erpnext_events.delivery_note.on_trash",
	},
	"Sales Invoice": {
		"before_insert": "aftersales.erpnext_events.sales_invoice.before_insert",
		"before_validate": "aftersales.erpnext_events.sales_invoice.before_validate",
		"validate": "aftersales.erpnext_events.sales_invoice.validate",
		"after_insert": "aftersales.erpnext_events.sales_invoice.after_insert",
		"on_update": "aftersales.erpnext_events.sales_invoice.on_update",
		"on_change": "aftersales.erpnext_events.sales_invoice.on_change",
		"on_submit": "aftersales.erpnext_events.sales_invoice.on_submit",
		"before_cancel": "aftersales.erpnext_events.sales_invoice.before_cancel",
		"on_cancel": "aftersales.erpnext_events.sales_invoice.on_cancel",
		"on_trash": "aftersales.erpnext_events.sales_invoice.on_trash",
	},
	"Fiscal Year": {
		"on_update": "aftersales.service_posting.fiscal_years.forget",
		"on_trash": "aftersales.service_posting.fiscal_years.forget",
	},
	"Subscription": {"validate": "aftersales.service_contracts.fee_invoices.set_next_period"},
	"Sales Order": {"on_change": "aftersales.service_quality.standards.paid_orders.order_changed"},
	"Quotation": {
		"before_validate": "aftersales.erpnext_events.quotation.before_validate",
		"after_insert": "aftersales.erpnext_events.quotation.after_insert",
		"on_change": "aftersales.erpnext_events.quotation.on_change",
	},
	"Journal Entry": {
		"before_insert": "aftersales.erpnext_events.journal_entry.before_insert",
		"validate": "aftersales.erpnext_events.journal_entry.validate",
		"after_insert": "aftersales.erpnext_events.journal_entry.after_insert",
		"on_cancel": "aftersales.erpnext_events.journal_entry.on_cancel",
		"on_trash": "aftersales.erpnext_events.journal_entry.on_trash",
	},
	"Purchase Invoice": {
		"before_insert": "aftersales.erpnext_events.purchase_invoice.before_insert",
		"validate": "aftersales.erpnext_events.purchase_invoice.validate",
		"after_insert": "aftersales.erpnext_events.purchase_invoice.after_insert",
		"on_submit": "aftersales.erpnext_events.purchase_invoice.on_submit",
		"on_cancel": "aftersales.erpnext_events.purchase_invoice.on_cancel",
		"on_trash": "aftersales.erpnext_events.purchase_invoice.on_trash",
	},
	"Payment Request": {
		"on_payment_authorized": "aftersales.erpnext_events.payment_request.on_payment_authorized"
	},
	"Payment Entry": {
		"before_insert": "aftersales.erpnext_events.payment_entry.before_insert",
		"before_validate": "aftersales.erpnext_events.payment_entry.before_validate",
		"validate": "aftersales.erpnext_events.payment_entry.validate",
		"after_insert": "aftersales.erpnext_events.payment_entry.after_insert",
		"before_submit": "aftersales.erpnext_events.payment_entry.before_submit",
		"on_submit": "aftersales.erpnext_events.payment_entry.on_submit",
		"on_change": "aftersales.erpnext_events.payment_entry.on_change",
		"on_cancel": "aftersales.erpnext_events.payment_entry.on_cancel",
		"on_trash": "aftersales.erpnext_events.payment_entry.on_trash",
	},
}

# What repairs a customer's product: the rooms below ask them what was repaired, and what is warranted
aftersales_job_doctypes = ["Service Voucher", "Repair Card"]

# Numbers that are in a product and lead to its file: product files → numbers of each
aftersales_numbers_in_products = ["aftersales.service_calls.entitlement.fitted_numbers.numbers_of_products"]

# The technician's app: who is told when a technician sets out (visit, minutes until arrival), acts of rooms above, and
# what of theirs goes along
aftersales_technician_sets_out = ["aftersales.customer_portal.messages.on_the_way"]
aftersales_technician_acts = {"take_payment": "aftersales.service_cash.payments.on_phone.take_payment"}
aftersales_technician_parcel = ["aftersales.service_cash.payments.on_phone.of_visits"]

# What rooms tell of the life of a product: product file → events
aftersales_product_events = [
	"aftersales.installed_base.life.of_file",
	"aftersales.service_calls.product_events.of_product",
	"aftersales.field_service.product_events.of_product",
	"aftersales.planned_service.product_events.of_product",
	"aftersales.product_knowledge.product_events.of_product",
	"aftersales.customer_goods.refurbishing.history.of_product",
]

# Their documents look after the product's file themselves
aftersales_product_file_by = ["Product Exchange"]

# Jobs are not cancelled by the way when one of their documents is
auto_cancel_exempted_doctypes = [
	"Service Voucher",
	"Repair Card",
	"Collection Receipt",
	"Loaner Issue",
	"Vendor Repair",
	"Technician Cash Handover",
	"Service Payment",
	"Product Exchange",
	"Product Refurbishment",
	"Core Return",
	"Warranty Recovery Claim",
	"Damage Claim",
	"Delay Compensation",
]

# The log of a billing run and a link without login hold nothing back
ignore_links_on_delete = [
	"Billing Run Entry",
	"Service Link",
	"Technician Act",
	"Technician Phone",
	"Technician Upload",
]

# The calls of a Non Conformance are among its connections, products and jobs among those of customer, item and serial
override_doctype_dashboards = {
	"Customer": "aftersales.service_desk.product_connections.customer",
	"Item": "aftersales.service_desk.product_connections.item",
	"Non Conformance": "aftersales.service_quality.faults.dashboard",
	"Serial No": "aftersales.service_desk.product_connections.serial_no",
}

# A technician sees and edits their own calls and visits; rows are read with the rights on their document
permission_query_conditions = {
	"*": "aftersales.core.input.child_row.only_of_readable_parents",
	"Product Exchange": "aftersales.core.read_with.query_conditions",
	"Repair Call": "aftersales.service_calls.permissions.call_query_conditions",
	"Service Checklist": "aftersales.core.read_with.query_conditions",
	"Service Payment": "aftersales.core.read_with.query_conditions",
	"Service Voucher": "aftersales.field_service.permissions.voucher_query_conditions",
	"Staff Monthly Record": "aftersales.service_desk.staff_months.staff_months.query_conditions",
	"Staff Record": "aftersales.service_staff.conduct.query_conditions",
	"Tag Link": "aftersales.core.checked_endpoints.only_tags_of_readable_documents",
	"Technician Exam": "aftersales.service_staff.conduct.query_conditions",
}
has_permission = {
	"Product Exchange": "aftersales.core.read_with.has_permission",
	"Repair Call": "aftersales.service_calls.permissions.has_call_permission",
	"Service Checklist": "aftersales.core.read_with.has_permission",
	"Service Payment": "aftersales.core.read_with.has_permission",
	"Service Voucher": "aftersales.field_service.permissions.has_voucher_permission",
	"Staff Monthly Record": "aftersales.service_desk.staff_months.staff_months.has_permission",
	"Staff Record": "aftersales.service_staff.conduct.has_permission",
	"Tag Link": "aftersales.core.checked_endpoints.has_tag_permission",
	"Technician Exam": "aftersales.service_staff.conduct.has_permission",
}

# What rooms above the calls answer for them: work that keeps a call open (names of documents of a call),
# and the calls that technicians of a role have to do with (query for their names)
aftersales_open_work = {
	"Service Voucher": "aftersales.field_service.visits.open_vouchers_of_call",
	"Collection Receipt": "aftersales.customer_goods.custody.unrecovered_receipts_of_call",
	"Repair Card": "aftersales.repair_workshop.cards.open_cards_of_call",
	"Loaner Issue": "aftersales.customer_goods.loaners.outstanding_of_call",
}
aftersales_calls_of_technician = {
	"Service Technician": [
		"aftersales.field_service.visits.calls_visited_by",
		"aftersales.field_service.crew.crews.calls_of_crew",
	],
	"Workshop Technician": [
		"aftersales.repair_workshop.cards.calls_in_workshop",
		"aftersales.customer_goods.custody.calls_taken_in",
	],
}

# A product that is sent out cannot be worked on, checked or returned
aftersales_validate_product_is_here = ["aftersales.vendor_repairs.vendor_repairs.validate_not_at_vendor"]

# Jobs for which parts are reserved, in the order in which they are served: names of jobs → the same, sorted
aftersales_reserving_jobs = {"Repair Card": "aftersales.repair_workshop.cards.in_order_of_promise"}

# Whom a step of a target means by the assignee, besides the document's owner and assignments
aftersales_users_of_document = ["aftersales.service_staff.technicians.users_assigned"]

# What a document's targets may ask of the document it belongs to: link field → function
aftersales_target_facts = {"repair_call": "aftersales.service_calls.calls.facts_for_targets"}

# Figures of rooms above that a Service Goal can be set for: first and last day, company -> value
aftersales_goal_figures = {"courtesy": "aftersales.service_desk.staff_months.agent_figures.mean_courtesy"}

# Frappe answers these without asking for rights on the document
override_whitelisted_methods = {
	"frappe.desk.search.get_link_title": "aftersales.core.checked_endpoints.get_link_title",
	"frappe.desk.search.search_link": "aftersales.core.checked_endpoints.search_link",
	"frappe.desk.search.search_widget": "aftersales.core.checked_endpoints.search_widget",
	"frappe.desk.listview.get_group_by_count": "aftersales.core.checked_endpoints.get_group_by_count",
	"frappe.utils.global_search.search": "aftersales.core.checked_endpoints.global_search",
	"frappe.desk.doctype.tag.tag.get_tagged_docs": "aftersales.core.checked_endpoints.get_tagged_docs",
	"frappe.core.doctype.data_import.data_import.download_template": "aftersales.core.checked_endpoints.download_template",
	"frappe.core.doctype.data_export.exporter.export_data": "aftersales.core.checked_endpoints.export_data",
}

# Service clocks that have fallen due; repair cards whose parts have come
scheduler_events = {
	"cron": {
		"* * * * *": ["aftersales.service_levels.sweep.sweep"],
		"*/5 * * * *": [
			"aftersales.service_billing.billing_resume.resume_interrupted",
			"aftersales.service_desk.register_import.resume.resume_interrupted",
			"aftersales.visit_planning.proposing.resume_interrupted",
		],
		"*/15 * * * *": ["aftersales.customer_portal.appointments.visit_messages.send_due"],
	},
	"hourly": [
		"aftersales.repair_workshop.parts_supply.serve_waiting_cards",
		"aftersales.service_cash.payments.requests.book_completed",
		"aftersales.product_knowledge.campaigns.resume_all",
	],
	"daily": [
		"aftersales.spare_parts.reservations.recount",
		"aftersales.customer_portal.messages.send_due_surveys",
		"aftersales.customer_portal.messages.remind_of_loaners",
		"aftersales.repair_workshop.uncollected.note_all",
		"aftersales.customer_portal.messages.remind_of_uncollected",
		"aftersales.customer_care.periodic_visits.plan_all",
		"aftersales.service_contracts.contracts.roll_over",
		"aftersales.service_contracts.fee_invoices.invoice_due_fees",
		"aftersales.service_quality.faults.raise_recurring",
		"aftersales.service_quality.standards.deviations.enter_missed_goals",
		"aftersales.field_service.leavers.remind_of_locked_out_owners",
	],
	"daily_long": [
		"aftersales.privacy.retention.erase_what_is_over",
		"aftersales.planned_service.nightly.plan_and_call",
		"aftersales.service_desk.staff_months.staff_months.write_last_month",
		"aftersales.service_quality.management.management_report.send_monthly",
	],
}

# What of a person Frappe gives out and erases by the e-mail address; the rest of a case in privacy/requests.py
user_data_fields = [
	{
		"doctype": "Repair Call",
		"filter_by": "contact_email",
		"redact_fields": ["contact_name", "contact_phone"],
	},
	{
		"doctype": "Service Complaint",
		"filter_by": "contact_email",
		"redact_fields": ["contact_name", "contact_phone"],
	},
	{
		"doctype": "Loaner Issue",
		"filter_by": "contact_email",
		"redact_fields": ["contact_name", "contact_phone"],
	},
]

# Links without login that open nothing any more; the days are the site's (Log Settings)
default_log_clearing_doctypes = {"Service Link": 90, "Technician Act": 365, "Technician Upload": 60}

# ERPNext adds the fields of an accounting dimension to these as well
accounting_dimension_doctypes = [
	"Service Voucher",
	"Repair Card",
	"Service Labour Line",
	"Service Part Line",
	"Service Contract",
	"Technician Cash Handover",
	"Damage Claim",
	"Delay Compensation",
	"Warranty Recovery Claim",
]

# What the forms of calls, visits, receipts and cards share
doctype_js = {
	"Address": "public/js/address_place.js",
	"Appraisal": "public/js/appraisal.js",
	"Customer Equipment": "public/js/product_help.js",
	"Repair Call": [
		"public/js/job_forms.js",
		"public/js/service_levels.js",
		"public/js/customer_links.js",
		"public/js/product_help.js",
		"public/js/part_sales.js",
		"public/js/service_payments.js",
		"public/js/emergency_visit.js",
	],
	"Follow-up": [
		"public/js/job_forms.js",
		"public/js/service_levels.js",
		"public/js/follow_up_calls.js",
		"public/js/customer_links.js",
	],
	"Service Complaint": ["public/js/job_forms.js", "public/js/service_levels.js"],
	"Service Voucher": [
		"public/js/job_forms.js",
		"public/js/part_search.js",
		"public/js/finish_visit.js",
		"public/js/service_levels.js",
		"public/js/customer_links.js",
		"public/js/product_help.js",
		"public/js/visit_quotes.js",
		"public/js/service_payments.js",
	],
	"Collection Receipt": ["public/js/job_forms.js", "public/js/service_levels.js"],
	"Repair Card": [
		"public/js/job_forms.js",
		"public/js/part_search.js",
		"public/js/repair_steps.js",
		"public/js/service_levels.js",
		"public/js/customer_links.js",
		"public/js/product_help.js",
		"public/js/service_payments.js",
	],
	"Service Contract": "public/js/job_forms.js",
	"Loaner Issue": "public/js/job_forms.js",
	"Non Conformance": "public/js/shared_case.js",
	"Service Payment": "public/js/job_forms.js",
	"Product Exchange": "public/js/job_forms.js",
	"Product Refurbishment": "public/js/job_forms.js",
	"Core Return": ["public/js/job_forms.js", "public/js/maker_answers.js"],
	"Vendor Repair": "public/js/job_forms.js",
	"Staff Record": "public/js/job_forms.js",
	"Warranty Recovery Claim": "public/js/maker_answers.js",
	"Service Category": "public/js/restore_shipped.js",
	"Service Request Type": "public/js/restore_shipped.js",
	"Follow-up Rule": "public/js/restore_shipped.js",
	"Periodic Visit Plan": "public/js/restore_shipped.js",
	"Service Zone": "public/js/restore_shipped.js",
	"Fault Code": "public/js/restore_shipped.js",
	"Issue Priority": "public/js/restore_shipped.js",
	"Service Calendar": "public/js/restore_shipped.js",
	"Service Goal": "public/js/restore_shipped.js",
	"Service Target": ["public/js/job_forms.js", "public/js/restore_shipped.js"],
	"Workflow": "public/js/restore_shipped.js",
	"Notification": "public/js/restore_shipped.js",
	"Customer Message": "public/js/restore_shipped.js",
	"Email Template": "public/js/restore_shipped.js",
	"Service Level Agreement": "public/js/import_agreement.js",
	"Sales Invoice": "public/js/delay_proposal.js",
}

# Service clocks on lists
doctype_list_js = {
	"Repair Call": "public/js/service_levels.js",
	"Service Voucher": "public/js/service_levels.js",
	"Collection Receipt": "public/js/service_levels.js",
	"Repair Card": "public/js/service_levels.js",
	"Follow-up": ["public/js/service_levels.js", "public/js/follow_up_calls.js"],
	"Service Complaint": "public/js/service_levels.js",
}

# What print formats show
jinja = {
	"methods": [
		"aftersales.installed_base.equipment.qr_data_uri",
		"aftersales.printing.aftersales_bill",
		"aftersales.printing.aftersales_checklists",
		"aftersales.printing.aftersales_code",
		"aftersales.printing.aftersales_conditions",
		"aftersales.printing.aftersales_is_for_customer",
		"aftersales.printing.aftersales_hours",
		"aftersales.printing.aftersales_invoice",
		"aftersales.printing.aftersales_moment",
		"aftersales.printing.aftersales_place",
		"aftersales.printing.aftersales_product",
		"aftersales.printing.aftersales_quantity",
		"aftersales.printing.aftersales_signature",
		"aftersales.printing.aftersales_taken_in",
		"aftersales.printing.aftersales_vendor",
		"aftersales.printing.aftersales_waiting",
	]
}

# Signed links are in a mail only while it is sent; a mail that comes in knows what a call is
override_doctype_class = {
	"Email Account": "aftersales.service_desk.mail.account.SiteEmailAccount",
	"Email Queue": "aftersales.customer_portal.stored_messages.SiteEmailQueue",
}

# Messages to customers say that they are automatic
make_email_body_message = ["aftersales.customer_portal.messages.mark_automatic"]

# Customers' pages; the technician's app; where the QR code on a product or on a tag leads
page_renderer = [
	"aftersales.customer_portal.pages.CustomerPages",
	"aftersales.field_service.mobile.page.TechnicianApp",
]
website_route_rules = [{"from_route": "/scan/<path:tag>", "to_route": "scan"}]
