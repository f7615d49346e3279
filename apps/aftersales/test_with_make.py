"""`bench run-tests --app aftersales` finds this file only, and must not say OK where nothing was tried."""

import unittest


class TestWithMake(unittest.TestCase):
	"""The suite is pytest's, in the folder tests of the repository."""

	def test_suite_is_run_by_make(self):
		self.fail("The tests of aftersales are run by `make test` in its repository: see docs/operations.md.")
