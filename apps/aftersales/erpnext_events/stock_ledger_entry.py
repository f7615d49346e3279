"""Stock Ledger Entry: parts that have come, and parts that leave."""

from frappe.model.document import Document

from aftersales.repair_workshop import parts_supply
from aftersales.spare_parts import stock_leaving


def on_submit(doc: Document, method: str | None = None) -> None:
	parts_supply.note_arrival(doc)
	stock_leaving.note_move(doc)
