// What a suggested window adds to the driving of its day (field_service/arrival_travel.py).
frappe.provide("aftersales");

aftersales.driving_of_window = function (detour, cheap) {
	if (detour === null || detour === undefined) return "";
	const told = __("{0} min more driving", [detour]);
	return cheap ? `${told}, ${__("on the way")}` : told;
};
