// The page Workshop Board loads this.
import { WorkshopBoard } from "./workshop_board/board";

frappe.provide("aftersales");
aftersales.WorkshopBoard = WorkshopBoard;
