"""The reasons of :mod:`reading` and :mod:`records` in the user's words and language."""

import frappe
from frappe import _

from .records import Problem
from .rows import FileProblem

DATE_ORDERS = {"YYYY-MM-DD": "YMD", "DD-MM-YYYY": "DMY", "MM-DD-YYYY": "MDY"}


def reason_of(problem: Problem) -> str:
	"""Why a row cannot be imported, as one sentence of plain text."""
	return _row_reasons()[problem.code].format(**_shown(problem.params))


def file_reason(problem: FileProblem) -> str:
	"""Why a file cannot be read, as one sentence of HTML-safe text."""
	params = {key: frappe.utils.escape_html(str(value)) for key, value in problem.params.items()}
	return _file_reasons()[problem.code].format(**params)


def _shown(params: dict) -> dict:
	order_names = {order: name for name, order in DATE_ORDERS.items()}
	return {key: order_names.get(value, value) for key, value in params.items()}


def _row_reasons() -> dict[str, str]:
	return {
		"missing": _("Is empty but needed."),
		"too_long": _("Is too long: at most {limit} characters fit."),
		"id_twice": _(
			"This id is already used by an earlier row of the file (capital letters do not make it another)."
		),
		"brackets_in_name": _("Must not contain angle brackets."),
		"not_a_date": _("Is not a date written as {expected}."),
		"impossible_date": _("Is before the year 1900."),
		"date_in_future": _("Is in the future."),
		"before_received": _("Is before the day the call was received ({received})."),
		"after_received": _("Is after the day the call was received ({received})."),
		"not_a_time": _("Is not a time of day such as 14:35."),
		"not_a_year": _("Is not a year of four digits."),
		"impossible_year": _("Is not a possible year: it must be between {first} and {last}."),
		"unknown_status": _(
			"Unknown status. Enter under Words what it means and check the file again. It can mean: {accepted}."
		),
		"unknown_outcome": _(
			"Unknown outcome. Enter under Words what it means and check the file again. It can mean: {accepted}."
		),
		"outcome_of_unfinished": _("A call that is not closed cannot have an outcome yet."),
		"unknown_channel": _(
			"Unknown channel. Enter under Words what it means and check the file again. It can mean: {accepted}."
		),
		"unknown_customer": _("There is no such customer, and creating missing customers is not ticked."),
		"ambiguous_customer": _("Several customers have this name: write the customer's id instead."),
		"no_customer": _("Names no customer, and none is chosen for the import."),
		"excel_error": _("The cell contains an Excel error."),
		"formula_without_value": _(
			"The cell holds a formula whose value is not stored: open the file in Excel and save it there."
		),
		"not_csv": _("The line is not well-formed CSV: quotes are not closed or stand in the wrong place."),
		"too_many_cells": _(
			"The row has {found} cells, the header {expected}: a text with the delimiter in it is not quoted."
		),
		"too_few_cells": _(
			"The row has only {found} cells, the header {expected}: the line is broken or cut off."
		),
		"id_taken": _(
			"Another record has this id already (capital letters and accents do not make it another)."
		),
		"refused": _("Refused: {message}"),
	}


def _file_reasons() -> dict[str, str]:
	return {
		"file_missing": _("The file {file} is not on the server any more. Attach it again."),
		"file_empty": _("The file {file} is empty."),
		"file_remote": _("The file is only a link ({file}). Upload the file itself."),
		"file_no_permission": _("You have no permission to read the file {file}."),
		"old_excel": _(
			"{file} is an old or password-protected Excel file. Save it as an .xlsx workbook without password."
		),
		"not_a_register": _("{file} is neither CSV nor an Excel workbook (.xlsx)."),
		"broken_excel": _("The Excel file {file} is damaged and cannot be opened."),
		"too_big_unpacked": _(
			"{file} unpacks to more than {megabytes} MB. Save the sheet as CSV or split it."
		),
		"sheet_missing": _("There is no sheet {sheet} in the file. Its sheets: {sheets}."),
		"unknown_encoding": _("Unknown encoding {encoding}."),
		"wrong_encoding": _(
			"The file is not written in {encoding} ({detail}). Choose another encoding or leave it empty."
		),
		"date_order_unclear": _(
			"The dates of the file can be read in several ways ({value}): select under Dates how they are written."
		),
		"header_row_blank": _(
			"Row {row} of the file is empty. Enter the number of the row with the column names."
		),
		"no_header": _(
			"Row {row} should name the columns but looks like data: {value}. Enter the number of the row with the column names."
		),
		"column_twice": _("Two columns are named {column}. Rename one of them."),
		"ords_columns_missing": _("These columns of Open Repair Data are missing: {columns}."),
		"targets_missing": _("No column is mapped to: {targets}."),
		"column_missing": _("The file has no column {column}, which the mapping names."),
		"target_twice": _("Two columns are mapped to {target}."),
		"no_rows": _("The file {file} has a header but no rows."),
	}
