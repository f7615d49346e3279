"""The signature in the QR code on a product."""

import hmac

from aftersales.core.signing import secret
from aftersales.core.signing_rules import sign


def product_signature(equipment: str) -> str:
	"""What the QR code on a product carries, so that product numbers cannot be tried one by one."""
	return sign(secret(), "product code", equipment)


def is_product_code(equipment: str, code: str) -> bool:
	"""True when `code` is the signature of the product file `equipment`."""
	return hmac.compare_digest(product_signature(equipment).encode(), code.encode(errors="replace"))
