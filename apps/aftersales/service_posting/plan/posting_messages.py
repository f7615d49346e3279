"""The sentence for each reason why a job cannot be posted: what is wrong, and what to set."""

from frappe import _, bold
from frappe.utils import escape_html

from aftersales.service_posting.plan.posting_plan import Problem


def problem_message(problem: Problem) -> str:
	"""Translated text of `problem`; the values it names are escaped."""
	values = {
		key: bold(escape_html(value)) if isinstance(value, str) else value
		for key, value in problem.values.items()
	}
	return _template(problem.code).format(**values)


def _template(code: str) -> str:
	match code:
		case "part_without_quantity":
			return _("Parts row {row}: set a quantity above zero for {item}.")
		case "part_without_warehouse":
			return _(
				"Parts row {row}: set From Warehouse for {item}, or the van warehouse of the technician or the parts warehouse of the card."
			)
		case "serials_do_not_match":
			return _(
				"Parts row {row}: {item} is serialised. Enter {qty} serial numbers, one per line (given: {given})."
			)
		case "serial_twice":
			return _("Parts row {row}: the same serial number of {item} is entered twice.")
		case "serial_on_two_lines":
			return _("Parts row {row}: serial number {serial} of {item} is already entered on another line.")
		case "serial_unknown":
			return _("Parts row {row}: there is no Serial No {serial} of item {item}.")
		case "serial_elsewhere":
			return _(
				"Parts row {row}: Serial No {serial} of {item} is not in {warehouse} but in {found}. Choose that warehouse or another serial number."
			)
		case "serial_not_in_stock":
			return _("Parts row {row}: Serial No {serial} of {item} is not in stock.")
		case "batch_missing":
			return _("Parts row {row}: {item} is kept in batches. Set the Batch.")
		case "batch_of_other_item":
			return _("Parts row {row}: Batch {batch} does not belong to {item}.")
		case "batch_expired":
			return _("Parts row {row}: Batch {batch} of {item} expired on {until}. Choose another one.")
		case "not_enough_stock":
			return _(
				"Part {item}: {needed} needed from {warehouse}, {available} there. Transfer stock, or choose another warehouse or a substitute."
			)
		case "set_aside_for_others":
			return _(
				"Part {item}: {needed} needed from {warehouse}, {free} available there; the rest is reserved for other jobs. Request the part, or choose another warehouse or a substitute."
			)
		case "bundle_serials":
			return _(
				"Parts row {row}: product bundle {item} contains {component}, which is serialised. Enter {qty} serial numbers of it in Serial No Fitted, one per line (given: {given})."
			)
		case "bundle_serial_of_other_item":
			return _(
				"Parts row {row}: Serial No {serial} belongs to no item of product bundle {item}. Enter serial numbers of the items it contains."
			)
		case "bundle_batch":
			return _(
				"Parts row {row}: product bundle {item} contains {component}, which is kept in batches. Set a Batch of it, or enter the items of the bundle as parts of their own."
			)
		case "bundle_tracked_by_delivery_note":
			return _(
				"Parts row {row}: product bundle {item} contains {component}, which has serial numbers or batches, and the parts of this customer leave stock by a Delivery Note. Enter the items of the bundle as separate parts."
			)
		case "labour_is_bundle":
			return _(
				"Labour row {row}: {item} is a product bundle with stocked items. Enter it under Parts, so that they leave stock."
			)
		case "item_disabled":
			return _("Item {item} is disabled. Choose a substitute, or enable it in the Item.")
		case "item_not_sold":
			return _(
				"Item {item} cannot be sold. Tick Allow Sales in the Item, or change who it is charged to."
			)
		case "warehouse_of_other_company":
			return _("Parts row {row}: warehouse {warehouse} belongs to {found}, not to {company}.")
		case "warehouse_unusable":
			return _("Parts row {row}: warehouse {warehouse} is disabled or a group. Choose another one.")
		case "labour_without_item":
			return _(
				"Labour row {row}: set Billing Item, or the Labour Item and Travel Item in Aftersales Settings."
			)
		case "customer_missing":
			return _("Set Customer: a line is charged to the customer.")
		case "category_missing":
			return _("No enabled Service Category is charged to {charge_to}. Create one, or change the line.")
		case "expense_account_missing":
			return _("Service Category {category}: set the Parts Expense Account for company {company}.")
		case "income_account_missing":
			return _(
				"Service Category {category}: set the Income Account for company {company}, or the Default Income Account of item {item}, of its group or of the company."
			)
		case "cost_account_missing":
			return _(
				"Service Category {category}: set the Parts Expense Account for company {company}, or the Default Expense Account of item {item}, of its group or of the company."
			)
		case "labour_accounts_incomplete":
			return _(
				"Service Category {category}: set both Labour Expense Account and Labour Recovery Account for company {company}, or neither."
			)
		case "account_unusable":
			return _(
				"Service Category {category}: account {account} is disabled, a group, or of another company than {company}. Choose another one."
			)
		case "cost_center_unusable":
			return _(
				"Service Category {category}: cost center {cost_center} is disabled, a group, or of another company than {company}. Choose another one."
			)
		case "sales_order_required":
			return _(
				"Selling Settings demand a Sales Order before an invoice. Allow customer {customer} to be invoiced without one, in the Customer."
			)
		case "customer_disabled":
			return _("Customer {customer} is disabled or frozen. Enable the customer before posting.")
		case "period_closed":
			return _(
				"Accounting Period {period} is closed for {document}. Open it there, or post after {until}."
			)
		case "stock_frozen":
			return _(
				"Stock is frozen up to {until}. Set an earlier date in Stock Settings, or ask a user with the role named there to post."
			)
		case "no_fiscal_year":
			return _(
				"No Fiscal Year of {company} contains {today}: create it (Accounting > Fiscal Year), then post again."
			)
		case "accounts_frozen":
			return _(
				"The accounts of {company} are frozen up to {until}. Set an earlier date in Accounts Settings (version 16: in the Company), or ask a user with the role named there to post."
			)
		case "excess_item_missing":
			return _(
				"Service Contract {contract} has an excess: set the Excess Item in Aftersales Settings, tab Billing."
			)
		case "no_price":
			return _(
				"Item {item} has no price in price list {price_list}. Add an Item Price, or set the rate on the line."
			)
	raise ValueError(code)
