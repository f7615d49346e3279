"""Pages in a real browser get as long to show something as a busy machine may need."""

from playwright.sync_api import expect

from tests.desk import WAIT

expect.set_options(timeout=WAIT)
