from aftersales.core.input.document import ServiceDocument


class ArticleAnswer(ServiceDocument):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		answer: DF.Literal["Helpful", "Not Helpful"]
		answer_key: DF.Data | None
		article: DF.Link
		by_customer: DF.Check
		repair_call: DF.Link | None
		solved_by_phone: DF.Check
	# end: auto-generated types

	"""Whether an article helped on a call, or somebody; written by product_knowledge/articles.py."""
