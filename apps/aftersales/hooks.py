app_name = "aftersales"
app_title = "Aftersales"
app_publisher = "Aftersales contributors"
app_description = "After-sales service on ERPNext: repair calls, visits, workshop, spare parts, follow-up"
app_email = "aftersales@example.com"
app_license = "GPL-3.0"

required_apps = ["frappe/erpnext"]
