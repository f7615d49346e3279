// The page Phone Desk loads this.
import { PhoneDesk } from "./phone_desk/desk";

frappe.provide("aftersales");
aftersales.PhoneDesk = PhoneDesk;
