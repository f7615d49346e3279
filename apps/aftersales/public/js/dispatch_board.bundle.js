// The page Dispatch Board loads this.
import { DispatchBoard } from "./dispatch_board/board";

frappe.provide("aftersales");
aftersales.DispatchBoard = DispatchBoard;
