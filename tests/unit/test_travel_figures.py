"""What days came to: by technician, zone or week, with exact figures."""

from datetime import date, datetime

from aftersales.visit_planning.figures_rules import Made, summed, week_of


def made(technician: str, start: str, end: str, **values) -> Made:
	day = "2026-12-01 "
	return Made(
		technician, "City", datetime.fromisoformat(day + start), datetime.fromisoformat(day + end), **values
	)


def test_a_technicians_day_comes_to_these_figures():
	visits = [
		made(
			"Aoife",
			"09:10",
			"10:10",
			planned=datetime(2026, 12, 1, 9),
			travel=1200,
			metres=12_000,
			promise="Kept",
		),
		made(
			"Aoife",
			"11:00",
			"12:00",
			planned=datetime(2026, 12, 1, 10, 20),
			travel=1200,
			metres=8_000,
			promise="Late",
		),
		made("Brian", "09:00", "09:30", known=False),
	]
	found = summed(visits, lambda visit: visit.technician, {"Aoife": 8 * 3600, "Ciara": 8 * 3600})
	aoife = found["Aoife"]
	assert (aoife.visits, aoife.visits_a_day, aoife.metres) == (2, 2, 20_000)
	assert (aoife.travel_share, aoife.utilisation) == (25, 25)
	assert (aoife.minutes_after_plan, aoife.on_time_share, aoife.kept_share) == (25, 50, 50)
	brian = found["Brian"]
	assert (brian.utilisation, brian.kept_share, brian.minutes_after_plan, brian.unknown) == (
		None,
		None,
		None,
		1,
	)
	assert found["Ciara"].visits == 0 and found["Ciara"].utilisation == 0
	assert summed(visits, lambda visit: visit.zone or "")["City"].visits_a_day == 1.5


def test_weeks_are_iso_weeks():
	assert week_of(date(2027, 1, 1)) == "2026-W53"
