"""Books the settlement of a Damage Claim as one Journal Entry (R-AC-7)."""

from decimal import Decimal

from erpnext.accounts.party import get_party_account
from frappe import _
from frappe.model.document import Document
from frappe.utils import flt

from aftersales.core.money import exact
from aftersales.service_accounts import damage_rules
from aftersales.service_accounts.damage_rules import Row, Shares
from aftersales.service_billing import journal
from aftersales.service_cash.cash import receiving_account


def shares_of(claim: Document) -> Shares:
	return Shares(*(exact(claim.get(field)) for field in ("settled_amount", "maker_share", "insurer_share")))


def book(claim: Document) -> str | None:
	"""The name of the Journal Entry; None where there is nothing to book (repaired by us, borne by us).

	Raises:
		frappe.ValidationError: an account is missing; names the field to fill.
	"""
	rows = damage_rules.rows(claim.settlement, shares_of(claim))
	if not rows:
		return None
	return journal.book(
		claim,
		[_entry(claim, row) for row in rows],
		claim.posting_date,
		_("Damage claim {0}, {1}").format(claim.name, claim.customer_name or claim.customer),
		[(claim.job_type, claim.job)],
	)


def _entry(claim: Document, row: Row) -> journal.Entry:
	sides = {
		damage_rules.CUSTOMER: ("Customer", claim.customer),
		damage_rules.MAKER: ("Supplier", claim.maker),
		damage_rules.INSURER: ("Supplier", claim.insurer),
	}
	party_type, party = sides.get(row.side, (None, None))
	if party:
		account = get_party_account(party_type, party, claim.company)
	elif row.side == damage_rules.CASH:
		account = receiving_account(claim.mode_of_payment, claim.company)
	else:
		account = journal.company_account(claim.company, "damage_account", claim.damage_account)
	return journal.Entry(
		account,
		debit=row.debit,
		credit=row.credit,
		party_type=party_type,
		party=party,
		cost_center=journal.cost_center(claim.company, claim.cost_center),
	)
