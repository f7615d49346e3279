from aftersales.core.input.child_row import ChildRow


class ChecklistQuestion(ChildRow):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		choices: DF.SmallText | None
		good_answer: DF.Literal["", "Yes", "No"]
		has_lower: DF.Check
		has_upper: DF.Check
		hint: DF.SmallText | None
		kind: DF.Literal["Yes or No", "Value", "Choice", "Text", "Photo", "Signature", "Meter"]
		lower: DF.Float
		makes_call: DF.Check
		meter: DF.Data | None
		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
		question: DF.Data
		reqd: DF.Check
		uom: DF.Data | None
		upper: DF.Float
	# end: auto-generated types

	pass
