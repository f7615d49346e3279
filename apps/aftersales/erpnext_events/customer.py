"""Customer: what the rooms do at each event, in this order."""

from frappe.model.document import Document

from aftersales.core import customer_scope, renaming
from aftersales.customer_care import periodic_visits
from aftersales.customer_portal import messages
from aftersales.installed_base import joining, search_keys
from aftersales.product_knowledge import campaign_products


def on_update(doc: Document, method: str | None = None) -> None:
	search_keys.of_customer(doc)
	renaming.take_customer_name(doc)
	customer_scope.follow_customer(doc)


def before_rename(doc: Document, method: str, old: str, new: str, merge: bool = False) -> None:
	periodic_visits.join_customers(doc, method, old, new, merge)
	messages.join_choices(doc, method, old, new, merge)


def after_rename(doc: Document, method: str, old: str, new: str, merge: bool = False) -> None:
	search_keys.of_customer(doc, method, old, new, merge)
	messages.take_choices_along(doc, method, old, new, merge)
	joining.join_products(doc, method, old, new, merge)
	campaign_products.customer_renamed(doc, method, old, new, merge)
	renaming.take_customer_name(doc, method, old, new, merge)
	customer_scope.follow_customer(doc, method, old, new, merge)


def on_trash(doc: Document, method: str | None = None) -> None:
	search_keys.forget(doc)
