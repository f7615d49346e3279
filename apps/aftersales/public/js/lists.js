// What the app's lists show in a column of their own making.
frappe.provide("aftersales.lists");

// Version 16 hands what a formatter returns to jQuery, to which plain text is a selector: "sean@liffey.example" or
// "O'Hara" ended in a script error, and the list stayed empty.
aftersales.lists.text = (text, attributes = "") =>
	`<span ${attributes}>${frappe.utils.escape_html(text || "")}</span>`;

// A user by name. The desk knows the names of those only who have something to do with the documents shown; of
// the others they are asked when the rows are there (`name_users`, called by the list's refresh).
aftersales.lists.user = (user) =>
	user
		? aftersales.lists.text(
				frappe.user.full_name(user),
				`data-user-name="${frappe.utils.escape_html(user)}"`
		  )
		: aftersales.lists.text("");

aftersales.lists.name_users = async function (listview) {
	const $cells = listview.$result.find("[data-user-name]");
	const unknown = [...new Set($cells.toArray().map((cell) => cell.dataset.userName))].filter(
		(user) => !frappe.boot.user_info[user]
	);
	if (!unknown.length) return;
	const users = await frappe.xcall("frappe.desk.form.load.get_user_info_for_viewers", {
		users: JSON.stringify(unknown),
	});
	frappe.update_user_info(users);
	$cells.each((_i, cell) => $(cell).text(frappe.user.full_name(cell.dataset.userName)));
};
