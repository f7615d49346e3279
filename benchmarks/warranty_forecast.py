"""The warranty forecast on held-back years: simulated fields of products, two years known, the third held back.

	python benchmarks/warranty_forecast.py [--fields 40] [--units 1200]

Needs SciPy and the app on the path, no site. For each kind of failure (early, by chance, wear, strong wear): by how much the
Weibull forecast of the first failures of the third year was off, beside the naive mean (a constant rate), each with its
standard error, and in how many fields the third year was inside the bars of 90 of 100. Prints a table.
"""

import argparse
import statistics
import sys
from datetime import date, timedelta
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from aftersales.service_quality.reliability import nevada_rules, weibull
from aftersales.service_quality.reliability.nevada_rules import Unit

FIRST, TODAY, LATER = date(2023, 1, 1), date(2024, 12, 31), date(2025, 12, 31)
KINDS = {"early failures": 0.7, "by chance": 1.0, "wear": 1.8, "strong wear": 3.0}
SCALE = 1500.0
"""Days until 63.2 % have failed."""


def field(seed: int, units: int, shape: float) -> list[Unit]:
	"""Sales over two years; each unit with its first failure, whenever that is."""
	random = Random(seed)
	found = []
	for _number in range(units):
		since = FIRST + timedelta(days=random.randrange(730))
		found.append(Unit(since, (since + timedelta(days=random.weibullvariate(SCALE, shape)),)))
	return found


def main() -> int:
	parser = argparse.ArgumentParser(
		description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
	)
	parser.add_argument("--fields", type=int, default=40)
	parser.add_argument("--units", type=int, default=1200)
	options = parser.parse_args()
	horizon = (LATER - TODAY).days
	for kind, shape in KINDS.items():
		errors, naive, inside = [], [], 0
		for seed in range(options.fields):
			units = field(seed, options.units, shape)
			lives = nevada_rules.lives(units, TODAY)
			came = sum(TODAY < unit.failures[0] <= LATER for unit in units)
			found = weibull.forecast(lives, horizon)
			errors.append(abs(found.expected - came) / came)
			naive.append(abs(nevada_rules.expected_by_constant_rate(lives, horizon) - came) / came)
			inside += found.low <= came <= found.high
		print(
			f"{kind:15} shape {shape}: off by {_mean(errors)}, naive mean {_mean(naive)},"
			f" inside the bars {inside} of {options.fields}",
			flush=True,
		)
	return 0


def _mean(errors: list[float]) -> str:
	return (
		f"{100 * statistics.mean(errors):.1f} % ± {100 * statistics.stdev(errors) / len(errors) ** 0.5:.1f}"
	)


if __name__ == "__main__":
	sys.exit(main())
