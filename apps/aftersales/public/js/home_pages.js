// The first page of a session is that of the user's work (setup/home_pages.py), where the desk would have shown its
// own start page. It runs before Frappe reads the address.
(function () {
	const home = frappe.boot?.aftersales_home;
	const start = /^\/(app|desk)(\/home)?\/?$/.exec(window.location.pathname);
	if (!home || !start || window.location.hash) return;
	const key = `aftersales-landed:${frappe.boot.sitename}:${frappe.boot.user?.name}`;
	try {
		if (sessionStorage.getItem(key)) return;
		sessionStorage.setItem(key, "1");
	} catch {
		return; // without storage nothing says that the user has been there
	}
	if (home.startsWith("/"))
		window.location.replace(home); // the technician's own day is no page of the desk
	else window.history.replaceState(null, "", `/${start[1]}/${encodeURI(home)}`);
})();
