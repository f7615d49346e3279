frappe.provide("aftersales.service_prices");

// What a service would cost (`service_prices.prices.told`), as HTML; nothing without a price.
aftersales.service_prices.html = function (rows) {
	if (!rows || !rows.length) return "";
	const escape = frappe.utils.escape_html;
	const line = (row) => {
		const amount = row.percent
			? `+ ${format_number(row.percent, null, 0)} %`
			: row.rate === null
			? __("no price in the price list")
			: format_currency(row.rate, row.currency);
		const with_tax =
			row.with_tax && row.with_tax !== row.rate
				? ` <span class="text-muted">(${__("{0} with tax", [
						format_currency(row.with_tax, row.currency),
				  ])})</span>`
				: "";
		const more = [
			row.includes.length ? __("includes {0}", [row.includes.map(escape).join(", ")]) : "",
			escape(row.when),
		].filter(Boolean);
		return `<tr>
			<td class="pr-3">${escape(row.title)}<div class="text-muted small">${[__(row.kind), ...more].join(
			" · "
		)}</div></td>
			<td class="text-right text-nowrap align-top">${amount}${with_tax}</td>
		</tr>`;
	};
	return `<div class="text-muted">${__("Expected Price")}</div>
		<table class="w-100">${rows.map(line).join("")}</table>`;
};
