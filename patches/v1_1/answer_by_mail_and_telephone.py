"""Service roles read Call Logs and the signature of mail accounts; templates can be offered as replies."""

from aftersales.setup import custom_fields, defaults, permissions

REPLIES = (
	"Reply: Please Send a Photo",
	"Reply: First Steps",
	"Reply: We Call You to Agree a Time",
	"Reply: Your Appointment Stands",
	"Reply: What We Are Waiting for",
	"Reply: Is It Solved",
	"Reply: Price and Availability of a Part",
	"Reply: Documents and Manuals",
)


def execute() -> None:
	custom_fields.create()
	permissions.grant(["Call Log", "Email Account"])
	defaults.insert_missing(["Email Template"], REPLIES)
	defaults.insert_missing(["Customer Message"])
