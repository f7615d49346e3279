"""The sentence for each reason why a job cannot be posted: what is wrong, and what to set."""

from frappe import _, bold
from frappe.utils import escape_html

from aftersales.core.source_text import N_
from aftersales.service_posting.plan.posting_types import Problem

SENTENCES = {
	"part_without_quantity": N_("Parts row {row}: set a quantity above zero for {item}."),
	"part_without_warehouse": N_(
		"Parts row {row}: set From Warehouse for {item}, or the van warehouse of the technician or the parts warehouse of the card."
	),
	"serials_do_not_match": N_(
		"Parts row {row}: {item} is serialised. Enter {qty} serial numbers, one per line (given: {given})."
	),
	"serial_twice": N_("Parts row {row}: the same serial number of {item} is entered twice."),
	"serial_on_two_lines": N_(
		"Parts row {row}: serial number {serial} of {item} is already entered on another line."
	),
	"serial_unknown": N_("Parts row {row}: there is no Serial No {serial} of item {item}."),
	"serial_elsewhere": N_(
		"Parts row {row}: Serial No {serial} of {item} is not in {warehouse} but in {found}. Choose that warehouse or another serial number."
	),
	"serial_not_in_stock": N_("Parts row {row}: Serial No {serial} of {item} is not in stock."),
	"batch_missing": N_("Parts row {row}: {item} is kept in batches. Set the Batch."),
	"batch_of_other_item": N_("Parts row {row}: Batch {batch} does not belong to {item}."),
	"batch_expired": N_("Parts row {row}: Batch {batch} of {item} expired on {until}. Choose another one."),
	"not_enough_stock": N_(
		"Part {item}: {needed} needed from {warehouse}, {available} there. Transfer stock, or choose another warehouse or a substitute."
	),
	"set_aside_for_others": N_(
		"Part {item}: {needed} needed from {warehouse}, {free} available there; the rest is reserved for other jobs. Request the part, or choose another warehouse or a substitute."
	),
	"bundle_serials": N_(
		"Parts row {row}: product bundle {item} contains {component}, which is serialised. Enter {qty} serial numbers of it in Serial No Fitted, one per line (given: {given})."
	),
	"bundle_serial_of_other_item": N_(
		"Parts row {row}: Serial No {serial} belongs to no item of product bundle {item}. Enter serial numbers of the items it contains."
	),
	"bundle_batch": N_(
		"Parts row {row}: product bundle {item} contains {component}, which is kept in batches. Set a Batch of it, or enter the items of the bundle as parts of their own."
	),
	"bundle_tracked_by_delivery_note": N_(
		"Parts row {row}: product bundle {item} contains {component}, which has serial numbers or batches, and the parts of this customer leave stock by a Delivery Note. Enter the items of the bundle as separate parts."
	),
	"labour_is_bundle": N_(
		"Labour row {row}: {item} is a product bundle with stocked items. Enter it under Parts, so that they leave stock."
	),
	"item_disabled": N_("Item {item} is disabled. Choose a substitute, or enable it in the Item."),
	"item_not_sold": N_(
		"Item {item} cannot be sold. Tick Allow Sales in the Item, or change who it is charged to."
	),
	"warehouse_of_other_company": N_(
		"Parts row {row}: warehouse {warehouse} belongs to {found}, not to {company}."
	),
	"warehouse_unusable": N_(
		"Parts row {row}: warehouse {warehouse} is disabled or a group. Choose another one."
	),
	"labour_without_item": N_(
		"Labour row {row}: set Billing Item, or the Labour Item and Travel Item in Aftersales Settings."
	),
	"customer_missing": N_("Set Customer: a line is charged to the customer."),
	"category_missing": N_(
		"No enabled Service Category is charged to {charge_to}. Create one, or change the line."
	),
	"expense_account_missing": N_(
		"Service Category {category}: set the Parts Expense Account for company {company}."
	),
	"income_account_missing": N_(
		"Service Category {category}: set the Income Account for company {company}, or the Default Income Account of item {item}, of its group or of the company."
	),
	"cost_account_missing": N_(
		"Service Category {category}: set the Parts Expense Account for company {company}, or the Default Expense Account of item {item}, of its group or of the company."
	),
	"labour_accounts_incomplete": N_(
		"Service Category {category}: set both Labour Expense Account and Labour Recovery Account for company {company}, or neither."
	),
	"account_unusable": N_(
		"Service Category {category}: account {account} is disabled, a group, or of another company than {company}. Choose another one."
	),
	"cost_center_unusable": N_(
		"Service Category {category}: cost center {cost_center} is disabled, a group, or of another company than {company}. Choose another one."
	),
	"sales_order_required": N_(
		"Selling Settings demand a Sales Order before an invoice. Allow customer {customer} to be invoiced without one, in the Customer."
	),
	"customer_disabled": N_("Customer {customer} is disabled or frozen. Enable the customer before posting."),
	"period_closed": N_(
		"Accounting Period {period} is closed for {document}. Open it there, or post after {until}."
	),
	"stock_frozen": N_(
		"Stock is frozen up to {until}. Set an earlier date in Stock Settings, or ask a user with the role named there to post."
	),
	"no_fiscal_year": N_(
		"No Fiscal Year of {company} contains {today}: create it (Accounting > Fiscal Year), then post again."
	),
	"accounts_frozen": N_(
		"The accounts of {company} are frozen up to {until}. Set an earlier date in Accounts Settings (version 16: in the Company), or ask a user with the role named there to post."
	),
	"excess_item_missing": N_(
		"Service Contract {contract} has an excess: set the Excess Item in Aftersales Settings, tab Billing."
	),
	"no_price": N_(
		"Item {item} has no price in price list {price_list}. Add an Item Price, or set the rate on the line."
	),
}


def problem_message(problem: Problem) -> str:
	"""Translated text of `problem`; the values it names are escaped."""
	values = {
		key: bold(escape_html(value)) if isinstance(value, str) else value
		for key, value in problem.values.items()
	}
	return _(SENTENCES[problem.code]).format(**values)
