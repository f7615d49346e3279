"""How the charts of the app's reports look: one colour for one meaning, and bars that are no wider than bars.

Pure: dictionaries as frappe-charts takes them.
"""

from collections.abc import Sequence

COUNT = "#2490EF"
"""Numbers of something, hours, amounts: what is neither good nor bad."""
GOOD = "#28A745"
BAD = "#E24C4C"
SHARE = "#8D5EF0"
"""What is added up, or the third of several kinds."""
QUIET = "#B8C4CE"

FEW = 4
"""Fewer bars than that get more room between them."""


def bars(
	labels: Sequence[str],
	datasets: Sequence[tuple[str, Sequence[float], str]],
	stacked: bool = False,
	line: tuple[str, Sequence[float]] | None = None,
) -> dict:
	"""A chart of bars.

	Args:
		datasets: name, values and colour of each.
		line: name and values of a line above the bars.
	"""
	shown = [{"name": name, "values": list(values), "chartType": "bar"} for name, values, _color in datasets]
	colors = [color for _name, _values, color in datasets]
	if line:
		shown.append({"name": line[0], "values": list(line[1]), "chartType": "line"})
		colors.append(SHARE)
	options = {"spaceRatio": 0.85 if len(labels) < FEW else 0.4}
	if stacked:
		options["stacked"] = 1
	return {
		"data": {"labels": list(labels), "datasets": shown},
		"type": "axis-mixed" if line else "bar",
		"colors": colors,
		"barOptions": options,
	}
