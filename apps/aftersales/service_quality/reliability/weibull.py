"""A Weibull distribution of the lives of products, by SciPy where it is installed (`pip install aftersales[forecast]`).

Lives that are not over are censored: a unit of two years that works says that its life is longer. Maximum likelihood
with its usual equation for the shape; a bootstrap gives the error bars of a forecast, of the parameters and of chance.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec

FEWEST_FAILURES = 5
"""With fewer first failures a shape would be a guess."""
DRAWS = 300
SEED = 20261130
LEVEL = 90


@dataclass(frozen=True)
class Weibull:
	"""`shape` below 1: early failures; 1: chance; above 1: wear. `scale` in days: when 63.2 % have failed."""

	shape: float
	scale: float


@dataclass(frozen=True)
class Forecast:
	"""Expected number of first failures, and between which numbers it is in 90 of 100 cases."""

	expected: float
	low: float
	high: float


def is_available() -> bool:
	return find_spec("scipy") is not None


def fit(lives: Sequence[tuple[float, bool]]) -> Weibull | None:
	"""The most likely distribution of (days, failed); None with too few failures or without SciPy."""
	if not is_available() or sum(failed for _days, failed in lives) < FEWEST_FAILURES:
		return None
	import numpy

	days = numpy.array([one[0] for one in lives], dtype=float)
	failed = numpy.array([one[1] for one in lives], dtype=bool)
	return _fit(days, failed)


def forecast(lives: Sequence[tuple[float, bool]], horizon: float) -> Forecast | None:
	"""First failures within `horizon` days of the units that have not failed; None where nothing can be fitted."""
	found = fit(lives)
	if not found:
		return None
	import numpy

	days = numpy.array([one[0] for one in lives], dtype=float)
	failed = numpy.array([one[1] for one in lives], dtype=bool)
	alive = days[~failed]
	random = numpy.random.default_rng(SEED)
	totals = []
	for _draw in range(DRAWS):
		chosen = random.integers(0, len(days), len(days))
		other = _fit(days[chosen], failed[chosen]) if failed[chosen].sum() >= 2 else None
		if other:
			totals.append(random.binomial(1, _chances(other, alive, horizon)).sum())
	if not totals:
		return None
	low, high = numpy.percentile(totals, [(100 - LEVEL) / 2, (100 + LEVEL) / 2])
	return Forecast(float(_chances(found, alive, horizon).sum()), float(low), float(high))


def _chances(found: Weibull, ages, horizon: float):
	"""That a unit of an age, which works, fails within the horizon."""
	import numpy

	lost = (ages / found.scale) ** found.shape - ((ages + horizon) / found.scale) ** found.shape
	return -numpy.expm1(lost)


def _fit(days, failed) -> Weibull | None:
	"""Shape: sum(t^k ln t)/sum(t^k) - 1/k = mean ln t of the failures; scale from it."""
	import numpy
	from scipy.optimize import brentq

	logs = numpy.log(days)
	top = logs.max()
	mean = logs[failed].mean()

	def equation(shape: float) -> float:
		weights = numpy.exp(shape * (logs - top))
		return float((weights * logs).sum() / weights.sum() - 1 / shape - mean)

	try:
		shape = brentq(equation, 0.05, 50)
	except ValueError:
		return None  # all failed at one age: there is no most likely shape
	scale = float(numpy.exp(top) * (numpy.exp(shape * (logs - top)).sum() / failed.sum()) ** (1 / shape))
	return Weibull(float(shape), scale)
