"""Where the app keeps what is somebody's own: contacts, signatures, photos, free text.

Pure: names only, no frappe import. `tests/integration/test_privacy.py` compares the table with the DocTypes, so
that a field added next year is either named here or named there as nobody's own.
"""

from dataclasses import dataclass

CONTACTS, SIGNATURES, PHOTOS = "contacts", "signatures", "photos"
KINDS = (CONTACTS, SIGNATURES, PHOTOS)

ERASED = "(erased)"
"""Stands in a field that may not be empty, or where a reader should see that something was there."""


@dataclass(frozen=True)
class Kept:
	"""What a DocType of a service case keeps of a person.

	`call` and `contact` name the fields that lead to the Repair Call and that hold the contact's e-mail address;
	`contacts` are emptied, `texts` replaced, `signatures` emptied; `photos` are child tables and fields whose
	files are deleted.
	"""

	doctype: str
	call: str | None = "repair_call"
	email: str | None = None
	contacts: tuple[str, ...] = ()
	texts: tuple[str, ...] = ()
	signatures: tuple[str, ...] = ()
	photo_tables: tuple[str, ...] = ()
	photo_fields: tuple[str, ...] = ()
	over: tuple[str, ...] = ()
	"""The statuses in which nothing is left to be done, for documents that belong to no call."""


OVER_CALL = ("Closed", "Cancelled")

CASES = (
	Kept(
		"Repair Call",
		call="name",
		email="contact_email",
		contacts=(
			"contact_name",
			"contact_phone",
			"phone_key",
			"contact_email",
			"service_address",
			"service_address_display",
		),
		texts=("subject", "description", "resolution"),
		over=OVER_CALL,
	),
	Kept(
		"Service Voucher",
		contacts=("approved_by", "approval_user", "approval_ip"),
		texts=("unsigned_reason", "decline_reason"),
		signatures=("customer_signature", "signed_by", "approval_signature"),
		photo_tables=("photos",),
		over=("Completed", "Archived", "Cancelled"),
	),
	Kept(
		"Collection Receipt",
		texts=("unsigned_reason",),
		signatures=("customer_signature", "signed_by", "return_signature", "return_signed_by"),
		photo_tables=("photos",),
		photo_fields=("photo_1", "photo_2"),
		over=("Recovered", "Voided", "Cancelled"),
	),
	Kept(
		"Repair Card",
		contacts=("approved_by", "approval_user", "approval_ip"),
		texts=("decline_reason",),
		signatures=("verification_signature",),
		over=("Returned", "Cancelled"),
	),
	Kept(
		"Product Exchange",
		texts=("decision_reason",),
		over=("Done", "Cancelled"),
	),
	Kept(
		"Uncollected Product",
		texts=("disposal_reason",),
		over=("Collected", "Disposed"),
	),
	Kept(
		"Service Payment",
		texts=("refund_reason",),
		over=("Allocated", "Refunded", "Cancelled"),
	),
	Kept(
		"Loaner Issue",
		texts=("charge_reason",),
		email="contact_email",
		contacts=("contact_name", "contact_phone", "contact_email"),
		signatures=("customer_signature", "signed_by", "return_signature", "return_signed_by"),
		over=("Returned", "Lost", "Cancelled"),
	),
	Kept(
		"Damage Claim",
		signatures=("customer_signature", "signed_by"),
		photo_tables=("photos",),
		over=("Settled", "Cancelled"),
	),
	Kept(
		"Follow-up",
		contacts=("contact_name", "contact_phone"),
		texts=("comments",),
		over=("Done", "Cancelled"),
	),
	Kept(
		"Service Complaint",
		email="contact_email",
		contacts=("contact_name", "contact_phone", "contact_email"),
		texts=("subject", "description"),
		over=("Closed", "Cancelled"),
	),
	Kept(
		"Warranty Registration",
		call=None,
		email="contact_email",
		contacts=("contact_name", "contact_phone", "contact_email"),
		photo_fields=("proof",),
		over=("Confirmed", "Refused"),
	),
)


def fields_of(kept: Kept, kind: str) -> tuple[str, ...]:
	"""The columns of a DocType that hold what is meant by `kind`: contacts, signatures or photos."""
	return {
		CONTACTS: (*kept.contacts, *kept.texts),
		SIGNATURES: kept.signatures,
		PHOTOS: kept.photo_fields,
	}[kind]
