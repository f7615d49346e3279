// What every page of the desk loads, built and versioned by `bench build`: after an update each browser gets the new
// scripts. What only some forms, lists or pages need is loaded with them (hooks.py, doctype_js).
import "./after_call";
import "./board_steps";
import "./breadcrumbs";
import "./buttons";
import "./connections";
import "./customer_panel";
import "./day_head";
import "./dialog_names";
import "./empty_states";
import "./home_pages";
import "./kept_entries";
import "./lists";
import "./missing_values";
import "./moments";
import "./report_filters";
import "./report_titles";
import "./saved_filters";
import "./incoming_calls";
import "./translated_names";
import "./write_to_customer";
import "./promise_dialog";
import "./window_travel";
import "./service_prices";
import "./workflow_steps";
