from aftersales.core.input.child_row import ChildRow


class ChecklistAnswer(ChildRow):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		answer: DF.Data | None
		choice: DF.Autocomplete | None
		choices: DF.SmallText | None
		follow_up_call: DF.Link | None
		good_answer: DF.Data | None
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
		photo: DF.AttachImage | None
		question: DF.Data | None
		remark: DF.SmallText | None
		reqd: DF.Check
		signature: DF.Signature | None
		state: DF.Literal["", "Good", "Out of Limits"]
		text: DF.SmallText | None
		uom: DF.Data | None
		upper: DF.Float
		value: DF.Float
		value_is_set: DF.Check
		yes_no: DF.Literal["", "Yes", "No", "Not Applicable"]
	# end: auto-generated types

	pass
