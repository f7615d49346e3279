"""What a customer's message does to its call. Pure: plain values in, one of the four answers out."""

CONTINUE, REOPEN, NEW, TELL = "continue", "reopen", "new", "tell"

REOPENS, OPENS_NEW, TELLS = "Reopen the Call", "Open a New Call", "Tell the Owner"
"""The site's choice for messages about resolved calls, as *Aftersales Settings* stores it."""

WAITS_FOR_CUSTOMER = "Customer"


def what_follows(
	status: str, hold_for: str | None, days_since_end: int | None, choice: str | None, within_days: int
) -> str:
	"""What a message from the customer does to a call in `status`.

	A call on hold for the customer goes on. A resolved one is done as the site chooses; a closed or cancelled
	one is over, so that where a resolved one is reopened it is a new call. After `within_days` it always is.

	Args:
		days_since_end: since the call was resolved, closed or cancelled; None while it is open.
		within_days: 0 for no limit.
	"""
	if status == "On Hold":
		return CONTINUE if hold_for == WAITS_FOR_CUSTOMER else TELL
	if status not in ("Resolved", "Closed", "Cancelled"):
		return TELL
	if within_days and (days_since_end or 0) > within_days:
		return NEW
	if choice == TELLS:
		return TELL
	if choice == OPENS_NEW or status != "Resolved":
		return NEW
	return REOPEN


def is_answer(
	written_to: set[str], customers: set[str], own: set[str], staff: set[str], vendors: set[str]
) -> bool:
	"""Whether a mail of ours answers the customer: it goes to an address of theirs, or to a stranger's.

	Mails to our own mailboxes, to colleagues and to vendors say nothing to the customer. All in small letters.
	"""
	if written_to & customers:
		return True
	return bool(written_to - own - staff - vendors) and not (written_to & vendors)
